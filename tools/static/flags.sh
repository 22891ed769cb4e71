#!/usr/bin/env bash
# usage: flags.sh PREFIX ARCH    prints make variables: how to compile and link with the libraries in PREFIX
#
# Write it to a file and include that: make's $(shell) would join the lines. Our own flags (-std, warnings) come on top.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 2 ] || die "usage: flags.sh PREFIX ARCH"
prefix=$1 arch=$2
check_arch "$arch"
[ -x "$prefix/bin/musl-cc" ] || die "$prefix is no static prefix; prefix.sh prints the path of one"
case $prefix in *[[:space:]\#\$:]*) die "make cannot work with the path '$prefix'" ;; esac
root=$(cd -- "$here/../.." && pwd -P)
cross=$(cross_prefix "$arch")

# As in build.sh, and for the same reasons.
harden="-fPIE -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE"
[ "$arch" != x86_64 ] || harden+=" -fcf-protection=none"

# The tree's own path becomes ".", so that no path of this machine is in the binary or in its debug data.
cflags="-O2 -ffunction-sections -fdata-sections $harden -ffile-prefix-map=$root=. -isystem $prefix/include"

# musl gives threads 128 KiB of stack unless the binary asks for more; the memory is only used when touched.
ldflags="-static-pie -L$prefix/lib -Wl,-T,$here/no-unwind.ld -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,-z,noexecstack"
ldflags+=" -Wl,-z,stack-size=2097152"
# The tables of the catalogue are full of pointers: packed, their relocations take a kilobyte instead of a megabyte.
# GNU ld can do that for x86-64, lld for arm64.
if [ "$arch" = x86_64 ]; then
  ldflags+=" -Wl,-z,pack-relative-relocs"
else
  lld=$(readlink -f -- "$(command -v ld.lld)")
  ldflags+=" -fuse-ld=lld -B${lld%/*} -Wl,--pack-dyn-relocs=relr"
fi

# Each library before those it needs. mimalloc is an object and comes first, in the place of musl's slower malloc.
libs="-lgit2 -lcurl -lhttp_parser -larchive -lmicrohttpd -lsqlite3 -lcjson -lpcre2-8 -lyaml -lexpat"
libs+=" -lssl -lcrypto -lz -lm"

cat <<MAKE
CC := $prefix/bin/musl-cc
AR := ${cross}ar
STRIP := ${cross}strip
OBJCOPY := ${cross}objcopy
CFLAGS := $cflags
LDFLAGS := $ldflags
LIBS := $prefix/lib/mimalloc.o $libs
RUN := $([ -z "$cross" ] || printf 'qemu-%s-static' "$arch")
MAKE
