#include "heal/heal.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CONFIG_MAX ((size_t)64 << 10)

static bool holds(const char *folder, const char *name)
{
	char *path = file_join(folder, name);
	bool found = file_exists(path);

	free(path);
	return found;
}

/* A folder `.git` whose configuration says nothing of another work tree. */
static bool is_plain(const char *folder)
{
	char *config = file_join(folder, ".git/config");
	BUF_AUTO text = buf_new(CONFIG_MAX);
	bool plain = holds(folder, ".git/HEAD") && holds(folder, ".git/objects") &&
		     file_read(config, CONFIG_MAX, &text, NULL) == 0 && !strcasestr(buf_text(&text), "worktree") &&
		     (!strcasestr(buf_text(&text), "bare") || strcasestr(buf_text(&text), "\tbare = false\n"));

	free(config);
	return plain;
}

static char *ask_git(const char *folder)
{
	struct repository *r = NULL;
	struct err none;
	char *root =
		repository_open(&r, folder, &none) == 0 && !repository_is_bare(r) ? mem_text(repository_root(r)) : NULL;

	repository_free(r);
	return root;
}

static bool to_parent(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash[1])
		return false;
	slash[slash == path] = '\0';
	return true;
}

/* libgit2 takes longer to wake than a small log to be analysed: it reads the certificates of the system. */
char *repository_root_of(const char *folder)
{
	char path[PATH_MAX];
	struct stat first, now;

	if (!realpath(folder, path) || stat(path, &first) != 0 || !S_ISDIR(first.st_mode))
		return ask_git(folder);
	do {
		/* As git does: not beyond the file system. */
		if (stat(path, &now) != 0 || now.st_dev != first.st_dev)
			return NULL;
		if (is_plain(path))
			return mem_text(path);
		if (holds(path, ".git") || holds(path, "HEAD"))
			return ask_git(folder);
	} while (to_parent(path));
	return NULL;
}
