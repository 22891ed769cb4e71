#include "scratch.h"

struct elsewhere {
	struct scratch s;
	char *commit, *tree;
	struct lent_file files[8];
	char *texts[16];
	size_t count, text_count, asked;
	bool forged;
	struct lent_commit lent;
};

static int on_read(void *context, const char *id, struct buf *ret, struct err *e)
{
	struct elsewhere *x = context;
	char *text = sh(x->s.repo, "git cat-file blob %s; echo x", id);
	(void)e;
	x->asked++;
	buf_add(ret, text, strlen(text) - 1);
	if (x->forged)
		ret->p[0] ^= 1;
	free(text);
	return 0;
}

static char *keep(struct elsewhere *x, char *text)
{
	x->texts[x->text_count++] = text;
	return text;
}

static void add(struct elsewhere *x, const char *path, unsigned mode)
{
	char *size = sh(x->s.repo, "git cat-file -s HEAD:%s", path);
	x->files[x->count++] = (struct lent_file){.path = path,
		.id = keep(x, sh(x->s.repo, "git rev-parse HEAD:%s", path)),
		.mode = mode,
		.size = atol(size)};
	free(size);
}

static void begin_elsewhere(struct elsewhere *x)
{
	*x = (struct elsewhere){0};
	scratch_begin(&x->s);
	SH(x->s.repo, "mkdir src; echo one > src/a.txt; echo two > b.txt; chmod +x b.txt; ln -s b.txt c; git add .; "
		      "git commit -qm files");
	x->commit = keep(x, sh(x->s.repo, "git rev-parse HEAD"));
	x->tree = keep(x, sh(x->s.repo, "git rev-parse HEAD^{tree}"));
	add(x, "b.txt", 0100755);
	add(x, "c", 0120000);
	add(x, "src/a.txt", 0100644);
	x->lent = (struct lent_commit){.commit = x->commit,
		.tree = x->tree,
		.files = x->files,
		.count = x->count,
		.read = on_read,
		.context = x};
}

static void end_elsewhere(struct elsewhere *x)
{
	for (size_t i = 0; i < x->text_count; i++)
		free(x->texts[i]);
	scratch_done(&x->s);
}

static void a_lent_commit_reads_like_a_clone(void **state)
{
	struct elsewhere x;
	struct repository *r;
	struct err e;
	enum tree_kind kind;
	(void)state;
	begin_elsewhere(&x);
	assert_int_equal(repository_lend(&r, &x.lent, &e), 0);
	assert_string_equal(repository_head(r), x.commit);
	assert_int_equal(x.asked, 0);
	const struct tree *t = repository_tree(r);
	assert_true(t->stat(t->context, "b.txt", &kind) && kind == TREE_EXECUTABLE);
	assert_true(t->stat(t->context, "c", &kind) && kind == TREE_LINK);
	assert_true(t->is_directory(t->context, "src"));
	for (int i = 0; i < 3; i++) {
		BUF_AUTO text = {0};
		assert_int_equal(t->read(t->context, "src/a.txt", 100, &text, &e), 0);
		assert_string_equal(buf_text(&text), "one\n");
	}
	assert_int_equal(x.asked, 1);
	char *folder = mem_text(r->lent);
	assert_true(file_is_directory(folder));
	repository_free(r);
	assert_false(file_is_directory(folder));
	free(folder);
	end_elsewhere(&x);
}

static void another_content_is_not_read(void **state)
{
	struct elsewhere x;
	struct repository *r;
	struct err e;
	BUF_AUTO text = {0};
	(void)state;
	begin_elsewhere(&x);
	x.forged = true;
	assert_int_equal(repository_lend(&r, &x.lent, &e), 0);
	const struct tree *t = repository_tree(r);
	assert_int_equal(t->read(t->context, "b.txt", 100, &text, &e), -1);
	assert_non_null(strstr(e.text, "not the file that it listed"));
	repository_free(r);
	end_elsewhere(&x);
}

static void refused(struct elsewhere *x, const char *words)
{
	struct repository *r = NULL;
	struct err e;
	assert_int_equal(repository_lend(&r, &x->lent, &e), -1);
	if (!strstr(e.text, words))
		fail_msg("'%s' does not say '%s'", e.text, words);
}

static void a_list_that_is_not_the_tree_is_refused(void **state)
{
	struct elsewhere x;
	(void)state;
	begin_elsewhere(&x);
	x.lent.count--;
	refused(&x, "not those of its tree");
	x.lent.count++;
	x.files[2].mode = 0100755;
	refused(&x, "not those of its tree");
	end_elsewhere(&x);
}

static void paths_and_modes_from_outside_are_checked(void **state)
{
	static const char *const paths[] = {"../b.txt", "/etc/passwd", ".git/config", "src/.GIT/hooks/x", "", "a//b"};
	struct elsewhere x;
	(void)state;
	begin_elsewhere(&x);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct repository *r = NULL;
		struct err e;
		x.files[0].path = paths[i];
		assert_int_equal(repository_lend(&r, &x.lent, &e), -1);
	}
	x.files[0].path = "b.txt";
	x.files[0].mode = 0100777;
	refused(&x, "mode");
	x.files[0].mode = 0100755;
	x.files[0].id = "no id";
	refused(&x, "cannot list");
	end_elsewhere(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lent_commit_reads_like_a_clone),
		cmocka_unit_test(another_content_is_not_read),
		cmocka_unit_test(a_list_that_is_not_the_tree_is_refused),
		cmocka_unit_test(paths_and_modes_from_outside_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
