/* Text on its way out: whatever comes in, a terminal sees no control character and a second redaction finds nothing
 * new. */
#include "base/json.h"
#include "base/redact.h"
#include "publish/publish.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void no_controls(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		assert((unsigned char)v.p[i] >= ' ' || v.p[i] == '\n' || v.p[i] == '\t');
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view text = view_make((const char *)data, size);
	BUF_AUTO terminal = buf_new(BUF_LARGE), markdown = buf_new(BUF_LARGE), printed = buf_new(BUF_LARGE);
	struct err e;
	redact_for_terminal(&terminal, text);
	no_controls(buf_view(&terminal));
	markdown_text(&markdown, text);
	markdown_code(&markdown, text);
	markdown_block(&markdown, "text", text);
	JSON_AUTO *j = json_parse(text, BUF_PAGE, &e);
	if (j)
		json_print(&printed, j);
	return 0;
}
