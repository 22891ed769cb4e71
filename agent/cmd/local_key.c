#include "cmd/local_key.h"

#include "base/file.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CHOICE_BYTES_MAX 8192u

static char typed[LOCAL_PASSPHRASE_MAX];

/* ---- places --------------------------------------------------------------------------------------- */

static char *below_settings(const char *name)
{
	const char *settings = session_variable("XDG_CONFIG_HOME"), *home = session_variable("HOME");
	MEM_AUTO char *usual = home && *home == '/' ? file_join(home, ".config") : NULL;

	if (settings && *settings == '/')
		return file_join(settings, name);
	return usual ? file_join(usual, name) : NULL;
}

char *local_key_path(void)
{
	return below_settings(LOCAL_KEY_FILE);
}

char *local_key_choice(void)
{
	return below_settings(LOCAL_KEY_CHOICE);
}

char *local_key_ssh(void)
{
	MEM_AUTO char *path = local_key_choice();
	BUF_AUTO text = {0};
	struct view line;
	struct err e;

	if (!path || file_read(path, CHOICE_BYTES_MAX, &text, &e) < 0)
		return NULL;
	line = view_trim(buf_view(&text));
	return line.n && *line.p == '/' ? mem_bytes(line.p, line.n) : NULL;
}

/* ---- passphrases ---------------------------------------------------------------------------------- */

void local_passphrase_forget(void)
{
	explicit_bzero(typed, sizeof(typed));
}

static const char *first_line(size_t n)
{
	const char *end = memchr(typed, '\n', n);

	if (end)
		n = (size_t)(end - typed);
	while (n && typed[n - 1] == '\r')
		n--;
	explicit_bzero(typed + n, sizeof(typed) - n);
	return typed;
}

/* Not through a buffer that keeps a copy. */
static const char *from_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t n = 0;
	ssize_t got = 0;

	local_passphrase_forget();
	while (fd >= 0 && n < sizeof(typed) - 1 && (got = read(fd, typed + n, sizeof(typed) - 1 - n)) > 0)
		n += (size_t)got;
	if (fd >= 0)
		close(fd);
	return fd < 0 || got < 0 ? NULL : first_line(n);
}

static const char *from_terminal(const char *question)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios before, quiet;
	ssize_t n;

	local_passphrase_forget();
	if (fd < 0)
		return NULL;
	if (tcgetattr(fd, &before) != 0) {
		close(fd);
		return NULL;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	dprintf(fd, "%s", question);
	n = read(fd, typed, sizeof(typed) - 1);
	tcsetattr(fd, TCSAFLUSH, &before);
	dprintf(fd, "\n");
	close(fd);
	return n < 0 ? NULL : first_line((size_t)n);
}

const char *local_passphrase(void *context, const char *path)
{
	const struct session *s = context;
	const char *file = args_text(s->args, "passphrase-file", NULL);
	BUF_AUTO question = buf_new(BUF_LINE);

	if (file)
		return from_file(file);
	buf_addf(&question, "Passphrase of %s: ", path);
	return from_terminal(buf_text(&question));
}

const char *local_passphrase_new(struct session *s, struct err *e)
{
	const char *file = args_text(s->args, "passphrase-file", NULL), *once;
	char first[LOCAL_PASSPHRASE_MAX];
	bool same;

	if (args_flag(s->args, "no-passphrase"))
		return "";
	if (file) {
		once = from_file(file);
		if (once && *once)
			return once;
		err_set(e, ERR_INPUT, "%s: no passphrase in its first line", file);
		return NULL;
	}
	once = from_terminal("Passphrase for the new key (empty: none): ");
	if (!once) {
		err_set(e, ERR_USAGE,
			"there is no terminal to ask for a passphrase: --passphrase-file FILE, or --no-passphrase");
		return NULL;
	}
	memcpy(first, once, sizeof(first));
	same = !*once || ((once = from_terminal("The same again: ")) && strcmp(first, once) == 0);
	explicit_bzero(first, sizeof(first));
	if (same)
		return typed;
	err_set(e, ERR_INPUT, "the two passphrases differ");
	return NULL;
}
