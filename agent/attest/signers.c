/* signers.c - who may sign: looking a key up. signers_read.c reads the file. */
#include "attest/signers.h"

#include "attest/sshsig.h"
#include "base/file.h"

/* ---- patterns of OpenSSH ---------------------------------------------------------------------------------------- */

/* '*' any run, '?' one character; in time linear in text times pattern. */
static bool matches(struct view text, struct view pattern)
{
	size_t t = 0, p = 0, star = VIEW_NONE, from = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == text.p[t])) {
			p++;
			t++;
		} else if (star != VIEW_NONE) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* One must match, and none of those with a '!' may. */
static bool listed(const char *const *patterns, const char *text)
{
	bool found = false;

	for (; *patterns; patterns++) {
		bool negated = **patterns == '!';

		if (!matches(view_of(text), view_of(*patterns + negated)))
			continue;
		if (negated)
			return false;
		found = true;
	}
	return found;
}

/* The whole name: `main` is not `feature/main`. */
static bool branch_listed(const char *const *globs, const char *branch)
{
	BUF_AUTO anchored = buf_new(BUF_LINE);

	for (; branch && *globs; globs++) {
		buf_clear(&anchored);
		buf_addf(&anchored, "/%s", *globs + (**globs == '/'));
		if (file_glob(buf_text(&anchored), view_of(branch)))
			return true;
	}
	return false;
}

/* ---- lookup ----------------------------------------------------------------------------------------------------- */

struct question {
	const char *principal, *namespace_, *branch;
	int64_t at;
};

/* As ssh-keygen: the second that is named still counts. */
static bool is_valid_at(const struct signer *s, int64_t at)
{
	return (s->valid_after == CLOCK_UNKNOWN || at >= s->valid_after) &&
	       (s->valid_before == CLOCK_UNKNOWN || at - at % CLOCK_SECOND <= s->valid_before);
}

static enum signers_miss judge(const struct signer *s, const struct question *q)
{
	if (q->principal && !listed(s->principals, q->principal))
		return SIGNERS_UNKNOWN;
	if (s->namespaces && !listed(s->namespaces, q->namespace_))
		return SIGNERS_NAMESPACE;
	if (s->branches && !branch_listed(s->branches, q->branch))
		return SIGNERS_BRANCH;
	return is_valid_at(s, q->at) ? SIGNERS_FOUND : SIGNERS_TIME;
}

static void say_unknown(
	const struct signers *s, const struct signer *known, const struct question *q, struct view key, struct err *e)
{
	char fingerprint[SSH_FINGERPRINT_MAX];

	ssh_fingerprint(key, fingerprint);
	if (known)
		err_set(e, ERR_NOT_FOUND, "the key %s is known as %s, not as %s", fingerprint, known->principals[0],
			q->principal);
	else if (s->note_count)
		err_set(e, ERR_NOT_FOUND, "no line allows the key %s (%zu lines of the list allow nobody; %s)",
			fingerprint, s->note_count, s->notes[0]);
	else
		err_set(e, ERR_NOT_FOUND, "no line allows the key %s", fingerprint);
}

static void say_time(const struct signer *s, int64_t at, struct err *e)
{
	bool early = s->valid_after != CLOCK_UNKNOWN && at < s->valid_after;
	char text[CLOCK_TEXT_MAX];

	err_set(e, ERR_REFUSED, "the key is known as %s but only %s %s", s->principals[0], early ? "from" : "until",
		clock_iso(early ? s->valid_after : s->valid_before, text));
}

static void say(enum signers_miss miss, const struct signer *s, const struct question *q, struct err *e)
{
	if (miss == SIGNERS_TIME)
		say_time(s, q->at, e);
	else if (miss == SIGNERS_BRANCH)
		err_set(e, ERR_REFUSED, "the key is known as %s but not for the branch %.200s", s->principals[0],
			q->branch ? q->branch : "(unknown)");
	else
		err_set(e, ERR_REFUSED, "the key is known as %s but not for the namespace %.200s", s->principals[0],
			q->namespace_);
}

const struct signer *signers_look(const struct signers *s, struct view key, const char *principal,
	const char *namespace_, const char *branch, int64_t at, enum signers_miss *ret_miss, struct err *e)
{
	const struct question q = {principal, namespace_, branch, at};
	const struct signer *nearest = NULL;
	enum signers_miss miss = SIGNERS_UNKNOWN, here;

	for (size_t i = 0; i < s->count; i++) {
		if (!view_eq(s->items[i].key, key))
			continue;
		here = judge(&s->items[i], &q);
		if (here == SIGNERS_FOUND) {
			if (ret_miss)
				*ret_miss = SIGNERS_FOUND;
			return &s->items[i];
		}
		if (!nearest || here > miss) {
			nearest = &s->items[i];
			miss = here;
		}
	}
	if (ret_miss)
		*ret_miss = miss;
	if (miss == SIGNERS_UNKNOWN)
		say_unknown(s, nearest, &q, key, e);
	else
		say(miss, nearest, &q, e);
	return NULL;
}

const struct signer *signers_find(const struct signers *s, struct view key, const char *principal,
	const char *namespace_, const char *branch, int64_t at, struct err *e)
{
	return signers_look(s, key, principal, namespace_, branch, at, NULL, e);
}
