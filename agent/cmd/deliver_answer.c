#include "cmd/deliver_answer.h"

#include "publish/ink.h"
#include "publish/safe.h"

static bool is_pushed(enum delivery_way way)
{
	return way == DELIVERY_PULL || way == DELIVERY_BRANCH;
}

/* ---- text ----------------------------------------------------------------------------------------------- */

static void add_result(struct buf *out, const struct delivering *d)
{
	const struct publish_delivery *r = &d->run->delivery;
	if (r->pull && is_pushed(r->way)) {
		buf_addf(out, "✓ pull request #%d", r->pull);
		ink_text(out, r->pull_url ? " " : "");
		ink_text(out, r->pull_url ? r->pull_url : "");
		buf_add_text(out, r->pull_waits ? "\n  press Approve workflows to run there" : "");
	} else if (r->commit) {
		buf_addf(out, "✓ commit %.12s on ", r->commit);
		ink_text(out, r->branch);
	} else if (r->suggestions) {
		buf_addf(out, "✓ %u suggestion%s on #%d", r->suggestions, r->suggestions == 1 ? "" : "s", d->run->pull);
	} else if (r->pull) {
		buf_addf(out, "· stands in pull request #%d ", r->pull);
		ink_text(out, r->pull_url ? r->pull_url : "");
	} else {
		buf_add_text(out, "· nothing was delivered");
	}
	buf_add_text(out, "\n  ");
	ink_text(out, r->reason ? r->reason : "there is no fix to deliver");
	buf_add_char(out, '\n');
}

static void add_fix(struct buf *out, const char *mark, const char *fixer, const char *how, const char *why)
{
	buf_add_text(out, mark);
	ink_text(out, fixer);
	buf_addf(out, ": %s", how);
	buf_add_text(out, why ? ": " : "");
	ink_text(out, why ? why : "");
	buf_add_char(out, '\n');
}

void deliver_answer_text(struct buf *out, const struct delivering *d, const struct patches *patches)
{
	add_result(out, d);
	for (size_t i = 0; i < d->count; i++)
		add_fix(out, "  ", d->fixes[i].fixer->id, delivery_way_name(d->fixes[i].way), d->fixes[i].why);
	for (size_t i = 0; patches && i < patches->count; i++)
		if (patches->fixes[i].words.status == FIX_REFUSED)
			add_fix(out, "  ", patches->fixes[i].words.fixer, "refused", patches->fixes[i].words.reason);
	for (size_t i = 0; i < d->note_count; i++) {
		buf_add_text(out, "  note: ");
		ink_text(out, d->notes[i]);
		buf_add_char(out, '\n');
	}
}

/* ---- JSON ----------------------------------------------------------------------------------------------- */

static void append_fix(
	cJSON *list, const struct publish_fix *f, const char *status, const char *way, const char *reason)
{
	cJSON *j = json_object();
	safe_add(j, "fixer", f->fixer);
	safe_add(j, "rule", f->rule);
	json_add_text(j, "signature", f->signature);
	json_add_text(j, "tier", tier_name(f->tier));
	json_add_text(j, "status", status);
	json_add_text(j, "way", way);
	safe_add(j, "reason", reason);
	json_append(list, j);
}

static cJSON *list_fixes(const struct delivering *d, const struct patches *patches)
{
	cJSON *list = json_array();
	for (size_t i = 0; i < d->count; i++) {
		const struct deliver_fix *f = &d->fixes[i];
		bool refused = f->way == DELIVERY_NOWHERE;
		append_fix(list, f->words, refused ? "refused" : "accepted", delivery_way_name(f->way), f->why);
	}
	for (size_t i = 0; patches && i < patches->count; i++)
		if (patches->fixes[i].words.status == FIX_REFUSED)
			append_fix(list, &patches->fixes[i].words, "refused", delivery_way_name(DELIVERY_NOWHERE),
				patches->fixes[i].words.reason);
	return list;
}

static cJSON *pull_of(const struct publish_delivery *r)
{
	cJSON *j = json_object();
	json_add_int(j, "number", r->pull);
	safe_add(j, "url", r->pull_url);
	json_add_bool(j, "waits_for_approval", r->pull_waits);
	return j;
}

cJSON *deliver_answer_json(const struct delivering *d, const struct patches *patches)
{
	const struct publish_run *run = d->run;
	const struct publish_delivery *r = &run->delivery;
	cJSON *j = json_object(), *notes = json_array();
	json_add_text(j, "schema", "runmedic.publish/1");
	safe_add(j, "repository", run->repository);
	json_add_int_or_null(j, "run", run->id ? run->id : -1);
	safe_add(j, "base", run->head_sha);
	json_add_bool(j, "dry_run", d->dry_run);
	json_add_text(j, "way", delivery_way_name(r->way));
	safe_add(j, "reason", r->reason);
	if (r->pull)
		json_add(j, "pull_request", pull_of(r));
	else
		json_add_null(j, "pull_request");
	safe_add(j, "commit", r->commit);
	safe_add(j, "branch", r->branch);
	json_add_int(j, "suggestions", r->suggestions);
	json_add(j, "fixes", list_fixes(d, patches));
	for (size_t i = 0; i < d->note_count; i++)
		safe_append(notes, d->notes[i]);
	json_add(j, "notes", notes);
	return j;
}
