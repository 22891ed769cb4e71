/* js/snapshot - a test's output differs from its stored snapshot, and the log shows how: for a person to judge. */
#include "fixers/evidence.h"
#include "fixers/source.h"

#include <string.h>

#define SNAPSHOT_LINES_MAX 2000u

struct snapshot {
	struct view name; /* "receipt 1" */
	const char *path; /* of the .snap file */
	size_t at;        /* line of the log behind the name */
};

/* One difference as shown: lines of the old and new text. */
struct shown {
	const struct evidence *ev;
	size_t next;   /* line of the log */
	size_t indent; /* of the whole block */
	bool hunks;    /* with @@ lines: equal parts are left out */
};

static bool is_test_file(struct view word)
{
	static const char *const endings[] = {".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", NULL};

	for (const char *const *x = endings; *x; x++)
		if (view_ends(word, *x))
			return true;
	return false;
}

/* "FAIL test/a.test.js (5.1 s)", " FAIL  src/a.test.ts > name": the file of its snapshots. */
static const char *snapshot_file(const struct evidence *ev, struct view line, struct arena *a)
{
	struct view rest = line, word;
	const char *path, *slash, *name;

	if (!view_word(&rest, &word) || !view_is(word, "FAIL"))
		return NULL;
	while (view_word(&rest, &word))
		if (is_test_file(word))
			break;
	path = is_test_file(word) ? evidence_path(ev, word, a, NULL) : NULL;
	if (!path)
		return NULL;
	slash = strrchr(path, '/');
	name = slash ? slash + 1 : path;
	return arena_format(a, "%.*s__snapshots__/%s.snap", (int)(name - path), path, name);
}

/* jest: "Snapshot name: `receipt 1`"; vitest: "Error: Snapshot `receipt 1` mismatched" */
static bool snapshot_name(struct view line, struct view *ret)
{
	struct view text = view_trim(line);
	size_t end;

	if (view_starts(text, "Error: "))
		text = view_from(text, strlen("Error: "));
	if (view_starts(text, "Snapshot name: `") && view_ends(text, "`"))
		*ret = view_sub(text, strlen("Snapshot name: `"), text.n - strlen("Snapshot name: `") - 1);
	else if (view_starts(text, "Snapshot `") && (end = view_find(text, "` mismatched")) != VIEW_NONE)
		*ret = view_sub(text, strlen("Snapshot `"), end - strlen("Snapshot `"));
	else
		return false;
	return ret->n > 0 && view_find_char(*ret, '`') == VIEW_NONE && view_find_char(*ret, '\\') == VIEW_NONE;
}

/* ---- the stored text ----------------------------------------------------------------------------------- */

/* What stands between the back ticks of: exports[`receipt 1`] = `...`; */
static int stored_text(const struct source *s, struct view name, struct view *ret, struct err *e)
{
	BUF_AUTO head = buf_new(BUF_LINE);
	size_t at, end;

	buf_addf(&head, "exports[`%.*s`] = `", VIEW_ARG(name));
	at = head.full ? VIEW_NONE : view_find(s->text, buf_text(&head));
	if (at == VIEW_NONE)
		return err_set(e, ERR_REFUSED, "%s has no snapshot `%.*s`", s->path, VIEW_ARG(name));
	*ret = view_from(s->text, at + head.n);
	end = view_find_char(*ret, '`');
	if (end == VIEW_NONE)
		return err_set(e, ERR_REFUSED, "%s ends within a snapshot", s->path);
	ret->n = end;
	if (view_has(*ret, "\\") || view_has(*ret, "${") || view_has(*ret, "\r"))
		return err_set(e, ERR_REFUSED, "%s: the snapshot has escaped characters", s->path);
	return 0;
}

static bool writable(struct view line)
{
	return !view_has(line, "\\") && !view_has(line, "`") && !view_has(line, "${") && !view_has(line, "***") &&
	       !view_has(line, "\xe2\x86\xb5") && !view_has(line, "\xef\xbf\xbd");
}

