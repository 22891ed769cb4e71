/* local_keys_edit.c - who may sign: lists in the work tree, which count once they are on the default branch. */
#include "cmd/local_keys.h"

#include "base/file.h"
#include "base/mem.h"
#include "cmd/local.h"

#include <stdlib.h>
#include <string.h>

static const char allowed_head[] =
	"# Who may sign local results of CI: principals, options, public key (ssh-keygen(1), "
	"ALLOWED SIGNERS).\n";
static const char branches_head[] = "# It has the option `branches`, which ssh-keygen does not know.\n";
static const char revoked_head[] = "# Keys that may not sign any more: public keys or fingerprints, one a line.\n";

int local_keys_paths(struct local_keys *k, char **ret_allowed, char **ret_revoked, struct err *e)
{
	MEM_AUTO char *folder = NULL;

	if (!k->root)
		return err_set(e, ERR_NOT_FOUND, "%s is not in a git repository", k->session->repo);
	*ret_allowed = file_join(k->root, k->allowed);
	folder = file_folder(*ret_allowed);
	*ret_revoked = file_join(folder, LOCAL_REVOKED_FILE);
	return 0;
}

int local_keys_read(const char *path, struct buf *ret, struct err *e)
{
	*ret = (struct buf){0};
	if (file_read(path, SIGNERS_BYTES_MAX, ret, e) == 0)
		return 0;
	if (e->code != ERR_NOT_FOUND)
		return -1;
	*ret = buf_new(SIGNERS_BYTES_MAX);
	return 0;
}

static int append(const char *path, struct view before, const char *head, struct view line, struct err *e)
{
	MEM_AUTO char *folder = file_folder(path);
	BUF_AUTO text = buf_new(SIGNERS_BYTES_MAX);

	if (!before.n)
		buf_add_text(&text, head);
	buf_add_view(&text, before);
	if (before.n && !view_ends(before, "\n"))
		buf_add_char(&text, '\n');
	buf_add_view(&text, line);
	buf_add_char(&text, '\n');
	if (text.full)
		return err_set(e, ERR_LIMIT, "%s would have more than %zu bytes", path, SIGNERS_BYTES_MAX);
	return file_make_directories(folder, e) < 0 ? -1 : file_write_atomic(path, buf_view(&text), 0644, e);
}

/* ---- allow ---------------------------------------------------------------------------------------- */

static int set_options(struct local_keys *k, struct signer *s, struct err *e)
{
	const struct args *args = k->session->args;
	const char *before = args_text(args, "valid-before", NULL), *spaces = args_text(args, "namespaces", NULL),
		   *branches = args_text(args, "branches", NULL);
	const char **who = arena_array(&k->arena, 2, sizeof(*who));

	if (!s->principals || args_text(args, "principal", NULL)) {
		if (local_keys_principal(k, s->comment, &who[0], e) < 0)
			return -1;
		/* Whose key somebody else's is, nobody here can know. */
		if (!args_text(args, "principal", NULL) && (!s->comment || !who[0] || strcmp(who[0], s->comment) != 0))
			return err_set(e, ERR_USAGE, "whose key is it? --principal MAIL");
		s->principals = who;
	}
	if (before && !clock_parse(view_of(before), &s->valid_before))
		return err_set(e, ERR_USAGE, "--valid-before takes a date such as 2027-06-30, not '%.40s'", before);
	if (before && s->valid_before <= clock_now())
		return err_set(e, ERR_USAGE, "--valid-before %.40s has passed", before);
	if (spaces || !s->namespaces)
		s->namespaces = local_keys_list(k, spaces ? spaces : SSHSIG_NAMESPACE);
	if (branches)
		s->branches = local_keys_list(k, branches);
	return 0;
}

/* What stands there must be readable again, and allow just this. */
static int check_line(const struct buf *line, struct err *e)
{
	struct signers list;
	int result;

	if (signers_read(&list, buf_view(line), e) < 0)
		return -1;
	result =
		list.count == 1 && !list.note_count
			? 0
			: err_set(e, ERR_USAGE, "%s", list.note_count ? list.notes[0] : "that line would allow nobody");
	signers_done(&list);
	return result;
}

static int check_revoked(const char *path, const struct signer *s, bool *ret_has, struct err *e)
{
	BUF_AUTO text = {0};
	struct revoked *r = NULL;

	if (file_read(path, KRL_BYTES_MAX, &text, e) < 0) {
		*ret_has = false;
		return e->code == ERR_NOT_FOUND ? 0 : -1;
	}
	if (revoked_read(&r, buf_view(&text), e) < 0)
		return err_wrap(e, "%s", path);
	*ret_has = revoked_has(r, s->key);
	revoked_free(r);
	return 0;
}

static bool is_there(struct view text, const struct buf *line)
{
	struct view one;

	while (view_next(&text, '\n', &one))
		if (view_eq(view_trim(one), buf_view(line)))
			return true;
	return false;
}

static void tell(struct local_keys *k, const struct signer *s, const char *path, const struct buf *line, bool changed)
{
	char fingerprint[SSH_FINGERPRINT_MAX];

	json_add_text(k->json, "path", path);
	json_add_text(k->json, "line", buf_text(line));
	json_add_bool(k->json, "changed", changed);
	if (s && s->key.n) {
		ssh_fingerprint(s->key, fingerprint);
		json_add_text(k->json, "fingerprint", fingerprint);
	}
	buf_addf(&k->text, "%s\n\n%s\n", buf_text(line),
		changed ? "added; commit it and open a pull request: it counts once it is on the default branch"
			: "stands there already");
}

