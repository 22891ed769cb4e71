#include "heal/heal.h"

#include <git2.h>

const char *heal_libgit2_version(void)
{
	return LIBGIT2_VERSION;
}
