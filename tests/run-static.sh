#!/usr/bin/env bash
# The whole-program tests against the release binaries; the one for arm64 under qemu-user. usage: tests/run-static.sh BUILD
set -uo pipefail
cd "$(dirname "$0")/.." || exit
build=$1 status=0
tests/cli/run.sh "$build/runmedic-static-x86_64" || status=1
python3 tests/cases/run.py "$build/runmedic-static-x86_64" || status=1
/usr/bin/python3 tests/stories/run.py "$build/runmedic-static-x86_64" || status=1
if [ -x "$build/runmedic-static-aarch64" ] && command -v qemu-aarch64-static >/dev/null; then
	wrapper=$(mktemp)
	trap 'rm -f "$wrapper"' EXIT
	printf '#!/bin/sh\nexec qemu-aarch64-static %s "$@"\n' "$(realpath "$build/runmedic-static-aarch64")" >"$wrapper"
	chmod +x "$wrapper"
	echo "== arm64"
	tests/cli/run.sh "$wrapper" || status=1
fi
exit $status
