/* Lists of allowed signers: any bytes are refused, or give lines that allow somebody and notes on those that do not. */
#include "attest/signers.h"
#include "attest/sshsig.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct err e = {0};
	struct signers s;

	if (signers_read(&s, view_make((const char *)data, size), &e) != 0) {
		assert(e.code && *e.text);
		return 0;
	}
	assert(s.count <= SIGNERS_LINES_MAX);
	for (size_t i = 0; i < s.count; i++) {
		const struct signer *one = &s.items[i], *found;
		enum signers_miss miss;

		assert(one->line && one->key.n && one->key_type && one->comment);
		assert(one->principals && one->principals[0] && (!one->branches || one->branches[0]));
		found = signers_look(&s, one->key, "ann@example.org", SSHSIG_NAMESPACE, "main", 0, &miss, &e);
		assert((found != NULL) == (miss == SIGNERS_FOUND));
	}
	for (size_t i = 0; i < s.note_count; i++)
		assert(view_starts(view_of(s.notes[i]), "line "));
	signers_done(&s);
	return 0;
}
