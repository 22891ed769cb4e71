/* Recognising the program that a line of shell starts, without being a shell. */
#include "fixers/evidence.h"

#include <string.h>

/* Words that stand before the program itself. */
static bool is_wrapper(struct view word)
{
	static const char *const wrappers[] = {"$", "+", "++", "+++", "!", "if", "then", "do", "else", "while", "time",
		"sudo", "env", "exec", "command", "nice", "xargs", "npx", "pnpm", "yarn", "bunx", "bun", "bundle",
		"poetry", "pipenv", "pipx", "uv", "uvx", "pdm", "hatch", "rye", "run", "python", "python3", "py", "nox",
		"find", "bash", "sh", NULL};

	if (view_find_char(word, '=') != VIEW_NONE || view_starts(word, "-"))
		return true;
	if (view_starts(word, "python3.") || view_starts(word, "$("))
		return true;
	for (const char *const *w = wrappers; *w; w++)
		if (view_is(word, *w))
			return true;
	return false;
}

/* "DavidAnson/markdownlint-cli2-action@v17" is about markdownlint-cli2. */
static struct view without_action(struct view name)
{
	static const char *const before[] = {"actions-", "action-", "gh-action-", NULL};

	for (const char *const *b = before; *b; b++)
		if (view_starts(name, *b))
			return view_from(name, strlen(*b));
	return view_ends(name, "-action") ? view_sub(name, 0, name.n - strlen("-action")) : name;
}

static struct view base_name(struct view word)
{
	bool action;

	size_t at, slash;

	while (word.n && strchr("\"'", *word.p))
		word = view_from(word, 1);
	at = view_find_char(word, '@');
	action = at != VIEW_NONE && at > 0;
	if (at != VIEW_NONE && at > 0)
		word = view_sub(word, 0, at);
	slash = view_find_last_char(word, '/');
	if (slash == VIEW_NONE)
		slash = view_find_last_char(word, '\\');
	word = slash == VIEW_NONE ? word : view_from(word, slash + 1);
	if (action)
		return without_action(word);
	return view_ends(word, ".exe") ? view_sub(word, 0, word.n - 4) : word;
}

/* Takes the words of `program` off *rest; options may stand between them ("git --no-pager diff"). */
static bool take_program(struct view *rest, struct view program)
{
	struct view want, word;

	if (!view_word(&program, &want) || !view_word(rest, &word) || !view_eq(base_name(word), want))
		return false;
	while (view_word(&program, &want)) {
		do {
			if (!view_word(rest, &word))
				return false;
		} while (view_starts(word, "-") && !view_starts(want, "-"));
		if (!view_eq(word, want))
			return false;
	}
	return true;
}

/* Behind a wrapper's option its argument may stand ("poetry run -C api black"). */
static bool simple_starts(struct view command, const char *program, struct view *ret_rest)
{
	struct view rest = command, word;
	bool after_option = false;

	for (;;) {
		struct view behind = rest;
		bool wrapper;

		if (take_program(&behind, view_of(program))) {
			*ret_rest = behind;
			return true;
		}
		if (!view_word(&rest, &word))
			return false;
		wrapper = is_wrapper(word);
		if (!wrapper && !after_option)
			return false;
		after_option = wrapper && view_starts(word, "-") && rest.p > command.p + word.n;
	}
}

/* Length of the simple command that the line begins with. What stands in quotes belongs to it, but for "$(...)". */
static size_t simple_length(struct view line)
{
	char quote = 0;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (c == '\n' || c == '`' || (c == '(' && i > 0 && line.p[i - 1] == '$' && quote != '\''))
			return i;
		if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else if (!quote && strchr(";&|(){}<>", c))
			return i;
	}
	return line.n;
}

bool command_find(struct view line, const char *program, struct view *ret_arguments)
{
	while (line.n) {
		size_t end = simple_length(line);

		if (end && simple_starts(view_sub(line, 0, end), program, ret_arguments))
			return true;
		/* Behind "$(...)" the quote that was open before it is closed. */
		end += end + 1 < line.n && line.p[end] == ')' && line.p[end + 1] == '"';
		line = view_from(line, end + 1);
	}
	return false;
}

bool command_starts(struct view line, const char *program)
{
	struct view ignored;

	return command_find(line, program, &ignored);
}
