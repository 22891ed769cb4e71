/* commit_sign.c - a commit on disk, signed by ssh-keygen where heal.signing_key is set (git's gpg.format=ssh: namespace
 * "git", header gpgsig). The key is read by ssh-keygen alone. */
#include "base/file.h"
#include "base/mem.h"
#include "heal/internal.h"

#include <stdlib.h>
#include <string.h>

#define SSH_SIGNATURE_MAX 16384u

static char *key_path(const char *configured, struct err *e)
{
	const char *home = getenv("HOME");

	if (*configured == '/')
		return mem_text(configured);
	if (strncmp(configured, "~/", 2) == 0 && home && *home == '/')
		return file_join(home, configured + 2);
	err_set(e, ERR_INPUT, "heal.signing_key must be an absolute path or begin with ~/, not `%.80s`", configured);
	return NULL;
}

static int run_keygen(struct buf *ret, const char *key, const char *folder, struct view commit, struct err *e)
{
	MEM_AUTO char *text = file_join(folder, "commit"), *signature = file_join(folder, "commit.sig");
	const char *const argv[] = {"ssh-keygen", "-Y", "sign", "-n", "git", "-f", key, text, NULL};
	const struct process_options o = {.directory = folder, .writable = folder, .home = folder};
	struct process_result r;
	int result;

	if (file_write_atomic(text, commit, 0600, e) != 0)
		return -1;
	if (process_run(&r, argv, &o, e) != 0) {
		process_result_done(&r);
		return -1;
	}
	result = r.exit_code == 0 && !r.timed_out ? file_read(signature, SSH_SIGNATURE_MAX, ret, e)
						  : command_trouble(argv[0], &r, e);
	process_result_done(&r);
	return result;
}

static int sign(struct buf *ret, const struct heal_options *o, struct view commit, struct err *e)
{
	MEM_AUTO char *key = key_path(o->config->heal.signing_key, e), *folder = NULL;
	int result;

	if (!key)
		return -1;
	if (o->no_processes)
		return err_set(e, ERR_UNAVAILABLE, "the commit cannot be signed: %s", o->no_processes);
	folder = file_temp_directory("runmedic-sign", e);
	if (!folder)
		return -1;
	result = run_keygen(ret, key, folder, commit, e);
	file_remove_tree(folder, NULL);
	return result == 0 ? 0 : err_wrap(e, "the commit cannot be signed");
}

int commit_write(git_oid *ret, git_repository *git, const git_signature *author, const char *message,
	const git_tree *tree, const git_commit *parent, const struct heal_options *o, struct err *e)
{
	const git_commit *parents[] = {parent};
	git_buf text = {0};
	BUF_AUTO signature = buf_new(SSH_SIGNATURE_MAX);
	int result;

	if (git_commit_create_buffer(&text, git, author, author, NULL, message, tree, 1, (void *)parents) != 0)
		return repository_error(e, "cannot write the commit");
	result = o->config->heal.signing_key ? sign(&signature, o, view_make(text.ptr, text.size), e) : 0;
	if (result == 0 && git_commit_create_with_signature(
				   ret, git, text.ptr, signature.n ? buf_text(&signature) : NULL, NULL) != 0)
		result = repository_error(e, "cannot write the commit");
	git_buf_dispose(&text);
	return result;
}
