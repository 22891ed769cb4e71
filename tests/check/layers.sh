#!/usr/bin/env bash
# The layers of docs/architecture.md, read off the #include lines: a file uses only its own layer and lower ones, and each of the
# big libraries has one user.
set -uo pipefail
shopt -s extglob
cd "$(dirname "$0")/../.." || exit
failed=0 checked=0

# layer: what it may include besides itself
allowed() {
	case $1 in
	base) echo "" ;;
	log) echo "base" ;;
	rules) echo "base log" ;;
	diagnose) echo "base log rules" ;;
	learn) echo "base log rules diagnose" ;;
	fixers) echo "base log rules diagnose learn" ;;
	plan) echo "base log rules diagnose learn fixers" ;;
	publish | store | heal | github | attest) echo "base log rules diagnose learn fixers plan" ;;
	cmd) echo "base log rules diagnose learn fixers plan publish store heal github attest" ;;
	esac
}

complain() {
	echo "layers: $1"
	failed=$((failed + 1))
}

while IFS= read -r file; do
	layer=${file#agent/}
	layer=${layer%%/*}
	checked=$((checked + 1))
	while IFS= read -r used; do
		case " $layer $(allowed "$layer") " in
		*" $used "*) ;;
		*) complain "$file includes $used/, which is above or beside $layer/" ;;
		esac
	done < <(sed -n 's|^#include "\([a-z]*\)/.*|\1|p' "$file" | sort -u)
	while IFS=: read -r header owner; do
		# shellcheck disable=SC2254 # a pattern is wanted
		case $file in
		$owner) ;;
		*) grep -q "^#include <$header" "$file" && complain "$file includes <$header>, which only $owner may" ;;
		esac
	done <<-'OWNERS'
		curl/:agent/github/*
		git2:agent/heal/*
		sqlite3.h:agent/store/*
		openssl/:agent/@(base/hash.c|github/app.c|attest/*)
		microhttpd.h:agent/cmd/serve*
	OWNERS
done < <(find agent fixers -name '*.[ch]' | sort)

# shellcheck disable=SC2046 # our file names have no blanks
# Only cmd/ prints and exits; everybody uses base/ instead of what is easy to get wrong.
while IFS= read -r hit; do complain "$hit: only cmd/ prints and exits"; done < <(
	grep -nE '\b(printf|puts|putchar|perror|exit|_exit|abort)\(' $(find agent fixers -name '*.c' ! -path 'agent/cmd/*') |
		grep -vE '^agent/base/mem\.c|^agent/base/progress\.c|^agent/heal/(process|live_child|checks_child|sandbox|journal|roll|apply)|vsnprintf|snprintf|"[^"]*(printf|puts|exit|abort)\(' | cut -d: -f1,2)
# shellcheck disable=SC2046
while IFS= read -r hit; do complain "$hit: a function that house rules ban"; done < <(
	grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gmtime|localtime|ctime|strtok|atoi|atol|system|popen|gets|mktemp|tmpnam)\(' \
		$(find agent fixers tools -name '*.[ch]') | cut -d: -f1,2)
echo "layers: $((checked > failed ? checked - failed : 0)) passed, $failed failed"
[ $failed -eq 0 ]
