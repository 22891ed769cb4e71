#include "log_testing.h"

#include "log/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

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

static void write_file(const char *name, struct view bytes)
{
	struct err e = {0};

	assert_success(file_write_atomic(in(name), bytes, 0644, &e), &e);
}

/* One gzip member at the end of `to`. */
static void add_gzip(struct buf *to, struct view text)
{
	z_stream z = {0};
	char piece[4096];
	int status;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text.p;
	z.avail_in = (uInt)text.n;
	do {
		z.next_out = (Bytef *)piece;
		z.avail_out = sizeof(piece);
		status = deflate(&z, Z_FINISH);
		assert_true(buf_add(to, piece, sizeof(piece) - z.avail_out));
	} while (status == Z_OK);
	assert_int_equal(status, Z_STREAM_END);
	deflateEnd(&z);
}

/* Many lines, not too well compressible. */
static void add_lines(struct buf *to, uint32_t n)
{
	uint32_t x = 1;

	for (uint32_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		assert_true(buf_addf(to, "2026-11-18T09:14:03.1234567Z line %u %08x\n", i + 1, x));
	}
}

static struct log *open_path(const char *path)
{
	struct err e = {0};
	struct log *l = NULL;

	assert_success(log_open(&l, path, &e), &e);
	assert_success(log_finish(l, &e), &e);
	return l;
}

static void assert_holds_lines(struct log *l, uint32_t n, uint64_t bytes)
{
	char expected[64];

	assert_int_equal(log_info(l)->lines, n);
	assert_int_equal(log_info(l)->bytes, bytes);
	for (uint32_t i = 1; i <= n; i += n / 7) {
		struct view line = line_of(l, i);

		snprintf(expected, sizeof(expected), "line %u ", i);
		assert_true(view_starts(line, expected));
	}
}

static void test_a_file(void **state)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	struct log *l;

	(void)state;
	add_lines(&text, 30000);
	write_file("a.log", buf_view(&text));
	l = open_path(in("a.log"));
	assert_holds_lines(l, 30000, text.n);
	log_close(l);
}

static void test_gzip(void **state)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	BUF_AUTO packed = buf_new(BUF_FILE);
	struct log *l;

	(void)state;
	add_lines(&text, 30000);
	add_gzip(&packed, view_sub(buf_view(&text), 0, 100));
	add_gzip(&packed, VIEW(""));
	add_gzip(&packed, view_from(buf_view(&text), 100));
	write_file("a.log.gz", buf_view(&packed));
	l = open_path(in("a.log.gz"));
	assert_holds_lines(l, 30000, text.n);
	log_close(l);
	buf_add(&packed, "\0\0\0\0", 4); /* padding of tapes */
	write_file("a.log.gz", buf_view(&packed));
	l = open_path(in("a.log.gz"));
	assert_holds_lines(l, 30000, text.n);
	log_close(l);
}

static void expect_trouble(struct view bytes, enum err_code code, const char *words)
{
	struct err e = {0};
	struct log *l = NULL;

	write_file("bad", bytes);
	if (log_open(&l, in("bad"), &e) == 0)
		assert_int_equal(log_finish(l, &e), -1);
	assert_int_equal(e.code, code);
	assert_non_null(strstr(e.text, words));
	log_close(l);
}

static void test_truncated_gzip(void **state)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	BUF_AUTO packed = buf_new(BUF_FILE);

	(void)state;
	add_lines(&text, 30000);
	add_gzip(&packed, buf_view(&text));
	expect_trouble(view_sub(buf_view(&packed), 0, packed.n / 2), ERR_INPUT, "ends too early");
	expect_trouble(view_sub(buf_view(&packed), 0, packed.n - 1), ERR_INPUT, "ends too early");
	expect_trouble(view_sub(buf_view(&packed), 0, 5), ERR_INPUT, "ends too early");
	expect_trouble(view_sub(buf_view(&packed), 0, 2), ERR_INPUT, "ends too early");
	packed.p[packed.n / 2] ^= 0x55;
	packed.p[packed.n / 2 + 1] ^= 0x55;
	expect_trouble(buf_view(&packed), ERR_INPUT, "damaged");
}

