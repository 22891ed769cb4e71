/* Pushing, listing and fetching against a real `git http-backend` (tests/history/git_server.py). */
#include "git_server.h"

#include "base/clock.h"

#include <signal.h>

static char *sha_of(const struct server *v, const char *name)
{
	return sh(v->s.repo, "git rev-parse %s", name);
}

static void assert_there(const struct server *v, const char *ref, const char *sha)
{
	MEM_AUTO char *is = sh(v->s.top, "git -C o/r.git rev-parse -q --verify %s || echo none", ref);

	assert_string_equal(is, sha);
}

static int push(struct server *v, struct git_ref_push *p, size_t n, struct arena *a, struct err *e)
{
	return git_refs_push(v->s.r, &v->o, p, n, a, e);
}

static void assert_pushed(struct server *v, const char *ref, const char *sha, const char *expected, const char *refusal)
{
	ARENA_AUTO a = {0};
	struct err e = {0};
	struct git_ref_push p = {.ref = ref, .sha = sha, .expected = expected};

	if (push(v, &p, 1, &a, &e) != 0)
		fail_msg("%s", e.text);
	if (!refusal && !p.done)
		fail_msg("%s: %s", ref, p.why);
	if (refusal) {
		assert_false(p.done);
		assert_non_null(strstr(p.why, refusal));
	}
}

/* ---- push ------------------------------------------------------------------------------------------ */

static void refs_are_made_moved_and_removed(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	MEM_AUTO char *two = sha_of(&v, "two"), *three = sha_of(&v, "three");

	assert_pushed(&v, "refs/own/a", two, NULL, NULL);
	assert_there(&v, "refs/own/a", two);
	assert_pushed(&v, "refs/own/a", two, NULL, NULL); /* again: it is there */
	assert_pushed(&v, "refs/own/a", three, NULL, "it is there already");
	assert_pushed(&v, "refs/own/a", three, two, NULL);
	assert_pushed(&v, "refs/own/a", NULL, three, NULL);
	assert_there(&v, "refs/own/a", "none");
}

static void a_lease_decides(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	MEM_AUTO char *two = sha_of(&v, "two"), *three = sha_of(&v, "three"), *main_ = sha_of(&v, "main");

	assert_pushed(&v, "refs/own/a", two, NULL, NULL);
	assert_pushed(&v, "refs/own/a", three, main_, "it has moved to");
	assert_there(&v, "refs/own/a", two);
	assert_pushed(&v, "refs/own/a", three, two, NULL); /* no descendant of it */
	assert_there(&v, "refs/own/a", three);
	assert_pushed(&v, "refs/own/a", NULL, two, "it has moved to");
	assert_pushed(&v, "refs/own/a", NULL, three, NULL);
	assert_there(&v, "refs/own/a", "none");
	assert_pushed(&v, "refs/own/a", NULL, three, NULL); /* it is gone */
	assert_pushed(&v, "refs/own/a", two, three, "it is gone");
}

static void each_ref_for_itself(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	MEM_AUTO char *two = sha_of(&v, "two"), *three = sha_of(&v, "three");
	ARENA_AUTO a = {0};
	struct err e = {0};
	struct git_ref_push p[] = {{.ref = "refs/own/a", .sha = two}, {.ref = "refs/heads/main", .sha = two},
		{.ref = "refs/own/b", .sha = three}};

	assert_int_equal(push(&v, p, 3, &a, &e), 0);
	assert_true(p[0].done && !p[1].done && p[2].done);
	assert_there(&v, "refs/own/a", two);
	assert_there(&v, "refs/own/b", three);
	assert_sh(v.s.top, "git -C o/r.git log --format=%s main", "one");
}

static void a_ref_that_moves_meanwhile_is_not_overwritten(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	MEM_AUTO char *two = sha_of(&v, "two"), *three = sha_of(&v, "three"), *main_ = sha_of(&v, "main");

	assert_pushed(&v, "refs/own/a", two, NULL, NULL);
	MEM_AUTO char *race = url_of(&v, "race/");
	SH(v.s.top, "echo o/r refs/own/a %s > race", main_);
	v.o.url = race;
	assert_pushed(&v, "refs/own/a", three, two, "the server says");
	assert_there(&v, "refs/own/a", main_);
	SH(v.s.top, "echo o/r refs/own/new %s > race", main_);
	assert_pushed(&v, "refs/own/new", three, NULL, "the server says");
	assert_there(&v, "refs/own/new", main_);
	SH(v.s.top, "echo o/r refs/own/a %s > race; git -C o/r.git update-ref refs/own/a %s", two, main_);
	assert_pushed(&v, "refs/own/a", NULL, main_, "the server says");
	assert_there(&v, "refs/own/a", two);
}

