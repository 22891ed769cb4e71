/* Facts as refs, on a real git server: pushed, pulled, folded; with others at it meanwhile. */
#include "git_server.h"

#include "base/clock.h"
#include "heal/facts_refs.h"

#define AT (INT64_C(1790000000) * CLOCK_SECOND)

struct reading {
	struct buf text; /* "name fork text" of each object */
	struct buf known, strange;
	size_t merged;
};

static bool is_known(void *context, const char *id)
{
	struct reading *r = context;

	return strstr(buf_text(&r->known), id) != NULL;
}

static int on_blob(void *context, const struct facts_blob *b, struct err *e)
{
	struct reading *r = context;
	struct view rest = b->text, line;
	(void)e;

	view_next(&rest, '\n', &line);
	buf_addf(&r->text, "%s%s %.*s", b->fork ? "fork " : "", b->name, VIEW_ARG(rest));
	buf_addf(&r->known, "%s\n", b->id);
	return 0;
}

static void on_merged(void *context, const char *ref, const char *commit)
{
	struct reading *r = context;
	(void)ref;

	r->merged++;
	buf_addf(&r->known, "%s\n", commit);
}

static void on_strange(void *context, const char *ref, const char *why)
{
	buf_addf(&((struct reading *)context)->strange, "%s: %s\n", ref, why);
}

static struct reading reading_new(void)
{
	return (struct reading){buf_new(BUF_FILE), buf_new(BUF_FILE), buf_new(BUF_FILE), 0};
}

static void reading_done(struct reading *r)
{
	buf_done(&r->text);
	buf_done(&r->known);
	buf_done(&r->strange);
}

static void pull(struct server *v, struct reading *r, struct facts_pulled *ret)
{
	struct facts_refs *f = NULL;
	struct err e = {0};
	struct facts_reader reader = {is_known, on_blob, on_merged, on_strange, r, NULL};

	assert_int_equal(facts_refs_open(&f, &v->o, &e), 0);
	if (facts_refs_pull(f, &reader, ret, &e) != 0)
		fail_msg("%s", e.text);
	facts_refs_close(f);
}

static void assert_pull(struct server *v, const char *expected)
{
	struct reading r = reading_new();
	struct facts_pulled pulled;

	pull(v, &r, &pulled);
	assert_string_equal(buf_text(&r.strange), "");
	assert_string_equal(buf_text(&r.text), expected);
	reading_done(&r);
}

static int push_text(struct server *v, int run, const char *text, bool fork, int64_t at, struct err *e)
{
	ARENA_AUTO a = {0};
	struct facts_refs *f = NULL;
	BUF_AUTO b = buf_new(BUF_PAGE), tests = buf_new(BUF_PAGE);
	struct facts_part parts[2];
	struct facts_push p = {
		.name = arena_format(&a, "%d-1", run), .parts = parts, .part_count = 2, .at = at, .fork = fork};
	int rc;

	facts_object_begin(&b, at);
	buf_addf(&b, "%d %s\n", run, text);
	facts_object_begin(&tests, CLOCK_UNKNOWN);
	buf_add_text(&tests, "names\n");
	parts[0] = (struct facts_part){p.name, buf_view(&b)};
	parts[1] = (struct facts_part){"tests-0123456789ab", buf_view(&tests)};
	assert_int_equal(facts_refs_open(&f, &v->o, e), 0);
	rc = facts_refs_push(f, &p, 1, &a, e);
	if (rc == 0 && !p.done)
		fail_msg("%s: %s", p.ref, p.why);
	facts_refs_close(f);
	return rc;
}

static void put_text(struct server *v, int run, const char *text, bool fork)
{
	struct err e = {0};

	if (push_text(v, run, text, fork, AT + run, &e) != 0)
		fail_msg("%s", e.text);
}

static void assert_refs(const struct server *v, const char *script, const char *expected)
{
	BUF_AUTO b = buf_new(BUF_LINE);

	buf_addf(&b, "git -C o/r.git for-each-ref --format='%%(refname)' refs/runmedic | %s", script);
	assert_sh(v->s.top, buf_text(&b), expected);
}

