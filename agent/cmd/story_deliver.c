/* From the fixes of a red run, our own and those that its jobs left behind, to people. */
#include "cmd/story.h"

#include <string.h>

/* ---- what the jobs of the run left ---------------------------------------------------------------------- */

static size_t list_diagnoses(struct story *s, const struct diagnosis ***ret)
{
	*ret = arena_array(&s->action->arena, s->answer.count + 1, sizeof **ret);
	for (size_t i = 0; i < s->answer.count; i++)
		(*ret)[i] = &s->answer.diagnoses[i];
	return s->answer.count;
}

static struct repository *repository_of(struct story *s, struct err *e)
{
	if (s->heal.repository)
		return s->heal.repository;
	if (!s->lent && remote_repository_at(&s->lent, s->errand.session.repo, s->remote->github, s->run.run.head_sha,
				&s->action->arena, e) < 0)
		return NULL;
	return s->lent;
}

void story_bring(struct story *s, struct publish_run *r, struct publish_job *jobs)
{
	struct patch_trust t = {.remote = s->remote,
		.commit = r->head_sha,
		.repository = r->repository,
		.config = &s->action->config,
		.arena = &s->action->arena};
	const struct diagnosis **diagnoses;
	struct err why;
	if (s->action->config_trouble || !r->head_sha || !s->answer.count)
		return;
	t.count = list_diagnoses(s, &diagnoses);
	t.diagnoses = diagnoses;
	if (patches_fetch(&s->patches, s->remote, r->id, &s->action->arena, &why) < 0) {
		story_note(s, arena_format(&s->action->arena, "Artifacts of the run cannot be read: %s", why.text));
		return;
	}
	if (s->patches.trouble)
		story_note(s, s->patches.trouble);
	patches_trust(&s->patches, &t);
	if (!s->patches.count)
		return;
	struct repository *repository = repository_of(s, &why);
	if (!repository || patches_judge(&s->patches, repository, t.config, t.arena, &why) < 0) {
		story_note(s, arena_format(t.arena, "What the jobs of the run made cannot be judged: %s", why.text));
		s->patches.count = 0;
		return;
	}
	patches_attach(&s->patches, r, jobs, &s->action->arena);
}

/* ---- to people ------------------------------------------------------------------------------------------ */

struct offering {
	struct story *s;
	struct deliver_fix *fixes;
	size_t count;
};

static void offer(
	struct offering *o, const struct publish_fix *words, const struct fixer *fixer, const struct finding *finding)
{
	bool made = words->diff && (words->status == FIX_PLANNED || words->status == FIX_APPLIED);
	if (made && fixer && finding)
		o->fixes[o->count++] = (struct deliver_fix){.fixer = fixer, .finding = finding, .words = words};
}

static void offer_healed(struct offering *o, const struct healed *h)
{
	for (size_t i = 0; i < h->words.fix_count; i++)
		offer(o, &h->words.fixes[i], h->result.fixes[i].fix->fixer, h->result.fixes[i].fix->finding);
}

static void offer_brought(struct offering *o)
{
	const struct patches *p = &o->s->patches;
	for (size_t i = 0; i < p->count; i++)
		if (p->fixes[i].taken)
			offer(o, &p->fixes[i].words, p->fixes[i].fixer, p->fixes[i].finding);
}

static size_t collect(struct story *s, struct deliver_fix **ret)
{
	struct offering o = {.s = s};
	size_t most = s->patches.count;
	for (size_t i = 0; i < s->answer.count; i++)
		most += s->healed[i].words.fix_count;
	o.fixes = arena_array(&s->action->arena, most + 1, sizeof *o.fixes);
	for (size_t i = 0; i < s->answer.count; i++)
		offer_healed(&o, &s->healed[i]);
	offer_brought(&o);
	*ret = o.fixes;
	return o.count;
}

/* Where the patch is to be had, if a job of the run left it. */
static void name_artifact(const struct story *s, struct publish_run *r)
{
	for (size_t i = 0; i < s->patches.count && !r->delivery.artifact; i++)
		if (s->patches.fixes[i].taken && s->patches.fixes[i].finding) {
			r->delivery.artifact = s->patches.fixes[i].artifact;
			r->delivery.patch_file = "runmedic.patch";
			r->delivery.artifact_run = r->id;
		}
}

void story_deliver(struct story *s, struct publish_run *r)
{
	struct action *a = s->action;
	struct err e;
	struct deliver_fix *fixes;
	size_t n = collect(s, &fixes);
	struct repository *repository = n ? repository_of(s, &e) : NULL;
	struct delivering d = {.session = a->outer,
		.remote = s->remote,
		.store = s->recording ? recording_store(s->recording) : NULL,
		.config = &a->config,
		.wanted = s->wish ? s->wish->deliver : deliver_at_most(a->config.heal.deliver, a->in.deliver),
		.dry_run = a->in.dry_run,
		.repository = repository,
		.run = r,
		.pull = &s->pull,
		.default_branch = a->event.default_branch,
		.author = s->run.run.actor,
		.arena = &a->arena,
		.fixes = fixes,
		.count = n};
	if (a->in.tier)
		tier_parse(view_of(a->in.tier), &d.most);
	name_artifact(s, r);
	if (!n)
		return;
	if (s->pull_unknown && d.wanted > DELIVER_SUGGEST) {
		story_note(s, arena_format(&a->arena, "Nothing is pushed, since %s", s->pull_unknown));
		d.wanted = DELIVER_SUGGEST;
	}
	if (!repository || delivering_run(&d, &e) < 0)
		action_trouble(a, &e);
	for (size_t i = 0; i < d.note_count; i++)
		story_note(s, d.notes[i]);
}
