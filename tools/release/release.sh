#!/usr/bin/env bash
# usage: release.sh TAG OUT    makes all files of the release page of TAG, in the new folder OUT; publishes nothing
#
# Builds the parent of the release commit again and stops unless the binaries are those of the commit. OUT/assets: both
# binaries, SHA256SUMS, the bill of materials (SPDX 2.3), install.sh. OUT/notes.md: what changed.
#
# GITHUB_SERVER_URL, GITHUB_REPOSITORY  where the release will be: install.sh and the bill of materials name it
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 2 ] || die "usage: release.sh TAG OUT"
[ ! -e "$2" ] || die "$2 exists already"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir -p -- "$2/assets"
out=$(cd -- "$2" && pwd -P)
assets=$out/assets
page=${GITHUB_REPOSITORY:+${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_REPOSITORY}

rebuild() {
	build_commit "$source" "$work/built"
	same_binaries "$assets" "$work/built" && return
	say "the release commit: "
	git_root show -s --format=%b "$release" | grep '^Built-' || true
	say "here:"
	cat -- "$work/built/toolchain" 2>/dev/null || true
	die "a build of $source does not give the binaries of $tag"
}

write_notes() {
	notes_of "$source" "$version"
	printf '\nPin the action by the commit of this release, which carries its binaries: `%s` (%s).\n' "$release" "$tag"
	printf 'Built from %s.\n\n```text\n' "$source"
	cat -- "$assets/SHA256SUMS"
	printf '```\n'
}

write_installer() {
	git_root cat-file blob "$release:install.sh" | sed "s|^page=.*|page='${page//|/}'|" >"$assets/install.sh"
}

open_release "$1" "$assets"
rebuild
say "rebuilt $source: the same binaries"
if [ -n "$page" ]; then write_installer; else git_root cat-file blob "$release:install.sh" >"$assets/install.sh"; fi
chmod 755 "$assets/install.sh"
sbom=$assets/runmedic-$version.spdx.json
git_root show -s --format=%b "$release" | grep '^Built-' >"$work/toolchain" || true
"$here/sbom.py" make --version "$version" --commit "$source" --release "$release" --page "$page" \
	--created "$(git_root show -s --format=%ct "$release")" --toolchain "$work/toolchain" \
	--sources "$root/tools/static/sources.list" "$assets" >"$sbom"
"$here/sbom.py" check "$sbom" "$assets"
write_notes >"$out/notes.md"
# The sums that the installer and a person check, of every file of the page; those of the binaries stay as they are.
(cd -- "$assets" && sha256sum -- install.sh "${sbom##*/}" >>SHA256SUMS && sha256sum --check --strict --quiet SHA256SUMS)
say "in $assets:"
(cd -- "$assets" && stat -c '  %9s %n' -- *)