/* ---- pushing and pulling --------------------------------------------------------------------------- */

static void facts_come_back(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	assert_pull(&v, "");
	put_text(&v, 7, "seven", false);
	put_text(&v, 8, "eight", true);
	put_text(&v, 7, "seven", false);
	assert_refs(&v, "cat", "refs/runmedic/facts-fork/8-1\nrefs/runmedic/facts/7-1");
	put_text(&v, 7, "more of seven", false);
	assert_refs(&v, "sed 's/7-1-.*/7-1-x/'",
		"refs/runmedic/facts-fork/8-1\nrefs/runmedic/facts/7-1\nrefs/runmedic/facts/7-1-x");
	assert_pull(&v, "fork tests-0123456789ab names\nfork 8-1 8 eight\n7-1 7 seven\n7-1 7 more of seven\n");
}

static void what_is_known_is_not_asked_for(void **state)
{
	SERVER_AUTO v;
	struct reading r = reading_new();
	struct facts_pulled pulled;
	(void)state;
	server_begin(&v, NULL);
	put_text(&v, 1, "one", false);
	pull(&v, &r, &pulled);
	assert_int_equal(pulled.fetched, 1);
	pull(&v, &r, &pulled);
	assert_int_equal(pulled.refs, 1);
	assert_int_equal(pulled.fetched, 0);
	put_text(&v, 2, "two", false);
	pull(&v, &r, &pulled);
	assert_int_equal(pulled.fetched, 1);
	assert_int_equal(pulled.objects, 2); /* the list of tests is told again */
	assert_string_equal(
		buf_text(&r.text), "tests-0123456789ab names\n1-1 1 one\ntests-0123456789ab names\n2-1 2 two\n");
	reading_done(&r);
}

static void the_same_facts_are_the_same_commit(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	put_text(&v, 1, "one", false);
	MEM_AUTO char *first = sh(v.s.top, "git -C o/r.git rev-parse refs/runmedic/facts/1-1");
	SH(v.s.top, "git -C o/r.git update-ref -d refs/runmedic/facts/1-1");
	put_text(&v, 1, "one", false);
	assert_sh(v.s.top, "git -C o/r.git rev-parse refs/runmedic/facts/1-1", first);
	assert_sh(v.s.top, "git -C o/r.git log --format='%an %at %P' refs/runmedic/facts/1-1", "runmedic 1790000000 ");
}

static void many_at_once_share_a_commit(void **state)
{
	SERVER_AUTO v;
	ARENA_AUTO a = {0};
	struct facts_refs *f = NULL;
	struct facts_push list[50];
	struct facts_part parts[50];
	struct err e = {0};
	struct reading r = reading_new();
	struct facts_pulled pulled;
	(void)state;
	server_begin(&v, NULL);
	for (int i = 0; i < 50; i++) {
		BUF_AUTO b = buf_new(BUF_LINE);
		facts_object_begin(&b, AT);
		buf_addf(&b, "text %d\n", i);
		list[i] = (struct facts_push){.name = arena_format(&a, "%d-1", i),
			.parts = &parts[i],
			.part_count = 1,
			.at = AT,
			.fork = i % 10 == 0};
		parts[i] = (struct facts_part){list[i].name, arena_view(&a, buf_view(&b))};
	}
	assert_int_equal(facts_refs_open(&f, &v.o, &e), 0);
	if (facts_refs_push(f, list, 50, &a, &e) != 0)
		fail_msg("%s", e.text);
	facts_refs_close(f);
	assert_refs(&v, "sed 's/packed-.*/packed/'", "refs/runmedic/facts-fork/packed\nrefs/runmedic/facts/packed");
	pull(&v, &r, &pulled);
	assert_int_equal(pulled.objects, 50);
	assert_non_null(strstr(buf_text(&r.text), "fork 10-1 text 10\n"));
	assert_non_null(strstr(buf_text(&r.text), "\n11-1 text 11\n"));
	reading_done(&r);
}

