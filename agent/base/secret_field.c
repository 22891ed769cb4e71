#include "base/secret.h"

#include <string.h>

#define NAME_MAX_BYTES 128
#define GAP_MAX 64       /* blanks between a name and its value */
#define DECISION_MAX 128 /* bytes of a value that decide: what is kept is read again, as other names' values */

/* How sure a name makes us that its value is a secret. */
enum trust {
	NOTHING,
	HINT,   /* speaks of secrets: the value must look drawn by lot */
	WEAK,   /* also the name of harmless things ("unexpected token: x") */
	STRONG, /* says so */
	HEADER, /* Authorization: a scheme word may come first */
};

/* Ends of names, lower case and without '_' and '-'; longer ones before what they end with. */
static const struct ending {
	const char *text;
	enum trust trust;
} endings[] = {
	{"password", STRONG},
	{"passwd", STRONG},
	{"passphrase", STRONG},
	{"pwd", STRONG},
	{"secret", STRONG},
	{"secretkey", STRONG},
	{"secretkeybase", STRONG},
	{"apikey", STRONG},
	{"accesskey", STRONG},
	{"privatekey", STRONG},
	{"accountkey", STRONG},
	{"signingkey", STRONG},
	{"encryptionkey", STRONG},
	{"authkey", STRONG},
	{"amzsignature", STRONG},
	{"credential", WEAK},
	{"token", WEAK},
	{"authorization", HEADER},
};
static const char *const hints[] = {
	"password", "passwd", "secret", "token", "apikey", "accesskey", "privatekey", "credential"};

/* Values that say something about the secret instead of being it. */
static const char *const harmless[] = {"true", "false", "none", "null", "nil", "undefined", "on", "off", "yes", "no",
	"required", "optional", "inherit", "write", "read", "set", "unset", "not", "missing", "empty", "invalid",
	"expired", "string", "str", "bool", "boolean", "int", "bytes", "char", "text", "basic", "bearer", "redacted",
	"masked", "hidden", "provided", "changed", "default"};

struct value {
	size_t start;
	char quote; /* or NUL */
	bool tight; /* written to the '=' without a blank */
	bool last;  /* nothing but punctuation follows in the line */
	struct view text;
};

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

static char at(struct view v, size_t i)
{
	return i < v.n ? v.p[i] : '\n';
}

static size_t blanks(struct view v, size_t i)
{
	size_t n = 0;

	while (n < GAP_MAX && is_blank(at(v, i + n)))
		n++;
	return n;
}

/* Lower case, without '_', '-', and without the end of a plural or a number (PASSWORD_2, but not libsecret-1); what is
 * too long keeps its end. */
static struct view plain_name(struct view name, char plain[NAME_MAX_BYTES])
{
	size_t n = 0;

	if (name.n > NAME_MAX_BYTES)
		name = view_from(name, name.n - NAME_MAX_BYTES);
	while (name.n && (secret_class(name.p[name.n - 1]) == SECRET_DIGIT || name.p[name.n - 1] == '_'))
		name.n--;
	if (view_ends(name, "-"))
		return view_make(plain, 0);
	for (size_t i = 0; i < name.n; i++)
		if (secret_class(name.p[i]) != SECRET_OTHER)
			plain[n++] = (char)(name.p[i] | 0x20);
	if (n && plain[n - 1] == 's')
		n--;
	return view_make(plain, n);
}

/* Nearly every word of a log ends here: it has none of the beginnings of the words in the tables. */
static bool may_speak(struct view name)
{
	for (size_t i = 0; i + 3 <= name.n; i++) {
		const char *p = name.p + i;

		switch ((p[0] | 0x20) << 16 | (p[1] | 0x20) << 8 | (p[2] | 0x20)) {
		case 'p' << 16 | 'a' << 8 | 's':
		case 'p' << 16 | 'a' << 8 | 't':
		case 'p' << 16 | 'w' << 8 | 'd':
		case 's' << 16 | 'e' << 8 | 'c':
		case 't' << 16 | 'o' << 8 | 'k':
		case 'k' << 16 | 'e' << 8 | 'y':
		case 's' << 16 | 'i' << 8 | 'g':
		case 'c' << 16 | 'r' << 8 | 'e':
		case 'a' << 16 | 'u' << 8 | 't':
		case 'b' << 16 | 'e' << 8 | 'a':
		case 'b' << 16 | 'a' << 8 | 's':
			return true;
		}
	}
	return false;
}

static enum trust trust_in(struct view name)
{
	char text[NAME_MAX_BYTES];
	struct view plain = plain_name(name, text);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (view_ends(plain, endings[i].text))
			return endings[i].trust;
	if (view_ends(name, "_PASS") || view_ends(name, "_pass") || view_ends(name, "_PAT"))
		return STRONG;
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (view_has(plain, hints[i]))
			return HINT;
	return NOTHING;
}

