/* modules.c - node_modules of the user's work tree, lent to a checkout: tools of JavaScript, their plugins and
 * configurations are installed there and nowhere else. Only where Landlock keeps programs from writing through the
 * link, and only for what git does not track. */
#include "base/file.h"
#include "base/mem.h"
#include "heal/internal.h"
#include "heal/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *modules_of(const struct repository *r, struct view folder)
{
	BUF_AUTO inside = buf_new(FOLDER_PATH_MAX);
	char *whole;

	buf_addf(&inside, "%.*s%s" MODULES_FOLDER, VIEW_ARG(folder), folder.n ? "/" : "");
	if (inside.full || r->tree.is_directory(r->tree.context, buf_text(&inside)))
		return NULL;
	whole = file_join(r->root, buf_text(&inside));
	if (file_is_directory(whole))
		return whole;
	free(whole);
	return NULL;
}

static struct view folder_above(struct view path)
{
	size_t slash = view_find_last_char(path, '/');

	return view_sub(path, 0, slash == VIEW_NONE ? 0 : slash);
}

char *modules_tools(const struct repository *r, const char *const *files, size_t count)
{
	struct view folder = view_of(count ? files[0] : NULL);

	if (r->bare || !sandbox_keeps_writes())
		return NULL;
	do {
		folder = folder_above(folder);
		MEM_AUTO char *modules = modules_of(r, folder), *tools = modules ? file_join(modules, ".bin") : NULL;

		if (tools && file_is_directory(tools))
			return mem_text(tools);
	} while (folder.n);
	return NULL;
}

static int link_in(const struct checkout *c, const char *modules, struct view folder, struct err *e)
{
	BUF_AUTO link = buf_new(FOLDER_PATH_MAX);

	buf_addf(&link, "%s/%.*s%s" MODULES_FOLDER, c->files, VIEW_ARG(folder), folder.n ? "/" : "");
	if (link.full || symlink(modules, buf_text(&link)) == 0)
		return 0;
	return err_errno(e, "%s", buf_text(&link));
}

int modules_lend(struct checkout *c, const struct repository *r, const char *const *files, size_t count, struct err *e)
{
	if (r->bare || !sandbox_keeps_writes())
		return 0;
	for (size_t i = 0; i < count; i++) {
		struct view folder = view_of(files[i]);

		do {
			folder = folder_above(folder);
			MEM_AUTO char *modules = modules_of(r, folder);

			if (modules && link_in(c, modules, folder, NULL) != 0 && errno != EEXIST)
				return err_errno(e, "cannot lend %s", modules);
		} while (folder.n);
	}
	c->has_modules = true;
	if (!c->tools)
		c->tools = modules_tools(r, files, count);
	return 0;
}
