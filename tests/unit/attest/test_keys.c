#include "attest/keys.h"
#include "attest/sshsig.h"

#include "ssh_testing.h"

#include <sys/stat.h>

/* In two pieces: what looks for private keys in a tree need not stop here. */
#define HEAD                                                                                                           \
	"-----BEGIN PRIVATE"                                                                                           \
	" KEY-----\n"

/* RFC 8032 §7.1 */
static const struct {
	const char *seed, *public_key, *message, *signature;
} rfc[] = {
	{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5"
		"f0595bbe24655141438e7a100b"},
	{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2e"
		"aeb4302aeeb00d291612bb0c00"},
	{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15"
		"e9716ed28dc027beceea1ec40a"},
};

static void test_rfc_vectors(void **state)
{
	unsigned char key[32], signature[64], message[2];

	(void)state;
	for (size_t i = 0; i < sizeof(rfc) / sizeof(*rfc); i++) {
		struct view text = view_make((char *)message, unhex(message, rfc[i].message));
		struct view sig = view_make((char *)signature, unhex(signature, rfc[i].signature));

		assert_int_equal(unhex(key, rfc[i].public_key), 32);
		assert_int_equal(sig.n, 64);
		assert_true(key_verify(key, text, sig));
		for (size_t k = 0; k < 64 * 8; k++) {
			signature[k / 8] ^= (unsigned char)(1u << k % 8);
			assert_false(key_verify(key, text, sig));
			signature[k / 8] ^= (unsigned char)(1u << k % 8);
		}
		for (size_t n = 0; n < 64; n++)
			assert_false(key_verify(key, text, view_make(sig.p, n)));
		assert_false(key_verify(key, VIEW("another"), sig));
	}
}

