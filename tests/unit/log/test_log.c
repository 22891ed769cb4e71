#include "log_testing.h"

#include "log/decode.h"
#include "log/reader.h"

#include <dirent.h>

/* ---- streaming and random access ------------------------------------------------------------- */

/* Each line that the blocks gave has to come again from log_read(), alone and in company. */
static void assert_read_equals_blocks(struct view bytes)
{
	struct err e = {0};
	struct log *l = NULL, *again = open_bytes(bytes);
	struct log_block block;
	LOG_TEXT_AUTO all = {0};
	uint32_t number = 0;
	int more;

	assert_success(log_open_memory(&l, bytes, &e), &e);
	while ((more = log_next(l, &block, &e)) > 0) {
		size_t start = 0;

		for (size_t i = 0; i < block.count; i++) {
			struct log_line line = block.lines[i];

			number++;
			assert_int_equal(line.number, number);
			assert_int_equal(line.start, start);
			assert_true(line.start + line.length < block.text.n);
			assert_int_equal(block.text.p[line.start + line.length], '\n');
			start += line.length + 1;
			if (number > all.count + (all.count ? all.lines[0].number - 1 : 0)) {
				log_text_done(&all);
				assert_success(log_read(again, number, UINT32_MAX, &all, &e), &e);
				assert_true(all.count > 0);
			}
			struct log_line same = all.lines[number - all.lines[0].number];
			assert_int_equal(same.number, number);
			assert_int_equal(same.mark, line.mark);
			assert_int_equal(same.flags, line.flags);
			assert_int_equal(same.step, line.step);
			assert_int_equal(same.length, line.length);
			assert_memory_equal(all.text + same.start, block.text.p + line.start, line.length + 1);
		}
		assert_int_equal(start, block.text.n);
	}
	assert_success(more, &e);
	assert_int_equal(log_info(l)->lines, number);
	assert_int_equal(log_info(again)->lines, number);
	log_close(l);
	log_close(again);
}

static const char *const pieces[] = {S "text\n", S "\n", "\n", "no stamp\n", S "##[group]Run make\n",
	S "\x1b[36;1mmake\x1b[0m\n", S "shell: /usr/bin/bash -e {0}\n", S "env:\n", S "  A: 1\n", S "##[endgroup]\n",
	S "##[error]Process completed with exit code 2.\n", S "##[error]x\r\n", S "a\rb\r\n", S "\x1b[31mred\x1b[0m\n",
	S "Post job cleanup.\n", S "Cleaning up orphan processes\n", S "##[start-action display=x;id=a]\n",
	S "##[end-action id=a;outcome=failure]\n", "\t\t\n", "j\ts\t" S "x\n", "j\tt\t" BOM S "##[group]Run x\n",
	S "\xe9\x9b\xaa\x9b"
	  "1m\n",
	S "::error file=a::b\n", S "##[group]Run", " y\n", "\x1b]8;;", "\r", "\x00"};

/* A log put together at random, some of it in long lines. */
static struct view random_log(uint32_t seed, char *to, size_t size)
{
	size_t n = 0;
	uint32_t x = seed;

	while (n + 70000 < size) {
		const char *piece;

		x = x * 1664525 + 1013904223;
		piece = pieces[(x >> 16) % (sizeof(pieces) / sizeof(*pieces))];
		if ((x >> 8) % 4001 == 0) {
			size_t length = (x >> 4) % 70000;

			memset(to + n, 'L', length);
			n += length;
			continue;
		}
		memcpy(to + n, piece, strlen(piece));
		n += strlen(piece);
	}
	return view_make(to, n);
}

static void test_random_access_equals_streaming(void **state)
{
	size_t size = 1 << 20;
	char *text = malloc(size);

	(void)state;
	for (uint32_t seed = 1; seed <= 12; seed++)
		assert_read_equals_blocks(random_log(seed, text, size >> (seed % 4)));
	free(text);
}

static void check_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		MEM_AUTO char *name = file_join(path, entry->d_name);
		BUF_AUTO bytes = {0};
		struct err e;

		if (entry->d_name[0] == '.')
			continue;
		if (file_is_directory(name))
			check_folder(name);
		else if (file_read(name, BUF_LARGE, &bytes, &e) == 0 && bytes.n)
			assert_read_equals_blocks(buf_view(&bytes));
	}
	if (folder)
		closedir(folder);
}

