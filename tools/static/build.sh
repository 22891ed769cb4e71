#!/usr/bin/env bash
# usage: build.sh ARCH PREFIX    ARCH is x86_64 or aarch64
#
# Builds musl and every library of runmedic as static archives, for static-PIE, into PREFIX. The result may be moved.
# A step that is done is not done again: after a failure, call it once more; for a clean build, start with no PREFIX.
#
# RUNMEDIC_JOBS  compiler processes at a time (all processors without it)
#
# prefix.sh names the cached prefix by the content of this file: a changed flag here makes a new prefix.
# shellcheck disable=SC2317  # the steps are called by name
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 2 ] || die "usage: build.sh ARCH PREFIX"
check_arch "$1"
arch=$1
mkdir -p -- "$2"
prefix=$(cd -- "$2" && pwd -P)
jobs=${RUNMEDIC_JOBS:-$(nproc)}
cross=$(cross_prefix "$arch")
work=$prefix/work
sources=$cache/sources-$(short_hash "$sources_list")

# musl has no _FORTIFY_SOURCE (its headers hold no checked variants), so the flag would only pretend. Said explicitly is
# also what the gcc of some distributions turns on by itself: the result must not depend on who built it.
harden="-fPIE -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE"
[ "$arch" != x86_64 ] || harden+=" -fcf-protection=none"
sections="-ffunction-sections -fdata-sections"
fast="-O2 $sections $harden"  # what every log line goes through
small="-Os $sections $harden" # large and seldom busy

# --- Steps -----------------------------------------------------------------------------------------------------------

# Runs build_NAME in an empty directory of its own; quiet but for its name and time, and the end of its log if it fails.
step() { # NAME
  local name=$1 log=$prefix/log/$1.log start=$SECONDS result
  [ ! -e "$work/done/$name" ] || return 0
  rm -rf -- "${work:?}/$name"
  mkdir -p -- "$work/$name" "$work/done" "$prefix/log"
  # Not "if ! (...)": in a command whose result is asked for, the shell goes on after an error.
  set +e
  (set -e; cd -- "$work/$name"; "build_${name//-/_}") >"$log" 2>&1
  result=$?
  set -e
  if [ "$result" -ne 0 ]; then
    tail -n 25 -- "$log" | cut -c1-300 >&2
    die "$arch $name failed; its log: $log"
  fi
  touch "$work/done/$name"
  printf '%-8s %-14s %4d s\n' "$arch" "$name" $((SECONDS - start)) | tee -a "$prefix/log/times" >&2
}

# CMake for an out-of-tree build; the caller's CFLAGS say how to optimize.
with_cmake() { # SOURCE_DIR OPTION...
  cmake -G Ninja -S "$1" -B . -DCMAKE_TOOLCHAIN_FILE="$work/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF "${@:2}"
  ninja -j "$jobs" install
}

# --- Compiler --------------------------------------------------------------------------------------------------------

# The kernel's own headers (sandboxing needs them) are copied from this machine: the prefix must outlive its packages.
copy_kernel_headers() {
  local from=/usr/include asm
  asm=$from/$("${cross}gcc" -print-multiarch)/asm
  if [ -n "$cross" ]; then
    from=/usr/${cross%-}/include
    asm=$from/asm
  fi
  cp -RL -- "$from/linux" "$from/asm-generic" "$asm" "$prefix/musl/include/"
}

# gcc with musl in glibc's place. Everything is linked as static-PIE, asked for or not: with the specs that come with
# musl, a forgotten flag gives a dynamic binary without a word.
write_specs() {
  # %{rdynamic:} makes gcc accept what some versions of CMake pass, and ignore it.
  local link="-nostdlib -static -pie --no-dynamic-linker -z text %{rdynamic:}"
  [ "$arch" != aarch64 ] || link+=" --fix-cortex-a53-843419" # Debian's gcc does it too; these specs replace its own
  cat >"$prefix/musl/gcc.specs" <<SPECS
%rename cpp_options old_cpp_options

*cpp_options:
-nostdinc -isystem %:getenv(RUNMEDIC_PREFIX /musl/include) -isystem include%s %(old_cpp_options)

*cc1:
%(cc1_cpu) -nostdinc -isystem %:getenv(RUNMEDIC_PREFIX /musl/include) -isystem include%s

*link_libgcc:
-L%:getenv(RUNMEDIC_PREFIX /musl/lib) -L .%s

*libgcc:
libgcc.a%s %:if-exists(libgcc_eh.a%s)

*startfile:
%:getenv(RUNMEDIC_PREFIX /musl/lib/rcrt1.o) %:getenv(RUNMEDIC_PREFIX /musl/lib/crti.o) crtbeginS.o%s

*endfile:
crtendS.o%s %:getenv(RUNMEDIC_PREFIX /musl/lib/crtn.o)

*link:
$link

*esp_link:


*esp_options:


*esp_cpp_options:


SPECS
}

