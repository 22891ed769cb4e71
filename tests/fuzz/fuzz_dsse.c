/* Envelopes: any bytes are refused with a reason, or give one signature; what is read, written and read again is the
 * same. */
#include "attest/envelope.h"
#include "attest/keys.h"
#include "attest/sshsig.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check(const struct envelope *v)
{
	JSON_AUTO *j = envelope_json(v->payload_type, v->payload, v->keyid, v->format, v->signature);
	BUF_AUTO text = buf_new(ENVELOPE_BYTES_MAX * 2);
	struct envelope again;

	json_print(&text, j);
	assert(envelope_read(&again, buf_view(&text), NULL) == 0);
	assert(view_eq(v->payload, again.payload) && view_eq(v->signature, again.signature));
	assert(strcmp(v->keyid, again.keyid) == 0 && strcmp(v->payload_type, again.payload_type) == 0);
	envelope_done(&again);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct envelope v;
	struct err e = {0};

	if (envelope_read(&v, view_make((const char *)data, size), &e) != 0) {
		assert(e.code && *e.text);
		return 0;
	}
	assert(v.payload.n && v.signature.n && *v.keyid && *v.payload_type);
	assert(v.format == ENVELOPE_SSHSIG || v.signature.n == KEY_SIGNATURE);
	check(&v);
	envelope_done(&v);
	return 0;
}
