#!/usr/bin/env bash
# usage: probe.sh ARCH    builds probe.c with the static libraries, as make does with runmedic; checks it and runs it
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 1 ] || die "usage: probe.sh ARCH"
need make
prefix=$("$here/prefix.sh" "$1")
dir=$(mktemp -d)
trap 'rm -rf -- "$dir"' EXIT
"$here/flags.sh" "$prefix" "$1" >"$dir/flags.mk"

cat >"$dir/Makefile" <<MAKE
include $dir/flags.mk
run: probe ; \$(RUN) ./probe
probe: $here/probe.c
	\$(CC) -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \$(CFLAGS) \$(LDFLAGS) -o \$@ \$< \$(LIBS)
	\$(STRIP) \$@
MAKE
make --silent -C "$dir" probe
"$here/check.sh" "$dir/probe" "$1"
make --silent -C "$dir" run
