/* A GitHub App: a JWT signed with its key asks for a token of the installation that the repository belongs to. The key
 * is in memory only, and OpenSSL clears it when it is freed. */
#include "github/internal.h"

#include "base/base64.h"
#include "base/mem.h"

#include <inttypes.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#define PEM_MAX ((size_t)32 << 10)
#define KEY_BITS_MIN 2048
#define JWT_BACK_S 60 /* our clock may be ahead of GitHub's */
#define JWT_LIFE_S 540

struct app {
	char *id;
	EVP_PKEY *key;
	int64_t installation; /* 0 not asked yet */
	int64_t renew_at;     /* clock_monotonic() */
	cJSON *permissions;   /* of the last token */
};

/* ---- the key ------------------------------------------------------------------------------------------------- */

/* Secrets are often stored in one line, with \n for the line breaks. */
static void add_pem(struct buf *b, const char *pem)
{
	for (; *pem; pem++) {
		if (pem[0] == '\\' && pem[1] == 'n') {
			buf_add_char(b, '\n');
			pem++;
		} else if (pem[0] == '\\' && pem[1] == 'r') {
			pem++;
		} else if (*pem != '\r') {
			buf_add_char(b, *pem);
		}
	}
	buf_add_char(b, '\n');
}

/* Without it OpenSSL would ask at the terminal. */
static int no_password(char *buffer, int size, int writing, void *context)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

static const char *what_is_wrong(struct view pem)
{
	if (view_has(pem, "ENCRYPTED"))
		return "it is encrypted with a password; GitHub gives it without one";
	if (view_has(pem, "PUBLIC KEY") || view_has(pem, "CERTIFICATE"))
		return "it is the public half; the .pem file that GitHub gave on \"Generate a private key\" is needed";
	if (view_has(pem, "OPENSSH"))
		return "it is an SSH key; the .pem file that GitHub gave on \"Generate a private key\" is needed";
	if (!view_has(pem, "-----BEGIN"))
		return "it is no PEM (\"-----BEGIN RSA PRIVATE KEY-----\", lines, \"-----END ...\")";
	return "its PEM cannot be read; is it complete, with its line breaks?";
}

static int read_key(EVP_PKEY **ret, const char *pem, struct err *e)
{
	struct buf text = buf_new(PEM_MAX);
	add_pem(&text, pem);
	BIO *in = text.full ? NULL : BIO_new_mem_buf(text.p, (int)text.n);
	EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, no_password, NULL) : NULL;
	int rc = 0;
	if (!key)
		rc = err_set(
			e, ERR_USAGE, "the private key of the App is not usable: %s", what_is_wrong(buf_view(&text)));
	else if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < KEY_BITS_MIN)
		rc = err_set(e, ERR_USAGE,
			"the private key of the App is not usable: it is no RSA key of %d bits or more", KEY_BITS_MIN);
	ERR_clear_error();
	BIO_free(in);
	explicit_bzero(text.p, text.cap);
	buf_done(&text);
	if (rc < 0)
		EVP_PKEY_free(key);
	else
		*ret = key;
	return rc;
}

