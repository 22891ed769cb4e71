#include "cmd/rule_test.h"

#include "base/file.h"
#include "diagnose/diagnosis.h"
#include "log/log.h"

#include <stdlib.h>
#include <string.h>

static void test_lines(struct rule_test_result *t, struct matcher *m, const struct rule *r, struct buf *out)
{
	for (size_t i = 0; i < r->hit_count; i++) {
		t->hits++;
		if (!matcher_match(m, r, view_of(r->hits[i]), NULL)) {
			t->wrong++;
			buf_addf(out, "%s: does not match its hit: %s\n", r->id, r->hits[i]);
		}
	}
	for (size_t i = 0; i < r->miss_count; i++) {
		t->misses++;
		if (matcher_match(m, r, view_of(r->misses[i]), NULL)) {
			t->wrong++;
			buf_addf(out, "%s: matches its miss: %s\n", r->id, r->misses[i]);
		}
	}
}

struct search {
	const struct rule *rule;
	bool found;
};

static void on_hit(void *context, const struct rule_hit *hit, struct view line)
{
	struct search *s = context;
	(void)line;
	s->found = s->found || hit->rule == s->rule;
}

static int test_fixture(struct rule_test_result *t, struct matcher *m, const struct rule *r, const char *folder,
	struct buf *out, struct err *e)
{
	char *path = file_join(folder, r->fixture);
	struct log *log = NULL;
	struct search s = {.rule = r};
	t->fixtures++;
	int more = log_open(&log, path, e);
	struct log_block block;
	while (more >= 0 && (more = log_next(log, &block, e)) > 0)
		matcher_scan(m, &block, on_hit, &s);
	log_close(log);
	free(path);
	if (more < 0 && e->code != ERR_NOT_FOUND)
		return err_wrap(e, "%s", r->id);
	if (more < 0 || !s.found) {
		t->wrong++;
		buf_addf(out, "%s: %s %s\n", r->id, more < 0 ? "there is no fixture" : "matches nothing in its fixture",
			r->fixture);
	}
	return 0;
}

int rule_test(struct rule_test_result *ret, struct matcher *m, const char *fixtures, struct buf *out, struct err *e)
{
	*ret = (struct rule_test_result){.rules = matcher_rule_count(m)};
	for (size_t i = 0; i < ret->rules; i++) {
		const struct rule *r = matcher_rule(m, i);
		test_lines(ret, m, r, out);
		if (fixtures && r->fixture && test_fixture(ret, m, r, fixtures, out, e) < 0)
			return -1;
	}
	return 0;
}

static int test_passing_log(struct rule_test_result *t, struct matcher *m, struct log *log, const char *name,
	struct buf *out, struct err *e)
{
	struct diagnosis d;
	const struct diagnose_options options = {.conclusion = CONCLUSION_UNKNOWN};
	if (diagnose(&d, log, name, m, &options, e) < 0)
		return -1;
	const struct finding *f = diagnosis_primary(&d);
	t->passing++;
	if (f) {
		t->wrong++;
		buf_addf(out, "%s: names a failure in line %u of %s, of a job that passed: %s\n", f->rule_id, f->line,
			name, f->title);
	}
	diagnosis_done(&d);
	return 0;
}

int rule_test_passing(struct rule_test_result *ret, struct matcher *m, const char *path, struct buf *out, struct err *e)
{
	struct log_set *set = NULL;
	if (log_set_open(&set, path, e) < 0)
		return -1;
	int status = 0;
	for (size_t i = 0; status == 0 && i < log_set_count(set); i++) {
		struct log *log = NULL;
		status = log_set_log(set, i, &log, e);
		if (status == 0)
			status = test_passing_log(ret, m, log, log_set_name(set, i), out, e);
		log_close(log);
	}
	log_set_close(set);
	return status;
}
