#!/usr/bin/env bash
# usage: prepare.sh VERSION [--dry-run] [--from-scratch] [--bundle FILE]    makes the release commit of VERSION and its tag, here
#
# Commit A: main with VERSION and the date in CHANGELOG.md (or HEAD itself, when a merged change has put them there).
# Commit B: A plus bin/ with both binaries and their sums; only the tag names it, so main stays free of binaries.
# A is built twice, in two folders; when a byte differs there is no release. Pushes nothing: the last line says how.
#
# --dry-run       everything but the branch and the tag
# --from-scratch  the second build makes the libraries anew as well (10 minutes more)
# --bundle FILE   the tag and what is new below it, as a git bundle: for push.sh, in another job or on another machine
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

usage="usage: prepare.sh VERSION [--dry-run] [--from-scratch] [--bundle FILE]"
version='' dry='' scratch='' bundle=''
while [ $# -gt 0 ]; do
	case $1 in
	--dry-run) dry=1 ;;
	--from-scratch) scratch=1 ;;
	--bundle)
		bundle=$(realpath -- "${2:?$usage}")
		shift
		;;
	-*) die "$usage" ;;
	*)
		[ -z "$version" ] || die "$usage"
		version=$1
		;;
	esac
	shift
done
[ -n "$version" ] || die "$usage"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

check_tree() {
	local branch published
	branch=$(git_root symbolic-ref --quiet --short HEAD) || die "HEAD is detached; a release is made on main"
	[ "$branch" = main ] || die "this is branch $branch; a release is made on main"
	[ -z "$(git_root status --porcelain)" ] || die "the work tree is not clean; commit or remove what git status shows"
	published=$(git_root rev-parse --verify --quiet refs/remotes/origin/main) || return 0
	[ "$published" = "$(git_root rev-parse HEAD)" ] || die "main is not origin/main; pull or push first"
}

# The step after the newest tag: the next patch, minor or major version, so that a slip of the finger skips nothing.
check_version() {
	local newest major minor patch
	[[ $version =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]] || die "'$version' is no version X.Y.Z"
	newest=$(git_root tag --list 'v*' | sed -nE 's/^v([0-9]+\.[0-9]+\.[0-9]+)$/\1/p' | sort -V | tail -n 1)
	[ -n "$newest" ] || return 0
	IFS=. read -r major minor patch <<<"$newest"
	case $version in
	"$major.$minor.$((patch + 1))" | "$major.$((minor + 1)).0" | "$((major + 1)).0.0") ;;
	*) die "$version does not follow $newest; next is $major.$minor.$((patch + 1)), $major.$((minor + 1)).0 or $((major + 1)).0.0" ;;
	esac
}

check_entry() {
	heading=$(heading_at HEAD) || die "CHANGELOG.md has no entry"
	written=$(version_of "$heading")
	dated=''
	[ "$(state_of "$heading")" = unreleased ] || dated=1
	[ -z "$dated" ] || [ "$written" = "$version" ] ||
		die "CHANGELOG.md has no entry for $version: write '## $version (unreleased)' on top, with what changed"
	notes_of HEAD "$written" | grep -q '^- ' || die "the entry of $written in CHANGELOG.md says nothing ('- What changed')"
}

# TREE PARENT MESSAGE-FILE
commit() {
	local sign=()
	[ "$(git_root config --type=bool commit.gpgSign)" != true ] || sign=(-S)
	git_root commit-tree ${sign[@]+"${sign[@]}"} "$1" -p "$2" -F "$3"
}

# A tree that is that of COMMIT with the files of the lines "MODE FILE PATH" put in. The work tree is not touched.
tree_with() { # COMMIT
	local mode file path blob
	export GIT_INDEX_FILE=$work/index
	git_root read-tree "$1"
	while read -r mode file path; do
		blob=$(git_root hash-object -w --no-filters -- "$file")
		git_root update-index --add --cacheinfo "$mode,$blob,$path"
	done
	git_root write-tree
	unset GIT_INDEX_FILE
}

make_a() {
	local today tree
	a=$(git_root rev-parse HEAD)
	[ -z "$dated" ] || return 0
	today=$(date -u +%F)
	git_root show HEAD:CHANGELOG.md | awk -v new="## $version ($today)" '!done && /^## / { $0 = new; done = 1 } 1' >"$work/CHANGELOG.md"
	printf 'Release %s\n' "$version" >"$work/message"
	tree=$(tree_with HEAD <<<"100644 $work/CHANGELOG.md CHANGELOG.md")
	a=$(commit "$tree" HEAD "$work/message")
}

build_twice() {
	local start=$SECONDS
	build_commit "$a" "$work/one"
	say "built $a in $((SECONDS - start)) s"
	start=$SECONDS
	# Longer by name, too: a path that gets into the binary often shows in its length.
	mkdir -- "$work/another-folder"
	if [ -n "$scratch" ]; then export RUNMEDIC_CACHE=$work/another-folder/cache; fi
	TMPDIR=$work/another-folder build_commit "$a" "$work/two"
	say "built it again in another folder in $((SECONDS - start)) s"
	same_binaries "$work/one" "$work/two" || die "the two builds differ: this is not reproducible, and not released"
	check_version_of_binary "$work/one" "$version"
	write_sums "$work/one" >"$work/one/SHA256SUMS"
	say "both builds are the same to the byte:"
	sed 's/^/  /' "$work/one/SHA256SUMS"
}

make_b() {
	local file tree
	{
		printf 'runmedic %s, with its binaries\n\nBuilt from the parent of this commit; docs/releasing.md says how to do it again.\n\n' "$version"
		cat -- "$work/one/toolchain" 2>/dev/null || true
		printf 'Source: %s\n' "$a"
	} >"$work/message"
	tree=$(tree_with "$a" < <(
		for file in "${binaries[@]}"; do printf '100755 %s bin/%s\n' "$work/one/$file" "$file"; done
		printf '100644 %s bin/SHA256SUMS\n' "$work/one/SHA256SUMS"
	))
	b=$(commit "$tree" "$a" "$work/message")
	check_shape "$b"
}

check_tree
check_version
check_entry
base=$(git_root rev-parse HEAD)
make_a
build_twice
make_b
say "source:  $a"
say "release: $b"
if [ -n "$dry" ]; then
	say "dry run: main and the tags are as they were"
	exit 0
fi
git_root tag -a -m "runmedic $version" "v$version" "$b"
git_root merge --quiet --ff-only "$a"
if [ -n "$bundle" ]; then git_root bundle create --quiet "$bundle" "refs/tags/v$version" "^$base"; fi
say "main is at the source, v$version at the release. To publish: git push --atomic origin main v$version"
