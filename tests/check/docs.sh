#!/usr/bin/env bash
# Docs that cannot part from the code: generated pages are fresh, shown output is real, what is named exists.
# usage: tests/check/docs.sh PROGRAM      BLESS=1 rewrites the shown output
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
program=$(realpath "$1") passed=0 failed=0
pages=(README.md CONTRIBUTING.md SECURITY.md docs/*.md)
ok() { passed=$((passed + 1)); }
bad() {
	failed=$((failed + 1))
	echo "docs: $1"
}

# generated pages
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
if "$program" docs "$fresh"; then ok; else bad "the pages cannot be generated"; fi
while IFS= read -r page; do
	if cmp -s "$fresh/$page" "docs/$page"; then ok; else bad "docs/$page is stale; run \`make docs\`"; fi
done < <(cd "$fresh" && find . -type f | sed 's|^\./||' | sort)
while IFS= read -r page; do
	[ -e "$fresh/$page" ] || bad "docs/$page is not generated any more; remove it"
done < <(cd docs && find rules completion -type f 2>/dev/null | sort)

# shown output
shown=$(python3 tests/check/blocks.py "$program" "${pages[@]}")
counts=$(tail -n 1 <<<"$shown")
sed '$d' <<<"$shown"
if [[ $counts =~ ^([0-9]+)\ ([0-9]+)$ ]]; then
	passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
else
	bad "the shown output cannot be checked"
fi

# the examples of docs/analysis.md have the category that it says
while read -r category log; do
	if [ "$("$program" analyze --format json "$log" | grep -oE '"category":"[a-z]*"' | head -n 1)" = "\"category\":\"$category\"" ]; then
		ok
	else
		bad "docs/analysis.md gives $log as an example of $category"
	fi
done < <(sed -nE 's/^\| `([a-z]+)` \|.*\| `(tests\/cases\/[^`]*)` \|$/\1 \2/p' docs/analysis.md)

# every path of the tree that our pages name, and every link
while IFS=: read -r page path; do
	if [ -e "$path" ]; then ok; else bad "$page names $path, which does not exist"; fi
done < <(grep -oHE '`(agent|fixers|tests|tools|docs|workflows|\.ci)/[A-Za-z0-9_./-]+`' "${pages[@]}" | tr -d '`' | sort -u)
while IFS=: read -r page path; do
	if [ -e "$(dirname "$page")/$path" ]; then ok; else bad "$page links to $path, which does not exist"; fi
done < <(grep -oHE '\]\([A-Za-z0-9_./-]+(#[a-z0-9-]+)?\)' "${pages[@]}" docs/rules/*.md | sed -E 's/\]\(//; s/(#.*)?\)$//' | sort -u)

# every test that the security page gives as proof: `unit/plan/test_policy.c:limits_hold`
while IFS=: read -r file name; do
	if grep -qE "(void|^def) $name\(" "tests/$file" 2>/dev/null; then ok; else bad "docs/security.md names $file:$name, which does not exist"; fi
done < <(grep -ohE '`(unit|hostile)/[A-Za-z0-9_./-]+:[a-z0-9_]+`' docs/security.md | tr -d '`' | sort -u)

# settings that docs/configuration.md calls idle are read by nobody
for key in report.slack report.mail alerts; do
	member=${key/select/selects}
	users=$(grep -rlE "\\b(config|c)(->|\.)${member//./\\.}\b" agent fixers --include='*.c' | grep -v '^agent/base/')
	if [ -z "$users" ]; then ok; else bad "docs/configuration.md calls \`$key\` idle, but ${users//$'\n'/, } reads it"; fi
done

# every command is in README
while IFS= read -r command; do
	if grep -q "runmedic $command" README.md; then ok; else bad "README.md does not mention \`runmedic $command\`"; fi
done < <("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')

# the completion completes: WANTED WORD...
# shellcheck disable=SC1091
. docs/completion/runmedic.bash
completes() {
	local wanted=$1
	shift
	# shellcheck disable=SC2034
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_runmedic
	if [ "${COMPREPLY[*]}" = "$wanted" ]; then ok; else bad "\`$*\` completes to '${COMPREPLY[*]}', not '$wanted'"; fi
}
completes analyze "$program" ana
completes --conclusion "$program" analyze --conc
completes 'text json' "$program" heal --format ''
completes json "$program" heal --format = j
completes 'list show test' "$program" rules ''
completes python/module-not-found "$program" rules show python/module-n
completes python/black "$program" heal --only python/bl
completes '' "$program" analyze job
if ! command -v groff >/dev/null; then
	:
elif [ -z "$(groff -man -ww -z docs/runmedic.1 2>&1)" ]; then
	ok
else
	bad "groff complains about docs/runmedic.1"
fi
echo "docs: $passed passed, $failed failed"
[ $failed -eq 0 ]
