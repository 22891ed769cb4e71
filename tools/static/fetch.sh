#!/usr/bin/env bash
# usage: fetch.sh DIR                       fetch, verify and unpack all of sources.list: DIR/NAME for each package
#        fetch.sh --pin NAME VERSION SUITE  print the entry that sources.list needs for a package
#
# Debian source packages, through apt with a private state: nothing on this machine changes. Every file must have the
# SHA-256 that sources.list says before anything is unpacked.
#
# RUNMEDIC_DEBIAN_MIRROR   where to fetch from; without it, the Debian mirror that this machine's own apt uses
# RUNMEDIC_DEBIAN_KEYRING  keys of the Debian archive; without it, those of the package debian-archive-keyring
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

# What must not outlive this script.
state=""
scratch=""
trap 'rm -rf -- ${state:+"$state"} ${scratch:+"$scratch"}' EXIT

keyring=${RUNMEDIC_DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

# apt itself knows its sources best (two file formats, options, variables): ask it rather than parse them.
own_mirror() {
  local id codename
  # shellcheck disable=SC1091
  id=$(. /etc/os-release && printf '%s' "${ID:-}")
  # shellcheck disable=SC1091
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  [ "$id" = debian ] || return 0
  # shellcheck disable=SC2016  # apt's variables, not the shell's
  apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)' |
    awk -v suite="$codename" '$1 == "Packages" && $2 == "main" && ($3 == suite || $3 == "stable") { print $4; exit }'
}

find_mirror() {
  mirror=${RUNMEDIC_DEBIAN_MIRROR:-$(own_mirror)}
  [ -n "$mirror" ] || die "this machine's apt has no Debian mirror: set RUNMEDIC_DEBIAN_MIRROR to the URL of one"
  [ -r "$keyring" ] || die "no keys at $keyring: install debian-archive-keyring or set RUNMEDIC_DEBIAN_KEYRING"
}

# The machine's own apt configuration is left out, for its hooks act on the machine; only what is needed to reach the
# network is taken over. Private: a proxy's URL may hold a password.
write_apt_conf() { # STATE SUITE...
  local state=$1 suite
  shift
  mkdir -p "$state"/lists/partial "$state"/cache/archives/partial "$state"/parts
  { apt-config dump | grep -E '^Acquire::(http|https|Retries|ForceIPv[46])(::| )' || true; } >"$state/apt.conf"
  cat >>"$state/apt.conf" <<CONF
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$state/parts";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$state";
Dir::State::lists "$state/lists";
Dir::State::status "/dev/null";
Dir::Cache "$state/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
CONF
  for suite; do
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$mirror" "$suite" "$keyring" \
      >"$state/parts/$suite.sources"
  done
}

open_archive() { # DIR SUITE...
  local dir=$1
  shift
  find_mirror
  state=$(mktemp -d "$dir/.apt.XXXXXX")
  write_apt_conf "$state" "$@"
  # Plain "update" forgives a mirror that does not answer.
  APT_CONFIG=$state/apt.conf apt-get -q update -o APT::Update::Error-Mode=any >"$state/log" 2>&1 ||
    die "apt cannot read the Debian archive: $(grep -m1 -E '^[EW]:' "$state/log" || echo 'no reason given')"
}

download() { # DIR NAME VERSION: the files of one source package
  (cd -- "$1" && APT_CONFIG=$state/apt.conf apt-get -q source --only-source --download-only "$2=$3") \
    >"$state/log" 2>&1 || die "cannot fetch $2 $3: $(grep -m1 '^E:' "$state/log" || echo 'no reason given')"
}

# sources.list as lines "NAME VERSION SUITE SHA256 FILE".
entries() {
  awk '{ sub(/#.*/, "") }
       $1 == "source" { head = $2 " " $3 " " $4; next }
       NF == 2 { print head, $1, $2 }' "$sources_list"
}

files_of() { # NAME: its lines "SHA256  FILE", as sha256sum -c wants them
  entries | awk -v name="$1" '$1 == name { print $4 "  " $5 }'
}

have_files() { # DIR NAME
  (cd -- "$1" && files_of "$2" | sha256sum --check --status 2>/dev/null)
}

verify() { # DIR NAME VERSION
  local bad
  bad=$(cd -- "$1" && { files_of "$2" | LC_ALL=C sha256sum --check --quiet 2>/dev/null || true; })
  [ -z "$bad" ] || die "$2 $3: wrong SHA-256 or no such file: ${bad%%:*}"
}

unpack() { # DIR NAME: leaves DIR/NAME, with Debian's patches applied
  local dir=$1 name=$2 dsc log
  [ ! -d "$dir/$name" ] || return 0
  dsc=$(files_of "$name" | awk '$2 ~ /\.dsc$/ { print $2 }')
  rm -rf -- "$dir/.unpacking"
  # No check by dpkg: the .dsc file and all that it names have just been verified.
  log=$(cd -- "$dir" && dpkg-source --no-check --no-copy -x "$dsc" .unpacking 2>&1) ||
    die "cannot unpack $name: $(tail -n 1 <<<"$log")"
  mv -- "$dir/.unpacking" "$dir/$name"
}

fetch_all() { # DIR
  local dir=$1 name version suites missing=()
  while read -r name version; do
    have_files "$dir" "$name" || missing+=("$name $version")
  done < <(entries | awk '{ print $1, $2 }' | uniq)
  if [ ${#missing[@]} -gt 0 ]; then
    mapfile -t suites < <(entries | awk '{ print $3 }' | sort -u)
    open_archive "$dir" "${suites[@]}"
    for name in "${missing[@]}"; do
      read -r name version <<<"$name"
      rm -rf -- "${dir:?}/$name"
      say "fetch $name $version"
      download "$dir" "$name" "$version"
      verify "$dir" "$name" "$version"
    done
  fi
  while read -r name; do unpack "$dir" "$name"; done < <(entries | awk '{ print $1 }' | uniq)
}

pin() { # NAME VERSION SUITE
  scratch=$(mktemp -d)
  open_archive "$scratch" "$3"
  download "$scratch" "$1" "$2"
  printf 'source %s %s %s\n' "$1" "$2" "$3"
  # apt leaves only the package's own files here; the private state is a hidden folder.
  (cd -- "$scratch" && sha256sum -- *)
}

need apt-get apt-config dpkg-source sha256sum
case ${1-} in
  --pin)
    [ $# -eq 4 ] || die "usage: fetch.sh --pin NAME VERSION SUITE"
    pin "$2" "$3" "$4"
    ;;
  '' | -*) die "usage: fetch.sh DIR" ;;
  *)
    mkdir -p -- "$1"
    fetch_all "$(cd -- "$1" && pwd -P)"
    ;;
esac
