# shellcheck shell=bash
# Shared by the scripts in this folder; sourced, never run.

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034  # read by the scripts that source this file
sources_list=$here/sources.list
cache=${RUNMEDIC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/runmedic}
case $cache in
  /*) ;;
  *) cache=$PWD/$cache ;;
esac

say() { printf '%s\n' "$*" >&2; }

die() {
  say "${0##*/}: $*"
  exit 1
}

need() { # NAME...: commands that must exist
  local name
  for name; do
    command -v "$name" >/dev/null || die "$name is missing; install what tools/static/packages lists"
  done
}

check_arch() {
  case $1 in
    x86_64 | aarch64) ;;
    *) die "unknown architecture '$1' (x86_64 or aarch64)" ;;
  esac
}

# The binutils and gcc prefix for ARCH; empty when this machine is of that kind itself.
cross_prefix() {
  [ "$(uname -m)" = "$1" ] || printf '%s-linux-gnu-' "$1"
}

# First 12 hex digits of the SHA-256 of all the named files together.
short_hash() {
  cat -- "$@" | sha256sum | cut -c1-12
}
