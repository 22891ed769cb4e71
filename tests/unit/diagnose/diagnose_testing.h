/* What the tests of diagnose/ share: a log, read through by rules of their own, and what came of it. */
#ifndef RM_TESTS_DIAGNOSE_TESTING_H
#define RM_TESTS_DIAGNOSE_TESTING_H

#include "../log/log_testing.h"
#include "diagnose/internal.h"

#define BEGIN S "Current runner version: '2.330.0'\n"
#define SCRIPT(command)                                                                                                \
	S "##[group]Run " command "\n" S "\x1b[36;1m" command "\x1b[0m\n" S "shell: /usr/bin/bash -e {0}\n" S          \
	  "##[endgroup]\n"
#define SAY(text) S text "\n"
#define EXIT(code) S "##[error]Process completed with exit code " code ".\n"
#define END S "Post job cleanup.\n" S "Cleaning up orphan processes\n"

/* A failure that no rule of the catalogue knows, by rules that stand here. */
#define RULES                                                                                                          \
	"- id: own/cause\n"                                                                                            \
	"  category: build\n"                                                                                          \
	"  match: '^quux: (?:(?<path>\\S+):(?<line>\\d+): )?(?<message>.+)'\n"                                         \
	"  title: 'quux says {message}'\n"                                                                             \
	"- id: own/symptom\n"                                                                                          \
	"  category: test\n"                                                                                           \
	"  rank: symptom\n"                                                                                            \
	"  match: '^quux-symptom (?<test>\\S+)'\n"                                                                     \
	"  test_failure: true\n"                                                                                       \
	"- id: own/wrapper\n"                                                                                          \
	"  category: unknown\n"                                                                                        \
	"  rank: wrapper\n"                                                                                            \
	"  match: '^quux-wrapper .*'\n"                                                                                \
	"- id: own/weak\n"                                                                                             \
	"  category: test\n"                                                                                           \
	"  rank: symptom\n"                                                                                            \
	"  weight: 0.3\n"                                                                                              \
	"  match: '^quux-weak .*'\n"                                                                                   \
	"- id: own/killed\n"                                                                                           \
	"  category: resource\n"                                                                                       \
	"  exit_code: 137\n"                                                                                           \
	"  match: '^quux-killed'\n"                                                                                    \
	"- id: own/near\n"                                                                                             \
	"  category: lint\n"                                                                                           \
	"  match: '^quux-near (?<message>.+)'\n"                                                                       \
	"  near: {match: '^  in (?<path>\\S+) of (?<symbol>\\w+)', after: 3, required: true}\n"                        \
	"- id: own/framed\n"                                                                                           \
	"  category: type\n"                                                                                           \
	"  match: '^quux-framed'\n"                                                                                    \
	"  excerpt: {from: '^quux-open', to: '^quux-shut'}\n"                                                          \
	"- id: own/said\n"                                                                                             \
	"  category: build\n"                                                                                          \
	"  match: 'quux says (?<message>.+)'\n"                                                                        \
	"- id: own/sum\n"                                                                                              \
	"  category: test\n"                                                                                           \
	"  match: '^(?:Found |. )?\\d+ (?:quuxes |quux )?(?:failed|errors?|problems?)'\n"

struct bench {
	struct arena arena;
	struct rule_list rules;
	struct matcher *matcher;
};

static inline int bench_open(void **state)
{
	struct bench *b = mem_new(sizeof *b);
	struct err e = {0};

	assert_success(rule_load(&b->rules, view_of(RULES), "own.yml", 1, true, &b->arena, &e), &e);
	b->matcher = matcher_new(&b->rules);
	*state = b;
	return 0;
}

static inline int bench_close(void **state)
{
	struct bench *b = *state;

	matcher_free(b->matcher);
	arena_done(&b->arena);
	free(b);
	return 0;
}

static inline struct diagnosis diagnose_bytes(
	struct bench *b, struct view bytes, const struct diagnose_options *options)
{
	struct diagnosis d = {0};
	struct err e = {0};
	struct log *l = NULL;

	assert_success(log_open_memory(&l, bytes, &e), &e);
	assert_success(
		diagnose(&d, l, "job.log", b->matcher, options ? options : &(struct diagnose_options){0}, &e), &e);
	log_close(l);
	return d;
}

static inline struct diagnosis diagnose_text(struct bench *b, const char *text)
{
	return diagnose_bytes(b, view_of(text), NULL);
}

/* The first pass of a diagnosis, for what comes behind it. */
struct gathered {
	struct arena arena;
	struct log *log;
	struct collected all;
	struct verdict verdict;
	struct candidates list;
};

static inline void gather(struct gathered *g, struct bench *b, const char *text, enum conclusion given)
{
	struct err e = {0};

	*g = (struct gathered){0};
	assert_success(log_open_memory(&g->log, view_of(text), &e), &e);
	assert_success(collect(&g->all, g->log, b->matcher, &(struct diagnose_options){0}, &e), &e);
	verdict_judge(&g->verdict, g->log, &g->all, given);
	assert_success(candidates_gather(&g->list, &g->arena, g->log, b->matcher, &g->all, &g->verdict, &e), &e);
	assert_success(candidates_look_around(&g->list, g->log, &g->all, &g->verdict, &e), &e);
}

static inline void gathered_done(struct gathered *g)
{
	collected_done(&g->all);
	log_close(g->log);
	arena_done(&g->arena);
}

#endif
