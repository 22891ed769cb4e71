#!/usr/bin/env bash
# usage: verify.sh [--rebuild] [--attestation] TAG [FILE...]    is this release what it claims to be?
#
# In a clone that has TAG: the release commit is its source plus the binaries, and these are what their sums say. Each
# FILE (a binary from elsewhere) must be one of them.
#
# --rebuild      builds the source as well and compares to the byte; wants the compilers that the release commit names
# --attestation  asks GitHub (through gh) whether this project's release workflow made the binaries
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

rebuild='' attestation=''
while [ $# -gt 0 ]; do
	case $1 in
	--rebuild) rebuild=1 ;;
	--attestation) attestation=1 ;;
	-*) die "usage: verify.sh [--rebuild] [--attestation] TAG [FILE...]" ;;
	*) break ;;
	esac
	shift
done
[ $# -ge 1 ] || die "usage: verify.sh [--rebuild] [--attestation] TAG [FILE...]"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

check_file() { # FILE
	local file
	for file in "${binaries[@]}"; do
		if cmp -s -- "$1" "$work/release/$file"; then
			say "ok    $1 is $file of $tag"
			return
		fi
	done
	die "$1 is no binary of $tag"
}

open_release "$1" "$work/release"
shift
say "ok    $tag is $release: $source plus both binaries and their sums, nothing else"
for file; do check_file "$file"; done
if [ -n "$rebuild" ]; then
	build_commit "$source" "$work/built"
	git_root show -s --format=%b "$release" | grep '^Built-' >"$work/theirs" || true
	if ! same_binaries "$work/release" "$work/built"; then
		diff -u --label "the release" --label "this machine" "$work/theirs" "$work/built/toolchain" >&2 || die "another compiler made the release; see above"
		die "built with the same compilers, and the binaries differ"
	fi
	say "ok    a build of $source gives the same binaries, to the byte"
fi
if [ -n "$attestation" ]; then
	for file in "${binaries[@]}"; do
		gh attestation verify "$work/release/$file" --repo "${GITHUB_REPOSITORY:?OWNER/NAME of the project}" \
			--source-ref "refs/tags/$tag" --signer-workflow "$GITHUB_REPOSITORY/.github/workflows/release.yml" ||
			die "no attestation of the release workflow for $file"
	done
	say "ok    GitHub has the provenance of both binaries"
fi
say "$tag: nothing wrong was found"
