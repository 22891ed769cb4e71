#include "heal/remote_link.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#include <git2/sys/repository.h>
#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h>
#endif
#include <stdlib.h>
#include <string.h>

#define URL_MAX 2048u
#define TOKEN_USER "x-access-token" /* what GitHub wants beside a token of any kind */

/* ---- who is asked ---------------------------------------------------------------------------------- */

static bool is_plain(struct view url)
{
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || (unsigned char)url.p[i] >= 0x7f)
			return false;
	/* a name or password would stand in errors, and be sent to whoever it says */
	return !view_has(url, "@") && !view_has(url, "?") && !view_has(url, "#");
}

/* The host as the library will ask for it: without brackets and port. */
static struct view host_of(struct view url)
{
	struct view rest = view_from(url, view_find(url, "://") + 3), host;

	rest = view_sub(rest, 0, view_find_char(rest, '/'));
	if (view_starts(rest, "[")) {
		host = view_from(rest, 1);
		return view_sub(host, 0, view_find_char(host, ']'));
	}
	return view_sub(rest, 0, view_find_char(rest, ':'));
}

static bool is_this_machine(struct view host)
{
	return view_is(host, "127.0.0.1") || view_is(host, "localhost") || view_is(host, "::1");
}

static bool is_behind_proxy(void)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return true;
	}
	return false;
}

git_proxy_t remote_link_proxy(const struct remote_link *l)
{
	return view_starts(view_of(l->options->url), "https://") ? GIT_PROXY_AUTO : GIT_PROXY_NONE;
}

static int check_url(struct remote_link *l, struct err *e)
{
	struct view url = view_of(l->options->url), host;
	bool secure = view_starts(url, "https://");

	if (url.n > URL_MAX || !is_plain(url) || (!secure && !view_starts(url, "http://")))
		return err_set(e, ERR_USAGE, "a git server is named as https://HOST/OWNER/NAME.git");
	host = host_of(url);
	if (!host.n || host.n > REMOTE_HOST_MAX)
		return err_set(e, ERR_USAGE, "the address of the git server names no host");
	if (!secure && !is_this_machine(host))
		return err_set(e, ERR_REFUSED, "%.*s is asked over https only: a token would be readable on the way",
			VIEW_ARG(host));
	memcpy(l->host, host.p, host.n);
	l->host[host.n] = '\0';
	l->guard.host = secure && is_behind_proxy() ? NULL : l->host;
	return 0;
}

/* ---- what the library asks us ---------------------------------------------------------------------- */

static int on_credentials(git_credential **ret, const char *url, const char *user, unsigned types, void *context)
{
	struct remote_link *l = context;

	(void)url;
	(void)user;
	if (!l->options->token) {
		git_error_set_str(GIT_ERROR_HTTP, "it wants a token, and there is none");
		return GIT_EAUTH;
	}
	if (!(types & GIT_CREDENTIAL_USERPASS_PLAINTEXT) || l->asked++ >= GIT_REMOTE_TRIES) {
		git_error_set_str(GIT_ERROR_HTTP, "it does not take the token");
		return GIT_EAUTH;
	}
	return git_credential_userpass_plaintext_new(ret, TOKEN_USER, l->options->token);
}

static int on_transfer(const git_indexer_progress *p, void *context)
{
	struct remote_link *l = context;

	if (l->options->stop && *l->options->stop) {
		err_set(&l->guard.why, ERR_INTERRUPTED, "stopped by a signal");
		return GIT_EUSER;
	}
	if (l->options->progress)
		l->options->progress(l->options->progress_context, p->indexed_objects, p->total_objects);
	return 0;
}

/* ---- errors ---------------------------------------------------------------------------------------- */

static int fail_status(const struct remote_link *l, uint64_t status, const char *what, struct err *e)
{
	switch (status) {
	case 401:
		return err_set(e, ERR_AUTH, "%s: %s does not take the token (401)", what, l->host);
	case 403:
		return err_set(e, ERR_AUTH,
			"%s: %s says no (403): may the token do that? In a workflow it takes `contents: write` below "
			"`permissions:`",
			what, l->host);
	case 404:
		return err_set(e, ERR_NOT_FOUND,
			"%s: %s knows no such repository, or does not show it to this token (404)", what, l->host);
	default:
		return err_set(
			e, ERR_NETWORK, "%s: %s answers with status %llu", what, l->host, (unsigned long long)status);
	}
}

int remote_link_fail(struct remote_link *l, int code, const char *what, struct err *e)
{
	static const char marker[] = "http status code: ";
	const git_error *last = git_error_last();
	struct view said = view_of(last ? last->message : NULL);
	size_t at = view_find(said, marker);
	uint64_t status;

	if (l->guard.why.code != ERR_NONE)
		return err_set(e, l->guard.why.code, "%s: %s", what, l->guard.why.text);
	if (at != VIEW_NONE && view_number(view_from(said, at + strlen(marker)), 999, &status))
		return fail_status(l, status, what, e);
	if (code == GIT_EAUTH)
		return err_set(e, ERR_AUTH, "%s: %s: %.*s", what, l->host, VIEW_ARG(view_sub(said, 0, 300)));
	return err_set(e, ERR_NETWORK, "%s: %.*s", what, VIEW_ARG(view_sub(said, 0, 300)));
}

/* ---- connecting ------------------------------------------------------------------------------------ */

