#include "rules/literals.h"

#include <string.h>

/* In eighths of a bit. */
#define REPEATED 4u /* a byte that repeats the one before it: rulers and indentation are common */
#define IN_WORD 8u  /* a byte that goes on with a common word, as three bytes before it show */
#define IN_PART 20u /* as two bytes before it show */
#define NON_ASCII 109u
#define DIGIT 20u
/* Of a window out of one of the first words; of each later one as much more as if words followed Zipf's law. */
#define COMMON_WINDOW 56u
#define FREQUENT_WORDS 64

/* Measured on decoded job logs: -8 * log2 of each byte's share. */
/* clang-format off: a row of 16 */
static const unsigned char rarity[128] = {
	152, 160, 160, 160, 160, 160, 160, 160, 160, 100, 48, 160, 160, 84, 160, 160, /* controls */
	160, 160, 160, 160, 160, 160, 160, 160, 160, 160, 160, 148, 160, 160, 160, 160, 24, 111, 69, 69, 96, 74, 96, 71,
	64, 64, 77, 92, 68, 44, 35, 43,                                    /* blank to / */
	51, 50, 52, 56, 55, 57, 58, 61, 60, 60, 50, 96, 93, 70, 70, 111,   /* 0 to ? */
	84, 71, 70, 66, 71, 70, 75, 78, 82, 71, 95, 91, 79, 74, 74, 71,    /* @ to O */
	69, 111, 69, 66, 67, 78, 86, 87, 97, 100, 105, 64, 68, 64, 94, 58, /* P to _ */
	93, 37, 50, 42, 44, 32, 54, 47, 51, 37, 66, 58, 42, 46, 37, 37,    /* ` to o */
	45, 82, 38, 37, 35, 45, 56, 60, 61, 56, 78, 89, 80, 90, 97, 160,   /* p to DEL */
};
/* clang-format on */

/* What logs of jobs are made of, in the order of frequency. */
static const char words[] =
	" "
	"\n[info] \n[error] \n[warning] error: warning: note: ... ::test_ .py:: .py: passed [ 100%] "
	"https://github.com/ "
	"/home/runner/work/ /usr/bin/ /usr/lib/ node_modules/ src/main/ test/java/ .java: .ts: .js: .go: .rs: .c: "
	"* [new branch] -> origin/ * [new tag] -> v1. - name: -- --- === | => () (): \": ', ': \", 2025- at in file "
	"cmake request socket parse assign signal runner github https local actions objects hint true ubuntu "
	"directory info origin node repository core false global this main from compressing counting files "
	"receiving unset tests testing checkout path resolving packages deltas downloading cargo safe token "
	"recursive foreach write refs passed none index metadata pull images start link source merge done shell "
	"json using credentials running bash changes components post system master target collecting remotes tags "
	"before contents registry prepare program when code users archive server browser getting compiling "
	"language echo setup format downloaded html progress adding reading time submodules temporarily database "
	"latest root output stable depth required temporary return making overriding yarn updating cleanup "
	"completed notice utils mode installing checking collection deprecated will show installed empty waiting "
	"created your options environment extracting current types force readme workspace status development exit "
	"proxy state value which preparing project allowed disable always total basic issues internal call "
	"releases execution size extensions dependency dependencies commits instead unpacking make previously "
	"skipped selecting color removing windows failed debug docs protocol successfully versions without "
	"fetching unknown store engine handle platform null working names disabling cleaning operating software "
	"permissions toolchain strict client details secret included pages switching javascript string plugins "
	"requested determining help automatic maven prune upload updates deleting initialized note library "
	"persist function configure just list come array provided defined template throw labels received query "
	"compile about into feature errors supported built building workflows have artifact search variable bytes "
	"filename already duration lock find found public then must warnings more that context rust input "
	"creating subject gradle operation after examples available online import seconds requirements virtual "
	"element spec pipeline back settings message manager execute level security expected assertion exception "
	"was could cannot does has been class method "
	"command group endgroup only cache extraheader dist sshcommand default unit docker linux cmakefiles "
	"integration spring boot task stream process retry manylinux includeif digest worker virtualenv auth parser "
	"sparse schema patterns apache filter pulling copying report cached invalid response snapshot buffer render "
	"session agent layout deps queue unselected nested common links catalog coverage verify timeout policy metric "
	"tree started encoder slow connection processes defaultbranch locking memory budget applying initializing "
	"repositories returns undefined scripts handles authorization parameter tools handled statements commonly "
	"concurrent partial normalization suppress diff pytest large builder expired artifacts junit lines navigation "
	"fresh detected position assets subtest noprofile norc pipefail service reference unused information network "
	"outline generated limit entry framework custom results changed want rules configuration args longer native "
	"rejects shorthand heads lists enable validation properly checks cxx postinstall hook migrate metrics unicode "
	"decoder satisfied wheel kb run missing failed stale commit format npm ";

/* Where in the words they stand first, NULL for nowhere. */
static const char *find_common(const char *p, size_t n)
{
	char lower[4];

	for (size_t i = 0; i < n; i++)
		lower[i] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] | 0x20) : p[i];
	return memmem(words, sizeof(words) - 1, lower, n);
}

static bool is_common(const char *p, size_t n)
{
	return find_common(p, n) != NULL;
}

static unsigned rarity_at(const char *p, size_t i)
{
	unsigned char c = (unsigned char)p[i];

	if (i && p[i] == p[i - 1])
		return REPEATED;
	if (i >= 3 && is_common(p + i - 3, 4))
		return IN_WORD;
	if (i >= 2 && is_common(p + i - 2, 3))
		return IN_PART;
	return p[i] == LITERAL_DIGIT ? DIGIT : c < 128 ? rarity[c] : NON_ASCII;
}

unsigned literal_rarity(const char *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += rarity_at(p, i);
	return sum;
}

unsigned literal_window_rarity(const char *p, size_t n)
{
	unsigned ret = literal_rarity(p, n), most = COMMON_WINDOW;
	const char *common = n == 4 ? find_common(p, n) : NULL;

	if (!common)
		return ret;
	for (ptrdiff_t at = common - words; at > FREQUENT_WORDS; at /= 2)
		most += 8;
	return ret < most ? ret : most;
}
