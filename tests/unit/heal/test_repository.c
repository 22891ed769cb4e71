#include "scratch.h"

/* libgit2 1.5 loses the match data of every regular expression that does not match. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:pcre2_match_data_create\nleak:libpcre2\n";
}

static void expect_slug(struct scratch *s, const char *url, const char *expected)
{
	SH(s->repo, "git config remote.origin.url '%s'", url);
	scratch_open(s);
	if (!expected && repository_slug(s->r))
		fail_msg("%s gives %s", url, repository_slug(s->r));
	if (expected)
		assert_string_equal(repository_slug(s->r), expected);
}

static void test_slug_of_all_spellings(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	scratch_begin(&s);
	expect_slug(&s, "https://github.com/octo/cat.git", "octo/cat");
	expect_slug(&s, "https://github.com/octo/cat", "octo/cat");
	expect_slug(&s, "https://github.com/octo/cat/", "octo/cat");
	expect_slug(&s, "https://x-access-token:abc@ghe.example.org:8443/octo/c.a-t_1.git", "octo/c.a-t_1");
	expect_slug(&s, "ssh://git@github.com:22/octo/cat.git", "octo/cat");
	expect_slug(&s, "git@github.com:octo/cat.git", "octo/cat");
	expect_slug(&s, "git@github.com:/octo/cat", "octo/cat");
	expect_slug(&s, "org-1234@github.com:octo/cat.git", "octo/cat");
	expect_slug(&s, "github.com:octo/cat", "octo/cat");
	expect_slug(&s, "/srv/git/octo/cat.git", NULL);
	expect_slug(&s, "../octo/cat", NULL);
	expect_slug(&s, "file:///octo/cat.git", NULL);
	expect_slug(&s, "https://github.com/octo", NULL);
	expect_slug(&s, "https://github.com/a/b/c", NULL);
	expect_slug(&s, "https://github.com/octo/..", NULL);
	expect_slug(&s, "https://github.com/octo/ca t", NULL);
	expect_slug(&s, "https://github.com/oc;to/cat", NULL);
	expect_slug(&s, "", NULL);
}

static void test_opens_from_a_folder_below(void **state)
{
	SCRATCH_AUTO s;
	struct err e = {0};
	struct repository *r;
	MEM_AUTO char *head = NULL;

	(void)state;
	scratch_begin(&s);
	put(&s, "a/b/c.txt", "x\n");
	commit_all(&s);
	head = sh(s.repo, "git rev-parse HEAD");
	MEM_AUTO char *below = file_join(s.repo, "a/b");
	assert_int_equal(repository_open(&r, below, &e), 0);
	assert_string_equal(repository_root(r), s.repo);
	assert_string_equal(repository_head(r), head);
	assert_string_equal(repository_branch(r), "main");
	assert_false(repository_is_bare(r));
	assert_null(repository_slug(r));
	repository_free(r);
}

static void test_says_when_there_is_none(void **state)
{
	SCRATCH_AUTO s;
	struct err e = {0};
	struct repository *r = NULL;

	(void)state;
	scratch_begin(&s);
	assert_int_equal(repository_open(&r, s.top, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_null(r);
	SH(s.repo, "printf '[garbage' >.git/config");
	assert_int_equal(repository_open(&r, s.repo, &e), -1);
	assert_int_not_equal(e.code, ERR_NOT_FOUND);
}

static void test_unborn_bare_detached_shallow(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	scratch_begin(&s);
	scratch_open(&s);
	assert_null(repository_head(s.r));
	assert_string_equal(repository_branch(s.r), "main");
	assert_false(repository_tree(s.r)->is_directory(repository_tree(s.r)->context, "a"));

	put(&s, "a", "1\n");
	commit_all(&s);
	put(&s, "a", "2\n");
	commit_all(&s);
	SH(s.repo, "git checkout -q --detach HEAD~1");
	scratch_open(&s);
	assert_null(repository_branch(s.r));
	assert_non_null(repository_head(s.r));

	SH(s.top,
		"git clone -q --bare repo bare.git; git -c advice.detachedHead=false clone -q --depth 1 file://'%s' "
		"shallow",
		s.repo);
	free(s.repo);
	s.repo = file_join(s.top, "bare.git");
	scratch_open(&s);
	assert_true(repository_is_bare(s.r));
	assert_string_equal(repository_root(s.r), s.repo);
	free(s.repo);
	s.repo = file_join(s.top, "shallow");
	scratch_open(&s);
	assert_non_null(repository_head(s.r));
}

/* Sparse and partial clones set extensions of the repository format. */
static void test_opens_sparse_and_partial_clones(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	scratch_begin(&s);
	put(&s, "a/x", "1\n");
	commit_all(&s);
	SH(s.repo, "git config core.repositoryformatversion 1; git config extensions.partialClone origin; "
		   "git config extensions.worktreeConfig true");
	scratch_open(&s);
	assert_non_null(repository_head(s.r));
}

static void test_ignores_the_configuration_of_the_machine(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	scratch_begin(&s);
	put(&s, "a", "1\n");
	commit_all(&s);
	SH(s.top, "printf '[remote \"origin\"]\\n\\turl = https://github.com/evil/one\\n' >.gitconfig; "
		  "mkdir -p .config/git; cp .gitconfig .config/git/config");
	unsetenv("GIT_CONFIG_GLOBAL");
	scratch_open(&s);
	assert_null(repository_slug(s.r));
}

struct listed {
	struct buf text;
	size_t most;
};

static bool list_one(void *context, const char *path, enum tree_kind kind)
{
	struct listed *l = context;

	buf_addf(&l->text, "%d %s\n", (int)kind, path);
	return --l->most > 0;
}

