/* local_keys.c - `local keys`: the key that signs here, and the list of those who may. */
#include "cmd/local_keys.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/redact.h"
#include "cmd/listing.h"
#include "cmd/local.h"
#include "heal/heal.h"

#include <stdlib.h>
#include <string.h>

static const struct listing_column columns[] = {
	{"principal", "who", LISTING_TEXT, false},
	{"fingerprint", "key", LISTING_TEXT, false},
	{"type", "type", LISTING_TEXT, false},
	{"namespaces", "for", LISTING_TEXT, false},
	{"branches", "branches", LISTING_TEXT, false},
	{"valid_after", "from", LISTING_TIME, false},
	{"valid_before", "until", LISTING_TIME, false},
	{"status", "status", LISTING_TEXT, false},
	{0},
};

/* ---- where the lists are --------------------------------------------------------------------------- */

/* From the default branch as this clone knows it: nothing else counts. In a clone without one, what stands here. */
static int read_list(struct local_keys *k, const char *path, struct buf *ret, const char **ret_source, struct err *e)
{
	static const char *const refs[] = {
		"refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master"};
	struct repository *r = NULL;
	MEM_AUTO char *file = NULL;
	int result = -1;

	*ret = (struct buf){0};
	if (repository_open(&r, k->session->repo, e) < 0)
		return -1;
	err_set(e, ERR_UNAVAILABLE, "no default branch");
	for (size_t i = 0; i < sizeof(refs) / sizeof(*refs) && result < 0 && e->code == ERR_UNAVAILABLE; i++) {
		*ret_source = refs[i] + strlen("refs/remotes/");
		buf_done(ret);
		*ret = (struct buf){0};
		result = repository_read_at(r, refs[i], path, SIGNERS_BYTES_MAX, ret, e);
	}
	repository_free(r);
	if (result == 0 || e->code != ERR_UNAVAILABLE)
		return result < 0 && e->code == ERR_NOT_FOUND ? 0 : result;
	*ret_source = "work tree";
	file = file_join(k->root, path);
	buf_done(ret);
	return local_keys_read(file, ret, e);
}

static struct revoked *read_revoked(struct local_keys *k)
{
	BUF_AUTO text = {0}, path = buf_new(BUF_LINE);
	const char *source;
	struct view allowed = view_of(k->allowed);
	size_t slash = view_find_last_char(allowed, '/');
	struct revoked *r = NULL;
	struct err e;

	buf_add_view(&path, view_sub(allowed, 0, slash == VIEW_NONE ? 0 : slash + 1));
	buf_add_text(&path, LOCAL_REVOKED_FILE);
	if (read_list(k, buf_text(&path), &text, &source, &e) == 0 && text.n &&
		revoked_read(&r, buf_view(&text), &e) < 0)
		session_note(k->session, "runmedic: %s: %s; nobody is believed as long as it is so", buf_text(&path),
			e.text);
	return r;
}

/* ---- list ----------------------------------------------------------------------------------------- */

static const char *status_of(const struct signer *s, const struct revoked *r)
{
	int64_t now = clock_now();

	if (revoked_has(r, s->key))
		return "revoked";
	if (s->valid_after != CLOCK_UNKNOWN && now < s->valid_after)
		return "not yet valid";
	if (s->valid_before != CLOCK_UNKNOWN && now >= s->valid_before)
		return "expired";
	return "valid";
}

static void add_joined(struct listing *l, const char *const *list)
{
	BUF_AUTO out = buf_new(BUF_LINE);

	for (size_t i = 0; list && list[i]; i++)
		buf_addf(&out, "%s%s", i ? "," : "", list[i]);
	listing_text(l, list ? buf_text(&out) : "all");
}

static void add_row(struct listing *l, const struct signer *s, const struct revoked *r)
{
	char fingerprint[SSH_FINGERPRINT_MAX];

	ssh_fingerprint(s->key, fingerprint);
	add_joined(l, s->principals);
	listing_text(l, fingerprint);
	listing_text(l, s->key_type);
	add_joined(l, s->namespaces);
	add_joined(l, s->branches);
	listing_time(l, s->valid_after);
	listing_time(l, s->valid_before);
	listing_text(l, status_of(s, r));
}

