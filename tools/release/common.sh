# shellcheck shell=bash
# Shared by the scripts in this folder; sourced, never run. Works on the repository that it lies in.

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd -- "$here/../.." && pwd -P)
name=${0##*/}
binaries=(runmedic-linux-x86_64 runmedic-linux-aarch64)
export LC_ALL=C TZ=UTC
umask 022

say() { printf '%s\n' "$*"; }
die() {
	printf '%s: %s\n' "$name" "$*" >&2
	exit 1
}

git_root() { git -C "$root" "$@"; }

# The first heading of CHANGELOG.md is the version, and the only place where it stands: "## X.Y.Z (unreleased | DATE)".
heading_at() { git_root show "$1:CHANGELOG.md" | grep -m 1 '^## '; }              # COMMIT
version_of() { sed -nE 's/^## ([0-9]+\.[0-9]+\.[0-9]+) \(.*\)$/\1/p' <<<"$1"; } # HEADING
state_of() { sed -nE 's/^## [^ ]+ \((.*)\)$/\1/p' <<<"$1"; }                     # HEADING

# What changed in VERSION, as written in the CHANGELOG.md of COMMIT, without blank lines around it.
notes_of() { # COMMIT VERSION
	git_root show "$1:CHANGELOG.md" | awk -v version="$2" '
		/^## / { on = ($2 == version); next }
		on && (NF || begun) { begun = 1; held = held $0 "\n"; if (NF) { printf "%s", held; held = "" } }'
}

# The same bytes from the same commit: an export of it in an empty folder, and nothing of this shell's settings.
# RUNMEDIC_RELEASE_BUILD names a program to be called as `PROGRAM COMMIT OUT` instead: for tests, and said aloud.
build_commit() { # COMMIT OUT
	local builder=${RUNMEDIC_RELEASE_BUILD:-$here/build.sh}
	[ -z "${RUNMEDIC_RELEASE_BUILD:-}" ] || say "attention: the binaries come from RUNMEDIC_RELEASE_BUILD, not from build.sh"
	mkdir -p -- "$2"
	"$builder" "$1" "$2" || die "the build of $1 failed"
}

same_binaries() { # DIR DIR
	local file
	for file in "${binaries[@]}"; do
		cmp -- "$1/$file" "$2/$file" || return 1
	done
}

write_sums() (cd -- "$1" && sha256sum -- "${binaries[@]}") # DIR

# SHA256SUMS in DIR lists the two binaries, nothing else, and both are what it says.
check_sums() { # DIR
	local listed
	listed=$(awk '{ print $2 }' "$1/SHA256SUMS" | tr '\n' ' ')
	[ "$listed" = "${binaries[*]} " ] || die "SHA256SUMS lists '$listed', not '${binaries[*]} '"
	(cd -- "$1" && sha256sum --check --strict --quiet SHA256SUMS) || die "a binary is not what SHA256SUMS says"
}

# The release commit is its parent plus three files, whatever else anybody may have slipped in.
check_shape() { # COMMIT
	local parents want found
	parents=$(git_root rev-list --parents -n 1 "$1" | wc -w)
	[ "$parents" -eq 2 ] || die "$1 has $((parents - 1)) parents; a release commit has one"
	want=$(printf '%s\n' "A 100644 bin/SHA256SUMS" "A 100755 bin/${binaries[1]}" "A 100755 bin/${binaries[0]}")
	found=$(git_root diff-tree -r --no-renames "$1^" "$1" | awk '{ print $5, $2, $6 }')
	[ "$found" = "$want" ] || die "$1 is not its parent plus the binaries and their sums; it has:"$'\n'"$found"
}

take_binaries() { # COMMIT OUT: bin/ of it
	local file
	mkdir -p -- "$2"
	for file in "${binaries[@]}" SHA256SUMS; do
		git_root cat-file blob "$1:bin/$file" >"$2/$file" || die "$1 has no bin/$file"
	done
	chmod 755 -- "${binaries[@]/#/$2/}"
}

# Whose machine can run it: the processor's own binary says its version.
check_version_of_binary() { # DIR VERSION
	local own says
	own=$1/runmedic-linux-$(uname -m)
	[ -x "$own" ] || die "there is no binary for this machine ($(uname -m)) in $1"
	says=$("$own" --version | head -n 1)
	[ "$says" = "runmedic $2" ] || die "the binary calls itself '$says', not 'runmedic $2'"
}

# A release commit and all that can be said of it without building anything. Sets tag, version, release, source.
open_release() { # TAG OUT
	local heading
	tag=$1
	release=$(git_root rev-parse --verify --quiet "$tag^{commit}") || die "there is no tag $tag here"
	check_shape "$release"
	take_binaries "$release" "$2"
	check_sums "$2"
	source=$(git_root rev-parse "$release^")
	heading=$(heading_at "$source")
	version=$(version_of "$heading")
	[ "$tag" = "v$version" ] || die "$tag is tagged, but CHANGELOG.md says '${heading#\#\# }'"
	[[ $(state_of "$heading") =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] || die "CHANGELOG.md has no date for $version"
	check_version_of_binary "$2" "$version"
}
