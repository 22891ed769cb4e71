/* Test readers: any log gives results within the ceilings; and one pass over all literals finds what asking every
 * reader about every line finds. */
#include "base/mem.h"
#include "diagnose/reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* The slow way, for one reader. */
struct slow {
	const struct test_reader *reader;
	void *state;
	uint64_t told; /* a sum: the two ways tell in another order */
};

static uint64_t digest(const struct test_case *one)
{
	uint64_t h = one->line * UINT64_C(0x9e3779b97f4a7c15) + one->result + (one->flaky ? 7 : 0);

	for (size_t i = 0; i < one->id.n; i++)
		h = (h ^ (unsigned char)one->id.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* Passed and skipped results are told as often as they are printed; failures once, which the summary shows. */
static void add(void *context, const struct test_case *one)
{
	uint64_t *told = context;

	if (!one->id.n || one->id.n > TEST_ID_MAX || one->message.n > TEST_MESSAGE_MAX || !one->line)
		abort();
	if (one->result == RESULT_PASSED || one->result == RESULT_SKIPPED)
		*told += digest(one);
}

static bool is_wanted(const struct slow *s, struct view line)
{
	if (s->reader->active && s->reader->active(s->state))
		return true;
	for (const char *const *l = s->reader->literals; *l; l++)
		if (**l == '\n' ? view_starts(line, *l + 1) : view_has(line, *l))
			return true;
	return false;
}

static void read_slowly(struct slow *s, const struct log_block *block, struct log_line *last)
{
	for (size_t i = 0; i < block->count; i++) {
		struct view line = log_block_line(block, i);
		struct test_out out = {add, &s->told, &block->lines[i]};

		if ((block->lines[i].flags & LOG_ECHO) || !is_wanted(s, line))
			continue;
		*last = block->lines[i];
		s->reader->line(s->state, reader_body(line), &out);
	}
}

static void check_summary(struct test_scan *scan)
{
	struct test_summary sum;

	test_scan_summary(scan, &sum);
	if (sum.failure_count > TESTS_FAILED_IDS_MAX || (sum.failure_count && !sum.any))
		abort();
	for (size_t i = 0; i < sum.failure_count; i++)
		if (!*sum.failures[i].id || strlen(sum.failures[i].id) > TEST_ID_MAX || !sum.failures[i].line)
			abort();
	if (sum.any &&
		(sum.counts.passed < 0 || sum.counts.failed < 0 || sum.counts.skipped < 0 || sum.counts.errors < 0))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct slow slow[TEST_READERS_MAX] = {0};
	struct log_line last[TEST_READERS_MAX] = {0};
	uint64_t fast = 0, sum = 0;
	size_t n = 0;
	struct log *log;
	struct log_block block;
	struct err e;

	if (log_open_memory(&log, view_make((const char *)data, size), &e) < 0)
		return 0;
	struct test_scan *scan = test_scan_new(add, &fast);
	for (; test_readers[n]; n++)
		slow[n] = (struct slow){test_readers[n], mem_new(test_readers[n]->state_size), 0};
	while (log_next(log, &block, &e) > 0) {
		test_scan_block(scan, &block);
		for (size_t i = 0; i < n; i++)
			read_slowly(&slow[i], &block, &last[i]);
	}
	test_scan_end(scan);
	check_summary(scan);
	for (size_t i = 0; i < n; i++) {
		struct test_out out = {add, &slow[i].told, &last[i]};

		if (slow[i].reader->end)
			slow[i].reader->end(slow[i].state, &out);
		sum += slow[i].told;
		free(slow[i].state);
	}
	if (sum != fast)
		abort();
	test_scan_free(scan);
	log_close(log);
	return 0;
}