/* RUNMEDIC_TEST_LOGS may name a folder of real logs. */
static void test_random_access_equals_streaming_on_real_logs(void **state)
{
	(void)state;
	check_folder("tests/fixtures/logs");
	if (getenv("RUNMEDIC_TEST_LOGS"))
		check_folder(getenv("RUNMEDIC_TEST_LOGS"));
}

/* The blocks' borders must not matter: pieces of a pipe are small, those of a file large. */
static void test_lines_at_block_borders(void **state)
{
	size_t size = LOG_PIECE * 2 + 200;
	char *text = malloc(size);

	(void)state;
	for (size_t shift = 0; shift < 140; shift += 3) {
		static const char head[] =
			S "##[group]Run make\n" S "\x1b[36;1mmake\x1b[0m\n" S "shell: sh\n" S "##[endgroup]\n";
		size_t at = LOG_PIECE - shift;

		memset(text, 'x', size);
		for (size_t i = 99; i < size; i += 100)
			text[i] = '\n';
		text[at - 1] = '\n';
		memcpy(text + at, head, sizeof(head) - 1);
		assert_read_equals_blocks(view_make(text, size));
		struct log *l = open_bytes(view_make(text, size));
		assert_int_equal(log_step_count(l), 2);
		assert_view(log_step(l, 1)->command, "make");
		log_close(l);
	}
	free(text);
}

static void test_read_is_clipped(void **state)
{
	struct log *l = open_text("a\nb\nc\n");
	struct err e;
	LOG_TEXT_AUTO t = {0};

	(void)state;
	assert_int_equal(log_read(l, 2, 99, &t, &e), 0);
	assert_int_equal(t.count, 2);
	assert_view(log_text_line(&t, 1), "c");
	log_text_done(&t);
	assert_int_equal(log_read(l, 0, 1, &t, &e), 0);
	assert_int_equal(t.count, 1);
	log_text_done(&t);
	assert_int_equal(log_read(l, 4, 9, &t, &e), 0);
	assert_int_equal(t.count, 0);
	log_text_done(&t);
	assert_int_equal(log_read(l, 3, 2, &t, &e), 0);
	assert_int_equal(t.count, 0);
	log_close(l);
}

static void test_read_stops_at_its_ceilings(void **state)
{
	size_t size = LOG_READ_MAX * 2 + 20;
	char *text = malloc(size);
	struct log *l;
	struct err e;
	LOG_TEXT_AUTO t = {0};

	(void)state;
	for (size_t i = 0; i < size; i++)
		text[i] = i % 2 ? '\n' : 'x';
	l = open_bytes(view_make(text, size));
	assert_int_equal(log_read(l, 5, UINT32_MAX, &t, &e), 0);
	assert_int_equal(t.count, LOG_READ_MAX);
	assert_int_equal(t.lines[0].number, 5);
	log_close(l);
	free(text);
}

/* ---- the forms ------------------------------------------------------------------------------- */

static void test_api_form(void **state)
{
	struct log *l = open_text(BOM S "Current runner version: '2.330.0'\n" S "##[group]Runner Image Provisioner\n" S
					"Version: 20261016.464\n" S "##[endgroup]\n" S "##[group]Runner Image\n" S
					"Image: ubuntu-24.04\n" S "Version: 20260302.42.1\n" S "##[endgroup]\n" S
					"Complete job name: build (3.12)\n"
					"2026-11-18T09:14:05.0000000Z Cleaning up orphan processes\n");
	const struct log_info *info = log_info(l);

	(void)state;
	assert_int_equal(info->form, LOG_FORM_API);
	assert_int_equal(info->lines, 10);
	assert_true(info->runner_lines);
	assert_false(info->cut_off);
	assert_false(info->binary);
	assert_view(info->os, "ubuntu-24.04");
	assert_view(info->image, "20260302.42.1");
	assert_view(info->job, "build (3.12)");
	assert_view(line_of(l, 1), "Current runner version: '2.330.0'");
	assert_int_equal(info->ended - info->started, 2 * CLOCK_SECOND - 123456);
	log_close(l);
}

