/* report_testing.h - reports of real tools against what was read out of them: one expected.txt per folder of fixtures.
 * BLESS=1 writes it anew. */
#ifndef RM_TEST_REPORT_TESTING_H
#define RM_TEST_REPORT_TESTING_H

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline int is_report(const struct dirent *d)
{
	static const char *const others[] = {"make.sh", "expected.txt", "VERSIONS", "README.md"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (!strcmp(d->d_name, others[i]))
			return 0;
	return d->d_name[0] != '.';
}

static inline void report_fixtures(
	const char *folder, void (*tell)(struct buf *out, const char *name, struct view bytes))
{
	BUF_AUTO told = buf_new(BUF_FILE), expected = {0};
	struct dirent **names;
	struct err e = {0};
	char path[512];
	int n = scandir(folder, &names, is_report, alphasort);

	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		BUF_AUTO bytes = {0};

		snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		if (file_read(path, BUF_FILE, &bytes, &e))
			fail_msg("%s: %s", path, e.text);
		buf_addf(&told, "== %s\n", names[i]->d_name);
		tell(&told, names[i]->d_name, buf_view(&bytes));
		free(names[i]);
	}
	free(names);
	snprintf(path, sizeof path, "%s/expected.txt", folder);
	if (getenv("BLESS"))
		assert_int_equal(file_write_atomic(path, buf_view(&told), 0644, &e), 0);
	if (file_read(path, BUF_FILE, &expected, &e))
		fail_msg("%s: %s", path, e.text);
	assert_string_equal(buf_text(&told), buf_text(&expected));
}

#endif
