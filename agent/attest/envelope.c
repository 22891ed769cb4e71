#include "attest/envelope.h"

#include "attest/keys.h"
#include "attest/sshsig.h"
#include "base/base64.h"

#include <strings.h>

#define KEYID_MAX 256u
#define TYPE_MAX 256u
#define FORMAT_SSHSIG "sshsig"

void envelope_done(struct envelope *v)
{
	arena_done(&v->arena);
	*v = (struct envelope){0};
}

void envelope_pae(struct buf *out, const char *payload_type, struct view payload)
{
	buf_addf(out, "DSSEv1 %zu %s %zu ", strlen(payload_type), payload_type, payload.n);
	buf_add_view(out, payload);
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static void add_base64(cJSON *object, const char *name, struct view v)
{
	BUF_AUTO text = buf_new(ENVELOPE_BYTES_MAX * 2);

	base64_add(&text, v);
	json_add_view(object, name, buf_view(&text));
}

cJSON *envelope_json(const char *payload_type, struct view payload, const char *keyid, enum envelope_format format,
	struct view signature)
{
	cJSON *j = json_object(), *list = json_array(), *one = json_object();
	BUF_AUTO armoured = buf_new(SSHSIG_BLOB_MAX * 2);

	add_base64(j, "payload", payload);
	json_add_text(j, "payloadType", payload_type);
	json_add_text(one, "keyid", keyid);
	if (format == ENVELOPE_SSHSIG) {
		sshsig_armour(&armoured, signature);
		signature = buf_view(&armoured);
		json_add_text(one, "format", FORMAT_SSHSIG);
	}
	add_base64(one, "sig", signature);
	json_append(list, one);
	json_add(j, "signatures", list);
	return j;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* Members beside ours are passed over, as DSSE asks; but readers in other languages take "Payload" for "payload". */
static int check_members(const cJSON *object, const char *const *names, struct err *e)
{
	const cJSON *child;

	cJSON_ArrayForEach (child, object)
		for (const char *const *n = names; *n; n++)
			if (strcasecmp(child->string, *n) == 0 && strcmp(child->string, *n) != 0)
				return err_set(e, ERR_INPUT, "the envelope has `%s` in other letters", *n);
	return 0;
}

/* Printable ASCII: a name that is shown and compared. */
static int take_name(
	struct envelope *v, const cJSON *object, const char *name, size_t max, const char **ret, struct err *e)
{
	struct view text = view_of(json_text(object, name));

	if (text.n == 0 || text.n > max)
		return err_set(e, ERR_INPUT, "`%s` of the envelope must be a text of 1 to %zu bytes", name, max);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '!' || text.p[i] > '~')
			return err_set(
				e, ERR_INPUT, "`%s` of the envelope holds other than printable characters", name);
	*ret = arena_view(&v->arena, text).p;
	return 0;
}

static int take_bytes(struct envelope *v, const cJSON *object, const char *name, struct view *ret, struct err *e)
{
	struct view text = view_of(json_text(object, name));
	char *bytes = arena_alloc(&v->arena, text.n / 4 * 3 + 1);
	size_t n = base64_decode(bytes, text);

	if (text.n == 0)
		return err_set(e, ERR_INPUT, "the envelope has no `%s`", name);
	if (n == VIEW_NONE)
		return err_set(e, ERR_INPUT, "`%s` of the envelope is not base64 (padded, one line)", name);
	*ret = view_make(bytes, n);
	return 0;
}

static int take_format(struct envelope *v, const cJSON *signature, struct err *e)
{
	const cJSON *format = cJSON_GetObjectItemCaseSensitive(signature, "format");
	const char *name = cJSON_GetStringValue(format);

	if (format && (!name || strcmp(name, FORMAT_SSHSIG) != 0))
		return err_set(
			e, ERR_INPUT, "the signature's format is not known; only `" FORMAT_SSHSIG "` is, or none");
	v->format = format ? ENVELOPE_SSHSIG : ENVELOPE_ED25519;
	return 0;
}

static int take_signature(struct envelope *v, const cJSON *signature, struct err *e)
{
	static const char *const names[] = {"keyid", "sig", "format", NULL};
	BUF_AUTO blob = buf_new(SSHSIG_BLOB_MAX);

	if (!cJSON_IsObject(signature))
		return err_set(e, ERR_INPUT, "the envelope's signature is not an object");
	if (check_members(signature, names, e) != 0 || take_format(v, signature, e) != 0 ||
		take_name(v, signature, "keyid", KEYID_MAX, &v->keyid, e) != 0 ||
		take_bytes(v, signature, "sig", &v->signature, e) != 0)
		return -1;
	if (v->format == ENVELOPE_ED25519)
		return v->signature.n == KEY_SIGNATURE
			       ? 0
			       : err_set(e, ERR_INPUT, "an Ed25519 signature has %u bytes, not %zu", KEY_SIGNATURE,
					 v->signature.n);
	if (sshsig_unarmour(&blob, v->signature, e) != 0)
		return -1;
	v->signature = arena_view(&v->arena, buf_view(&blob));
	return 0;
}

static int take(struct envelope *v, const cJSON *j, struct err *e)
{
	static const char *const names[] = {"payload", "payloadType", "signatures", NULL};
	const cJSON *signatures = json_get(j, "signatures");

	if (!cJSON_IsObject(j))
		return err_set(e, ERR_INPUT, "the envelope is not a JSON object");
	if (check_members(j, names, e) != 0 || take_name(v, j, "payloadType", TYPE_MAX, &v->payload_type, e) != 0 ||
		take_bytes(v, j, "payload", &v->payload, e) != 0)
		return -1;
	if (!cJSON_IsArray(signatures) || cJSON_GetArraySize(signatures) != 1)
		return err_set(e, ERR_INPUT, "the envelope must have exactly one signature");
	return take_signature(v, signatures->child, e);
}

int envelope_read(struct envelope *ret, struct view text, struct err *e)
{
	JSON_AUTO *j = json_parse_strict(text, ENVELOPE_BYTES_MAX, e);

	*ret = (struct envelope){0};
	if (!j)
		return -1;
	if (take(ret, j, e) == 0)
		return 0;
	envelope_done(ret);
	return -1;
}
