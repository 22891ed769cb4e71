/* Rules of a configuration: any bytes are refused or give rules; and whatever the patterns are, the fast way finds what
 * trying every pattern on every line finds. The lines are those of the input itself. */
#include "base/buf.h"
#include "base/mem.h"
#include "rules/literals.h"
#include "rules/matcher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 200u
#define RULES_TRIED_MAX 50u

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

struct lines {
	struct buf text;
	struct log_line lines[LINES_MAX];
	size_t count;
};

static void read_lines(struct lines *l, struct view rest)
{
	struct view line;

	l->text = buf_new(BUF_PAGE);
	while (l->count < LINES_MAX && view_next(&rest, '\n', &line)) {
		l->lines[l->count] = (struct log_line){.number = (uint32_t)l->count,
			.start = (uint32_t)l->text.n,
			.length = (uint32_t)line.n,
			.mark = (uint8_t)(l->count % 8)};
		l->count++;
		buf_add_view(&l->text, line);
		buf_add_char(&l->text, '\n');
	}
}

struct found {
	const struct rule_list *user;
	struct buf text;
};

static void note(void *context, const struct rule_hit *hit, struct view line)
{
	struct found *f = context;

	(void)line;
	for (size_t i = 0; i < f->user->count; i++)
		if (hit->rule == &f->user->rules[i])
			buf_addf(&f->text, "%u %s\n", hit->line, hit->rule->id);
}

static void add_if_it_matches(
	struct matcher *m, const struct rule *r, uint32_t number, uint8_t mark, struct view line, struct buf *ret)
{
	ARENA_AUTO arena = {0};
	struct literals derived = literals_of(r->pattern, r->nocase, &arena);

	if (!matcher_match(m, r, line, NULL))
		return;
	if (derived.count && !literals_in(derived.items, derived.count, r->nocase, line))
		abort();
	if (literals_in(r->literals, r->literal_count, r->nocase, line) && (rule_mark(r) < 0 || rule_mark(r) == mark))
		buf_addf(ret, "%u %s\n", number, r->id);
}

static void compare(struct matcher *m, const struct rule_list *user, struct lines *l)
{
	BUF_AUTO slow = buf_new(BUF_LARGE);
	struct found fast = {user, buf_new(BUF_LARGE)};
	struct log_block block = {buf_view(&l->text), l->lines, l->count};

	matcher_scan(m, &block, note, &fast);
	for (size_t i = 0; i < l->count; i++) {
		struct view line = log_block_line(&block, i);

		for (size_t r = 0; r < user->count; r++)
			add_if_it_matches(m, &user->rules[r], l->lines[i].number, l->lines[i].mark, line, &slow);
	}
	/* What was given up may differ: patience wears out. */
	if (matcher_counts(m).limits_hit == 0 && !view_eq(buf_view(&fast.text), buf_view(&slow)))
		abort();
	buf_done(&fast.text);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view text = view_make((const char *)data, size);
	ARENA_AUTO arena = {0};
	struct rule_list user;
	struct err e;

	if (rule_load(&user, text, "fuzz.yml", 1, true, &arena, &e) == 0 && user.count <= RULES_TRIED_MAX) {
		struct matcher *m = matcher_new(&user);
		struct lines *l = mem_new(sizeof(*l));

		read_lines(l, text);
		compare(m, &user, l);
		buf_done(&l->text);
		free(l);
		matcher_free(m);
	}
	return 0;
}
