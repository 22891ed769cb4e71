#include "cmd/eval.h"

static cJSON *figure_json(const struct eval_figure *f)
{
	cJSON *j = json_object();
	if (f->kind == FIGURE_RATE)
		json_add_int(j, "right", (int64_t)f->good);
	json_add_int(j, "all", (int64_t)f->all);
	json_add_number(j, f->kind == FIGURE_RATE ? "rate" : f->kind == FIGURE_MEAN ? "mean" : "value", f->value);
	json_add_number(j, "low", f->interval.low);
	json_add_number(j, "high", f->interval.high);
	return j;
}

static cJSON *bins_json(const struct eval_table *t)
{
	cJSON *list = json_array();
	for (size_t b = 0; b < MEASURE_BINS; b++) {
		cJSON *j = json_object();
		json_add_number(j, "from", t->bins[b].from);
		json_add_number(j, "to", t->bins[b].to);
		json_add_int(j, "logs", (int64_t)t->bins[b].n);
		json_add_int(j, "right", (int64_t)t->bins[b].good);
		json_add_number(j, "mean", t->bins[b].mean);
		json_append(list, j);
	}
	return list;
}

static cJSON *categories_json(const struct eval_table *t)
{
	cJSON *list = json_array();
	for (int w = 0; w < CATEGORY_COUNT; w++) {
		if (!t->categories[w].logs)
			continue;
		cJSON *j = json_object(), *got = json_object();
		json_add_text(j, "category", category_name((enum category)w));
		json_add_int(j, "logs", (int64_t)t->categories[w].logs);
		json_add_int(j, "right", (int64_t)t->categories[w].ok);
		json_add_int(j, "strict", (int64_t)t->categories[w].strict);
		for (int g = 0; g <= CATEGORY_COUNT; g++)
			if (t->confusion[w][g])
				json_add_int(got, g == CATEGORY_COUNT ? "none" : category_name((enum category)g),
					(int64_t)t->confusion[w][g]);
		json_add(j, "got", got);
		json_append(list, j);
	}
	return list;
}

static cJSON *line_json(enum category c, uint32_t line, const char *text)
{
	cJSON *j = json_object();
	json_add_text(j, "category", category_name(c));
	json_add_int(j, "line", line);
	json_add_text(j, "text", text);
	return j;
}

static cJSON *misses_json(const struct eval_table *t)
{
	cJSON *list = json_array();
	for (size_t i = 0; i < t->miss_count; i++) {
		const struct eval_row *r = t->misses[i];
		cJSON *j = json_object();
		json_add_text(j, "id", r->id);
		json_add_number(j, "confidence", r->confidence);
		json_add_text(j, "rule", r->answered ? r->rule : NULL);
		json_add_text(j, "verdict", r->verdict);
		json_add(j, "wanted", line_json(r->want, r->want_line, r->want_text));
		if (r->answered)
			json_add(j, "got", line_json(r->got, r->got_line, r->got_text));
		else
			json_add_null(j, "got");
		json_append(list, j);
	}
	return list;
}

static cJSON *alarms_json(const struct eval *v)
{
	cJSON *list = json_array();
	for (size_t i = 0; i < v->alarm_count; i++) {
		cJSON *j = json_object();
		json_add_text(j, "id", v->alarms[i].id);
		json_add_number(j, "confidence", v->alarms[i].confidence);
		json_add_text(j, "rule", v->alarms[i].rule);
		json_add_int(j, "line", v->alarms[i].line);
		json_add_text(j, "text", v->alarms[i].text);
		json_append(list, j);
	}
	return list;
}

static cJSON *pair_json(const char *a, double va, const char *b, double vb)
{
	cJSON *j = json_object();
	json_add_number(j, a, va);
	json_add_number(j, b, vb);
	return j;
}

cJSON *eval_json(const struct eval_table *t, const struct eval *v, bool misses)
{
	cJSON *j = json_object();
	json_add_text(j, "schema", "runmedic.eval/1");
	json_add_int(j, "logs", (int64_t)t->logs);
	json_add_int(j, "projects", (int64_t)t->projects);
	json_add_int(j, "no_answer", (int64_t)t->no_answer);
	json_add_int(j, "unreadable", (int64_t)t->broken);
	json_add_int(j, "transient_false", (int64_t)t->transient_false);
	if (v->healing)
		json_add_int(j, "wrong", (int64_t)t->wrong);
	for (size_t i = 0; i < t->figure_count; i++)
		json_add(j, t->figures[i].name, figure_json(&t->figures[i]));
	json_add(j, "excerpt", pair_json("median", t->excerpt_median, "p90", t->excerpt_p90));
	json_add_number(j, "brier", t->brier);
	json_add_number(j, "calibration_error", t->calibration_error);
	json_add(j, "bins", bins_json(t));
	json_add(j, "categories", categories_json(t));
	cJSON *speed = pair_json("ms_median", t->ms_median, "ms_p90", t->ms_p90);
	json_add_number(speed, "ms_max", t->ms_max);
	json_add_number(speed, "mb_per_s", t->mb_per_s);
	json_add(j, "speed", speed);
	if (misses) {
		json_add(j, "misses", misses_json(t));
		json_add(j, "false_alarms", alarms_json(v));
	}
	return j;
}
