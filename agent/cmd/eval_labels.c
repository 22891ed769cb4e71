/* Labels are data from outside: whatever is wrong with them is said with its place, before anything is measured. */
#include "cmd/eval.h"

#include "base/file.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define LABELS_BYTES_MAX ((size_t)64 << 20)
#define LABEL_BYTES_MAX ((size_t)4 << 20)

void labels_done(struct labels *l)
{
	for (size_t i = 0; i < l->n; i++)
		cJSON_Delete(l->items[i].object);
	free(l->items);
	*l = (struct labels){0};
}

static bool plain_name(const char *id)
{
	return *id && *id != '.' && strlen(id) < 200 && !strpbrk(id, "/\\\n");
}

static int text_member(const char **ret, const cJSON *j, const char *name, struct err *e)
{
	const cJSON *value = json_get(j, name);
	*ret = json_text(j, name);
	return value && !*ret ? err_set(e, ERR_INPUT, "%s must be a text or null", name) : 0;
}

static int line_value(uint32_t *ret, const cJSON *value, const char *name, struct err *e)
{
	if (!cJSON_IsNumber(value) || value->valuedouble < 1 || value->valuedouble > UINT32_MAX ||
		value->valuedouble != (double)(uint32_t)value->valuedouble)
		return err_set(e, ERR_INPUT, "%s must be a line, counted from 1", name);
	*ret = (uint32_t)value->valuedouble;
	return 0;
}

static int list_member(const cJSON **ret, const cJSON *j, const char *name, bool numbers, struct err *e)
{
	*ret = json_get(j, name);
	if (*ret && !cJSON_IsArray(*ret))
		return err_set(e, ERR_INPUT, "%s must be a list", name);
	const cJSON *one;
	uint32_t line;
	cJSON_ArrayForEach (one, *ret) {
		if (numbers && line_value(&line, one, name, e) < 0)
			return -1;
		if (!numbers && !cJSON_IsString(one))
			return err_set(e, ERR_INPUT, "%s must be a list of texts", name);
	}
	return 0;
}

static int category_member(struct label *l, const cJSON *j, struct err *e)
{
	const char *name = json_text(j, "category");
	const cJSON *one;
	if (!name)
		return err_set(e, ERR_INPUT, "category is missing");
	if (!category_parse(view_of(name), &l->category))
		return err_set(e, ERR_INPUT, "'%.40s' is no category; docs/accuracy.md lists them", name);
	if (list_member(&l->alt_categories, j, "alt_categories", false, e) < 0)
		return -1;
	cJSON_ArrayForEach (one, l->alt_categories) {
		enum category other;
		if (!category_parse(view_of(one->valuestring), &other))
			return err_set(e, ERR_INPUT, "alt_categories: '%.40s' is no category", one->valuestring);
	}
	return 0;
}

static int chunk_member(struct label *l, const cJSON *j, struct err *e)
{
	const cJSON *chunk;
	if (list_member(&chunk, j, "chunk", true, e) < 0 || !chunk)
		return chunk ? -1 : 0;
	if (cJSON_GetArraySize(chunk) != 2)
		return err_set(e, ERR_INPUT, "chunk must be [first, last]");
	l->chunk_first = (uint32_t)cJSON_GetArrayItem(chunk, 0)->valuedouble;
	l->chunk_last = (uint32_t)cJSON_GetArrayItem(chunk, 1)->valuedouble;
	return l->chunk_first > l->chunk_last ? err_set(e, ERR_INPUT, "chunk ends before it begins") : 0;
}

static int answer_members(struct label *l, const cJSON *j, struct err *e)
{
	const cJSON *transient = json_get(j, "transient_evident"), *line = json_get(j, "error_line");
	if (!line)
		return err_set(e, ERR_INPUT, "error_line is missing");
	if (transient && !cJSON_IsBool(transient))
		return err_set(e, ERR_INPUT, "transient_evident must be true, false or null");
	l->transient = transient ? cJSON_IsTrue(transient) : -1;
	l->tests_complete = json_bool(j, "tests_complete", false);
	if (line_value(&l->line, line, "error_line", e) < 0 || category_member(l, j, e) < 0 ||
		list_member(&l->alt_lines, j, "alt_lines", true, e) < 0 || chunk_member(l, j, e) < 0 ||
		list_member(&l->tests_failed, j, "tests_failed", false, e) < 0)
		return -1;
	return text_member(&l->failing_step, j, "failing_step", e);
}

