#include "github/trees.h"

#include "github/internal.h"

#include <stdlib.h>
#include <string.h>

static int find_tree(struct github *g, const char *commit, struct arena *a, const char **ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/git/commits/");
	path_add_escaped(&path, commit);
	int rc = github_call(g, "GET", buf_text(&path), NULL, &answer, e);
	if (rc == 0) {
		const char *id = json_text(json_get(answer.json, "tree"), "sha");
		*ret = id ? arena_text(a, id) : NULL;
		rc = id ? 0 : err_set(e, ERR_NETWORK, "GitHub's answer names no tree");
	}
	github_answer_done(&answer);
	return rc;
}

static void take_entry(struct github_tree *tree, struct arena *a, const cJSON *item)
{
	const char *path = json_text(item, "path"), *id = json_text(item, "sha"), *type = json_text(item, "type");
	const char *mode = json_text(item, "mode");
	if (!path || !id || !type || !mode || !strcmp(type, "tree"))
		return;
	tree->entries[tree->count++] = (struct github_entry){.path = arena_text(a, path),
		.id = arena_text(a, id),
		.mode = (unsigned)strtoul(mode, NULL, 8),
		.size = json_int(item, "size", -1)};
}

static int take_entries(struct github_tree *tree, struct arena *a, const cJSON *json, struct err *e)
{
	const cJSON *list = json_get(json, "tree"), *item;
	int n = cJSON_GetArraySize(list);
	if (json_bool(json, "truncated", false) || n < 0 || (unsigned)n > GITHUB_TREE_MAX)
		return err_set(e, ERR_LIMIT, "the commit has too many files for GitHub to list them");
	tree->entries = arena_array(a, (size_t)n + 1, sizeof *tree->entries);
	cJSON_ArrayForEach (item, list)
		take_entry(tree, a, item);
	return 0;
}

int github_tree_get(struct github *g, const char *commit, struct arena *a, struct github_tree *ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	*ret = (struct github_tree){0};
	if (find_tree(g, commit, a, &ret->id, e) < 0)
		return -1;
	buf_add_text(&path, "/repos/{repo}/git/trees/");
	path_add_escaped(&path, ret->id);
	buf_add_text(&path, "?recursive=1");
	int rc = github_call(g, "GET", buf_text(&path), NULL, &answer, e);
	if (rc == 0)
		rc = take_entries(ret, a, answer.json, e);
	github_answer_done(&answer);
	return rc;
}
