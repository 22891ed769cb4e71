/* Lint reports: any bytes are refused or give issues whose texts keep their ceilings and whose paths git could hold.
 * The first byte chooses whether the tool is known. */
#include "base/file.h"
#include "diagnose/lint.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check(void *context, const struct lint_issue *one)
{
	uint64_t *told = context;

	told[0]++;
	if (one->code.n > LINT_CODE_MAX || one->message.n > LINT_MESSAGE_MAX || one->tool.n > LINT_TOOL_MAX)
		abort();
	if (one->path.n && file_check_relative(one->path, NULL) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const char *const tools[] = {NULL, "phpstan", "ansible-lint", "ruff", "something"};
	struct lint_counts c = {0};
	uint64_t told = 0;

	if (!size)
		return 0;
	const char *tool = tools[data[0] % (sizeof tools / sizeof *tools)];
	if (data[0] >= ' ' || data[0] == '\n')
		tool = NULL;
	else
		data++, size--;
	if (lint_read(view_make((const char *)data, size), tool, view_of("/src/shelf"), check, &told, &c, NULL) < 0)
		return 0;
	if (told != c.errors + c.warnings + c.infos || c.outside > told)
		abort();
	return 0;
}
