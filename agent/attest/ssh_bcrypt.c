/* ssh_bcrypt.c - bcrypt_pbkdf of OpenBSD: how OpenSSH makes a key of a passphrase.
 *
 * Blowfish's tables are the hexadecimal digits of pi. They are reckoned here (some tenths of a second, only where
 * a key file is encrypted) instead of written down: Machin's formula, pi = 16 atan(1/5) - 4 atan(1/239). */
#include "attest/sshsig_internal.h"
#include "base/mem.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <stdlib.h>

#define SUBKEYS 18u
#define BOX 256u
#define PI_WORDS (SUBKEYS + 4 * BOX)
#define LIMBS (1 + PI_WORDS + 2) /* whole part, digits, guard */
#define HASH_BYTES 32u
#define HASH_WORDS (HASH_BYTES / 4)
#define KEY_BYTES 64u /* SHA-512 */

struct blowfish {
	uint32_t p[SUBKEYS], s[4 * BOX];
};

/* ---- pi --------------------------------------------------------------------------------------------------------- */

/* Most significant first; from `*first`, in front of which all is zero. */
static void divide(uint32_t *ret, const uint32_t *n, uint32_t by, size_t *first)
{
	uint64_t rest = 0;

	for (size_t i = *first; i < LIMBS; i++) {
		rest = rest << 32 | n[i];
		ret[i] = (uint32_t)(rest / by);
		rest %= by;
	}
	while (*first < LIMBS && ret[*first] == 0)
		++*first;
}

static void accumulate(uint32_t *sum, const uint32_t *n, size_t first, bool subtract)
{
	uint64_t carry = 0;

	for (size_t i = LIMBS; i-- > 0 && (i >= first || carry);) {
		uint64_t add = (i >= first ? n[i] : 0) + carry, now = subtract ? sum[i] - add : sum[i] + add;

		sum[i] = (uint32_t)now;
		carry = now >> 32 & 1;
	}
}

/* sum += or -= factor * atan(1/x) */
static void add_atan(uint32_t *sum, uint32_t factor, uint32_t x, bool subtract)
{
	MEM_AUTO uint32_t *power = mem_array(LIMBS, sizeof(*power)), *term = mem_array(LIMBS, sizeof(*term));
	size_t first = 0;

	power[0] = factor;
	divide(power, power, x, &first);
	for (uint32_t k = 1; first < LIMBS; k += 2) {
		size_t term_first = first;

		divide(term, power, k, &term_first);
		accumulate(sum, term, term_first, subtract);
		divide(power, power, x * x, &first);
		subtract = !subtract;
	}
}

static void blowfish_tables(struct blowfish *b)
{
	uint32_t pi[LIMBS] = {0};

	add_atan(pi, 16, 5, false);
	add_atan(pi, 4, 239, true);
	memcpy(b->p, pi + 1, sizeof(b->p));
	memcpy(b->s, pi + 1 + SUBKEYS, sizeof(b->s));
}

/* ---- Blowfish --------------------------------------------------------------------------------------------------- */

static void encipher(const struct blowfish *b, uint32_t pair[2])
{
	uint32_t left = pair[0], right = pair[1];

	for (size_t i = 0; i < SUBKEYS - 2; i += 2) {
		left ^= b->p[i];
		right ^= ((b->s[left >> 24] + b->s[BOX + (left >> 16 & 255)]) ^ b->s[2 * BOX + (left >> 8 & 255)]) +
			 b->s[3 * BOX + (left & 255)];
		right ^= b->p[i + 1];
		left ^= ((b->s[right >> 24] + b->s[BOX + (right >> 16 & 255)]) ^ b->s[2 * BOX + (right >> 8 & 255)]) +
			b->s[3 * BOX + (right & 255)];
	}
	pair[0] = right ^ b->p[SUBKEYS - 1];
	pair[1] = left ^ b->p[SUBKEYS - 2];
}

