/* The table of tampering: one good envelope, changed in every way that somebody may try. Each case names the reason
 * that it must be refused for; none may be accepted. Three kinds: what is changed behind the signer's back, what an
 * allowed signer signs that is not so, and the envelope itself. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

static struct scene scene;
static unsigned cases, wrong, accepted;

static void judge_as(const struct trust_facts *facts, struct view envelope, const char *reason, const char *what)
{
	ARENA_AUTO a = {0};
	struct trust_verdict v;

	cases++;
	trust_judge(&v, envelope, facts, &a);
	if (v.trusted || v.reason == TRUST_ACCEPTED) {
		accepted++;
		print_error("ACCEPTED: %s\n", what);
	} else if (strcmp(trust_reason_name(v.reason), reason) != 0) {
		wrong++;
		print_error("%s\n  %s: %s\n  not %s\n", what, trust_reason_name(v.reason), v.says, reason);
	}
	statement_done(&v.statement);
}

static void judge(struct view envelope, const char *reason, const char *what)
{
	judge_as(&scene.facts, envelope, reason, what);
}

static bool replace(struct buf *out, struct view text, const char *from, const char *to)
{
	size_t at = view_find(text, from);

	if (at == VIEW_NONE)
		return false;
	buf_add_view(out, view_sub(text, 0, at));
	buf_add_text(out, to);
	return buf_add_view(out, view_from(text, at + strlen(from)));
}

static void good_payload(struct buf *out)
{
	scene_statement(out, &scene.claim);
}

static void judge_signed(struct view payload, const char *reason, const char *what)
{
	BUF_AUTO envelope = buf_new(BUF_FILE);

	scene_sign(&envelope, payload, STATEMENT_PAYLOAD_TYPE, scene.ann);
	judge(buf_view(&envelope), reason, what);
}

/* The signature of the good payload around another one. */
static void judge_swapped(struct view payload, const char *reason, const char *what)
{
	BUF_AUTO good = buf_new(BUF_PAGE);
	BUF_AUTO envelope = buf_new(BUF_FILE);
	BUF_AUTO other = buf_new(BUF_FILE);
	struct err e = {0};

	good_payload(&good);
	scene_sign(&envelope, buf_view(&good), STATEMENT_PAYLOAD_TYPE, scene.ann);
	scene_sign(&other, payload, STATEMENT_PAYLOAD_TYPE, scene.ann);
	JSON_AUTO *j = json_parse(buf_view(&envelope), BUF_FILE, &e);
	JSON_AUTO *from = json_parse(buf_view(&other), BUF_FILE, &e);

	cJSON_ReplaceItemInObjectCaseSensitive(j, "payload", cJSON_DetachItemFromObjectCaseSensitive(from, "payload"));
	buf_clear(&envelope);
	json_print(&envelope, j);
	judge(buf_view(&envelope), reason, what);
}

/* ---- every member of statement and result, changed without the key, and by who has it -------------------------- */

enum change { REMOVED, DOUBLED, OTHER_TYPE, HUGE_VALUE, CHANGED, NULLED, CHANGES };
static const char *const change_names[] = {"removed", "doubled", "of another type", "huge", "changed", "null"};

/* The n-th member, depth first; NULL behind the last. */
static cJSON *member_at(cJSON *j, unsigned *n, cJSON **ret_parent)
{
	cJSON *child, *found = NULL;

	cJSON_ArrayForEach (child, j) {
		if (found)
			break;
		if (child->string && (*n)-- == 0) {
			*ret_parent = j;
			return child;
		}
		found = member_at(child, n, ret_parent);
	}
	return found;
}

static cJSON *huge(void)
{
	static char text[70000];

	memset(text, 'a', sizeof(text) - 1);
	return cJSON_CreateString(text);
}

static cJSON *changed(const cJSON *m)
{
	char text[400];

	if (cJSON_IsNumber(m))
		return cJSON_CreateNumber(m->valuedouble + 1);
	if (cJSON_IsBool(m))
		return cJSON_CreateBool(!cJSON_IsTrue(m));
	if (!cJSON_IsString(m))
		return cJSON_CreateString("something");
	snprintf(text, sizeof(text), "%s", m->valuestring);
	text[strlen(text) - 1] = text[strlen(text) - 1] == '1' ? '2' : '1';
	return cJSON_CreateString(text);
}

