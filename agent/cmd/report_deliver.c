#include "cmd/report_deliver.h"

#include "base/mem.h"
#include "cmd/remote.h"
#include "github/issues.h"
#include "github/refs.h"
#include "github/repos.h"
#include "heal/pages.h"
#include "publish/bodies.h"
#include "publish/publish.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "reports/"
#define MARKER "<!-- runmedic:report -->"

struct delivering_report {
	const struct report_delivery *wish;
	struct session *session;
	struct remote *remote;
	const struct report *report;
	struct arena arena;
	const char *name; /* "2026-W47" */
	const char *page; /* where the whole of it is; NULL: nowhere */
};

/* ---- pages ------------------------------------------------------------------------------------------------ */

/* "reports/2026-W47.md"; its HTML stands beside it. */
static bool is_report(const char *path)
{
	struct view v = view_of(path);
	return view_starts(v, FOLDER) && view_ends(v, ".md") && v.n == strlen(FOLDER "0000-W00.md");
}

static void write_index(struct buf *out, const char *const *paths, size_t n)
{
	buf_add_text(out, "# CI reports\n\nWritten by runmedic, newest first.\n\n");
	for (size_t i = n; i-- > 0;) {
		if (!is_report(paths[i]))
			continue;
		struct view week = view_sub(view_of(paths[i]), strlen(FOLDER), strlen("0000-W00"));
		buf_addf(out, "- [%.*s](%s) ([page](" FOLDER "%.*s.html))\n", VIEW_ARG(week), paths[i], VIEW_ARG(week));
	}
}

/* A branch of code is none for reports. */
static int check_branch(struct delivering_report *d, struct err *e)
{
	struct github_repo repo;
	struct github_branch branch;
	const char *name = d->wish->branch;
	if (github_repo_get(d->remote->github, &d->arena, &repo, e) < 0)
		return -1;
	if (repo.default_branch && !strcmp(repo.default_branch, name))
		return err_set(e, ERR_REFUSED, "%s is the default branch: reports need one of their own, such as %s",
			name, REPORT_BRANCH);
	if (github_branch_get(d->remote->github, name, &d->arena, &branch, e) < 0) {
		if (e->code != ERR_NOT_FOUND)
			return -1;
		err_clear(e);
		return 0;
	}
	return branch.is_protected ? err_set(e, ERR_REFUSED, "branch %s is protected: nothing is pushed to it", name)
				   : 0;
}

static int push_pages(struct delivering_report *d, struct err *e)
{
	BUF_AUTO markdown = buf_new(BUF_FILE), html = buf_new(BUF_FILE);
	const struct publish_report_style style = {.sections = d->wish->sections};
	struct arena *a = &d->arena;
	char commit[41];
	bool is_new;
	publish_report_markdown(&markdown, d->report, &style);
	publish_report_html(&html, d->report, &style);
	const struct page_file files[] = {{arena_format(a, FOLDER "%s.md", d->name), buf_view(&markdown)},
		{arena_format(a, FOLDER "%s.html", d->name), buf_view(&html)}};
	const struct pages pages = {.branch = d->wish->branch,
		.files = files,
		.count = 2,
		.index_path = "README.md",
		.index = write_index,
		.message = arena_format(a, "CI report %s\n", d->name)};
	const struct git_remote_options o = {
		.url = arena_format(a, "%s/%s.git", d->remote->server, d->remote->repository),
		.token = github_token_text(d->remote->github),
		.ca_file = github_ca_file(),
		.stop = d->remote->stop};
	if (check_branch(d, e) < 0 || pages_push(&o, &pages, commit, &is_new, e) < 0)
		return err_wrap(e, "branch %s", d->wish->branch);
	d->page = arena_format(
		a, "%s/%s/blob/%s/%s", d->remote->server, d->remote->repository, d->wish->branch, files[0].path);
	session_note(d->session, is_new ? "the report is at %s" : "the report was at %s already", d->page);
	return 0;
}

/* ---- the issue ---------------------------------------------------------------------------------------------- */

static int keep_issue(struct delivering_report *d, struct err *e)
{
	BUF_AUTO body = buf_new(BUF_FILE);
	const char *note = NULL;
	struct github_issue issue;
	buf_add_text(&body, MARKER "\n");
	const struct publish_report_style style = {
		.sections = d->wish->sections, .max = PUBLISH_TEXT_MAX - body.n, .full_url = d->page};
	publish_report_markdown(&body, d->report, &style);
	const struct github_issue_wish w = {.label = REPORT_LABEL,
		.marker = MARKER,
		.title = arena_format(&d->arena, "CI report %s", d->name),
		.body = buf_text(&body),
		.reopen = true};
	if (github_issue_put(d->remote->github, &w, &d->arena, &issue, &note, e) < 0)
		return err_wrap(e, "the issue with the report");
	if (note)
		session_note(d->session, "%s", note);
	session_note(d->session, "the report is in issue #%d", issue.number);
	if (!d->page)
		d->page = issue.url;
	return 0;
}

int report_deliver(
	const struct report_delivery *wish, struct session *s, const struct report *r, char **ret_url, struct err *e)
{
	struct delivering_report d = {.wish = wish, .session = s, .report = r};
	int year, week, rc = 0;
	*ret_url = NULL;
	clock_week(r->to - 1, &year, &week);
	d.name = arena_format(&d.arena, "%04d-W%02d", year, week);
	if (remote_open(&d.remote, s, NULL, e) < 0)
		rc = -1;
	if (rc == 0 && wish->branch && push_pages(&d, e) < 0)
		rc = -1;
	struct err second;
	if (d.remote && wish->issue && keep_issue(&d, &second) < 0) {
		if (rc < 0)
			session_note(s, "%s", second.text);
		else
			*e = second;
		rc = -1;
	}
	*ret_url = d.page ? mem_text(d.page) : NULL;
	remote_close(d.remote);
	arena_done(&d.arena);
	return rc;
}
