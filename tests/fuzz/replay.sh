#!/usr/bin/env bash
# Replays every corpus with its target. usage: tests/fuzz/replay.sh DIR   (DIR/fuzz_NAME, tests/fuzz/corpus/NAME)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0
for program in "$1"/fuzz_*; do
	name=$(basename "$program" | sed 's/^fuzz_//')
	while IFS= read -r file; do
		if "$program" "$file" >/dev/null 2>&1; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			echo "fuzz: $name fails on $file"
		fi
	done < <(find "$here/corpus/$name" -type f 2>/dev/null | sort)
done
echo "fuzz: $passed passed, $failed failed"
[ $failed -eq 0 ]
