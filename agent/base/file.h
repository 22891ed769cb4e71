/* file.h - files and folders of the machine, with ceilings and whole-or-nothing writes. */
#ifndef RM_BASE_FILE_H
#define RM_BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Reads a whole regular file of at most max bytes into *ret (initialised here; the caller frees it).
 * A larger one is ERR_LIMIT, a missing one ERR_NOT_FOUND, a folder ERR_INPUT. */
int file_read(const char *path, size_t max, struct buf *ret, struct err *e);

/* Writes through a temporary file in the same folder, fsync, rename: after a crash at any moment the
 * old or the new content stands there, whole. Keeps the mode of a file that exists, else `mode`. */
int file_write_atomic(const char *path, struct view content, unsigned mode, struct err *e);

/* All of it, however often the system has to be asked; -1 with errno. */
int file_write_all(int fd, struct view content);

bool file_exists(const char *path);                         /* follows links */
bool file_is_directory(const char *path);                   /* follows links */
int file_make_directories(const char *path, struct err *e); /* like mkdir -p, mode 0777 less umask */
int file_remove_tree(const char *path, struct err *e);      /* like rm -rf, never through links */

/* A fresh folder below $TMPDIR (or /tmp), mode 0700; the path is malloc'ed. */
char *file_temp_directory(const char *prefix, struct err *e);
/* An open, unlinked temporary file, or -1. */
int file_temp_unlinked(struct err *e);

/* "a" and "b/c" give "a/b/c"; an absolute `name` gives `name`. malloc'ed. */
char *file_join(const char *folder, const char *name);
/* The folder a path lies in: "a/b" gives "a", "b" gives ".", "/b" gives "/". malloc'ed. */
char *file_folder(const char *path);

/* Is `path` (as git writes it: relative, '/') safe to use inside a repository? Refuses the empty path, absolute ones,
 * more than FILE_PATH_MAX bytes, NUL and control characters, backslashes, ':' (NTFS streams, drives), and in any
 * component
 * "", ".", "..", and ".git" in any letter case and with NTFS ("git~1", ".git. ") or HFS (invisible characters)
 * disguises. Says why in *e (ERR_REFUSED). It does not look at the disk: links are the caller's. */
#define FILE_PATH_MAX 4096
int file_check_relative(struct view path, struct err *e);

/* Glob on paths: '*' within a component, '**' across, and as a whole component any number of them, none included; '?'
 * one character, "[a-z]" "[!a-z]", "{a,b}", '\\' takes the next character as it is. "dir/" matches everything below
 * dir; a pattern without '/' matches the last component; else it is anchored at the root, as with a leading '/'. '*'
 * and '?' match a leading dot. Takes time linear in pattern times path. A malformed pattern may match nothing: what
 * comes from outside goes through file_glob_check() first. */
bool file_glob(const char *pattern, struct view path);

/* Refuses (ERR_INPUT) empty patterns, open brackets and braces, and what passes these ceilings. */
#define FILE_GLOB_MAX 512          /* bytes of a pattern */
#define FILE_GLOB_ALTERNATIVES 256 /* what its braces multiply to */
int file_glob_check(const char *pattern, struct err *e);

#endif
