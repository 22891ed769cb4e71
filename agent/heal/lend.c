/* lend.c - a repository whose files come from elsewhere when they are read: an object store behind libgit2's own. */
#include "heal/internal.h"

#include "base/file.h"
#include "base/mem.h"

#include <git2/sys/odb_backend.h>
#if __has_include(<git2/sys/errors.h>) /* since 1.8 that is where git_error_set_str() is declared */
#include <git2/sys/errors.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lent_object {
	git_oid id;
	size_t size;
	char *bytes; /* NULL: not read yet */
};

struct lent_store {
	git_odb_backend backend; /* first: libgit2 hands this back */
	const struct lent_commit *from;
	struct lent_object *objects; /* by id */
	size_t count;
	unsigned reads;
	size_t bytes;
};

static int compare(const void *a, const void *b)
{
	const struct lent_object *x = a, *y = b;
	return git_oid_cmp(&x->id, &y->id);
}

static struct lent_object *find(struct lent_store *s, const git_oid *id)
{
	struct lent_object key = {.id = *id};
	return s->count ? bsearch(&key, s->objects, s->count, sizeof key, compare) : NULL;
}

/* What was sent must be what was listed. */
static int check(const struct lent_object *o, const struct buf *bytes)
{
	git_oid id;
	if (bytes->n != o->size || git_odb_hash(&id, bytes->p ? bytes->p : "", bytes->n, GIT_OBJECT_BLOB) != 0 ||
		!git_oid_equal(&id, &o->id)) {
		git_error_set_str(GIT_ERROR_ODB, "what GitHub sent is not the file that it listed");
		return -1;
	}
	return 0;
}

static int fetch(struct lent_store *s, struct lent_object *o)
{
	struct err e;
	char hex[GIT_OID_HEXSZ + 1];
	if (o->bytes)
		return 0;
	if (s->reads++ >= LEND_READS_MAX || o->size > LEND_BYTES_MAX - s->bytes) {
		git_error_set_str(GIT_ERROR_ODB, "too many or too large files for a tree that is not checked out");
		return -1;
	}
	BUF_AUTO bytes = buf_new(o->size + 1);
	if (s->from->read(s->from->context, git_oid_tostr(hex, sizeof hex, &o->id), &bytes, &e) < 0) {
		git_error_set_str(GIT_ERROR_ODB, e.text);
		return -1;
	}
	if (check(o, &bytes) < 0)
		return -1;
	o->bytes = mem_bytes(bytes.p ? bytes.p : "", bytes.n);
	s->bytes += o->size;
	return 0;
}

static int on_read(void **bytes, size_t *size, git_object_t *type, git_odb_backend *backend, const git_oid *id)
{
	struct lent_store *s = (struct lent_store *)backend;
	struct lent_object *o = find(s, id);
	if (!o)
		return GIT_ENOTFOUND;
	if (fetch(s, o) < 0)
		return -1;
	*bytes = git_odb_backend_data_alloc(backend, o->size + 1);
	if (!*bytes)
		return -1;
	memcpy(*bytes, o->bytes, o->size);
	*size = o->size;
	*type = GIT_OBJECT_BLOB;
	return 0;
}

static int on_header(size_t *size, git_object_t *type, git_odb_backend *backend, const git_oid *id)
{
	struct lent_object *o = find((struct lent_store *)backend, id);
	if (!o)
		return GIT_ENOTFOUND;
	*size = o->size;
	*type = GIT_OBJECT_BLOB;
	return 0;
}

static int on_exists(git_odb_backend *backend, const git_oid *id)
{
	return find((struct lent_store *)backend, id) != NULL;
}

static void on_free(git_odb_backend *backend)
{
	struct lent_store *s = (struct lent_store *)backend;
	for (size_t i = 0; i < s->count; i++)
		free(s->objects[i].bytes);
	free(s->objects);
	free(s);
}

static bool is_file(const struct lent_file *f)
{
	return f->mode == GIT_FILEMODE_BLOB || f->mode == GIT_FILEMODE_BLOB_EXECUTABLE || f->mode == GIT_FILEMODE_LINK;
}