int app_new(struct app **ret, const char *id, const char *pem, struct err *e)
{
	EVP_PKEY *key = NULL;
	for (const char *p = id; *p; p++)
		if (!((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '.'))
			return err_set(e, ERR_USAGE,
				"'%.40s' is no id of a GitHub App: it is a number, or begins with Iv", id);
	if (read_key(&key, pem, e) < 0)
		return -1;
	struct app *a = mem_new(sizeof *a);
	a->id = mem_text(id);
	a->key = key;
	*ret = a;
	return 0;
}

void app_free(struct app *a)
{
	if (!a)
		return;
	EVP_PKEY_free(a->key);
	cJSON_Delete(a->permissions);
	free(a->id);
	free(a);
}

/* ---- the JWT ------------------------------------------------------------------------------------------------- */

static bool add_signature(struct buf *b, EVP_PKEY *key)
{
	unsigned char signature[1024]; /* RSA of 8192 bits */
	size_t n = sizeof signature;
	EVP_MD_CTX *context = mem_must(EVP_MD_CTX_new());
	bool good = (size_t)EVP_PKEY_get_size(key) <= sizeof signature &&
		    EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
		    EVP_DigestSign(context, signature, &n, (const unsigned char *)b->p, b->n) == 1;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	if (!good)
		return false;
	buf_add_char(b, '.');
	base64_add_url(b, view_make((const char *)signature, n));
	return true;
}

char *app_jwt(const struct app *a, int64_t now, struct err *e)
{
	JSON_AUTO *claims = json_object();
	BUF_AUTO text = buf_new(BUF_LINE), jwt = buf_new(BUF_LINE);
	json_add_int(claims, "iat", now - JWT_BACK_S);
	json_add_int(claims, "exp", now + JWT_LIFE_S);
	json_add_text(claims, "iss", a->id);
	json_print(&text, claims);
	base64_add_url(&jwt, VIEW("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"));
	buf_add_char(&jwt, '.');
	base64_add_url(&jwt, buf_view(&text));
	if (add_signature(&jwt, a->key))
		return buf_take(&jwt);
	err_set(e, ERR_USAGE, "the private key of the App does not sign");
	return NULL;
}

/* ---- the token ----------------------------------------------------------------------------------------------- */

/* Asks with the JWT. One that GitHub refuses may only be from a wrong clock: GitHub's own is known after it. */
static int ask(
	struct github *g, const char *method, const char *path, const char *body, struct transfer *t, struct err *e)
{
	int rc = -1;
	*t = (struct transfer){0};
	for (int round = 0; round < 2; round++) {
		int64_t now = github_now(g);
		char *jwt = app_jwt(g->app, now, e);
		if (!jwt)
			return -1;
		/* asking for a second token does no harm */
		struct request r = {.method = method,
			.path = path,
			.body = body,
			.bearer = jwt,
			.read = true,
			.ceiling = BUF_PAGE,
			.seconds = GITHUB_TIMEOUT_S};
		if (round)
			transfer_done(t);
		rc = call_perform(g, &r, t, e);
		t->r = NULL;
		explicit_bzero(jwt, strlen(jwt));
		free(jwt);
		int64_t off = github_now(g) - now;
		if (rc < 0 || t->status != 401 || (off > -30 && off < 30))
			break;
	}
	return rc;
}

static int refused(const struct github *g, const struct transfer *t, struct err *e)
{
	struct err not_json;
	JSON_AUTO *j = json_parse(buf_view(&t->body), BUF_PAGE, &not_json);
	const char *message = json_text(j, "message"), *advice = "";
	if (t->status == 401)
		advice = "; does the private key belong to this App, and is it still valid?";
	else if (t->status == 404)
		advice = "; is the App installed for this repository?";
	else if (t->status == 403 || t->status == 422)
		advice = "; is the installation suspended, or limited to other repositories?";
	return err_set(e, t->status >= 500 ? ERR_NETWORK : ERR_AUTH,
		"GitHub App %.40s for %.100s: GitHub answered %d%s%.200s%s", g->app->id,
		g->repository ? g->repository : "?", t->status, message ? ": " : "", message ? message : "", advice);
}

static int find_installation(struct github *g, struct err *e)
{
	struct transfer t;
	struct err not_json;
	int rc = ask(g, "GET", "/repos/{repo}/installation", NULL, &t, e);
	if (rc == 0 && t.status != 200)
		rc = refused(g, &t, e);
	JSON_AUTO *j = rc == 0 ? json_parse(buf_view(&t.body), BUF_PAGE, &not_json) : NULL;
	if (rc == 0 && (g->app->installation = json_int(j, "id", 0)) <= 0)
		rc = err_set(e, ERR_NETWORK, "GitHub's answer is no installation of the App");
	transfer_done(&t);
	return rc;
}

static int take_token(struct github *g, const struct transfer *t, struct err *e)
{
	struct err not_json;
	int64_t ends;
	JSON_AUTO *j = json_parse(buf_view(&t->body), BUF_PAGE, &not_json);
	cJSON *token = cJSON_GetObjectItemCaseSensitive(j, "token");
	if (!cJSON_IsString(token) || !*token->valuestring)
		return err_set(e, ERR_NETWORK, "GitHub's answer holds no token for the App");
	for (const char *p = token->valuestring; *p; p++)
		if (*p <= ' ' || *p == 0x7f)
			return err_set(e, ERR_NETWORK, "GitHub's answer holds no usable token for the App");
	if (!clock_parse(view_of(json_text(j, "expires_at")), &ends))
		ends = (github_now(g) + 3600) * CLOCK_SECOND;
	int64_t left = ends / CLOCK_SECOND - github_now(g) - GITHUB_RENEW_EARLY_S;
	g->app->renew_at = clock_monotonic() + left * CLOCK_SECOND;
	cJSON_Delete(g->app->permissions);
	g->app->permissions = cJSON_DetachItemFromObjectCaseSensitive(j, "permissions");
	github_set_token(g, mem_text(token->valuestring));
	explicit_bzero(token->valuestring, strlen(token->valuestring));
	return 0;
}

/* Only for the one repository: an App may be installed for a whole organisation. */
static int get_token(struct github *g, struct err *e)
{
	struct transfer t;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX), body = buf_new(BUF_LINE);
	JSON_AUTO *j = json_object();
	cJSON *names = json_array();
	json_append_text(names, strchr(g->repository, '/') + 1);
	json_add(j, "repositories", names);
	json_print(&body, j);
	buf_addf(&path, "/app/installations/%" PRId64 "/access_tokens", g->app->installation);
	int rc = ask(g, "POST", buf_text(&path), buf_text(&body), &t, e);
	if (rc == 0)
		rc = t.status == 201 ? take_token(g, &t, e) : refused(g, &t, e);
	if (t.body.p)
		explicit_bzero(t.body.p, t.body.cap);
	transfer_done(&t);
	return rc;
}

