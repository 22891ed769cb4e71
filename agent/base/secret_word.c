#include "base/secret.h"

#include <math.h>
#include <string.h>

#define WORD_MIN 32     /* shorter ones are too often names */
#define WORD_MAX 8192   /* longer ones are files printed in base64 */
#define ENTROPY_MIN 4.2 /* bits per character */
#define PIECE_MIN 3.5   /* letters: what people write has longer pieces between changes of case or to digits */
#define RANDOM_MIN 16   /* characters that nothing explains */

/* What stands in front of, or begins, something long and public: checksums, fingerprints, public keys, symbols. */
static const char *const before_public[] = {
	"h1:", "SHA256:", "sha256:", "sha512:", "base64,", "integrity=", "nonce-", "hash "};
static const char *const public_starts[] = {"sha1-", "sha256-", "sha384-", "sha512-", "AAAAB3NzaC1", "AAAAC3NzaC1",
	"AAAAE2VjZHNh", "_ZN", "_ZT", "_ZS", "_ZK", "_R", "ZN"};

static bool is_symbol(char c)
{
	return c == '+' || c == '/' || c == '_' || c == '-';
}

static double entropy(struct view v)
{
	unsigned counts[256] = {0};
	double bits = 0;

	for (size_t i = 0; i < v.n; i++)
		counts[(unsigned char)v.p[i]]++;
	for (size_t i = 0; i < 256; i++)
		if (counts[i])
			bits -= counts[i] * log2(counts[i] / (double)v.n);
	return v.n ? bits / (double)v.n : 0;
}

/* Words, numbers, hexadecimal digests and the capital ids of clouds have not. */
static bool has_both_cases(struct view v)
{
	const unsigned both = SECRET_LOWER | SECRET_UPPER;

	return (secret_classes(v) & both) == both;
}

/* "HTTPServer2Test" has the pieces HTTPServer, 2, Test: a piece ends where case or kind change, but for the capital
 * that begins a word. */
static size_t pieces(struct view v)
{
	size_t n = v.n > 0;

	for (size_t i = 1; i < v.n; i++) {
		enum secret_class before = secret_class(v.p[i - 1]), now = secret_class(v.p[i]);

		n += before != now && !(before == SECRET_UPPER && now == SECRET_LOWER);
	}
	return n;
}

bool secret_is_random(struct view word)
{
	size_t unexplained = 0, i = 0;

	while (i < word.n) {
		size_t start = i;
		struct view part;

		while (i < word.n && secret_class(word.p[i]) != SECRET_OTHER)
			i++;
		part = view_sub(word, start, i - start);
		if (has_both_cases(part) && (double)part.n < PIECE_MIN * (double)pieces(part))
			unexplained += part.n;
		i++;
	}
	return unexplained >= RANDOM_MIN && unexplained * 2 > word.n;
}

static bool is_public(struct view text, struct view word, size_t at)
{
	for (size_t i = 0; i < sizeof(before_public) / sizeof(*before_public); i++)
		if (view_ends(view_sub(text, 0, at), before_public[i]))
			return true;
	for (size_t i = 0; i < sizeof(public_starts) / sizeof(*public_starts); i++)
		if (view_starts(word, public_starts[i]))
			return true;
	return false;
}

bool secret_word(struct view text, size_t at, struct span *ret)
{
	const unsigned all = SECRET_LOWER | SECRET_UPPER | SECRET_DIGIT;
	struct view v = view_from(text, at), word;
	size_t n = 0, padding = 0;

	while (n < v.n && (secret_class(v.p[n]) != SECRET_OTHER || is_symbol(v.p[n])))
		n++;
	while (padding < 2 && n + padding < v.n && v.p[n + padding] == '=')
		padding++;
	word = view_sub(v, 0, n);
	*ret = (struct span){at, at + n + padding};
	return n >= WORD_MIN && n <= WORD_MAX && (secret_classes(word) & all) == all && entropy(word) > ENTROPY_MIN &&
	       !is_public(text, word, at) && secret_is_random(word);
}
