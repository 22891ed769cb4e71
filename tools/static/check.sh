#!/usr/bin/env bash
# usage: check.sh BINARY ARCH    is this what we release? One line for each property; exits 1 if one is missing.
#
# Works on a stripped binary: looks at what the kernel and the processor see, never at symbols.
# shellcheck disable=SC2317  # most functions are called by name, through check()
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 2 ] || die "usage: check.sh BINARY ARCH"
binary=$1 arch=$2
max_size=$((10 * 1024 * 1024))
check_arch "$arch"
[ -f "$binary" ] || die "no such file: $binary"
cross=$(cross_prefix "$arch")
need readelf strings "${cross}objdump"
export LC_ALL=C
header=$(readelf -hW -- "$binary")
segments=$(readelf -lW -- "$binary")
dynamic=$(readelf -dW -- "$binary")
failed=0

report() { # WHAT RESULT [NOTE]: RESULT is 0 for good, as the status of a command
  local word=ok
  [ "$2" -eq 0 ] || word=FAIL failed=1
  printf '%-4s  %-16s %s\n' "$word" "$1" "${3-}"
}

has() { grep -qE -e "$2" <<<"$1"; } # TEXT REGEX
lacks() { ! has "$@"; }

check() { # WHAT COMMAND...
  local what=$1 result=0
  shift
  "$@" || result=1
  report "$what" "$result"
}

machine() {
  case $arch in
    x86_64) has "$header" 'Machine:.*X86-64' ;;
    aarch64) has "$header" 'Machine:.*AArch64' ;;
  esac
}

static_pie() { has "$header" 'Type: +DYN' && lacks "$segments" ' INTERP ' && has "$dynamic" 'FLAGS_1.*PIE'; }

nx_stack() { has "$segments" 'GNU_STACK .* RW +0'; }

no_writable_code() { lacks "$segments" ' LOAD .* RWE +0x' && lacks "$dynamic" 'TEXTREL'; }

# The instructions that compare the canary at the end of a function. Both are the compiler's own idiom: x86-64 keeps the
# canary at a fixed place of the thread; AArch64 wipes the register that held it right after the comparison.
count_canaries() {
  case $arch in
    x86_64) "${cross}objdump" -d --no-show-raw-insn -- "$binary" | grep -cE '(sub|xor|cmp) .*%fs:0x28' ;;
    aarch64)
      "${cross}objdump" -d --no-show-raw-insn -- "$binary" | awk '
        wiped != "" && $2 == "mov" && $3 == wiped "," && $4 ~ /^#0x0/ { n++ }
        { wiped = "" }
        $2 == "subs" { split($0, operand, ", "); wiped = operand[3] }
        END { print n + 0 }'
      ;;
  esac
}

check_canaries() {
  local count
  count=$(count_canaries || true)
  report "stack protector" $((count < 100)) "$count functions"
}

# Folders of this machine that a compiler could have put into the binary. Of our tree, the folders in it: a tree in a
# place like /src would else be found in honest text. Some homes are the same everywhere, and known to our rules.
host_paths() {
  local path
  for path in "$here/../.."/*/; do (cd -- "$path" && pwd -P); done
  printf '%s/\n' "$cache" "${TMPDIR:-/tmp}/tmp."
  case ${HOME%/} in
    '' | /root | /home/runner) ;;
    *) printf '%s/\n' "${HOME%/}" ;;
  esac
}

check_paths() {
  local found note=""
  found=$(strings -a -- "$binary" | grep -F -f <(host_paths) | sort -u || true)
  [ -z "$found" ] || note="$(head -n 1 <<<"$found" | cut -c1-200) ($(wc -l <<<"$found") in all)"
  report "no host paths" $((${#found} > 0)) "$note"
}

check_size() {
  local size
  size=$(stat -c %s -- "$binary")
  report size $((size > max_size)) "$(awk -v n="$size" 'BEGIN { printf "%.2f MiB", n / 1048576 }')"
}

check "machine" machine
check "static PIE" static_pie
check "no libraries" lacks "$dynamic" '\(NEEDED\)'
check "RELRO" has "$segments" ' GNU_RELRO '
check "bind now" has "$dynamic" '(BIND_NOW|FLAGS_1.*NOW)'
check "no-exec stack" nx_stack
check "no writable code" no_writable_code
check_canaries
check_paths
check_size
exit "$failed"
