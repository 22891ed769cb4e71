/* apply.c - a change into the user's files: all of it or nothing, whatever happens on the way.
 *
 * New contents are written beside their targets first, named in a journal, and then renamed into place. A helper
 * process of its own session, deaf to signals, does all of it: killing this process leaves a whole fix behind. What
 * stops the helper, too, or the machine is finished or undone by heal_recover(). */
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "heal/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/wait.h>

#define LOCK_WAIT (10 * CLOCK_SECOND)
#define LOCK_STEP_US 10000

/* One apply at a time: the git folder itself is locked, so that nothing is left behind. Lives until the last process
 * that has it open ends, the helper included. */
static int take_lock(struct repository *r, struct err *e)
{
	int64_t end = clock_monotonic() + LOCK_WAIT;
	int fd = open(r->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, "%s", r->folder);
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fd; /* a file system without locks */
		if (clock_monotonic() > end) {
			close(fd);
			return err_set(e, ERR_BUSY, "another runmedic is changing %s", r->root);
		}
		usleep(LOCK_STEP_US);
	}
	return fd;
}

static void random_name(char name[7])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	unsigned char noise[6];

	if (getrandom(noise, sizeof(noise), 0) != (ssize_t)sizeof(noise))
		memset(noise, 0, sizeof(noise));
	for (size_t i = 0; i < sizeof(noise); i++)
		name[i] = letters[noise[i] % (sizeof(letters) - 1)];
	name[6] = '\0';
}

static const char *temp_name(struct arena *arena, const char *path, size_t folder_length)
{
	char name[7];

	random_name(name);
	return arena_format(
		arena, "%.*s%s" JOURNAL_TEMP_PREFIX "%s", (int)folder_length, path, folder_length ? "/" : "", name);
}

static const char *hash_text(struct arena *arena, struct view content)
{
	char hex[HASH_HEX_MAX];

	hash_view(content, hex);
	return arena_text(arena, hex);
}

/* Folders on the way to a new file that are not there yet. */
static void note_folders(struct journal *j, const char *path, size_t folder_length)
{
	for (const char *slash = strchr(path + folder_length + (folder_length > 0), '/'); slash;
		slash = strchr(slash + 1, '/')) {
		const char *folder = arena_view(&j->arena, view_make(path, (size_t)(slash - path))).p;
		bool known = false;

		for (size_t i = 0; i < j->made_count; i++)
			known = known || strcmp(j->made[i], folder) == 0;
		if (!known)
			j->made[j->made_count++] = folder;
	}
}

struct work {
	struct journal journal;
	const struct change_set *changes;
	struct worktree_file *files;
};

static int plan_file(struct work *w, size_t i, struct repository *r, struct err *e)
{
	const struct change *c = &w->changes->items[i];
	struct worktree_file *f = &w->files[i];
	struct arena *arena = &w->journal.arena;

	if (worktree_check(f, arena, r, c, e) != 0)
		return -1;
	w->journal.files[i] = (struct journal_file){
		.path = c->path,
		.temp = c->exists ? temp_name(arena, c->path, f->folder_length) : NULL,
		.backup = f->exists ? temp_name(arena, c->path, f->folder_length) : NULL,
		.old_hash = f->exists ? hash_text(arena, f->now) : "",
		.new_hash = c->exists ? hash_text(arena, f->then) : "",
		.old_mode = f->mode,
	};
	if (!f->exists)
		note_folders(&w->journal, c->path, f->folder_length);
	return 0;
}

static size_t count_slashes(const struct change_set *changes)
{
	size_t n = 0;

	for (size_t i = 0; i < changes->count; i++)
		for (const char *p = changes->items[i].path; *p; p++)
			n += *p == '/';
	return n;
}

static int plan_files(struct work *w, struct repository *r, struct err *e)
{
	struct journal *j = &w->journal;
	size_t count = w->changes->count;

	w->files = arena_array(&j->arena, count, sizeof(*w->files));
	j->files = arena_array(&j->arena, count, sizeof(*j->files));
	j->file_count = count;
	j->made = arena_array(&j->arena, count_slashes(w->changes), sizeof(*j->made));
	for (size_t i = 0; i < count; i++)
		if (plan_file(w, i, r, e) != 0)
			return -1;
	return 0;
}

static int write_temp(int root, const struct journal_file *f, const struct worktree_file *w, struct err *e)
{
	const char *name;
	FD_AUTO folder = folder_open_parent(root, f->temp, false, &name, e);

	if (folder < 0 || folder_write(folder, name, w->then, w->new_mode, true, e) != 0)
		return -1;
	folder_give(folder, name, w->owner, w->group);
	return 0;
}

static int write_temps(int root, const struct work *w, struct err *e)
{
	for (size_t i = 0; i < w->journal.file_count; i++)
		if (w->journal.files[i].temp && write_temp(root, &w->journal.files[i], &w->files[i], e) != 0)
			return err_wrap(e, "%s", w->journal.files[i].path);
	return 0;
}

