/* What is remembered of signed results. */
#include "base/file.h"
#include "base/mem.h"
#include "store/claims.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define ONE "1111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222"
#define NONCE "0123456789abcdef0123456789abcdef"

struct place {
	char *folder, *path;
	struct store *store;
};

static int begin(void **state)
{
	struct place *p = mem_new(sizeof(*p));
	struct err e;

	p->folder = file_temp_directory("claims-", &e);
	p->path = file_join(p->folder, "history.db");
	assert_int_equal(store_open(&p->store, p->path, STORE_WRITE, false, &e), 0);
	*state = p;
	return 0;
}

static int end(void **state)
{
	struct place *p = *state;
	struct err e;

	store_close(p->store);
	file_remove_tree(p->folder, &e);
	free(p->folder);
	free(p->path);
	free(p);
	return 0;
}

static bool seen(struct place *p, const char *nonce, const char *commit)
{
	struct err e;
	bool is;

	assert_int_equal(store_claim_seen(p->store, nonce, commit, &is, &e), 0);
	return is;
}

static void a_nonce_is_of_one_commit(void **state)
{
	struct place *p = *state;
	struct err e;

	assert_false(seen(p, NONCE, ONE));
	assert_int_equal(store_claim_trusted(p->store, NONCE, ONE, &e), 0);
	assert_int_equal(store_claim_trusted(p->store, NONCE, ONE, &e), 0);
	assert_false(seen(p, NONCE, ONE));
	assert_true(seen(p, NONCE, TWO));
	assert_false(seen(p, "ffffffffffffffffffffffffffffffff", TWO));
}

static bool flagged(struct place *p, const char *principal, const char *fingerprint)
{
	struct err e;
	bool is;

	assert_int_equal(store_claim_flagged(p->store, principal, fingerprint, &is, &e), 0);
	return is;
}

static void a_lie_sticks_to_name_and_key(void **state)
{
	struct place *p = *state;
	struct err e;

	assert_int_equal(store_claim_audited(p->store, "ann@example.org", "SHA256:a", ONE, NULL, &e), 0);
	assert_false(flagged(p, "ann@example.org", "SHA256:a"));
	assert_int_equal(store_claim_audited(p->store, "bob@example.org", "SHA256:b", ONE, "5 tests claimed", &e), 0);
	assert_true(flagged(p, "bob@example.org", "SHA256:other"));
	assert_true(flagged(p, "another@example.org", "SHA256:b"));
	assert_false(flagged(p, "ann@example.org", "SHA256:a"));
}

static void without_runs_nothing_was_found(void **state)
{
	struct place *p = *state;
	struct store_ci_found found;
	ARENA_AUTO a = {0};
	struct err e;

	assert_int_equal(store_ci_found(p->store, "acme/widgets", ONE, &a, &found, &e), 0);
	assert_int_equal(found.jobs, 0);
	assert_true(found.most < 0 && found.coverage_high < 0 && found.lint_high < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(a_nonce_is_of_one_commit, begin, end),
		cmocka_unit_test_setup_teardown(a_lie_sticks_to_name_and_key, begin, end),
		cmocka_unit_test_setup_teardown(without_runs_nothing_was_found, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