static void apply(cJSON *parent, cJSON *m, enum change what)
{
	cJSON *other = NULL;

	if (what == REMOVED) {
		cJSON_Delete(cJSON_DetachItemViaPointer(parent, m));
		return;
	}
	if (what == DOUBLED) {
		cJSON_AddItemToObject(parent, m->string, cJSON_Duplicate(m, true));
		return;
	}
	if (what == OTHER_TYPE)
		other = cJSON_IsObject(m) || cJSON_IsArray(m) ? cJSON_CreateNumber(7) : cJSON_CreateObject();
	else if (what == HUGE_VALUE)
		other = cJSON_IsNumber(m) ? cJSON_CreateNumber(1e300) : huge();
	else
		other = what == NULLED ? cJSON_CreateNull() : changed(m);
	other->string = strdup(m->string);
	cJSON_ReplaceItemViaPointer(parent, m, other);
}

static void each_member(void (*judge_it)(struct view, const char *, const char *), const char *reason,
	bool (*takes)(enum change, const cJSON *))
{
	BUF_AUTO good = buf_new(BUF_PAGE);
	struct err e = {0};

	good_payload(&good);
	for (unsigned i = 0; i < 1000 * CHANGES; i++) {
		JSON_AUTO *j = json_parse(buf_view(&good), BUF_PAGE, &e);
		unsigned n = i / CHANGES;
		cJSON *parent = NULL, *m = member_at(j, &n, &parent);
		BUF_AUTO payload = buf_new(BUF_FILE);
		char what[200];

		if (!m)
			return;
		if (!takes(i % CHANGES, m))
			continue;
		snprintf(what, sizeof(what), "member `%s` %s", m->string, change_names[i % CHANGES]);
		apply(parent, m, i % CHANGES);
		json_print(&payload, j);
		judge_it(buf_view(&payload), reason, what);
	}
}

static bool any(enum change c, const cJSON *m)
{
	return !(c == NULLED && cJSON_IsNull(m)); /* that would be no change */
}

static bool formal(enum change c, const cJSON *m)
{
	(void)m;
	return c == DOUBLED || c == OTHER_TYPE || c == HUGE_VALUE;
}

static void test_every_member_changed_behind_the_signers_back(void **state)
{
	unsigned before = cases;

	(void)state;
	each_member(judge_swapped, "signature", any);
	assert_true(cases - before > 300);
	assert_int_equal(accepted + wrong, 0);
}

static void test_every_member_malformed_by_an_allowed_signer(void **state)
{
	unsigned before = cases;

	(void)state;
	each_member(judge_signed, "malformed", formal);
	assert_true(cases - before > 150);
	assert_int_equal(accepted + wrong, 0);
}

/* ---- what an allowed signer signs that is not so ---------------------------------------------------------------- */

#define D16 "9999999999999999"
#define OTHER_ID D16 D16 "99999999"