# The compiler command finds its files relative to itself, so that the prefix can be built in one place and used in
# another. It also keeps the prefix's path out of what it compiles.
write_compiler() {
  mkdir -p -- "$prefix/bin"
  cat >"$prefix/bin/musl-cc" <<CC
#!/bin/sh
RUNMEDIC_PREFIX=\$(cd -- "\${0%/*}/.." && pwd -P)
export RUNMEDIC_PREFIX
exec ${cross}gcc "\$@" -specs "\$RUNMEDIC_PREFIX/musl/gcc.specs" -ffile-prefix-map="\$RUNMEDIC_PREFIX"=/static
CC
  chmod +x "$prefix/bin/musl-cc"
}

build_musl() {
  "$sources/musl/configure" --prefix="$prefix/musl" --syslibdir="$prefix/musl/lib" --target="$arch-linux-musl" \
    --disable-shared --disable-wrapper CC="${cross}gcc" \
    CFLAGS="-O2 $harden -ffile-prefix-map=$sources=/src -ffile-prefix-map=$work=/build"
  make -j "$jobs" CROSS_COMPILE="$cross"
  make install CROSS_COMPILE="$cross"
  copy_kernel_headers
  write_specs
  write_compiler
}

# What the libraries are built with. "cc" and "ar" without a path, because OpenSSL keeps the whole command line.
enter_toolchain() {
  mkdir -p -- "$work/bin"
  cat >"$work/bin/musl-cc" <<CC
#!/bin/sh
exec "$prefix/bin/musl-cc" "\$@" -ffile-prefix-map="$sources"=/src -ffile-prefix-map="$work"=/build
CC
  chmod +x "$work/bin/musl-cc"
  cat >"$work/toolchain.cmake" <<CMAKE
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR $arch)
set(CMAKE_C_COMPILER "$work/bin/musl-cc")
set(CMAKE_AR "$(command -v "${cross}ar")" CACHE FILEPATH "")
set(CMAKE_RANLIB "$(command -v "${cross}ranlib")" CACHE FILEPATH "")
set(CMAKE_FIND_ROOT_PATH "$prefix")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_C_FLAGS_RELEASE "-DNDEBUG")
CMAKE
  export PATH="$work/bin:$PATH" CC=musl-cc AR="${cross}ar" RANLIB="${cross}ranlib"
  export CFLAGS="$small" CPPFLAGS="-isystem $prefix/include" LDFLAGS="-static-pie -L$prefix/lib"
  export PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig" PKG_CONFIG_PATH=""
}

# --- Libraries -------------------------------------------------------------------------------------------------------

build_zlib() {
  CFLAGS="$fast" "$sources/zlib/configure" --static --prefix="$prefix"
  make -j "$jobs" libz.a
  make install
}

