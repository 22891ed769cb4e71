#include "fixers/diff/unified.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	const struct view *lines;
	size_t count, at;
	struct arena *arena;
	struct err *e;
	struct diff_file *files;
	size_t file_count, hunk_count, line_count;
};

static struct view line_at(const struct reader *r, size_t i)
{
	return i < r->count ? r->lines[i] : (struct view){0};
}

static bool more(const struct reader *r)
{
	return r->at < r->count;
}

/* ---- hunks ------------------------------------------------------------------------------------ */

static bool take_number(struct view *v, uint32_t *ret)
{
	size_t n = 0;
	uint64_t number;

	while (n < v->n && v->p[n] >= '0' && v->p[n] <= '9')
		n++;
	if (!view_number(view_sub(*v, 0, n), INT32_MAX, &number))
		return false;
	*ret = (uint32_t)number;
	*v = view_from(*v, n);
	return true;
}

static bool take_range(struct view *v, char sign, uint32_t *start, uint32_t *count)
{
	if (v->n == 0 || *v->p != sign)
		return false;
	*v = view_from(*v, 1);
	*count = 1;
	if (!take_number(v, start))
		return false;
	if (v->n == 0 || *v->p != ',')
		return true;
	*v = view_from(*v, 1);
	return take_number(v, count);
}

static bool hunk_header(struct view line, struct diff_hunk *h)
{
	if (!view_starts(line, "@@ "))
		return false;
	line = view_from(line, 3);
	if (!take_range(&line, '-', &h->old_start, &h->old_count) || !view_starts(line, " "))
		return false;
	line = view_from(line, 1);
	return take_range(&line, '+', &h->new_start, &h->new_count) && view_starts(line, " @@");
}

/* Some programs and editors print an empty context line without its blank. */
static bool body_line(struct view text, struct diff_line *ret)
{
	char kind = text.n ? *text.p : ' ';

	if (kind != ' ' && kind != '-' && kind != '+')
		return false;
	*ret = (struct diff_line){.kind = kind, .text = view_from(text, 1)};
	return true;
}

static bool is_no_newline(struct view text)
{
	return view_starts(text, "\\ No newline at end of file") || view_is(text, "\\ No newline");
}

/* A line that would belong to the hunk, had its header counted it; not one that a shell traces ("+ make"). */
static bool is_left_over(struct view line)
{
	if (line.n < 2 || (*line.p != '+' && *line.p != '-') || line.p[1] == *line.p)
		return false;
	return line.p[1] != ' ' || (line.n > 2 && line.p[2] == ' ');
}

static int read_hunk(struct reader *r, struct diff_hunk *h)
{
	uint64_t want_old = h->old_count, want_new = h->new_count;
	struct diff_line *lines;
	size_t n = 0;

	if (want_old + want_new > DIFF_LINES_MAX - r->line_count || ++r->hunk_count > DIFF_HUNKS_MAX)
		return err_set(r->e, ERR_INPUT, "the printed diff is too large");
	lines = arena_array(r->arena, (size_t)(want_old + want_new + 1), sizeof(*lines));
	while (want_old || want_new) {
		struct diff_line *one = &lines[n];

		if (!more(r) || !body_line(line_at(r, r->at), one))
			return err_set(r->e, ERR_INPUT, "the printed diff is cut or mixed with other output");
		if ((one->kind != '+' && want_old == 0) || (one->kind != '-' && want_new == 0))
			return err_set(r->e, ERR_INPUT, "the lines of a printed hunk do not add up");
		want_old -= one->kind != '+';
		want_new -= one->kind != '-';
		r->at++;
		n++;
		if (is_no_newline(line_at(r, r->at))) {
			one->no_newline = true;
			r->at++;
		}
	}
	if (is_left_over(line_at(r, r->at)))
		return err_set(r->e, ERR_INPUT, "the lines of a printed hunk do not add up");
	h->lines = lines;
	h->line_count = n;
	r->line_count += n;
	return 0;
}

static bool looks_like_body(struct view line)
{
	return line.n && strchr(" -+", *line.p);
}

