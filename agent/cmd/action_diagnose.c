#include "cmd/story.h"

#include "base/mem.h"
#include "cmd/follow.h"
#include "github/pulls.h"
#include "store/similar.h"

#include <stdlib.h>
#include <string.h>

#define COMPARED_MAX 3u /* groups that the default branch is asked about; each costs some requests */

extern const struct command cmd_heal;

void story_note(struct story *s, const char *text)
{
	if (s->note_count < STORY_NOTES_MAX)
		s->notes[s->note_count++] = text;
}

/* ---- each job ------------------------------------------------------------------------------------------ */

/* As the history was before this run. */
static struct publish_known ask_history(struct story *s, const struct diagnosis *d)
{
	const struct finding *f = diagnosis_primary(d);
	struct store_similar row;
	struct err e;
	struct publish_known k = {.last_seen = CLOCK_UNKNOWN, .red_since = CLOCK_UNKNOWN};
	if (!s->recording || !f || !f->signature[0] ||
		store_seen(recording_store(s->recording), &s->action->arena, f->signature, NULL, &row, &e) < 0)
		return k;
	k.seen = row.jobs > 0 ? (unsigned)row.jobs : 0;
	k.last_seen = k.seen ? row.last_seen : CLOCK_UNKNOWN;
	k.last_fix = row.repaired ? row.fixer : NULL;
	return k;
}

static int make_or_record(struct story *s, struct analysed *one, struct healed *ret, struct err *e)
{
	if (s->heals && one->log && one->diagnosis.failed) {
		if (healing_make(&s->heal, one, ret, e) == 0)
			return 0;
		if (ret->words.diagnosis) /* a plan was made, and what failed was recording it */
			return -1;
		action_trouble(s->action, e);
	}
	return s->recording ? recording_commit(s->recording, one, NULL, 0, e) : 0;
}

static bool on_job(void *context, struct analysed *one)
{
	struct story *s = context;
	struct healed healed = {0};
	struct err e;
	size_t at = s->answer.count;
	struct publish_known known = ask_history(s, &one->diagnosis);
	s->action->failure = s->action->failure || one->diagnosis.failed;
	if (make_or_record(s, one, &healed, &e) < 0)
		action_trouble(s->action, &e);
	MEM_PUSH(s->healed, at, s->healed_cap);
	MEM_PUSH(s->known, at, s->known_cap);
	remote_answer_keep(&s->answer, one, NULL);
	s->healed[at] = healed;
	s->known[at] = known;
	return true;
}

/* ---- what stands at hand ------------------------------------------------------------------------------- */

/* What goes wrong with a fix, or with the history, keeps nobody from knowing what broke. */
static void start_healing(struct story *s)
{
	s->heal = (struct healing){
		.session = &s->errand.session, .recording = s->recording, .tier = TIER_HEAL, .out = buf_new(BUF_FILE)};
	if (s->action->in.tier)
		tier_parse(view_of(s->action->in.tier), &s->heal.tier);
	if (s->action->config_trouble) {
		story_note(s, s->action->config_trouble);
		return;
	}
	const char *head = s->run.run.head_sha;
	struct err why;
	if (!head || remote_repository_at(&s->heal.repository, s->errand.session.repo, s->remote->github, head,
			     &s->action->arena, &why) < 0) {
		story_note(s,
			head ? arena_format(&s->action->arena,
				       "No fix was looked for: the files of %.12s cannot be read: %s", head, why.text)
			     : "No fix was looked for: GitHub does not name the commit");
		return;
	}
	s->heals = healing_start(&s->heal, &why) == 0;
	if (!s->heals) {
		action_trouble(s->action, &why);
		story_note(s, "No fix was looked for: healing could not begin.");
	}
}

static void start_recording(struct story *s)
{
	struct err e;
	if (recording_start(&s->recording, &s->analyser, &e) == 0)
		return;
	action_trouble(s->action, &e);
	story_note(s, "The history could not be opened, so nothing is recorded.");
}