int app_refresh(struct github *g, struct err *e)
{
	struct app *a = g->app;
	if (g->token && clock_monotonic() < a->renew_at)
		return 0;
	if (!g->repository)
		return err_set(e, ERR_USAGE,
			"a GitHub App is installed per repository, and none is known; give --repository "
			"OWNER/NAME or set GITHUB_REPOSITORY");
	if (!a->installation && find_installation(g, e) < 0)
		return -1;
	return get_token(g, e);
}

enum github_level github_app_level(const struct github *g, const char *permission)
{
	if (!g->app || !cJSON_IsObject(g->app->permissions))
		return GITHUB_LEVEL_UNKNOWN;
	const char *level = json_text(g->app->permissions, permission);
	if (!level)
		return GITHUB_LEVEL_NONE;
	return strcmp(level, "read") != 0 ? GITHUB_LEVEL_WRITE : GITHUB_LEVEL_READ;
}

int app_login(struct github *g, char **ret, struct err *e)
{
	struct transfer t;
	struct err not_json;
	int rc = ask(g, "GET", "/app", NULL, &t, e);
	if (rc == 0 && t.status != 200)
		rc = refused(g, &t, e);
	JSON_AUTO *j = rc == 0 ? json_parse(buf_view(&t.body), BUF_PAGE, &not_json) : NULL;
	const char *slug = json_text(j, "slug");
	if (rc == 0 && !slug)
		rc = err_set(e, ERR_NETWORK, "GitHub does not say the name of the App");
	BUF_AUTO login = buf_new(BUF_LINE);
	buf_addf(&login, "%s[bot]", slug ? slug : "");
	if (rc == 0)
		*ret = buf_take(&login);
	transfer_done(&t);
	return rc;
}
