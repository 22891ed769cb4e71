#include "cmd/local_envelope.h"

#include "cmd/local.h"
#include "github/repos.h"

#define ROUNDS 3u /* of two that post at the same moment, one comes second */

static int ref_of(struct buf *name, const char *commit, struct err *e)
{
	for (const char *p = commit; *p; p++)
		if (!strchr("0123456789abcdef", *p))
			return err_set(e, ERR_USAGE, "'%.80s' is no commit", commit);
	buf_addf(name, LOCAL_REF "%s", commit);
	return 0;
}

int local_envelope_get(
	struct github *g, const char *commit, struct buf *ret, char ret_at[GITHUB_SHA_MAX], struct err *e)
{
	BUF_AUTO name = buf_new(BUF_LINE);
	char at[GITHUB_SHA_MAX];

	*ret = (struct buf){0};
	if (ref_of(&name, commit, e) < 0 || github_ref_get(g, buf_text(&name), at, e) < 0)
		return -1;
	if (ret_at)
		memcpy(ret_at, at, sizeof(at));
	return github_file_get(g, LOCAL_ENVELOPE_FILE, at, ENVELOPE_BYTES_MAX, ret, e);
}

static bool says_the_same(struct view there, struct view ours)
{
	struct envelope a = {0}, b = {0};
	struct err e;
	bool same = envelope_read(&a, there, &e) == 0 && envelope_read(&b, ours, &e) == 0 &&
		    view_eq(a.payload, b.payload) && strcmp(a.keyid, b.keyid) == 0;

	envelope_done(&a);
	envelope_done(&b);
	return same;
}

static int put_once(struct github *g, const char *commit, struct view envelope, bool *ret_new, struct err *e)
{
	BUF_AUTO name = buf_new(BUF_LINE), there = {0}, message = buf_new(BUF_LINE);
	char at[GITHUB_SHA_MAX] = "", made[GITHUB_SHA_MAX];
	struct err why = {0};
	const struct github_change file = {LOCAL_ENVELOPE_FILE, true, 0100644, envelope};
	int rc = local_envelope_get(g, commit, &there, at, &why);

	*ret_new = false;
	if (rc < 0 && why.code != ERR_NOT_FOUND) {
		if (e)
			*e = why;
		return -1;
	}
	if (rc == 0 && says_the_same(buf_view(&there), envelope))
		return 0;
	buf_addf(&message, "runmedic: signed local result for %.12s", commit);
	const struct github_commit_wish wish = {
		.parent = *at ? at : NULL, .message = buf_text(&message), .changes = &file, .count = 1};
	if (ref_of(&name, commit, e) < 0 || github_commit_make(g, &wish, made, e) < 0)
		return -1;
	rc = *at ? github_ref_move(g, buf_text(&name), at, made, e) : github_ref_make(g, buf_text(&name), made, e);
	*ret_new = rc == 0;
	return rc;
}

int local_envelope_put(struct github *g, const char *commit, struct view envelope, bool *ret_new, struct err *e)
{
	struct err why = {0};
	int rc = -1;

	for (unsigned round = 0; round < ROUNDS && rc < 0; round++) {
		rc = put_once(g, commit, envelope, ret_new, &why);
		if (rc < 0 && why.code != ERR_BUSY)
			break;
	}
	if (rc < 0 && e)
		*e = why;
	return rc;
}
