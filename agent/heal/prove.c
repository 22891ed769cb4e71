/* prove.c - the fix shows that it is right, or it goes no further. */
#include "heal/internal.h"

static int prove_purely(const struct planned_fix *f, const struct tree *alone, struct err *e)
{
	const struct fix_proof *proof = &f->proposal.proof;
	struct err why = {0};

	if (!proof->holds || proof->holds(alone, f->finding, proof->facts, &why))
		return 0;
	return err_set(e, ERR_INPUT, "the proof does not hold: %s", why.code ? why.text : "no reason given");
}

static int prove_by_program(
	struct healed_fix *ret, const struct planned_fix *f, const struct checkout *c, struct err *e)
{
	const char *const *argv = f->proposal.proof.argv;
	struct process_result r;
	int result;

	if (checkout_run(&r, c, argv, f->fixer->network, e) != 0) {
		process_result_done(&r);
		return -1;
	}
	ret->proof.exit_code = r.exit_code;
	result = r.exit_code == 0 && !r.timed_out ? 0 : command_trouble(argv[0], &r, e);
	if (result == 0 && f->proposal.proof.quiet && view_trim(buf_view(&r.output)).n)
		result = err_set(e, ERR_INPUT, "%s still prints something", argv[0]);
	process_result_done(&r);
	return result != 0 ? err_wrap(e, "the proof does not hold") : 0;
}

int prove(struct healed_fix *ret, const struct planned_fix *f, const struct tree *alone, const struct checkout *c,
	struct err *e)
{
	const struct fix_proof *proof = &f->proposal.proof;

	ret->proof.argv = proof->argv;
	ret->proof.says = proof->says;
	/* That every line of its context stands there proves a printed diff. */
	if (!proof->holds && !proof->argv && f->proposal.kind != FIX_DIFF)
		return err_set(e, ERR_REFUSED, "the fix brings no proof");
	if (prove_purely(f, alone, e) != 0) {
		ret->proof.exit_code = 1;
		return -1;
	}
	return proof->argv ? prove_by_program(ret, f, c, e) : 0;
}
