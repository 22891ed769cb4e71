#include "attest/ssh_wire.h"
#include "attest/sshsig_internal.h"

#include "ssh_testing.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* Of OpenBSD's own tests: bcrypt_pbkdf("password", "salt", 4 rounds, 32 bytes). */
static void test_bcrypt(void **state)
{
	unsigned char want[32], got[32];

	(void)state;
	assert_int_equal(unhex(want, "5b bf 0c c2 93 58 7f 1c 36 35 55 5c 27 79 65 98 d4 7e 57 90 71 bf 42 7e 9d 8f be "
				     "84 2a ba 34 d9"),
		32);
	ssh_bcrypt(VIEW("password"), VIEW("salt"), 4, got, sizeof(got));
	assert_memory_equal(got, want, sizeof(want));
}

static const char *give(void *context, const char *path)
{
	(void)path;
	return context;
}

static void sign_and_check(const char *folder, const struct ssh_signer *s, const char *type)
{
	BUF_AUTO sig = buf_new(SSHSIG_BLOB_MAX), key = buf_new(SSH_KEY_BLOB_MAX), text = buf_new(BUF_LINE), message;
	struct sshsig parsed;
	struct err e = {0};

	message = content_of(FIXTURES, "message");
	if (sshsig_sign(&sig, &key, s, buf_view(&message), SSHSIG_NAMESPACE, &e) != 0)
		fail_msg("%s: %s", type, e.text);
	assert_int_equal(sshsig_parse(&parsed, buf_view(&sig), &e), 0);
	assert_string_equal(parsed.key_type, type);
	assert_true(view_eq(parsed.public_key, buf_view(&key)));
	sshsig_armour(&text, buf_view(&sig));
	write_in(folder, "ours.sig", buf_view(&text));
	write_in(folder, "message", buf_view(&message));
	assert_int_equal(
		run_in(folder, "ssh-keygen -Y verify -n runmedic -I me@example.org -f allowed -s ours.sig <message"),
		0);
	assert_int_not_equal(
		run_in(folder, "ssh-keygen -Y verify -n other -I me@example.org -f allowed -s ours.sig <message"), 0);
}

#define MAKE_KEYS                                                                                                      \
	"for t in plain sealed cbc; do ssh-keygen -q -t ed25519 -N '' -f $t; done; "                                   \
	"ssh-keygen -q -t ecdsa -b 384 -N '' -f ecdsa; ssh-keygen -q -t rsa -b 3072 -N '' -f rsa; "                    \
	"ssh-keygen -q -p -P '' -N secret -f sealed; ssh-keygen -q -p -P '' -N secret -Z aes256-cbc -a 3 -f cbc; "     \
	"for p in *.pub; do echo \"me@example.org $(cat $p)\"; done >allowed"

