#include "store/internal.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define ROW_BYTES_MAX (16 << 20) /* what we write is far below */

const char *store_sqlite_version(void)
{
	return sqlite3_libversion();
}

static int refuse_link(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return err_set(e, ERR_REFUSED, "%s: a symbolic link; name the file it should be with --db", path);
	return 0;
}

/* SQLite would wait for ever on a FIFO. */
static int check_kind(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOENT ? err_set(e, ERR_NOT_FOUND, "%s: no such file; nothing was recorded yet", path)
				       : err_errno(e, "%s", path);
	if (S_ISREG(st.st_mode))
		return 0;
	return err_set(e, ERR_INPUT, "%s: %s", path, S_ISDIR(st.st_mode) ? "a folder" : "not a regular file");
}

/* The history is nobody's source. */
static int ignore_all(const char *folder, struct err *e)
{
	MEM_AUTO char *path = file_join(folder, ".gitignore");

	return file_exists(path) ? 0 : file_write_atomic(path, VIEW("*\n"), 0644, e);
}

static int prepare_place(const char *path, bool ignore_folder, struct err *e)
{
	MEM_AUTO char *folder = file_folder(path);
	struct err why = {0};

	if (ignore_folder && (refuse_link(folder, e) != 0 || refuse_link(path, e) != 0))
		return -1;
	if (check_kind(path, &why) != 0 && why.code != ERR_NOT_FOUND)
		return err_set(e, why.code, "%s", why.text);
	if (file_make_directories(folder, e) != 0)
		return -1;
	return ignore_folder ? ignore_all(folder, e) : 0;
}

/* The file may come from anywhere (a cache, an artifact): its schema is not trusted to call functions. */
static int configure(struct db *db, struct err *e)
{
	db_set_busy(db, STORE_BUSY_MS);
	sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, ROW_BYTES_MAX);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return db_script(db,
		"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
		"PRAGMA foreign_keys = ON",
		e);
}

/* Opening is lazy: the first look at the file finds most troubles. FULL: WAL is safe against kill -9 in any mode,
 * against loss of power in this one only. */
static int look(struct db *db, struct err *e)
{
	return db_script(db, "PRAGMA synchronous = FULL; PRAGMA cache_size = -16384; PRAGMA schema_version", e);
}

static bool lacks_shared_memory(const struct db *db)
{
	int rc = db_result(db);

	return rc == SQLITE_CANTOPEN || rc == SQLITE_IOERR_SHMMAP || rc == SQLITE_IOERR_SHMOPEN ||
	       rc == SQLITE_IOERR_SHMLOCK;
}

/* Where memory cannot be shared, WAL works for one process at a time. */
static int look_to_write(struct db *db, struct err *e)
{
	if (look(db, e) == 0)
		return 0;
	if (!lacks_shared_memory(db))
		return -1;
	return db_script(db, "PRAGMA locking_mode = EXCLUSIVE", e) != 0 ? -1 : look(db, e);
}

/* A new database becomes WAL under a lock for which SQLite does not wait by itself. What cannot have WAL stays as it
 * is, which is as safe. */
static int use_wal(struct db *db, struct err *e)
{
	int64_t deadline = clock_monotonic() + (int64_t)db->busy_ms * 1000;

	while (db_run(db, "PRAGMA journal_mode = WAL", NOTHING, e) != 0) {
		if ((db_result(db) & 0xff) != SQLITE_BUSY || clock_monotonic() >= deadline)
			return -1;
		nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	}
	return 0;
}

static int open_to_write(struct db *db, const char *path, bool ignore_folder, struct err *e)
{
	if (prepare_place(path, ignore_folder, e) != 0 ||
		db_open(db, path, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e) != 0 || configure(db, e) != 0 ||
		look_to_write(db, e) != 0)
		return -1;
	if (sqlite3_db_readonly(db->handle, "main") == 1)
		return err_set(e, ERR_IO, "%s: the file is read-only; name another one with --db", path);
	return use_wal(db, e);
}

static bool holds_something(const char *path, const char *suffix)
{
	BUF_AUTO name = buf_new(BUF_LINE);
	struct stat st;

	buf_addf(&name, "%s%s", path, suffix);
	return stat(buf_text(&name), &st) == 0 && st.st_size > 0;
}

static void add_uri(struct buf *uri, const char *path)
{
	buf_add_text(uri, "file:");
	for (; *path; path++)
		if (*path == '?' || *path == '#' || *path == '%')
			buf_addf(uri, "%%%02X", (unsigned char)*path);
		else
			buf_add_char(uri, *path);
	buf_add_text(uri, "?immutable=1");
}

/* A reader in a folder that it may not write cannot share memory with a writer; nor can there be one. */
static int reopen_unshared(struct db *db, const char *path, struct err *e)
{
	BUF_AUTO uri = buf_new(BUF_LINE);

	if (holds_something(path, "-wal") || holds_something(path, "-journal"))
		return err_set(e, ERR_IO,
			"%s: its newest changes still stand in the file beside it, and the folder may not be written; "
			"copy all of %s* elsewhere and read the copy",
			path, path);
	db_close(db);
	add_uri(&uri, path);
	if (db_open(db, buf_text(&uri), path, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e) != 0)
		return -1;
	return configure(db, e) != 0 ? -1 : look(db, e);
}

static int open_to_read(struct db *db, const char *path, struct err *e)
{
	/* To write: only so can what a killed writer left be merged, and be tidied up at the end. */
	if (check_kind(path, e) != 0 || db_open(db, path, path, SQLITE_OPEN_READWRITE, e) != 0 || configure(db, e) != 0)
		return -1;
	if (look(db, e) == 0)
		return 0;
	return lacks_shared_memory(db) || (db_result(db) & 0xff) == SQLITE_READONLY ? reopen_unshared(db, path, e) : -1;
}

static int open_database(struct db *db, const char *path, enum store_mode mode, bool ignore_folder, struct err *e)
{
	int rc = mode == STORE_WRITE ? open_to_write(db, path, ignore_folder, e) : open_to_read(db, path, e);

	if (rc != 0 || schema_ensure(db, &store_schema, mode, e) != 0 || views_ensure(db, views_sql, mode, e) != 0)
		return -1;
	return mode == STORE_READ ? db_script(db, "PRAGMA query_only = ON", e) : 0;
}

int store_open(struct store **ret, const char *path, enum store_mode mode, bool ignore_folder, struct err *e)
{
	struct store *s = mem_new(sizeof(*s));

	if (open_database(&s->db, path, mode, ignore_folder, e) != 0) {
		store_close(s);
		return -1;
	}
	*ret = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	db_close(&s->db);
	store_forget(s);
	free(s);
}

void store_forget(struct store *s)
{
	known_clear(&s->names);
	suites_clear(&s->suites);
}

void store_forget_ids(struct store *s)
{
	for (size_t i = 0; i < s->names.count; i++)
		s->names.items[i].id = 0;
	suites_clear(&s->suites);
}

int store_keep_up(struct store *s, struct err *e)
{
	int64_t now = 0;

	if (db_find(&s->db, &now, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'generation'", NOTHING, e) < 0)
		return -1;
	if (now != s->generation)
		store_forget_ids(s);
	s->generation = now;
	return 0;
}

void store_set_busy_ms(struct store *s, int ms)
{
	db_set_busy(&s->db, ms);
}
