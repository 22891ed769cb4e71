#!/usr/bin/env bash
# The demo's jobs under valgrind: no invalid access, no leak. usage: tests/check/valgrind.sh PROGRAM
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
program=$(realpath "$1")
cat >"$top/under" <<END
#!/bin/sh
exec valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect --trace-children=no "$program" "\$@"
END
chmod +x "$top/under"
if tools/demo.sh "$top/under" >"$top/out" 2>&1 && ! grep -q '^==[0-9]' "$top/out"; then
	echo "valgrind: 1 passed, 0 failed"
else
	grep '^==[0-9]' "$top/out" | head -n 40
	tail -n 5 "$top/out"
	echo "valgrind: 0 passed, 1 failed"
	exit 1
fi
