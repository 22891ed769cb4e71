#include "cmd/action.h"

#include "base/file.h"
#include "base/mem.h"
#include "cmd/captures.h"
#include "cmd/healing.h"
#include "cmd/step_files.h"

#include <stdlib.h>
#include <string.h>

extern const struct command cmd_heal;

/* One that another job of the run wanted, too, has files and no diff of its own. */
static bool is_made(const struct publish_fix *f)
{
	return f->file_count && (f->status == FIX_PLANNED || f->status == FIX_APPLIED);
}

bool action_healed(const struct publish_heal *h)
{
	for (size_t i = 0; h->decision == DECISION_HEAL && i < h->fix_count; i++)
		if (is_made(&h->fixes[i]) && h->fixes[i].tier == TIER_HEAL)
			return true;
	return false;
}

/* What this step was allowed to make, and not what a person must judge first. */
static bool is_allowed(const struct action *a, const struct publish_fix *f)
{
	enum tier tier = TIER_HEAL;
	if (a->in.tier)
		tier_parse(view_of(a->in.tier), &tier);
	return is_made(f) && f->diff && f->tier >= tier && f->confidence >= a->config.heal.confidence;
}

/* Each diff is against HEAD, so that of two for one file only the first would apply; `fixes.json` has both. */
static bool touches(const struct publish_fix *f, const char *const *files, size_t n)
{
	for (size_t i = 0; i < f->file_count; i++)
		for (size_t k = 0; k < n; k++)
			if (!strcmp(f->files[i], files[k]))
				return true;
	return false;
}

#define PATCHED_MAX 1024u

struct patch {
	struct buf text;
	const char *files[PATCHED_MAX];
	size_t count;
};

static void add_fix(struct patch *p, const struct publish_fix *f)
{
	if (touches(f, p->files, p->count) || p->count + f->file_count > PATCHED_MAX)
		return;
	for (size_t i = 0; i < f->file_count; i++)
		p->files[p->count++] = f->files[i];
	buf_add_text(&p->text, f->diff);
}

static int write_patch(struct action *a, const char *folder, struct view text, struct err *e)
{
	const char *path = arena_format(&a->arena, "%s/runmedic.patch", folder);
	if (file_write_atomic(path, text, 0644, e) < 0)
		return -1;
	a->out.patch = folder;
	return 0;
}

int action_write_patch(
	struct action *a, const char *folder, const struct publish_heal *const *healed, size_t n, struct err *e)
{
	struct patch p = {.text = buf_new(BUF_LARGE)};
	int rc = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < healed[i]->fix_count; k++)
			if (is_allowed(a, &healed[i]->fixes[k]))
				add_fix(&p, &healed[i]->fixes[k]);
	if (p.text.full)
		rc = err_set(e, ERR_LIMIT, "the patch is larger than %zu MB", BUF_LARGE >> 20);
	else if (p.text.n)
		rc = write_patch(a, folder, buf_view(&p.text), e);
	buf_done(&p.text);
	return rc;
}

struct mending {
	struct action *action;
	struct errand_session errand;
	struct analyser analyser;
	struct healing heal;
	struct healed healed[CAPTURES_MAX];
	struct diagnosis diagnoses[CAPTURES_MAX];
	size_t count;
};

static int heal_one(struct mending *m, const struct captures *list, size_t i, struct err *e)
{
	const struct captured *c = &list->items[i];
	BUF_AUTO storage = {0};
	struct analysed one = {0};
	if (captures_log(&one.log, list, i, &storage, e) < 0)
		return -1;
	int rc = analyser_diagnose(&m->analyser, &one, c->path, CONCLUSION_FAILURE, e);
	if (rc == 0) {
		captures_settle(&one.diagnosis, &c->facts);
		m->diagnoses[m->count] = one.diagnosis;
		rc = healing_make(&m->heal, &one, &m->healed[m->count], e);
		m->healed[m->count].words.diagnosis = &m->diagnoses[m->count];
		m->count++;
	}
	log_close(one.log);
	return rc;
}

static int heal_all(struct mending *m, struct err *e)
{
	struct captures list;
	int rc = captures_list(&list, NULL, e);
	if (rc < 0)
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		struct err one;
		if (!list.items[i].whole || list.items[i].facts.exit_code <= 0 || list.items[i].facts.cancelled)
			continue;
		m->action->failure = true;
		if (heal_one(m, &list, i, &one) < 0)
			action_trouble(m->action, &one);
	}
	captures_done(&list);
	return rc;
}

static void set_outputs(struct mending *m)
{
	struct action_outputs *o = &m->action->out;
	struct arena *a = &m->action->arena;
	enum decision best = DECISION_NONE;
	for (size_t i = 0; i < m->count; i++) {
		enum decision one = m->healed[i].words.decision;
		m->action->unhealed = m->action->unhealed || !action_healed(&m->healed[i].words);
		best = one > best ? one : best;
	}
	const struct finding *f = m->count ? diagnosis_primary(&m->diagnoses[0]) : NULL;
	o->decision = decision_name(best);
	if (!f)
		return;
	o->category = category_name(f->category);
	o->signature = f->signature[0] ? arena_text(a, f->signature) : NULL;
	o->confidence = arena_format(a, "%.2f", f->confidence);
}

static int tell(struct mending *m, const char *folder, struct err *e)
{
	BUF_AUTO text = buf_new(BUF_LARGE);
	const struct publish_style style = {0};
	const struct publish_heal **list = arena_array(&m->action->arena, m->count + 1, sizeof *list);
	for (size_t i = 0; i < m->count; i++) {
		list[i] = &m->healed[i].words;
		publish_heal_text(&text, list[i], &style);
	}
	set_outputs(m);
	if (!m->action->failure)
		step_say("notice", "runmedic: no step under `runmedic run` failed in this job; nothing to heal");
	if (!m->count)
		return 0;
	action_print(buf_view(&text));
	if (healing_write_patch(&m->heal, e) < 0)
		return -1;
	return action_write_patch(m->action, folder, list, m->count, e);
}

int action_heal(struct action *a, struct err *e)
{
	struct mending *m = mem_new(sizeof *m);
	const char *folder = action_folder(a, "patch", e);
	int rc = folder ? 0 : -1;
	m->action = a;
	if (rc == 0) {
		const char *const argv[] = {"--patch", arena_format(&a->arena, "%s/fixes.json", folder), NULL};
		rc = errand_begin(&m->errand, a, &cmd_heal, argv, e);
	}
	m->heal = (struct healing){.session = &m->errand.session, .tier = TIER_HEAL, .out = buf_new(BUF_FILE)};
	if (a->in.tier)
		tier_parse(view_of(a->in.tier), &m->heal.tier);
	if (rc == 0 && (rc = analyser_start(&m->analyser, &m->errand.session, e)) == 0 &&
		(rc = healing_start(&m->heal, e)) == 0 && (rc = heal_all(m, e)) == 0)
		rc = tell(m, folder, e);
	for (size_t i = 0; i < m->count; i++) {
		healed_done(&m->healed[i]);
		diagnosis_done(&m->diagnoses[i]);
	}
	healing_end(&m->heal);
	analyser_end(&m->analyser);
	errand_end(&m->errand);
	free(m);
	return rc;
}
