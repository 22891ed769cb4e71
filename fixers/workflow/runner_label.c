/* workflow/runner-label - images of GitHub's runners that are gone, or will be. */
#include "fixers/words.h"
#include "fixers/workflow/files.h"

#include <string.h>

static const struct {
	const char *old, *name, *new; /* the label, how GitHub writes it in sentences, the oldest image that is there */
} labels[] = {
	{"ubuntu-16.04", "Ubuntu 16.04", "ubuntu-22.04"},
	{"ubuntu-18.04", "Ubuntu 18.04", "ubuntu-22.04"},
	{"ubuntu-20.04", "Ubuntu 20.04", "ubuntu-22.04"},
	{"macos-10.15", "macOS 10.15", "macos-14"},
	{"macos-11", "macOS 11", "macos-14"},
	{"macos-12", "macOS 12", "macos-14"},
	{"windows-2016", "Windows 2016", "windows-2022"},
	{"windows-2019", "Windows 2019", "windows-2022"},
};

static bool is_about_retirement(struct view line)
{
	static const char *const says[] = {"brownout", "retirement", "is deprecated", "will be removed",
		"has been removed", "no longer supported", "no longer available",
		"Requested labels: ", "No runner matching", "no runner with the label", NULL};

	for (const char *const *t = says; *t; t++)
		if (view_has(line, *t))
			return true;
	return false;
}

static bool is_said(const struct evidence *ev, size_t label)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);

		if (is_about_retirement(line) &&
			(view_has(line, labels[label].old) || view_has(line, labels[label].name)))
			return true;
	}
	return false;
}

/* In what the runner reads, not in what people read; and not the labels of a runner of one's own. */
static bool may_hold_labels(struct view line)
{
	struct view text = view_trim(line);

	return !view_has(text, "self-hosted") && !view_starts(text, "#") && !view_starts(text, "name:") &&
	       !view_starts(text, "- name:") && !view_starts(text, "run:") && !view_starts(text, "- run:") &&
	       !view_starts(text, "key:");
}

/* "macos-11" is no part of "macos-11-xlarge". */
static bool is_whole(struct view line, size_t at, size_t n)
{
	char before = at ? line.p[at - 1] : ' ', behind = at + n < line.n ? line.p[at + n] : ' ';

	return strchr(" \t[,'\"", before) && strchr(" \t],'\"#", behind);
}

static int edit_label(struct source *s, size_t label, struct err *e)
{
	size_t n = strlen(labels[label].old);
	int changes = 0;

	for (uint32_t k = 1; k <= s->line_count; k++) {
		struct view line = words_code(source_line(s, k));
		size_t at = view_find(line, labels[label].old);

		if (at == VIEW_NONE || !may_hold_labels(line) || !is_whole(line, at, n))
			continue;
		if (source_splice(s, source_offset(s, k) + at, n, view_of(labels[label].new), e) != 0)
			return -1;
		changes++;
	}
	return changes;
}

static int edit(struct source *s, const struct evidence *ev, struct arena *a, struct err *e)
{
	int changes = 0;

	(void)a;
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		int one = is_said(ev, i) ? edit_label(s, i, e) : 0;

		if (one < 0)
			return -1;
		changes += one;
	}
	return changes;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "use a runner image that is still there";
	ret->reason = "GitHub retires the image that the job asks for; the next one has other versions of most tools "
		      "(macos-14 is another processor, too), so look at them";
	return workflow_propose(edit, q, ret, e);
}

const struct fixer fixer_workflow_runner_label = {
	.id = "workflow/runner-label",
	.ecosystem = "workflow",
	.title = "Use a runner image that is still there",
	.what = "`This is a scheduled Ubuntu 20.04 brownout`, no runner for `windows-2019`: proposes the oldest image "
		"that "
		"GitHub still offers.",
	.why_safe = "For review only, as is everything below `.github/`. Only the label that the log names, where it "
		    "stands "
		    "whole, outside names and scripts.",
	.tier = TIER_REVIEW,
	.answers = (const char *const[]){"runner/*", "*label*", "*image*", "*deprecated*", "workflow/*", "actions/*",
		"github/*", "generic/*", NULL},
	.paths = (const char *const[]){".github/workflows/*", NULL},
	.max_files = 10,
	.max_lines = 60,
	.kind = FIX_EDITS,
	.heal_case = "wf-runner-image-retired",
	.refuse_case = "infra-runner-shutdown",
	.propose = propose,
};
