/* Mode verify: the event names a commit, a pull request or a merge group; the rest is `local verify`. */
#include "cmd/local_verify.h"

#include "cmd/step_files.h"

#include <stdlib.h>

extern const struct command cmd_local;

static const char *branch_of(const char *ref)
{
	static const char heads[] = "refs/heads/";

	return ref && view_starts(view_of(ref), heads) ? ref + strlen(heads) : ref;
}

static void of_queue(const struct action *a, struct verify_wish *w)
{
	const cJSON *group = json_get(a->payload, "merge_group");

	w->queue = true;
	w->sha = json_text(group, "head_sha");
	w->queue_ref = json_text(group, "head_ref");
	w->queue_base = json_text(group, "base_sha");
	w->ref = branch_of(json_text(group, "base_ref"));
}

/* Who may dispatch may write; still, only a commit and a name are taken from what they sent. */
static void of_payload(const struct action *a, struct verify_wish *w)
{
	const cJSON *sent = json_get(a->payload, "client_payload");
	const cJSON *typed = json_get(a->payload, "inputs");

	w->sha = json_text(sent, "sha") ? json_text(sent, "sha") : json_text(typed, "sha");
	w->ref = branch_of(json_text(sent, "ref"));
}

static int read_wish(struct verify_wish *ret, struct action *a, struct err *e)
{
	const char *name = a->event.name;

	*ret = (struct verify_wish){.config = a->in.config,
		.github_keys = session_variable(LOCAL_GITHUB_KEYS_VARIABLE),
		.db = a->in.record || a->in.dry_run ? a->in.db : NULL,
		.dry_run = a->in.dry_run};
	if (strcmp(name, "merge_group") == 0) {
		of_queue(a, ret);
	} else if (a->event.pull) {
		ret->pull = a->event.pull;
		ret->sha = a->event.head_sha;
	} else if (strcmp(name, "push") == 0) {
		ret->sha = json_text(a->payload, "after");
		ret->ref = branch_of(json_text(a->payload, "ref"));
	} else {
		of_payload(a, ret);
	}
	if (!verify_is_sha(ret->sha))
		return err_set(e, ERR_INPUT, "the event names no commit that could be verified");
	return 0;
}

/* How long CI waits for a result before it does the work itself. */
static void read_wait(struct verify_wish *w)
{
	uint64_t seconds;
	const char *text = session_variable("RUNMEDIC_WAIT");

	if (text && view_number(view_of(text), LOCAL_WAIT_MAX_S, &seconds))
		w->wait_s = (unsigned)seconds;
}

static const char *page_of_run(struct action *a)
{
	const char *server = session_variable("GITHUB_SERVER_URL"), *repository = session_variable("GITHUB_REPOSITORY"),
		   *run = session_variable("GITHUB_RUN_ID");

	return server && repository && run ? arena_format(&a->arena, "%s/%s/actions/runs/%s", server, repository, run)
					   : NULL;
}

static int tell_step(struct verifying *v, const char *why)
{
	struct publish_local words;
	struct err e;
	BUF_AUTO summary = buf_new(PUBLISH_TEXT_MAX), text = buf_new(BUF_PAGE);

	verify_words(v, why, &words);
	publish_local_summary(&summary, &words);
	publish_local_text(&text, &words);
	action_print(buf_view(&text));
	if (summary.n > step_summary_room())
		return 0;
	return step_summary_add(buf_view(&summary), &e);
}

static int verify(struct action *a, struct session *s, struct err *e)
{
	struct verify_wish wish;
	struct verifying v;

	if (read_wish(&wish, a, e) < 0)
		return -1;
	read_wait(&wish);
	wish.details_url = page_of_run(a);
	int rc = local_judge(&v, s, &wish, e);

	if (v.remote)
		(void)tell_step(&v, rc < 0 ? e->text : NULL);
	if (v.check_url)
		a->out.check_url = arena_text(&a->arena, v.check_url);
	if (rc == 0 && v.verdict.trusted)
		a->out.trusted = "true";
	verifying_done(&v);
	return rc;
}

int action_verify(struct action *a, struct err *e)
{
	const char *const argv[] = {NULL};
	struct errand_session s;

	a->out.trusted = "false";
	if (step_outputs_add(VIEW("trusted=false\n"), e) < 0)
		return -1;
	int rc = errand_begin(&s, a, &cmd_local, argv, e);

	if (rc == 0)
		rc = verify(a, &s.session, e);
	errand_end(&s);
	return rc;
}
