#!/usr/bin/env bash
# clang-tidy over our sources, two at a time. usage: tests/check/tidy.sh 'FLAGS' FILE...
set -uo pipefail
flags=$1
shift
# shellcheck disable=SC2086
printf '%s\n' "$@" | xargs -P 2 -n 8 sh -c 'clang-tidy --quiet "$@" -- -std=c17 '"$flags"' 2>/dev/null' tidy >/tmp/runmedic-tidy.$$ 2>&1
status=$?
grep -E 'warning:|error:' /tmp/runmedic-tidy.$$ | sort -u | head -n 60
rm -f /tmp/runmedic-tidy.$$
exit $status
