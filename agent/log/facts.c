#include "log/steps.h"

/* "work/name/name": a runner's work folder holds the repository's name twice. Returns the length of the path up to
 * there, 0 when it is another kind of folder. */
static size_t workspace_length(struct view path)
{
	char slash = view_find_char(path, '\\') != VIEW_NONE ? '\\' : '/';
	struct view rest = path, piece, before = {0}, before_that = {0};

	while (view_next(&rest, slash, &piece)) {
		bool work = view_is(before_that, "work") || view_is(before_that, "_work") ||
			    view_is(before_that, "__w") || view_is(before_that, "a");

		if (work && piece.n && view_eq(piece, before))
			return (size_t)(piece.p + piece.n - path.p);
		before_that = before;
		before = piece;
	}
	return 0;
}

static void workspace_fact(struct steps *s, struct view path)
{
	size_t n = workspace_length(path);

	if (n && s->info.workspace.n == 0)
		s->info.workspace = steps_keep(s, view_sub(path, 0, n));
}

/* What checkout says of the place it works in. A test may print such a line, too: workspace_length() decides. */
static void checkout_fact(struct steps *s, const struct steps_line *line)
{
	static const char *const starts[] = {
		"Initialized empty Git repository in ", "Working directory is '", "Deleting the contents of '"};
	size_t option = line->mark == LOG_COMMAND ? view_find(line->text, " safe.directory ") : VIEW_NONE;

	if (option != VIEW_NONE)
		workspace_fact(s, view_from(line->text, option + sizeof(" safe.directory ") - 1));
	for (size_t i = 0; line->mark == LOG_TEXT && i < sizeof(starts) / sizeof(*starts); i++)
		if (view_starts(line->text, starts[i])) {
			struct view path = view_from(line->text, strlen(starts[i]));

			workspace_fact(s, view_sub(path, 0, view_find_char(path, '\'')));
		}
}

/* Only the lines before the first step can be believed in these. */
static void setup_fact(struct steps *s, const struct steps_line *line)
{
	struct view text = view_trim_right(line->text), job = view_from(text, sizeof("Complete job name: ") - 1);
	struct log_info *info = &s->info;

	if (view_starts(text, "Requested labels: ") || view_starts(text, "Current runner version: '")) {
		s->begun = info->runner_lines = true;
	} else if (line->mark == LOG_GROUP && (view_is(text, "Runner Image") || view_is(text, "Virtual Environment"))) {
		info->runner_lines = true;
	} else if (info->runner_lines && info->os.n == 0 && view_starts(text, "Image: ")) {
		info->os = steps_keep(s, view_from(text, sizeof("Image: ") - 1));
	} else if (info->runner_lines && info->os.n == 0 && view_starts(text, "Environment: ")) {
		info->os = steps_keep(s, view_from(text, sizeof("Environment: ") - 1));
	} else if (info->os.n && info->image.n == 0 && view_starts(text, "Version: ")) {
		info->image = steps_keep(s, view_from(text, sizeof("Version: ") - 1));
	} else if (info->job.n == 0 && view_starts(text, "Complete job name: ")) {
		info->job = steps_keep(s, job);
	}
}

void steps_fact(struct steps *s, const struct steps_line *line)
{
	if (s->n == 1)
		setup_fact(s, line);
	if (s->info.workspace.n == 0)
		checkout_fact(s, line);
}
