#include "cmd/action.h"

#include <stdlib.h>
#include <string.h>

/* The index in a list of words; the first one is the default. */
static int choice(const char *name, const char *variable, const char *const *words, size_t n, struct err *e)
{
	const char *value = session_variable(variable);
	for (size_t i = 0; i < n; i++)
		if (!value || !strcmp(value, words[i]))
			return value ? (int)i : 0;
	BUF_AUTO list = buf_new(BUF_LINE);
	for (size_t i = 0; i < n; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", words[i]);
	return err_set(e, ERR_USAGE, "input %s is '%.40s'; it can be %s", name, value, buf_text(&list));
}

#define CHOICE(ret, name, variable, e, ...)                                                                            \
	do {                                                                                                           \
		static const char *const words[] = {__VA_ARGS__};                                                      \
		*(ret) = choice(name, "RUNMEDIC_INPUT_" variable, words, sizeof words / sizeof *words, e);             \
		if (*(ret) < 0)                                                                                        \
			return -1;                                                                                     \
	} while (0)

/* YAML 1.2's core schema, as actions/core reads booleans. */
#define BOOLEAN "false", "False", "FALSE", "true", "True", "TRUE"

int action_inputs_read(struct action_inputs *ret, struct err *e)
{
	int mode, fail_on, dry_run, history, tier, deliver;
	CHOICE(&mode, "mode", "MODE", e, "auto", "analyze", "heal", "publish", "rerun", "sync", "report", "verify");
	CHOICE(&fail_on, "fail-on", "FAIL_ON", e, "never", "failure", "unhealed", "trouble");
	CHOICE(&dry_run, "dry-run", "DRY_RUN", e, BOOLEAN);
	CHOICE(&history, "history", "HISTORY", e, "file", "none");
	CHOICE(&tier, "tier", "TIER", e, "", "heal", "review");
	CHOICE(&deliver, "deliver", "DELIVER", e, "", "none", "suggest", "pr", "branch");
	*ret = (struct action_inputs){.mode = (enum action_mode)mode,
		.fail_on = (enum action_fail)fail_on,
		.dry_run = dry_run >= 3,
		.record = history == 0 && dry_run < 3,
		.config = session_variable("RUNMEDIC_INPUT_CONFIG"),
		.tier = session_variable("RUNMEDIC_INPUT_TIER"),
		.deliver = session_variable("RUNMEDIC_INPUT_DELIVER"),
		.db = session_variable("RUNMEDIC_INPUT_DB") ? session_variable("RUNMEDIC_INPUT_DB")
							    : ACTION_DB_DEFAULT};
	return 0;
}
