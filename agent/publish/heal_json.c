#include "publish/publish.h"

#include "publish/proof.h"
#include "publish/safe.h"

cJSON *publish_proof_json(const struct publish_fix *f)
{
	if (!f->proof_argv && !f->proof_says)
		return cJSON_CreateNull();
	cJSON *proof = json_object();
	if (f->proof_argv) {
		cJSON *argv = json_array();
		for (const char *const *p = f->proof_argv; *p; p++)
			safe_append(argv, *p);
		json_add(proof, "command", argv);
	} else {
		json_add_null(proof, "command");
	}
	json_add_int_or_null(proof, "exit_code", f->proof_exit);
	safe_add(proof, "says", f->proof_says);
	return proof;
}

static cJSON *fix_json(const struct publish_fix *f, bool explain)
{
	cJSON *j = json_object();
	json_add_text(j, "fixer", f->fixer);
	json_add_text(j, "tier", tier_name(f->tier));
	json_add_text(j, "status", fix_status_name(f->status));
	json_add_number(j, "confidence", f->confidence);
	cJSON *files = json_array();
	for (size_t i = 0; i < f->file_count; i++)
		safe_append(files, f->files[i]);
	json_add(j, "files", files);
	safe_add(j, "summary", f->summary);
	safe_add(j, "reason", f->reason ? f->reason : "");
	safe_add(j, "diff", f->diff);
	json_add(j, "proof", publish_proof_json(f));
	if (explain) {
		json_add_number(j, "priority", f->priority);
		json_add_number(j, "success", f->success);
	}
	json_add_text(j, "commit", f->commit);
	return j;
}

cJSON *publish_heal_json(const struct publish_heal *h, enum tier (*remedy_tier)(const char *fixer))
{
	cJSON *j = json_object();
	json_add_text(j, "schema", "runmedic.heal/1");
	json_add(j, "analysis", publish_analysis_json(h->diagnosis, remedy_tier));
	json_add_text(j, "decision", decision_name(h->decision));
	safe_add(j, "reason", h->reason ? h->reason : "");
	cJSON *fixes = json_array();
	for (size_t i = 0; i < h->fix_count; i++)
		json_append(fixes, fix_json(&h->fixes[i], h->explain));
	json_add(j, "fixes", fixes);
	json_add_text(j, "branch", h->branch);
	if (h->explain)
		json_add_text(j, "sandbox", h->sandbox);
	return j;
}
