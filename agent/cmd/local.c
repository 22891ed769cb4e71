/* runmedic local: CI on a developer's machine, and the signature that lets others believe it. */
#include "cmd/local.h"

static const struct option options[] = {
	{"repository", 0, "OWNER/NAME", "the repository on GitHub (default: GITHUB_REPOSITORY, then remote origin)",
		false},
	{"only", 0, "NAME[,...]", "run: these checks and no others", true},
	{"select", 0, "NAME", "run: the selection of tests that is run (of `select` in the configuration)", false},
	{"parallel", 0, "N", "run: so many checks at once (default: 1)", false},
	{"fail-fast", 0, NULL, "run: the first check that fails stops the others", false},
	{"allow-dirty", 0, NULL, "run: also where files differ from the commit; the result says so", false},
	{"post", 0, NULL, "run: sign and post the result as `local post` does", false},
	{"ed25519", 0, NULL, "keys init: make an Ed25519 key (default)", false},
	{"ssh", 0, NULL, "keys init: use your own SSH key", false},
	{"key", 0, "FILE",
		"post, run --post: sign with this key; keys init --ssh: use this one (default: the first of ~/.ssh)",
		false},
	{"passphrase-file", 0, "FILE", "the key's passphrase is its first line (default: it is asked for)", false},
	{"no-passphrase", 0, NULL, "keys init, rotate: a key without one", false},
	{"principal", 0, "MAIL", "keys init, allow, rotate: whose key it is", false},
	{"valid-before", 0, "DATE", "keys allow: until then", false},
	{"namespaces", 0, "LIST", "keys allow: what it may sign (default: runmedic)", false},
	{"branches", 0, "LIST", "keys allow: for these branches only, as in main,release-*", false},
	{"reason", 0, "TEXT", "keys revoke: why", false},
	{"result", 0, "FILE", "post: this result (default: .runmedic/result.json)", false},
	{"ssh-key", 0, "FILE", "post, run --post: sign with this SSH key, or the public half of one that the agent has",
		false},
	{"agent", 0, NULL, "post, run --post: sign with the first key of the SSH agent that is allowed to", false},
	{"envelope", 0, "FILE", "post: what was signed before; verify: this one instead of what was posted", false},
	{"sha", 0, "SHA", "verify: this commit", false},
	{"pull", 0, "N", "verify: the head of this pull request", false},
	{"github-keys", 0, "LOGIN,...", "verify: the signing keys that GitHub lists for these people count, too",
		false},
	{"wait", 0, "S", "verify: wait so many seconds for a result that is not there yet", false},
	{"dry-run", 0, NULL, "verify: post nothing, record nothing", false},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

static const struct {
	const char *name;
	local_action *action;
} actions[] = {
	{"run", local_run},
	{"post", local_post},
	{"verify", local_verify},
	{"keys", local_keys},
};

static local_action *find(const struct session *s, struct err *e)
{
	const char *what = s->args->rest_count ? s->args->rest[0] : "";

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (strcmp(actions[i].name, what) != 0)
			continue;
		if (s->args->rest_count < 2 || actions[i].action == local_keys)
			return actions[i].action;
		err_set(e, ERR_USAGE, "local %s takes no operand '%.60s'", what, s->args->rest[1]);
		return NULL;
	}
	err_set(e, ERR_USAGE, "local takes run, post, verify or keys, not '%.40s'", what);
	return NULL;
}

static int run(struct session *s)
{
	struct err e = {0};
	local_action *action = find(s, &e);
	int status = action ? action(s, &e) : -1;

	return status < 0 ? session_trouble(s, &e) : status;
}

const struct command cmd_local = {
	.name = "local",
	.summary = "Runs the checks of CI here, and proves there what they found",
	.usage = "local run | post | verify | keys [init | list | allow | revoke | rotate] [options]",
	.text = "`run` executes the checks of `local.checks` in .github/runmedic.yml, shows what they print, reads "
		"their reports, and writes a result: what ran on which commit with which outcome. It ends with 1 when "
		"a check failed or a threshold was missed. `post` signs that result with your key and posts it beside "
		"the commit. `verify`, in a workflow of the default branch, believes it or says exactly why not. "
		"`keys` makes the key and keeps the list of those who may sign.\n"
		"A signature proves who claims the result, not that the machine was honest: spot audits look into "
		"that, and whatever is doubtful runs CI as ever.",
	.examples = "runmedic local run\n"
		    "runmedic local run --only tests,lint --fail-fast\n"
		    "runmedic local run --parallel 4 --post\n"
		    "runmedic local post\n"
		    "runmedic local post --result other.json --ssh-key ~/.ssh/id_ed25519\n"
		    "runmedic local verify --pull 12 --dry-run\n"
		    "runmedic local keys init\n"
		    "runmedic local keys allow key.pub --principal ann@example.org --valid-before 2027-06-30\n"
		    "runmedic local keys list\n"
		    "runmedic local keys revoke SHA256:Xw3...",
	.options = options,
	.run = run,
};