# TLS 1.2 and 1.3, SHA-2, RSA, elliptic curves, AES, ChaCha: what HTTPS, App tokens and SSH signatures need. The folder
# for its configuration must not exist: a static binary has no business with the machine's openssl.cnf, and reading the
# machine's whole CA bundle at start costs 9 ms. The library keeps its own place too, hence the install by way of "out".
build_openssl() {
  local off=(shared module dso engine tests docs apps afalgeng ktls legacy comp ssl3 tls1 tls1_1 dtls quic
    idea seed rc2 rc4 md4 mdc2 rmd160 whirlpool bf cast camellia aria sm2 sm3 sm4 blake2 siphash gost ocb srp psk
    cms ts cmp ct sctp srtp nextprotoneg ssl-trace ui-console async ec2m slh-dsa ml-dsa filenames pic)
  CPPFLAGS="" LDFLAGS="" "$sources/openssl/Configure" "linux-$arch" --prefix=/nonexistent/openssl --libdir=lib \
    --openssldir=/nonexistent/openssl/config "${off[@]/#/no-}"
  make -j "$jobs" build_libs
  make install_dev DESTDIR="$PWD/out"
  cd out/nonexistent/openssl
  # Generated headers say what they were made from, with a path that depends on where this is.
  sed -i 's|^\( \* Generated by Makefile from \).*/openssl/include/|\1include/|' include/openssl/*.h
  cp -R -- include lib "$prefix/"
}

build_pcre2() {
  CFLAGS="$fast" with_cmake "$sources/pcre2" -DPCRE2_BUILD_PCRE2_8=ON -DPCRE2_SUPPORT_JIT=ON \
    -DPCRE2_SUPPORT_UNICODE=ON -DPCRE2_BUILD_PCRE2GREP=OFF -DPCRE2_BUILD_TESTS=OFF -DPCRE2_STATIC_PIC=OFF
}

build_libyaml() {
  CFLAGS="$fast" with_cmake "$sources/libyaml" -DBUILD_TESTING=OFF
}

build_expat() {
  CFLAGS="$fast" with_cmake "$sources/expat/expat" -DEXPAT_SHARED_LIBS=OFF -DEXPAT_BUILD_TOOLS=OFF \
    -DEXPAT_BUILD_EXAMPLES=OFF -DEXPAT_BUILD_TESTS=OFF -DEXPAT_BUILD_DOCS=OFF
}

build_cjson() {
  CFLAGS="$fast" with_cmake "$sources/cjson" -DENABLE_CJSON_TEST=OFF -DENABLE_CJSON_UTILS=ON
}

# Debian's package is the source tree: the single file is put together first, by tools of this machine.
build_sqlite() {
  local options="-DSQLITE_THREADSAFE=1 -DSQLITE_DQS=0 -DSQLITE_DEFAULT_FOREIGN_KEYS=1 -DSQLITE_DEFAULT_MEMSTATUS=0
    -DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_LOAD_EXTENSION
    -DSQLITE_ENABLE_SESSION -DSQLITE_ENABLE_PREUPDATE_HOOK -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_MATH_FUNCTIONS
    -DSQLITE_ENABLE_COLUMN_METADATA -DHAVE_USLEEP=1"
  CC=gcc CFLAGS="" CPPFLAGS="" LDFLAGS="" "$sources/sqlite3/configure" --disable-tcl --disable-shared
  make sqlite3.c
  # shellcheck disable=SC2086
  $CC $fast $options -c sqlite3.c -o sqlite3.o
  "$AR" rcs "$prefix/lib/libsqlite3.a" sqlite3.o
  cp -- sqlite3.h "$prefix/include/"
}

# HTTP and HTTPS (1.1, proxies, gzip), and SMTP for the weekly mail. It knows no CA bundle: the caller names one.
build_curl() {
  local word off=()
  for word in DICT FILE FTP GOPHER IMAP LDAP LDAPS MQTT POP3 RTSP SMB TELNET TFTP IPFS WEBSOCKETS NTLM KERBEROS_AUTH \
    NEGOTIATE_AUTH SRP AWS DOH NETRC ALTSVC HSTS LIBCURL_OPTION OPENSSL_AUTO_LOAD_CONFIG; do
    off+=("-DCURL_DISABLE_$word=ON")
  done
  for word in BUILD_CURL_EXE BUILD_TESTING BUILD_EXAMPLES BUILD_LIBCURL_DOCS BUILD_MISC_DOCS ENABLE_CURL_MANUAL \
    CURL_BROTLI CURL_ZSTD CURL_USE_LIBPSL CURL_USE_LIBSSH2 USE_NGHTTP2 USE_LIBIDN2 ENABLE_ARES CURL_CA_FALLBACK; do
    off+=("-D$word=OFF")
  done
  with_cmake "$sources/curl" "${off[@]}" -DBUILD_STATIC_LIBS=ON -DENABLE_THREADED_RESOLVER=ON \
    -DCURL_USE_OPENSSL=ON -DOPENSSL_ROOT_DIR="$prefix" -DOPENSSL_USE_STATIC_LIBS=ON \
    -DZLIB_LIBRARY="$prefix/lib/libz.a" -DZLIB_INCLUDE_DIR="$prefix/include" \
    -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none
}

# For libgit2, whose own copy Debian leaves out.
build_http_parser() {
  # shellcheck disable=SC2086
  $CC $small -DHTTP_PARSER_STRICT=0 -c "$sources/http-parser/http_parser.c" -o http_parser.o
  "$AR" rcs "$prefix/lib/libhttp_parser.a" http_parser.o
  cp -- "$sources/http-parser/http_parser.h" "$prefix/include/"
}

build_libgit2() {
  with_cmake "$sources/libgit2" -DBUILD_TESTS=OFF -DBUILD_CLI=OFF -DUSE_SSH=OFF -DUSE_NTLMCLIENT=OFF -DUSE_GSSAPI=OFF \
    -DUSE_ICONV=OFF -DUSE_BUNDLED_ZLIB=OFF -DUSE_HTTPS=OpenSSL -DUSE_HTTP_PARSER=http-parser -DREGEX_BACKEND=pcre2 \
    -DOPENSSL_ROOT_DIR="$prefix" -DOPENSSL_USE_STATIC_LIBS=ON
}

# Archives are hostile input, so only the readers that runmedic needs exist: zip, and one gzip-compressed file (raw).
# A call of any other, or of "all", does not link.
build_libarchive() {
  local word off=() unwanted
  for word in TEST TAR CPIO CAT UNZIP OPENSSL MBEDTLS NETTLE CNG LIBB2 LZ4 LZO LZMA ZSTD BZip2 LIBXML2 EXPAT ACL \
    XATTR ICONV; do
    off+=("-DENABLE_$word=OFF")
  done
  with_cmake "$sources/libarchive" "${off[@]}" -DENABLE_ZLIB=ON -DPOSIX_REGEX_LIB=NONE -DENABLE_INSTALL=ON
  mapfile -t unwanted < <("$AR" t "$prefix/lib/libarchive.a" |
    grep -E '^archive_(read_(support_(format|filter)|disk|set_format|extract)|write)_?' |
    grep -vE '^archive_read_support_(format_(zip|raw|empty)|filter_(gzip|none))\.')
  "$AR" dD "$prefix/lib/libarchive.a" "${unwanted[@]}"
  "$RANLIB" -D "$prefix/lib/libarchive.a"
}

build_libmicrohttpd() {
  "$sources/libmicrohttpd/configure" --host="$arch-linux-musl" --prefix="$prefix" --disable-shared --enable-static \
    --disable-https --disable-dauth --disable-httpupgrade --disable-doc --disable-examples --disable-tools \
    --disable-curl --without-pic
  make -j "$jobs"
  make install
}

# As one object, not an archive: it must come before musl's malloc, whole.
build_mimalloc() {
  # shellcheck disable=SC2086
  $CC $fast -DNDEBUG -DMI_MALLOC_OVERRIDE=1 -DMI_LIBC_MUSL=1 -fno-builtin-malloc -I "$sources/mimalloc/include" \
    -c "$sources/mimalloc/src/static.c" -o "$prefix/lib/mimalloc.o"
}

# --- All of it -------------------------------------------------------------------------------------------------------

# The descriptions for other build systems hold the path of this prefix, which may move: flags.sh is the one way in.
build_tidy() {
  local leaks
  rm -rf -- "$prefix"/lib/{pkgconfig,cmake,*.la} "$prefix"/{cmake,share}
  find "$prefix/bin" ! -name musl-cc -type f -delete
  leaks=$(grep -rlaF -e "$prefix" -e "$sources" "$prefix/lib" "$prefix/include" "$prefix/musl" || true)
  [ -z "$leaks" ] || die "paths of this machine are in: $leaks"
}

fetch_sources() {
  mkdir -p -- "$cache"
  exec 8>"$cache/sources.lock"
  flock 8
  "$here/fetch.sh" "$sources"
  exec 8>&-
}

main() {
  local name
  need "${cross}gcc" "${cross}ar" "${cross}ranlib" cmake ninja make perl tclsh pkg-config flock
  # Dates in the result would make two builds of one source differ.
  export SOURCE_DATE_EPOCH=1735689600 LC_ALL=C TZ=UTC
  unset CPATH C_INCLUDE_PATH LIBRARY_PATH
  fetch_sources
  step musl
  enter_toolchain
  for name in zlib openssl pcre2 libyaml expat cjson sqlite curl http-parser libgit2 libarchive libmicrohttpd \
    mimalloc tidy; do
    step "$name"
  done
  rm -rf -- "$work"
}

# In one line with exit: the shell reads a script as it goes, and this file may change during those minutes.
main; exit
