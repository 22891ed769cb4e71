#include "cmd/posting.h"

#include "base/file.h"
#include "base/mem.h"
#include "cmd/step_files.h"
#include "github/checks.h"
#include "github/pulls.h"

#include <stdlib.h>
#include <string.h>

static void note(struct posting *p, const char *what, const struct err *e)
{
	BUF_AUTO text = buf_new(BUF_LINE);
	buf_addf(&text, "%s: %s", what, e->text);
	if (p->note_count < POSTING_NOTES_MAX)
		p->notes[p->note_count++] = buf_take(&text);
}

static void write_summary(struct posting *p, const struct publish_run *r)
{
	struct err e;
	size_t room = step_summary_room();
	BUF_AUTO text = buf_new(PUBLISH_SUMMARY_MAX);
	if (!room || r->green)
		return;
	publish_summary(&text, r, room);
	if (step_summary_add(buf_view(&text), &e) < 0)
		note(p, "step summary", &e);
	else
		p->posted = p->posted || text.n > 0;
}

static int put_status(struct github *g, const struct publish_run *r, struct err *e)
{
	struct publish_status s;
	publish_status(&s, r);
	int rc = github_status_put(g, r->head_sha, s.state, s.context, s.description, s.target_url, e);
	publish_status_done(&s);
	return rc;
}

static void write_check(struct posting *p, struct github *g, const struct publish_run *r)
{
	struct err e;
	struct publish_check c;
	publish_check(&c, r, NULL, NULL);
	const struct github_check check = {.name = c.name,
		.head_sha = c.head_sha,
		.external_id = c.external_id,
		.details_url = c.details_url,
		.conclusion = c.conclusion,
		.outputs = c.outputs};
	int rc = github_check_put(g, &check, &p->check_url, &e);
	publish_check_done(&c);
	if (rc < 0) {
		note(p, "check run", &e);
		rc = put_status(g, r, &e);
		if (rc < 0)
			note(p, "commit status", &e);
	}
	p->posted = p->posted || rc == 0;
}

/* A comment that says the same, or tells of a newer run, is left. */
static int update_comment(
	struct posting *p, struct github *g, const struct publish_run *r, const char *marker, struct err *e)
{
	char *found = NULL;
	BUF_AUTO body = buf_new(PUBLISH_TEXT_MAX);
	publish_comment(&body, r);
	if (github_comment_find(g, r->pull, marker, &found, e) < 0)
		return -1;
	enum publish_sticky state =
		found ? publish_comment_compare(view_of(found), buf_view(&body)) : PUBLISH_STICKY_STALE;
	free(found);
	if (state != PUBLISH_STICKY_STALE)
		return 0;
	return github_comment_put(g, r->pull, marker, buf_text(&body), r->green, &p->comment_url, e);
}

static void write_comment(struct posting *p, struct github *g, const struct publish_run *r)
{
	struct err e;
	BUF_AUTO marker = buf_new(BUF_LINE);
	publish_comment_marker(&marker, r);
	if (update_comment(p, g, r, buf_text(&marker), &e) < 0)
		note(p, "comment", &e);
	else
		p->posted = true;
}

static char *folder(void)
{
	const char *temp = getenv("RUNNER_TEMP");
	return file_join(temp && *temp ? temp : ".", POSTING_FOLDER);
}

static int write_files(struct posting *p, const struct publish_run *r, struct err *e)
{
	MEM_AUTO char *to = folder();
	char *path = file_join(to, "report.md");
	BUF_AUTO text = buf_new(PUBLISH_SUMMARY_MAX);
	publish_summary(&text, r, PUBLISH_SUMMARY_MAX);
	int rc = file_make_directories(to, e);
	if (rc == 0)
		rc = file_write_atomic(path, buf_view(&text), 0644, e);
	if (rc == 0)
		p->report = mem_text(path);
	free(path);
	return rc;
}

static void tell_refusals(struct posting *p, struct session *s)
{
	struct err e;
	BUF_AUTO text = buf_new(BUF_PAGE);
	for (size_t i = 0; i < p->note_count; i++) {
		session_note(s, "not posted: %s", p->notes[i]);
		buf_add_text(&text, i ? "- " : "\n**Not posted**\n\n- ");
		markdown_text(&text, view_of(p->notes[i]));
		buf_add_char(&text, '\n');
	}
	if (text.n && text.n <= step_summary_room() && step_summary_add(buf_view(&text), &e) < 0)
		session_note(s, "%s", e.text);
}

int posting_run(struct posting *ret, struct session *s, struct github *g, const struct publish_run *r, bool files,
	struct err *e)
{
	*ret = (struct posting){0};
	write_summary(ret, r);
	/* a first green run had no check of ours to turn green */
	if (g && r->head_sha && (!r->green || r->attempt > 1))
		write_check(ret, g, r);
	if (g && r->pull)
		write_comment(ret, g, r);
	tell_refusals(ret, s);
	/* that it is green now is nothing that could get lost */
	if (!files && (ret->posted || r->green))
		return 0;
	if (write_files(ret, r, e) < 0)
		return ret->posted ? 0 : -1;
	session_note(s, "the report is in %s", ret->report);
	return 0;
}

void posting_done(struct posting *p)
{
	free(p->check_url);
	free(p->comment_url);
	free(p->report);
	for (size_t i = 0; i < p->note_count; i++)
		free(p->notes[i]);
	*p = (struct posting){0};
}