static const char *own_key(struct local_keys *k)
{
	char fingerprint[SSH_FINGERPRINT_MAX];
	struct signer own = {0};
	struct err e;

	if (local_keys_own_public(k, &own, &e) < 0) {
		json_add_null(k->json, "own");
		return arena_format(&k->arena, "Your key: none (%s)", e.text);
	}
	ssh_fingerprint(own.key, fingerprint);
	json_add_text(k->json, "own", fingerprint);
	return arena_format(&k->arena, "Your key: %s %s", own.key_type, fingerprint);
}

static int list_keys(struct local_keys *k, struct err *e)
{
	BUF_AUTO text = {0};
	struct signers signers = {0};
	struct revoked *revoked = NULL;
	struct listing l;
	const char *source = NULL, *own = own_key(k);

	if (!k->root)
		return err_set(e, ERR_NOT_FOUND, "%s is not in a git repository", k->session->repo);
	if (read_list(k, k->allowed, &text, &source, e) < 0 ||
		(text.n && signers_read(&signers, buf_view(&text), e) < 0))
		return -1;
	revoked = read_revoked(k);
	json_add_text(k->json, "source", source);
	for (size_t i = 0; i < signers.note_count; i++)
		session_note(k->session, "runmedic: %s: %s", k->allowed, signers.notes[i]);
	listing_init(&l, columns);
	for (size_t i = 0; i < signers.count; i++)
		add_row(&l, &signers.items[i], revoked);
	listing_write(&k->text, &l, k->session, k->json, "signers",
		arena_format(&k->arena, "%s\nAllowed signers of %s (%s):", own, source, k->allowed),
		"Nobody may sign.");
	k->json = NULL;
	if (!signers.count && strcmp(args_text(k->session->args, "format", "text"), "json") != 0) {
		BUF_AUTO none = buf_new(BUF_LINE);

		buf_addf(&none, "%s\n%s has no allowed signers (%s): nobody is believed.\n", own, source, k->allowed);
		buf_clear(&k->text);
		buf_add_view(&k->text, buf_view(&none));
	}
	listing_done(&l);
	revoked_free(revoked);
	signers_done(&signers);
	return 0;
}

/* ---- which ---------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	local_keys_action *action;
	size_t operands;
} actions[] = {
	{"init", local_keys_init, 0},
	{"list", list_keys, 0},
	{"allow", local_keys_allow, ARGS_MAX},
	{"revoke", local_keys_revoke, ARGS_MAX},
	{"rotate", local_keys_rotate, 0},
};

static local_keys_action *find(const struct session *s, struct err *e)
{
	const char *what = s->args->rest_count > 1 ? s->args->rest[1] : "list";

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (strcmp(actions[i].name, what) != 0)
			continue;
		if (s->args->rest_count <= 2 + actions[i].operands)
			return actions[i].action;
		err_set(e, ERR_USAGE, "local keys %s takes no operand '%.60s'", what, s->args->rest[2]);
		return NULL;
	}
	err_set(e, ERR_USAGE, "local keys takes init, list, allow, revoke or rotate, not '%.40s'", what);
	return NULL;
}

static int write_answer(struct local_keys *k, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_FILE);
	const char *format = args_text(k->session->args, "format", "text");

	if (k->json && !strcmp(format, "json")) {
		json_print(&out, k->json);
		buf_add_char(&out, '\n');
	} else if (k->json) {
		neutral_terminal(&out, buf_view(&k->text));
	} else {
		buf_add_view(&out, buf_view(&k->text));
	}
	return session_write(k->session, buf_view(&out), e);
}

int local_keys(struct session *s, struct err *e)
{
	struct local_keys k = {.session = s, .text = buf_new(BUF_FILE), .json = json_object()};
	local_keys_action *action = find(s, e);
	const struct config *config;
	int result = action ? session_config(s, &config, e) : -1;

	if (result == 0) {
		k.root = repository_root_of(s->repo);
		k.allowed = config->local.allowed_signers;
		json_add_text(k.json, "schema", "runmedic.local-keys/1");
		json_add_text(k.json, "action", s->args->rest_count > 1 ? s->args->rest[1] : "list");
		result = action(&k, e);
	}
	if (result == 0)
		result = write_answer(&k, e);
	cJSON_Delete(k.json);
	arena_done(&k.arena);
	buf_done(&k.text);
	free(k.root);
	return result < 0 ? -1 : EXIT_ANSWERED;
}
