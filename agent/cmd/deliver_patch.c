#include "cmd/deliver_patch.h"

#include "base/file.h"
#include "github/refs.h"
#include "log/zip.h"
#include "plan/plan.h"

#include <string.h>
#include <unistd.h>

/* ---- from artifacts ------------------------------------------------------------------------------------- */

struct unpacking {
	struct patches *patches;
	struct err *e;
	bool found, bad;
};

static bool wants(void *context, const char *name)
{
	(void)context;
	return !strcmp(name, PATCH_MEMBER) || view_ends(view_of(name), "/" PATCH_MEMBER);
}

static bool on_member(void *context, const char *name, struct view bytes)
{
	struct unpacking *u = context;
	struct patches *p = u->patches;
	(void)name;
	u->found = true;
	u->bad = bundle_read(&p->bundles[p->bundle_count], bytes, u->e) < 0;
	return false;
}

static int unpack(struct patches *p, int fd, const char *artifact, struct err *e)
{
	struct unpacking u = {.patches = p, .e = e};
	if (zip_each(fd, wants, on_member, &u, e) < 0 || u.bad)
		return -1;
	if (!u.found)
		return err_set(e, ERR_INPUT, "there is no " PATCH_MEMBER " in it");
	p->artifacts[p->bundle_count++] = artifact;
	return 0;
}

static int fetch_one(
	struct patches *p, struct remote *r, const struct github_artifact *artifact, struct arena *a, struct err *e)
{
	struct github_file f = {
		.fd = -1, .max_bytes = PATCH_ARTIFACT_BYTES, .path = github_artifact_path(a, artifact->id)};
	if (artifact->size > PATCH_ARTIFACT_BYTES)
		return err_set(e, ERR_LIMIT, "it is larger than %u MB", (unsigned)(PATCH_ARTIFACT_BYTES >> 20));
	if (github_fetch(r->github, &f, 1, NULL, NULL, e) < 0)
		return -1;
	if (f.fd < 0) {
		*e = f.error;
		return -1;
	}
	int rc = unpack(p, f.fd, artifact->name, e);
	close(f.fd);
	return rc;
}

