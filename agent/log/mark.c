#include "log/decode.h"

struct word {
	const char *name;
	enum log_mark mark;
};

/* Both spellings, "##[error]" and "::error::", know the same words. */
static const struct word words[] = {
	{"group", LOG_GROUP},
	{"endgroup", LOG_ENDGROUP},
	{"command", LOG_COMMAND},
	{"error", LOG_ERROR},
	{"warning", LOG_WARNING},
	{"notice", LOG_NOTICE},
	{"debug", LOG_DEBUG},
	{"start-action", LOG_ACTION},
	{"end-action", LOG_ACTION},
	{"section", LOG_SECTION},
	{"add-mask", LOG_SECTION},
	{"add-matcher", LOG_SECTION},
	{"remove-matcher", LOG_SECTION},
	{"add-path", LOG_SECTION},
	{"echo", LOG_SECTION},
	{"save-state", LOG_SECTION},
	{"set-env", LOG_SECTION},
	{"set-output", LOG_SECTION},
	{"stop-commands", LOG_SECTION},
};

/* "##[word properties]text" or "::word properties::text", taken apart. */
struct command {
	enum log_mark mark;
	struct view properties;
	size_t text; /* offset of what stands behind */
};

static const struct word *find_word(struct view name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (view_is(name, words[i].name))
			return &words[i];
	return NULL;
}

static bool take_apart(struct view text, size_t start, const char *close, struct command *ret)
{
	struct view inner = view_from(text, start);
	size_t end = view_find(view_sub(inner, 0, LOG_COMMAND_MAX), close), blank;
	const struct word *word;

	if (end == VIEW_NONE)
		return false;
	inner = view_sub(inner, 0, end);
	blank = view_find_char(inner, ' ');
	word = find_word(view_sub(inner, 0, blank));
	if (!word)
		return false;
	ret->mark = word->mark;
	ret->properties = blank == VIEW_NONE ? (struct view){0} : view_from(inner, blank + 1);
	ret->text = start + end + strlen(close);
	return true;
}

/* The runner allows blanks before "::", not before "##[". */
static bool parse(struct view text, struct command *ret)
{
	size_t blanks = 0;

	if (view_starts(text, "##["))
		return take_apart(text, 3, "]", ret);
	while (blanks < text.n && text.p[blanks] == ' ')
		blanks++;
	return view_starts(view_from(text, blanks), "::") && take_apart(text, blanks + 2, "::", ret);
}

struct decode_mark decode_mark(struct view text)
{
	struct decode_mark m = {0};
	struct command c;

	if (view_starts(text, "[command]")) {
		m.mark = LOG_COMMAND;
		m.skip = sizeof("[command]") - 1;
		return m;
	}
	if (!parse(text, &c))
		return m;
	m.mark = (uint8_t)c.mark;
	m.skip = c.text;
	if (c.mark == LOG_ACTION) { /* all it says stands within the brackets */
		m.skip = 3;
		m.trim = view_ends(text, "]");
	} else if (view_starts(c.properties, "file=") || view_has(c.properties, ",file=")) {
		m.flags = LOG_HAS_FILE;
	}
	return m;
}

/* The runner's escapes: %25 %0D %0A %3A %2C. In place: the text only gets shorter. */
static struct view unescape(char *p, size_t n)
{
	static const char *const escapes[] = {"%25%", "%0D\r", "%0A\n", "%3A:", "%2C,"};
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		char c = p[i];

		for (size_t k = 0; c == '%' && k < sizeof(escapes) / sizeof(*escapes); k++)
			if (n - i >= 3 && view_eq_nocase(view_make(p + i, 3), view_make(escapes[k], 3))) {
				c = escapes[k][3];
				i += 2;
				break;
			}
		p[length++] = c;
	}
	return view_make(p, length);
}

static uint32_t number(struct view v)
{
	uint64_t n;

	return view_number(v, UINT32_MAX, &n) ? (uint32_t)n : 0;
}

static void set_property(struct view name, char *value, size_t n, struct log_properties *ret)
{
	if (view_is(name, "file"))
		ret->file = unescape(value, n);
	else if (view_is(name, "title"))
		ret->title = unescape(value, n);
	else if (view_is(name, "line"))
		ret->line = number(view_make(value, n));
	else if (view_is(name, "col"))
		ret->column = number(view_make(value, n));
}

bool decode_properties(struct view text, struct log_properties *ret, struct buf *storage)
{
	struct command c;
	struct view rest, piece;

	*ret = (struct log_properties){0};
	if (!parse(text, &c) || c.properties.n == 0)
		return false;
	buf_clear(storage);
	if (!buf_add_view(storage, c.properties))
		return false;
	rest = buf_view(storage);
	while (view_next(&rest, ',', &piece)) {
		size_t equals = view_find_char(piece, '='), at = (size_t)(piece.p - storage->p) + equals + 1;

		if (equals != VIEW_NONE)
			set_property(view_trim(view_sub(piece, 0, equals)), storage->p + at, piece.n - equals - 1, ret);
	}
	return true;
}
