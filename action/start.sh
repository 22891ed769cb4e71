#!/bin/sh
# What action.yml runs; docs/action.md has the contract. POSIX sh and sha256sum are all it needs (busybox will do).
# usage: start.sh prepare    finds the binary, checks its sum, says where it is in the output `program`
#        start.sh run        runs $RUNMEDIC_PROGRAM and judges how it ended
set -eu
fail_on=${RUNMEDIC_INPUT_FAIL_ON-}

# Trouble of our own fails the step only where that was asked for.
give_up() {
	[ "$fail_on" != trouble ] || exit 1
	exit 0
}

# Where the binary cannot run, `runmedic run -- COMMAND` still runs its command.
put_on_path() {
	[ "${RUNMEDIC_INPUT_MODE-}" = setup ] || return 0
	[ -x "$1/runmedic" ] || chmod +x "$1/runmedic" || :
	printf '%s\n' "$1" >>"$GITHUB_PATH"
}

elsewhere() {
	printf '::notice title=runmedic::runmedic runs on Linux runners of x86-64 and arm64 only; nothing is done on this one (%s)\n' "$1"
	put_on_path "$GITHUB_ACTION_PATH/action/shim"
	exit 0
}

refuse() {
	printf '::error title=runmedic::%s. It is not run\n' "$1"
	put_on_path "$GITHUB_ACTION_PATH/action/shim"
	give_up
}

machine() {
	case ${RUNNER_OS:-$(uname -s)} in
	Linux) ;;
	*) elsewhere "${RUNNER_OS:-another system}" ;;
	esac
	case ${RUNNER_ARCH:-$(uname -m)} in
	X64 | x86_64 | amd64) arch=x86_64 ;;
	ARM64 | aarch64 | arm64) arch=aarch64 ;;
	*) elsewhere "Linux on ${RUNNER_ARCH:-another processor}" ;;
	esac
}

# The one sum of $1 in $2; two lines for one name are none.
wanted_sum() {
	found=
	while read -r sum name || [ -n "$sum" ]; do
		[ "${name#\*}" = "$1" ] || continue
		[ -z "$found" ] || return 0
		found=$sum
	done <"$2"
	printf '%s' "$found"
}

prepare() {
	machine
	name=runmedic-linux-$arch
	program=$GITHUB_ACTION_PATH/bin/$name
	sums=$GITHUB_ACTION_PATH/bin/SHA256SUMS
	[ -f "$program" ] || refuse "bin/$name is missing; a release has it, a branch has not"
	[ -r "$sums" ] || refuse "bin/SHA256SUMS is missing"
	is=$(sha256sum <"$program") || is=
	is=${is%% *}
	[ ${#is} -eq 64 ] || refuse "bin/$name cannot be checked: sha256sum is missing or does not work"
	[ "$is" = "$(wanted_sum "$name" "$sums")" ] || refuse "bin/$name is not the binary of this release, its SHA-256 is another; check the commit that is used"
	[ -x "$program" ] || chmod +x "$program" || refuse "bin/$name cannot be made executable"
	if [ "${RUNMEDIC_INPUT_MODE-}" = setup ]; then
		folder=$RUNNER_TEMP/runmedic/bin
		mkdir -p "$folder" || refuse "there is no room for a link in the folder for temporary files"
		ln -sf "$program" "$folder/runmedic" || refuse "there is no room for a link in the folder for temporary files"
		put_on_path "$folder"
	fi
	printf 'program=%s\n' "$program" >>"$GITHUB_OUTPUT"
}

# A cancelled step ends the binary, too, with time to close its database.
supervise() {
	child=
	trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null || :' INT TERM HUP
	"$RUNMEDIC_PROGRAM" action &
	child=$!
	status=0
	wait "$child" || status=$?
	while kill -0 "$child" 2>/dev/null; do
		status=0
		wait "$child" || status=$?
	done
}

crashed() {
	# Half an output would fail the step, and commands of the runner may still be switched off.
	: >"$GITHUB_OUTPUT"
	[ -z "$RUNMEDIC_STOP_TOKEN" ] || printf '\n::%s::\n' "$RUNMEDIC_STOP_TOKEN"
	if [ "$1" -gt 128 ]; then how="by signal $(($1 - 128))"; else how="with exit status $1"; fi
	printf '::warning title=runmedic::runmedic itself ended %s; nothing is known of this run. The job is not to blame\n' "$how"
	give_up
}

run() {
	RUNMEDIC_STOP_TOKEN=
	[ ! -r /proc/sys/kernel/random/uuid ] || read -r RUNMEDIC_STOP_TOKEN </proc/sys/kernel/random/uuid
	export RUNMEDIC_STOP_TOKEN
	supervise
	case $status in
	0) exit 0 ;;
	1) case $fail_on in failure | unhealed) exit 1 ;; esac ;;
	2)
		echo '::warning title=runmedic::runmedic could not do its work; what it said last says why. The job is not to blame'
		give_up
		;;
	esac
	crashed "$status"
}

case ${1-} in
prepare) prepare ;;
run) run ;;
*)
	echo 'usage: start.sh prepare|run' >&2
	exit 2
	;;
esac