int patches_fetch(struct patches *p, struct remote *r, int64_t run, struct arena *a, struct err *e)
{
	struct github_artifact *list = NULL;
	size_t n = 0;
	struct err why;
	if (github_artifacts(r->github, run, a, &list, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && p->bundle_count < PATCH_ARTIFACTS_MAX; i++)
		if (list[i].name && view_starts(view_of(list[i].name), PATCH_ARTIFACT) && !list[i].expired &&
			fetch_one(p, r, &list[i], a, &why) < 0)
			p->trouble = arena_format(
				a, "The patch in artifact %.100s cannot be read: %s", list[i].name, why.text);
	return 0;
}

int patches_read(struct patches *p, const char *path, struct err *e)
{
	BUF_AUTO text = {0};
	if (file_read(path, BUNDLE_BYTES_MAX, &text, e) < 0 ||
		bundle_read(&p->bundles[p->bundle_count], buf_view(&text), e) < 0)
		return -1;
	p->artifacts[p->bundle_count++] = NULL;
	return 0;
}

/* ---- what they are worth -------------------------------------------------------------------------------- */

static bool is_test_merge(const struct patch_trust *t, const char *base)
{
	struct github_commit c;
	struct err why;
	if (!t->remote || github_commit_get(t->remote->github, base, t->arena, &c, &why) < 0)
		return false;
	for (const char *const *parent = c.parents; parent && *parent; parent++)
		if (!strcmp(*parent, t->commit))
			return parent != c.parents;
	return false;
}

static int check_bundle(const struct patch_trust *t, const struct bundle *b, struct err *e)
{
	if (b->repository && t->repository && strcmp(b->repository, t->repository) != 0)
		return err_set(e, ERR_REFUSED, "the patch is for another repository");
	if (strcmp(b->base, t->commit) != 0 && !is_test_merge(t, b->base))
		return err_set(
			e, ERR_REFUSED, "the patch is for commit %.12s, and %.12s was judged", b->base, t->commit);
	return 0;
}

/* Without a log the claim stands in for the finding; a person looks. */
static int trust_blindly(
	const struct patch_trust *t, const struct bundle_fix *claim, struct patch_fix *ret, struct err *e)
{
	struct finding *f = arena_array(t->arena, 1, sizeof *f);
	ret->fixer = fixer_find(claim->fixer);
	if (!ret->fixer)
		return err_set(e, ERR_REFUSED, "there is no fixer %s", claim->fixer);
	*f = (struct finding){.rule_id = claim->rule,
		.title = ret->fixer->title,
		.message = ret->fixer->title,
		.category = CATEGORY_UNKNOWN,
		.step = LOG_NO_STEP};
	if (claim->signature)
		memcpy(f->signature, claim->signature, strlen(claim->signature) + 1);
	if (!plan_is_answered(f, ret->fixer))
		return err_set(e, ERR_REFUSED, "%s does not answer %s", claim->fixer, claim->rule);
	ret->finding = f;
	ret->words.tier = TIER_REVIEW;
	return plan_tier_allowed(t->config, claim->fixer) == TIER_OFF
		       ? err_set(e, ERR_REFUSED, "%s is switched off by the configuration", claim->fixer)
		       : 0;
}

static const struct diagnosis *owner_of(const struct patch_trust *t, const struct finding *f)
{
	for (size_t i = 0; i < t->count; i++)
		if (f >= t->diagnoses[i]->findings && f < t->diagnoses[i]->findings + t->diagnoses[i]->finding_count)
			return t->diagnoses[i];
	return NULL;
}

static int judge(const struct patch_trust *t, const struct bundle_fix *claim, struct patch_fix *ret, struct err *e)
{
	if (t->blindly)
		return trust_blindly(t, claim, ret, e);
	if (bundle_trust(claim, t->diagnoses, t->count, t->config, t->arena, &ret->fixer, &ret->finding,
		    &ret->words.tier, e) < 0)
		return -1;
	ret->of = owner_of(t, ret->finding);
	return 0;
}

static size_t count_files(const char *const *files)
{
	size_t n = 0;
	while (files && files[n])
		n++;
	return n;
}

static void describe(const struct patch_trust *t, const struct bundle_fix *claim, struct patch_fix *ret, bool refused,
	const struct err *why)
{
	struct publish_fix *w = &ret->words;
	w->fixer = ret->fixer ? ret->fixer->id : claim->fixer;
	w->rule = claim->rule;
	w->signature = ret->finding && *ret->finding->signature ? ret->finding->signature : NULL;
	w->confidence = claim->confidence;
	w->status = refused ? FIX_REFUSED : FIX_PLANNED;
	w->tier = refused ? TIER_REVIEW : w->tier;
	w->summary = ret->fixer ? ret->fixer->title : NULL;
	w->reason = refused ? arena_text(t->arena, why->text)
			    : "The job that failed made it; here it was checked as data, and its finding found again.";
	w->proof_says = refused ? NULL : "the job that failed says that its own check passed afterwards";
	w->files = claim->files;
	w->file_count = count_files(claim->files);
	w->diff = refused ? NULL : claim->diff;
	w->proof_exit = -1;
}

static bool is_there(const struct patches *p, const struct bundle_fix *claim, const char *reason)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct publish_fix *w = &p->fixes[i].words;
		if (w->diff && !reason && !strcmp(w->diff, claim->diff))
			return true;
		if (reason && w->status == FIX_REFUSED && !strcmp(w->reason, reason) && !strcmp(w->fixer, claim->fixer))
			return true;
	}
	return false;
}

static void take(struct patches *p, const struct patch_trust *t, size_t at, const struct bundle_fix *claim,
	const struct err *misfit)
{
	struct err why = *misfit;
	struct patch_fix one = {.artifact = p->artifacts[at]};
	bool refused = why.code != ERR_NONE || judge(t, claim, &one, &why) < 0;
	if (p->count == PATCH_FIXES_MAX || is_there(p, claim, refused ? why.text : NULL))
		return;
	if (refused)
		one.finding = NULL;
	describe(t, claim, &one, refused, &why);
	p->fixes[p->count++] = one;
}

void patches_trust(struct patches *p, const struct patch_trust *t)
{
	for (size_t i = 0; i < p->bundle_count; i++) {
		struct err misfit = {0};
		(void)check_bundle(t, &p->bundles[i], &misfit);
		for (size_t k = 0; k < p->bundles[i].count; k++)
			take(p, t, i, &p->bundles[i].fixes[k], &misfit);
	}
}

static void refuse(struct patch_fix *f, const char *reason)
{
	f->words.status = FIX_REFUSED;
	f->words.tier = TIER_REVIEW;
	f->words.reason = reason;
	f->words.diff = NULL;
	f->words.proof_says = NULL;
	f->finding = NULL;
}