static struct lent_store *store_of(const struct lent_commit *l)
{
	struct lent_store *s = mem_new(sizeof *s);
	s->from = l;
	s->objects = mem_array(l->count, sizeof *s->objects);
	for (size_t i = 0; i < l->count; i++) {
		const struct lent_file *f = &l->files[i];
		struct lent_object *o = &s->objects[s->count];
		if (!is_file(f) || f->size < 0 || git_oid_fromstr(&o->id, f->id) != 0)
			continue;
		o->size = (size_t)f->size;
		s->count++;
	}
	if (s->count)
		qsort(s->objects, s->count, sizeof *s->objects, compare);
	git_odb_init_backend(&s->backend, GIT_ODB_BACKEND_VERSION);
	s->backend.read = on_read;
	s->backend.read_header = on_header;
	s->backend.exists = on_exists;
	s->backend.free = on_free;
	return s;
}

/* Behind the repository's own objects: what is made here is found first. */
static int attach(git_repository *git, const struct lent_commit *l, struct err *e)
{
	GIT_AUTO(git_odb) odb = NULL;
	struct lent_store *s = store_of(l);
	if (git_repository_odb(&odb, git) != 0 || git_odb_add_backend(odb, &s->backend, 0) != 0) {
		on_free(&s->backend);
		return repository_error(e, "cannot lend the files of %s", l->commit);
	}
	return 0;
}

static int add_file(git_index *index, const struct lent_file *f, struct err *e)
{
	git_index_entry entry = {.path = f->path, .mode = f->mode};
	if (file_check_relative(view_of(f->path), e) < 0)
		return -1;
	if (!is_file(f) && f->mode != GIT_FILEMODE_COMMIT)
		return err_set(e, ERR_REFUSED, "%s has a mode that git does not have", f->path);
	if (git_oid_fromstr(&entry.id, f->id) != 0 || git_index_add(index, &entry) != 0)
		return repository_error(e, "cannot list %s", f->path);
	return 0;
}

static int make_tree(git_repository *git, const struct lent_commit *l, git_oid *ret, struct err *e)
{
	GIT_AUTO(git_index) index = NULL;
	git_oid wanted;
	if (git_index_new(&index) != 0)
		return repository_error(e, "cannot list the files of %s", l->commit);
	for (size_t i = 0; i < l->count; i++)
		if (add_file(index, &l->files[i], e) < 0)
			return -1;
	if (git_oid_fromstr(&wanted, l->tree) != 0 || git_index_write_tree_to(ret, index, git) != 0)
		return repository_error(e, "cannot make the tree of %s", l->commit);
	if (!git_oid_equal(ret, &wanted))
		return err_set(e, ERR_INPUT, "the files of %s are not those of its tree", l->commit);
	return 0;
}

/* A commit that only holds the tree. */
static int make_head(git_repository *git, const git_oid *id, struct err *e)
{
	GIT_AUTO(git_tree) tree = NULL;
	GIT_AUTO(git_signature) who = NULL;
	git_oid commit;
	if (git_tree_lookup(&tree, git, id) != 0 ||
		git_signature_new(&who, "runmedic", "runmedic@localhost", 0, 0) != 0 ||
		git_commit_create(
			&commit, git, "HEAD", who, who, NULL, "A commit that lies elsewhere", tree, 0, NULL) != 0)
		return repository_error(e, "cannot make a commit");
	return 0;
}

static int build(git_repository **git, const char *folder, const struct lent_commit *l, struct err *e)
{
	git_oid tree;
	if (git_repository_init(git, folder, true) != 0)
		return repository_error(e, "cannot make a repository at %s", folder);
	if (attach(*git, l, e) < 0 || make_tree(*git, l, &tree, e) < 0)
		return -1;
	return make_head(*git, &tree, e);
}

int repository_lend(struct repository **ret, const struct lent_commit *l, struct err *e)
{
	char *folder = file_temp_directory("runmedic-lent.", e);
	if (!folder)
		return -1;
	struct repository *r = mem_new(sizeof *r);
	r->lent = folder;
	repository_begin();
	if (build(&r->git, folder, l, e) < 0 || repository_fill(r, e) < 0) {
		repository_free(r);
		return -1;
	}
	/* who asks which commit this is means the one that lies elsewhere */
	snprintf(r->head_text, sizeof r->head_text, "%s", l->commit);
	*ret = r;
	return 0;
}
