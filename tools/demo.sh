#!/usr/bin/env bash
# The main job on bundled failing jobs: diagnosis, fix with proof in a temporary clone, history, weekly report.
# No token, no network. usage: tools/demo.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
cases=(py-black-diff-printed py-import-yaml py-flake8-unused-and-space sh-script-not-executable py-pytest-real-bug infra-conn-reset-download)
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
unset GITHUB_TOKEN GH_TOKEN
# the logs are of the day before: the report looks back from here
export RUNMEDIC_NOW=2026-11-18T12:00:00Z GIT_CONFIG_NOSYSTEM=1 HOME=$top

bold() { if [ -t 1 ]; then printf '\033[1m%s\033[0m\n' "$1"; else printf '%s\n' "$1"; fi; }

clone() {
	cp -a "tests/cases/$1/repo" "$top/$1"
	git -C "$top/$1" init -q -b main
	git -C "$top/$1" -c core.autocrlf=false add -A
	git -C "$top/$1" -c user.name=demo -c user.email=demo@example.invalid -c commit.gpgsign=false commit -q -m 'the commit that turned red'
}

number=0
for case in "${cases[@]}"; do
	number=$((number + 1))
	clone "$case"
	echo
	bold "=== job $number of ${#cases[@]}: $case ==="
	"$program" heal "tests/cases/$case/log.txt" --repo "$top/$case" --apply --record --db "$top/history.db"
	echo
	echo "the clone afterwards: $(git -C "$top/$case" status --porcelain | tr '\n' ' ' | sed 's/^$/unchanged/')"
done
echo
bold "=== the history, and the weekly report made of it ==="
"$program" stats --db "$top/history.db" | sed "s|$top|<temporary folder>|"
echo
"$program" report --days 21 --db "$top/history.db"
