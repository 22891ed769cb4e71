#!/usr/bin/env bash
# The tests that rules and fixers carry themselves. usage: tests/check/catalogue.sh PROGRAM
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
passed=0 failed=0
check() {
	if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
passing=()
for log in "$here"/fixtures/logs/*/passing*.log; do passing+=(--passing "$log"); done
check "$1" rules test --fixtures "$here/fixtures/logs" "${passing[@]}"
check "$1" fixers test --cases "$here/cases"
echo "catalogue: $passed passed, $failed failed"
[ $failed -eq 0 ]
