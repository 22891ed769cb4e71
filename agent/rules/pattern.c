#include "rules/pattern.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define JIT_AFTER 8       /* matches: below, compiling to machine code takes longer than it saves */
#define BAD_BYTE '\x1a'   /* stands for a byte that is not UTF-8 */
#define NAMES_PER_GROUP 4 /* one name may stand in several branches */

const char *const rule_group_names[GROUP_COUNT + 1] = {
	"message", "path", "line", "column", "symbol", "code", "test", "host", "package", NULL};

struct pattern {
	pcre2_code *code;
	unsigned uses;
	uint8_t numbers[GROUP_COUNT][NAMES_PER_GROUP]; /* of the groups of that name; 0: none */
};

struct pattern_machine {
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *stack;
	uint64_t limits_hit;
	char repaired[PATTERN_LINE_MAX];
};

struct pattern_machine *pattern_machine_new(void)
{
	struct pattern_machine *m = mem_new(sizeof(*m));

	m->context = mem_must(pcre2_match_context_create(NULL));
	m->data = mem_must(pcre2_match_data_create(PATTERN_GROUPS_MAX + 1, NULL));
	pcre2_set_match_limit(m->context, PATTERN_STEPS_MAX);
	pcre2_set_depth_limit(m->context, PATTERN_DEPTH_MAX);
	pcre2_set_heap_limit(m->context, PATTERN_HEAP_MAX_KB);
	/* NULL where there is no JIT; assigning NULL then means the machine's own stack. */
	m->stack = pcre2_jit_stack_create((size_t)32 << 10, PATTERN_JIT_STACK_MAX, NULL);
	pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return m;
}

void pattern_machine_free(struct pattern_machine *m)
{
	if (!m)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	pcre2_jit_stack_free(m->stack);
	free(m);
}

uint64_t pattern_limits_hit(const struct pattern_machine *m)
{
	return m->limits_hit;
}

static int group_of(const char *name)
{
	for (int i = 0; i < GROUP_COUNT; i++)
		if (strcmp(name, rule_group_names[i]) == 0)
			return i;
	return -1;
}

static int add_name(struct pattern *p, const unsigned char *entry, struct err *e)
{
	const char *name = (const char *)entry + 2;
	int group = group_of(name), i = 0;

	if (group < 0)
		return err_set(e, ERR_INPUT,
			"unknown group `%s`; the names are message, path, line, column, symbol, code, test, host, "
			"package",
			name);
	while (i < NAMES_PER_GROUP && p->numbers[group][i])
		i++;
	if (i == NAMES_PER_GROUP)
		return err_set(e, ERR_INPUT, "more than %d groups are named `%s`", NAMES_PER_GROUP, name);
	p->numbers[group][i] = entry[1]; /* PATTERN_GROUPS_MAX fits the lower byte */
	return 0;
}

static int read_names(struct pattern *p, struct err *e)
{
	uint32_t groups = 0, count = 0, size = 0;
	const unsigned char *table = NULL;

	pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &groups);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
	if (groups > PATTERN_GROUPS_MAX)
		return err_set(e, ERR_INPUT, "more than %u groups", PATTERN_GROUPS_MAX);
	for (uint32_t i = 0; i < count; i++)
		if (add_name(p, table + (size_t)i * size, e))
			return -1;
	return 0;
}

/* A pattern's own verbs could switch our limits and modes; "[(*]" and "\\(*" are not verbs. */
static bool has_verb(const char *text)
{
	bool in_class = false;

	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (in_class)
			in_class = *text != ']';
		else if (*text == '[')
			in_class = true, text += text[1] == ']' ? 1 : text[1] == '^' && text[2] == ']' ? 2 : 0;
		else if (*text == '(' && (text[1] == '*' || (text[1] == '?' && text[2] == 'C')))
			return true;
	}
	return false;
}

static int check_text(const char *text, struct err *e)
{
	if (strlen(text) > PATTERN_TEXT_MAX)
		return err_set(e, ERR_INPUT, "a pattern longer than %zu bytes", PATTERN_TEXT_MAX);
	if (has_verb(text))
		return err_set(e, ERR_INPUT, "verbs `(*...)` and callouts `(?C)` are not supported in a pattern");
	return 0;
}

