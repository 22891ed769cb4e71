/* A static libcurl knows no CA bundle of its own: these are the places of the usual distributions. */
#include "github/github.h"

#include "base/file.h"

#include <stdlib.h>

const char *github_ca_file(void)
{
	static const char *const places[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};
	const char *named = getenv("SSL_CERT_FILE");
	if (named && *named)
		return named;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (file_exists(places[i]))
			return places[i];
	return NULL;
}
