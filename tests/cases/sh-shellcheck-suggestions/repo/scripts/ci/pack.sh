#!/usr/bin/env bash
set -eu

out=$1
stamp=`date +%F`

if [ "x$out" = "x" ]; then
	echo "usage: pack.sh DIR" >&2
	exit 2
fi

mkdir -p "$out"
cp README.md $out/readme-$stamp.md
echo "packed $stamp" > $out/log
