#include "heal/remote.h"

#include "base/mem.h"
#include "base/redact.h"
#include "heal/remote_link.h"

#include <stdlib.h>
#include <string.h>

#define SPEC_MAX 1024u /* bytes of "+SHA:REF" */

static bool is_sha(const char *text)
{
	return text && strlen(text) == GIT_OID_HEXSZ && text[strspn(text, "0123456789abcdef")] == '\0';
}

static bool is_ref(const char *name)
{
	int valid = 0;

	return view_starts(view_of(name), "refs/") && strlen(name) < SPEC_MAX - 64 &&
	       git_reference_name_is_valid(&valid, name) == 0 && valid;
}

/* ---- list ------------------------------------------------------------------------------------------ */

int git_refs_list(const struct git_remote_options *o, const char *prefix,
	bool (*each)(void *context, const char *name, const char *sha), void *context, struct err *e)
{
	struct remote_link l;
	char sha[GIT_OID_HEXSZ + 1];

	if (remote_link_open(&l, NULL, o, GIT_DIRECTION_FETCH, e) != 0)
		return -1;
	for (size_t i = 0; i < l.head_count; i++) {
		const git_remote_head *head = l.heads[i];

		if (view_starts(view_of(head->name), prefix) &&
			!each(context, head->name, git_oid_tostr(sha, sizeof(sha), &head->oid)))
			break;
	}
	remote_link_close(&l);
	return 0;
}

/* ---- push ------------------------------------------------------------------------------------------ */

struct pushing {
	struct remote_link link; /* first: callbacks get it */
	struct git_ref_push *list;
	size_t n;
	struct arena *arena;
	struct {
		char **items;
		size_t n;
	} specs; /* of the arena */
};

static bool is_there(const struct git_ref_push *p, const git_remote_head *head)
{
	char sha[GIT_OID_HEXSZ + 1];

	if (!head)
		return !p->sha;
	return p->sha && !strcmp(p->sha, git_oid_tostr(sha, sizeof(sha), &head->oid));
}

/* Forced, because the server compares with what we have just compared: it decides, not the history of commits. */
static int want(struct pushing *w, const struct git_ref_push *p, struct err *e)
{
	GIT_AUTO(git_reference) made = NULL;
	const char *name = p->sha ? arena_format(w->arena, "refs/push/%s", p->sha) : "";
	git_oid id;

	w->specs.items[w->specs.n++] = arena_format(w->arena, "+%s:%s", name, p->ref);
	if (p->sha && (git_oid_fromstr(&id, p->sha) != 0 ||
			      git_reference_create(&made, w->link.git, name, &id, true, NULL) != 0))
		return repository_error(e, "cannot push %.12s", p->sha);
	return 0;
}

static int judge(struct pushing *w, struct git_ref_push *p, struct err *e)
{
	const git_remote_head *head = remote_link_find(&w->link, p->ref);
	char sha[GIT_OID_HEXSZ + 1] = "";

	p->done = false;
	p->why = NULL;
	if (is_there(p, head)) {
		p->done = true;
		return 0;
	}
	if (head)
		git_oid_tostr(sha, sizeof(sha), &head->oid);
	if (!p->expected && head)
		p->why = arena_format(w->arena, "it is there already, at %.12s", sha);
	else if (p->expected && !head)
		p->why = "it is gone";
	else if (p->expected && strcmp(p->expected, sha) != 0)
		p->why = arena_format(w->arena, "it has moved to %.12s", sha);
	else
		return want(w, p, e);
	return 0;
}

static int on_answer(const char *ref, const char *status, void *context)
{
	struct pushing *w = context;

	for (size_t i = 0; i < w->n; i++) {
		struct git_ref_push *p = &w->list[i];

		if (p->why || p->done || strcmp(p->ref, ref) != 0)
			continue;
		p->done = !status;
		if (status) {
			BUF_AUTO shown = buf_new(BUF_LINE);

			redact_for_terminal(&shown, view_sub(view_of(status), 0, 300));
			p->why = arena_format(w->arena, "the server says: %s", buf_text(&shown));
		}
		break;
	}
	return 0;
}

static const struct git_ref_push *find_wrong(const struct git_ref_push *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_ref(list[i].ref) || (list[i].sha && !is_sha(list[i].sha)) ||
			(list[i].expected && !is_sha(list[i].expected)))
			return &list[i];
	return NULL;
}

static int check_list(const struct git_ref_push *list, size_t n, struct err *e)
{
	const struct git_ref_push *wrong;

	repository_begin();
	wrong = find_wrong(list, n);
	git_libgit2_shutdown();
	return wrong ? err_set(e, ERR_USAGE, "'%.100s' is no ref, or no object is named for it", wrong->ref) : 0;
}