static void test_archive_form(void **state)
{
	struct log *l = open_text(S "Requested labels: ubuntu-20.04\n" S "##[group]Virtual Environment\n" S
				    "Environment: ubuntu-20.04\n" S "##[endgroup]\n");

	(void)state;
	assert_int_equal(log_info(l)->form, LOG_FORM_ARCHIVE);
	assert_view(log_info(l)->os, "ubuntu-20.04");
	assert_true(log_info(l)->cut_off);
	log_close(l);
}

static void test_gh_form(void **state)
{
	struct log *l = open_text("test (3.12)\tSet up job\t" BOM S "Current runner version: '2.330.0'\n"
				  "test (3.12)\tUnit tests\t" S "##[group]Run make\n"
				  "test (3.12)\tUnit tests\t" S "^[[36;1mmake^[[0m\n"
				  "test (3.12)\tUnit tests\tcontinued\n"
				  "test (3.12)\tUnit tests\t" S "##[endgroup]\n"
				  "test (3.12)\tUnit tests\t" S "^[[31mboom^[[0m\n");

	(void)state;
	assert_int_equal(log_info(l)->form, LOG_FORM_GH);
	assert_view(log_info(l)->job, "test (3.12)");
	assert_view(line_of(l, 3), "make");
	assert_view(line_of(l, 4), "continued");
	assert_view(line_of(l, 6), "boom");
	log_close(l);
}

