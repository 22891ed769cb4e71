/* runmedic: the medic for GitHub Actions workflow runs. */
#include "cmd/command.h"
#include "cmd/version.h"

#include "base/clock.h"
#include "base/mem.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int say(struct view text)
{
	return fwrite(text.p, 1, text.n, stdout) == text.n && !fflush(stdout) ? EXIT_ANSWERED : EXIT_TROUBLE;
}

static int usage_trouble(const char *what)
{
	fprintf(stderr, "runmedic: %s\n", what);
	return EXIT_TROUBLE;
}

static const struct command *find(const char *name)
{
	for (const struct command *const *c = command_table; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

static int unknown_command(const char *name)
{
	const char *near = NULL;
	unsigned least = 3;
	for (const struct command *const *c = command_table; *c; c++) {
		unsigned d = view_distance(view_of(name), view_of((*c)->name), 2);
		if (d < least && !(*c)->hidden) {
			least = d;
			near = (*c)->name;
		}
	}
	struct err e;
	if (near)
		err_set(&e, ERR_USAGE, "unknown command '%.40s'; did you mean `runmedic %s`?", name, near);
	else
		err_set(&e, ERR_USAGE, "unknown command '%.40s'; `runmedic --help` lists the commands", name);
	return session_trouble(NULL, &e);
}

static void set_terminal(struct session *s)
{
	struct winsize size = {0};
	const char *no_colour = getenv("NO_COLOR");
	bool terminal = isatty(STDOUT_FILENO) && !args_text(s->args, "output", NULL);
	if (terminal && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		s->width = size.ws_col;
	s->colour = terminal && !(no_colour && *no_colour) && !args_flag(s->args, "no-color");
}

static int run(const struct command *c, int argc, char **argv, bool pipe_ignored)
{
	struct args args;
	struct err e;
	struct session s = {.command = c->name, .args = &args, .pipe_ignored = pipe_ignored};
	for (int i = 0; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			BUF_AUTO out = buf_new(BUF_PAGE);
			command_help(&out, c);
			return say(buf_view(&out));
		}
	if (args_parse(&args, argc, argv, c->options, common_options, &e) < 0)
		return session_trouble(&s, &e);
	s.repo = args_text(&args, "repo", ".");
	s.quiet = args_flag(&args, "quiet");
	s.verbose = args_flag(&args, "verbose");
	set_terminal(&s);
	int status = c->run(&s);
	if (s.config_read)
		config_done(&s.config);
	free(s.db_path);
	args_done(&args);
	return status;
}

int main(int argc, char **argv)
{
	bool pipe_ignored = signal(SIGPIPE, SIG_IGN) == SIG_IGN;
	if (argc < 2)
		return usage_trouble("no command given; `runmedic --help` lists them");
	BUF_AUTO out = buf_new(BUF_PAGE);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || (!strcmp(argv[1], "help") && argc == 2)) {
		command_overview(&out);
		return say(buf_view(&out));
	}
	if (!strcmp(argv[1], "--version")) {
		version_text(&out);
		return say(buf_view(&out));
	}
	if (!strcmp(argv[1], "--licenses")) {
		version_licenses(&out);
		return say(buf_view(&out));
	}
	if (!strcmp(argv[1], "help")) {
		const struct command *c = find(argv[2]);
		if (!c)
			return unknown_command(argv[2]);
		command_help(&out, c);
		return say(buf_view(&out));
	}
	const struct command *c = find(argv[1]);
	return c ? run(c, argc - 2, argv + 2, pipe_ignored) : unknown_command(argv[1]);
}
