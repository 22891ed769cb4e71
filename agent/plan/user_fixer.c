#include "plan/user_fixer.h"

#define CONFIDENCE 0.95 /* a person wrote the command for just these findings, and its proof decides */
#define FILES_MAX 1000u /* the configuration's own limits are lower */
#define LINES_MAX 100000u

static const char *const *with_end(struct arena *arena, const struct config_list *list)
{
	const char **items = arena_array(arena, list->n + 1, sizeof(*items));

	for (size_t i = 0; i < list->n; i++)
		items[i] = list->items[i];
	return items;
}

struct fixer *user_fixers_make(struct arena *arena, const struct config *config)
{
	struct fixer *fixers = arena_array(arena, config->fixer_count + 1, sizeof(*fixers));

	for (size_t i = 0; i < config->fixer_count; i++) {
		const struct config_fixer *own = &config->fixers[i];

		fixers[i] = (struct fixer){
			.id = own->id,
			.ecosystem = "user",
			.title = "Run the configured command",
			.tier = TIER_HEAL,
			.answers = with_end(arena, &own->answers),
			.paths = with_end(arena, &own->paths),
			.max_files = FILES_MAX,
			.max_lines = LINES_MAX,
			.kind = FIX_COMMAND,
			.runs_repository_code = true,
			.program = own->command.n ? own->command.items[0] : "",
		};
	}
	return fixers;
}

int user_fixer_propose(const struct config_fixer *own, const struct finding *finding, struct fix_proposal *ret)
{
	struct arena *arena = &ret->arena;

	ret->kind = FIX_COMMAND;
	ret->argv = with_end(arena, &own->command);
	ret->globs = with_end(arena, &own->paths);
	ret->tier = TIER_HEAL;
	ret->confidence = CONFIDENCE;
	ret->summary = arena_format(arena, "run %s", own->id);
	ret->reason = arena_format(arena, "the configuration answers %s with this command", finding->rule_id);
	ret->proof.argv = with_end(arena, &own->proof);
	ret->proof.says = "a second run of the command changes nothing";
	return 1;
}
