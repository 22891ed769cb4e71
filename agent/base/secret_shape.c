#include "base/secret.h"

#include <string.h>

/* Whether something is a token is decided by its first bytes: a run that holds many prefixes is not read for each. */
#define DECISION_MAX 512

enum alphabet {
	HEX,      /* 0-9a-f */
	CAPITALS, /* A-Z0-9 */
	ALNUM,    /* A-Za-z0-9 */
	NAME,     /* A-Za-z0-9_ */
	URLSAFE,  /* A-Za-z0-9_- */
	DOTTED,   /* A-Za-z0-9_-. */
};

/* The issuers' formats; `least` counts what follows the prefix. `mixed` demands a digit and both cases, where the
 * prefix alone could begin a normal word. Sorted by prefix. */
static const struct shape {
	const char *prefix;
	enum alphabet alphabet;
	unsigned least;
	bool mixed;
} shapes[] = {
	{"ABIA", CAPITALS, 16, false},
	{"ACCA", CAPITALS, 16, false},
	{"AGE-SECRET-KEY-1", CAPITALS, 40, false},
	{"AIza", URLSAFE, 30, false},
	{"AKIA", CAPITALS, 16, false},
	{"ASIA", CAPITALS, 16, false},
	{"ATATT3", URLSAFE, 40, false},
	{"EAACEdEose0cBA", ALNUM, 1, false},
	{"GR1348941", URLSAFE, 20, false},
	{"NRAK-", CAPITALS, 20, false},
	{"SG.", DOTTED, 40, true},
	{"atlasv1.", DOTTED, 30, false},
	{"dapi", HEX, 32, false},
	{"dckr_oat_", URLSAFE, 20, false},
	{"dckr_pat_", URLSAFE, 20, false},
	{"doo_v1_", HEX, 32, false},
	{"dop_v1_", HEX, 32, false},
	{"dor_v1_", HEX, 32, false},
	{"gho_", ALNUM, 20, false},
	{"ghp_", ALNUM, 20, false},
	{"ghr_", ALNUM, 20, false},
	{"ghs_", DOTTED, 20, false},
	{"ghu_", ALNUM, 20, false},
	{"github_pat_", NAME, 20, false},
	{"glagent-", URLSAFE, 20, false},
	{"glcbt-", URLSAFE, 16, false},
	{"gldt-", URLSAFE, 16, false},
	{"glft-", URLSAFE, 16, false},
	{"glpat-", DOTTED, 16, false},
	{"glptt-", URLSAFE, 16, false},
	{"glrt-", DOTTED, 16, false},
	{"glsa_", NAME, 30, false},
	{"glsoat-", URLSAFE, 16, false},
	{"gsk_", ALNUM, 32, true},
	{"hf_", ALNUM, 30, true},
	{"hvb.", URLSAFE, 24, false},
	{"hvs.", URLSAFE, 24, false},
	{"lin_api_", ALNUM, 32, false},
	{"npm_", ALNUM, 30, true},
	{"nuget_", ALNUM, 40, true},
	{"oy2", ALNUM, 43, false},
	{"phc_", ALNUM, 40, true},
	{"pk_live_", ALNUM, 16, false},
	{"pul-", HEX, 40, false},
	{"pypi-", URLSAFE, 32, true},
	{"rk_live_", ALNUM, 16, false},
	{"rk_test_", ALNUM, 16, false},
	{"rubygems_", HEX, 40, false},
	{"shpat_", HEX, 32, false},
	{"shpca_", HEX, 32, false},
	{"shppa_", HEX, 32, false},
	{"shpss_", HEX, 32, false},
	{"sk-", URLSAFE, 20, true},
	{"sk_live_", ALNUM, 16, false},
	{"sk_test_", ALNUM, 16, false},
	{"sntryu_", HEX, 40, false},
	{"sq0csp-", URLSAFE, 20, false},
	{"tskey-", URLSAFE, 20, true},
	{"whsec_", ALNUM, 24, true},
	{"xapp-", URLSAFE, 16, true},
	{"xkeysib-", URLSAFE, 40, false},
	{"xoxa-", URLSAFE, 10, false},
	{"xoxb-", URLSAFE, 10, false},
	{"xoxe.", DOTTED, 20, true},
	{"xoxo-", URLSAFE, 10, false},
	{"xoxp-", URLSAFE, 10, false},
	{"xoxr-", URLSAFE, 10, false},
	{"xoxs-", URLSAFE, 10, false},
	{"ya29.", URLSAFE, 20, false},
};

