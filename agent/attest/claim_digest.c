/* claim_digest.c - the local part of a configuration as one digest. By the table of keys, so that a key which is added
 * there cannot be forgotten here. Each value is a line "PATH=BYTES:VALUE": no value can pretend to be another. */
#include "attest/trust.h"

#include "base/config_keys.h"
#include "base/hash.h"

#include <stdio.h>

static void add_value(struct buf *out, const char *path, struct view v)
{
	buf_addf(out, "%s=%zu:", path, v.n);
	buf_add_view(out, v);
	buf_add_char(out, '\n');
}

static void add_number(struct buf *out, const char *path, double number)
{
	char text[400];

	snprintf(text, sizeof(text), "%.6f", number);
	add_value(out, path, view_of(text));
}

static void add_list(struct buf *out, const char *path, const struct config_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_addf(out, "%s[]=%zu:%s\n", path, strlen(list->items[i]), list->items[i]);
}

/* What is not set leaves no line: absent and empty differ. */
static void add_key(struct buf *out, const struct config_key *k, const void *base)
{
	const char *at = (const char *)base + k->offset;
	const char *text;

	switch (k->kind) {
	case CONFIG_BOOL:
		add_number(out, k->path, *(const bool *)(const void *)at);
		break;
	case CONFIG_COUNT:
		add_number(out, k->path, *(const unsigned *)(const void *)at);
		break;
	case CONFIG_RATE:
	case CONFIG_PERCENT:
		if (*(const double *)(const void *)at >= 0)
			add_number(out, k->path, *(const double *)(const void *)at);
		break;
	case CONFIG_TEXT:
	case CONFIG_PATH:
	case CONFIG_ID:
	case CONFIG_WORD:
	case CONFIG_COMMAND:
		text = *(const char *const *)(const void *)at;
		if (text)
			add_value(out, k->path, view_of(text));
		else if (k->kind == CONFIG_COMMAND)
			add_list(out, k->path, (const void *)((const char *)base + k->other));
		break;
	case CONFIG_TEXTS:
	case CONFIG_GLOBS:
	case CONFIG_WORDS:
	case CONFIG_IDS:
		add_list(out, k->path, (const void *)at);
		break;
	case CONFIG_VERSION:
	case CONFIG_ENUM:
	case CONFIG_TIERS:
	case CONFIG_ITEMS:
	case CONFIG_RULES:
		break; /* none of them is a value of `local` */
	}
}

/* Who may sign, how long that is believed and how often it is looked into is no part of what ran. */
static bool counts(const struct config_key *k)
{
	static const char *const others[] = {"local.allowed_signers", "local.audit_rate", "local.max_age"};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (strcmp(k->path, others[i]) == 0)
			return false;
	return strncmp(k->path, "local.", 6) == 0;
}

/* "local.checks[].name" is below "local.checks". */
static bool is_of(const struct config_key *k, const struct config_key *list)
{
	size_t n = strlen(list->path);

	return strncmp(k->path, list->path, n) == 0 && strncmp(k->path + n, "[].", 3) == 0;
}

static void add_items(struct buf *out, const struct config_key *list, const struct config *c)
{
	const char *items = *(const char *const *)(const void *)((const char *)c + list->offset);
	size_t n = *(const size_t *)(const void *)((const char *)c + list->other);

	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s[%zu]\n", list->path, i);
		for (size_t k = 0; k < config_key_count; k++)
			if (is_of(&config_keys[k], list))
				add_key(out, &config_keys[k], items + i * list->size);
	}
}

void claim_config_digest(const struct config *c, char ret[80])
{
	BUF_AUTO text = buf_new(BUF_FILE);
	char hex[HASH_HEX_MAX];

	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];

		if (!counts(k) || strstr(k->path, "[]"))
			continue;
		if (k->kind == CONFIG_ITEMS)
			add_items(&text, k, c);
		else
			add_key(&text, k, c);
	}
	hash_view(buf_view(&text), hex);
	snprintf(ret, 80, "sha256:%s", hex);
}
