/* Uses every library of the static prefix a little, for a prefix that links but does not work is worse than none.
 * Prints a line for each, and exits 1 if one of them failed. Needs no network and writes no file. */
#define _GNU_SOURCE
#define SQLITE_ENABLE_SESSION
#define SQLITE_ENABLE_PREUPDATE_HOOK
#define PCRE2_CODE_UNIT_WIDTH 8

#include <archive.h>
#include <archive_entry.h>
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <expat.h>
#include <git2.h>
#include <microhttpd.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <pcre2.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>
#include <zlib.h>

int mi_version(void);

/* One probe: true if it works; writes what is worth knowing of it into `note`. */
typedef bool probe_fn(char *note, size_t size);

/* "error\n" a hundred times, deflated, as a.log in a zip file. */
static const unsigned char ZIP[] = {0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x5a,
	0x94, 0x40, 0x10, 0x23, 0x0e, 0x00, 0x00, 0x00, 0x58, 0x02, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x61, 0x2e,
	0x6c, 0x6f, 0x67, 0x4b, 0x2d, 0x2a, 0xca, 0x2f, 0xe2, 0x4a, 0x1d, 0x25, 0x47, 0x49, 0xaa, 0x92, 0x00, 0x50,
	0x4b, 0x01, 0x02, 0x14, 0x03, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x5a, 0x94, 0x40, 0x10,
	0x23, 0x0e, 0x00, 0x00, 0x00, 0x58, 0x02, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x61, 0x2e, 0x6c, 0x6f, 0x67, 0x50, 0x4b, 0x05, 0x06,
	0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x33, 0x00, 0x00, 0x00, 0x31, 0x00, 0x00, 0x00, 0x00, 0x00};

static void *stack_size(void *out)
{
	pthread_attr_t attr;
	if (pthread_getattr_np(pthread_self(), &attr) == 0) {
		pthread_attr_getstacksize(&attr, out);
		pthread_attr_destroy(&attr);
	}
	return NULL;
}

static bool probe_threads(char *note, size_t size)
{
	pthread_t thread;
	size_t stack = 0;
	if (pthread_create(&thread, NULL, stack_size, &stack) != 0 || pthread_join(thread, NULL) != 0)
		return false;
	snprintf(note, size, "stack %zu KiB", stack / 1024);
	return stack >= 2 << 20;
}

static bool probe_mimalloc(char *note, size_t size)
{
	snprintf(note, size, "%d", mi_version());
	return mi_version() >= 200;
}

