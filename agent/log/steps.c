#include "log/steps.h"

#include "base/mem.h"

#include <stdlib.h>

static struct step *current(struct steps *s)
{
	return &s->v[s->n - 1];
}

struct view steps_keep(struct steps *s, struct view text)
{
	size_t left = s->text.used < STEPS_TEXT_MAX ? STEPS_TEXT_MAX - s->text.used : 0;

	return text.n && left
		       ? arena_view(&s->text, view_cut_utf8(text, left < LOG_COMMAND_MAX ? left : LOG_COMMAND_MAX))
		       : (struct view){"", 0};
}

static int64_t time_of(const char *stamp)
{
	int64_t t;

	return stamp && clock_parse(view_make(stamp, DECODE_STAMP), &t) ? t : CLOCK_UNKNOWN;
}

static int64_t last_time(const struct steps *s)
{
	return s->stamped ? time_of(s->stamps[s->stamp]) : CLOCK_UNKNOWN;
}

static void set_output_line(struct steps *s, uint32_t number)
{
	current(s)->s.output_line = s->echo_until = number;
}

/* Most commands have one line, which is the name, too. */
static struct view keep_command(struct steps *s, const struct step *step, struct view command)
{
	struct view name = step->s.name;

	return view_starts(name, "Run ") && view_eq(view_from(name, 4), command) ? view_from(name, 4)
										 : steps_keep(s, command);
}

/* Most steps have the shell of the step before. */
static struct view keep_shell(struct steps *s, struct view shell)
{
	for (uint32_t i = s->n; i-- > 0 && s->n - i < 8;)
		if (view_eq(s->v[i].s.shell, shell))
			return s->v[i].s.shell;
	return steps_keep(s, shell);
}

static void end_head(struct steps *s, uint32_t output_line)
{
	struct step *step = current(s);

	if (s->head == HEAD_NONE)
		return;
	if (step->script)
		step->s.command = keep_command(s, step, view_trim_right(buf_view(&s->command)));
	buf_clear(&s->command);
	s->head = HEAD_NONE;
	set_output_line(s, output_line);
}

static void end_step(struct steps *s, uint32_t last_line)
{
	struct step *step = current(s);

	end_head(s, last_line + 1);
	step->s.last_line = last_line;
	step->s.ended = step->s.started == CLOCK_UNKNOWN ? CLOCK_UNKNOWN : last_time(s);
}

/* A step that has no line yet gives its place to the next one. NULL when there is no room for more steps: then all
 * that follows belongs to the last. */
static struct step *new_step(struct steps *s, uint32_t number)
{
	if (s->n && current(s)->s.first_line == number) {
		s->n--;
	} else if (s->n) {
		end_step(s, number - 1);
		if (s->n == LOG_STEPS_MAX)
			return NULL;
	}
	MEM_PUSH(s->v, s->n, s->cap);
	s->n++;
	return current(s);
}

static struct step *begin_step(struct steps *s, uint32_t number, struct view name, const char *stamp)
{
	struct step *step = new_step(s, number);

	if (!step)
		return NULL;
	*step = (struct step){
		.s = {.name = steps_keep(s, name),
			.command = VIEW(""),
			.shell = VIEW(""),
			.directory = VIEW(""),
			.first_line = number,
			.started = time_of(stamp),
			.ended = CLOCK_UNKNOWN,
			.exit_code = -1},
		.job = s->job,
	};
	set_output_line(s, number);
	return step;
}

void steps_init(struct steps *s)
{
	*s = (struct steps){.command = buf_new(LOG_COMMAND_MAX)};
	s->info.started = s->info.ended = CLOCK_UNKNOWN;
	s->info.job = s->info.os = s->info.image = s->info.workspace = VIEW("");
	begin_step(s, 1, VIEW(""), NULL)->named = true;
}

void steps_done(struct steps *s)
{
	arena_done(&s->text);
	buf_done(&s->command);
	free(s->v);
}

void steps_first_stamp(struct steps *s, const char *stamp)
{
	s->stamped = true;
	s->info.started = time_of(stamp);
	if (s->n == 1)
		current(s)->s.started = s->info.started;
}

/* ---- where steps begin ----------------------------------------------------------------------- */

#define RUN "##[group]Run "

bool steps_is_run(enum log_form form, struct view raw, struct view next)
{
	struct view name = view_trim_right(view_from(raw, sizeof(RUN) - 1));
	struct view text = view_trim_right(next);

	if (!view_starts(raw, RUN))
		return false;
	return decode_is_command(form, next) || view_starts(text, "shell: ") || view_is(text, "with:") ||
	       view_is(text, "env:") || view_is(text, "##[endgroup]") || (name.n && view_eq(text, name));
}