static const struct {
	const char *from, *to, *reason;
} texts[] = {
	/* types of statement and predicate */
	{"in-toto.io/Statement/v1", "in-toto.io/Statement/v0.1", "malformed"},
	{"in-toto.io/Statement/v1", "in-toto.io/Statement/v1/", "malformed"},
	{"in-toto.io/Statement/v1", "in-toto.io/Statement/V1", "malformed"},
	{"https://in-toto.io/Statement/v1", "http://in-toto.io/Statement/v1", "malformed"},
	{"https://in-toto.io/Statement/v1", " https://in-toto.io/Statement/v1", "malformed"},
	{"test-result/v0.1", "test-result/v0.2", "malformed"},
	{"test-result/v0.1", "test-result/v0.1 ", "malformed"},
	{"test-result/v0.1", "test-result/v0.1#x", "malformed"},
	{"test-result/v0.1", "Test-Result/v0.1", "malformed"},
	{"in-toto.io/attestation/test-result/v0.1", "slsa.dev/provenance/v1", "malformed"},
	{"in-toto.io/attestation/test-result/v0.1", "in-t\\u043eto.io/attestation/test-result/v0.1", "malformed"},
	{"\"_type\"", "\"_Type\"", "malformed"},
	{"\"_type\"", "\"type\"", "malformed"},
	{"\"_type\"", "\"predicate_type\":\"x\",\"_type\"", "malformed"},
	{"\"_type\"", "\"Subject\":[],\"_type\"", "malformed"},
	{"\"_type\"", "\"PREDICATE\":{},\"_type\"", "malformed"},
	{"\"_type\"", "\"\\u017fubject\":[],\"_type\"", "malformed"},
	{"\"_type\"", "\"predicate\":{},\"_type\"", "malformed"},
	{"\"_type\"", "\"\\u005ftype\":\"x\",\"_type\"", "malformed"}, /* the same key, escaped */
	/* subjects */
	{"\"subject\":[", "\"subject\":[{\"name\":\"x\",\"digest\":{\"gitCommit\":\"x\"}},", "malformed"},
	{"\"subject\":[", "\"subject\":[[],", "malformed"},
	{"\"subject\":[", "\"subject\":[null,", "malformed"},
	{"\"gitCommit\":", "\"gitcommit\":", "malformed"},
	{"\"gitCommit\":", "\"sha1\":", "malformed"},
	{"\"gitCommit\":", "\"gitBlob\":\"x\",\"gitCommit\":", "malformed"},
	{"\"gitCommit\":\"11", "\"gitCommit\":\"12", "malformed"},
	{"\"gitCommit\":\"11", "\"gitCommit\":\"1", "malformed"},
	{"\"gitTree\":\"22", "\"gitTree\":\"21", "malformed"},
	{"\"gitTree\":", "\"git_tree\":", "malformed"},
	{"git+https://github.com/acme/widgets", "git+https://github.com/evil/widgets", "malformed"},
	{"git+https://github.com/acme/widgets", "https://github.com/acme/widgets", "malformed"},
	{"git+https://github.com/acme/widgets", "git+https://github.com/acme/widgets/", "malformed"},
	{"git+https://github.com/acme/widgets", "git+https://github.com/acme/widgets.git", "malformed"},
	{"git+https://github.com/acme/widgets", "git+https://github.com/\\u0430cme/widgets", "malformed"},
	{"git+https://github.com/acme/widgets", "git+https://github.com/acme/w\\u200bidgets", "malformed"},
	{"git+https://github.com/acme/widgets", "git+https://evil.example/acme/widgets", "other-repository"},
	{"git+https://github.com/acme/widgets", "git+http://github.com/acme/widgets", "other-repository"},
	{"git+https://github.com/acme/widgets", "git+https://github.com@evil.example/acme/widgets", "other-repository"},
	{"git+https://github.com/acme/widgets", "git+https://github.com/x/acme/widgets", "other-repository"},
	{"git+https://github.com/acme/widgets", "git+https://github.com//acme/widgets", "other-repository"},
	/* what the standard predicate tells to others */
	{"\"PASSED\"", "\"FAILED\"", "malformed"},
	{"\"PASSED\"", "\"WARNED\"", "malformed"},
	{"\"PASSED\"", "\"passed\"", "malformed"},
	{"\"PASSED\"", "\"PASSED\",\"Result\":\"FAILED\"", "malformed"},
	{"\"passedTests\":[]", "\"passedTests\":[\"a\"]", "malformed"},
	{"\"passedTests\":[]", "\"passed_tests\":[]", "malformed"},
	{"\"failedTests\":[]", "\"failedTests\":[\"a\"]", "malformed"},
	{"\"failedTests\":[]", "\"failedTests\":[],\"warnedTests\":[\"a\"]", "malformed"},
	{"\"configuration\":[", "\"configuration\":[{\"name\":\"x\"},", "malformed"},
	{"\"name\":\".github/runmedic.yml\"", "\"name\":\"other.yml\"", "malformed"},
	/* the result */
	{"\"version\":\"1.0\"", "\"version\":\"1.00\"", "malformed"},
	{"\"version\":\"1.0\"", "\"version\":\"2.0\"", "malformed"},
	{"\"timestamp\":\"2026", "\"timestamp\":\"2027", "malformed"}, /* behind its expiry */
	{"\"timestamp\":\"2026-11-18T09:00:00Z\"", "\"timestamp\":\"2026-11-18\"", "malformed"},
	{"\"timestamp\":\"2026-11-18T09:00:00Z\"", "\"timestamp\":\"2026-11-18T25:00:00Z\"", "malformed"},
	{"\"timestamp\":\"2026-11-18T09:00:00Z\"", "\"timestamp\":\"2026-11-18T09:00:00Z \"", "malformed"},
	{"\"timestamp\":\"2026-11-18T09:00:00Z\"", "\"timestamp\":\"2026-11-18T09:06:01Z\"", "from-the-future"},
	{"\"timestamp\":\"2026-11-18T09:00:00Z\"", "\"timestamp\":\"2026-11-18T09:00:00-08:00\"", "from-the-future"},
	{"\"timestamp\":\"2026-11-18T09:00:00Z\"", "\"timestamp\":\"2026-11-12T08:59:59Z\"", "expired"},
	{"\"timestamp\":\"2026-11-18T09:00:00Z\"", "\"timestamp\":\"0001-01-01T00:00:00Z\"", "expired"},
	{"\"expires\":\"2026-11-19T09:00:00Z\"", "\"expires\":\"2026-11-18T09:01:00Z\"", "expired"},
	{"\"expires\":\"2026-11-19T09:00:00Z\"", "\"expires\":\"2026-11-18T09:00:00Z\"", "malformed"},
	{"\"expires\":\"2026-11-19T09:00:00Z\"", "\"expires\":\"9999-12-31T23:59:59Z\"", "lives-too-long"},
	{"\"expires\":\"2026-11-19T09:00:00Z\"", "\"expires\":\"2026-11-25T09:00:01Z\"", "lives-too-long"},
	{"\"expires\":\"2026-11-19T09:00:00Z\"", "\"expires\":\"never\"", "malformed"},
	{"\"expires\":\"2026-11-19T09:00:00Z\",", "", "malformed"},
	{"\"commit_sha\":\"11", "\"commit_sha\":\"12", "malformed"},
	{"\"commit_sha\":\"11", "\"commit_sha\":\"1\\u0661", "malformed"}, /* an Arabic one */
	{"\"commit_sha\":\"11", "\"commit_sha\":\"\\uff111", "malformed"}, /* a wide one */
	{"\"commit_sha\":\"11", "\"commit_sha\":\"1\\u200b1", "malformed"},
	{"\"commit_sha\":\"11", "\"commit_sha\":\"1\\u00001", "malformed"},
	{"\"commit_sha\":\"11", "\"commit_sha\":\" 11", "malformed"},
	{"\"tree\":\"22", "\"tree\":\"21", "malformed"},
	{"\"branch\":\"feature/wheel\"", "\"branch\":\"feature/wh\\u0435el\"", "malformed"},
	{"\"branch\":\"feature/wheel\"", "\"branch\":\"feature/wheel\\u202e\"", "malformed"},
	{"\"branch\":\"feature/wheel\"", "\"branch\":\"feature/\\uff57heel\"", "malformed"},
	{"\"branch\":\"feature/wheel\"", "\"branch\":\"feature/wheel\\n\"", "malformed"},
	{"\"branch\":\"feature/wheel\"", "\"branch\":\"\\ud800\"", "malformed"},
	{"\"branch\":\"feature/wheel\",", "", "malformed"},
	{"\"repository\":\"acme/widgets\"", "\"repository\":\"acme/other\"", "malformed"},
	{"\"repository\":\"acme/widgets\"", "\"repository\":\"acme/widgets/x\"", "malformed"},
	{"\"repository\":\"acme/widgets\"", "\"repository\":\"acm\\u0435/widgets\"", "malformed"},
	{"\"repository\":\"acme/widgets\"", "\"repository\":\"../widgets\"", "malformed"},
	{"\"repository\":\"acme/widgets\",", "", "malformed"},
	{"\"runner\":\"local\",", "", "malformed"},
	{"\"nonce\":\"01", "\"nonce\":\"0", "malformed"},
	{"\"nonce\":\"01", "\"nonce\":\"0X", "malformed"},
	{"\"nonce\":\"" SAMPLE_NONCE "\",", "", "malformed"},
	{"\"config_digest\":\"sha256:", "\"config_digest\":\"sha512:", "malformed"},
	{"\"config_digest\":\"sha256:", "\"config_digest\":\"", "malformed"},
	{"\"selection\":null", "\"selection\":\"quick\"", "only-a-selection"},
	{"\"selection\":null", "\"selection\":\"\"", "malformed"},
	{"\"selection\":null,", "", "malformed"},
	{"\"dirty\":false", "\"dirty\":true", "dirty-tree"},
	{"\"dirty\":false", "\"dirty\":0", "malformed"},
	{"\"dirty\":false", "\"dirty\":\"false\"", "malformed"},
	{"\"dirty\":false,", "", "malformed"},
	{"\"dirty\":false", "\"dirty\":false,\"dirty\":true", "malformed"},
	{"\"dirty\":false", "\"Dirty\":true,\"dirty\":false", "malformed"},
	{"\"untracked\":0", "\"untracked\":1", "dirty-tree"},
	{"\"untracked\":0", "\"untracked\":-1", "malformed"},
	{"\"untracked\":0,", "", "malformed"},
	{"\"passed\":true,\"seconds\"", "\"passed\":1,\"seconds\"", "malformed"},
	{"\"passed\":true,\"seconds\"", "\"passed\":false,\"seconds\"", "malformed"}, /* and yet PASSED */
	{"\"passed\":true,\"seconds\"", "\"seconds\"", "malformed"},
	/* its figures */
	{"\"percentage\":87.25", "\"percentage\":84.99", "malformed"}, /* below its own threshold */
	{"\"percentage\":87.25,\"threshold\":85", "\"percentage\":84.99,\"threshold\":80", "coverage"},
	{"\"percentage\":87.25,\"threshold\":85", "\"percentage\":84.99,\"threshold\":null", "coverage"},
	{"\"percentage\":87.25", "\"percentage\":100.01", "malformed"},
	{"\"percentage\":87.25", "\"percentage\":-87.25", "malformed"},
	{"\"percentage\":87.25", "\"percentage\":1e400", "malformed"},
	{"\"percentage\":87.25", "\"percentage\":NaN", "malformed"},
	{"\"percentage\":87.25", "\"percentage\":\"87.25\"", "malformed"},
	{"\"coverage\":{\"passed\":true", "\"coverage\":{\"passed\":false", "malformed"},
	{"\"coverage\":{", "\"cov\":{", "checks-missing"},
	{"\"total\":120", "\"total\":2", "malformed"},
	{"\"total\":120", "\"total\":-120", "malformed"},
	{"\"total\":120", "\"total\":120.5", "malformed"},
	{"\"total\":120", "\"total\":9007199254740993", "malformed"},
	{"\"total\":120", "\"total\":0x78", "malformed"},
	{"\"total\":120", "\"total\":3", "pass-rate"}, /* all three skipped */
	{"\"failed\":0", "\"failed\":1", "malformed"},
	{"\"failed\":0", "\"failed\":-1", "malformed"},
	{"\"skipped\":3", "\"skipped\":120", "pass-rate"},
	{"\"skipped\":3", "\"skipped\":121", "malformed"},
	{"\"skipped\":3", "\"skipped\":-3", "malformed"},
	{"\"failed_ids\":[]", "\"failed_ids\":[\"a\"]", "malformed"},
	{"\"tests\":{", "\"Tests\":{", "checks-missing"},
	{"\"issues\":0", "\"issues\":-1", "malformed"},
	{"\"linting\":{\"passed\":true", "\"linting\":{\"passed\":false", "malformed"},
	/* the checks of the configuration */
	{"{\"name\":\"tests\"", "{\"name\":\"test\"", "checks-missing"},
	{"{\"name\":\"lint\"", "{\"name\":\"lint2\"", "checks-missing"},
	{"{\"name\":\"lint\"", "{\"name\":\"l\\u0456nt\"", "malformed"},
	{"{\"name\":\"lint\"", "{\"name\":\"tests\"", "malformed"},
	{"\"exit_code\":0", "\"exit_code\":1", "malformed"},
	{"\"exit_code\":0", "\"exit_code\":0.5", "malformed"},
	{"\"timed_out\":false", "\"timed_out\":true", "malformed"},
	{"\"runs\":[", "\"runs\":[7,", "malformed"},
	{"\"submodules\":[", "\"submodules\":[\"x\",", "malformed"},
};

