#include "store/facts_rows.h"

#include <string.h>

int facts_changed(struct store *s, int rc, enum store_taken *ret)
{
	*ret = rc == 0 && sqlite3_changes(s->db.handle) > 0 ? STORE_TAKEN_NEW : STORE_TAKEN_KNOWN;
	return rc;
}

struct taking {
	struct store *store;
	struct arena arena;
	const cJSON *j;
	int64_t signature; /* 0 none */
	int64_t at;
};

static struct db_value text(struct taking *t, const char *name)
{
	return TEXT(store_clean(&t->arena, json_text(t->j, name), STORE_TEXT_MAX));
}

static struct db_value word(struct taking *t, const char *name)
{
	const char *clean = store_clean(&t->arena, json_text(t->j, name), STORE_NAME_MAX);

	return TEXT(clean ? clean : "");
}

static struct db_value hash(struct taking *t, const char *name)
{
	return TEXT(store_clean_hash(&t->arena, json_text(t->j, name)));
}

static struct db_value number(struct taking *t, const char *name)
{
	return UNLESS(CLOCK_UNKNOWN, json_int(t->j, name, CLOCK_UNKNOWN));
}

/* NULL where it is no word of that list. */
static struct db_value outcome(struct taking *t, const char *name)
{
	enum outcome o;

	return TEXT(outcome_parse(view_of(json_text(t->j, name)), &o) ? outcome_name(o) : NULL);
}

static struct db_value conclusion(struct taking *t, const char *name)
{
	enum conclusion c;

	return TEXT(conclusion_parse(view_of(json_text(t->j, name)), &c) ? conclusion_name(c) : NULL);
}

static int take_outcome(struct taking *t, struct err *e)
{
	struct db_value what = outcome(t, "outcome");

	if (what.kind == DB_NULL)
		return err_set(e, ERR_INPUT, "no fact: an outcome that cannot be");
	return db_run(&t->store->db,
		"INSERT INTO outcome (at, fixer, signature, sha, outcome) VALUES (?1, ?2, ?3, ?4, ?5) "
		"ON CONFLICT DO NOTHING",
		WITH(INTEGER(t->at), word(t, "fixer"), UNLESS(0, t->signature), hash(t, "sha"), what), e);
}

/* Of two states the one that was settled later stays; of two that were settled at once the greater word. */
static int take_delivery(struct taking *t, struct err *e)
{
	struct db_value base = hash(t, "base_sha");

	return db_run(&t->store->db,
		"INSERT INTO delivery (repository, fixer, rule, signature, way, workflow, branch, base_sha, sha, "
		"fix_branch, "
		"pull, run, at, outcome, settled, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
		"?13, "
		"?14, ?15, ?16) ON CONFLICT DO UPDATE SET outcome = excluded.outcome, settled = excluded.settled, "
		"reason = excluded.reason WHERE excluded.settled > coalesce(delivery.settled, -1) "
		"OR (excluded.settled = delivery.settled AND excluded.outcome > delivery.outcome)",
		WITH(word(t, "repository"), word(t, "fixer"), text(t, "rule"), UNLESS(0, t->signature), word(t, "way"),
			text(t, "workflow"), text(t, "branch"), base.kind == DB_NULL ? TEXT("") : base, hash(t, "sha"),
			text(t, "fix_branch"), number(t, "pull"), number(t, "run"), INTEGER(t->at),
			outcome(t, "outcome"), number(t, "settled"), text(t, "reason")),
		e);
}

static int take_rerun(struct taking *t, struct err *e)
{
	return db_run(&t->store->db,
		"INSERT INTO rerun (repository, run, attempt, branch, sha, workflow, signature, reason, at, result) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO UPDATE SET result = excluded.result "
		"WHERE excluded.result > coalesce(rerun.result, '')",
		WITH(word(t, "repository"), INTEGER(json_int(t->j, "run", 0)), INTEGER(json_int(t->j, "attempt", 1)),
			text(t, "branch"), hash(t, "sha"), text(t, "workflow"), UNLESS(0, t->signature),
			text(t, "reason"), INTEGER(t->at), conclusion(t, "result")),
		e);
}

static int take_ignored(struct taking *t, struct err *e)
{
	return db_run(&t->store->db,
		"INSERT INTO ignored (signature, reason, author, at, until) VALUES (?1, ?2, ?3, ?4, ?5) "
		"ON CONFLICT DO UPDATE SET reason = excluded.reason, author = excluded.author, at = excluded.at, "
		"until = excluded.until WHERE excluded.at > ignored.at "
		"OR (excluded.at = ignored.at AND (excluded.reason, coalesce(excluded.author, ''), "
		"coalesce(excluded.until, 0)) > (ignored.reason, coalesce(ignored.author, ''), "
		"coalesce(ignored.until, 0)))",
		WITH(INTEGER(t->signature), word(t, "reason"), text(t, "by"), INTEGER(t->at), number(t, "until")), e);
}

static int take_issue(struct taking *t, struct err *e)
{
	return db_run(&t->store->db,
		"INSERT INTO issue (repository, signature, number, is_open, at) VALUES (?1, ?2, ?3, ?4, ?5) "
		"ON CONFLICT DO UPDATE SET number = excluded.number, is_open = excluded.is_open, at = excluded.at "
		"WHERE excluded.at > issue.at OR (excluded.at = issue.at "
		"AND (excluded.number, excluded.is_open) > (issue.number, issue.is_open))",
		WITH(word(t, "repository"), INTEGER(t->signature), INTEGER(json_int(t->j, "number", 0)),
			INTEGER(json_bool(t->j, "open", false)), INTEGER(t->at)),
		e);
}

int facts_take_row(struct store *s, const char *kind, const cJSON *j, enum store_taken *ret, struct err *e)
{
	static const struct {
		const char *kind;
		bool needs_signature;
		int (*take)(struct taking *t, struct err *e);
	} kinds[] = {{"outcome", false, take_outcome}, {"delivery", false, take_delivery}, {"rerun", false, take_rerun},
		{"ignored", true, take_ignored}, {"issue", true, take_issue}};
	struct taking t = {.store = s, .j = j, .at = json_int(j, "at", CLOCK_UNKNOWN)};
	const char *signature = store_clean_hash(&t.arena, json_text(j, "signature"));
	int rc = -1;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kind, kinds[i].kind))
			continue;
		if (t.at == CLOCK_UNKNOWN || (kinds[i].needs_signature && !signature))
			err_set(e, ERR_INPUT, "no fact: it lacks what such a fact needs");
		else if (store_signature(&s->db, signature, &t.signature, e) == 0)
			rc = facts_changed(s, kinds[i].take(&t, e), ret);
		arena_done(&t.arena);
		return rc;
	}
	arena_done(&t.arena);
	return err_set(e, ERR_INPUT, "no fact of a kind that is known here; a newer runmedic may have written it");
}