static void begin_run(struct steps *s, const struct steps_line *line)
{
	struct step *step = current(s);

	if (step->named || line->number > step->s.output_line)
		step = begin_step(s, line->number, line->text, line->stamp);
	else
		step->s.name = steps_keep(s, line->text);
	if (!step)
		return;
	step->named = true;
	step->s.post = false;
	s->info.runner_lines = true;
	s->head = HEAD_COMMAND;
	set_output_line(s, UINT32_MAX);
}

static void begin_post(struct steps *s, const struct steps_line *line, struct view name)
{
	struct step *step = current(s);

	/* The last two kinds of clean-up print several such lines. */
	if (step->s.post && line->mark == LOG_TEXT && !view_starts(name, "Post ") && view_eq(step->s.name, name))
		return;
	/* A column of gh has named it already, and better. */
	if (step->named || !step->s.post || line->number > step->s.output_line)
		step = begin_step(s, line->number, name, line->stamp);
	s->info.runner_lines = s->cleaned = true;
	if (!step)
		return;
	step->named = step->s.post = true;
	set_output_line(s, line->number + 1);
}

void steps_column(struct steps *s, uint32_t number, const struct decode_prefix *prefix)
{
	struct view names = view_make(prefix->job.p, (size_t)(prefix->step.p + prefix->step.n - prefix->job.p));
	struct view before = view_make(s->names, s->names_length);
	bool setup = view_is(prefix->step, "Set up job"), unknown = view_is(prefix->step, "UNKNOWN STEP");
	struct step *step;

	if (view_eq(names, before))
		return;
	if (before.n && !view_eq(view_sub(before, 0, view_find_char(before, '\t')), prefix->job)) {
		s->job++;
		s->begun = s->cleaned = false;
	}
	if (!s->info.job.n)
		s->info.job = steps_keep(s, prefix->job);
	memcpy(s->names, names.p, names.n);
	s->names_length = names.n;
	step = begin_step(s, number, setup || unknown ? VIEW("") : prefix->step, prefix->stamp);
	if (!step)
		return;
	step->named = setup;
	step->s.post = view_starts(prefix->step, "Post ") || view_is(prefix->step, "Complete job") ||
		       view_is(prefix->step, "Stop containers");
	s->begun |= setup;
	s->cleaned |= step->s.post;
	s->info.runner_lines = true;
}

/* ---- the head of a step ---------------------------------------------------------------------- */

static void add_command(struct steps *s, struct view text)
{
	if (s->command.n)
		buf_add_char(&s->command, '\n');
	buf_add_view(&s->command, text);
}

static void head_line(struct steps *s, const struct steps_line *line)
{
	struct step *step = current(s);
	static const char directory[] = "  working-directory: ";

	if (line->mark == LOG_ENDGROUP) {
		end_head(s, line->number + 1);
	} else if (s->head == HEAD_COMMAND && !line->command && view_starts(line->text, "shell: ")) {
		step->script = true;
		step->s.shell = keep_shell(s, view_trim(view_from(line->text, sizeof("shell: ") - 1)));
		s->head = HEAD_SHELL;
	} else if (s->head == HEAD_COMMAND && !line->command &&
		   (view_is(line->text, "with:") || view_is(line->text, "env:"))) {
		s->head = HEAD_INPUTS;
	} else if (s->head == HEAD_COMMAND) {
		step->script |= line->command;
		add_command(s, line->text);
	} else if (view_starts(line->text, directory)) {
		step->s.directory = steps_keep(s, view_trim(view_from(line->text, sizeof(directory) - 1)));
	}
}

/* ---- how steps end --------------------------------------------------------------------------- */

/* On Windows the code may be negative, or the same as a large positive number. */
static int exit_code_of(struct view text)
{
	uint64_t n;
	bool negative = view_starts(text, "-");

	if (!view_number(view_from(text, negative), UINT32_MAX, &n))
		return -1;
	return (int)(int32_t)(uint32_t)(negative ? 0 - n : n);
}

/* What the runner prints when a script's workflow command, file command or interpreter is not usable. */
static bool is_refusal(struct view text)
{
	static const char *const starts[] = {"Unable to process command '", "Unable to process file command '",
		"An error occurred trying to start process ", "The template is not valid."};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (view_starts(text, starts[i]))
			return true;
	return view_starts(text, "The `") && view_has(text, "` command is disabled.");
}

