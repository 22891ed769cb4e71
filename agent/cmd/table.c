/* All commands, in the order of `runmedic --help`. */
#include "cmd/command.h"

extern const struct command cmd_analyze, cmd_heal, cmd_report, cmd_compare, cmd_stats, cmd_fixes, cmd_flaky,
	cmd_patterns, cmd_tests, cmd_trends, cmd_record, cmd_sync, cmd_watch, cmd_history, cmd_publish, cmd_rerun,
	cmd_ignore, cmd_local, cmd_action, cmd_run, cmd_rules, cmd_fixers, cmd_eval, cmd_doctor, cmd_docs;

const struct command *const command_table[] = {&cmd_analyze, &cmd_heal, &cmd_report, &cmd_stats, &cmd_fixes, &cmd_flaky,
	&cmd_tests, &cmd_trends, &cmd_patterns, &cmd_compare, &cmd_record, &cmd_sync, &cmd_watch, &cmd_history,
	&cmd_publish, &cmd_rerun, &cmd_ignore, &cmd_local, &cmd_action, &cmd_run, &cmd_rules, &cmd_fixers, &cmd_eval,
	&cmd_doctor, &cmd_docs, NULL};
