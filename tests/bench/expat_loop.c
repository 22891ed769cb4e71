/* A bare loop of expat over a report: what reading JUnit XML is compared with. */
#include <expat.h>
#include <stdio.h>
#include <string.h>

static void on_start(void *count, const XML_Char *name, const XML_Char **attributes)
{
	(void)attributes;
	*(unsigned long *)count += strcmp(name, "testcase") == 0;
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	XML_Parser parser = XML_ParserCreate(NULL);
	unsigned long count = 0;
	size_t n = 1;

	if (!f || !parser)
		return 2;
	XML_SetUserData(parser, &count);
	XML_SetStartElementHandler(parser, on_start);
	while (n > 0) {
		static char piece[1 << 16];

		n = fread(piece, 1, sizeof(piece), f);
		if (XML_Parse(parser, piece, (int)n, n == 0) != XML_STATUS_OK)
			return 1;
	}
	XML_ParserFree(parser);
	fclose(f);
	return printf("%lu\n", count) < 0;
}
