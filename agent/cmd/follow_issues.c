/* Issues for failures of the default branch that need a person: one per signature. */
#include "cmd/followed.h"

#include "github/issues.h"
#include "publish/deliver.h"
#include "store/similar.h"

#define ISSUE_LABEL "runmedic"
#define ISSUE_JOBS "<!-- runmedic:jobs "
#define ISSUE_JOBS_MAX 16u
#define COMMENT_END " -->"

static bool is(const char *text, const char *word)
{
	return text && word && !strcmp(text, word);
}

/* ---- which jobs it was seen in: a line at the end of the body ---------------------------------------------- */

static const char *workflow_of(const struct publish_run *r)
{
	return r->workflow_path ? r->workflow_path : r->workflow ? r->workflow : "";
}

/* In JSON every '>' and '<' can be escaped: no name ends the comment. */
static void add_json_text(struct buf *out, const cJSON *j)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	json_print(&text, j);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '<' || text.p[i] == '>')
			buf_addf(out, "\\u%04x", (unsigned)text.p[i]);
		else
			buf_add_char(out, text.p[i]);
}

static void add_jobs(struct buf *out, const struct publish_run *r, const struct publish_group *g)
{
	JSON_AUTO *j = json_object();
	cJSON *names = json_array();
	for (size_t i = 0; i < g->count && i < ISSUE_JOBS_MAX; i++)
		json_append_text(names, r->jobs[g->jobs[i]].name ? r->jobs[g->jobs[i]].name : "");
	json_add_text(j, "signature", g->finding->signature);
	json_add_text(j, "workflow", workflow_of(r));
	json_add(j, "jobs", names);
	buf_add_text(out, "\n\n" ISSUE_JOBS);
	add_json_text(out, j);
	buf_add_text(out, COMMENT_END "\n");
}

static cJSON *read_jobs(const char *body)
{
	struct view v = view_trim_right(view_of(body));
	struct err why;
	size_t at = view_find(v, ISSUE_JOBS);
	if (at == VIEW_NONE || !view_ends(v, COMMENT_END))
		return NULL;
	v = view_from(v, at + strlen(ISSUE_JOBS));
	return json_parse(view_sub(v, 0, v.n - strlen(COMMENT_END)), BUF_LINE, &why);
}

/* ---- red: opened, kept up to date, opened again ------------------------------------------------------------- */

/* What is mended, or will be by itself, needs nobody. */
static const char *why_person(const struct publish_run *r, const struct publish_group *g)
{
	const struct publish_heal *h = g->best->heal;
	const struct publish_delivery *d = &r->delivery;
	if (d->rerun && g->finding->transient)
		return NULL;
	if (h && h->decision == DECISION_HEAL && (d->pull || d->commit || d->suggestions))
		return NULL;
	if (h && h->decision == DECISION_REVIEW && d->pull)
		return NULL;
	if (h && h->reason)
		return h->reason;
	return h && h->decision >= DECISION_REVIEW ? "A person has to judge the fix, and it was not delivered."
						   : "No fixer answers it.";
}

static void count_seen(struct following *f, const struct publish_group *g, struct publish_issue *ret)
{
	struct store_similar row;
	struct err why;
	ret->seen = ret->runs = g->best->known.seen + 1;
	ret->first_seen = ret->last_seen = clock_now();
	if (!f->store || store_seen(f->store, f->arena, g->finding->signature, NULL, &row, &why) < 0 || !row.signature)
		return;
	if (row.jobs > 0 && (unsigned)row.jobs > ret->seen)
		ret->seen = ret->runs = (unsigned)row.jobs;
	ret->first_seen = row.first_seen;
}

static int put_issue(struct following *f, const struct publish_run *r, const struct publish_group *g, const char *why,
	int *ret_number, struct err *e)
{
	struct publish_issue words = {.run = r, .group = g, .why_person = why};
	BUF_AUTO marker = buf_new(BUF_LINE), title = buf_new(BUF_LINE), body = buf_new(PUBLISH_TEXT_MAX);
	struct github_issue issue;
	const char *note = NULL;
	const struct config *c = f->config;
	count_seen(f, g, &words);
	if (words.seen < c->issues.after)
		return 0;
	publish_issue_marker(&marker, g->finding->signature);
	publish_issue_title(&title, &words);
	publish_issue_body(&body, &words);
	add_jobs(&body, r, g);
	const char **labels = arena_array(f->arena, c->issues.labels.n + 1, sizeof *labels);
	const char **assignees = arena_array(f->arena, c->issues.assignees.n + 1, sizeof *assignees);
	for (size_t i = 0; i < c->issues.labels.n; i++)
		labels[i] = c->issues.labels.items[i];
	for (size_t i = 0; i < c->issues.assignees.n; i++)
		assignees[i] = c->issues.assignees.items[i];
	const struct github_issue_wish wish = {.label = ISSUE_LABEL,
		.marker = buf_text(&marker),
		.title = buf_text(&title),
		.body = buf_text(&body),
		.labels = labels,
		.assignees = assignees,
		.reopen = true};
	if (github_issue_put(f->remote->github, &wish, f->arena, &issue, &note, e) < 0)
		return -1;
	if (note)
		following_note(f, "Issue #%d: %s", issue.number, note);
	*ret_number = issue.number;
	return f->store ? store_issue(f->store, r->repository, g->finding->signature, issue.number, true, e) : 0;
}

