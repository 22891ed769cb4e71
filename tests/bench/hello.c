/* The least that a process can do: what `--version` is compared with. */
#include <stdio.h>

int main(void)
{
	return puts("hello") < 0;
}