/* The next four bytes of a key that begins anew when it is used up. */
static uint32_t next_word(const unsigned char key[KEY_BYTES], size_t *at)
{
	const unsigned char *p = key + *at % KEY_BYTES;

	*at += 4;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void renew(const struct blowfish *b, uint32_t *words, size_t count, uint32_t pair[2], const unsigned char *salt,
	size_t *at)
{
	for (size_t i = 0; i < count; i += 2) {
		if (salt) {
			pair[0] ^= next_word(salt, at);
			pair[1] ^= next_word(salt, at);
		}
		encipher(b, pair);
		words[i] = pair[0];
		words[i + 1] = pair[1];
	}
}

/* With `salt` NULL: expand0state. */
static void expand(struct blowfish *b, const unsigned char *salt, const unsigned char *key)
{
	uint32_t pair[2] = {0, 0};
	size_t at = 0;

	for (size_t i = 0; i < SUBKEYS; i++)
		b->p[i] ^= next_word(key, &at);
	at = 0;
	renew(b, b->p, SUBKEYS, pair, salt, &at);
	renew(b, b->s, (size_t)4 * BOX, pair, salt, &at);
}

/* ---- bcrypt ----------------------------------------------------------------------------------------------------- */

static void bcrypt(
	const struct blowfish *pi, const unsigned char *key, const unsigned char *salt, unsigned char ret[HASH_BYTES])
{
	static const unsigned char text[KEY_BYTES] = "OxychromaticBlowfishSwatDynamite";
	uint32_t words[HASH_WORDS];
	struct blowfish b = *pi;
	size_t at = 0;

	expand(&b, salt, key);
	for (unsigned i = 0; i < 64; i++) {
		expand(&b, NULL, salt);
		expand(&b, NULL, key);
	}
	for (size_t i = 0; i < HASH_WORDS; i++)
		words[i] = next_word(text, &at);
	for (unsigned i = 0; i < 64; i++)
		for (size_t k = 0; k < HASH_WORDS; k += 2)
			encipher(&b, words + k);
	for (size_t i = 0; i < HASH_BYTES; i++)
		ret[i] = (unsigned char)(words[i / 4] >> (8 * (i % 4)));
	OPENSSL_cleanse(&b, sizeof(b));
	OPENSSL_cleanse(words, sizeof(words));
}

/* One block of 32 bytes: the sum of all rounds. */
static void stretch(const struct blowfish *pi, const unsigned char *key, struct view salt, uint32_t rounds,
	unsigned char ret[HASH_BYTES])
{
	unsigned char sum[KEY_BYTES], one[HASH_BYTES];

	key_digest(EVP_sha512(), salt, sum);
	bcrypt(pi, key, sum, one);
	memcpy(ret, one, HASH_BYTES);
	for (uint32_t i = 1; i < rounds; i++) {
		key_digest(EVP_sha512(), view_make((const char *)one, HASH_BYTES), sum);
		bcrypt(pi, key, sum, one);
		for (size_t k = 0; k < HASH_BYTES; k++)
			ret[k] ^= one[k];
	}
	OPENSSL_cleanse(one, sizeof(one));
}

void ssh_bcrypt(struct view passphrase, struct view salt, uint32_t rounds, unsigned char *ret, size_t n)
{
	MEM_AUTO struct blowfish *pi = mem_new(sizeof(*pi));
	MEM_AUTO char *numbered = mem_new(salt.n + 4);
	unsigned char key[KEY_BYTES], block[HASH_BYTES];
	size_t stride = (n + HASH_BYTES - 1) / HASH_BYTES;

	assert(n && n <= 256 && rounds && rounds <= SSH_KDF_ROUNDS_MAX);
	blowfish_tables(pi);
	key_digest(EVP_sha512(), passphrase, key);
	if (salt.n)
		memcpy(numbered, salt.p, salt.n);
	/* Each block gives every stride-th byte, so that a shorter key costs an attacker no less. */
	for (size_t count = 0; count < stride; count++) {
		numbered[salt.n + 3] = (char)(count + 1);
		stretch(pi, key, view_make(numbered, salt.n + 4), rounds, block);
		for (size_t i = 0; i < HASH_BYTES && i * stride + count < n; i++)
			ret[i * stride + count] = block[i];
	}
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(block, sizeof(block));
}