/* Offset of what separates name and value, behind it; 0 when there is no such thing. */
static size_t skip_separator(struct view t, struct span name, size_t i)
{
	char c = at(t, i), next = at(t, i + 1);

	if (c == '>' && name.start && t.p[name.start - 1] == '<')
		return i + 1;
	if ((c == ':' && next == '=') || (c == '=' && next == '>'))
		return i + 2;
	if ((c == '=' && next != '=' && next != '~') || (c == ':' && next != ':'))
		return i + 1;
	return i > name.end && t.p[name.start] == '-' && at(t, name.start + 1) == '-' ? i : 0;
}

/* The end of an unquoted value: a blank or quote; ';' in code and connection strings, '&' in a query, '<' in XML. */
static size_t bare_end(struct view t, size_t i)
{
	while (i < t.n && (unsigned char)t.p[i] > ' ' && !is_quote(t.p[i]) && !is_one_of(t.p[i], ";&<"))
		i++;
	return i;
}

static size_t quoted_end(struct view t, size_t i, char quote)
{
	size_t start = i;

	while (i < t.n && t.p[i] != quote && t.p[i] != '\n')
		i++;
	if (at(t, i) != quote)
		return bare_end(t, start);
	/* \"x\" inside a quoted text */
	return i > start && t.p[i - 1] == '\\' ? i - 1 : i;
}

static bool find_value(struct view t, struct span name, struct value *ret)
{
	size_t i = name.end, before, after;

	if (at(t, i) == '\\' && is_quote(at(t, i + 1)))
		i++;
	if (is_quote(at(t, i)))
		i++;
	before = blanks(t, i);
	i = skip_separator(t, name, i + before);
	if (i == 0)
		return false;
	ret->tight = before == 0 && blanks(t, i) == 0 && t.p[i - 1] != ':';
	after = blanks(t, i);
	i += after;
	if (at(t, i) == '\\' && is_quote(at(t, i + 1)))
		i++;
	ret->quote = is_quote(at(t, i)) ? t.p[i] : '\0';
	ret->start = i + (ret->quote != '\0');
	return true;
}

static struct span value_span(struct view t, const struct value *v)
{
	struct span s = {v->start, v->quote ? quoted_end(t, v->start, v->quote) : bare_end(t, v->start)};

	while (!v->quote && s.end > s.start && is_one_of(t.p[s.end - 1], ",;.)]}>"))
		s.end--;
	return s;
}

/* Fills in what is needed to decide. */
static void read_value(struct view t, struct value *v)
{
	struct span s;
	size_t rest;

	t = view_sub(t, 0, v->start + DECISION_MAX);
	s = value_span(t, v);
	v->text = view_sub(t, s.start, s.end - s.start);
	for (rest = s.end; rest < t.n && t.p[rest] != '\n' && secret_class(t.p[rest]) == SECRET_OTHER; rest++)
		;
	v->last = at(t, rest) == '\n';
}

static bool has_nocase(struct view v, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= v.n; i++)
		if (view_eq_nocase(view_sub(v, i, n), view_make(word, n)))
			return true;
	return false;
}

/* $VAR, ${{ x }}, %VAR%, %s, <placeholder>, {{ x }}, a list; but not the hash $2b$... */
static bool is_template(struct view v)
{
	if (view_starts(v, "$"))
		return v.n == 1 || secret_class(v.p[1]) != SECRET_DIGIT;
	if (view_starts(v, "%"))
		return v.n <= 2 || view_ends(v, "%") || is_one_of(v.p[1], "({");
	return v.n && is_one_of(*v.p, "<{[(");
}

static bool is_place(struct view v)
{
	if (view_starts(v, "/") || view_starts(v, "~/"))
		return !secret_is_random(v);
	return view_starts(v, "./") || view_starts(v, "../") || view_starts(v, "id=") || view_has(v, "://") ||
	       view_has(v, ":\\");
}

/* os.environ[..., get_password(... */
static bool is_call(struct view v)
{
	size_t n = 0;

	while (n < v.n && (secret_class(v.p[n]) & (SECRET_LOWER | SECRET_UPPER) || is_one_of(v.p[n], "_.")))
		n++;
	return n && n < v.n && is_one_of(v.p[n], "([");
}

/* Stars, "xxxx", dots, or nothing to read at all. */
static bool is_placeholder(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (secret_class(v.p[i]) != SECRET_OTHER && v.p[i] != 'x' && v.p[i] != 'X')
			return false;
	return true;
}

static bool is_harmless(struct view v)
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++)
		if (view_eq_nocase(v, view_of(harmless[i])))
			return true;
	return false;
}

/* Words only, as a person, or a program's variable, writes them. */
static bool is_words(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (secret_class(v.p[i]) == SECRET_DIGIT ||
			(secret_class(v.p[i]) == SECRET_OTHER && !is_one_of(v.p[i], "_-.= ")))
			return false;
	return true;
}

static bool is_numeric(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (secret_class(v.p[i]) != SECRET_DIGIT && !is_one_of(v.p[i], ".,:%-+"))
			return false;
	return true;
}

/* Up to what no token holds. */
static size_t word_end(struct view v)
{
	size_t n = 0;

	while (n < v.n && !is_one_of(v.p[n], ",(){}[]"))
		n++;
	return n;
}

