/* workflow/permissions - the job's token lacks a permission that the API names. */
#include "fixers/words.h"
#include "fixers/workflow/files.h"

#include <string.h>

/* What an API path needs, when the answer does not say it. */
static const struct {
	const char *url, *permission;
} endpoints[] = {
	{"/rest/issues/comments", "issues"},
	{"/rest/issues/labels", "issues"},
	{"/rest/issues/issues", "issues"},
	{"/rest/pulls/", "pull-requests"},
	{"/rest/checks/", "checks"},
	{"/rest/commits/statuses", "statuses"},
	{"/rest/releases/", "contents"},
	{"/rest/deployments/", "deployments"},
};

/* Other ways in which a missing permission shows itself. */
static const struct {
	const char *phrase, *permission;
} phrases[] = {
	{"Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable", "id-token"},
	{"Credentials could not be loaded, please check your action inputs: Could not load credentials from any "
	 "providers",
		"id-token"},
	{"denied to github-actions[bot].", "contents"},
};

static bool is_pull_request_job(const struct source *s)
{
	for (uint32_t n = 1; n <= s->line_count; n++)
		if (view_has(source_line(s, n), "pull_request"))
			return true;
	return false;
}

/* 'x-accepted-github-permissions': 'issues=write; pull_requests=write' (either will do) */
static bool accepted(struct view line, bool pulls, struct buf *ret)
{
	size_t at = view_find(line, "accepted-github-permissions");
	struct view rest, one;

	if (at == VIEW_NONE)
		return false;
	rest = view_from(line, at + strlen("accepted-github-permissions"));
	while (view_next(&rest, '=', &one)) {
		size_t end = one.n;

		while (end > 0 && ((one.p[end - 1] >= 'a' && one.p[end - 1] <= 'z') || one.p[end - 1] == '_'))
			end--;
		one = view_from(one, end);
		if (!view_starts(rest, "write") || one.n == 0)
			continue;
		if (ret->n == 0 || (pulls && view_is(one, "pull_requests"))) {
			buf_clear(ret);
			for (size_t i = 0; i < one.n; i++)
				buf_add_char(ret, one.p[i] == '_' ? '-' : one.p[i]);
		}
	}
	return ret->n > 0;
}

static bool wanted(const struct evidence *ev, bool pulls, struct buf *ret)
{
	bool refused = false;

	for (size_t i = 0; i < ev->text.count; i++)
		for (size_t k = 0; k < sizeof(phrases) / sizeof(*phrases); k++)
			if (view_has(evidence_line(ev, i), phrases[k].phrase))
				return buf_add_text(ret, phrases[k].permission);
	for (size_t i = 0; i < ev->text.count; i++)
		refused |= view_has(evidence_line(ev, i), "Resource not accessible by integration");
	for (size_t i = 0; refused && i < ev->text.count; i++)
		if (accepted(evidence_line(ev, i), pulls, ret))
			return true;
	for (size_t i = 0; refused && i < ev->text.count; i++)
		for (size_t k = 0; k < sizeof(endpoints) / sizeof(*endpoints); k++)
			if (view_has(evidence_line(ev, i), endpoints[k].url))
				return buf_add_text(ret, pulls && k == 0 ? "pull-requests" : endpoints[k].permission);
	return false;
}

/* A block "permissions:" with keys on lines of their own. */
static uint32_t find_block(const struct source *s)
{
	uint32_t found = 0;

	for (uint32_t n = 1; n < s->line_count; n++) {
		struct view line = source_line(s, n);

		if (!view_is(view_trim(line), "permissions:") ||
			words_indent(source_line(s, n + 1)) <= words_indent(line))
			continue;
		if (found)
			return 0; /* several: which one is for a person to say */
		found = n;
	}
	return found;
}

static int edit(struct source *s, const struct evidence *ev, struct arena *a, struct err *e)
{
	BUF_AUTO permission = buf_new(64);
	uint32_t block = find_block(s), n;
	size_t deep;

	if (!block || !wanted(ev, is_pull_request_job(s), &permission))
		return 0;
	deep = words_indent(source_line(s, block + 1));
	for (n = block + 1; n <= s->line_count && words_indent(source_line(s, n)) == deep && !source_blank(s, n); n++) {
		struct view line = view_trim(source_line(s, n));
		size_t at;

		if (!view_starts(line, buf_text(&permission)) || !view_starts(view_from(line, permission.n), ":"))
			continue;
		at = view_find(source_line(s, n), "read");
		if (at == VIEW_NONE)
			return 0;
		return source_splice(s, source_offset(s, n) + at, 4, VIEW("write"), e) == 0 ? 1 : -1;
	}
	return source_splice(s, source_offset(s, n), 0,
		       view_of(arena_format(a, "%*s%s: write%s", (int)deep, "", buf_text(&permission), source_eol(s))),
		       e) == 0
		       ? 1
		       : -1;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "give the job's token the permission that the API asks for";
	ret->reason = "the API refused the token; which permissions a workflow has is for a person to decide";
	return workflow_propose(edit, q, ret, e);
}

const struct fixer fixer_workflow_permissions = {
	.id = "workflow/permissions",
	.ecosystem = "workflow",
	.title = "Propose a missing permission",
	.what = "`Resource not accessible by integration`: proposes the permission that the answer names in the "
		"workflow's `permissions:`.",
	.why_safe = "For review only, never applied by itself. One line, in the only `permissions:` block of the job's "
		    "workflow.",
	.tier = TIER_REVIEW,
	.answers = (const char *const[]){"runner/*", "*permission*", "*integration*", "*auth*", "workflow/*",
		"actions/*", "github/*", "generic/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){".github/workflows/*", NULL},
	.max_files = 1,
	.max_lines = 4,
	.kind = FIX_EDITS,
	.heal_case = "wf-permissions-missing",
	.refuse_case = "infra-runner-shutdown",
	.propose = propose,
};
