/* sandbox.c - Landlock: write only below the scratch folders. seccomp: no sockets, no way out of the
 * process group, none of the calls that would lead around both. By raw system calls: no library, old kernel headers. */
#include "heal/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* As in linux/landlock.h of newer kernels; older ones take the longer struct while its unknown end is zero. */
struct ruleset {
	uint64_t files, net, scoped;
};
struct rule {
	uint64_t access;
	int32_t parent;
} __attribute__((packed));

enum { RULE_PATH = 1, GET_VERSION = 1 };
enum {
	FS_WRITE_FILE = 1 << 1,
	FS_REMOVE_AND_MAKE = 0x1ff0, /* bits 4 to 12: remove, make of every kind */
	FS_REFER = 1 << 13,          /* ABI 2 */
	FS_TRUNCATE = 1 << 14,       /* ABI 3 */
};
enum { NET_BIND = 1 << 0, NET_CONNECT = 1 << 1 };               /* ABI 4 */
enum { SCOPE_ABSTRACT_SOCKET = 1 << 0, SCOPE_SIGNAL = 1 << 1 }; /* ABI 6 */

static int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, GET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

bool sandbox_keeps_writes(void)
{
	return landlock_abi() >= 3;
}

static uint64_t writing(int abi)
{
	uint64_t access = FS_WRITE_FILE | FS_REMOVE_AND_MAKE;

	if (abi >= 2)
		access |= FS_REFER;
	if (abi >= 3)
		access |= FS_TRUNCATE;
	return access;
}

static int allow(int ruleset, const char *path, uint64_t access, struct err *e)
{
	struct rule rule = {.access = access};
	int result;

	rule.parent = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent < 0)
		return err_errno(e, "%s", path);
	result = (int)syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0);
	close(rule.parent);
	return result == 0 ? 0 : err_errno(e, "cannot confine to %s", path);
}

/* Programs throw output away there; nothing can be changed by it. */
static int allow_devices(int ruleset, int abi, struct err *e)
{
	static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full"};

	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++)
		if (access(devices[i], F_OK) == 0 &&
			allow(ruleset, devices[i], writing(abi) & (FS_WRITE_FILE | FS_TRUNCATE), e) != 0)
			return -1;
	return 0;
}

int sandbox_prepare(struct sandbox *ret, const struct process_options *o, struct err *e)
{
	int abi = landlock_abi();
	struct ruleset rules = {.files = writing(abi)};

	*ret = (struct sandbox){-1, o->network};
	if (abi == 0)
		return 0;
	if (abi >= 4 && !o->network)
		rules.net = NET_BIND | NET_CONNECT;
	if (abi >= 6)
		rules.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
	ret->ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	if (ret->ruleset < 0)
		return err_errno(e, "cannot confine programs");
	if (allow_devices(ret->ruleset, abi, e) != 0 ||
		(o->writable && allow(ret->ruleset, o->writable, writing(abi), e) != 0) ||
		(o->home && allow(ret->ruleset, o->home, writing(abi), e) != 0)) {
		sandbox_done(ret);
		return -1;
	}
	return 0;
}

void sandbox_done(struct sandbox *s)
{
	if (s->ruleset >= 0)
		close(s->ruleset);
	s->ruleset = -1;
}

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef ARCH
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, field))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
/* The answer when the loaded word is `value`; else on. */
#define WHEN(value, what) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(value), 0, 1), ANSWER(what)
#define ERROR(number) (SECCOMP_RET_ERRNO | (number))

/* setsid() and setpgid() pretend to work: the group must stay whole, so that all of it can be killed. io_uring could
 * open sockets unseen; TIOCSTI types into the terminal. The second half of each is the same: with or without network.
 */
#define COMMON_CALLS                                                                                                   \
	LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0), ANSWER(SECCOMP_RET_KILL_PROCESS),                 \
		LOAD(nr), /* the x32 calls of an x86-64 kernel */                                                      \
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1), ANSWER(ERROR(ENOSYS)),                         \
		WHEN(SYS_setsid, ERROR(0)), WHEN(SYS_setpgid, ERROR(0)), WHEN(SYS_io_uring_setup, ERROR(ENOSYS)),      \
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 4), LOAD(args[1]), WHEN(TIOCSTI, ERROR(EPERM)),      \
		ANSWER(SECCOMP_RET_ALLOW)

static const struct sock_filter with_network[] = {COMMON_CALLS, ANSWER(SECCOMP_RET_ALLOW)};
/* Not even local sockets: a path leads to Docker's, to an agent of keys, to the display. socketpair() is left to
 * programs that talk to their own children. */
static const struct sock_filter without_network[] = {
	COMMON_CALLS, WHEN(SYS_socket, ERROR(EACCES)), ANSWER(SECCOMP_RET_ALLOW)};

static bool has_seccomp(void)
{
	const uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static int enter_seccomp(bool network)
{
	const struct sock_fprog program = {
		.len = network ? sizeof(with_network) / sizeof(*with_network)
			       : sizeof(without_network) / sizeof(*without_network),
		.filter = (struct sock_filter *)(network ? with_network : without_network),
	};

	return has_seccomp() ? (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) : 0;
}
#else
static bool has_seccomp(void)
{
	return false;
}

static int enter_seccomp(bool network)
{
	(void)network;
	return 0;
}
#endif

/* Root in a container needs no powers to format files; with them it could read the environment of others. Only root has
 * any to lose. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++)
		;
	return (int)syscall(SYS_capset, &header, none);
}

int sandbox_enter(const struct sandbox *s)
{
	if (drop_capabilities() != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	if (s->ruleset >= 0 && syscall(SYS_landlock_restrict_self, s->ruleset, 0) != 0)
		return -1;
	return enter_seccomp(s->network);
}

const char *process_sandbox_text(void)
{
	static char text[64];
	int abi = landlock_abi();
	const char *filter = has_seccomp() ? "seccomp" : "seccomp missing";

	if (abi > 0)
		snprintf(text, sizeof(text), "landlock ABI %d, %s", abi, filter);
	else
		snprintf(text, sizeof(text), "landlock missing (kernel), %s", filter);
	return text;
}