/* ---- what others put there ------------------------------------------------------------------------- */

static void strange_things_are_passed_over(void **state)
{
	SERVER_AUTO v;
	struct reading r = reading_new();
	struct facts_pulled pulled;
	(void)state;
	server_begin(&v, NULL);
	put_text(&v, 1, "one", false);
	SH(v.s.top, "cd o/r.git; p=refs/runmedic/facts/; put() { t=$(printf \"100644 blob $2\\t$3\\n\" | git mktree); "
		    "git update-ref $p$1 $(git commit-tree $t -m x); }; "
		    "git update-ref ${p}blob $(echo x | git hash-object -w --stdin); git update-ref ${p}code main; "
		    "put old $(echo '{\"schema\":\"runmedic.facts/9\"}' | git hash-object -w --stdin) 3-1; "
		    "put text $(echo hello | git hash-object -w --stdin) 4-1; "
		    "put huge $(head -c 20000000 /dev/zero | git hash-object -w --stdin) 5-1; "
		    "put name $(echo hello | git hash-object -w --stdin) 'A b'; "
		    "git update-ref ${p}empty $(git commit-tree $(git mktree </dev/null) -m x)");
	put_text(&v, 2, "two", false);
	pull(&v, &r, &pulled);
	assert_string_equal(buf_text(&r.text), "tests-0123456789ab names\n1-1 1 one\n2-1 2 two\n");
	assert_string_equal(buf_text(&r.strange),
		"refs/runmedic/facts/blob: no commit of facts\n"
		"refs/runmedic/facts/name: something else than facts\n"
		"refs/runmedic/facts/code: no facts of runmedic\n"
		"refs/runmedic/facts/huge: an object of 20000000 bytes, more than 16777216\n"
		"refs/runmedic/facts/old: written by another version (runmedic.facts/9); update runmedic to read it\n"
		"refs/runmedic/facts/text: no facts of runmedic\n");
	assert_int_equal(r.merged, 3);
	reading_done(&r);
}

/* ---- compaction ------------------------------------------------------------------------------------ */

static int compact(struct server *v, bool force, int64_t before, struct facts_compacted *ret, struct err *e)
{
	struct facts_refs *f = NULL;
	struct facts_compaction how = {.force = force, .before = before};
	int rc;

	assert_int_equal(facts_refs_open(&f, &v->o, e), 0);
	rc = facts_refs_compact(f, &how, ret, e);
	facts_refs_close(f);
	return rc;
}