size_t diff_read_body(struct diff_hunk *ret, const struct view *lines, size_t count, struct arena *a)
{
	struct diff_line *body;
	size_t n = 0;

	*ret = (struct diff_hunk){0};
	while (n < count && n < DIFF_LINES_MAX &&
		(looks_like_body(lines[n]) || (lines[n].n == 0 && n + 1 < count && looks_like_body(lines[n + 1]))))
		n++;
	body = arena_array(a, n + 1, sizeof(*body));
	for (size_t i = 0; i < n; i++) {
		body_line(lines[i], &body[i]);
		ret->old_count += body[i].kind != '+';
		ret->new_count += body[i].kind != '-';
	}
	ret->lines = body;
	ret->line_count = n;
	return n;
}

static int read_hunks(struct reader *r, struct diff_file *f)
{
	struct diff_hunk *hunks = NULL, one = {0};
	size_t cap = 0;
	int status = 0;

	while (status == 0 && hunk_header(line_at(r, r->at), &one)) {
		r->at++;
		MEM_PUSH(hunks, f->hunk_count, cap);
		status = read_hunk(r, &one);
		hunks[f->hunk_count++] = one;
	}
	f->hunks = arena_array(r->arena, f->hunk_count + 1, sizeof(*f->hunks));
	if (hunks)
		memcpy(f->hunks, hunks, f->hunk_count * sizeof(*hunks));
	free(hunks);
	return status;
}

/* ---- file headers ----------------------------------------------------------------------------- */

/* Three octal digits of one byte. */
static bool octal(struct view v)
{
	if (v.n < 3 || v.p[0] < '0' || v.p[0] > '3')
		return false;
	return v.p[1] >= '0' && v.p[1] <= '7' && v.p[2] >= '0' && v.p[2] <= '7';
}

/* "docs/\303\274ber.md" with its quotes, as git writes names outside ASCII. */
static struct view unquote(struct arena *a, struct view name)
{
	char *text;
	size_t n = 0;

	if (name.n < 2 || *name.p != '"' || name.p[name.n - 1] != '"')
		return name;
	name = view_sub(name, 1, name.n - 2);
	text = arena_alloc(a, name.n + 1);
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c == '\\' && octal(view_from(name, i + 1))) {
			text[n++] =
				(char)((name.p[i + 1] - '0') * 64 + (name.p[i + 2] - '0') * 8 + (name.p[i + 3] - '0'));
			i += 3;
		} else if (c == '\\' && i + 1 < name.n) {
			static const char from[] = "abtnvfr", to[] = "\a\b\t\n\v\f\r";
			const char *known = strchr(from, name.p[++i]);

			text[n++] = known && *known ? to[known - from] : name.p[i];
		} else {
			text[n++] = c;
		}
	}
	return view_make(text, n);
}

/* The name behind "--- " or "+++ ": a TAB begins the date or a remark. */
static struct view header_name(struct arena *a, struct view line)
{
	struct view name = view_from(line, 4);
	size_t tab = view_find_char(name, '\t');

	if (tab != VIEW_NONE)
		name = view_sub(name, 0, tab);
	return unquote(a, view_trim_right(name));
}

static bool is_names(const struct reader *r, size_t i)
{
	return view_starts(line_at(r, i), "--- ") && view_starts(line_at(r, i + 1), "+++ ");
}

static int read_mode(struct reader *r, struct view mode, struct diff_file *f)
{
	if (!view_is(mode, "100644") && !view_is(mode, "100755"))
		return err_set(
			r->e, ERR_INPUT, "the printed diff has a file of mode %.*s", VIEW_ARG(view_cut_utf8(mode, 20)));
	f->executable = view_is(mode, "100755");
	return 0;
}

static int read_index(struct reader *r, struct view rest, struct diff_file *f)
{
	size_t dots = view_find(rest, "..");
	struct view ids, mode;

	if (dots == VIEW_NONE || !view_word(&rest, &ids))
		return 0;
	f->old_id = view_sub(ids, 0, dots);
	f->new_id = view_from(ids, dots + 2);
	return view_word(&rest, &mode) ? read_mode(r, mode, f) : 0;
}