int local_keys_allow(struct local_keys *k, struct err *e)
{
	MEM_AUTO char *allowed = NULL, *revoked = NULL;
	BUF_AUTO text = {0}, line = buf_new(LOCAL_LINE_MAX), head = buf_new(LOCAL_LINE_MAX);
	struct signer s = {0};
	bool gone = false, there;

	if (local_keys_paths(k, &allowed, &revoked, e) < 0 || local_keys_operand(k, &s, e) < 0 ||
		set_options(k, &s, e) < 0 || check_revoked(revoked, &s, &gone, e) < 0)
		return -1;
	if (gone)
		return err_set(e, ERR_REFUSED, "this key was revoked (%s): it will not sign again", revoked);
	local_keys_line(&line, &s);
	if (check_line(&line, e) < 0 || local_keys_read(allowed, &text, e) < 0)
		return -1;
	there = is_there(buf_view(&text), &line);
	buf_addf(&head, "%s%s", allowed_head, s.branches ? branches_head : "");
	if (!there && append(allowed, buf_view(&text), buf_text(&head), buf_view(&line), e) < 0)
		return -1;
	if (s.branches)
		session_note(
			k->session, "runmedic: ssh-keygen does not know the option `branches`, and refuses that line");
	tell(k, &s, allowed, &line, !there);
	return 0;
}

/* ---- revoke --------------------------------------------------------------------------------------- */

/* The key of a fingerprint, where the list of those allowed has it. */
static int find_key(
	struct local_keys *k, const char *allowed, const char *fingerprint, struct signer *ret, struct err *e)
{
	BUF_AUTO text = {0}, line = buf_new(LOCAL_LINE_MAX);
	struct signers list;
	char name[SSH_FINGERPRINT_MAX];
	int result = 0;

	*ret = (struct signer){0};
	if (local_keys_read(allowed, &text, e) < 0)
		return -1;
	if (!text.n)
		return 0;
	if (signers_read(&list, buf_view(&text), e) < 0)
		return -1;
	for (size_t i = 0; i < list.count && !line.n; i++) {
		ssh_fingerprint(list.items[i].key, name);
		if (strcmp(name, fingerprint) == 0)
			local_keys_line(&line, &list.items[i]);
	}
	signers_done(&list);
	if (line.n)
		result = local_keys_parse(k, buf_view(&line), ret, e);
	return result;
}

static bool is_fingerprint(const char *text)
{
	return view_starts(view_of(text), "SHA256:");
}

/* The key itself where it is known: ssh-keygen takes no fingerprints in such lists. */
static int make_line(struct local_keys *k, const char *allowed, struct signer *ret, struct buf *line, struct err *e)
{
	const struct args *args = k->session->args;
	struct signer bare;
	BUF_AUTO whole = buf_new(LOCAL_LINE_MAX);

	if (args->rest_count < 3)
		return err_set(
			e, ERR_USAGE, "which key? its fingerprint (SHA256:...), its public half, or a file with it");
	if (is_fingerprint(args->rest[2])) {
		if (find_key(k, allowed, args->rest[2], ret, e) < 0)
			return -1;
		if (!ret->key.n)
			return buf_add_text(line, args->rest[2]) ? 0 : -1;
	} else if (local_keys_operand(k, ret, e) < 0) {
		return -1;
	}
	bare = *ret;
	bare.principals = bare.namespaces = bare.branches = NULL;
	bare.valid_after = bare.valid_before = CLOCK_UNKNOWN;
	local_keys_line(&whole, &bare);
	buf_add_view(line, view_trim(buf_view(&whole)));
	return 0;
}

static void add_reason(struct local_keys *k, struct buf *out, const struct signer *s)
{
	const char *reason = args_text(k->session->args, "reason", NULL);
	char date[CLOCK_TEXT_MAX];

	buf_addf(out, "# %s", clock_date(clock_now(), date));
	if (s->principals)
		buf_addf(out, " %s", s->principals[0]);
	if (reason)
		buf_addf(out, ": %s", reason);
	for (size_t i = 0; i < out->n; i++)
		if ((unsigned char)out->p[i] < ' ' || out->p[i] == 0x7f)
			out->p[i] = ' ';
	buf_add_char(out, '\n');
}

static int check_list(struct view text, const char *path, struct err *e)
{
	struct revoked *r = NULL;

	if (revoked_read(&r, text, e) < 0)
		return err_wrap(e, "%s", path);
	revoked_free(r);
	return 0;
}

int local_keys_revoke(struct local_keys *k, struct err *e)
{
	MEM_AUTO char *allowed = NULL, *revoked = NULL;
	BUF_AUTO text = {0}, line = buf_new(LOCAL_LINE_MAX), both = buf_new(2 * LOCAL_LINE_MAX);
	struct signer s = {0};
	bool there;

	if (local_keys_paths(k, &allowed, &revoked, e) < 0 || make_line(k, allowed, &s, &line, e) < 0 ||
		check_list(buf_view(&line), "that key", e) < 0 || local_keys_read(revoked, &text, e) < 0)
		return -1;
	if (text.n && memchr(text.p, 0, text.n))
		return err_set(
			e, ERR_REFUSED, "%s is a list that ssh-keygen made: `ssh-keygen -k -u` adds to it", revoked);
	if (check_list(buf_view(&text), revoked, e) < 0)
		return -1;
	there = is_there(buf_view(&text), &line);
	add_reason(k, &both, &s);
	buf_add_view(&both, buf_view(&line));
	if (!there && append(revoked, buf_view(&text), revoked_head, buf_view(&both), e) < 0)
		return -1;
	tell(k, &s, revoked, &line, !there);
	return 0;
}
