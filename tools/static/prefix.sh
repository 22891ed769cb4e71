#!/usr/bin/env bash
# usage: prefix.sh ARCH    prints where the libraries for ARCH are; builds them first (minutes) if they are not there
#
# RUNMEDIC_CACHE  where to keep them (without it, runmedic/ in the user's cache folder)
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 1 ] || die "usage: prefix.sh ARCH"
check_arch "$1"
prefix=$cache/static-$1-$(short_hash "$sources_list" "$here/build.sh")

# Two callers at once: the second waits, then finds the work done. Built under another name, so that what has the right
# name is whole; that name stays after a failure, so that the next call goes on from there.
build() { # ARCH
  need flock
  mkdir -p -- "$cache"
  exec 9>"$prefix.lock"
  flock 9
  [ ! -d "$prefix" ] || return 0
  say "building the static libraries for $1, once: 3 to 5 minutes"
  "$here/build.sh" "$1" "$prefix.partial" 9>&- >&2
  mv -- "$prefix.partial" "$prefix"
}

[ -d "$prefix" ] || build "$1"
printf '%s\n' "$prefix"
