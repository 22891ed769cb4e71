#!/usr/bin/env bash
# Installs the node packages that the tests borrow, when they are missing or older than the lock. Says nothing when all is there;
# ends with 77 and a reason where they cannot be had, so that a test part can be skipped.
# usage: tests/github/setup.sh [NODE-VERSION]      the oldest node that will do, default 18
set -uo pipefail
cd "$(dirname "$0")" || exit
oldest=${1:-18}

cannot() {
	echo "$1"
	exit 77
}

command -v node >/dev/null || cannot 'node is not installed'
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge "$oldest" ] || cannot "node is version $major, $oldest is needed"
fresh() { [ node_modules/.installed -nt package-lock.json ] && [ node_modules/.installed -nt package.json ]; }
fresh && exit 0
command -v npm >/dev/null || cannot 'npm is not installed'
exec 9>"${TMPDIR:-/tmp}/runmedic-node-packages.$(id -u).lock"
flock 9
fresh && exit 0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! timeout 300 npm ci --no-audit --no-fund --ignore-scripts >"$log" 2>&1; then
	cannot "npm could not install the packages: $(grep -m 1 -E 'npm (ERR!|error)' "$log")"
fi
touch node_modules/.installed
