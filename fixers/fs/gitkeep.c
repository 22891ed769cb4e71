/* fs/gitkeep - git keeps no empty folders; the repository says how it wants to keep this one. */
#include "fixers/edits.h"
#include "fixers/evidence.h"

#include "base/file.h"
#include "diagnose/signature.h"

#include <string.h>

/* "out/a.txt: No such file or directory", "... directory: 'out/a.txt'", "ENOENT: no such file or directory, open
 * 'out/a.txt'" */
static bool missing_path(struct view line, struct view *ret)
{
	size_t at = view_find(line, "o such file or directory");
	struct view before, behind;
	size_t quote, space;

	if (at == VIEW_NONE || at == 0)
		return false;
	behind = view_from(line, at + strlen("o such file or directory"));
	quote = view_find_char(behind, '\'');
	if (quote != VIEW_NONE) {
		*ret = view_from(behind, quote + 1);
		ret->n = view_find_char(*ret, '\'') == VIEW_NONE ? 0 : view_find_char(*ret, '\'');
		return ret->n > 0;
	}
	before = view_trim_right(view_sub(line, 0, at - 1));
	if (!view_ends(before, ":"))
		return false;
	before.n--;
	space = view_find_last_char(before, ' ');
	*ret = space == VIEW_NONE ? before : view_from(before, space + 1);
	return ret->n > 0;
}

/* Is this line of a .gitignore (below `base`) about the folder, with this ending? */
static bool is_about(struct view line, const char *sign, struct view folder, const char *ending)
{
	size_t n = strlen(sign), k = strlen(ending);

	line = view_trim(line);
	if (!view_starts(line, sign) || !view_ends(line, ending) || line.n < n + k)
		return false;
	line = view_sub(line, n, line.n - n - k);
	if (view_starts(line, "/"))
		line = view_from(line, 1);
	return view_eq(line, folder);
}

/* An exception for the folder's .gitkeep; or the content of the folder is ignored, and .gitkeep excepted anywhere. */
static bool keeps(struct view text, struct view folder)
{
	struct view rest = text, line;
	bool ignored = false, kept = false;

	while (view_next(&rest, '\n', &line)) {
		if (is_about(line, "!", folder, "/.gitkeep"))
			return true;
		ignored |= is_about(line, "", folder, "/*") || is_about(line, "", folder, "/**");
		line = view_trim(line);
		kept |= view_is(line, "!.gitkeep") || view_is(line, "!**/.gitkeep") || view_is(line, "!*/.gitkeep");
	}
	return ignored && kept;
}

/* In the .gitignore of the root, or of a folder on the way. */
static bool is_kept_folder(const struct tree *tree, struct view folder)
{
	size_t base = 0;

	for (;;) {
		BUF_AUTO path = buf_new(BUF_LINE);
		BUF_AUTO text = {0};
		struct view rest = view_from(folder, base);
		size_t slash = view_find_char(rest, '/');

		buf_addf(&path, "%.*s.gitignore", (int)base, folder.p);
		if (tree->read(tree->context, buf_text(&path), FIXER_FILE_BYTES_MAX, &text, NULL) == 0 &&
			keeps(buf_view(&text), rest))
			return true;
		if (slash == VIEW_NONE)
			return false;
		base += slash + 1;
	}
}

/* The folder of a missing file, when it is not there but the repository keeps it. Owned by the arena. */
static const char *kept_folder(const struct evidence *ev, struct view printed, struct arena *a)
{
	const struct tree *tree = ev->q->tree;
	BUF_AUTO path = buf_new(BUF_LINE);
	struct view folder;
	size_t slash;
	const char *name;

	if (!path_relative(&path, printed, view_of(ev->workspace), view_of(ev->directory)))
		return NULL;
	slash = view_find_last_char(buf_view(&path), '/');
	if (slash == VIEW_NONE || file_check_relative(buf_view(&path), NULL) != 0)
		return NULL;
	folder = view_sub(buf_view(&path), 0, slash);
	name = arena_view(a, folder).p;
	return !tree->is_directory(tree->context, name) && is_kept_folder(tree, folder) ? name : NULL;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	struct fix_edit *edit = arena_alloc(&ret->arena, sizeof(*edit));
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	for (size_t i = 0; i < ev.text.count && !edit->path; i++) {
		struct view printed;
		const char *folder =
			missing_path(evidence_line(&ev, i), &printed) ? kept_folder(&ev, printed, &ret->arena) : NULL;

		if (folder)
			edit->path = arena_format(&ret->arena, "%s/.gitkeep", folder);
	}
	if (!edit->path)
		return fix_refuse(e, "no missing folder that the repository wants to keep");
	edit->creates = edit->content_changes = true;
	edit->content = VIEW("");
	ret->tier = TIER_HEAL;
	ret->confidence = 0.95;
	ret->summary = arena_format(&ret->arena, "add %s", edit->path);
	ret->reason = "git does not keep empty folders, and .gitignore makes an exception for this very file";
	return edits_propose(ret, edit, arena_alloc(&ret->arena, sizeof(struct view)), 1, NULL,
		"one empty file, which .gitignore excepts by name", e);
}

const struct fixer fixer_fs_gitkeep = {
	.id = "fs/gitkeep",
	.ecosystem = "fs",
	.title = "Keep an empty folder",
	.what = "A file cannot be written because its folder is not in the repository, while `.gitignore` has an "
		"exception for the "
		"folder's `.gitkeep` (`!out/.gitkeep`): adds that empty file.",
	.why_safe = "Only the file that `.gitignore` names, only when the folder is missing and the failing step "
		    "wanted to use it. The "
		    "file is empty.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*", NULL},
	.paths = (const char *const[]){"**/.gitkeep", ".gitkeep", NULL},
	.max_files = 1,
	.max_lines = 1,
	.kind = FIX_EDITS,
	.heal_case = "py-missing-test-dir",
	.refuse_case = "py-forged-error-lines",
	.propose = propose,
};