static void test_untrue_texts_of_an_allowed_signer(void **state)
{
	BUF_AUTO good = buf_new(BUF_PAGE);

	(void)state;
	good_payload(&good);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		BUF_AUTO payload = buf_new(BUF_PAGE);
		char what[300];

		snprintf(what, sizeof(what), "%s -> %s", texts[i].from, texts[i].to);
		if (!replace(&payload, buf_view(&good), texts[i].from, texts[i].to))
			fail_msg("%s is not in %s", texts[i].from, buf_text(&good));
		judge_signed(buf_view(&payload), texts[i].reason, what);
	}
	assert_int_equal(accepted + wrong, 0);
}

static void judge_claim(const struct claim *r, const char *reason, const char *what)
{
	BUF_AUTO payload = buf_new(BUF_PAGE);

	scene_statement(&payload, r);
	judge_signed(buf_view(&payload), reason, what);
}

/* Statements that agree with themselves, of something else. */
static void test_true_statements_of_something_else(void **state)
{
	struct claim r = scene.claim;

	(void)state;
	r.commit_sha = OTHER_ID;
	judge_claim(&r, "other-commit", "a replay on another commit");
	r.commit_sha = SAMPLE_COMMIT "000000000000000000000000";
	r.tree = SAMPLE_TREE "000000000000000000000000";
	judge_claim(&r, "other-commit", "the commit with more digits");
	r = scene.claim;
	r.tree = OTHER_ID;
	judge_claim(&r, "other-tree", "another tree");
	r = scene.claim;
	r.repository = "evil/widgets";
	judge_claim(&r, "other-repository", "another repository");
	r.repository = "acme/widgets2";
	judge_claim(&r, "other-repository", "a repository with a longer name");
	r.repository = "acme/widget";
	judge_claim(&r, "other-repository", "a repository with a shorter name");
	r = scene.claim;
	r.config_digest = SAMPLE_DIGEST;
	judge_claim(&r, "other-configuration", "another configuration");
	assert_int_equal(accepted + wrong, 0);
}

