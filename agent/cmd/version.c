#include "cmd/version.h"

#include "base/hash.h"
#include "github/github.h"
#include "heal/heal.h"
#include "store/store.h"

#include <archive.h>
#include <cjson/cJSON.h>
#include <expat.h>
#include <string.h>
#include <yaml.h>
#include <zlib.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct library {
	const char *name, *version, *licence, *copyright;
};

#define LIBRARIES 10

static void fill(struct library list[LIBRARIES], char pcre2[64])
{
	pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
	pcre2[strcspn(pcre2, " ")] = 0;
	const struct library all[LIBRARIES] = {
		{"libcurl", github_curl_version(), "curl", "Daniel Stenberg and many contributors"},
		{"libgit2", heal_libgit2_version(), "GPL-2.0 with linking exception", "the libgit2 contributors"},
		{"cJSON", cJSON_Version(), "MIT", "Dave Gamble and cJSON contributors"},
		{"SQLite", store_sqlite_version(), "public domain", "its authors disclaim copyright"},
		{"OpenSSL", hash_library_version(), "Apache-2.0", "The OpenSSL Project Authors"},
		{"PCRE2", pcre2, "BSD-3-Clause with exemption", "University of Cambridge, Zoltan Herczeg"},
		{"libyaml", yaml_get_version_string(), "MIT", "Ingy dot Net, Kirill Simonov"},
		{"expat", XML_ExpatVersion() + strlen("expat_"), "MIT",
			"Thai Open Source Software Center, Expat maintainers"},
		{"libarchive", archive_version_string() + strlen("libarchive "), "BSD-2-Clause",
			"Tim Kientzle and contributors"},
		{"zlib", zlibVersion(), "Zlib", "Jean-loup Gailly, Mark Adler"},
	};
	memcpy(list, all, sizeof all);
}

void version_text(struct buf *out)
{
	struct library list[LIBRARIES];
	char pcre2[64];
	fill(list, pcre2);
	buf_addf(out, "runmedic %s\n", RUNMEDIC_VERSION);
	for (size_t i = 0; i < LIBRARIES; i++)
		buf_addf(out, "%s%s %s", i ? ", " : "with ", list[i].name, list[i].version);
	buf_add_char(out, '\n');
}

void version_licenses(struct buf *out)
{
	struct library list[LIBRARIES];
	char pcre2[64];
	fill(list, pcre2);
	buf_addf(out, "runmedic %s is licensed under Apache-2.0 (file LICENSE of its source).\nIt is built with:\n\n",
		RUNMEDIC_VERSION);
	for (size_t i = 0; i < LIBRARIES; i++)
		buf_addf(out, "  %-11s %-10s %s; %s\n", list[i].name, list[i].version, list[i].licence,
			list[i].copyright);
	buf_add_text(out, "\nA static binary also holds musl (MIT), http-parser (MIT) and mimalloc (MIT).\n");
}
