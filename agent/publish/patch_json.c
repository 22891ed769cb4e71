/* The patch bundle: what one job made and proved, as data that another job checks again before it believes it. */
#include "publish/publish.h"

#include "publish/proof.h"
#include "publish/safe.h"

static bool is_utf8(struct view v)
{
	while (v.n) {
		uint32_t point;
		size_t n = view_utf8(v, &point);
		if (!n)
			return false;
		v = view_from(v, n);
	}
	return true;
}

bool publish_patch_add(cJSON *fixes, const struct publish_fix *f)
{
	if (!f->diff || !is_utf8(view_of(f->diff)))
		return false;
	cJSON *j = json_object(), *files = json_array();
	json_add_text(j, "fixer", f->fixer);
	json_add_text(j, "rule", f->rule);
	json_add_text(j, "signature", f->signature);
	json_add_text(j, "tier", tier_name(f->tier));
	json_add_number(j, "confidence", f->confidence);
	safe_add(j, "summary", f->summary);
	safe_add(j, "reason", f->reason ? f->reason : "");
	for (size_t i = 0; i < f->file_count; i++)
		json_append_text(files, f->files[i]);
	json_add(j, "files", files);
	json_add_text(j, "diff", f->diff); /* exact: it is to be applied, and the policy saw to secrets */
	json_add(j, "proof", publish_proof_json(f));
	json_append(fixes, j);
	return true;
}

cJSON *publish_patch_document(cJSON *fixes, const char *base_commit, const char *repository_or_null)
{
	cJSON *j = json_object();
	json_add_text(j, "schema", "runmedic.patch/1");
	json_add_text(j, "base", base_commit);
	json_add_text(j, "repository", repository_or_null);
	json_add(j, "fixes", fixes);
	return j;
}
