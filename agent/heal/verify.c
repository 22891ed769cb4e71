/* verify.c - heal.verify: commands that a person wrote must succeed on everything that was healed so far. They run as a
 * workflow's `run:` does, on the leash of every child, but with the network: tests talk to themselves through it. */
#include "base/mem.h"
#include "heal/internal.h"

#include <stdlib.h>

#define VERIFY_TIMEOUT_S 1800u

static int run_line(const struct checkout *c, const char *line, struct err *e)
{
	const char *const bash[] = {"bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line, NULL};
	const char *const sh[] = {"sh", "-e", "-c", line, NULL};
	MEM_AUTO char *has_bash = process_find("bash");
	struct process_result r;
	int result;

	if (checkout_run(&r, c, has_bash ? bash : sh, true, e) != 0) {
		process_result_done(&r);
		return -1;
	}
	result = r.exit_code == 0 && !r.timed_out ? 0 : command_trouble(line, &r, e);
	process_result_done(&r);
	return result;
}

static const char *add_words(struct arena *arena, const char *says, const struct config *config)
{
	BUF_AUTO b = buf_new(BUF_PAGE);

	buf_addf(&b, "%s%s", says ? says : "", says ? "; " : "");
	for (size_t i = 0; i < config->heal.verify.n; i++)
		buf_addf(&b, "%s`%s`", i ? ", " : "", config->heal.verify.items[i]);
	buf_add_text(&b, " of heal.verify succeeded");
	return arena_text(arena, buf_text(&b));
}

int verify(struct healed_fix *ret, struct checkout *c, const struct config *config, struct arena *arena, struct err *e)
{
	if (config->heal.verify.n == 0)
		return 0;
	if (checkout_make_git(c, e) != 0)
		return -1;
	c->timeout_s = VERIFY_TIMEOUT_S;
	for (size_t i = 0; i < config->heal.verify.n; i++)
		if (run_line(c, config->heal.verify.items[i], e) != 0)
			return err_wrap(e, "heal.verify");
	ret->proof.says = add_words(arena, ret->proof.says, config);
	return 0;
}