static int upload(struct pushing *w, struct err *e)
{
	git_push_options how;
	git_strarray specs = {w->specs.items, w->specs.n};
	int code;

	git_push_options_init(&how, GIT_PUSH_OPTIONS_VERSION);
	how.callbacks = w->link.callbacks;
	how.callbacks.push_update_reference = on_answer;
	how.proxy_opts.type = remote_link_proxy(&w->link);
	how.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	remote_link_allow(&w->link, GIT_REMOTE_LIST_BYTES_MAX);
	code = git_remote_upload(w->link.remote, &specs, &how);
	if (code != 0)
		return remote_link_fail(&w->link, code, "cannot push", e);
	for (size_t i = 0; i < w->n; i++)
		if (!w->list[i].done && !w->list[i].why)
			w->list[i].why = "the server says nothing about it";
	return 0;
}

int git_refs_push(struct repository *r, const struct git_remote_options *o, struct git_ref_push *list, size_t n,
	struct arena *a, struct err *e)
{
	struct pushing w = {.list = list, .n = n, .arena = a};
	int rc = 0;

	if (check_list(list, n, e) != 0 || remote_link_open(&w.link, r, o, GIT_DIRECTION_PUSH, e) != 0)
		return -1;
	w.specs.items = arena_array(a, n ? n : 1, sizeof(*w.specs.items));
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = judge(&w, &list[i], e);
	if (rc == 0 && w.specs.n)
		rc = upload(&w, e);
	remote_link_close(&w.link);
	return rc;
}

/* ---- fetch ----------------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Those that are there, sorted; borrowed from the server's list. */
static size_t choose(const struct remote_link *l, const char *const *refs, size_t n, const git_remote_head **ret)
{
	const char **wanted = mem_array(n ? n : 1, sizeof(*wanted));
	size_t count = 0;

	memcpy(wanted, refs, n * sizeof(*wanted));
	if (n)
		qsort(wanted, n, sizeof(*wanted), compare_names);
	for (size_t i = 0; n && i < l->head_count; i++) {
		const char *name = l->heads[i]->name;

		if (bsearch(&name, wanted, n, sizeof(*wanted), compare_names))
			ret[count++] = l->heads[i];
	}
	free(wanted);
	return count;
}

static int download(struct remote_link *l, const git_remote_head *const *heads, size_t n, struct err *e)
{
	git_fetch_options how;
	git_strarray specs = {mem_array(n, sizeof(char *)), n};
	int code;

	git_fetch_options_init(&how, GIT_FETCH_OPTIONS_VERSION);
	for (size_t i = 0; i < n; i++)
		specs.strings[i] = heads[i]->name;
	how.callbacks = l->callbacks;
	how.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	how.update_fetchhead = 0;
	how.proxy_opts.type = remote_link_proxy(l);
	how.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	remote_link_allow(l, l->options->bytes_max ? l->options->bytes_max : GIT_REMOTE_BYTES_MAX);
	code = git_remote_download(l->remote, &specs, &how);
	free(specs.strings);
	return code == 0 ? 0 : remote_link_fail(l, code, "cannot fetch", e);
}

static int set_refs(struct remote_link *l, const git_remote_head *const *heads, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		GIT_AUTO(git_reference) made = NULL;

		if (git_reference_create(&made, l->git, heads[i]->name, &heads[i]->oid, true, NULL) != 0)
			return repository_error(e, "cannot keep %.200s", heads[i]->name);
	}
	return 0;
}

static int check_names(const char *const *refs, size_t n, struct err *e)
{
	const char *wrong = NULL;

	repository_begin();
	for (size_t i = 0; i < n && !wrong; i++)
		wrong = is_ref(refs[i]) ? NULL : refs[i];
	git_libgit2_shutdown();
	return wrong ? err_set(e, ERR_USAGE, "'%.100s' is no ref", wrong) : 0;
}

int git_refs_fetch(
	struct repository *r, const struct git_remote_options *o, const char *const *refs, size_t n, struct err *e)
{
	struct remote_link l;
	const git_remote_head **heads;
	size_t count;
	int rc = 0;

	if (check_names(refs, n, e) != 0 || remote_link_open(&l, r, o, GIT_DIRECTION_FETCH, e) != 0)
		return -1;
	heads = mem_array(l.head_count ? l.head_count : 1, sizeof(*heads));
	count = choose(&l, refs, n, heads);
	if (count && (download(&l, heads, count, e) != 0 || set_refs(&l, heads, count, e) != 0))
		rc = -1;
	free(heads);
	remote_link_close(&l);
	return rc;
}
