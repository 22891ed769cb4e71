/* glob.c - file_glob(): braces are expanded, then a pattern of tokens runs as a set of states over the path, so that no
 * pattern makes it backtrack. */
#include "base/file.h"

#include <string.h>

#define TOKENS_MAX (FILE_GLOB_MAX + 1) /* what a trailing '/' adds is the one more */

enum kind {
	ONE,        /* this character */
	ANY,        /* '?' */
	CLASS,      /* [...] */
	STAR,       /* any run without '/' */
	ALL,        /* '**' not followed by '/': any run */
	COMPONENTS, /* '**' + '/': any number of whole components */
};

struct token {
	enum kind kind;
	uint32_t code;
	struct view set;
};

/* A character, or a byte that is none, told apart from all code points. */
static uint32_t take(struct view *v)
{
	uint32_t code;
	size_t n = view_utf8(*v, &code);

	if (n == 0) {
		code = 0x80000000u | (unsigned char)*v->p;
		n = 1;
	}
	*v = view_from(*v, n);
	return code;
}

static bool set_has(struct view set, uint32_t code)
{
	bool negated = view_starts(set, "!") || view_starts(set, "^"), hit = false;

	if (code == '/')
		return false;
	if (negated)
		set = view_from(set, 1);
	while (set.n && !hit) {
		uint32_t low = take(&set), high = low;

		if (set.n >= 2 && *set.p == '-') {
			set = view_from(set, 1);
			high = take(&set);
		}
		hit = code >= low && code <= high;
	}
	return hit != negated;
}

/* The content of the brackets; a ']' in front belongs to it. False when nothing closes it. */
static bool take_set(struct view *v, struct view *ret_set)
{
	size_t start = view_starts(*v, "!") || view_starts(*v, "^") ? 2 : 1;
	size_t end = view_find_char(view_from(*v, start), ']');

	if (end == VIEW_NONE)
		return false;
	*ret_set = view_sub(*v, 0, start + end);
	*v = view_from(*v, start + end + 1);
	return true;
}

static void take_stars(struct view *v, bool at_component, struct token *t)
{
	size_t stars = 1;

	while (stars < v->n && v->p[stars] == '*')
		stars++;
	*v = view_from(*v, stars);
	t->kind = stars == 1 ? STAR : ALL;
	if (t->kind == ALL && at_component && view_starts(*v, "/")) {
		t->kind = COMPONENTS;
		*v = view_from(*v, 1);
	}
}

/* The tokens of a pattern without braces; VIEW_NONE when it is malformed. */
static size_t tokenize(struct view v, struct token *tokens)
{
	size_t n = 0;
	bool at_component = true;

	for (; v.n; n++) {
		struct token *t = &tokens[n];

		*t = (struct token){.kind = ONE};
		if (*v.p == '*') {
			take_stars(&v, at_component, t);
			at_component = t->kind == COMPONENTS;
			continue;
		}
		t->code = take(&v);
		at_component = t->code == '/';
		if (t->code == '?')
			t->kind = ANY;
		else if (t->code == '\\' && v.n)
			t->code = take(&v);
		else if (t->code == '[' && take_set(&v, &t->set))
			t->kind = CLASS;
		else if (t->code == '[' || t->code == '\\')
			return VIEW_NONE;
	}
	return n;
}

static bool steps(const struct token *t, uint32_t code)
{
	switch (t->kind) {
	case ONE:
		return t->code == code;
	case ANY:
		return code != '/';
	case CLASS:
		return set_has(t->set, code);
	default:
		return false;
	}
}

static bool stays(const struct token *t, uint32_t code)
{
	return t->kind == ALL || t->kind == COMPONENTS || (t->kind == STAR && code != '/');
}

/* Wherever a star stands, the state behind it holds as well. */
static void skip_stars(const struct token *tokens, size_t n, bool *states, bool at_component)
{
	for (size_t i = 0; i < n; i++)
		if (states[i] && (tokens[i].kind == STAR || tokens[i].kind == ALL ||
					 (tokens[i].kind == COMPONENTS && at_component)))
			states[i + 1] = true;
}