/* The order of the base point, little endian: S + L is the same number for a reader that does not look. */
static void test_signature_in_other_form(void **state)
{
	unsigned char key[32], signature[64], order[32];
	unsigned carry = 0;

	(void)state;
	unhex(key, rfc[0].public_key);
	unhex(signature, rfc[0].signature);
	unhex(order, "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
	for (size_t i = 0; i < 32; i++) {
		carry += signature[32 + i] + order[i];
		signature[32 + i] = (unsigned char)carry;
		carry >>= 8;
	}
	assert_false(key_verify(key, VIEW(""), view_make((char *)signature, 64)));
	memset(signature, 0, sizeof(signature));
	assert_false(key_verify(key, VIEW(""), view_make((char *)signature, 64)));
}

/* All encodings of points whose order divides 8, and of y that are not below p. With the first, R = the neutral point
 * and S = 0 would hold for every message. */
static void test_small_order(void **state)
{
	static const char *const points[] = {"0100000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000080",
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"};
	unsigned char key[32], signature[64] = {1};

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++) {
		BUF_AUTO line = buf_new(256), blob = buf_new(256);
		struct err e;

		assert_int_equal(unhex(key, points[i]), 32);
		assert_false(key_verify(key, VIEW("anything"), view_make((char *)signature, 64)));
		key_ssh(&line, key);
		assert_int_equal(ssh_public_read(&blob, buf_view(&line), &e), -1);
		assert_non_null(strstr(e.text, "small order"));
	}
}

static void test_made_and_used(void **state)
{
	unsigned char key[KEY_PUBLIC], again[KEY_PUBLIC], signature[KEY_SIGNATURE];
	struct signing_key *k, *other;
	BUF_AUTO pem = buf_new(BUF_LINE);
	char id[KEY_ID_MAX];

	(void)state;
	assert_int_equal(signing_key_new(&k, NULL), 0);
	assert_int_equal(signing_key_new(&other, NULL), 0);
	signing_key_public(k, key);
	assert_int_equal(signing_key_sign(k, VIEW("hello"), signature, NULL), 0);
	assert_true(key_verify(key, VIEW("hello"), view_make((char *)signature, 64)));
	assert_false(key_verify(key, VIEW("hellO"), view_make((char *)signature, 64)));
	signing_key_public(other, again);
	assert_false(key_verify(again, VIEW("hello"), view_make((char *)signature, 64)));
	key_pem(&pem, key);
	assert_int_equal(key_read_pem(again, buf_view(&pem), NULL), 0);
	assert_memory_equal(key, again, KEY_PUBLIC);
	key_id(key, id);
	assert_int_equal(strlen(id), 50);
	signing_key_free(k);
	signing_key_free(other);
	signing_key_free(NULL);
}

static unsigned asked;
static const char *give(void *context, const char *path)
{
	(void)path;
	asked++;
	return context;
}

static void test_files(void **state)
{
	const struct folder *f = *state;
	MEM_AUTO char *plain = file_join(f->path, "plain"), *sealed = file_join(f->path, "sealed"),
		      *linked = file_join(f->path, "linked");
	unsigned char key[KEY_PUBLIC], again[KEY_PUBLIC];
	struct signing_key *k, *back;
	char good[] = "correct horse", bad[] = "wrong horse";
	struct stat st;
	struct err e;

	assert_int_equal(signing_key_new(&k, NULL), 0);
	signing_key_public(k, key);
	umask(0);
	assert_int_equal(signing_key_write(k, plain, NULL, &e), 0);
	assert_int_equal(signing_key_write(k, sealed, good, &e), 0);
	umask(022);
	assert_int_equal(stat(plain, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(signing_key_write(k, plain, NULL, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_int_equal(signing_key_write(k, "/nowhere/at/all", "", &e), -1);
	assert_int_equal(e.code, ERR_USAGE);

	asked = 0;
	assert_int_equal(signing_key_load(&back, plain, give, good, &e), 0);
	assert_int_equal(asked, 0);
	signing_key_free(back);
	assert_int_equal(signing_key_load(&back, sealed, give, good, &e), 0);
	assert_int_equal(asked, 1);
	signing_key_public(back, again);
	assert_memory_equal(key, again, KEY_PUBLIC);
	signing_key_free(back);
	assert_int_equal(signing_key_load(&back, sealed, give, bad, &e), -1);
	assert_int_equal(e.code, ERR_AUTH);
	assert_int_equal(signing_key_load(&back, sealed, NULL, NULL, &e), -1);
	assert_non_null(strstr(e.text, "no passphrase"));

	assert_int_equal(chmod(plain, 0640), 0);
	assert_int_equal(signing_key_load(&back, plain, NULL, NULL, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_non_null(strstr(e.text, "chmod 600"));
	assert_int_equal(symlink(sealed, linked), 0);
	assert_int_equal(signing_key_load(&back, linked, give, good, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_int_equal(signing_key_load(&back, f->path, NULL, NULL, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	signing_key_free(k);
}

/* As a secret of CI holds it. */
static void test_in_one_line(void **state)
{
	const struct folder *f = *state;
	MEM_AUTO char *path = file_join(f->path, "key");
	BUF_AUTO pem = buf_new(BUF_LINE), line = buf_new(BUF_LINE);
	unsigned char key[KEY_PUBLIC], again[KEY_PUBLIC];
	struct signing_key *k;

	assert_int_equal(signing_key_new(&k, NULL), 0);
	signing_key_public(k, key);
	assert_int_equal(signing_key_write(k, path, NULL, NULL), 0);
	signing_key_free(k);
	pem = content_of(f->path, "key");
	for (size_t i = 0; i < pem.n; i++) {
		if (pem.p[i] == '\n')
			buf_add_text(&line, i % 2 ? "\\r\\n" : "\\n");
		else
			buf_add_char(&line, pem.p[i]);
	}
	assert_int_equal(signing_key_read(&k, buf_view(&line), NULL, NULL), 0);
	signing_key_public(k, again);
	assert_memory_equal(key, again, KEY_PUBLIC);
	signing_key_free(k);
}

static void test_refused_text(void **state)
{
	static const char *const texts[] = {"", "hello",
		HEAD "-----END PRIVATE"
		     " KEY-----\n",
		HEAD "AAAA\n"};
	unsigned char key[KEY_PUBLIC];
	struct signing_key *k;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(signing_key_read(&k, view_of(texts[i]), NULL, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_int_equal(key_read_pem(key, view_of(texts[i]), &e), -1);
	}
}

/* Keys and signatures of openssl are taken, and ours by openssl. */
static void test_with_openssl(void **state)
{
	const struct folder *f = *state;
	MEM_AUTO char *theirs = file_join(f->path, "theirs.pem"), *ours = file_join(f->path, "ours.pem"),
		      *sealed = file_join(f->path, "theirs-sealed.pem"), *rsa = file_join(f->path, "rsa.pem");
	unsigned char key[KEY_PUBLIC], again[KEY_PUBLIC], signature[KEY_SIGNATURE];
	struct signing_key *k;
	char word[] = "open";
	BUF_AUTO pem = buf_new(BUF_LINE);
	struct err e;

	need("openssl");
	write_in(f->path, "message", VIEW("a message"));
	assert_int_equal(
		run_in(f->path, "umask 077; openssl genpkey -algorithm ed25519 -out theirs.pem\n"
				"openssl pkey -in theirs.pem -pubout -out theirs.pub\n"
				"openssl pkey -in theirs.pem -aes256 -passout pass:open -out theirs-sealed.pem\n"
				"openssl pkeyutl -sign -inkey theirs.pem -rawin -in message -out theirs.sig\n"
				"openssl genrsa -out rsa.pem 2048"),
		0);
	struct buf public = content_of(f->path, "theirs.pub"), sig = content_of(f->path, "theirs.sig");
	assert_int_equal(key_read_pem(key, buf_view(&public), &e), 0);
	assert_true(key_verify(key, VIEW("a message"), buf_view(&sig)));
	key_pem(&pem, key);
	assert_string_equal(buf_text(&pem), buf_text(&public));
	assert_int_equal(signing_key_load(&k, theirs, NULL, NULL, &e), 0);
	signing_key_public(k, again);
	assert_memory_equal(key, again, KEY_PUBLIC);
	signing_key_free(k);
	assert_int_equal(signing_key_load(&k, sealed, give, word, &e), 0);
	signing_key_free(k);
	assert_int_equal(signing_key_load(&k, rsa, NULL, NULL, &e), -1);
	assert_non_null(strstr(e.text, "not an Ed25519 key"));

	assert_int_equal(signing_key_new(&k, NULL), 0);
	assert_int_equal(signing_key_write(k, ours, "word", &e), 0);
	assert_int_equal(signing_key_sign(k, VIEW("a message"), signature, &e), 0);
	write_in(f->path, "ours.sig", view_make((char *)signature, 64));
	signing_key_public(k, key);
	buf_clear(&pem);
	key_pem(&pem, key);
	write_in(f->path, "ours.pub", buf_view(&pem));
	assert_int_equal(
		run_in(f->path, "openssl pkeyutl -verify -pubin -inkey ours.pub -rawin -in message -sigfile "
				"ours.sig && openssl pkey -in ours.pem -passin pass:word -pubout | cmp - ours.pub\n"
				"openssl asn1parse -in ours.pem | grep -q 'aes-256-cbc'"),
		0);
	assert_int_not_equal(run_in(f->path, "echo x >>message; openssl pkeyutl -verify -pubin -inkey ours.pub -rawin "
					     "-in message -sigfile ours.sig"),
		0);
	signing_key_free(k);
	buf_done(&public);
	buf_done(&sig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_vectors),
		cmocka_unit_test(test_signature_in_other_form),
		cmocka_unit_test(test_small_order),
		cmocka_unit_test(test_made_and_used),
		cmocka_unit_test_setup_teardown(test_files, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_in_one_line, folder_setup, folder_teardown),
		cmocka_unit_test(test_refused_text),
		cmocka_unit_test_setup_teardown(test_with_openssl, folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