/* A program that writes files anew changes no mode; only a fix that is about modes does. */
static const char *odd_mode(const struct fixer *fixer, const struct offer *o, struct arena *a)
{
	for (size_t i = 0; fixer->kind == FIX_COMMAND && i < o->file_count; i++) {
		const struct offer_file *f = &o->files[i];
		if (f->exists && f->mode != (f->existed ? f->old_mode : 0100644))
			return arena_format(a, "%s: %s does not change the mode of a file", f->path, fixer->id);
	}
	return NULL;
}

int patches_judge(struct patches *p, struct repository *r, const struct config *c, struct arena *a, struct err *e)
{
	struct offer_wish *wishes = arena_array(a, p->count + 1, sizeof *wishes);
	struct patch_fix **fixes = arena_array(a, p->count + 1, sizeof *fixes);
	struct offers offers = {0};
	size_t n = 0;
	for (size_t i = 0; i < p->count; i++)
		if (p->fixes[i].finding) {
			fixes[n] = &p->fixes[i];
			wishes[n++] = (struct offer_wish){.fixer = p->fixes[i].fixer,
				.finding = p->fixes[i].finding,
				.diff = p->fixes[i].words.diff,
				.claimed_files = p->fixes[i].words.files};
		}
	int rc = n ? offers_make(&offers, r, wishes, n, c, e) : 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct offer *o = &offers.items[i];
		const char *reason = o->accepted ? odd_mode(fixes[i]->fixer, o, a) : arena_text(a, o->reason);
		if (reason)
			refuse(fixes[i], reason);
		else
			fixes[i]->words.diff = arena_text(a, o->diff);
	}
	offers_done(&offers);
	return rc;
}

/* ---- beside what is told of the jobs ------------------------------------------------------------------- */

static bool is_answered(const struct publish_run *r, const struct patch_fix *f)
{
	for (size_t i = 0; i < r->job_count; i++)
		for (size_t k = 0; r->jobs[i].heal && k < r->jobs[i].heal->fix_count; k++) {
			const struct publish_fix *own = &r->jobs[i].heal->fixes[k];
			bool made = own->diff && (own->status == FIX_PLANNED || own->status == FIX_APPLIED);
			bool same = own->signature && f->words.signature
					    ? !strcmp(own->signature, f->words.signature)
					    : own->rule && !strcmp(own->rule, f->words.rule);
			if (made && same)
				return true;
		}
	return false;
}

/* The job that failed of it; one of the run where nothing was found again. */
static struct publish_job *job_of(struct publish_job *jobs, size_t n, const struct patch_fix *f)
{
	struct publish_job *first = NULL;
	for (size_t i = 0; i < n; i++) {
		if (f->of && jobs[i].diagnosis == f->of)
			return &jobs[i];
		if (!first && jobs[i].diagnosis)
			first = &jobs[i];
	}
	return first;
}

/* What is told of the job, with this fix in it. */
static void add_fix(struct publish_job *job, const struct patch_fix *f, struct arena *a)
{
	size_t n = job->heal ? job->heal->fix_count : 0;
	struct publish_heal *heal = arena_array(a, 1, sizeof *heal);
	struct publish_fix *fixes = arena_array(a, n + 1, sizeof *fixes);
	enum decision decision = f->words.status == FIX_REFUSED ? DECISION_NONE
				 : f->words.tier == TIER_HEAL   ? DECISION_HEAL
								: DECISION_REVIEW;
	if (job->heal)
		*heal = *job->heal;
	else
		*heal = (struct publish_heal){.diagnosis = job->diagnosis, .dry_run = true};
	if (n)
		memcpy(fixes, job->heal->fixes, n * sizeof *fixes);
	fixes[n] = f->words;
	if (decision > heal->decision || !heal->reason) {
		heal->decision = decision > heal->decision ? decision : heal->decision;
		heal->reason = f->words.reason;
	}
	heal->fixes = fixes;
	heal->fix_count = n + 1;
	job->heal = heal;
}

void patches_attach(struct patches *p, const struct publish_run *r, struct publish_job *jobs, struct arena *a)
{
	for (size_t i = 0; i < p->count; i++) {
		struct patch_fix *f = &p->fixes[i];
		struct publish_job *job = job_of(jobs, r->job_count, f);
		f->taken = job && !is_answered(r, f);
		if (f->taken)
			add_fix(job, f, a);
	}
}

void patches_done(struct patches *p)
{
	for (size_t i = 0; i < p->bundle_count; i++)
		bundle_done(&p->bundles[i]);
	p->bundle_count = 0;
}