static void test_by_file(void **state)
{
	const struct folder *f = *state;
	MEM_AUTO char *plain = file_join(f->path, "plain"), *sealed = file_join(f->path, "sealed"),
		      *cbc = file_join(f->path, "cbc"), *ecdsa = file_join(f->path, "ecdsa");
	BUF_AUTO sig = buf_new(SSHSIG_BLOB_MAX), key = buf_new(SSH_KEY_BLOB_MAX);
	char word[] = "secret", wrong[] = "wrong";
	struct err e;

	need("ssh-keygen");
	unsetenv("SSH_AUTH_SOCK");
	assert_int_equal(run_in(f->path, MAKE_KEYS), 0);
	sign_and_check(f->path, &(struct ssh_signer){.path = plain}, "ssh-ed25519");
	sign_and_check(
		f->path, &(struct ssh_signer){.path = sealed, .passphrase = give, .context = word}, "ssh-ed25519");
	sign_and_check(f->path, &(struct ssh_signer){.path = cbc, .passphrase = give, .context = word}, "ssh-ed25519");
	assert_int_equal(
		sshsig_sign(&sig, &key, &(struct ssh_signer){.path = sealed, .passphrase = give, .context = wrong},
			VIEW("m"), SSHSIG_NAMESPACE, &e),
		-1);
	assert_int_equal(e.code, ERR_AUTH);
	/* Without a passphrase, and with another type, the agent is asked; there is none. */
	assert_int_equal(
		sshsig_sign(&sig, &key, &(struct ssh_signer){.path = sealed}, VIEW("m"), SSHSIG_NAMESPACE, &e), -1);
	assert_int_equal(e.code, ERR_UNAVAILABLE);
	assert_int_equal(
		sshsig_sign(&sig, &key, &(struct ssh_signer){.path = ecdsa}, VIEW("m"), SSHSIG_NAMESPACE, &e), -1);
	assert_int_equal(e.code, ERR_UNAVAILABLE);
	assert_int_equal(chmod(plain, 0644), 0);
	assert_int_equal(
		sshsig_sign(&sig, &key, &(struct ssh_signer){.path = plain}, VIEW("m"), SSHSIG_NAMESPACE, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_int_equal(sshsig_sign(&sig, &key, &(struct ssh_signer){.path = plain}, VIEW("m"), "", &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(sig.n + key.n, 0);
}

static void test_damaged_file(void **state)
{
	const struct folder *f = *state;
	BUF_AUTO text = buf_new(BUF_LINE), sig = buf_new(SSHSIG_BLOB_MAX), key = buf_new(SSH_KEY_BLOB_MAX);
	MEM_AUTO char *path = file_join(f->path, "damaged");

	need("ssh-keygen");
	unsetenv("SSH_AUTH_SOCK");
	assert_int_equal(run_in(f->path, "ssh-keygen -q -t ed25519 -N '' -f damaged"), 0);
	text = content_of(f->path, "damaged");
	for (size_t n = 0; n + 2 < text.n; n += 3) {
		struct err e = {0};

		write_in(f->path, "damaged", view_sub(buf_view(&text), 0, n));
		assert_int_equal(
			sshsig_sign(&sig, &key, &(struct ssh_signer){.path = path}, VIEW("m"), SSHSIG_NAMESPACE, &e),
			-1);
		assert_true(*e.text);
	}
}

/* ---- the agent -------------------------------------------------------------------------------------------------- */

static bool is_rsa(void *context, struct view key_blob)
{
	(void)context;
	return view_has(view_sub(key_blob, 0, 11), "ssh-rsa");
}

static bool is_none(void *context, struct view key_blob)
{
	(void)context;
	(void)key_blob;
	return false;
}

static void test_by_agent(void **state)
{
	const struct folder *f = *state;
	MEM_AUTO char *agent = file_join(f->path, "socket"), *ecdsa = file_join(f->path, "ecdsa.pub"),
		      *rsa = file_join(f->path, "rsa"), *plain = file_join(f->path, "plain.pub");
	BUF_AUTO sig = buf_new(SSHSIG_BLOB_MAX), key = buf_new(SSH_KEY_BLOB_MAX);
	struct err e;
	pid_t pid;

	need("ssh-agent");
	need("ssh-add");
	assert_int_equal(run_in(f->path, MAKE_KEYS), 0);
	pid = fork();
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout))
			execlp("ssh-agent", "ssh-agent", "-D", "-a", agent, NULL);
		_exit(99);
	}
	for (unsigned i = 0; i < 500 && !file_exists(agent); i++)
		usleep(10000);
	setenv("SSH_AUTH_SOCK", agent, 1);
	assert_int_equal(run_in(f->path, "ssh-add ecdsa rsa"), 0);
	sign_and_check(f->path, &(struct ssh_signer){.path = NULL}, "ecdsa-sha2-nistp384");
	sign_and_check(f->path, &(struct ssh_signer){.path = ecdsa}, "ecdsa-sha2-nistp384");
	sign_and_check(f->path, &(struct ssh_signer){.path = rsa}, "ssh-rsa");
	sign_and_check(f->path, &(struct ssh_signer){.wanted = is_rsa}, "ssh-rsa");
	assert_int_equal(
		sshsig_sign(&sig, &key, &(struct ssh_signer){.wanted = is_none}, VIEW("m"), SSHSIG_NAMESPACE, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(
		sshsig_sign(&sig, &key, &(struct ssh_signer){.path = plain}, VIEW("m"), SSHSIG_NAMESPACE, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(
		sshsig_sign(&sig, &key, &(struct ssh_signer){.path = NULL}, VIEW("m"), SSHSIG_NAMESPACE, &e), -1);
	assert_int_equal(e.code, ERR_UNAVAILABLE);
	unsetenv("SSH_AUTH_SOCK");
}

/* An agent that lies: it gives these answers, one after the other, and hangs up. */
static pid_t start_liar(const char *path, const struct view *answers, size_t count)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), one;
	char request[4096];
	pid_t pid;

	assert_true(strlen(path) < sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	pid = fork();
	if (pid == 0) {
		one = accept(fd, NULL, NULL);
		for (size_t i = 0; i < count && read(one, request, sizeof(request)) > 0; i++)
			if (file_write_all(one, answers[i]) != 0)
				break;
		_exit(0);
	}
	close(fd);
	return pid;
}

static void test_lying_agent(void **state)
{
	const struct folder *f = *state;
	MEM_AUTO char *socket_path = file_join(f->path, "liar");
	BUF_AUTO public = content_of(FIXTURES, "ed25519.pub"), blob = buf_new(SSH_KEY_BLOB_MAX),
		 list = buf_new(BUF_LINE);
	BUF_AUTO body = buf_new(BUF_LINE), zeros = buf_new(BUF_LINE), cut = buf_new(BUF_LINE);
	char nothing[64] = {0};

	assert_int_equal(ssh_public_read(&blob, buf_view(&public), NULL), 0);
	buf_add_char(&body, 12);
	ssh_add_number(&body, 1);
	ssh_add_string(&body, buf_view(&blob));
	ssh_add_string(&body, VIEW("comment"));
	ssh_add_string(&list, buf_view(&body));
	buf_cut(&body, body.n - 3);
	ssh_add_string(&cut, buf_view(&body));
	buf_clear(&body);
	ssh_add_string(&body, VIEW("ssh-ed25519"));
	ssh_add_string(&body, view_make(nothing, sizeof(nothing)));
	ssh_add_number(&zeros, (uint32_t)body.n + 5);
	buf_add_char(&zeros, 14);
	ssh_add_string(&zeros, buf_view(&body));

	const struct {
		struct view answers[2];
		const char *reason;
	} cases[] = {{{VIEW("")}, "hung up"}, {{VIEW("\0\0")}, "hung up"}, {{VIEW("\0\0\0\0")}, "0 bytes"},
		{{VIEW("\xff\xff\xff\xff")}, "4294967295 bytes"}, {{VIEW("\0\0\0\1\5")}, "locked"},
		{{VIEW("\0\0\0\5\14\0\0\0\0")}, "holds no key"},
		{{VIEW("\0\0\0\5\14\xff\xff\xff\xff")}, "cannot be read"}, {{buf_view(&cut)}, "cannot be read"},
		{{buf_view(&list), VIEW("\0\0\0\1\5")}, "refuses"},
		{{buf_view(&list), VIEW("\0\0\0\5\16\0\0\0\1")}, "cannot be read"},
		{{buf_view(&list), VIEW("\0\0\0\5\16\0\0\0\0")}, "not good"},
		{{buf_view(&list), buf_view(&zeros)}, "not good"}};
	setenv("SSH_AUTH_SOCK", socket_path, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		BUF_AUTO sig = buf_new(SSHSIG_BLOB_MAX), key = buf_new(SSH_KEY_BLOB_MAX);
		pid_t pid = start_liar(socket_path, cases[i].answers, cases[i].answers[1].n ? 2 : 1);
		struct err e = {0};

		assert_int_equal(
			sshsig_sign(&sig, &key, &(struct ssh_signer){.path = NULL}, VIEW("m"), SSHSIG_NAMESPACE, &e),
			-1);
		if (!strstr(e.text, cases[i].reason))
			fail_msg("case %zu: %s", i, e.text);
		assert_int_equal(sig.n + key.n, 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		unlink(socket_path);
	}
	unsetenv("SSH_AUTH_SOCK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bcrypt),
		cmocka_unit_test_setup_teardown(test_by_file, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_damaged_file, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_by_agent, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_lying_agent, folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
