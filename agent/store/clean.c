#include "store/internal.h"

#include "base/redact.h"

#include <string.h>

#define CLEAN_INPUT_MAX BUF_LINE /* what is longer is cut before it is looked at */

const char *store_clean_view(struct arena *a, struct view text, size_t max)
{
	BUF_AUTO clean = buf_new(2 * CLEAN_INPUT_MAX); /* stars may be longer than what they replace */

	redact_text(&clean, view_cut_utf8(text, CLEAN_INPUT_MAX));
	return arena_view(a, view_cut_utf8(buf_view(&clean), max)).p;
}

const char *store_clean(struct arena *a, const char *text, size_t max)
{
	return text ? store_clean_view(a, view_of(text), max) : NULL;
}

static bool is_hash(const char *text)
{
	return text[strspn(text, "0123456789abcdef:")] == '\0' && strlen(text) < SIGNATURE_MAX;
}

const char *store_clean_hash(struct arena *a, const char *text)
{
	if (!text || !*text)
		return NULL;
	return is_hash(text) ? arena_text(a, text) : store_clean(a, text, STORE_NAME_MAX);
}
