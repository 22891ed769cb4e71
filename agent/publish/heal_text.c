#include "publish/ink.h"

#include <string.h>

static const char *decision_text(enum decision d)
{
	static const char *const texts[] = {[DECISION_NONE] = "leave it alone",
		[DECISION_RERUN] = "run the job again",
		[DECISION_REVIEW] = "propose a fix for review",
		[DECISION_HEAL] = "heal"};
	return texts[d];
}

static void add_diff(struct buf *out, const char *diff, const struct publish_style *s)
{
	struct view rest = view_of(diff), line;
	while (view_next(&rest, '\n', &line)) {
		char c = line.n ? line.p[0] : ' ';
		ink(out, s, c == '+' ? INK_ADDED : c == '-' ? INK_REMOVED : c == '@' ? INK_FAINT : INK_END);
		buf_add_text(out, "    ");
		ink_view(out, line);
		ink(out, s, INK_END);
		buf_add_char(out, '\n');
	}
}

static void add_proof(struct buf *out, const struct publish_fix *f)
{
	if (f->proof_argv) {
		buf_add_text(out, "  proof: ");
		for (const char *const *p = f->proof_argv; *p; p++) {
			buf_add_text(out, p == f->proof_argv ? "`" : " ");
			ink_text(out, *p);
		}
		buf_addf(out, "` ended with exit code %d\n", f->proof_exit);
	}
	if (f->proof_says) {
		buf_add_text(out, "  proof: ");
		ink_text(out, f->proof_says);
		buf_add_char(out, '\n');
	}
}

static void add_priority(struct buf *out, const struct publish_fix *f)
{
	buf_addf(out, "  priority: %.2f = confidence %.2f x success %.2f x severity %.1f", f->priority, f->confidence,
		f->success, f->severity);
	if (f->good + f->bad)
		buf_addf(out, " (%u of %u earlier fixes turned out good)", f->good, f->good + f->bad);
	buf_add_char(out, '\n');
}

static void add_fix(struct buf *out, const struct publish_fix *f, bool explain, const struct publish_style *s)
{
	bool good = f->status == FIX_APPLIED || f->status == FIX_PLANNED;
	buf_add_char(out, '\n');
	ink(out, s, good ? INK_GOOD : INK_WARN);
	buf_addf(out, "%s %s", f->status == FIX_APPLIED ? "✓" : good ? "→" : "·", fix_status_name(f->status));
	ink(out, s, INK_END);
	buf_addf(out, " %s: ", f->fixer);
	ink_text(out, f->summary ? f->summary : f->reason);
	buf_addf(out, " (tier %s", tier_name(f->tier));
	if (good)
		buf_addf(out, ", %.0f %% sure", f->confidence * 100);
	buf_add_text(out, ")\n");
	if (f->summary && f->reason) {
		buf_add_text(out, "  because: ");
		ink_text(out, f->reason);
		buf_add_char(out, '\n');
	}
	if (f->diff)
		add_diff(out, f->diff, s);
	add_proof(out, f);
	if (explain && f->priority > 0)
		add_priority(out, f);
	if (f->commit)
		buf_addf(out, "  commit: %s\n", f->commit);
}

void publish_heal_text(struct buf *out, const struct publish_heal *h, const struct publish_style *s)
{
	publish_analysis_text(out, h->diagnosis, s);
	buf_add_char(out, '\n');
	ink(out, s, INK_STRONG);
	buf_addf(out, "decision: %s", decision_text(h->decision));
	ink(out, s, INK_END);
	if (h->reason) {
		buf_add_text(out, " - ");
		ink_text(out, h->reason);
	}
	buf_add_char(out, '\n');
	for (size_t i = 0; i < h->fix_count; i++)
		add_fix(out, &h->fixes[i], h->explain, s);
	if (h->explain && h->sandbox)
		buf_addf(out, "\n  child processes: %s\n", h->sandbox);
	if (h->branch)
		buf_addf(out, "\n  branch: %s\n", h->branch);
	bool heal = false, review = false;
	for (size_t i = 0; i < h->fix_count; i++) {
		bool planned = h->fixes[i].status == FIX_PLANNED;
		heal = heal || (planned && h->fixes[i].tier == TIER_HEAL);
		review = review || (planned && h->fixes[i].tier == TIER_REVIEW);
	}
	if (review)
		buf_add_text(out, "\nA fix of tier review is made only with --tier review; read it first.\n");
	if (h->dry_run && heal)
		buf_add_text(out, "\nThis was a dry run: nothing was changed. --apply writes the fixes into the work "
				  "tree, --commit onto a new branch.\n");
}