static void a_hook_says_no(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	MEM_AUTO char *two = sha_of(&v, "two");

	SH(v.s.top, "printf '#!/bin/sh\\n[ \"$1\" != refs/heads/locked ]\\n' > o/r.git/hooks/update; chmod +x "
		    "o/r.git/hooks/update");
	assert_pushed(&v, "refs/heads/locked", two, NULL, "hook declined");
	assert_pushed(&v, "refs/heads/open", two, NULL, NULL);
}

/* What the machine and the repository configure could send us elsewhere, or run something. */
static void no_configuration_takes_part(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	MEM_AUTO char *two = sha_of(&v, "two"), *before = sh(v.s.repo, "git for-each-ref");

	SH(v.s.repo, "git config http.proxy http://127.0.0.1:1/; git config url.http://127.0.0.1:1/.insteadOf "
		     "http://127.0.0.1; "
		     "git config core.hooksPath ../hooks; mkdir ../hooks; printf '#!/bin/sh\\ntouch ../ran\\n' > "
		     "../hooks/pre-push; "
		     "chmod +x ../hooks/pre-push");
	assert_pushed(&v, "refs/own/a", two, NULL, NULL);
	assert_sh(v.s.top, "ls ran 2>/dev/null || echo none", "none");
	assert_sh(v.s.repo, "git for-each-ref", before);
}

/* ---- list and fetch -------------------------------------------------------------------------------- */

static bool collect(void *context, const char *name, const char *sha)
{
	buf_addf(context, "%s %.4s\n", name, sha);
	return true;
}

static int list(struct server *v, const char *prefix, struct buf *out, struct err *e)
{
	return git_refs_list(&v->o, prefix, collect, out, e);
}