static void test_plain_form(void **state)
{
	struct log *l = open_text("gcc: fatal error: no input files\ncompilation terminated.\n");

	(void)state;
	assert_int_equal(log_info(l)->form, LOG_FORM_PLAIN);
	assert_false(log_info(l)->runner_lines);
	assert_false(log_info(l)->cut_off);
	assert_true(log_info(l)->started == CLOCK_UNKNOWN);
	assert_int_equal(log_step_count(l), 1);
	assert_view(log_step(l, 0)->name, "");
	assert_int_equal(log_step(l, 0)->last_line, 2);
	assert_null(log_step(l, 1));
	assert_null(log_step(l, LOG_NO_STEP));
	log_close(l);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void test_line_counting(void **state)
{
	static const struct {
		const char *text;
		uint32_t lines;
	} cases[] = {{"a", 1}, {"a\n", 1}, {"a\nb", 2}, {"\n", 1}, {"\n\n", 2}, {"a\r\nb\r\n", 2}, {"a\rb", 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct log *l = open_text(cases[i].text);

		assert_int_equal(log_info(l)->lines, cases[i].lines);
		assert_int_equal(log_info(l)->bytes, strlen(cases[i].text));
		log_close(l);
	}
}

static void test_windows_line_ends(void **state)
{
	struct log *l = open_text(S "a\r\n" S "\r\n" S "##[error]b\r\n" S "c\r");

	(void)state;
	assert_view(line_of(l, 1), "a");
	assert_view(line_of(l, 2), "");
	assert_view(line_of(l, 3), "b");
	assert_view(line_of(l, 4), "c");
	log_close(l);
}

static void check_huge_line(size_t length)
{
	size_t size = length + 200;
	char *text = malloc(size);
	struct log *l;
	size_t n = 0;

	memcpy(text, "before\n" S, 7 + 29);
	n = 7 + 29;
	memset(text + n, 'x', length);
	n += length;
	memcpy(text + n, "\nafter\n", 7);
	n += 7;
	l = open_bytes(view_make(text, n));
	assert_int_equal(log_info(l)->lines, 3);
	assert_int_equal(facts_of(l, 2).length, LOG_LINE_MAX);
	assert_int_equal(facts_of(l, 2).flags, LOG_CUT);
	assert_int_equal(facts_of(l, 3).flags, 0);
	assert_view(line_of(l, 3), "after");
	assert_int_equal(log_info(l)->bytes_dropped, length - LOG_LINE_MAX);
	log_close(l);
	assert_read_equals_blocks(view_make(text, n));
	assert_read_equals_blocks(view_make(text, n - 7)); /* it is the last line, without LF */
	free(text);
}

static void test_huge_lines(void **state)
{
	static const size_t lengths[] = {LOG_LINE_MAX + 1, DECODE_RAW_MAX - 30, DECODE_RAW_MAX - 29,
		DECODE_RAW_MAX - 28, DECODE_RAW_MAX, LOG_PIECE - 36, LOG_PIECE, LOG_PIECE + DECODE_RAW_MAX, 5000000};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		check_huge_line(lengths[i]);
}

static void test_binary_is_told(void **state)
{
	char bytes[4096];
	struct log *l;
	uint32_t x = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = (char)(x >> 24);
	}
	l = open_bytes(view_make(bytes, sizeof(bytes)));
	assert_true(log_info(l)->binary);
	log_close(l);
	memset(bytes, 0, sizeof(bytes));
	l = open_bytes(view_make(bytes, sizeof(bytes)));
	assert_true(log_info(l)->binary);
	log_close(l);
	memset(bytes, 'a', sizeof(bytes));
	memset(bytes, 0, 10);
	l = open_bytes(view_make(bytes, sizeof(bytes)));
	assert_false(log_info(l)->binary);
	log_close(l);
}

static void test_empty_input_is_an_error(void **state)
{
	struct log *l = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(log_open_memory(&l, VIEW(""), &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_null(l);
	log_close(NULL);
}

static void test_times(void **state)
{
	struct log *l = open_text("2026-11-18T09:14:03.5000000Z a\nb\n2026-11-18T09:14:04.0000000Z c\n");

	(void)state;
	assert_int_equal(log_time(l, 3) - log_time(l, 1), CLOCK_SECOND / 2);
	assert_true(log_time(l, 2) == CLOCK_UNKNOWN);
	assert_true(log_time(l, 0) == CLOCK_UNKNOWN);
	assert_true(log_time(l, 4) == CLOCK_UNKNOWN);
	log_close(l);
}

static void test_impossible_time(void **state)
{
	struct log *l = open_text("9999-99-99T99:99:99.9999999Z a\n");

	(void)state;
	assert_true(log_time(l, 1) == CLOCK_UNKNOWN);
	assert_true(log_info(l)->started == CLOCK_UNKNOWN);
	log_close(l);
}

static void test_properties_of_a_line(void **state)
{
	struct log *l = open_text(S "x\n" S "\x1b[31m::error file=src/a.c,line=3,col=7,title=A%3AB::text\x1b[0m\r\n");
	struct log_properties p;
	BUF_AUTO storage = buf_new(BUF_LINE);

	(void)state;
	assert_false(log_properties(l, 1, &p, &storage));
	assert_true(log_properties(l, 2, &p, &storage));
	assert_view(p.file, "src/a.c");
	assert_view(p.title, "A:B");
	assert_int_equal(p.line, 3);
	assert_int_equal(p.column, 7);
	assert_int_equal(facts_of(l, 2).flags, LOG_HAS_FILE);
	assert_view(line_of(l, 2), "text");
	assert_false(log_properties(l, 3, &p, &storage));
	log_close(l);
	l = open_text(S "\x1b[36;1m::error file=only-in-the-script::x\x1b[0m\n");
	assert_false(log_properties(l, 1, &p, &storage));
	log_close(l);
}

static void test_digest_is_of_the_text(void **state)
{
	struct log *l = open_text("abc");
	struct err e = {0};
	char hex[65];

	(void)state;
	assert_success(log_digest(l, hex, &e), &e);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	log_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_access_equals_streaming),
		cmocka_unit_test(test_random_access_equals_streaming_on_real_logs),
		cmocka_unit_test(test_lines_at_block_borders),
		cmocka_unit_test(test_read_is_clipped),
		cmocka_unit_test(test_read_stops_at_its_ceilings),
		cmocka_unit_test(test_api_form),
		cmocka_unit_test(test_archive_form),
		cmocka_unit_test(test_gh_form),
		cmocka_unit_test(test_plain_form),
		cmocka_unit_test(test_line_counting),
		cmocka_unit_test(test_windows_line_ends),
		cmocka_unit_test(test_huge_lines),
		cmocka_unit_test(test_binary_is_told),
		cmocka_unit_test(test_empty_input_is_an_error),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_impossible_time),
		cmocka_unit_test(test_properties_of_a_line),
		cmocka_unit_test(test_digest_is_of_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