static int read_one(struct label *l, cJSON *j, enum label_kind kind, struct err *e)
{
	*l = (struct label){.object = j, .transient = -1};
	if (!cJSON_IsObject(j))
		return err_set(e, ERR_INPUT, "a label must be a JSON object");
	l->id = json_text(j, "id");
	if (!l->id || !plain_name(l->id))
		return err_set(e, ERR_INPUT, "id must be the name of a log, without '.log' and folders");
	if (text_member(&l->project, j, "project", e) < 0)
		return -1;
	l->project = l->project ? l->project : "";
	return kind == LABEL_PASSING ? list_member(&l->for_ids, j, "baseline_for", false, e) : answer_members(l, j, e);
}

static int compare_ids(const void *pa, const void *pb)
{
	return strcmp(*(const char *const *)pa, *(const char *const *)pb);
}

static int refuse_twins(const struct labels *all, struct err *e)
{
	const char **ids = mem_array(all->n + 1, sizeof *ids);
	const char *twin = NULL;
	for (size_t i = 0; i < all->n; i++)
		ids[i] = all->items[i].id;
	qsort(ids, all->n, sizeof *ids, compare_ids);
	for (size_t i = 1; i < all->n && !twin; i++)
		twin = strcmp(ids[i], ids[i - 1]) ? NULL : ids[i];
	free(ids);
	return twin ? err_set(e, ERR_INPUT, "two labels have the id %s", twin) : 0;
}

static int read_lines(struct labels *ret, struct view rest, const char *name, enum label_kind kind, struct err *e)
{
	struct view line;
	for (size_t number = 1; view_next(&rest, '\n', &line); number++) {
		if (!view_trim(line).n)
			continue;
		if (ret->n >= EVAL_LOGS_MAX)
			return err_set(e, ERR_LIMIT, "%s has more than %u labels", name, EVAL_LOGS_MAX);
		cJSON *j = json_parse(line, LABEL_BYTES_MAX, e);
		if (!j)
			return err_wrap(e, "%s:%zu", name, number);
		MEM_PUSH(ret->items, ret->n, ret->cap);
		ret->items[ret->n] = (struct label){0};
		if (read_one(&ret->items[ret->n++], j, kind, e) < 0)
			return err_wrap(e, "%s:%zu", name, number);
	}
	return refuse_twins(ret, e) < 0 ? err_wrap(e, "%s", name) : 0;
}

int labels_read(struct labels *ret, const char *folder, const char *name, enum label_kind kind, struct err *e)
{
	char *path = file_join(folder, name);
	BUF_AUTO text = {0};
	*ret = (struct labels){0};
	int rc = file_read(path, LABELS_BYTES_MAX, &text, e);
	free(path);
	if (rc == 0)
		rc = read_lines(ret, buf_view(&text), name, kind, e);
	if (rc < 0)
		labels_done(ret);
	return rc;
}

int label_read_case(struct label *ret, const char *folder, const char *id, struct err *e)
{
	BUF_AUTO path = buf_new(BUF_LINE), text = {0};
	buf_addf(&path, "%s/%s/case.json", folder, id);
	if (file_read(buf_text(&path), LABEL_BYTES_MAX, &text, e) < 0)
		return -1;
	cJSON *j = json_parse(buf_view(&text), LABEL_BYTES_MAX, e);
	if (!j)
		return err_wrap(e, "%s/case.json", id);
	int rc = read_one(ret, j, LABEL_FAILING, e);
	if (rc == 0 && text_member(&ret->evidence, j, "evidence", e) == 0 &&
		list_member(&ret->changed, j, "changed", false, e) == 0)
		rc = text_member(&ret->expect, j, "expect", e);
	else
		rc = -1;
	enum decision decision;
	if (rc == 0 && ret->expect && !decision_parse(view_of(ret->expect), &decision))
		rc = err_set(e, ERR_INPUT, "expect must be heal, review, rerun or none");
	if (rc < 0) {
		cJSON_Delete(j);
		return err_wrap(e, "%s/case.json", id);
	}
	return 0;
}

bool label_holds(const struct label *l, uint32_t first, uint32_t last)
{
	const cJSON *one;
	if (l->line >= first && l->line <= last)
		return true;
	cJSON_ArrayForEach (one, l->alt_lines)
		if (one->valuedouble >= first && one->valuedouble <= last)
			return true;
	return false;
}
