#!/usr/bin/env bash
# usage: push.sh VERSION BUNDLE    publishes what prepare.sh has put into BUNDLE: main and the tag, both or none
#
# Runs nothing of what it publishes: this is the one step that holds a token which can write.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 2 ] || die "usage: push.sh VERSION BUNDLE"
[[ $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || die "'$1' is no version X.Y.Z"
tag=v$1
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
git_root fetch --quiet --no-tags "$(realpath -- "$2")" "refs/tags/$tag:refs/tags/$tag" || die "$2 does not hold $tag on top of this main"
release=$(git_root rev-parse "$tag^{commit}")
check_shape "$release"
source=$(git_root rev-parse "$release^")
main=$(git_root rev-parse refs/remotes/origin/main)
if [ "$source" != "$main" ]; then
	[ "$(git_root rev-parse "$source^@")" = "$main" ] || die "$source is not the next commit of main"
	[ "$(git_root diff-tree -r --name-only "$main" "$source")" = CHANGELOG.md ] || die "$source changes more than CHANGELOG.md"
fi
take_binaries "$release" "$work"
check_sums "$work"
git_root push --atomic origin "$source:refs/heads/main" "refs/tags/$tag:refs/tags/$tag"
