#include "fixers/version.h"

#include <string.h>

#define VERSION_LOG_LINES_MAX 60000u /* installing comes early in a job */
#define VERSION_MAX 40u

static bool is_version_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '+';
}

/* The version that `v` begins with; empty when it begins with none. */
static struct view version_at(struct view v)
{
	size_t n = 0;

	while (n < v.n && is_version_char(v.p[n]))
		n++;
	while (n && (v.p[n - 1] == '.' || v.p[n - 1] == '-'))
		n--;
	if (n == 0 || n > VERSION_MAX || v.p[0] < '0' || v.p[0] > '9')
		return (struct view){0};
	return view_sub(v, 0, n);
}

/* The version behind the first `before`+name+`between` in the text, at a word's start. */
static struct view after(struct view text, const char *before, const char *name, const char *between)
{
	BUF_AUTO wanted = buf_new(BUF_LINE);

	buf_addf(&wanted, "%s%s%s", before, name, between);
	for (;;) {
		size_t at = view_find(text, buf_text(&wanted));
		struct view found;

		if (at == VIEW_NONE)
			return (struct view){0};
		found = version_at(view_from(text, at + wanted.n));
		if (found.n)
			return found;
		text = view_from(text, at + 1);
	}
}

/* ---- the log ---------------------------------------------------------------------------------- */

static struct view in_line(struct view line, const char *name)
{
	if (view_starts(line, "Successfully installed ") || view_starts(line, "Installing collected packages"))
		return after(line, " ", name, "-");
	if (view_starts(line, "Collecting "))
		return after(line, "Collecting ", name, "==");
	if (view_has(line, " installed: ") || view_has(line, " installed "))
		return after(line, "", name, "==");
	return view_starts(line, " + ") ? after(line, " + ", name, "==") : (struct view){0};
}

static const char *in_log(const struct evidence *ev, const char *name, struct arena *a)
{
	uint32_t end = log_info(ev->q->log)->lines;
	const char *found = NULL;

	if (end > VERSION_LOG_LINES_MAX)
		end = VERSION_LOG_LINES_MAX;
	for (uint32_t first = 1; first <= end; first += LOG_READ_MAX) {
		uint32_t last = first + LOG_READ_MAX - 1;
		LOG_TEXT_AUTO text = {0};

		if (log_read(ev->q->log, first, last < end ? last : end, &text, NULL) != 0)
			return found;
		for (size_t i = 0; i < text.count; i++) {
			struct view version = in_line(log_text_line(&text, i), name);

			if (version.n)
				found = arena_view(a, version).p; /* the last installation counts */
		}
	}
	return found;
}

/* ---- the repository --------------------------------------------------------------------------- */

static struct view in_hooks(struct view text, const char *name)
{
	BUF_AUTO repo = buf_new(BUF_LINE);
	struct view rest = text, line;
	bool here = false;

	buf_addf(&repo, "/%s", name);
	while (view_next(&rest, '\n', &line)) {
		if (view_has(line, "repo:"))
			here = view_ends(view_trim(line), buf_text(&repo)) || view_has(line, "mirrors-")
				       ? view_has(line, name)
				       : false;
		if (here && view_has(line, "rev:")) {
			struct view rev = view_trim(view_from(line, view_find(line, "rev:") + 4));

			while (rev.n && (*rev.p == '\'' || *rev.p == '"' || *rev.p == 'v'))
				rev = view_from(rev, 1);
			return version_at(rev);
		}
	}
	return (struct view){0};
}

static struct view in_toml_lock(struct view text, const char *name)
{
	BUF_AUTO entry = buf_new(BUF_LINE);
	size_t at;

	buf_addf(&entry, "\nname = \"%s\"\n", name);
	at = view_find(text, buf_text(&entry));
	return at == VIEW_NONE ? (struct view){0} : after(view_sub(text, at + entry.n, 40), "", "version = ", "\"");
}

static struct view in_npm_lock(struct view text, const char *name)
{
	BUF_AUTO entry = buf_new(BUF_LINE);
	size_t at;

	buf_addf(&entry, "\"node_modules/%s\": {", name);
	at = view_find(text, buf_text(&entry));
	return at == VIEW_NONE ? (struct view){0} : after(view_sub(text, at, 200), "", "\"version\": ", "\"");
}

static struct view in_package_json(struct view text, const char *name)
{
	struct view found = after(text, "\"", name, "\": \"");

	return view_has(found, ".") ? found : (struct view){0};
}

static struct view in_requirements(struct view text, const char *name)
{
	return after(text, "", name, "==");
}

static struct view in_gemfile_lock(struct view text, const char *name)
{
	return after(text, "    ", name, " (");
}

static const struct {
	const char *path;
	struct view (*find)(struct view text, const char *name);
} pins[] = {
	{"poetry.lock", in_toml_lock},
	{"uv.lock", in_toml_lock},
	{"package-lock.json", in_npm_lock},
	{"package.json", in_package_json},
	{"Gemfile.lock", in_gemfile_lock},
	{".pre-commit-config.yaml", in_hooks},
	{"requirements-dev.txt", in_requirements},
	{"requirements.txt", in_requirements},
	{"dev-requirements.txt", in_requirements},
	{"requirements/dev.txt", in_requirements},
	{"requirements/lint.txt", in_requirements},
	{"tox.ini", in_requirements},
	{"setup.cfg", in_requirements},
	{"pyproject.toml", in_requirements},
};

const char *version_wanted(const struct evidence *ev, const char *distribution, struct arena *a)
{
	const struct tree *tree = ev->q->tree;
	const char *found = ev->q->log ? in_log(ev, distribution, a) : NULL;

	for (size_t i = 0; !found && i < sizeof(pins) / sizeof(*pins); i++) {
		BUF_AUTO text = {0};
		struct view version;

		if (tree->read(tree->context, pins[i].path, FIXER_FILE_BYTES_MAX, &text, NULL) != 0)
			continue;
		version = pins[i].find(buf_view(&text), distribution);
		if (version.n)
			found = arena_view(a, version).p;
	}
	return found;
}
