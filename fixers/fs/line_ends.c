/* fs/script-line-ends - a script with CR LF line ends: the kernel looks for a program called "bash\r". */
#include "fixers/evidence.h"
#include "fixers/source.h"

#include <string.h>

#define SCRIPTS_MAX 8u

/* "env: 'bash\r': No such file", "bad interpreter: /bin/bash^M", "x.sh: line 2: $'\r': command not found" */
static bool speaks_of_cr(struct view line)
{
	return view_has(line, "bash\\r") || view_has(line, "sh\\r") || view_has(line, "python3\\r") ||
	       view_has(line, "python\\r") || view_has(line, "$'\\r'") || view_has(line, "\\r''") ||
	       view_has(line, "^M: bad interpreter") || (view_has(line, "bad interpreter") && view_has(line, "^M"));
}

static bool has_cr(const struct source *s)
{
	struct view first = view_sub(s->text, 0, source_offset(s, 2));

	return view_starts(first, "#!") && view_ends(first, "\r\n");
}

static int convert(struct source *s, struct err *e)
{
	for (size_t i = 1; i < s->text.n; i++)
		if (s->text.p[i] == '\n' && s->text.p[i - 1] == '\r' &&
			source_splice(s, i - 1, 1, (struct view){0}, e) != 0)
			return -1;
	return 0;
}

/* Every word of the text that is such a script. */
static int convert_named(
	const struct evidence *ev, struct view text, struct sources *set, struct arena *a, struct err *e)
{
	struct view line, word;

	while (view_next(&text, '\n', &line))
		while (view_word(&line, &word)) {
			const char *path;
			struct source *s;

			while (word.n && strchr("\"'(`", *word.p))
				word = view_from(word, 1);
			while (word.n && strchr("\"'):;,`", word.p[word.n - 1]))
				word.n--;
			path = word.n > 2 ? evidence_path(ev, word, a, NULL) : NULL;
			s = path ? sources_open(set, path, NULL) : NULL;
			if (s && s->splice_count == 0 && set->count <= SCRIPTS_MAX && has_cr(s) && convert(s, e) != 0)
				return -1;
		}
	return 0;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	SOURCES_AUTO set = sources_new(&ret->arena, q->tree);
	bool said = false;
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	for (size_t i = 0; i < ev.text.count; i++) {
		struct view line = evidence_line(&ev, i);

		if (!speaks_of_cr(line))
			continue;
		said = true;
		if (convert_named(&ev, line, &set, &ret->arena, e) != 0)
			return fix_outcome(e);
	}
	if (!said)
		return fix_refuse(e, "the step does not speak of carriage returns");
	if (convert_named(&ev, ev.command, &set, &ret->arena, e) != 0)
		return fix_outcome(e);
	ret->tier = TIER_HEAL;
	ret->confidence = 0.96;
	ret->summary = "end the lines of the script with LF";
	ret->reason =
		"the interpreter of the script is looked for with the carriage return at the end of its first line";
	return sources_propose(&set, ret, edit_only_white, "nothing but line ends changed", e);
}

const struct fixer fixer_fs_script_line_ends = {
	.id = "fs/script-line-ends",
	.ecosystem = "fs",
	.title = "End the lines of a script with LF",
	.what = "`/usr/bin/env: 'bash\\r': No such file or directory`: turns the CR LF line ends of the script that "
		"the step runs into LF.",
	.why_safe = "Only a file that the failing step names, that begins with `#!` and whose first line ends with CR "
		    "LF, and only when the "
		    "step speaks of that carriage return. Nothing but line ends changes.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*", NULL},
	.paths = (const char *const[]){"**", NULL},
	.max_files = SCRIPTS_MAX,
	.max_lines = 4000,
	.kind = FIX_EDITS,
	.heal_case = "sh-crlf-script",
	.refuse_case = "sh-script-not-executable",
	.propose = propose,
};