unsigned secret_classes(struct view v)
{
	unsigned classes = 0;

	for (size_t i = 0; i < v.n; i++)
		classes |= secret_class(v.p[i]);
	return classes;
}

static bool belongs(enum alphabet alphabet, char c)
{
	enum secret_class class = secret_class(c);

	switch (alphabet) {
	case HEX:
		return class == SECRET_DIGIT || (c >= 'a' && c <= 'f');
	case CAPITALS:
		return class == SECRET_DIGIT || class == SECRET_UPPER;
	case ALNUM:
		return class != SECRET_OTHER;
	case NAME:
		return class != SECRET_OTHER || c == '_';
	case URLSAFE:
		return class != SECRET_OTHER || c == '_' || c == '-';
	case DOTTED:
		return class != SECRET_OTHER || c == '_' || c == '-' || c == '.';
	}
	return false;
}

static size_t run_of(struct view v, enum alphabet alphabet)
{
	size_t n = 0;

	while (n < v.n && belongs(alphabet, v.p[n]))
		n++;
	return n;
}

/* The whole length of a run whose first n bytes decided that it is a token. Sentences end with a full stop. */
static size_t extend(struct view v, size_t n, enum alphabet alphabet)
{
	n += run_of(view_from(v, n), alphabet);
	while (n && v.p[n - 1] == '.')
		n--;
	return n;
}

static size_t shape_length(const struct shape *s, struct view v)
{
	const unsigned all = SECRET_LOWER | SECRET_UPPER | SECRET_DIGIT;
	struct view body = view_from(v, strlen(s->prefix));
	size_t n = run_of(view_sub(body, 0, DECISION_MAX), s->alphabet);

	/* A longer word of the same letters is another thing: AKIA and the like have one length. */
	if (s->alphabet == CAPITALS && s->least == 16 && (n != 16 || run_of(body, NAME) != 16))
		return 0;
	if (n < s->least || (s->mixed && (secret_classes(view_sub(body, 0, n)) & all) != all))
		return 0;
	return strlen(s->prefix) + extend(body, n, s->alphabet);
}

/* header.payload.signature; the signature may have been cut off */
static size_t jwt_length(struct view v)
{
	size_t header = run_of(view_sub(v, 0, DECISION_MAX), URLSAFE), payload;
	struct view rest = view_from(v, header + 1);

	if (header < 12 || header + 1 >= v.n || v.p[header] != '.')
		return 0;
	payload = run_of(rest, URLSAFE);
	if (payload < 8)
		return 0;
	rest = view_from(rest, payload);
	if (view_starts(rest, "."))
		rest = view_from(rest, 1 + run_of(view_from(rest, 1), URLSAFE));
	return (size_t)(rest.p - v.p);
}

/* Does a word begin here? Behind "\n" written out, a percent code, or a colour, it does as well. */
static bool at_word(struct view text, size_t at)
{
	size_t i = at;

	if (at == 0 || secret_class(text.p[at - 1]) == SECRET_OTHER)
		return true;
	if (at >= 2 && text.p[at - 2] == '\\' && strchr("nrt", text.p[at - 1]))
		return true;
	if (at >= 3 && text.p[at - 3] == '%')
		return true;
	if (text.p[at - 1] != 'm')
		return false;
	for (i = at - 1; i && at - i < 16 && (secret_class(text.p[i - 1]) == SECRET_DIGIT || text.p[i - 1] == ';');)
		i--;
	return i && text.p[i - 1] == '[';
}

bool secret_shape(struct view text, size_t at, struct span *ret)
{
	struct view v = view_from(text, at);
	size_t n = 0;

	if (!at_word(text, at))
		return false;
	if (view_starts(v, "eyJ"))
		n = jwt_length(v);
	for (size_t i = 0; n == 0 && i < sizeof(shapes) / sizeof(*shapes) && *shapes[i].prefix <= *v.p; i++)
		if (*shapes[i].prefix == *v.p && view_starts(v, shapes[i].prefix))
			n = shape_length(&shapes[i], v);
	*ret = (struct span){at, at + n};
	return n > 0;
}
