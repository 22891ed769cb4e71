#!/usr/bin/env bash
# clang-tidy over our sources, two at a time. usage: tests/check/tidy.sh 'FLAGS' FILE...
set -uo pipefail
# the version is text in quotes, which no shell in between should have to carry
flags="$(sed 's/-DRUNMEDIC_VERSION=[^ ]*//' <<<"$1") -DRUNMEDIC_VERSION=\\\"lint\\\""
shift
# shellcheck disable=SC2086
printf '%s\n' "$@" | xargs -P 2 -n 8 sh -c 'clang-tidy --quiet "$@" -- -std=c17 '"$flags"' 2>/dev/null' tidy >/tmp/runmedic-tidy.$$ 2>&1
status=$?
grep -E 'warning:|error:' /tmp/runmedic-tidy.$$ | sort -u | head -n 60
rm -f /tmp/runmedic-tidy.$$
exit $status