static void refs_are_listed_and_fetched(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	MEM_AUTO char *two = sha_of(&v, "two"), *three = sha_of(&v, "three"), *other = file_join(v.s.top, "other");
	BUF_AUTO out = buf_new(BUF_LINE), expected = buf_new(BUF_LINE);
	struct repository *r = NULL;
	struct err e = {0};
	const char *const names[] = {"refs/own/b", "refs/own/gone", "refs/own/a"};

	assert_pushed(&v, "refs/own/a", two, NULL, NULL);
	assert_pushed(&v, "refs/own/b", three, NULL, NULL);
	assert_int_equal(list(&v, "refs/own/", &out, &e), 0);
	buf_addf(&expected, "refs/own/a %.4s\nrefs/own/b %.4s\n", two, three);
	assert_string_equal(buf_text(&out), buf_text(&expected));

	SH(v.s.top, "git init -q --bare other");
	assert_int_equal(repository_open(&r, other, &e), 0);
	if (git_refs_fetch(r, &v.o, names, 3, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(git_refs_fetch(r, &v.o, names + 1, 1, &e), 0); /* nothing of it is there */
	repository_free(r);
	assert_sh(other, "git show refs/own/a:a refs/own/b:a; git for-each-ref --format='%(refname)'",
		"two\nthree\nrefs/own/a\nrefs/own/b");
	assert_sh(other, "test ! -s FETCH_HEAD && echo none", "none");
}

static void reading_may_be_free(void **state)
{
	SERVER_AUTO v;
	BUF_AUTO out = buf_new(BUF_LINE);
	struct err e = {0};
	(void)state;
	server_begin(&v, (const char *const[]){"--anonymous-read", NULL});
	v.o.token = NULL;
	assert_int_equal(list(&v, "refs/heads/", &out, &e), 0);
	assert_true(view_starts(buf_view(&out), "refs/heads/main "));
	struct git_ref_push p = {.ref = "refs/own/a", .sha = repository_head(v.s.r)};
	ARENA_AUTO a = {0};
	assert_int_equal(push(&v, &p, 1, &a, &e), -1);
	assert_int_equal(e.code, ERR_AUTH);
	assert_non_null(strstr(e.text, "there is none"));
}

/* ---- refusals -------------------------------------------------------------------------------------- */

static void assert_list_fails(struct server *v, const char *path, enum err_code code, const char *says)
{
	MEM_AUTO char *url = url_of(v, path);
	BUF_AUTO out = buf_new(BUF_FILE);
	struct err e = {0};

	v->o.url = url;
	assert_int_equal(list(v, "refs/", &out, &e), -1);
	v->o.url = v->url;
	if (e.code != code || !strstr(e.text, says))
		fail_msg("%s: %d %s", path, e.code, e.text);
	assert_null(strstr(e.text, TOKEN));
}

static void a_wrong_token_is_tried_only_so_often(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	v.o.token = "ghs_wrong";
	assert_list_fails(&v, "", ERR_AUTH, "does not take the token");
	assert_sh(v.s.top, "grep -c '\"authorization\": true' requests", "2");
	v.o.token = NULL;
	assert_list_fails(&v, "", ERR_AUTH, "there is none");
}

static void the_answer_is_no(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	assert_list_fails(&v, "status-403/", ERR_AUTH, "contents: write");
	assert_list_fails(&v, "status-404/", ERR_NOT_FOUND, "no such repository");
	assert_list_fails(&v, "status-500/", ERR_NETWORK, "500");
	assert_list_fails(&v, "garbage/", ERR_NETWORK, "cannot list");
}

static void another_host_gets_nothing(void **state)
{
	SERVER_AUTO v;
	BUF_AUTO out = buf_new(BUF_LINE);
	struct err e = {0};
	(void)state;
	server_begin(&v, NULL);
	assert_list_fails(&v, "away/", ERR_NETWORK, "redirect");
	MEM_AUTO char *moved = url_of(&v, "moved/");
	v.o.url = moved;
	if (list(&v, "refs/", &out, &e) != 0)
		fail_msg("%s", e.text);
}

static void addresses_that_are_not_asked(void **state)
{
	static const char *const bad[] = {"http://example.org/o/r.git", "https://a:b@example.org/r.git",
		"ssh://example.org/o/r.git", "file:///etc", "https://", "https://x y/", "/tmp/x", "https://x/?a",
		"http://127.0.0.1.example.org/o/r.git"};
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct git_remote_options o = {.url = bad[i], .token = TOKEN};
		struct err e = {0};

		assert_int_equal(git_refs_list(&o, "refs/", collect, NULL, &e), -1);
		if (e.code != ERR_USAGE && e.code != ERR_REFUSED)
			fail_msg("%s: %d %s", bad[i], e.code, e.text);
	}
}

/* libgit2 keeps the certificates that it was given: the stranger comes first. */
static void only_a_known_certificate(void **state)
{
	SERVER_AUTO v = {0};
	BUF_AUTO out = buf_new(BUF_LINE), url = buf_new(BUF_LINE);
	struct err e = {0};
	(void)state;
	scratch_begin(&v.s);
	SH(v.s.top, "openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 2 -subj /CN=localhost "
		    "-addext subjectAltName=DNS:localhost 2>/dev/null; cat cert key > both; mkdir o; git init -q "
		    "--bare o/r.git; "
		    "git -C o/r.git config http.receivepack true; cd repo; echo a > a; git add a; git commit -q -m a");
	scratch_open(&v.s);
	MEM_AUTO char *both = file_join(v.s.top, "both"), *cert = file_join(v.s.top, "cert");
	server_start(&v, (const char *const[]){"--tls", both, NULL});
	buf_addf(&url, "https://localhost:%d/o/r.git", v.port);
	v.o = (struct git_remote_options){.url = buf_text(&url), .token = TOKEN};
	assert_int_equal(list(&v, "refs/", &out, &e), -1);
	if (e.code != ERR_NETWORK || !strstr(e.text, "certificate"))
		fail_msg("%d %s", e.code, e.text);
	v.o.ca_file = cert;
	assert_pushed(&v, "refs/own/a", repository_head(v.s.r), NULL, NULL);
	if (list(&v, "refs/own", &out, &e) != 0)
		fail_msg("%s", e.text);
	assert_true(view_starts(buf_view(&out), "refs/own/a "));
	v.o.ca_file = "/nowhere/at/all";
	assert_int_equal(list(&v, "refs/own", &out, &e), -1);
}

static void nobody_waits_for_ever(void **state)
{
	SERVER_AUTO v;
	int64_t began = clock_monotonic();
	(void)state;
	server_begin(&v, NULL);
	v.o.stall_s = 1;
	assert_list_fails(&v, "hang/", ERR_NETWORK, "nothing any more");
	assert_list_fails(&v, "stall/", ERR_NETWORK, "nothing any more");
	assert_true(clock_monotonic() - began < 10 * CLOCK_SECOND);
}

static volatile sig_atomic_t stop;

static void on_alarm(int number)
{
	(void)number;
	stop = 1;
}

static void a_signal_ends_it(void **state)
{
	SERVER_AUTO v;
	int64_t began;
	(void)state;
	server_begin(&v, NULL);
	v.o.stop = &stop;
	signal(SIGALRM, on_alarm);
	alarm(1);
	began = clock_monotonic();
	assert_list_fails(&v, "hang/", ERR_INTERRUPTED, "signal");
	assert_true(clock_monotonic() - began < 5 * CLOCK_SECOND);
	stop = 0;
}

static void too_many_refs(void **state)
{
	SERVER_AUTO v;
	(void)state;
	server_begin(&v, NULL);
	assert_list_fails(&v, "many/", ERR_LIMIT, "70001 refs");
	assert_list_fails(&v, "endless/", ERR_LIMIT, "more than is taken");
}

static void too_much_to_fetch(void **state)
{
	SERVER_AUTO v;
	struct err e = {0};
	struct repository *r = NULL;
	const char *name = "refs/heads/big";
	(void)state;
	server_begin(&v, NULL);
	MEM_AUTO char *other = file_join(v.s.top, "other");

	SH(v.s.repo, "head -c 300000 /dev/urandom > b; git add b; git commit -q -m b; git push -q ../o/r.git HEAD:big");
	SH(v.s.top, "git init -q --bare other");
	assert_int_equal(repository_open(&r, other, &e), 0);
	v.o.bytes_max = 100000;
	assert_int_equal(git_refs_fetch(r, &v.o, &name, 1, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	v.o.bytes_max = 0;
	assert_int_equal(git_refs_fetch(r, &v.o, &name, 1, &e), 0);
	repository_free(r);
}

static void names_that_are_no_refs(void **state)
{
	ARENA_AUTO a = {0};
	struct err e = {0};
	struct git_remote_options o = {.url = "http://127.0.0.1:1/o/r.git"};
	struct git_ref_push bad[] = {{.ref = "main"}, {.ref = "refs/heads/a b"}, {.ref = "refs/a:refs/b"},
		{.ref = "refs/heads/a", .sha = "main"}, {.ref = "refs/heads/a", .expected = "HEAD"}};
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(git_refs_push(NULL, &o, &bad[i], 1, &a, &e), -1);
		assert_int_equal(e.code, ERR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refs_are_made_moved_and_removed),
		cmocka_unit_test(a_lease_decides),
		cmocka_unit_test(each_ref_for_itself),
		cmocka_unit_test(a_ref_that_moves_meanwhile_is_not_overwritten),
		cmocka_unit_test(a_hook_says_no),
		cmocka_unit_test(no_configuration_takes_part),
		cmocka_unit_test(refs_are_listed_and_fetched),
		cmocka_unit_test(reading_may_be_free),
		cmocka_unit_test(a_wrong_token_is_tried_only_so_often),
		cmocka_unit_test(the_answer_is_no),
		cmocka_unit_test(another_host_gets_nothing),
		cmocka_unit_test(addresses_that_are_not_asked),
		cmocka_unit_test(only_a_known_certificate),
		cmocka_unit_test(nobody_waits_for_ever),
		cmocka_unit_test(a_signal_ends_it),
		cmocka_unit_test(too_many_refs),
		cmocka_unit_test(too_much_to_fetch),
		cmocka_unit_test(names_that_are_no_refs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