/* The lines between "diff --git" and "---". 1: it was one of them; 0: not; -1: unusable. */
static int extended_header(struct reader *r, struct view line, struct diff_file *f)
{
	static const char *const refused[] = {"rename ", "copy ", "similarity index", "dissimilarity index",
		"GIT binary patch", "Binary files ", NULL};
	static const struct {
		const char *prefix;
		bool creates, deletes, mode;
	} modes[] = {{"new file mode ", true, false, false}, {"deleted file mode ", false, true, false},
		{"old mode ", false, false, false}, {"new mode ", false, false, true}};

	for (const char *const *p = refused; *p; p++)
		if (view_starts(line, *p))
			return err_set(r->e, ERR_INPUT, "the printed diff renames, copies or is binary");
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (!view_starts(line, modes[i].prefix))
			continue;
		f->creates |= modes[i].creates;
		f->deletes |= modes[i].deletes;
		f->mode_changes |= modes[i].mode;
		return read_mode(r, view_from(line, strlen(modes[i].prefix)), f) ? -1 : 1;
	}
	if (view_starts(line, "index "))
		return read_index(r, view_from(line, 6), f) ? -1 : 1;
	return 0;
}

/* "diff --git a/x b/x": names of a diff without "---" lines (mode only). Only the plain form with equal halves. */
static void names_of_git_line(struct reader *r, struct view line, struct diff_file *f)
{
	struct view both = view_from(line, strlen("diff --git "));

	if (both.n > 4 && both.n % 2 == 1 && both.p[both.n / 2] == ' ') {
		f->old_name = unquote(r->arena, view_sub(both, 0, both.n / 2));
		f->new_name = unquote(r->arena, view_from(both, both.n / 2 + 1));
	}
}

static int read_names_and_hunks(struct reader *r, struct diff_file *f)
{
	f->old_name = header_name(r->arena, line_at(r, r->at));
	f->new_name = header_name(r->arena, line_at(r, r->at + 1));
	r->at += 2;
	f->creates |= view_is(f->old_name, "/dev/null");
	f->deletes |= view_is(f->new_name, "/dev/null");
	return read_hunks(r, f);
}

static int read_git_file(struct reader *r, struct diff_file *f)
{
	int status = 1;

	f->git = true;
	names_of_git_line(r, line_at(r, r->at++), f);
	while (more(r) && (status = extended_header(r, line_at(r, r->at), f)) == 1)
		r->at++;
	if (status < 0)
		return -1;
	/* After a mere change of mode the next names may be those of another diff. */
	if (!is_names(r, r->at) || (f->mode_changes && !view_eq(header_name(r->arena, line_at(r, r->at)), f->old_name)))
		return 0;
	return read_names_and_hunks(r, f);
}

/* 1: a file was read, 0: this line begins none, -1: unusable */
static int read_file(struct reader *r, struct diff_file *f)
{
	struct view line = line_at(r, r->at);
	struct diff_hunk h;
	int status;

	*f = (struct diff_file){.first = r->at};
	if (view_starts(line, "diff --cc ") || view_starts(line, "diff --combined "))
		return err_set(r->e, ERR_INPUT, "the printed diff is a combined one");
	if (view_starts(line, "diff --git "))
		status = read_git_file(r, f);
	else if (hunk_header(line, &h))
		return err_set(r->e, ERR_INPUT, "a printed hunk belongs to no file");
	else if (!is_names(r, r->at))
		return 0;
	else if (!hunk_header(line_at(r, r->at + 2), &h))
		return err_set(r->e, ERR_INPUT, "the printed diff has a file without hunks");
	else
		status = read_names_and_hunks(r, f);
	f->last = r->at ? r->at - 1 : 0;
	if (status == 0 && f->git && f->hunk_count == 0 && !f->mode_changes && !f->creates && !f->deletes)
		return err_set(r->e, ERR_INPUT, "the printed diff has a file without a change");
	return status < 0 ? -1 : 1;
}

int diff_read(struct diff *ret, const struct view *lines, size_t count, struct arena *a, struct err *e)
{
	struct reader r = {.lines = lines, .count = count, .arena = a, .e = e};

	r.files = arena_array(a, DIFF_FILES_MAX, sizeof(*r.files));
	while (more(&r)) {
		struct diff_file one;
		int status = read_file(&r, &one);

		if (status < 0)
			return -1;
		if (status == 0) {
			r.at++;
			continue;
		}
		if (r.file_count == DIFF_FILES_MAX)
			return err_set(e, ERR_INPUT, "the printed diff has more than %u files", DIFF_FILES_MAX);
		r.files[r.file_count++] = one;
	}
	*ret = (struct diff){r.files, r.file_count};
	if (r.file_count == 0) {
		err_set(e, ERR_NOT_FOUND, "no diff was printed");
		return 0;
	}
	return 1;
}