static bool run(const struct token *tokens, size_t n, struct view path)
{
	bool states[TOKENS_MAX + 1] = {true}, next[TOKENS_MAX + 1];

	skip_stars(tokens, n, states, true);
	while (path.n) {
		uint32_t code = take(&path);
		bool alive = false;

		memset(next, 0, n + 1);
		for (size_t i = 0; i < n; i++) {
			if (!states[i])
				continue;
			next[i] |= stays(&tokens[i], code);
			next[i + 1] |= steps(&tokens[i], code);
			alive |= next[i] || next[i + 1];
		}
		if (!alive)
			return false;
		memcpy(states, next, n + 1);
		skip_stars(tokens, n, states, code == '/');
	}
	return states[n];
}

/* What has become of a pattern while its braces are expanded. */
struct expansion {
	struct view path;
	unsigned left; /* alternatives that may still come */
	bool hit, malformed;
};

static void match(struct expansion *x, struct view pattern)
{
	struct token tokens[TOKENS_MAX];
	struct view path = x->path;
	bool below = view_ends(pattern, "/");
	size_t n, slash = view_find_char(pattern, '/');

	if (slash == VIEW_NONE)
		path = view_from(path, view_find_last_char(path, '/') + 1);
	else if (slash == 0)
		pattern = view_from(pattern, 1);
	n = tokenize(pattern, tokens);
	if (n == VIEW_NONE || n == 0 || x->left == 0) {
		x->malformed = true;
		return;
	}
	x->left--;
	if (below)
		tokens[n++] = (struct token){.kind = ALL};
	x->hit = path.n && run(tokens, n, path);
}

/* Offset of the first of `wanted` that stands in no set and no braces opened on the way. */
static size_t find_brace(struct view v, size_t i, const char *wanted)
{
	int depth = 0;

	for (; i < v.n; i++) {
		char c = v.p[i];
		struct view rest = view_from(v, i + 1), set;

		if (c && depth == 0 && strchr(wanted, c))
			return i;
		if (c == '\\')
			i++;
		else if (c == '[' && take_set(&rest, &set))
			i = v.n - rest.n - 1;
		else if (c == '{')
			depth++;
		else if (c == '}')
			depth--;
	}
	return VIEW_NONE;
}

static size_t append(char *text, size_t n, struct view v)
{
	if (v.n)
		memcpy(text + n, v.p, v.n);
	return n + v.n;
}

/* Each round removes a pair of braces: text and recursion are bounded by the length of the pattern. */
static void expand(struct expansion *x, struct view pattern)
{
	size_t open = find_brace(pattern, 0, "{}"), close, start, end, n;
	char text[FILE_GLOB_MAX];

	if (open == VIEW_NONE) {
		match(x, pattern);
		return;
	}
	close = find_brace(pattern, open + 1, "}");
	x->malformed |= pattern.p[open] == '}' || close == VIEW_NONE;
	for (start = open + 1; !x->hit && !x->malformed && start <= close; start = end + 1) {
		end = find_brace(pattern, start, ",}");
		n = append(text, 0, view_sub(pattern, 0, open));
		n = append(text, n, view_sub(pattern, start, end - start));
		n = append(text, n, view_from(pattern, close + 1));
		expand(x, view_make(text, n));
	}
}

bool file_glob(const char *pattern, struct view path)
{
	struct expansion x = {.path = path, .left = FILE_GLOB_ALTERNATIVES};

	if (strlen(pattern) > FILE_GLOB_MAX)
		return false;
	expand(&x, view_of(pattern));
	return x.hit;
}

int file_glob_check(const char *pattern, struct err *e)
{
	struct expansion x = {.left = FILE_GLOB_ALTERNATIVES};

	if (!*pattern)
		return err_set(e, ERR_INPUT, "empty pattern");
	if (strlen(pattern) > FILE_GLOB_MAX)
		return err_set(e, ERR_INPUT, "pattern longer than %d bytes", FILE_GLOB_MAX);
	expand(&x, view_of(pattern));
	if (x.malformed && x.left == 0)
		return err_set(e, ERR_INPUT, "pattern with more than %d alternatives", FILE_GLOB_ALTERNATIVES);
	return x.malformed ? err_set(e, ERR_INPUT, "malformed pattern: %s", pattern) : 0;
}
