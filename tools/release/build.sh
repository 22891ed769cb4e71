#!/usr/bin/env bash
# usage: build.sh COMMIT OUT    builds both release binaries of COMMIT into the folder OUT, and says there with what
#
# COMMIT is exported into a new temporary folder, so neither the work tree nor its place has a say. OUT/toolchain says
# which compilers made them: other compilers make other bytes.
#
# RUNMEDIC_CACHE  where tools/static keeps the libraries (without it, in the user's cache folder)
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 2 ] || die "usage: build.sh COMMIT OUT"
mkdir -p -- "$2"
out=$(cd -- "$2" && pwd -P)
commit=$(git_root rev-parse --verify --quiet "$1^{commit}") || die "there is no commit $1"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

toolchain() {
	local arch cross
	# shellcheck disable=SC1091
	(. /etc/os-release && printf 'Built-On: %s\n' "$PRETTY_NAME")
	for arch in x86_64 aarch64; do
		cross=
		[ "$(uname -m)" = "$arch" ] || cross=$arch-linux-gnu-
		printf 'Built-With: %s, %s, for %s\n' "$("${cross}gcc" --version | sed 1q)" "$("${cross}ld" --version | sed 1q)" "$arch"
	done
}

git_root archive --format=tar "$commit" | tar -x -C "$work"
unset MAKEFLAGS MFLAGS CFLAGS CPPFLAGS LDFLAGS CPATH C_INCLUDE_PATH LIBRARY_PATH
SOURCE_DATE_EPOCH=$(git_root show -s --format=%ct "$commit")
export SOURCE_DATE_EPOCH
make -C "$work" -s -j"$(nproc)" static BUILD=build ARCHES='x86_64 aarch64' >"$out/log" 2>&1 || {
	tail -n 25 -- "$out/log" >&2
	die "make static failed; its log: $out/log"
}
for arch in x86_64 aarch64; do
	install -m 755 "$work/build/runmedic-static-$arch" "$out/runmedic-linux-$arch"
done
toolchain >"$out/toolchain"