/* ---- the good envelope, at another place or time ---------------------------------------------------------------- */

static bool seen_elsewhere(void *context, const char *nonce, const char *commit)
{
	(void)context;
	(void)nonce;
	(void)commit;
	return true;
}

static void test_the_good_envelope_elsewhere(void **state)
{
	static const char *const commits[] = {OTHER_ID, NULL, "", "1111111", "HEAD", SAMPLE_COMMIT " ",
		"111111111111111111111111111111111111111\xd9\xa1"};
	static const char *const repositories[] = {"evil/widgets", NULL, "", "acme", "acme/widgets/",
		"\320\260cme/widgets", "acme/w\xe2\x80\x8bidgets", "acme/widget\xc5\xbf"};
	BUF_AUTO payload = buf_new(BUF_PAGE);
	BUF_AUTO envelope = buf_new(BUF_FILE);
	struct trust_facts f;
	char what[200];

	(void)state;
	good_payload(&payload);
	scene_sign(&envelope, buf_view(&payload), STATEMENT_PAYLOAD_TYPE, scene.ann);
	for (size_t i = 0; i < sizeof(commits) / sizeof(*commits); i++) {
		snprintf(what, sizeof(what), "for commit or tree %s", commits[i] ? commits[i] : "unknown");
		f = scene.facts;
		f.commit = commits[i];
		judge_as(&f, buf_view(&envelope), "other-commit", what);
		f = scene.facts;
		f.tree = commits[i];
		judge_as(&f, buf_view(&envelope), "other-tree", what);
		f.merge_group = true;
		judge_as(&f, buf_view(&envelope), "other-tree", what);
	}
	for (size_t i = 0; i < sizeof(repositories) / sizeof(*repositories); i++) {
		snprintf(what, sizeof(what), "for repository %s", repositories[i] ? repositories[i] : "unknown");
		f = scene.facts;
		f.repository = repositories[i];
		judge_as(&f, buf_view(&envelope), "other-repository", what);
	}
	f = scene.facts;
	f.server_url = "https://github.example.org";
	judge_as(&f, buf_view(&envelope), "other-repository", "for another server");
	f = scene.facts;
	f.seen = seen_elsewhere;
	judge_as(&f, buf_view(&envelope), "replayed", "a nonce that was seen");
	f = scene.facts;
	f.now = scene.claim.expires;
	judge_as(&f, buf_view(&envelope), "expired", "at its end");
	f.now = scene.claim.expires + 365 * CLOCK_DAY;
	judge_as(&f, buf_view(&envelope), "expired", "after a year: a replay after a revert");
	f.now = scene.claim.timestamp - TRUST_SKEW - 1;
	judge_as(&f, buf_view(&envelope), "from-the-future", "just beyond what clocks may differ");
	f.now = INT64_C(0);
	judge_as(&f, buf_view(&envelope), "from-the-future", "in 1970");
	assert_int_equal(accepted + wrong, 0);
}

