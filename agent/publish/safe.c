#include "publish/safe.h"

#include "base/redact.h"

void safe_add(cJSON *object, const char *name, const char *text_or_null)
{
	BUF_AUTO safe = buf_new(BUF_FILE);
	redact_text(&safe, view_of(text_or_null));
	if (text_or_null)
		json_add_view(object, name, buf_view(&safe));
	else
		json_add_null(object, name);
}

void safe_append(cJSON *array, const char *text)
{
	BUF_AUTO safe = buf_new(BUF_PAGE);
	redact_text(&safe, view_of(text));
	json_append_text(array, buf_text(&safe));
}
