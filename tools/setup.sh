#!/usr/bin/env bash
# Installs the Debian packages that a goal of the Makefile needs and that are missing; says what and why. Where it may not,
# it prints the command and stops. usage: tools/setup.sh LIST...   (names of files in tools/packages, without .txt, or paths)
set -euo pipefail
cd "$(dirname "$0")/.."

file_of() {
	case $1 in */*) echo "$1" ;; *) echo "tools/packages/$1.txt" ;; esac
}

installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# "a | b" is met by either; the first one that exists is installed.
missing_of() {
	local alternative
	for alternative in ${1//|/ }; do
		if installed "$alternative"; then return; fi
	done
	echo "$1"
}

choose() {
	local alternative
	for alternative in ${1//|/ }; do
		if apt-cache show "$alternative" >/dev/null 2>&1; then
			echo "$alternative"
			return
		fi
	done
	echo "${1%% *}"
}

if ! command -v dpkg-query >/dev/null; then
	echo "setup: this is no Debian or Ubuntu; install what tools/packages names by hand" >&2
	exit 0
fi
missing=()
while IFS= read -r line; do
	[ -n "$(missing_of "$line")" ] && missing+=("$line")
done < <(for list in "$@"; do sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$(file_of "$list")"; done | sort -u)
[ ${#missing[@]} -eq 0 ] && exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! sudo -n true 2>/dev/null && ! { command -v sudo >/dev/null && [ -t 0 ]; }; then
		echo "setup: these packages are missing and only root may install them. Run this, then try again:" >&2
		echo "  sudo apt-get install ${missing[*]%% |*}" >&2
		exit 2
	fi
	root=(sudo)
fi
echo "setup: installing what $* needs and is missing: ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"${root[@]}" apt-get -q update >"$log" 2>&1 || { tail -n 5 "$log" >&2; exit 2; }
names=()
for line in "${missing[@]}"; do names+=("$(choose "$line")"); done
if ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${names[@]}" >"$log" 2>&1; then
	tail -n 15 "$log" >&2
	echo "setup: apt-get could not install ${names[*]}" >&2
	exit 2
fi
