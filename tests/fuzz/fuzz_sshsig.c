/* SSH signatures (armoured or not), public keys and private key files: any bytes are refused with a reason; and no
 * signature holds for a message that nobody signed. */
#include "attest/sshsig_internal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check(struct view blob)
{
	BUF_AUTO armoured = buf_new(SSHSIG_BLOB_MAX * 2), back = buf_new(SSHSIG_BLOB_MAX);
	struct err e = {0};
	struct sshsig s;

	if (sshsig_parse(&s, blob, &e) != 0) {
		assert(e.code && *e.text);
		return;
	}
	assert(s.key_type && s.public_key.n <= SSH_KEY_BLOB_MAX && s.signature.n);
	assert(sshsig_verify(&s, VIEW("never signed"), SSHSIG_NAMESPACE, &e) != 0 && *e.text);
	sshsig_armour(&armoured, blob);
	assert(sshsig_unarmour(&back, buf_view(&armoured), &e) == 0 && view_eq(buf_view(&back), blob));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view text = view_make((const char *)data, size);
	BUF_AUTO blob = buf_new(SSHSIG_BLOB_MAX), key = buf_new(SSH_KEY_BLOB_MAX);
	SSH_PRIVATE_AUTO private = {0};
	struct ssh_signer nobody = {.path = "key"};
	struct err e = {0};

	check(text);
	if (sshsig_unarmour(&blob, text, &e) == 0)
		check(buf_view(&blob));
	if (ssh_public_read(&key, text, &e) == 0)
		assert(key.n);
	if (ssh_private_read(&private, text, &nobody, &e) != 0)
		assert(*e.text);
	return 0;
}
