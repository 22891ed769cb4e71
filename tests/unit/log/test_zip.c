#include "log/zip.h"

#include "base/file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <unistd.h>

static void add(struct archive *a, const char *name, const char *bytes, size_t n)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)n);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, bytes, n), n);
	archive_entry_free(entry);
}

static struct archive *begin(int *ret_fd)
{
	struct err e;
	struct archive *a = archive_write_new();

	*ret_fd = file_temp_unlinked(&e);
	assert_true(*ret_fd >= 0);
	archive_write_set_format_zip(a);
	assert_int_equal(archive_write_open_fd(a, *ret_fd), ARCHIVE_OK);
	return a;
}

static void end(struct archive *a)
{
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

struct seen {
	char text[256];
	size_t stop_after, n;
};

static bool wants_xml(void *context, const char *name)
{
	(void)context;
	return view_ends(view_of(name), ".xml");
}

static bool each(void *context, const char *name, struct view bytes)
{
	struct seen *s = context;

	strncat(s->text, name, sizeof(s->text) - strlen(s->text) - 1);
	strncat(s->text, "=", sizeof(s->text) - strlen(s->text) - 1);
	strncat(s->text, bytes.p, bytes.n < 16 ? bytes.n : 16);
	strncat(s->text, ";", sizeof(s->text) - strlen(s->text) - 1);
	return ++s->n != s->stop_after;
}

static void test_only_what_is_wanted_comes_out(void **state)
{
	int fd;
	struct archive *a = begin(&fd);
	struct seen s = {0};
	struct err e = {0};

	(void)state;
	add(a, "a.xml", "one", 3);
	add(a, "b.txt", "two", 3);
	add(a, "../c.xml", "three", 5);
	end(a);
	assert_int_equal(zip_each(fd, wants_xml, each, &s, &e), 0);
	assert_string_equal(s.text, "a.xml=one;../c.xml=three;");
	s = (struct seen){.stop_after = 1};
	assert_int_equal(zip_each(fd, wants_xml, each, &s, &e), 0);
	assert_string_equal(s.text, "a.xml=one;");
	close(fd);
}

static void test_what_grows_too_much_is_refused(void **state)
{
	int fd;
	struct archive *a = begin(&fd);
	size_t n = (size_t)32 << 20;
	MEM_AUTO char *zeros = mem_new(n);
	struct seen s = {0};
	struct err e = {0};

	(void)state;
	add(a, "bomb.xml", zeros, n);
	end(a);
	assert_int_equal(zip_each(fd, wants_xml, each, &s, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(s.n, 0);
	close(fd);
}

static void test_what_is_no_zip_is_said(void **state)
{
	struct err e = {0};
	struct seen s = {0};
	int fd = file_temp_unlinked(&e);

	(void)state;
	assert_int_equal(write(fd, "hello, no zip here", 18), 18);
	assert_int_equal(zip_each(fd, wants_xml, each, &s, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_is_wanted_comes_out),
		cmocka_unit_test(test_what_grows_too_much_is_refused),
		cmocka_unit_test(test_what_is_no_zip_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
