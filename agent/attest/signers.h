/* signers.h - who may sign: OpenSSH's allowed_signers, its key revocation lists, and plain Ed25519 keys.
 *
 * A line: principals options key. Options: namespaces="a,b", valid-after="YYYYMMDD[Z]" or "YYYYMMDDHHMM[SS][Z]"
 * (without Z: UTC too, as on CI machines; ssh-keygen takes the zone of the machine), valid-before, cert-authority (not
 * supported: such a line matches nobody and a note says so). Plain Ed25519 keys stand in the same file as ssh-ed25519
 * keys: one list for both forms. Branch limits: principals may carry our option branches="main,release-*" (before the
 * key, as the others; ssh-keygen refuses lines with options it does not know, so a file that uses it says so in its
 * first comment; absent: all branches). An unreadable line fails closed: it allows nobody, and is named with its
 * number. Facts: ssh-keygen(1) ALLOWED SIGNERS, OpenSSH PROTOCOL.krl. */
#ifndef RM_ATTEST_SIGNERS_H
#define RM_ATTEST_SIGNERS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

#define SIGNERS_BYTES_MAX ((size_t)1 << 20)
#define SIGNERS_LINES_MAX 10000u
#define KRL_BYTES_MAX ((size_t)4 << 20)

struct signer {
	const char *const *principals;     /* patterns, NULL-terminated */
	const char *const *namespaces;     /* NULL: all */
	const char *const *branches;       /* globs, NULL: all */
	int64_t valid_after, valid_before; /* CLOCK_UNKNOWN: open */
	struct view key;                   /* blob */
	const char *key_type, *comment;
	unsigned line;
};
struct signers {
	struct arena arena;
	struct signer *items;
	size_t count;
	const char **notes; /* of lines that allow nobody: "line 7: ..." */
	size_t note_count;
};
int signers_read(struct signers *ret, struct view text, struct err *e); /* -1 only for size and no text at all */
void signers_done(struct signers *s);

/* Why no line allows it; the later, the nearer it came. A wrong principal counts as an unknown key. */
enum signers_miss { SIGNERS_FOUND, SIGNERS_UNKNOWN, SIGNERS_NAMESPACE, SIGNERS_BRANCH, SIGNERS_TIME };
/* The line that allows this key for this principal (NULL: any), namespace, branch and time. NULL: *e says why not, the
 * nearest miss first ("the key is known as ann@example.org but only until 2026-01-01"). `branch` NULL: unknown, which a
 * line with branches does not allow. signers_look() says also as a value which miss it was (ret_miss may be NULL). */
const struct signer *signers_look(const struct signers *s, struct view key, const char *principal,
	const char *namespace_, const char *branch, int64_t at, enum signers_miss *ret_miss, struct err *e);
const struct signer *signers_find(const struct signers *s, struct view key, const char *principal,
	const char *namespace_, const char *branch, int64_t at, struct err *e);

/* Revoked keys: a text list of keys or fingerprints (one a line; a fingerprint of an Ed25519 key may be OpenSSH's or
 * key_id()), or OpenSSH's binary KRL (sections for certificates and its signature are skipped: the file is trusted for
 * where it stands). A list of which anything cannot be read is refused as a whole: ERR_INPUT. */
struct revoked;
int revoked_read(struct revoked **ret, struct view bytes, struct err *e);
bool revoked_has(const struct revoked *r, struct view key); /* NULL: false */
void revoked_free(struct revoked *r);

#endif
