#!/usr/bin/env bash
# Docs that cannot part from the code: generated pages are fresh, named files exist, the help in README is the program's.
# usage: tests/check/docs.sh PROGRAM
set -uo pipefail
cd "$(dirname "$0")/../.."
program=$1 passed=0 failed=0
ok() { passed=$((passed + 1)); }
bad() {
	failed=$((failed + 1))
	echo "docs: $1"
}

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
if "$program" docs "$fresh"; then ok; else bad "the pages cannot be generated"; fi
while IFS= read -r page; do
	if cmp -s "$fresh/$page" "docs/$page"; then ok; else bad "docs/$page is stale; run \`make docs\`"; fi
done < <(cd "$fresh" && find . -name '*.md' | sed 's|^\./||' | sort)
while IFS= read -r page; do
	[ -e "$fresh/$page" ] || bad "docs/$page is not generated any more; remove it"
done < <(cd docs && find rules -name '*.md' 2>/dev/null | sort)

# every path of the tree that our pages name
while IFS=: read -r page path; do
	if [ -e "$path" ]; then ok; else bad "$page names $path, which does not exist"; fi
done < <(grep -oHE '`(agent|fixers|tests|tools|docs|workflows|\.ci)/[A-Za-z0-9_./-]+`' README.md CONTRIBUTING.md SECURITY.md docs/*.md | tr -d '`' | sort -u)

# every command is in README
while IFS= read -r command; do
	if grep -q "runmedic $command" README.md; then ok; else bad "README.md does not mention \`runmedic $command\`"; fi
done < <("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
echo "docs: $passed passed, $failed failed"
[ $failed -eq 0 ]
