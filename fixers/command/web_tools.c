/* Commands for the web: stylelint, biome, standard. */
#include "fixers/command/tool.h"

#define ANSWERS(...) LIST("js/*", "gate/*", "generic/*", "runner/*", "shell/*", "make/*", __VA_ARGS__)
#define SCRIPTS ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts"

/* "2 problems (2 errors, 0 warnings)" and "2 errors potentially fixable with the "--fix" option.": all of them? */
static bool stylelint_mends_all(const struct evidence *ev)
{
	int64_t errors = -1, fixable = -2;

	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);

		if (view_has(line, " problem") && view_has(line, " error") && view_has(line, "("))
			errors = tool_count_behind(line, "(");
		if (view_has(line, "potentially fixable with the \"--fix\" option"))
			fixable = tool_count_behind(line, "");
	}
	return errors == fixable;
}

static const struct tool js_stylelint = {
	.program = "stylelint",
	.extensions = LIST(".css", ".scss", ".sass", ".less", ".vue", ".svelte", ".html"),
	.name = tool_heading_path,
	.mends_all = stylelint_mends_all,
	.fix = LIST("stylelint", "--fix"),
	.check = LIST("stylelint"),
	.kept_options = LIST("--custom-syntax=", "--max-warnings="),
	.known_options =
		LIST("--color", "--no-color", "--cache", "--allow-empty-input", "--aei", "-f=", "--formatter="),
	.summary = "fix with stylelint --fix",
};
TOOL_FIXER(js_stylelint, .id = "js/stylelint", .ecosystem = "js", .title = "Fix with stylelint --fix",
	.what = "Runs `stylelint --fix` on the named files when stylelint says that it can fix every error.",
	.why_safe = TOOL_ONLY_NAMED TOOL_REPOSITORY_CODE, .tier = TIER_HEAL, .answers = ANSWERS("*stylelint*"),
	.paths = LIST("**"), .program = "stylelint", .runs_repository_code = true,
	.version_argv = LIST("stylelint", "--version"), .heal_case = "js-stylelint",
	.refuse_case = "js-stylelint-mixed");

/* "src/a.js format ━━━" and "src/a.js:2:11 lint/suspicious/noDebugger  FIXABLE  ━━━" */
static bool biome_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = evidence_line(ev, i), rest = line, what;
	static const char ruler[] = "\xe2\x94\x81\xe2\x94\x81";

	if (!view_has(line, ruler) || !view_word(&rest, ret) || !view_word(&rest, &what) || view_starts(what, ruler))
		return false;
	if (view_is(what, "format") || view_is(what, "organizeImports"))
		return true;
	line = *ret;
	return view_has(what, "/") && view_next(&line, ':', ret);
}

static bool biome_is_beyond(struct view line)
{
	bool diagnosis = view_has(line, "\xe2\x94\x81\xe2\x94\x81");

	return view_has(line, "Unsafe fix: ") ||
	       (diagnosis && (view_has(line, " parse \xe2\x94\x81") || view_has(line, " internalError/") ||
				     (view_has(line, " lint/") && !view_has(line, " FIXABLE "))));
}

static bool biome_mends_all(const struct evidence *ev)
{
	for (size_t i = 0; i < ev->text.count; i++)
		if (biome_is_beyond(evidence_line(ev, i)))
			return false;
	return true;
}

static const struct tool js_biome = {
	.program = "biome check",
	.also_run_as = LIST("biome ci"),
	.distribution = "@biomejs/biome",
	.extensions = LIST(SCRIPTS, ".json", ".jsonc", ".css", ".graphql", ".vue", ".svelte", ".astro", ".html"),
	.name = biome_names,
	.hopeless = LIST("The number of diagnostics exceeds the"),
	.mends_all = biome_mends_all,
	.fix = LIST("biome", "check", "--write"),
	.check = LIST("biome", "check", "--error-on-warnings"),
	.known_options = LIST("--colors=", "--max-diagnostics=", "--diagnostic-level=", "--error-on-warnings",
		"--reporter=", "--no-errors-on-unmatched", "--verbose"),
	.summary = "fix with biome check --write",
};
TOOL_FIXER(js_biome, .id = "js/biome", .ecosystem = "js", .title = "Fix with biome check --write",
	.what = "Runs biome's formatter and its safe fixes on the named files when biome has a safe fix for everything "
		"that it found.",
	.why_safe = "Only fixes that biome calls safe, none where it offers an unsafe one. " TOOL_ONLY_NAMED,
	.tier = TIER_HEAL, .answers = ANSWERS("*biome*"), .paths = LIST("**"), .program = "biome",
	.needs_only_near_files = true, .version_argv = LIST("biome", "--version"), .heal_case = "js-biome-check",
	.refuse_case = "js-biome-unsafe");

static const struct tool js_biome_format = {
	.program = "biome format",
	.distribution = "@biomejs/biome",
	.extensions = LIST(SCRIPTS, ".json", ".jsonc", ".css", ".graphql", ".vue", ".svelte", ".astro", ".html"),
	.name = biome_names,
	.hopeless = LIST("The number of diagnostics exceeds the"),
	.mends_all = biome_mends_all,
	.fix = LIST("biome", "format", "--write"),
	.check = LIST("biome", "format"),
	.known_options =
		LIST("--colors=", "--max-diagnostics=", "--reporter=", "--no-errors-on-unmatched", "--verbose"),
	.summary = "reformat with biome",
};
TOOL_FIXER(js_biome_format, .id = "js/biome-format", .ecosystem = "js", .title = "Reformat with biome",
	.what = "Runs `biome format --write` on the files that the failing `biome format` names.",
	.why_safe = TOOL_ONLY_NAMED, .tier = TIER_HEAL, .answers = ANSWERS("*biome*"), .paths = LIST("**"),
	.program = "biome", .needs_only_near_files = true, .version_argv = LIST("biome", "--version"),
	.heal_case = "js-biome-format", .refuse_case = "js-biome-unsafe");

static const struct tool js_standard = {
	.program = "standard",
	.extensions = LIST(SCRIPTS),
	.names = (const struct tool_name_line[]){{"  ", ")", true}, {0}},
	.hopeless = LIST("Parsing error: "),
	.fix = LIST("standard", "--fix"),
	.check = LIST("standard"),
	.kept_options = LIST("--env=", "--global="),
	.known_options = LIST("-v", "--verbose"),
	.summary = "fix with standard --fix",
};
TOOL_FIXER(js_standard, .id = "js/standard", .ecosystem = "js", .title = "Fix with standard --fix",
	.what = "Runs `standard --fix` on the files that the failing `standard` names.",
	.why_safe = TOOL_ONLY_NAMED " What standard cannot fix makes the proof fail." TOOL_REPOSITORY_CODE,
	.tier = TIER_HEAL, .answers = ANSWERS("*standard*"), .paths = LIST("**"), .program = "standard",
	.runs_repository_code = true, .version_argv = LIST("standard", "--version"), .heal_case = "js-standard-style",
	.refuse_case = "js-eslint-mixed");
