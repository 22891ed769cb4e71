#!/usr/bin/env bash
# Runs the cmocka programs below DIR and adds up what they say. usage: tests/run-unit.sh DIR
set -uo pipefail
dir=$(cd "$1" && pwd) passed=0 failed=0 skipped=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for program in "$dir"/*/test_*; do
	[ -x "$program" ] && [ ! -d "$program" ] || continue
	case $program in *.d) continue ;; esac
	(cd "$(dirname "$0")/.." && "$program" || exit $?) >"$out" 2>&1 </dev/null
	status=$?
	good=$(grep -c '^\[       OK \]' "$out")
	bad=$(grep '^\[  FAILED  \] [^0-9]' "$out" | sort -u | grep -c .)
	skip=$(grep '^\[  SKIPPED \] [^0-9]' "$out" | sort -u | grep -c .)
	# a program that dies has failed even if no test says so
	if [ $status -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
	if [ $status -ne 0 ]; then
		echo "--- $program (exit $status)"
		grep -v '^\[ RUN\|^\[       OK' "$out" | tail -n 40
	fi
	awk -v program="$(basename "$program")" '
		/^\[ RUN/ { reason = "it says no reason" }
		/^\[  SKIPPED \] [^0-9]/ && !seen[$0]++ { sub(/^\[  SKIPPED \] /, ""); sub(/^skipped: /, "", reason); print program ": " $0 ": skipped: " reason }
		!/^\[/ && NF { reason = $0 }' "$out"
done
echo "unit: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