/* The options of `heal`: no program beside the token, whatever the configuration says. */
static int start(struct story *s, struct err *e)
{
	struct action *a = s->action;
	s->patch_folder = action_folder(a, "patch", e);
	if (!s->patch_folder)
		return -1;
	const char *argv[8] = {
		"--no-tools", "--db", a->in.db, "--patch", arena_format(&a->arena, "%s/fixes.json", s->patch_folder)};
	if (a->in.record)
		argv[5] = "--record";
	if (errand_begin(&s->errand, a, &cmd_heal, argv, e) < 0 ||
		analyser_start(&s->analyser, &s->errand.session, e) < 0)
		return -1;
	start_recording(s);
	if (!s->brought_only)
		start_healing(s);
	return 0;
}

static int read_run(struct story *s, bool own, struct err *e)
{
	const char *id = getenv("GITHUB_RUN_ID"), *attempt = getenv("GITHUB_RUN_ATTEMPT");
	uint64_t run = (uint64_t)(s->wish ? s->wish->run : s->action->event.run);
	uint64_t n = (uint64_t)(s->wish ? 0 : s->action->event.attempt);
	if (own && (!id || !view_number(view_of(id), INT64_MAX, &run)))
		return err_set(e, ERR_USAGE, "GITHUB_RUN_ID does not name a run");
	if (own && (!attempt || !view_number(view_of(attempt), 10000, &n)))
		n = 0;
	const struct remote_wish wish = {.run = (int64_t)run, .attempt = (int)n};
	return remote_run_read(&s->run, s->remote, &wish, e);
}

/* ---- the run as people see it --------------------------------------------------------------------------- */

static void compare_with_base(struct story *s, struct publish_job *job)
{
	struct remote_base base;
	struct err e;
	const struct finding *f = job->diagnosis ? diagnosis_primary(job->diagnosis) : NULL;
	if (!f || !f->signature[0] ||
		remote_red_on_base(&base, s->remote, &s->run.run, job->name, f->signature, &s->analyser,
			&s->action->arena, &e) < 0 ||
		!base.red || !base.same)
		return;
	job->known.red_branch = base.branch;
	job->known.red_since_sha = base.since;
	job->known.red_since = base.since_time;
}

static void compare_groups(struct story *s, const struct publish_run *r, struct publish_job *jobs)
{
	const struct publish_group *groups;
	size_t n = publish_groups(r, &s->action->arena, &groups);
	for (size_t i = 0; i < n && i < COMPARED_MAX; i++)
		compare_with_base(s, &jobs[groups[i].best - r->jobs]);
}

/* False: people have the last word about their pull request, and it wants to be left alone. */
static bool find_pull(struct story *s, struct publish_run *r)
{
	struct err e;
	const struct github_run *run = &s->run.run;
	struct github *g = s->remote->github;
	struct arena *a = &s->action->arena;
	if (!run->head_sha)
		return true;
	if (github_pull_of(g, run->head_sha, run->head_repository, run->branch, a, &s->pull, &e) < 0) {
		s->pull = (struct github_pull){0};
		s->pull_unknown = arena_format(a, "the pull request cannot be looked up: %s", e.text);
		session_note(s->action->outer, "%s", s->pull_unknown);
		return true;
	}
	r->pull = s->pull.number;
	return !delivery_is_off(s->pull.labels);
}

static const struct publish_heal *heal_of(struct story *s, const struct publish_job *job)
{
	for (size_t i = 0; i < s->answer.count; i++) {
		if (job->diagnosis != &s->answer.diagnoses[i] || !s->healed[i].words.diagnosis)
			continue;
		s->healed[i].words.diagnosis = job->diagnosis;
		return &s->healed[i].words;
	}
	return NULL;
}