/* ---- keys and signatures ---------------------------------------------------------------------------------------- */

static void test_other_keys(void **state)
{
	const struct {
		const struct signing_key *key;
		const char *reason;
	} keys[] = {{scene.stranger, "unknown-key"}, {scene.git, "namespace"}, {scene.gone, "revoked-key"},
		{scene.old, "key-not-valid-now"}, {scene.later, "key-not-valid-now"},
		{scene.bob, "signer-not-for-branch"}};
	BUF_AUTO payload = buf_new(BUF_PAGE);

	(void)state;
	good_payload(&payload);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct scene_ssh ssh = {keys[i].key, SSHSIG_NAMESPACE, "sha512", NULL, NULL, 1};
		BUF_AUTO plain = buf_new(BUF_FILE);
		BUF_AUTO armoured = buf_new(BUF_FILE);

		scene_sign(&plain, buf_view(&payload), STATEMENT_PAYLOAD_TYPE, keys[i].key);
		judge(buf_view(&plain), keys[i].reason, "another key");
		scene_sign_ssh(&armoured, buf_view(&payload), &ssh);
		judge(buf_view(&armoured), keys[i].reason, "another key, SSH");
	}
	assert_int_equal(accepted + wrong, 0);
}

static void test_ssh_signatures_with_a_part_changed(void **state)
{
	const struct {
		struct scene_ssh ssh;
		const char *reason;
	} forms[] = {
		{{scene.ann, "git", "sha512", NULL, NULL, 1}, "namespace"},
		{{scene.ann, "file", "sha512", NULL, NULL, 1}, "namespace"},
		{{scene.ann, "Runmedic", "sha512", NULL, NULL, 1}, "namespace"},
		{{scene.ann, "runmedic ", "sha512", NULL, NULL, 1}, "namespace"},
		{{scene.ann, "runmedi\xd1\x81", "sha512", NULL, NULL, 1}, "namespace"},
		{{scene.ann, "git", "sha512", "runmedic", NULL, 1}, "signature"}, /* relabelled */
		{{scene.ann, "runmedic", "sha512", "git", NULL, 1}, "signature"},
		{{scene.ann, "runmedic", "md5", NULL, NULL, 1}, "malformed"},
		{{scene.ann, "runmedic", "sha1", NULL, NULL, 1}, "malformed"},
		{{scene.ann, "runmedic", "", NULL, NULL, 1}, "malformed"},
		{{scene.ann, "runmedic", "sha512", NULL, NULL, 2}, "malformed"},
		{{scene.ann, "runmedic", "sha512", NULL, NULL, 0}, "malformed"},
		{{scene.ann, "runmedic", "sha512", NULL, "SHA256:other", 1}, "signature"},
		{{scene.ann, "", "sha512", NULL, NULL, 1}, "malformed"},
	};
	BUF_AUTO payload = buf_new(BUF_PAGE);

	(void)state;
	good_payload(&payload);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		BUF_AUTO envelope = buf_new(BUF_FILE);
		char what[100];

		scene_sign_ssh(&envelope, buf_view(&payload), &forms[i].ssh);
		snprintf(what, sizeof(what), "SSH form %zu", i);
		judge(buf_view(&envelope), forms[i].reason, what);
	}
	assert_int_equal(accepted + wrong, 0);
}