static bool names_a_secret(struct view v)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (has_nocase(v, hints[i]))
			return true;
	return false;
}

static bool is_kept_words(const struct value *value, enum trust trust)
{
	struct view v = value->text;

	if (trust == WEAK)
		return !secret_is_random(v);
	if (names_a_secret(v))
		return true;
	if (!value->quote && (view_find_char(v, '_') != VIEW_NONE || view_find_char(v, '.') != VIEW_NONE))
		return true;
	return !value->quote && !value->tight && !value->last;
}

static bool is_kept(const struct value *value, enum trust trust)
{
	struct view v = value->text;

	if (view_has(v, "***") || is_placeholder(v) || is_template(v) || is_place(v) || is_harmless(v))
		return true;
	if (!value->quote && is_call(v))
		return true;
	if (trust == HINT)
		return v.n < 16 || !secret_is_random(v);
	if (is_words(v))
		return is_kept_words(value, trust);
	if (is_numeric(v))
		return v.n < (trust == WEAK ? 8 : 4) || view_find_char(v, '.') != VIEW_NONE;
	/* minified code: {token:e,type:t} */
	if (trust == WEAK && !value->quote)
		v = view_sub(v, 0, word_end(v));
	return trust == WEAK && (v.n < 6 || (names_a_secret(v) && !secret_is_random(v)));
}

/* "Bearer x", "Basic x", "token x": what counts comes behind the scheme. */
static size_t skip_scheme(struct view t, size_t i)
{
	static const char *const schemes[] = {"bearer", "basic", "token", "digest", "negotiate"};
	struct view v = view_from(t, i);

	for (size_t k = 0; k < sizeof(schemes) / sizeof(*schemes); k++) {
		size_t n = strlen(schemes[k]);

		if (view_eq_nocase(view_sub(v, 0, n), view_make(schemes[k], n)) && blanks(t, i + n))
			return i + n + blanks(t, i + n);
	}
	return i;
}

/* "Bearer eyJ...": with no name in front a word must look the part. */
static bool lone_scheme(struct view t, struct span name, struct span *ret)
{
	struct view v = view_sub(t, name.start, name.end - name.start), word;
	unsigned classes;

	if (!view_eq_nocase(v, VIEW("bearer")) && !view_eq_nocase(v, VIEW("basic")))
		return false;
	ret->start = name.end + blanks(t, name.end);
	ret->end = bare_end(t, ret->start);
	word = view_sub(t, ret->start, ret->end - ret->start);
	classes = secret_classes(word);
	return ret->start > name.end && word.n >= 12 && (classes & SECRET_DIGIT) &&
	       (classes & ~(unsigned)SECRET_DIGIT) && !view_has(word, "***") && *word.p != '$';
}

bool secret_field(struct view text, struct span name, struct span *ret)
{
	struct view word = view_sub(text, name.start, name.end - name.start);
	enum trust trust = may_speak(word) ? trust_in(word) : NOTHING;
	struct value value = {0};

	if (trust == NOTHING)
		return lone_scheme(text, name, ret);
	if (!find_value(text, name, &value))
		return false;
	if (trust == HEADER)
		value.start = skip_scheme(text, value.start);
	read_value(text, &value);
	if (is_kept(&value, trust))
		return false;
	*ret = value_span(text, &value);
	return true;
}

/* Paths that are the key: whoever has them may post. */
static bool find_webhook(struct view v, size_t *ret_start)
{
	static const char *const webhooks[] = {
		"hooks.slack.com/services/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/"};

	for (size_t i = 0; i < sizeof(webhooks) / sizeof(*webhooks); i++)
		if (view_starts(v, webhooks[i])) {
			*ret_start = strlen(webhooks[i]);
			return true;
		}
	return false;
}

bool secret_url(struct view text, size_t at_scheme, struct span *ret)
{
	struct view v = view_from(text, at_scheme), user;
	size_t host, end, colon, start;

	if (!view_starts(v, "://"))
		return false;
	start = at_scheme + 3;
	v = view_from(text, start);
	if (find_webhook(v, &host)) {
		*ret = (struct span){start + host, bare_end(text, start + host)};
		return ret->end > ret->start && !view_starts(view_from(text, ret->start), "***");
	}
	for (end = 0;
		end < v.n && (unsigned char)v.p[end] > ' ' && !is_quote(v.p[end]) && !is_one_of(v.p[end], "/?#<>");)
		end++;
	host = view_find_last_char(view_sub(v, 0, end), '@');
	if (host == VIEW_NONE)
		return false;
	colon = view_find_char(view_sub(v, 0, host), ':');
	/* A user alone is a token when it is none of those names that services give to everybody. */
	user = view_sub(v, colon == VIEW_NONE ? 0 : colon + 1, colon == VIEW_NONE ? host : host - colon - 1);
	*ret = (struct span){(size_t)(user.p - text.p), (size_t)(user.p - text.p) + user.n};
	if (colon == VIEW_NONE)
		return user.n >= 20 && (secret_classes(user) & SECRET_DIGIT);
	return user.n && !view_has(user, "***") && !is_one_of(*user.p, "$%<{") && !is_placeholder(user);
}
