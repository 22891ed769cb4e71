#include "fixers/text/white.h"

static size_t blanks_at_end(struct view line)
{
	size_t n = 0;

	while (n < line.n && (line.p[line.n - 1 - n] == ' ' || line.p[line.n - 1 - n] == '\t'))
		n++;
	return n;
}

int white_strip_to(struct source *s, uint32_t n, size_t keep, struct err *e)
{
	struct view line = source_line(s, n);
	size_t blanks = blanks_at_end(line);

	if (blanks <= keep)
		return 0;
	return source_splice(s, source_offset(s, n) + line.n - blanks + keep, blanks - keep, (struct view){0}, e);
}

int white_strip(struct source *s, uint32_t n, struct err *e)
{
	if (blanks_at_end(source_line(s, n)) == 0)
		return err_set(e, ERR_REFUSED, "%s:%u has no trailing white space", s->path, n);
	return white_strip_to(s, n, 0, e);
}

int white_end_with_newline(struct source *s, struct err *e)
{
	if (s->text.n == 0 || s->text.p[s->text.n - 1] == '\n')
		return err_set(e, ERR_REFUSED, "%s ends with a newline", s->path);
	return source_splice(s, s->text.n, 0, view_of(source_eol(s)), e);
}

int white_end_of_file(struct source *s, struct err *e)
{
	uint32_t last = s->line_count;

	while (last > 0 && source_blank(s, last))
		last--;
	if (last < s->line_count) {
		size_t from = source_offset(s, last + 1);

		if (source_splice(s, from, s->text.n - from, (struct view){0}, e) != 0)
			return -1;
		return 0;
	}
	return white_end_with_newline(s, e);
}