/* ---- the difference as shown --------------------------------------------------------------------------- */

/* "- Snapshot  - 1" and "+ Received  + 1" (vitest: "- Expected"), then a blank line. */
static bool find_block(struct shown *d, const struct evidence *ev, size_t from)
{
	for (size_t i = from; i < from + 8; i++) {
		struct view line = evidence_line(ev, i), text = view_trim(line);
		struct view below = view_trim(evidence_line(ev, i + 1));

		if ((!view_starts(text, "- Snapshot") && !view_starts(text, "- Expected")) ||
			!view_starts(below, "+ Received") || view_trim(evidence_line(ev, i + 2)).n)
			continue;
		d->ev = ev;
		d->indent = (size_t)(text.p - line.p);
		d->next = i + 3;
		d->hunks = view_starts(view_trim(evidence_line(ev, i + 3)), "@@ -");
		return true;
	}
	return false;
}

/* The next line of the block: its kind (' ', '-', '+', '@') and text; '\0' for one that cannot be of the block. */
static char shown_line(const struct shown *d, struct view *ret)
{
	struct view line = evidence_line(d->ev, d->next);
	char kind;

	*ret = (struct view){0};
	if (d->next >= d->ev->text.count || (d->ev->text.lines[d->next].flags & LOG_CUT))
		return '\0';
	for (size_t i = 0; i < d->indent && i < line.n; i++)
		if (line.p[i] != ' ')
			return '\0';
	line = view_from(line, d->indent);
	if (line.n == 0)
		return ' ';
	kind = *line.p;
	if (view_starts(line, "@@ -"))
		kind = '@';
	else if (!strchr(" -+", kind) || (line.n > 1 && line.p[1] != ' '))
		return '\0';
	*ret = kind == '@' ? line : view_from(line, 2);
	return kind;
}

struct text {
	struct view rest; /* old lines that are not consumed */
	uint32_t line, written;
	bool end;
	struct buf *out;
};

static bool next_old(struct text *t, struct view *ret)
{
	if (t->end)
		return false;
	t->end = view_find_char(t->rest, '\n') == VIEW_NONE;
	view_next(&t->rest, '\n', ret);
	t->line++;
	return true;
}

static void put(struct text *t, struct view line)
{
	buf_addf(t->out, "%s%.*s", t->written++ ? "\n" : "", VIEW_ARG(line));
}

/* "@@ -12,7 +12,7 @@": copies what is left out, and says how many lines follow. */
static bool open_hunk(struct text *t, struct view head, uint64_t *old_count, uint64_t *new_count)
{
	struct view rest = view_from(head, strlen("@@ -")), word, one;
	uint64_t start;

	if (!view_word(&rest, &word) || !view_next(&word, ',', &one) || !view_number(one, UINT32_MAX, &start) ||
		!view_number(word, SNAPSHOT_LINES_MAX, old_count) || !view_word(&rest, &word) ||
		!view_starts(word, "+") || !view_next(&word, ',', &one) ||
		!view_number(word, SNAPSHOT_LINES_MAX, new_count))
		return false;
	while (t->line + 1 < start) {
		struct view line;

		if (!next_old(t, &line))
			return false;
		put(t, line);
	}
	return t->line + 1 == start;
}

/* One line of the block; false when it does not fit the stored text. */
static bool take_line(struct text *t, char kind, struct view shown)
{
	struct view old;

	if (kind == '+') {
		if (!writable(shown))
			return false;
		put(t, shown);
		return true;
	}
	if (!next_old(t, &old) || !view_eq(view_trim_right(old), view_trim_right(shown)))
		return false;
	if (kind == ' ')
		put(t, old);
	return true;
}