static void error_line(struct steps *s, const struct steps_line *line)
{
	static const char completed[] = "Process completed with exit code ";
	struct view text = view_trim_right(line->text);
	struct step *step = current(s);

	step->errors++;
	step->last_error = line->number;
	if (view_starts(text, completed) && view_ends(text, ".")) {
		struct view code = view_from(text, sizeof(completed) - 1);

		step->s.exit_code = exit_code_of(view_sub(code, 0, code.n - 1));
		step->s.end_error_line = line->number;
		step->completed = s->info.runner_lines = true;
	} else if (view_is(text, "The operation was canceled.")) {
		step->s.cancelled = true;
		step->s.end_error_line = line->number;
	} else if (view_has(text, " has timed out after ") ||
		   view_has(text, " has exceeded the maximum execution time")) {
		step->s.timed_out = true;
		step->s.end_error_line = line->number;
	} else if (is_refusal(text)) {
		step->refused = true;
	}
}

/* How the runner starts an action that is a container. */
static bool is_container(const struct steps_line *line)
{
	return line->mark == LOG_COMMAND && view_has(line->text, "docker run ") &&
	       view_has(line->text, " --workdir /github/workspace");
}

static uint64_t hash_of(struct view text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * UINT64_C(0x100000001b3);
	return h | 1;
}

/* "name=value;" of a start-action or end-action; the empty view when it is not there. */
static struct view property(struct view text, const char *name)
{
	size_t n = strlen(name);
	struct view piece;

	while (view_next(&text, ';', &piece))
		if (view_starts(piece, name) && piece.n > n && piece.p[n] == '=')
			return view_from(piece, n + 1);
	return VIEW("");
}

static void start_action(struct steps *s, const struct steps_line *line, struct view properties)
{
	struct step *step = begin_step(s, line->number, property(properties, "display"), line->stamp);

	if (!step)
		return;
	step->id = hash_of(property(properties, "id"));
	s->info.runner_lines = true;
	set_output_line(s, line->number + 1);
}

/* The end of an outer action settles what its inner steps left open. */
static void end_action(struct steps *s, struct view properties)
{
	bool failed = view_is(property(properties, "outcome"), "failure");
	bool forgiven = failed && view_is(property(properties, "conclusion"), "success");
	uint64_t id = hash_of(property(properties, "id"));
	uint32_t start = s->n - 1;

	while (start > 0 && s->v[start].id != id)
		start--;
	if (s->v[start].id != id)
		return;
	current(s)->s.failed |= failed;
	current(s)->settled |= start == s->n - 1;
	for (uint32_t i = start; forgiven && i < s->n; i++)
		s->v[i].s.tolerated = true;
}

static void action_line(struct steps *s, const struct steps_line *line)
{
	size_t blank = view_find_char(line->text, ' ');
	struct view name = view_sub(line->text, 0, blank);

	if (blank == VIEW_NONE)
		return;
	if (view_is(name, "start-action"))
		start_action(s, line, view_from(line->text, blank + 1));
	else if (view_is(name, "end-action"))
		end_action(s, view_from(line->text, blank + 1));
}

/* ---- all together ---------------------------------------------------------------------------- */

static bool post_line(struct steps *s, const struct steps_line *line)
{
	struct view text = view_trim_right(line->text);

	if (line->mark == LOG_GROUP ? view_starts(text, "Post Run ") : view_is(text, "Post job cleanup."))
		begin_post(s, line, text);
	else if (line->mark == LOG_TEXT &&
		 (view_is(text, "Cleaning up orphan processes") || view_is(text, "Evaluate and set job outputs")))
		begin_post(s, line, VIEW("Complete job"));
	else if (line->mark == LOG_TEXT && (view_starts(text, "Print service container logs: ") ||
						   view_starts(text, "Stop and remove container: ")))
		begin_post(s, line, VIEW("Stop containers"));
	else
		return false;
	return true;
}

void steps_line(struct steps *s, const struct steps_line *line)
{
	if (line->run) {
		begin_run(s, line);
		return;
	}
	if (s->head && (line->mark == LOG_ERROR || line->number - current(s)->s.first_line > STEPS_HEAD_MAX))
		end_head(s, line->number);
	if (s->head)
		head_line(s, line);
	else if (line->mark == LOG_ERROR)
		error_line(s, line);
	else if (line->mark == LOG_ACTION)
		action_line(s, line);
	else if (is_container(line))
		current(s)->container = true;
	else if (!post_line(s, line))
		steps_fact(s, line);
}

void steps_end(struct steps *s, uint32_t lines)
{
	end_step(s, lines);
	s->info.lines = lines;
	s->info.ended = last_time(s);
	s->info.cut_off = s->begun && !s->cleaned;
	steps_judge(s);
}

uint32_t steps_find(const struct steps *s, uint32_t number, uint8_t *flags)
{
	uint32_t low = 0, high = s->n;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (s->v[middle].s.first_line <= number)
			low = middle;
		else
			high = middle;
	}
	*flags |= number < s->v[low].s.output_line ? LOG_ECHO : 0;
	return low;
}
