/* The bytes of a log, as anybody may have written them: reading it through and reading it again must agree. */
#include "base/mem.h"
#include "log/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check_steps(const struct log *l)
{
	uint32_t next = 1;

	for (uint32_t i = 0; i < log_step_count(l); i++) {
		const struct log_step *s = log_step(l, i);

		assert(s->first_line == next && s->last_line >= s->first_line);
		assert(s->output_line >= s->first_line && s->output_line <= s->last_line + 1);
		assert(s->end_error_line == 0 ||
			(s->end_error_line >= s->first_line && s->end_error_line <= s->last_line));
		assert(s->name.p && s->command.p && s->shell.p && s->directory.p);
		assert(s->command.n <= LOG_COMMAND_MAX);
		next = s->last_line + 1;
	}
	assert(next == log_info(l)->lines + 1);
	assert(!log_step(l, (uint32_t)log_step_count(l)));
}

static void check_line(struct log *l, const struct log_block *b, size_t i)
{
	const struct log_line *line = &b->lines[i];
	struct view text = log_block_line(b, i);
	LOG_TEXT_AUTO again = {0};
	struct log_properties properties;
	BUF_AUTO storage = buf_new(BUF_LINE);

	assert(text.n <= LOG_LINE_MAX && text.p[text.n] == '\n');
	assert(!memchr(text.p, '\n', text.n) && !memchr(text.p, '\0', text.n));
	assert(line->step < log_step_count(l));
	if (log_read(l, line->number, line->number, &again, NULL) != 0 || again.count != 1)
		abort();
	assert(view_eq(log_text_line(&again, 0), text));
	assert(again.lines[0].mark == line->mark && again.lines[0].flags == line->flags);
	assert(again.lines[0].step == line->step);
	log_time(l, line->number);
	if (log_properties(l, line->number, &properties, &storage))
		assert(line->mark != LOG_TEXT);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view bytes = {(const char *)data, size};
	struct log *l, *whole;
	struct log_block b;
	uint32_t number = 0;

	if (log_open_memory(&l, bytes, NULL) != 0) {
		assert(size == 0);
		return 0;
	}
	if (log_open_memory(&whole, bytes, NULL) != 0 || log_finish(whole, NULL) != 0)
		abort();
	check_steps(whole);
	while (log_next(l, &b, NULL) > 0)
		for (size_t i = 0; i < b.count; i++) {
			assert(b.lines[i].number == ++number);
			if (number < 500 || number % 97 == 0)
				check_line(whole, &b, i);
		}
	assert(number == log_info(whole)->lines && log_info(l)->bytes == size);
	log_close(l);
	log_close(whole);
	return 0;
}