static void test_other_payload_types(void **state)
{
	static const char *const types[] = {"application/vnd.in-toto", "application/vnd.in-toto+json;v=1",
		"Application/vnd.in-toto+json", "application/json", "text/plain", "application/vnd.in-toto+jsonx",
		"application/vnd.dsse.envelope.v1+json"};
	BUF_AUTO payload = buf_new(BUF_PAGE);

	(void)state;
	good_payload(&payload);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		BUF_AUTO envelope = buf_new(BUF_FILE);
		BUF_AUTO relabelled = buf_new(BUF_FILE);

		scene_sign(&envelope, buf_view(&payload), types[i], scene.ann);
		judge(buf_view(&envelope), "payload-type", types[i]);
		assert_true(replace(&relabelled, buf_view(&envelope), types[i], STATEMENT_PAYLOAD_TYPE));
		judge(buf_view(&relabelled), "signature", "relabelled as ours");
	}
	assert_int_equal(accepted + wrong, 0);
}

/* ---- the envelope ----------------------------------------------------------------------------------------------- */

static const struct {
	const char *from, *to, *reason;
} envelopes[] = {
	{"\"signatures\":[", "\"signatures\":[{\"keyid\":\"x\",\"sig\":\"AAAA\"},", "malformed"},
	{"\"signatures\":[", "\"signatures\":[null,", "malformed"},
	{"\"signatures\":[{", "\"signatures\":{", "malformed"},
	{"\"signatures\"", "\"signature\"", "malformed"},
	{"\"signatures\"", "\"Signatures\":[],\"signatures\"", "malformed"},
	{"\"payload\":", "\"payload\":\"e30=\",\"payload\":", "malformed"},
	{"\"payload\":", "\"Payload\":", "malformed"},
	{"\"payload\":\"", "\"payload\":\" ", "malformed"},
	{"\"payload\":\"", "\"payload\":\"\\n", "malformed"},
	{"\"payload\":\"", "\"payload\":\"AAAA", "signature"},
	{"\"payload\":\"ey", "\"payload\":\"-_", "malformed"},
	{"\"payload\":\"e", "\"payload\":\"", "malformed"},
	{"\"payloadType\":\"", "\"payloadType\":\"x\",\"payloadType\":\"", "malformed"},
	{"\"payloadType\":\"application", "\"payloadType\":\"", "payload-type"},
	{"\"payloadType\":\"application/vnd.in-toto+json\",", "", "malformed"},
	{"\"payloadType\":\"application/vnd.in-toto+json\"", "\"payloadType\":7", "malformed"},
	{"\"payloadType\":\"application/vnd.in-toto+json\"", "\"payloadType\":null", "malformed"},
	{"\"payloadType\":\"application/vnd.in-toto+json", "\"payloadType\":\"application/vnd.in-t\xd0\xbeto+json",
		"malformed"},
	{"\"keyid\":\"SHA256:", "\"keyid\":\"SHA512:", "unknown-key"},
	{"\"keyid\":\"SHA256:", "\"keyid\":\"", "unknown-key"},
	{"\"keyid\":", "\"key\":", "malformed"},
	{"\"keyid\":", "\"KeyID\":\"x\",\"keyid\":", "malformed"},
	{"\"sig\":\"", "\"sig\":\"AAAA", "malformed"},
	{"\"sig\":\"", "\"format\":\"sshsig\",\"sig\":\"", "malformed"},
	{"\"sig\":\"", "\"format\":\"rsa\",\"sig\":\"", "malformed"},
	{"\"sig\":\"", "\"format\":\"none\",\"sig\":\"", "malformed"},
	{"\"sig\":\"", "\"format\":null,\"sig\":\"", "malformed"},
	{"\"sig\":", "\"sig\":\"\",\"sig\":", "malformed"},
	{"\"sig\":", "\"signature\":", "malformed"},
	{"==\"}", "=\"}", "malformed"},
	{"==\"}", "\"}", "malformed"},
	{"{", "[{", "malformed"},
	{"{", "\x1f\x8b{", "malformed"},
};

