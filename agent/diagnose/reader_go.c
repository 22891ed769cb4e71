/* go test, text and -json. Ids are Test/sub, as go prints them. */
#include "diagnose/reader.h"

#include "base/json.h"

static void text_line(struct view text, test_sink *sink, void *context, const struct log_line *at)
{
	static const struct {
		const char *prefix;
		enum result result;
	} kinds[] = {{"--- PASS: ", RESULT_PASSED}, {"--- FAIL: ", RESULT_FAILED}, {"--- SKIP: ", RESULT_SKIPPED}};
	struct view v = view_trim(text), seconds = {0};
	for (size_t i = 0; i < 3; i++) {
		if (!view_starts(v, kinds[i].prefix))
			continue;
		struct view id = view_from(v, 10);
		int64_t took = reader_cut_tail(&id, '(', ')', &seconds) ? reader_duration(seconds) : -1;
		reader_emit(sink, context, view_trim(id), kinds[i].result, took, (struct view){0}, at);
	}
}

/* {"Time":"...","Action":"fail","Package":"p","Test":"TestX/sub","Elapsed":0.01} */
static void json_line(struct view text, test_sink *sink, void *context, const struct log_line *at)
{
	struct err e;
	JSON_AUTO *j = json_parse(text, LOG_LINE_MAX, &e);
	const char *action = json_text(j, "Action"), *test = json_text(j, "Test");
	enum result result;
	if (!action || !test)
		return;
	if (view_is(view_of(action), "pass"))
		result = RESULT_PASSED;
	else if (view_is(view_of(action), "fail"))
		result = RESULT_FAILED;
	else if (view_is(view_of(action), "skip"))
		result = RESULT_SKIPPED;
	else
		return;
	const cJSON *elapsed = json_get(j, "Elapsed");
	int64_t took = cJSON_IsNumber(elapsed) ? (int64_t)(elapsed->valuedouble * 1e6) : -1;
	reader_emit(sink, context, view_of(test), result, took, (struct view){0}, at);
}

static void on_line(void *state, struct view text, const struct log_line *at, test_sink *sink, void *context)
{
	(void)state;
	if (view_starts(text, "{") && view_has(text, "\"Action\""))
		json_line(text, sink, context, at);
	else
		text_line(text, sink, context, at);
}

static const char *const literals[] = {"--- PASS: ", "--- FAIL: ", "--- SKIP: ", "\"Action\":", NULL};

const struct test_reader test_reader_go = {.name = "go", .state_size = 1, .literals = literals, .line = on_line};
