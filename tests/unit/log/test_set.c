#include "log_testing.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEGINNING S "Current runner version: '2.330.0'\n" S "##[group]Run make\n" S "##[endgroup]\n"

static char *folder;

static int set_up(void **state)
{
	struct err e;

	(void)state;
	folder = file_temp_directory("log-test", &e);
	return folder ? 0 : -1;
}

static int tear_down(void **state)
{
	struct err e;
	int status = file_remove_tree(folder, &e);

	(void)state;
	free(folder);
	return status;
}

static const char *in(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	struct err e = {0};

	assert_success(file_write_atomic(in(name), view_of(text), 0644, &e), &e);
}

static void add_member(struct archive *a, const char *name, const char *text)
{
	struct archive_entry *header = archive_entry_new();
	size_t n = strlen(text);

	archive_entry_set_pathname(header, name);
	archive_entry_set_filetype(header, view_ends(view_of(name), "/") ? AE_IFDIR : AE_IFREG);
	archive_entry_set_perm(header, 0644);
	archive_entry_set_size(header, (la_int64_t)n);
	assert_int_equal(archive_write_header(a, header), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, text, n), n);
	archive_entry_free(header);
}

/* Members as pairs of name and text, up to a NULL. */
static void write_zip(const char *name, const char *const *members)
{
	struct archive *a = archive_write_new();

	archive_write_set_format_zip(a);
	assert_int_equal(archive_write_open_filename(a, in(name)), ARCHIVE_OK);
	for (; *members; members += 2)
		add_member(a, members[0], members[1]);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

#define WRITE_ZIP(...) write_zip("run.zip", (const char *const[]){__VA_ARGS__, NULL})

static struct log_set *open_set(const char *path)
{
	struct err e = {0};
	struct log_set *s = NULL;

	assert_success(log_set_open(&s, path, &e), &e);
	return s;
}

static void expect_refusal(const char *path, enum err_code code, const char *words)
{
	struct err e = {0};
	struct log_set *s = NULL;

	assert_int_equal(log_set_open(&s, path, &e), -1);
	assert_int_equal(e.code, code);
	assert_non_null(strstr(e.text, words));
	assert_null(s);
}

static void assert_log(struct log_set *s, size_t i, const char *name, uint32_t lines, const char *last_line)
{
	struct err e = {0};
	struct log *l = NULL;
	const char *shown = log_set_name(s, i);

	assert_true(view_ends(view_of(shown), name));
	assert_success(log_set_log(s, i, &l, &e), &e);
	assert_success(log_finish(l, &e), &e);
	assert_int_equal(log_info(l)->lines, lines);
	assert_view(line_of(l, lines), last_line);
	log_close(l);
}

static void test_one_file(void **state)
{
	struct log_set *s;

	(void)state;
	write_file("one.out", "a\nb\n");
	s = open_set(in("one.out"));
	assert_int_equal(log_set_count(s), 1);
	assert_log(s, 0, "/one.out", 2, "b");
	assert_string_equal(log_set_name(s, 1), "");
	log_set_close(s);
	s = open_set("-");
	assert_string_equal(log_set_name(s, 0), "-");
	log_set_close(s);
	log_set_close(NULL);
}

static void test_a_folder(void **state)
{
	struct log_set *s;

	(void)state;
	assert_int_equal(mkdir(in("logs"), 0700), 0);
	assert_int_equal(mkdir(in("logs/sub.log"), 0700), 0);
	write_file("logs/b.txt", "b\n");
	write_file("logs/a.log", "a\n");
	write_file("logs/c.json", "c\n");
	write_file("logs/sub.log/d.log", "d\n");
	s = open_set(in("logs"));
	assert_int_equal(log_set_count(s), 2);
	assert_log(s, 0, "/logs/a.log", 1, "a");
	assert_log(s, 1, "/logs/b.txt", 1, "b");
	log_set_close(s);
}

static void test_places_without_logs(void **state)
{
	struct err e = {0};
	struct log_set *s = open_set(in("missing"));
	struct log *l = NULL;

	(void)state;
	assert_int_equal(log_set_log(s, 0, &l, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(log_set_log(s, 1, &l, &e), -1);
	log_set_close(s);
	assert_int_equal(mkdir(in("empty"), 0700), 0);
	expect_refusal(in("empty"), ERR_INPUT, "no *.log");
}

static void test_a_folder_with_too_many(void **state)
{
	char name[64];

	(void)state;
	assert_int_equal(mkdir(in("many"), 0700), 0);
	for (unsigned i = 0; i <= LOG_SET_MAX; i++) {
		snprintf(name, sizeof(name), "many/%u.log", i);
		write_file(name, "x\n");
	}
	expect_refusal(in("many"), ERR_LIMIT, "more than 1024");
}

static void test_zip_with_a_file_per_job(void **state)
{
	struct log_set *s;

	(void)state;
	WRITE_ZIP("10_deploy.txt", S "j\n", "2_test.txt", S "t1\n" S "t2\n", "0_build.txt", S "b\n", "build/", "",
		"build/1_Set up job.txt", "repeated\n", "build/system.txt", "remarks\n");
	s = open_set(in("run.zip"));
	assert_int_equal(log_set_count(s), 3);
	assert_string_equal(log_set_name(s, 0), "run.zip/0_build.txt");
	assert_log(s, 0, "0_build.txt", 1, "b");
	assert_log(s, 1, "2_test.txt", 2, "t2");
	assert_log(s, 2, "10_deploy.txt", 1, "j");
	assert_log(s, 1, "2_test.txt", 2, "t2");
	log_set_close(s);
}

static void test_zip_with_a_file_per_step(void **state)
{
	struct log_set *s;

	(void)state;
	WRITE_ZIP("test/10_Complete job.txt", BOM S "Cleaning up orphan processes\n", "build/1_Set up job.txt",
		BOM S "b1\n", "build/2_Run make.txt", BOM S "b2", "build/10_Post.txt", BOM S "b10\n", "test/2_x.txt",
		BOM S "t2\n");
	s = open_set(in("run.zip"));
	assert_int_equal(log_set_count(s), 2);
	assert_log(s, 0, "run.zip/build", 3, "b10");
	assert_log(s, 1, "run.zip/test", 2, "Cleaning up orphan processes");
	log_set_close(s);
}

static void test_zip_with_hostile_names(void **state)
{
	struct log_set *s;

	(void)state;
	WRITE_ZIP("../../../etc/evil.log", "x\n", "/abs/olute.log", "y\n", "a\x1b[31m\nb.log", "z\n", "run.sh", "no\n",
		"\xff\xfe.log", "w\n");
	s = open_set(in("run.zip"));
	assert_int_equal(log_set_count(s), 4);
	for (size_t i = 0; i < log_set_count(s); i++) {
		struct err e = {0};
		struct log *l = NULL;

		assert_null(strpbrk(log_set_name(s, i), "\n\x1b"));
		assert_success(log_set_log(s, i, &l, &e), &e);
		log_close(l);
	}
	assert_false(file_exists(in("../../../etc/evil.log")));
	log_set_close(s);
}

static void test_zip_bomb(void **state)
{
	struct err e = {0};
	struct log_set *s;
	struct log *l = NULL;
	char *text = calloc(1, (size_t)64 << 20);

	(void)state;
	memset(text, '\n', ((size_t)64 << 20) - 1);
	WRITE_ZIP("0_a.txt", text);
	free(text);
	s = open_set(in("run.zip"));
	assert_int_equal(log_set_log(s, 0, &l, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_non_null(strstr(e.text, "bomb"));
	assert_int_equal(log_set_log(s, 0, &l, &e), -1);
	log_set_close(s);
}

static void test_zip_with_too_many(void **state)
{
	const char *members[2 * LOG_SET_MAX + 3] = {NULL};
	char names[LOG_SET_MAX + 1][16];

	(void)state;
	for (unsigned i = 0; i <= LOG_SET_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "%u_x.txt", i);
		members[2 * i] = names[i];
		members[2 * i + 1] = "x\n";
	}
	write_zip("many.zip", members);
	expect_refusal(in("many.zip"), ERR_LIMIT, "more than 1024");
}

static void test_damaged_zips(void **state)
{
	struct err e = {0};
	BUF_AUTO bytes = {0};
	struct log_set *s = NULL;

	(void)state;
	WRITE_ZIP("0_a.txt", BEGINNING BEGINNING BEGINNING BEGINNING, "1_b.txt", "more\n");
	assert_success(file_read(in("run.zip"), BUF_FILE, &bytes, &e), &e);
	for (size_t n = 4; n < bytes.n; n += 7) {
		assert_success(file_write_atomic(in("cut.zip"), view_sub(buf_view(&bytes), 0, n), 0644, &e), &e);
		if (log_set_open(&s, in("cut.zip"), &e) != 0)
			continue;
		for (size_t i = 0; i < log_set_count(s); i++) {
			struct log *l = NULL;

			if (log_set_log(s, i, &l, &e) == 0)
				log_finish(l, &e);
			log_close(l);
		}
		log_set_close(s);
	}
	WRITE_ZIP("readme.md", "no log\n");
	expect_refusal(in("run.zip"), ERR_INPUT, "no *.txt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_file),
		cmocka_unit_test(test_a_folder),
		cmocka_unit_test(test_places_without_logs),
		cmocka_unit_test(test_a_folder_with_too_many),
		cmocka_unit_test(test_zip_with_a_file_per_job),
		cmocka_unit_test(test_zip_with_a_file_per_step),
		cmocka_unit_test(test_zip_with_hostile_names),
		cmocka_unit_test(test_zip_bomb),
		cmocka_unit_test(test_zip_with_too_many),
		cmocka_unit_test(test_damaged_zips),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