static void test_envelopes_changed(void **state)
{
	BUF_AUTO payload = buf_new(BUF_PAGE);
	BUF_AUTO envelope = buf_new(BUF_FILE);

	(void)state;
	good_payload(&payload);
	scene_sign(&envelope, buf_view(&payload), STATEMENT_PAYLOAD_TYPE, scene.ann);
	for (size_t i = 0; i < sizeof(envelopes) / sizeof(*envelopes); i++) {
		BUF_AUTO text = buf_new(BUF_FILE);

		if (!replace(&text, buf_view(&envelope), envelopes[i].from, envelopes[i].to))
			fail_msg("%s is not in %s", envelopes[i].from, buf_text(&envelope));
		judge(buf_view(&text), envelopes[i].reason, envelopes[i].to);
	}
	assert_int_equal(accepted + wrong, 0);
}

static void test_envelopes_cut_and_drowned(void **state)
{
	BUF_AUTO payload = buf_new(BUF_PAGE);
	BUF_AUTO envelope = buf_new(BUF_FILE);

	(void)state;
	good_payload(&payload);
	scene_sign(&envelope, buf_view(&payload), STATEMENT_PAYLOAD_TYPE, scene.ann);
	for (size_t n = 1; n < envelope.n; n += envelope.n / 40 + 1)
		judge(view_sub(buf_view(&envelope), 0, n), "malformed", "cut");
	BUF_AUTO large = buf_new(BUF_FILE);
	buf_add_text(&large, "{\"x\":\"");
	while (large.n < ENVELOPE_BYTES_MAX)
		buf_add_text(&large, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	buf_add_text(&large, "\",");
	buf_add_view(&large, view_from(buf_view(&envelope), 1));
	judge(buf_view(&large), "malformed", "more bytes than an envelope may have");
	BUF_AUTO deep = buf_new(BUF_FILE);
	for (int i = 0; i < 10000; i++)
		buf_add_text(&deep, "{\"payload\":[");
	judge(buf_view(&deep), "malformed", "deep");
	assert_int_equal(accepted + wrong, 0);
}

/* Every bit of the signature. */
static void test_signatures_with_one_bit_changed(void **state)
{
	BUF_AUTO payload = buf_new(BUF_PAGE);
	BUF_AUTO pae = buf_new(BUF_FILE);
	unsigned char key[KEY_PUBLIC], signature[KEY_SIGNATURE];
	char id[KEY_ID_MAX];
	struct err e = {0};

	(void)state;
	good_payload(&payload);
	envelope_pae(&pae, STATEMENT_PAYLOAD_TYPE, buf_view(&payload));
	signing_key_public(scene.ann, key);
	key_id(key, id);
	assert_int_equal(signing_key_sign(scene.ann, buf_view(&pae), signature, &e), 0);
	for (size_t bit = 0; bit < sizeof(signature) * 8; bit += 7) {
		BUF_AUTO envelope = buf_new(BUF_FILE);

		signature[bit / 8] ^= (unsigned char)(1u << bit % 8);
		JSON_AUTO *j = envelope_json(STATEMENT_PAYLOAD_TYPE, buf_view(&payload), id, ENVELOPE_ED25519,
			view_make((const char *)signature, sizeof(signature)));
		json_print(&envelope, j);
		judge(buf_view(&envelope), "signature", "one bit of the signature");
		signature[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	assert_int_equal(accepted + wrong, 0);
}

static void test_the_table_is_long_enough(void **state)
{
	(void)state;
	print_message("tampering: %u cases, %u accepted, %u with another reason\n", cases, accepted, wrong);
	assert_true(cases >= 200);
	assert_int_equal(accepted, 0);
}

static int set_up(void **state)
{
	(void)state;
	scene_new(&scene);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scene_free(&scene);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_member_changed_behind_the_signers_back),
		cmocka_unit_test(test_every_member_malformed_by_an_allowed_signer),
		cmocka_unit_test(test_untrue_texts_of_an_allowed_signer),
		cmocka_unit_test(test_true_statements_of_something_else),
		cmocka_unit_test(test_the_good_envelope_elsewhere),
		cmocka_unit_test(test_other_keys),
		cmocka_unit_test(test_ssh_signatures_with_a_part_changed),
		cmocka_unit_test(test_other_payload_types),
		cmocka_unit_test(test_envelopes_changed),
		cmocka_unit_test(test_envelopes_cut_and_drowned),
		cmocka_unit_test(test_signatures_with_one_bit_changed),
		cmocka_unit_test(test_the_table_is_long_enough),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