static bool apply_whole(struct text *t, struct shown *d)
{
	struct view line;
	unsigned changes = 0;

	for (unsigned n = 0; n < SNAPSHOT_LINES_MAX; n++) {
		char kind = shown_line(d, &line);

		if (t->end && kind != '+')
			return changes > 0 && (kind == '\0' || view_trim(line).n == 0);
		if ((kind != ' ' && kind != '-' && kind != '+') || !take_line(t, kind, line))
			return false;
		changes += kind != ' ';
		d->next++;
	}
	return false;
}

static bool apply_hunks(struct text *t, struct shown *d)
{
	struct view line;
	unsigned changes = 0;

	while (shown_line(d, &line) == '@') {
		uint64_t old_count, new_count;

		if (!open_hunk(t, line, &old_count, &new_count))
			return false;
		for (d->next++; old_count || new_count; d->next++) {
			char kind = shown_line(d, &line);

			if ((kind != ' ' && kind != '-' && kind != '+') || (kind != '+' && old_count == 0) ||
				(kind != '-' && new_count == 0) || !take_line(t, kind, line))
				return false;
			old_count -= kind != '+';
			new_count -= kind != '-';
			changes += kind != ' ';
		}
		while (view_trim(evidence_line(d->ev, d->next)).n == 0 && shown_line(d, &line) == ' ' &&
			view_starts(view_trim(evidence_line(d->ev, d->next + 1)), "@@ -"))
			d->next++;
	}
	while (next_old(t, &line))
		put(t, line);
	return changes > 0;
}

static bool apply(struct shown d, struct view old, struct buf *out)
{
	struct text t = {.rest = old, .end = old.n == 0, .out = out};

	return (d.hunks ? apply_hunks(&t, &d) : apply_whole(&t, &d)) && !out->full;
}

/* "Snapshot: "a"" above "Received: "b"": texts of one line. vitest says "Expected:" and puts both in quotes once more.
 */
static bool one_line(const struct evidence *ev, size_t from, struct view old, struct buf *out)
{
	for (size_t i = from; i < from + 4; i++) {
		struct view text = view_trim(evidence_line(ev, i)), below = view_trim(evidence_line(ev, i + 1));
		bool vitest = view_starts(text, "Expected: ");

		if ((!vitest && !view_starts(text, "Snapshot: ")) || !view_starts(below, "Received: "))
			continue;
		text = view_trim(view_from(text, strlen("Snapshot: ")));
		below = view_trim(view_from(below, strlen("Received: ")));
		if (vitest && view_starts(text, "\"\"") && view_starts(below, "\"\"") && view_ends(below, "\"\"")) {
			text = view_sub(text, 1, text.n - 2);
			below = view_sub(below, 1, below.n - 2);
		}
		return view_eq(text, old) && writable(below) && buf_add_view(out, below);
	}
	return false;
}

/* The new stored text: with the quotes that differences of texts leave out, and lines of its own for several lines. */
static bool new_text(const struct evidence *ev, const struct snapshot *n, struct view stored, struct buf *ret)
{
	BUF_AUTO inner = buf_new(FIXER_FILE_BYTES_MAX);
	bool lines = view_starts(stored, "\n") && view_ends(stored, "\n") && stored.n > 2, quoted, bare;
	struct view old = lines ? view_sub(stored, 1, stored.n - 2) : stored;
	struct shown d;

	if (!find_block(&d, ev, n->at))
		return one_line(ev, n->at, old, ret);
	quoted = old.n >= 2 && view_starts(old, "\"") && view_ends(old, "\"");
	bare = !apply(d, old, &inner);
	if (bare) {
		buf_clear(&inner);
		if (!quoted || !apply(d, view_sub(old, 1, old.n - 2), &inner))
			return false;
	}
	lines = view_has(buf_view(&inner), "\n");
	buf_addf(ret, "%s%s", lines ? "\n" : "", bare ? "\"" : "");
	buf_add_view(ret, buf_view(&inner));
	buf_addf(ret, "%s%s", bare ? "\"" : "", lines ? "\n" : "");
	return !ret->full;
}

