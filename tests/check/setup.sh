#!/usr/bin/env bash
# tools/setup.sh where it may not install: prints the command and stops.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
passed=0 failed=0
list=$(mktemp)
trap 'rm -f "$list"' EXIT
chmod 644 "$list"
echo 'no-such-package-anywhere' >"$list"
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	said=$(setpriv --reuid=65534 --regid=65534 --clear-groups env PATH=/usr/bin:/bin tools/setup.sh "$list" 2>&1 </dev/null)
	status=$?
	if [ $status -eq 2 ] && [[ $said == *"sudo apt-get install no-such-package-anywhere"* ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "setup: exit $status, said: $said"
	fi
	echo "setup: $passed passed, $failed failed"
else
	echo "setup: skipped: only root can become somebody who may not install"
	echo "setup: 0 passed, 0 failed, 1 skipped"
fi
[ $failed -eq 0 ]