static int open_root(struct repository *r, struct err *e)
{
	int root = open(r->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return root >= 0 ? root : err_errno(e, "%s", r->root);
}

static int write_begun(struct repository *r, int root, struct work *w, struct err *e)
{
	if (journal_write(r->folder, &w->journal, e) != 0 || write_temps(root, w, e) != 0)
		return -1;
	w->journal.complete = true;
	if (journal_write(r->folder, &w->journal, e) == 0)
		return 0;
	w->journal.complete = false;
	return -1;
}

/* The journal goes when all is old or all is new. */
static int close_journal(struct repository *r, int result, struct err *e)
{
	if (result == JOURNAL_STUCK)
		return err_wrap(e, "what an --apply began is noted and not finished; run it again");
	return journal_remove(r->folder, result == 0 ? e : NULL) != 0 ? -1 : result;
}

/* All that touches the disk: what the helper does. */
static int carry_out(struct repository *r, int root, struct work *w, struct err *e)
{
	int result = write_begun(r, root, w, e);

	if (result == 0)
		result = journal_forward(root, &w->journal, e);
	else if (journal_back(root, &w->journal) != 0)
		result = JOURNAL_STUCK;
	return close_journal(r, result, e);
}

struct report {
	int result;
	struct err err;
};

static void run_helper(struct repository *r, int root, struct work *w, int answer)
{
	struct report report = {0};
	sigset_t all;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	setsid();
	/* Whoever waits for the end of our output must not wait for the helper. */
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	report.result = carry_out(r, root, w, &report.err);
	if (write(answer, &report, sizeof(report)) < 0)
		_exit(1);
	_exit(0);
}

static bool read_report(int fd, struct report *ret)
{
	size_t n = 0;

	while (n < sizeof(*ret)) {
		ssize_t got = read(fd, (char *)ret + n, sizeof(*ret) - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	return true;
}

static int recover_locked(struct repository *r, struct err *e);

/* Somebody killed the helper, or the system did. */
static int finish_for_helper(struct repository *r, int root, const struct journal *j, struct err *e)
{
	if (recover_locked(r, e) < 0)
		return -1;
	return journal_is_done(root, j) ? 0 : err_set(e, ERR_INTERRUPTED, "interrupted, nothing was changed");
}

static int wait_for_helper(
	struct repository *r, int root, const struct journal *j, pid_t helper, int answer, struct err *e)
{
	struct report report;
	bool told = read_report(answer, &report);

	while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
		;
	if (!told)
		return finish_for_helper(r, root, j, e);
	return report.result == 0 ? 0 : err_set(e, report.err.code, "%s", report.err.text);
}

static int carry_out_apart(struct repository *r, int root, struct work *w, struct err *e)
{
	int ends[2], result;
	pid_t helper;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return carry_out(r, root, w, e);
	helper = fork();
	if (helper == 0)
		run_helper(r, root, w, ends[1]);
	close(ends[1]);
	result = helper < 0 ? carry_out(r, root, w, e) : wait_for_helper(r, root, &w->journal, helper, ends[0], e);
	close(ends[0]);
	return result;
}

static int apply_work(struct work *w, struct repository *r, struct err *e)
{
	FD_AUTO root = open_root(r, e);

	return root < 0 || plan_files(w, r, e) != 0 ? -1 : carry_out_apart(r, root, w, e);
}

int apply_changes(struct repository *r, const struct change_set *changes, struct err *e)
{
	struct work w = {.changes = changes};
	FD_AUTO lock = take_lock(r, e);
	int result;

	if (lock < 0 || recover_locked(r, e) < 0)
		return -1;
	result = apply_work(&w, r, e);
	journal_done(&w.journal);
	return result;
}

static int recover_locked(struct repository *r, struct err *e)
{
	struct journal j;
	struct err why = {0};
	FD_AUTO root = open_root(r, e);
	int result = 0;

	if (root < 0)
		return -1;
	if (journal_read(&j, r->folder, &why) != 0) {
		if (why.code != ERR_NOT_FOUND)
			return err_set(e, why.code, "%s", why.text);
		return journal_remove(r->folder, e); /* what an interrupted write of the journal left */
	}
	if (j.complete)
		result = journal_forward(root, &j, e);
	else if ((result = journal_back(root, &j)) != 0)
		err_set(e, ERR_IO, "cannot undo it");
	journal_done(&j);
	return close_journal(r, result, e) != 0 ? -1 : 1;
}

int heal_recover(struct repository *r, struct err *e)
{
	FD_AUTO lock = r->bare ? -1 : take_lock(r, e);

	if (r->bare)
		return 0;
	return lock < 0 ? -1 : recover_locked(r, e);
}