static void decide(struct story *s, struct publish_run *r)
{
	struct publish_delivery *d = &r->delivery;
	d->decision = DECISION_NONE;
	for (size_t i = 0; i < r->job_count; i++) {
		const struct publish_heal *h = r->jobs[i].heal;
		const struct finding *f = r->jobs[i].diagnosis ? diagnosis_primary(r->jobs[i].diagnosis) : NULL;
		enum decision one = h ? h->decision : f && f->transient ? DECISION_RERUN : DECISION_NONE;
		s->action->unhealed = s->action->unhealed || (f && !(h && action_healed(h)));
		if (one > d->decision) {
			d->decision = one;
			d->reason = h ? h->reason : NULL;
		}
	}
}

static const char *own_address(struct story *s)
{
	const char *repository = getenv("GITHUB_REPOSITORY"), *id = getenv("GITHUB_RUN_ID");
	if (!repository || !id || !s->remote->server)
		return NULL;
	return arena_format(&s->action->arena, "%s/%s/actions/runs/%s", s->remote->server, repository, id);
}

static void describe_run(struct story *s, struct publish_run *r)
{
	struct arena *a = &s->action->arena;
	remote_answer_run(r, &s->answer, &s->run, a);
	struct publish_job *jobs = arena_array(a, r->job_count + 1, sizeof *jobs);
	memcpy(jobs, r->jobs, r->job_count * sizeof *jobs);
	r->jobs = jobs;
	for (size_t i = 0; i < r->job_count; i++) {
		jobs[i].heal = heal_of(s, &jobs[i]);
		for (size_t k = 0; k < s->answer.count; k++)
			if (jobs[i].diagnosis == &s->answer.diagnoses[k])
				jobs[i].known = s->known[k];
	}
	r->server_url = s->remote->server;
	r->report_url = own_address(s);
	story_bring(s, r, jobs);
	compare_groups(s, r, jobs);
	if (!find_pull(s, r)) {
		s->quiet = true;
		session_note(
			s->action->outer, "the pull request has the label `" DELIVERY_LABEL_OFF "`: nothing is posted");
	}
	decide(s, r);
}

/* ---- what the step hands on -------------------------------------------------------------------------------- */

static void set_outputs(struct story *s, const struct publish_run *r, const struct posting *p)
{
	struct arena *a = &s->action->arena;
	struct action_outputs *o = &s->action->out;
	const struct publish_group *groups;
	size_t n = publish_groups(r, a, &groups);
	o->decision = decision_name(r->delivery.decision);
	o->pr_url = r->delivery.pull_url;
	o->check_url = p->check_url ? arena_text(a, p->check_url) : NULL;
	o->report = p->report ? arena_text(a, p->report) : NULL;
	const struct finding *f = n ? groups[0].finding : NULL;
	if (!f)
		return;
	o->category = category_name(f->category);
	o->signature = f->signature[0] ? arena_text(a, f->signature) : NULL;
	o->confidence = arena_format(a, "%.2f", f->confidence);
}

static int write_patch(struct story *s, const struct publish_run *r, struct err *e)
{
	const struct publish_heal **list = arena_array(&s->action->arena, r->job_count + 1, sizeof *list);
	size_t n = 0;
	if (s->heals && healing_write_patch(&s->heal, e) < 0)
		return -1;
	for (size_t i = 0; i < r->job_count; i++)
		if (r->jobs[i].heal)
			list[n++] = r->jobs[i].heal;
	return action_write_patch(s->action, s->patch_folder, list, n, e);
}

/* What comes after the delivery: reruns, issues, comments on commits. */
static void follow(struct story *s, struct publish_run *r)
{
	struct following f = {.session = s->action->outer,
		.remote = s->remote,
		.store = s->recording ? recording_store(s->recording) : NULL,
		.config = &s->action->config,
		.default_branch = s->action->event.default_branch,
		.dry_run = s->action->in.dry_run,
		.arena = &s->action->arena};
	if (s->action->config_trouble || s->brought_only || (s->quiet && !f.dry_run))
		return;
	following_red(&f, &s->run, r);
	for (size_t i = 0; i < f.note_count; i++)
		story_note(s, f.notes[i]);
}