static bool probe_sha256(char *note, size_t size)
{
	static const char WANT[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; /* of "abc" */
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	char hex[2 * EVP_MAX_MD_SIZE + 1] = "";
	if (EVP_Digest("abc", 3, digest, &length, EVP_sha256(), NULL) != 1)
		return false;
	for (unsigned i = 0; i < length; i++)
		snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
	snprintf(note, size, "%.16s...", hex);
	return strcmp(hex, WANT) == 0;
}

static bool probe_ed25519(char *note, size_t size)
{
	unsigned char signature[64];
	size_t length = sizeof signature;
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_MD_CTX *sign = EVP_MD_CTX_new(), *verify = EVP_MD_CTX_new();
	bool ok = key && EVP_DigestSignInit(sign, NULL, NULL, NULL, key) == 1 &&
		  EVP_DigestSign(sign, signature, &length, (const unsigned char *)"abc", 3) == 1 &&
		  EVP_DigestVerifyInit(verify, NULL, NULL, NULL, key) == 1 &&
		  EVP_DigestVerify(verify, signature, length, (const unsigned char *)"abc", 3) == 1;
	EVP_MD_CTX_free(verify);
	EVP_MD_CTX_free(sign);
	EVP_PKEY_free(key);
	snprintf(note, size, "sign and verify");
	return ok;
}

static bool probe_tls(char *note, size_t size)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *tls = context ? SSL_new(context) : NULL;
	bool ok = tls && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
	SSL_free(tls);
	SSL_CTX_free(context);
	snprintf(note, size, "%s", OpenSSL_version(OPENSSL_VERSION));
	return ok;
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *upload, size_t *upload_size, void **request)
{
	(void)cls, (void)url, (void)method, (void)version, (void)upload, (void)upload_size, (void)request;
	struct MHD_Response *response = MHD_create_response_from_buffer(4, (void *)"pong", MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

static size_t keep(char *data, size_t one, size_t count, void *body)
{
	snprintf(body, 8, "%.*s", (int)(one * count), data);
	return one * count;
}

static bool get(const char *url, char body[8])
{
	CURL *curl = curl_easy_init();
	if (!curl)
		return false;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	return code == CURLE_OK;
}

/* The one library's server answers the other's request; "localhost" goes through the resolver's thread. */
static bool probe_http(char *note, size_t size)
{
	char url[64], body[8] = "";
	struct MHD_Daemon *server =
		MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_END);
	if (!server)
		return false;
	snprintf(url, sizeof url, "http://localhost:%u/", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
	bool ok = get(url, body) && strcmp(body, "pong") == 0;
	MHD_stop_daemon(server);
	snprintf(note, size, "libmicrohttpd %s", MHD_get_version());
	return ok;
}

static bool probe_curl(char *note, size_t size)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	const int want = CURL_VERSION_SSL | CURL_VERSION_LIBZ | CURL_VERSION_ASYNCHDNS | CURL_VERSION_IPV6;
	bool https = false;
	for (const char *const *name = info->protocols; *name; name++)
		https |= strcmp(*name, "https") == 0;
	snprintf(note, size, "%s", curl_version());
	return https && (info->features & want) == want;
}

static bool probe_git(char *note, size_t size)
{
	const int want = GIT_FEATURE_HTTPS | GIT_FEATURE_THREADS;
	git_oid id;
	char hex[GIT_OID_SHA1_HEXSIZE + 1];
	if (git_libgit2_init() < 1)
		return false;
	bool ok = git_odb_hash(&id, "hello", 5, GIT_OBJECT_BLOB) == 0 &&
		  strcmp(git_oid_tostr(hex, sizeof hex, &id), "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0") == 0;
	snprintf(note, size, "libgit2 %s", LIBGIT2_VERSION);
	ok = ok && (git_libgit2_features() & want) == want;
	git_libgit2_shutdown();
	return ok;
}

static bool probe_sqlite(char *note, size_t size)
{
	sqlite3 *db = NULL;
	sqlite3_session *session = NULL;
	bool ok = sqlite3_open(":memory:", &db) == SQLITE_OK &&
		  sqlite3_exec(db,
			  "CREATE TABLE t(a INTEGER PRIMARY KEY) STRICT; CREATE VIRTUAL TABLE f USING fts5(text)", NULL,
			  NULL, NULL) == SQLITE_OK &&
		  sqlite3_exec(db, "INSERT INTO t VALUES('text')", NULL, NULL, NULL) != SQLITE_OK &&
		  sqlite3session_create(db, "main", &session) == SQLITE_OK;
	sqlite3session_delete(session);
	sqlite3_close(db);
	snprintf(note, size, "%s, STRICT, FTS5, session", sqlite3_libversion());
	return ok;
}

static bool probe_pcre2(char *note, size_t size)
{
	int error;
	size_t where;
	static const char TEXT[] = "src/main.c:12:5: error: oops";
	pcre2_code *code = pcre2_compile(
		(PCRE2_SPTR) "^(\\S+):(\\d+):\\d+: error", PCRE2_ZERO_TERMINATED, PCRE2_UTF, &error, &where, NULL);
	if (!code)
		return false;
	pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
	bool ok = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0 &&
		  pcre2_jit_match(code, (PCRE2_SPTR)TEXT, strlen(TEXT), 0, 0, match, NULL) == 3;
	pcre2_match_data_free(match);
	pcre2_code_free(code);
	char target[64] = "";
	pcre2_config(PCRE2_CONFIG_JITTARGET, target);
	snprintf(note, size, "JIT for %s", target);
	return ok;
}

static bool probe_yaml(char *note, size_t size)
{
	static const unsigned char TEXT[] = "medic: [heal, review]\n";
	yaml_parser_t parser;
	yaml_event_t event;
	int scalars = 0;
	bool ok = yaml_parser_initialize(&parser), more = ok;
	yaml_parser_set_input_string(&parser, TEXT, sizeof TEXT - 1);
	while (more) {
		ok = yaml_parser_parse(&parser, &event);
		more = ok && event.type != YAML_STREAM_END_EVENT;
		scalars += ok && event.type == YAML_SCALAR_EVENT;
		if (ok)
			yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	snprintf(note, size, "libyaml %s", yaml_get_version_string());
	return ok && scalars == 3;
}

static void count_element(void *count, const XML_Char *name, const XML_Char **attributes)
{
	(void)name, (void)attributes;
	++*(int *)count;
}

static bool probe_expat(char *note, size_t size)
{
	static const char TEXT[] = "<testsuite><testcase name='a'/></testsuite>";
	int count = 0;
	XML_Parser parser = XML_ParserCreate(NULL);
	XML_SetUserData(parser, &count);
	XML_SetStartElementHandler(parser, count_element);
	bool ok = XML_Parse(parser, TEXT, sizeof TEXT - 1, 1) == XML_STATUS_OK;
	XML_ParserFree(parser);
	snprintf(note, size, "%s", XML_ExpatVersion());
	return ok && count == 2;
}

static bool probe_cjson(char *note, size_t size)
{
	cJSON *json = cJSON_Parse("{\"conclusion\": \"failure\", \"attempt\": 2}");
	const cJSON *attempt = cJSON_GetObjectItemCaseSensitive(json, "attempt");
	bool ok = cJSON_IsNumber(attempt) && attempt->valueint == 2;
	cJSON_Delete(json);
	snprintf(note, size, "%s", cJSON_Version());
	return ok;
}

static bool probe_zip(char *note, size_t size)
{
	char text[1024];
	struct archive_entry *entry;
	struct archive *zip = archive_read_new();
	bool ok = archive_read_support_format_zip(zip) == ARCHIVE_OK &&
		  archive_read_open_memory(zip, ZIP, sizeof ZIP) == ARCHIVE_OK &&
		  archive_read_next_header(zip, &entry) == ARCHIVE_OK &&
		  strcmp(archive_entry_pathname(entry), "a.log") == 0 &&
		  archive_read_data(zip, text, sizeof text) == 600 && memcmp(text, "error\nerror\n", 12) == 0;
	archive_read_free(zip);
	snprintf(note, size, "%s", archive_version_string());
	return ok;
}

static bool deflate_gzip(unsigned char *out, size_t *length)
{
	z_stream z = {
		.next_in = (Bytef *)(uintptr_t) "hello", .avail_in = 5, .next_out = out, .avail_out = (uInt)*length};
	bool ok = deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK &&
		  deflate(&z, Z_FINISH) == Z_STREAM_END;
	*length = z.total_out;
	deflateEnd(&z);
	return ok;
}

static bool probe_gzip(char *note, size_t size)
{
	char text[16] = "";
	unsigned char packed[64];
	size_t length = sizeof packed;
	struct archive_entry *entry;
	struct archive *gzip = archive_read_new();
	bool ok = deflate_gzip(packed, &length) && archive_read_support_filter_gzip(gzip) == ARCHIVE_OK &&
		  archive_read_support_format_raw(gzip) == ARCHIVE_OK &&
		  archive_read_open_memory(gzip, packed, length) == ARCHIVE_OK &&
		  archive_read_next_header(gzip, &entry) == ARCHIVE_OK &&
		  archive_read_data(gzip, text, sizeof text) == 5 && strcmp(text, "hello") == 0;
	archive_read_free(gzip);
	snprintf(note, size, "zlib %s", zlibVersion());
	return ok;
}

static const struct {
	const char *name;
	probe_fn *run;
} PROBES[] = {
	{"threads", probe_threads},
	{"mimalloc", probe_mimalloc},
	{"sha256", probe_sha256},
	{"ed25519", probe_ed25519},
	{"tls", probe_tls},
	{"curl", probe_curl},
	{"http", probe_http},
	{"git", probe_git},
	{"sqlite", probe_sqlite},
	{"pcre2", probe_pcre2},
	{"yaml", probe_yaml},
	{"expat", probe_expat},
	{"cjson", probe_cjson},
	{"zip", probe_zip},
	{"gzip", probe_gzip},
};

int main(void)
{
	int failed = curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK;
	for (size_t i = 0; i < sizeof PROBES / sizeof *PROBES; i++) {
		char note[160] = "";
		bool ok = PROBES[i].run(note, sizeof note);
		printf("%-4s  %-10s %s\n", ok ? "ok" : "FAIL", PROBES[i].name, note);
		failed += !ok;
	}
	curl_global_cleanup();
	return failed ? 1 : 0;
}
