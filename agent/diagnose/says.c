#include "diagnose/says.h"

#include <ctype.h>

static bool starts_with_any(struct view text, const char *const *list)
{
	for (; *list; list++)
		if (view_starts(text, *list))
			return true;
	return false;
}

bool says_any(struct view text, const char *const *list)
{
	for (; *list; list++)
		if (view_has(text, *list))
			return true;
	return false;
}

bool says_pass(struct view line)
{
	static const char *const starts[] = {"✓ ", "✔ ", "√ ", "(pass) ", "(skip) ", "ok ", "PASS ",
		"PASS:", "--- PASS", "[       OK ]", "[  SKIPPED ]", NULL};
	static const char *const ends[] = {" ... ok", " PASSED", " ... skipped", NULL};
	line = view_trim(line);
	for (size_t i = 0; ends[i]; i++)
		if (view_ends(line, ends[i]))
			return true;
	return starts_with_any(line, starts) || view_has(line, " PASSED ");
}

bool says_fail(struct view line)
{
	static const char *const starts[] = {
		"(fail) ", "not ok ", "[  FAILED  ]", "--- FAIL", "✗ ", "✘ ", "✕ ", "× ", NULL};
	line = view_trim(line);
	return starts_with_any(line, starts) || view_ends(line, " FAILED") || view_has(line, " FAILED ");
}

/* "attempt 2", "Attempt 3/5": one that is not the first. */
static bool later_attempt(struct view line)
{
	size_t at = view_find(line, "ttempt ");
	if (at == VIEW_NONE)
		return false;
	struct view rest = view_trim(view_from(line, at + sizeof "ttempt " - 1));
	rest = view_from(rest, view_starts(rest, "#"));
	return rest.n && rest.p[0] >= '2' && rest.p[0] <= '9';
}

bool says_retry(struct view line)
{
	static const char *const parts[] = {"etrying", "etried", "before retry", "will retry", "to retry in",
		"rying again", "ry again in ", "Attempt 1 failed", "attempt 1 failed", NULL};
	return says_any(line, parts) || later_attempt(line);
}

bool says_success(struct view line)
{
	static const char *const starts[] = {"✅", "✔ ", "✓ ", "√ ", "Successfully ", "Done.", "Done in ", NULL};
	static const char *const ends[] = {
		" successfully", " successfully.", " successfully!", " completed.", " succeeded.", NULL};
	line = view_trim(line);
	for (size_t i = 0; ends[i]; i++)
		if (view_ends(line, ends[i]))
			return true;
	return starts_with_any(line, starts);
}

bool says_count(struct view line)
{
	static const char *const of[] = {"fail", "error", "problem", "issue", "offense", "violation", "warning", NULL};
	while (line.n && !isalnum((unsigned char)*line.p))
		line = view_from(line, 1);
	if (view_starts(line, "Found "))
		line = view_from(line, sizeof "Found " - 1);
	size_t digits = 0;
	while (digits < line.n && isdigit((unsigned char)line.p[digits]))
		digits++;
	struct view rest = view_sub(line, digits, 24);
	return digits && digits < 7 && view_starts(rest, " ") && says_any(rest, of);
}

bool says_command(struct view line)
{
	static const char *const parts[] = {"returned non-zero exit status", "CalledProcessError",
		"ommand failed with exit code", "ommand failed: ", "finished with non-zero exit value",
		"exited with code ", "exited with status ", "exited with non-zero", "failed with exit code ",
		"failed with status ", NULL};
	return says_any(line, parts);
}

bool says_property(struct view line)
{
	struct view text = view_trim(line);
	size_t name = 0;
	if (text.n == line.n || (!view_ends(text, ",") && !view_ends(text, "'") && !view_ends(text, "\"")))
		return false;
	bool quoted = view_starts(text, "\"") || view_starts(text, "'");
	for (name = quoted; name < text.n && (isalnum((unsigned char)text.p[name]) || text.p[name] == '_'); name++)
		;
	struct view rest = view_from(text, name + quoted);
	return name > quoted && (view_starts(rest, ": '") || view_starts(rest, ": \""));
}

bool says_source(struct view line)
{
	static const char *const starts[] = {"throw ", "raise ", "console.", "print(", "sys.exit(", "process.exit(",
		"reject(", "echo \"", "echo '", NULL};
	struct view text = view_trim(line);
	return text.n < line.n && starts_with_any(text, starts);
}
