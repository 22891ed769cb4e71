#include "cmd/command.h"

#include "base/file.h"
#include "base/mem.h"
#include "cmd/step_files.h"
#include "heal/heal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct option common_options[] = {
	{"db", 0, "FILE", "history database (default: .runmedic/history.db at the repository's root)", false},
	{"config", 0, "FILE", "configuration (default: .github/runmedic.yml)", false},
	{"repo", 0, "DIR", "the repository's folder (default: this one)", false},
	{"output", 'o', "FILE", "write there instead of to standard output", false},
	{"quiet", 'q', NULL, "no notes and no progress on standard error", false},
	{"verbose", 'v', NULL, "more detail", false},
	{"no-color", 0, NULL, "no colours", false},
	{"help", 'h', NULL, "this text", false},
	{0},
};

int session_trouble(const struct session *s, const struct err *e)
{
	BUF_AUTO safe = buf_new(BUF_LINE);
	step_line(&safe, view_of(e->text));
	if (s && s->command)
		fprintf(stderr, "runmedic %s: %s\n", s->command, buf_text(&safe));
	else
		fprintf(stderr, "runmedic: %s\n", buf_text(&safe));
	return EXIT_TROUBLE;
}

void session_note(const struct session *s, const char *format, ...)
{
	if (s->quiet)
		return;
	BUF_AUTO text = buf_new(BUF_LINE);
	va_list ap;
	va_start(ap, format);
	buf_addv(&text, format, ap);
	va_end(ap);
	BUF_AUTO safe = buf_new(BUF_LINE);
	step_line(&safe, buf_view(&text));
	fprintf(stderr, "%s\n", buf_text(&safe));
}

const char *session_variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* The repository's root, or --repo itself where there is no repository; malloc'ed. */
static char *root_of(const struct session *s, bool *ret_repository)
{
	char *root = repository_root_of(s->repo);
	*ret_repository = root != NULL;
	return root ? root : mem_text(s->repo);
}

static char *default_config(const struct session *s)
{
	bool repository;
	char *root = root_of(s, &repository), *path = file_join(root, CONFIG_DEFAULT_PATH);
	free(root);
	return path;
}

int session_config(struct session *s, const struct config **ret, struct err *e)
{
	*ret = &s->config;
	if (s->config_read)
		return 0;
	const char *named = args_text(s->args, "config", NULL);
	char *path = named ? mem_text(named) : default_config(s);
	int rc = config_load(&s->config, path, e);
	free(path);
	if (rc < 0 && e->code == ERR_NOT_FOUND && !named) {
		err_clear(e);
		config_defaults(&s->config);
		rc = 0;
	}
	s->config_read = rc == 0;
	return rc;
}

static char *state_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (state && *state == '/')
		return file_join(state, "runmedic/history.db");
	return file_join(home && *home == '/' ? home : ".", ".local/state/runmedic/history.db");
}

int session_db_path(struct session *s, const char **ret, bool *ret_ignore, struct err *e)
{
	const char *named = args_text(s->args, "db", NULL);
	*ret_ignore = false;
	if (!s->db_path && named) {
		if (file_is_directory(named))
			return err_set(e, ERR_USAGE, "--db %s is a folder; name the database file in it", named);
		s->db_path = mem_text(named);
	}
	if (!s->db_path) {
		char *root = root_of(s, ret_ignore);
		s->db_path = *ret_ignore ? file_join(root, ".runmedic/history.db") : state_path();
		free(root);
	}
	*ret = s->db_path;
	return 0;
}

/* Devices and pipes are written to, never replaced. */
static int write_special(const char *path, struct view text, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(e, "cannot open %s", path);
	if (file_write_all(fd, text) < 0) {
		err_errno(e, "cannot write to %s", path);
		close(fd);
		return -1;
	}
	return close(fd) < 0 ? err_errno(e, "cannot write to %s", path) : 0;
}

int session_write(struct session *s, struct view text, struct err *e)
{
	const char *path = args_text(s->args, "output", NULL);
	struct stat st;
	if (path && strcmp(path, "-") != 0)
		return !stat(path, &st) && !S_ISREG(st.st_mode) ? write_special(path, text, e)
								: file_write_atomic(path, text, 0666, e);
	BUF_AUTO safe = buf_new(2 * BUF_LARGE);
	if (step_defuse(&safe, text))
		text = buf_view(&safe);
	errno = 0;
	if ((text.n && fwrite(text.p, 1, text.n, stdout) != text.n) || fflush(stdout))
		return err_errno(e, "cannot write to standard output");
	return 0;
}
