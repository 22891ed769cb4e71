#!/usr/bin/env bash
# Fuzzes each target for a while. usage: tests/fuzz/run.sh BUILD SECONDS   (BUILD/librunmedic.a made with fuzzer-no-link)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 seconds=$2
packages='libcurl libgit2 libcjson sqlite3 libcrypto libssl libpcre2-8 yaml-0.1 expat zlib libarchive'
mkdir -p "$build/fuzz"
for source in "$here"/fuzz_*.c; do
	name=$(basename "$source" .c | sed 's/^fuzz_//')
	# shellcheck disable=SC2086,SC2046
	clang -std=c17 -O1 -g -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -Iagent -I. -o "$build/fuzz/$name" "$source" \
		"$build/librunmedic.a" $(pkg-config --cflags --libs $packages) -lm -lpthread
	mkdir -p "$build/fuzz/found-$name" "$here/corpus/$name"
	echo "== $name, $seconds s"
	"$build/fuzz/$name" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 -max_len=65536 -print_final_stats=1 \
		-artifact_prefix="$build/fuzz/$name-" "$build/fuzz/found-$name" "$here/corpus/$name" 2>&1 | tail -n 6
done
