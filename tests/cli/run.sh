#!/usr/bin/env bash
# Whole-program tests: each tests/cli/NAME.sh prints a transcript that must equal NAME.expected.
# usage: tests/cli/run.sh PROGRAM [NAME...]      BLESS=1 writes the transcripts down instead of comparing them
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
shift
export RUNMEDIC=$program CASES=$here/../cases LOGS=$here/../fixtures/logs
passed=0 failed=0 skipped=0
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
	mapfile -t names < <(find "$here" -name '*.sh' -printf '%f\n' | sed 's|\.sh$||' | grep -vx 'lib\|run' | sort)
fi
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
for name in "${names[@]}"; do
	mkdir "$top/$name"
	(cd "$top/$name" && bash -c ". '$here/lib.sh'; . '$here/$name.sh'" </dev/null >"$top/$name.raw" 2>&1)
	status=$?
	if [ $status -eq 77 ]; then
		skipped=$((skipped + 1))
		echo "cli/$name: skipped: $(tail -n 1 "$top/$name.raw")"
		continue
	fi
	sed "s|$program|runmedic|g; s|$top/$name|<scratch>|g; s|$CASES|<cases>|g; s|$LOGS|<logs>|g; s|$(realpath "$CASES")|<cases>|g" "$top/$name.raw" >"$top/$name.out"
	if [ -n "${BLESS:-}" ]; then
		cp "$top/$name.out" "$here/$name.expected"
	fi
	if diff -u "$here/$name.expected" "$top/$name.out" >"$top/$name.diff" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "--- cli/$name"
		head -n 60 "$top/$name.diff"
	fi
done
echo "cli: $passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