static int post(struct story *s, struct publish_run *r, struct err *e)
{
	struct posting p;
	r->notes = s->notes;
	r->note_count = s->note_count;
	int rc = posting_run(&p, s->action->outer, s->quiet ? NULL : s->remote->github, r, true, e);
	set_outputs(s, r, &p);
	posting_done(&p);
	return rc;
}

static int tell(struct story *s, struct err *e)
{
	struct publish_run r;
	BUF_AUTO text = buf_new(BUF_LARGE);
	const struct publish_style style = {0};
	describe_run(s, &r);
	publish_run_text(&text, &r, &style);
	action_print(buf_view(&text));
	if (write_patch(s, &r, e) < 0)
		action_trouble(s->action, e);
	if (s->action->in.mode != MODE_ANALYZE) {
		story_deliver(s, &r);
		r.delivery.withdrawn = s->action->withdrawn;
		follow(s, &r);
	}
	return post(s, &r, e);
}

/* For who asked in a comment: the answer is written there, and nothing else is posted. */
static int answer(struct story *s, struct action_wish *w, struct err *e)
{
	struct publish_run r;
	describe_run(s, &r);
	if (w->delivers)
		story_deliver(s, &r);
	r.notes = s->notes;
	r.note_count = s->note_count;
	if (w->explanation)
		publish_explanation(w->explanation, &r);
	w->done = r.delivery;
	return w->delivers ? post(s, &r, e) : 0;
}

static void end(struct story *s)
{
	healing_end(&s->heal);
	repository_free(s->lent);
	for (size_t i = 0; s->healed && i < s->answer.count; i++)
		healed_done(&s->healed[i]);
	free(s->healed);
	free(s->known);
	patches_done(&s->patches);
	remote_answer_done(&s->answer);
	remote_run_done(&s->run);
	recording_end(s->recording);
	analyser_end(&s->analyser);
	errand_end(&s->errand);
	remote_close(s->remote);
	free(s);
}

static int run_story(struct story *s, bool own, struct action_wish *wish_or_null, struct err *e)
{
	struct action *a = s->action;
	if (remote_open(&s->remote, a->outer, NULL, e) < 0 || read_run(s, own, e) < 0 || start(s, e) < 0)
		return -1;
	remote_run_analyse(&s->analyser, &s->run, on_job, s);
	if ((wish_or_null ? answer(s, wish_or_null, e) : tell(s, e)) < 0)
		return -1;
	return s->analyser.failed_inputs ? err_set(e, ERR_INPUT, "some logs could not be read; see above") : 0;
}

static struct story *begin(struct action *a)
{
	struct story *s = mem_new(sizeof *s);
	s->action = a;
	s->quiet = a->in.dry_run;
	return s;
}

int action_diagnose(struct action *a, bool own, struct err *e)
{
	struct story *s = begin(a);
	int rc = run_story(s, own, NULL, e);
	end(s);
	return rc;
}

int action_publish(struct action *a, bool own, struct err *e)
{
	struct story *s = begin(a);
	s->brought_only = true;
	int rc = run_story(s, own, NULL, e);
	end(s);
	return rc;
}

int action_diagnose_wish(struct action *a, struct action_wish *w, struct err *e)
{
	struct story *s = begin(a);
	s->wish = w;
	int rc = run_story(s, false, w, e);
	end(s);
	return rc;
}

int action_green(struct action *a, struct err *e)
{
	struct story *s = begin(a);
	struct publish_run r = {0};
	struct posting p;
	const struct remote_wish wish = {.run = a->event.run, .attempt = a->event.attempt, .no_logs = true};
	int rc = remote_open(&s->remote, a->outer, NULL, e);
	if (rc == 0)
		rc = remote_run_read(&s->run, s->remote, &wish, e);
	if (rc == 0 && !a->in.dry_run) {
		remote_answer_run(&r, &s->answer, &s->run, &a->arena);
		r.green = true;
		r.green_at = s->run.run.updated;
		r.server_url = s->remote->server;
		rc = posting_run(&p, a->outer, find_pull(s, &r) ? s->remote->github : NULL, &r, false, e);
		posting_done(&p);
	}
	end(s);
	return rc;
}
