#include "fixers/evidence.h"
#include "world.h"

static bool starts(const char *line, const char *program)
{
	return command_starts(view_of(line), program);
}

static void finds_programs_in_commands(void **state)
{
	(void)state;
	assert_true(starts("black --check .", "black"));
	assert_true(starts("python3 -m black --check .", "black"));
	assert_true(starts("poetry run -C api black .", "black"));
	assert_true(starts("FOO=1 npx prettier --check .", "prettier"));
	assert_true(starts("/opt/bin/flake8 src", "flake8"));
	assert_true(starts("cd src && black .", "black"));
	assert_true(starts("diff=$(gofmt -d .)", "gofmt"));
	assert_true(starts("test -z \"$(gofmt -l .)\"", "gofmt"));
	assert_true(starts("if [ -n \"$(git status --porcelain)\" ]; then git diff; exit 1; fi", "git diff"));
	assert_true(starts("git ls-files '*.c' | xargs clang-format --dry-run", "clang-format"));
	assert_true(starts("git --no-pager diff --exit-code", "git diff"));
	assert_true(starts("cargo fmt --all -- --check", "cargo fmt"));
	assert_true(starts("lint run-test: commands[1] | flake8 inventory tests", "flake8"));
	assert_true(starts("> eslint .", "eslint"));
	assert_true(starts("psf/black@stable", "black"));
	assert_true(starts("first\n\nblack .", "black"));
}

static void takes_no_words_for_programs(void **state)
{
	(void)state;
	assert_false(starts("pip install black", "black"));
	assert_false(starts("echo 'please run; black .'", "black"));
	assert_false(starts("echo \"black is great\"", "black"));
	assert_false(starts("blacken .", "black"));
	assert_false(starts("git log; echo diff", "git diff"));
	assert_false(starts("", "black"));
	assert_false(starts("cargo test fmt", "cargo fmt"));
}

static void gives_the_arguments(void **state)
{
	struct view rest;

	(void)state;
	assert_true(command_find(view_of("make gen; git diff --exit-code -- \"a b\" || exit 1"), "git diff", &rest));
	assert_true(view_is(view_trim(rest), "--exit-code -- \"a b\""));
	assert_false(command_find(view_of("make gen"), "git diff", &rest));
}

static void knows_what_the_step_ran(void **state)
{
	const struct world_file files[] = {{"a.py", "", TREE_FILE}, {0}};
	struct world w;
	struct fix_request q;
	EVIDENCE_AUTO ev = {0};

	(void)state;
	world_open(&w, files, "make lint",
		"flake8 src\nblack is great to have\n+ mypy src\nisort....Failed\n- hook id: isort", 1);
	q = (struct fix_request){&w.diagnosis, &w.finding, w.log, &w.tree};
	assert_int_equal(evidence_read(&ev, &q, &w.e), 1);
	assert_true(evidence_ran(&ev, "make", 0));
	assert_true(evidence_ran(&ev, "flake8", ev.text.count));
	assert_false(evidence_ran(&ev, "flake8", 0));
	assert_true(evidence_ran(&ev, "mypy", ev.text.count));
	assert_true(evidence_ran(&ev, "isort", ev.text.count));
	assert_false(evidence_ran(&ev, "pylint", ev.text.count));
	world_close(&w);
}

static void only_echoing_programs_print_commands(void **state)
{
	const struct world_file files[] = {{"a.py", "", TREE_FILE}, {0}};
	struct world w;
	struct fix_request q;
	EVIDENCE_AUTO ev = {0};

	(void)state;
	world_open(&w, files, "./lint.sh", "flake8 src\n+ mypy src", 1);
	q = (struct fix_request){&w.diagnosis, &w.finding, w.log, &w.tree};
	assert_int_equal(evidence_read(&ev, &q, &w.e), 1);
	assert_false(evidence_ran(&ev, "flake8", ev.text.count));
	assert_true(evidence_ran(&ev, "mypy", ev.text.count));
	world_close(&w);
}

static void maps_paths(void **state)
{
	const struct world_file files[] = {{"src/a.py", "", TREE_FILE}, {"x/b.py", "", TREE_FILE},
		{"y/b.py", "", TREE_FILE}, {"crates/peak/src/lib.rs", "", TREE_FILE}, {"boot.sh", "", TREE_FILE}, {0}};
	static const struct {
		const char *printed, *path;
	} cases[] = {
		{"src/a.py", "src/a.py"},
		{"./src/a.py", "src/a.py"},
		{"/home/runner/work/repo/repo/src/a.py", "src/a.py"},
		{"D:\\a\\repo\\repo\\src\\a.py", "src/a.py"},
		{"/github/workspace/src/a.py", "src/a.py"},
		{"/app/src/a.py", "src/a.py"},
		{"a.py", "src/a.py"},
		{"src/lib.rs", "crates/peak/src/lib.rs"},
		{"b.py", NULL},
		{"../a.py", NULL},
		{"src/../../a.py", NULL},
		{"/etc/passwd", NULL},
		{"/home/runner/work/_temp/boot.sh", NULL},
		{"/home/runner/work/_temp/x/boot.sh", NULL},
		{"/tmp/boot.sh", NULL},
		{"node_modules/x/boot.sh", NULL},
		{"", NULL},
	};
	struct world w;
	struct fix_request q;
	EVIDENCE_AUTO ev = {0};

	(void)state;
	world_open(&w, files, "true", "x", 1);
	q = (struct fix_request){&w.diagnosis, &w.finding, w.log, &w.tree};
	assert_int_equal(evidence_read(&ev, &q, &w.e), 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ARENA_AUTO a = {0};
		const char *got = evidence_path(&ev, view_of(cases[i].printed), &a, &w.e);

		if ((got == NULL) != (cases[i].path == NULL))
			print_error("%s -> %s\n", cases[i].printed, got ? got : "nothing");
		assert_int_equal(got == NULL, cases[i].path == NULL);
		if (got)
			assert_string_equal(got, cases[i].path);
	}
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_programs_in_commands),
		cmocka_unit_test(takes_no_words_for_programs),
		cmocka_unit_test(gives_the_arguments),
		cmocka_unit_test(knows_what_the_step_ran),
		cmocka_unit_test(only_echoing_programs_print_commands),
		cmocka_unit_test(maps_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