static bool is_default(const struct following *f, const struct publish_run *r)
{
	return !r->fork && is(r->branch, f->default_branch) &&
	       !(r->event && view_starts(view_of(r->event), "pull_request"));
}

/* On other branches the known one is named, and none is opened. */
static int known_issue(struct following *f, const struct publish_run *r, const char *signature, struct err *e)
{
	int number = 0;
	bool open = false;
	BUF_AUTO marker = buf_new(BUF_LINE);
	struct github_issue issue;
	if (f->store && store_issue_of(f->store, r->repository, signature, &number, &open, e) == 0 && number)
		return open ? number : 0;
	publish_issue_marker(&marker, signature);
	if (github_issue_find(f->remote->github, ISSUE_LABEL, buf_text(&marker), f->arena, &issue, e) < 0)
		return 0;
	return issue.open ? issue.number : 0;
}

static int do_group(
	struct following *f, const struct publish_run *r, const struct publish_group *g, int *ret, struct err *e)
{
	const char *why = why_person(r, g);
	if (!is_default(f, r) || !why || f->dry_run || followed_ignored(f, g->finding)) {
		*ret = known_issue(f, r, g->finding->signature, e);
		return 0;
	}
	return put_issue(f, r, g, why, ret, e);
}

/* ---- green: closed where the jobs that were red ran, and passed --------------------------------------------- */

struct closing {
	struct following *f;
	const struct publish_run *run;
	const struct github_job *jobs;
	size_t job_count;
};

static bool passed(const struct closing *c, const char *name)
{
	for (size_t i = 0; i < c->job_count; i++)
		if (is(c->jobs[i].name, name) && is(c->jobs[i].conclusion, "success"))
			return true;
	return false;
}

static bool is_gone(const struct closing *c, const cJSON *seen)
{
	const cJSON *one, *names = json_get(seen, "jobs");
	if (!is(json_text(seen, "workflow"), workflow_of(c->run)) || cJSON_GetArraySize(names) < 1)
		return false;
	cJSON_ArrayForEach (one, names)
		if (!cJSON_IsString(one) || !passed(c, one->valuestring))
			return false;
	return true;
}

/* The marker says whose issue it is; the line at the end has to agree with it. */
static bool is_about(const struct github_issue *i, const char *signature)
{
	BUF_AUTO marker = buf_new(BUF_LINE);
	publish_issue_marker(&marker, signature ? signature : "");
	return view_starts(view_of(i->body), buf_text(&marker));
}

static void close_issue(const struct closing *c, const struct github_issue *i, const char *signature)
{
	struct following *f = c->f;
	struct err e;
	BUF_AUTO words = buf_new(PUBLISH_TEXT_MAX);
	publish_issue_closing(&words, c->run->head_sha, c->run->url, i->created);
	if (github_issue_close(f->remote->github, i->number, buf_text(&words), &e) < 0) {
		following_note(f, "Issue #%d is not closed: %s", i->number, e.text);
		return;
	}
	if (f->store && store_issue(f->store, c->run->repository, signature, i->number, false, &e) < 0)
		following_note(f, "Issue #%d is closed, and that is not recorded: %s", i->number, e.text);
}

static bool on_issue(void *context, const struct github_issue *i)
{
	const struct closing *c = context;
	JSON_AUTO *seen = read_jobs(i->body);
	const char *signature = json_text(seen, "signature");
	if (seen && is_about(i, signature) && is_gone(c, seen))
		close_issue(c, i, signature);
	return true;
}

static int close_issues(struct following *f, const struct publish_run *r, struct err *e)
{
	struct closing c = {.f = f, .run = r};
	struct github_job *jobs;
	if (!is_default(f, r) || f->dry_run)
		return 0;
	if (github_jobs(f->remote->github, r->id, 0, f->arena, &jobs, &c.job_count, e) < 0)
		return -1;
	c.jobs = jobs;
	return github_issues_list(f->remote->github, ISSUE_LABEL, PUBLISH_ISSUE_MARKER, true, on_issue, &c, e);
}

int following_issues(struct following *f, const struct publish_run *r, struct err *e)
{
	const struct publish_group *groups;
	if (!f->config->issues.open)
		return 0;
	if (r->green)
		return close_issues(f, r, e);
	size_t n = publish_groups(r, f->arena, &groups);
	for (size_t i = 0; i < n && i < FOLLOWED_ISSUES_MAX; i++) {
		int number = 0;
		if (!groups[i].finding || !groups[i].finding->signature[0])
			continue;
		if (do_group(f, r, &groups[i], &number, e) < 0)
			return -1;
		for (size_t k = 0; f->issues && k < groups[i].count; k++)
			f->issues[groups[i].jobs[k]] = number;
	}
	return 0;
}
