#include "github/internal.h"

#define FIELD_MAX ((size_t)4 << 10)

void heard_init(struct heard *h)
{
	*h = (struct heard){.next = buf_new(GITHUB_URL_MAX),
		.scopes = buf_new(FIELD_MAX),
		.accepted = buf_new(FIELD_MAX),
		.etag = buf_new(FIELD_MAX),
		.sso = buf_new(FIELD_MAX)};
	heard_clear(h);
}

void heard_clear(struct heard *h)
{
	struct buf *fields[] = {&h->next, &h->scopes, &h->accepted, &h->etag, &h->sso};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		buf_clear(fields[i]);
		fields[i]->full = false;
	}
	h->other_budget = h->scopes_told = false;
	h->rate_limit = h->rate_remaining = h->rate_reset = h->retry_after = h->retry_at = h->date = -1;
	h->lines = 0;
	h->bytes = 0;
}

void heard_done(struct heard *h)
{
	buf_done(&h->next);
	buf_done(&h->scopes);
	buf_done(&h->accepted);
	buf_done(&h->etag);
	buf_done(&h->sso);
}

static void take_text(struct buf *b, struct view value)
{
	buf_clear(b);
	if (!buf_add_view(b, value))
		buf_clear(b);
}

/* Link: <https://...?page=2>; rel="next", <...>; rel="last". An address may hold commas. */
static void take_link(struct heard *h, struct view v)
{
	while (v.n) {
		size_t open = view_find_char(v, '<'), shut = view_find_char(v, '>');
		if (open == VIEW_NONE || shut == VIEW_NONE || shut < open)
			return;
		struct view address = view_sub(v, open + 1, shut - open - 1);
		v = view_from(v, shut + 1);
		size_t end = view_find_char(v, '<');
		struct view parameters = view_sub(v, 0, end);
		if (view_has(parameters, "rel=\"next\"") || view_has(parameters, "rel=next"))
			take_text(&h->next, address);
		v = view_from(v, end);
	}
}

static void take_number(struct view value, int64_t *ret)
{
	uint64_t n;
	if (view_number(value, INT64_MAX / 1000000, &n))
		*ret = (int64_t)n;
}

static int64_t seconds_of_date(struct view value)
{
	char text[64];
	if (value.n >= sizeof text || !value.n)
		return -1;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	time_t t = curl_getdate(text, NULL);
	return t > 0 ? (int64_t)t : -1;
}

static void take_field(struct heard *h, struct view name, struct view value)
{
	if (view_eq_nocase(name, VIEW("link")))
		take_link(h, value);
	else if (view_eq_nocase(name, VIEW("x-oauth-scopes"))) {
		take_text(&h->scopes, value);
		h->scopes_told = true;
	} else if (view_eq_nocase(name, VIEW("x-accepted-github-permissions")))
		take_text(&h->accepted, value);
	else if (view_eq_nocase(name, VIEW("x-github-sso")))
		take_text(&h->sso, value);
	else if (view_eq_nocase(name, VIEW("etag")))
		take_text(&h->etag, value);
	else if (view_eq_nocase(name, VIEW("x-ratelimit-resource")))
		h->other_budget = !view_is(value, "core");
	else if (view_eq_nocase(name, VIEW("x-ratelimit-limit")))
		take_number(value, &h->rate_limit);
	else if (view_eq_nocase(name, VIEW("x-ratelimit-remaining")))
		take_number(value, &h->rate_remaining);
	else if (view_eq_nocase(name, VIEW("x-ratelimit-reset")))
		take_number(value, &h->rate_reset);
	else if (view_eq_nocase(name, VIEW("date")))
		h->date = seconds_of_date(value);
	else if (view_eq_nocase(name, VIEW("retry-after"))) {
		take_number(value, &h->retry_after);
		if (h->retry_after < 0)
			h->retry_at = seconds_of_date(value);
	}
}

bool heard_line(struct heard *h, struct view line)
{
	/* a status line begins the headers of another answer: 100 Continue, or a proxy's before */
	if (view_starts(line, "HTTP/"))
		heard_clear(h);
	h->lines++;
	h->bytes += line.n;
	if (h->lines > GITHUB_HEADER_LINES_MAX || h->bytes > GITHUB_HEADERS_MAX)
		return false;
	size_t colon = view_find_char(line, ':');
	if (colon != VIEW_NONE)
		take_field(h, view_sub(line, 0, colon), view_trim(view_from(line, colon + 1)));
	return true;
}

int64_t heard_wait_s(const struct heard *h)
{
	if (h->retry_after >= 0)
		return h->retry_after;
	if (h->retry_at < 0)
		return -1;
	int64_t now = h->date >= 0 ? h->date : clock_now() / CLOCK_SECOND;
	return h->retry_at > now ? h->retry_at - now : 0;
}
