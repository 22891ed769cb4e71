/* embed.c - host tool: text files as C strings.
 *
 *     embed OUT NAME=FILE...
 *
 * writes OUT with one `const char NAME[]` per file. '?' is escaped because C17 still knows trigraphs. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int complain(const char *what)
{
	fprintf(stderr, "embed: ");
	perror(what);
	return 1;
}

static void put_char(FILE *out, int c)
{
	if (c == '\n')
		fputs("\\n\"\n\t\"", out);
	else if (c == '\t')
		fputs("\\t", out);
	else if (c == '"' || c == '\\' || c == '?')
		fprintf(out, "\\%c", c);
	else if (c < 0x20 || c >= 0x7f)
		fprintf(out, "\\%03o", (unsigned)c);
	else
		fputc(c, out);
}

static int embed(FILE *out, const char *name, int name_length, const char *path)
{
	FILE *in = fopen(path, "rb");
	bool whole;

	if (!in)
		return complain(path);
	fprintf(out, "\nextern const char %.*s[];\nconst char %.*s[] =\n\t\"", name_length, name, name_length, name);
	for (int c; (c = getc(in)) != EOF;)
		put_char(out, c);
	fputs("\";\n", out);
	whole = !ferror(in);
	fclose(in);
	return whole ? 0 : complain(path);
}

int main(int argc, char **argv)
{
	FILE *out;
	int status = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: embed OUT NAME=FILE...\n");
		return 2;
	}
	out = fopen(argv[1], "wb");
	if (!out)
		return complain(argv[1]);
	fprintf(out, "/* Made by tools/embed.c; do not edit. */\n");
	for (int i = 2; i < argc && status == 0; i++) {
		const char *equals = strchr(argv[i], '=');

		if (equals)
			status = embed(out, argv[i], (int)(equals - argv[i]), equals + 1);
		else
			status = 2;
	}
	if (ferror(out) | fclose(out))
		status = complain(argv[1]);
	return status;
}