static void test_empty_gzip(void **state)
{
	BUF_AUTO packed = buf_new(BUF_FILE);

	(void)state;
	add_gzip(&packed, VIEW(""));
	expect_trouble(buf_view(&packed), ERR_INPUT, "empty");
}

static void test_gzip_bomb(void **state)
{
	BUF_AUTO packed = buf_new(BUF_FILE);
	size_t n = (size_t)40 << 20;
	char *zeros = calloc(1, n);

	(void)state;
	memset(zeros, '\n', n);
	add_gzip(&packed, view_make(zeros, n));
	free(zeros);
	expect_trouble(buf_view(&packed), ERR_LIMIT, "bomb");
}

static void test_what_is_no_log(void **state)
{
	struct err e = {0};
	struct log *l = NULL;

	(void)state;
	expect_trouble(VIEW(""), ERR_INPUT, "empty");
	assert_int_equal(log_open(&l, in("missing"), &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(log_open(&l, folder, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_null(l);
}

/* Forks a writer that gives the bytes in pieces; returns the reading end. */
static int pipe_of(struct view bytes, size_t piece)
{
	int ends[2];
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		while (bytes.n) {
			struct view part = view_sub(bytes, 0, piece);

			if (write(ends[1], part.p, part.n) != (ssize_t)part.n)
				break;
			bytes = view_from(bytes, part.n);
		}
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

/* Reads the bytes as standard input, through a pipe. */
static struct log *open_standard_input(struct view bytes, size_t piece)
{
	int fd = pipe_of(bytes, piece), kept = dup(STDIN_FILENO);
	struct log *l;

	assert_true(dup2(fd, STDIN_FILENO) >= 0);
	close(fd);
	l = open_path("-");
	assert_true(dup2(kept, STDIN_FILENO) >= 0);
	close(kept);
	assert_true(wait(NULL) > 0);
	return l;
}

static void test_standard_input(void **state)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	BUF_AUTO packed = buf_new(BUF_FILE);
	struct log *l;

	(void)state;
	add_lines(&text, 3000);
	l = open_standard_input(buf_view(&text), 4096);
	assert_holds_lines(l, 3000, text.n);
	log_close(l);
	l = open_standard_input(buf_view(&text), 1);
	assert_holds_lines(l, 3000, text.n);
	log_close(l);
	add_gzip(&packed, buf_view(&text));
	l = open_standard_input(buf_view(&packed), 1);
	assert_holds_lines(l, 3000, text.n);
	log_close(l);
}

static void test_a_named_pipe(void **state)
{
	char *name = strdup(in("fifo"));
	pid_t child;
	struct log *l;

	(void)state;
	assert_int_equal(mkfifo(name, 0600), 0);
	child = fork();
	if (child == 0) {
		int fd = open(name, O_WRONLY);

		_exit(write(fd, "a\nb\nc", 5) == 5 ? 0 : 1);
	}
	l = open_path(name);
	assert_int_equal(log_info(l)->lines, 3);
	assert_view(line_of(l, 3), "c");
	log_close(l);
	assert_int_equal(waitpid(child, NULL, 0), child);
	free(name);
}

static void test_reading_again_at_any_place(void **state)
{
	struct source *s = source_from_memory(VIEW("0123456789"));
	struct err e = {0};
	char bytes[4];

	(void)state;
	assert_int_equal(source_next(s, bytes, 4, &e), 4);
	assert_int_equal(source_at(s, 1, bytes, 2, &e), 2);
	assert_memory_equal(bytes, "12", 2);
	assert_int_equal(source_next(s, bytes, 4, &e), 4);
	assert_memory_equal(bytes, "4567", 4);
	assert_int_equal(source_next(s, bytes, 4, &e), 2);
	assert_int_equal(source_next(s, bytes, 4, &e), 0);
	assert_int_equal(source_at(s, 10, bytes, 2, &e), 0);
	assert_int_equal(source_at(s, UINT64_MAX, bytes, 2, &e), 0);
	source_close(s);
	source_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_file),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_truncated_gzip),
		cmocka_unit_test(test_empty_gzip),
		cmocka_unit_test(test_gzip_bomb),
		cmocka_unit_test(test_what_is_no_log),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_a_named_pipe),
		cmocka_unit_test(test_reading_again_at_any_place),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
