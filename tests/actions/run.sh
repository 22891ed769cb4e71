#!/usr/bin/env bash
# action.yml and the workflows: judged by GitHub's language service and actionlint, and executed.
# usage: tests/actions/run.sh PROGRAM
set -uo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")" || exit
if ! why=$(../github/setup.sh 20); then
	echo "actions: skipped: ${why##*$'\n'}"
	echo "actions: 0 passed, 0 failed, 1 skipped"
	exit 0
fi
export NODE_NO_WARNINGS=1
exec node --import ./load.mjs main.mjs "$program"