static bool is_ascii(struct view v)
{
	uint64_t all = 0, eight;
	size_t i = 0;

	for (; i + sizeof(eight) <= v.n; i += sizeof(eight)) {
		memcpy(&eight, v.p + i, sizeof(eight));
		all |= eight;
	}
	for (; i < v.n; i++)
		all |= (unsigned char)v.p[i];
	return (all & UINT64_C(0x8080808080808080)) == 0;
}

/* Without regard to case, UTF mode would let "k" match the Kelvin sign, which no lookup of literals finds. */
static uint32_t options_of(const char *text, bool nocase)
{
	uint32_t options = PCRE2_NEVER_BACKSLASH_C | PCRE2_DUPNAMES | (nocase ? PCRE2_CASELESS : 0);

	return nocase && is_ascii(view_of(text)) ? options : options | PCRE2_UTF;
}

struct pattern *pattern_new(const char *text, bool nocase, struct err *e)
{
	uint32_t options = options_of(text, nocase);
	struct pattern *p;
	PCRE2_SIZE offset;
	int code;

	if (check_text(text, e))
		return NULL;
	p = mem_new(sizeof(*p));
	p->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &code, &offset, NULL);
	if (!p->code) {
		PCRE2_UCHAR reason[160];

		pcre2_get_error_message(code, reason, sizeof(reason));
		err_set(e, ERR_INPUT, "%s at offset %zu", (const char *)reason, (size_t)offset);
	} else if (read_names(p, e) == 0) {
		return p;
	}
	pattern_free(p);
	return NULL;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_code_free(p->code);
	free(p);
}

bool pattern_has_group(const struct pattern *p, enum rule_group group)
{
	return p->numbers[group][0] != 0;
}

/* The line itself when it is UTF-8, else a copy of the same length that is. */
static struct view repair(struct pattern_machine *m, struct view line)
{
	bool bad = false;

	if (is_ascii(line))
		return line;
	for (size_t at = 0, n; at < line.n; at += n) {
		uint32_t character;

		n = view_utf8(view_from(line, at), &character);
		if (n == 0 && !bad) {
			memcpy(m->repaired, line.p, line.n);
			bad = true;
		}
		if (n == 0) {
			m->repaired[at] = BAD_BYTE;
			n = 1;
		}
	}
	return bad ? view_make(m->repaired, line.n) : line;
}

static void read_captures(
	const struct pattern_machine *m, const struct pattern *p, struct view line, struct rule_captures *ret)
{
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(m->data);

	*ret = (struct rule_captures){0};
	for (int group = 0; group < GROUP_COUNT; group++) {
		for (int i = 0; i < NAMES_PER_GROUP && p->numbers[group][i]; i++) {
			const PCRE2_SIZE *range = offsets + 2 * (size_t)p->numbers[group][i];

			if (range[0] == PCRE2_UNSET || range[0] > range[1])
				continue;
			ret->group[group] = view_sub(line, range[0], range[1] - range[0]);
			break;
		}
	}
}

static void count_limit(struct pattern_machine *m)
{
	if (++m->limits_hit == PATTERN_PATIENCE)
		pcre2_set_match_limit(m->context, PATTERN_STEPS_TIRED);
}

struct pattern_line pattern_prepare(struct pattern_machine *m, struct view line)
{
	struct view head = view_cut_utf8(line, PATTERN_LINE_MAX);

	return (struct pattern_line){.head = head, .subject = repair(m, head), .cut = head.n < line.n};
}

bool pattern_match_line(struct pattern_machine *m, struct pattern *p, const struct pattern_line *line,
	struct rule_captures *ret_or_null)
{
	PCRE2_SPTR text = (PCRE2_SPTR)(line->subject.p ? line->subject.p : "");
	uint32_t options = PCRE2_NO_UTF_CHECK | (line->cut ? PCRE2_NOTEOL : 0);
	int rc;

	if (++p->uses == JIT_AFTER)
		pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* without it, matching is slower but the same */
	rc = pcre2_match(p->code, text, line->subject.n, 0, options, m->data, m->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		return false;
	if (rc < 0) {
		count_limit(m);
		return false;
	}
	if (ret_or_null)
		read_captures(m, p, line->head, ret_or_null);
	return true;
}

bool pattern_match(struct pattern_machine *m, struct pattern *p, struct view line, struct rule_captures *ret_or_null)
{
	struct pattern_line prepared = pattern_prepare(m, line);

	return pattern_match_line(m, p, &prepared, ret_or_null);
}