static void make_tree(struct scratch *s)
{
	put(s, "a-b", "1\n");
	put(s, "a/x", "22\n");
	put(s, "a.b", "3\n");
	put(s, "a/sub/\xc3\xa4 \"q\"", "4\n");
	put(s, "run", "5\n");
	SH(s->repo, "chmod +x run; ln -s a/x link; git add -A; "
		    "git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,module; "
		    "git commit -qm x");
	scratch_open(s);
}

static void test_tree_reads_stats_and_lists(void **state)
{
	SCRATCH_AUTO s;
	struct listed l = {buf_new(BUF_LINE), 100};
	const struct tree *t;
	struct err e = {0};
	enum tree_kind kind;
	struct buf b;

	(void)state;
	scratch_begin(&s);
	make_tree(&s);
	t = repository_tree(s.r);
	assert_int_equal(t->list(t->context, list_one, &l, &e), 0);
	assert_string_equal(
		buf_text(&l.text), "0 a-b\n0 a.b\n0 a/sub/\xc3\xa4 \"q\"\n0 a/x\n2 link\n3 module\n1 run\n");
	buf_done(&l.text);
	l = (struct listed){buf_new(BUF_LINE), 2};
	assert_int_equal(t->list(t->context, list_one, &l, &e), 0);
	assert_string_equal(buf_text(&l.text), "0 a-b\n0 a.b\n");
	buf_done(&l.text);

	assert_true(t->stat(t->context, "run", &kind));
	assert_int_equal(kind, TREE_EXECUTABLE);
	assert_true(t->stat(t->context, "module", &kind));
	assert_int_equal(kind, TREE_SUBMODULE);
	assert_false(t->stat(t->context, "a", &kind));
	assert_false(t->stat(t->context, "none", &kind));
	assert_false(t->stat(t->context, "", &kind));
	assert_true(t->is_directory(t->context, "a/sub"));
	assert_true(t->is_directory(t->context, ""));
	assert_false(t->is_directory(t->context, "a/x"));

	assert_int_equal(t->read(t->context, "a/x", 3, &b, &e), 0);
	assert_string_equal(buf_text(&b), "22\n");
	buf_done(&b);
	assert_int_equal(t->read(t->context, "a/x", 2, &b, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(t->read(t->context, "none", 9, &b, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(t->read(t->context, "module", 9, &b, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(t->read(t->context, "link", 9, &b, &e), 0);
	assert_string_equal(buf_text(&b), "a/x");
	buf_done(&b);
}

static struct change_set changes_for_overlay(const struct tree *t)
{
	struct change_set set;
	struct err e = {0};
	struct change *c;

	change_set_begin(&set);
	c = change_add(&set, t, "a/x", &e);
	c->exists = false;
	c = change_add(&set, t, "a/sub/\xc3\xa4 \"q\"", &e);
	c->exists = false;
	c = change_add(&set, t, "run", &e);
	c->new_kind = TREE_FILE;
	c = change_add(&set, t, "zz/new", &e);
	c->exists = true;
	c->new_content = VIEW("n\n");
	c = change_add(&set, t, "a.b", &e);
	c->new_content = VIEW("33\n");
	assert_int_equal(change_set_end(&set, t, &e), 0);
	return set;
}

static void test_overlay_shows_the_changed_tree(void **state)
{
	SCRATCH_AUTO s;
	struct listed l = {buf_new(BUF_LINE), 100};
	struct change_set set;
	struct overlay o;
	struct err e = {0};
	enum tree_kind kind;
	struct buf b;

	(void)state;
	scratch_begin(&s);
	make_tree(&s);
	set = changes_for_overlay(repository_tree(s.r));
	overlay_init(&o, repository_tree(s.r), &set);
	assert_int_equal(o.tree.list(&o, list_one, &l, &e), 0);
	assert_string_equal(buf_text(&l.text), "0 a-b\n0 a.b\n2 link\n3 module\n0 run\n0 zz/new\n");
	buf_done(&l.text);
	l = (struct listed){buf_new(BUF_LINE), 1};
	assert_int_equal(o.tree.list(&o, list_one, &l, &e), 0);
	assert_string_equal(buf_text(&l.text), "0 a-b\n");
	buf_done(&l.text);

	assert_false(o.tree.stat(&o, "a/x", &kind));
	assert_true(o.tree.stat(&o, "run", &kind));
	assert_int_equal(kind, TREE_FILE);
	assert_true(o.tree.stat(&o, "a-b", &kind));
	assert_false(o.tree.is_directory(&o, "a"));
	assert_false(o.tree.is_directory(&o, "a/sub"));
	assert_true(o.tree.is_directory(&o, "zz"));
	assert_true(o.tree.is_directory(&o, ""));
	assert_int_equal(o.tree.read(&o, "a.b", 10, &b, &e), 0);
	assert_string_equal(buf_text(&b), "33\n");
	buf_done(&b);
	assert_int_equal(o.tree.read(&o, "a.b", 1, &b, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(o.tree.read(&o, "a/x", 10, &b, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(o.tree.read(&o, "a-b", 10, &b, &e), 0);
	assert_string_equal(buf_text(&b), "1\n");
	buf_done(&b);
	change_set_done(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slug_of_all_spellings),
		cmocka_unit_test(test_opens_from_a_folder_below),
		cmocka_unit_test(test_says_when_there_is_none),
		cmocka_unit_test(test_unborn_bare_detached_shallow),
		cmocka_unit_test(test_opens_sparse_and_partial_clones),
		cmocka_unit_test(test_ignores_the_configuration_of_the_machine),
		cmocka_unit_test(test_tree_reads_stats_and_lists),
		cmocka_unit_test(test_overlay_shows_the_changed_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