static void refs_are_folded(void **state)
{
	SERVER_AUTO v;
	struct facts_compacted done;
	struct err e = {0};
	(void)state;
	server_begin(&v, NULL);
	for (int i = 1; i <= 5; i++)
		put_text(&v, i, "some", i == 5);
	put_text(&v, 1, "other", false);
	assert_int_equal(compact(&v, false, CLOCK_UNKNOWN, &done, &e), -1);
	assert_int_equal(e.code, ERR_NOTHING);
	if (compact(&v, true, CLOCK_UNKNOWN, &done, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(done.before, 6);
	assert_int_equal(done.after, 2);
	assert_int_equal(done.objects, 8);
	assert_refs(&v, "sed 's/packed-.*/packed/'", "refs/runmedic/facts-fork/packed\nrefs/runmedic/facts/packed");
	struct reading r = reading_new();
	struct facts_pulled pulled;
	pull(&v, &r, &pulled);
	assert_int_equal(pulled.objects, 7); /* the list of tests stands in both */
	assert_non_null(strstr(buf_text(&r.text), "fork 5-1 5 some\n"));
	assert_non_null(strstr(buf_text(&r.text), " 1 some\n"));
	assert_non_null(strstr(buf_text(&r.text), " 1 other\n"));
	reading_done(&r);
	/* again, and with one more */
	assert_int_equal(compact(&v, true, CLOCK_UNKNOWN, &done, &e), 0);
	assert_int_equal(done.after, 2);
	put_text(&v, 9, "nine", false);
	assert_int_equal(compact(&v, true, CLOCK_UNKNOWN, &done, &e), 0);
	assert_int_equal(done.before, 3);
	assert_int_equal(done.after, 2);
}

static void what_is_strange_stays(void **state)
{
	SERVER_AUTO v;
	struct facts_compacted done;
	struct err e = {0};
	(void)state;
	server_begin(&v, NULL);
	put_text(&v, 1, "one", false);
	SH(v.s.top, "git -C o/r.git update-ref refs/runmedic/facts/code main; git -C o/r.git update-ref "
		    "refs/runmedic/mine main");
	assert_int_equal(compact(&v, true, CLOCK_UNKNOWN, &done, &e), 0);
	assert_refs(&v, "sed 's/packed-.*/packed/'",
		"refs/runmedic/facts/code\nrefs/runmedic/facts/packed\nrefs/runmedic/mine");
}

static void old_facts_are_dropped(void **state)
{
	SERVER_AUTO v;
	struct facts_compacted done;
	struct err e = {0};
	(void)state;
	server_begin(&v, NULL);
	assert_int_equal(push_text(&v, 1, "old", false, AT, &e), 0);
	assert_int_equal(push_text(&v, 2, "new \"tests\":\"0123456789ab", false, AT + 90 * CLOCK_DAY, &e), 0);
	assert_int_equal(compact(&v, true, AT + CLOCK_DAY, &done, &e), 0);
	assert_int_equal(done.dropped, 1);
	assert_pull(&v, "tests-0123456789ab names\n2-1 2 new \"tests\":\"0123456789ab\n");
	assert_int_equal(compact(&v, true, AT + 99 * CLOCK_DAY, &done, &e), 0);
	assert_refs(&v, "cat", "");
}

static void one_at_a_time(void **state)
{
	SERVER_AUTO v;
	struct facts_compacted done;
	struct err e = {0};
	(void)state;
	server_begin(&v, NULL);
	put_text(&v, 1, "one", false);
	SH(v.s.top, "cd o/r.git; git update-ref refs/runmedic/lease $(git commit-tree $(git mktree </dev/null) -m x)");
	for (int i = 2; i < 203; i++)
		SH(v.s.top, "git -C o/r.git update-ref refs/runmedic/facts/%d-1 refs/runmedic/facts/1-1", i);
	assert_int_equal(compact(&v, false, CLOCK_UNKNOWN, &done, &e), -1);
	assert_int_equal(e.code, ERR_BUSY);
	SH(v.s.top, "cd o/r.git; export GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'; "
		    "git update-ref refs/runmedic/lease $(git commit-tree $(git mktree </dev/null) -m x)");
	if (compact(&v, false, CLOCK_UNKNOWN, &done, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(done.after, 1);
	assert_pull(&v, "tests-0123456789ab names\n1-1 1 one\n");
}

static void everything_is_removed(void **state)
{
	SERVER_AUTO v;
	struct facts_refs *f = NULL;
	struct err e = {0};
	size_t n = 0;
	(void)state;
	server_begin(&v, NULL);
	put_text(&v, 1, "one", false);
	put_text(&v, 2, "two", true);
	assert_int_equal(facts_refs_open(&f, &v.o, &e), 0);
	assert_int_equal(facts_refs_remove(f, &n, &e), 0);
	facts_refs_close(f);
	assert_int_equal(n, 2);
	assert_refs(&v, "cat", "");
	assert_sh(v.s.top, "git -C o/r.git for-each-ref --format='%(refname)'", "refs/heads/main");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_come_back),
		cmocka_unit_test(what_is_known_is_not_asked_for),
		cmocka_unit_test(the_same_facts_are_the_same_commit),
		cmocka_unit_test(many_at_once_share_a_commit),
		cmocka_unit_test(strange_things_are_passed_over),
		cmocka_unit_test(refs_are_folded),
		cmocka_unit_test(what_is_strange_stays),
		cmocka_unit_test(old_facts_are_dropped),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(everything_is_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