/* ---- the step ------------------------------------------------------------------------------------------ */

/* "  ● receipt › empty" of jest: another failure than that of a snapshot needs a person. */
static bool fails_otherwise(const struct evidence *ev, size_t i)
{
	struct view line = evidence_line(ev, i), name;
	bool jest = view_starts(line, "  \xe2\x97\x8f ") && !view_has(line, "Console") && !view_has(line, "obsolete");
	bool vitest = view_starts(view_trim(line), "FAIL ") && view_has(line, " > ");

	if (!jest && !vitest)
		return false;
	for (size_t k = i + 1; k < i + 8; k++)
		if (snapshot_name(evidence_line(ev, k), &name))
			return false;
	return true;
}

static int update(const struct evidence *ev, const struct snapshot *n, struct sources *set, struct err *e)
{
	struct source *s = sources_open(set, n->path, e);
	BUF_AUTO text = buf_new(FIXER_FILE_BYTES_MAX);
	struct view stored;

	if (!s || stored_text(s, n->name, &stored, e) != 0)
		return -1;
	if (!new_text(ev, n, stored, &text))
		return err_set(e, ERR_REFUSED, "the log does not show all of the snapshot `%.*s`", VIEW_ARG(n->name));
	return source_splice(s, (size_t)(stored.p - s->text.p), stored.n, arena_view(set->arena, buf_view(&text)), e);
}

static int update_all(const struct evidence *ev, struct sources *set, struct err *e)
{
	struct snapshot n = {0};
	unsigned count = 0;

	for (size_t i = 0; i < ev->text.count; i++) {
		const char *path = snapshot_file(ev, evidence_line(ev, i), set->arena);

		n.path = path ? path : n.path;
		if (fails_otherwise(ev, i))
			return err_set(e, ERR_REFUSED, "a test also fails for another reason: %.*s",
				VIEW_ARG(view_cut_utf8(view_trim(evidence_line(ev, i)), 200)));
		/* An annotation says again what stands above. */
		if (ev->text.lines[i].mark == LOG_ERROR || !snapshot_name(evidence_line(ev, i), &n.name))
			continue;
		if (!n.path)
			return err_set(e, ERR_REFUSED, "the log does not name the file of the test");
		n.at = i + 1;
		if (update(ev, &n, set, e) != 0)
			return -1;
		count++;
	}
	return count ? 0 : err_set(e, ERR_REFUSED, "the step shows no snapshot that differs");
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO set = sources_new(&ret->arena, q->tree);
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (update_all(&ev, &set, e) != 0)
		return fix_outcome(e);
	ret->tier = TIER_REVIEW;
	ret->confidence = 0.85;
	ret->summary = "update snapshots to what the tests gave";
	ret->reason = "the log shows how each snapshot differs; whether the new output is meant, only a person can say";
	return sources_propose(&set, ret, NULL,
		"every line of the stored snapshots is as the log shows it, and nothing else changed", e);
}

const struct fixer fixer_js_snapshot = {
	.id = "js/snapshot",
	.ecosystem = "js",
	.title = "Propose updated snapshots",
	.what = "jest and vitest print how a snapshot differs: writes the received text into the `.snap` file.",
	.why_safe =
		"For review only: a snapshot is an assertion, and the new output may be the fault. Every line of the "
		"stored snapshot must be as the log shows it, and no test may fail for another reason.",
	.tier = TIER_REVIEW,
	.answers = (const char *const[]){"js/*", "*snapshot*", "*jest*", "*vitest*", "generic/*", "runner/*", NULL},
	.paths = (const char *const[]){"*.snap", NULL},
	.max_files = 10,
	.max_lines = 500,
	.kind = FIX_EDITS,
	.heal_case = "js-jest-snapshot",
	.refuse_case = "js-jest-timeout-service",
	.propose = propose,
};
