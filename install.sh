#!/bin/sh
# Installs the runmedic binary of a release, after checking it.
#
# usage: install.sh [--version X.Y.Z] [--prefix DIR] [--sha256 SUM] [--dry-run]
#
#   --version X.Y.Z  that release (default: the latest)
#   --prefix DIR     install to DIR/bin (default: ~/.local)
#   --sha256 SUM     refuse anything but this very binary
#   --dry-run        download and check, install nothing
#
# RUNMEDIC_BASE_URL  page of the project on another server (GHES, mirror): it has releases/latest/download/FILE and
#                    releases/download/vX.Y.Z/FILE below it
#
# The binary must have the sum that SHA256SUMS of the same release says. Linux on x86-64 or arm64; wants curl or wget; asks
# for no root. What it does at the end is a rename: a runmedic that is there stays whole until the new one is.
# shellcheck disable=SC2015  # die does not return
set -eu
page='https://github.com/runmedic/runmedic'

die() {
	printf 'install.sh: %s\n' "$*" >&2
	exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

usage() {
	die "$1
usage: install.sh [--version X.Y.Z] [--prefix DIR] [--sha256 SUM] [--dry-run]"
}

read_arguments() {
	version='' prefix=${HOME:+$HOME/.local} wanted='' dry=''
	while [ $# -gt 0 ]; do
		case $1 in
		--version | --prefix | --sha256)
			[ $# -ge 2 ] && [ -n "$2" ] || usage "$1 needs a value"
			case $1 in
			--version) version=${2#v} ;;
			--prefix) prefix=$2 ;;
			--sha256) wanted=$(printf '%s' "$2" | tr 'A-F' 'a-f') ;;
			esac
			shift
			;;
		--dry-run) dry=1 ;;
		*) usage "unknown argument '$1'" ;;
		esac
		shift
	done
	case $version in *[!0-9.]*) usage "'$version' is no version X.Y.Z" ;; esac
	[ -z "$wanted" ] || is_sum "$wanted" || usage "'$wanted' is no SHA-256 (64 hex digits)"
	[ -n "$prefix" ] || usage "HOME is not set; say --prefix DIR"
}

is_sum() {
	case $1 in *[!0-9a-f]*) return 1 ;; esac
	[ ${#1} -eq 64 ]
}

file_for_machine() {
	[ "$(uname -s)" = Linux ] || die "runmedic runs on Linux only; this is $(uname -s)"
	case $(uname -m) in
	x86_64 | amd64) file=runmedic-linux-x86_64 ;;
	aarch64 | arm64) file=runmedic-linux-aarch64 ;;
	*) die "there is no binary for $(uname -m), only for x86_64 and aarch64; build it from source with \`make install\`" ;;
	esac
}

# From an https page nothing comes over http, redirects included. wget cannot promise that; the sums are the net below. It
# gets no -T: that of BusyBox 1.35 crashes on it.
download() { # NAME OUT
	url=$base/$1
	if have curl; then
		case $base in https://*) only='=https' ;; *) only='=http,https' ;; esac
		curl -fsSL --proto "$only" --proto-redir "$only" --connect-timeout 30 --max-time 900 --max-filesize 104857600 -o "$2" "$url" ||
			die "cannot download $url"
	elif have wget; then
		wget -q -t 3 -O "$2" "$url" || die "cannot download $url"
	else
		die "neither curl nor wget is here; install one of them"
	fi
}

sum_of() {
	if have sha256sum; then
		sha256sum <"$1" | cut -d ' ' -f 1
	elif have shasum; then
		shasum -a 256 <"$1" | cut -d ' ' -f 1
	else
		die "neither sha256sum nor shasum is here: the download cannot be checked"
	fi
}

check() {
	listed=$(awk -v file="$file" '$2 == file || $2 == "*" file { print $1 }' "$work/SHA256SUMS")
	is_sum "$listed" || die "SHA256SUMS of $base does not list $file once"
	sum=$(sum_of "$work/$file")
	[ "$sum" = "$listed" ] || die "$file has the sum $sum, but SHA256SUMS says $listed: broken or forged, not installed"
	[ -z "$wanted" ] || [ "$sum" = "$wanted" ] || die "$file has the sum $sum, not $wanted as demanded: not installed"
	chmod 755 "$work/$file"
	says=$("$work/$file" --version | head -n 1) || die "$file does not run here"
	[ "${says#runmedic }" != "$says" ] && [ "${says#runmedic }" = "${version:-${says#runmedic }}" ] ||
		die "$file calls itself '$says', not 'runmedic ${version:-X.Y.Z}'"
}

main() {
	read_arguments "$@"
	file_for_machine
	base=${RUNMEDIC_BASE_URL:-$page}
	base=${base%/}/releases/${version:+download/v$version}
	[ -n "$version" ] || base=${base}latest/download
	bin=$prefix/bin
	umask 022
	# In the folder of the target, so that the last step is a rename.
	parent=${TMPDIR:-/tmp}
	if [ -z "$dry" ]; then
		mkdir -p "$bin" 2>/dev/null && [ -w "$bin" ] || die "cannot write to $bin; choose another place with --prefix DIR"
		[ ! -d "$bin/runmedic" ] || die "$bin/runmedic is a folder"
		parent=$bin
	fi
	work=''
	trap '[ -z "$work" ] || rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM HUP
	work=$(mktemp -d "$parent/.runmedic.XXXXXX")
	download SHA256SUMS "$work/SHA256SUMS"
	download "$file" "$work/$file"
	check
	if [ -n "$dry" ]; then
		printf '%s\n' "$says is what it should be (sha256 $sum); dry run: nothing was installed"
		return
	fi
	mv -f "$work/$file" "$bin/runmedic"
	printf '%s\n' "$says is now $bin/runmedic (sha256 $sum)"
	case :${PATH:-}: in *":$bin:"*) ;; *) printf '%s\n' "$bin is not in PATH; add it there" ;; esac
}

# On the last line, so that half a script does nothing.
main "$@"