/* A second look at the same objects that reads nobody's configuration: proxies, filters, keys. */
static int share_objects(git_repository *with, struct repository *r, struct err *e)
{
	GIT_AUTO(git_config) none = NULL;
	GIT_AUTO(git_odb) odb = NULL;

	if (git_config_new(&none) != 0 || git_repository_set_config(with, none) != 0 ||
		git_repository_odb(&odb, r->git) != 0 || git_repository_set_odb(with, odb) != 0)
		return repository_error(e, "cannot open the repository once more");
	return 0;
}

/* A shallow clone says so in a file: newer libgit2 then knows where history ends. */
static int copy_shallow(const struct remote_link *l, const struct repository *r, struct err *e)
{
	MEM_AUTO char *from = file_join(r->folder, "shallow"), *to = file_join(l->scratch, "shallow");
	BUF_AUTO text = buf_new(0);

	if (!file_exists(from))
		return 0;
	return file_read(from, BUF_FILE, &text, e) != 0 ? -1 : file_write_atomic(to, buf_view(&text), 0600, e);
}

/* What is pushed needs a name, and names must not appear in somebody's repository: they stand in one that goes again.
 */
static int make_scratch(struct remote_link *l, struct repository *r, struct err *e)
{
	git_repository *made;

	l->scratch = file_temp_directory("runmedic-push.", e);
	if (!l->scratch)
		return -1;
	if (git_repository_init(&made, l->scratch, true) != 0)
		return repository_error(e, "cannot make a repository in %s", l->scratch);
	git_repository_free(made);
	return copy_shallow(l, r, e);
}

static int open_again(struct remote_link *l, struct repository *r, git_direction direction, struct err *e)
{
	if (direction == GIT_DIRECTION_PUSH && make_scratch(l, r, e) != 0)
		return -1;
	if (git_repository_open(&l->git, l->scratch ? l->scratch : r->folder) != 0)
		return repository_error(e, "cannot open the repository once more");
	return share_objects(l->git, r, e);
}

static int make_remote(struct remote_link *l, struct repository *r, git_direction direction, struct err *e)
{
	int code;

	if (r && open_again(l, r, direction, e) != 0)
		return -1;
	code = r ? git_remote_create_anonymous(&l->remote, l->git, l->options->url)
		 : git_remote_create_detached(&l->remote, l->options->url);
	return code == 0 ? 0 : repository_error(e, "cannot name the git server");
}

static int set_certificates(const char *file, struct err *e)
{
	if (file && git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, NULL) != 0)
		return repository_error(e, "cannot use the certificates of %s", file);
	return 0;
}

static int connect_and_list(struct remote_link *l, git_direction direction, struct err *e)
{
	git_remote_connect_options how;
	const char *what = "cannot list what the git server has";
	const git_remote_head **heads;
	int code;

	git_remote_connect_options_init(&how, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	how.callbacks = l->callbacks;
	how.proxy_opts.type = remote_link_proxy(l);
	how.follow_redirects = GIT_REMOTE_REDIRECT_NONE; /* to another host */
	code = git_remote_connect_ext(l->remote, direction, &how);
	if (code == 0)
		code = git_remote_ls(&heads, &l->head_count, l->remote);
	if (code != 0)
		return remote_link_fail(l, code, what, e);
	if (l->head_count > GIT_REMOTE_REFS_MAX)
		return err_set(e, ERR_LIMIT, "%s: %zu refs, more than %u", what, l->head_count, GIT_REMOTE_REFS_MAX);
	l->heads = (const git_remote_head *const *)heads;
	return 0;
}

int remote_link_open(struct remote_link *l, struct repository *r, const struct git_remote_options *o,
	git_direction direction, struct err *e)
{
	*l = (struct remote_link){.options = o};
	repository_begin();
	l->guard = (struct remote_guard){.stop = o->stop,
		.stall_us = (o->stall_s ? o->stall_s : GIT_REMOTE_STALL_S) * CLOCK_SECOND,
		.deadline = clock_monotonic() + GIT_REMOTE_CALL_S * CLOCK_SECOND,
		.bytes_max = GIT_REMOTE_LIST_BYTES_MAX};
	git_remote_init_callbacks(&l->callbacks, GIT_REMOTE_CALLBACKS_VERSION);
	l->callbacks.credentials = on_credentials;
	l->callbacks.transfer_progress = on_transfer;
	l->callbacks.payload = l;
	remote_guard_begin(&l->guard);
	if (check_url(l, e) != 0 || set_certificates(o->ca_file, e) != 0 || make_remote(l, r, direction, e) != 0 ||
		connect_and_list(l, direction, e) != 0) {
		remote_link_close(l);
		return -1;
	}
	return 0;
}

void remote_link_allow(struct remote_link *l, size_t bytes)
{
	l->guard.bytes = 0;
	l->guard.bytes_max = bytes;
	l->asked = 0;
}

void remote_link_close(struct remote_link *l)
{
	git_remote_free(l->remote);
	git_repository_free(l->git);
	if (l->scratch)
		file_remove_tree(l->scratch, &(struct err){0});
	free(l->scratch);
	remote_guard_end();
	git_libgit2_shutdown();
}

const git_remote_head *remote_link_find(const struct remote_link *l, const char *ref)
{
	for (size_t i = 0; i < l->head_count; i++)
		if (!strcmp(l->heads[i]->name, ref))
			return l->heads[i];
	return NULL;
}
