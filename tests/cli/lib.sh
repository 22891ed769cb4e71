# lib.sh - what every test script of the whole program uses. A script prints a transcript; run.sh compares it with NAME.expected.
# Each script runs in a scratch folder of its own; $RUNMEDIC is the program, $CASES the heal cases, $LOGS the fixture logs.
set -u
export LC_ALL=C.UTF-8 TZ=UTC NO_COLOR=1 RUNMEDIC_NOW=2026-11-18T12:00:00Z HOME=$PWD GIT_CONFIG_NOSYSTEM=1 XDG_STATE_HOME=$PWD/state
export GIT_AUTHOR_NAME=Test GIT_AUTHOR_EMAIL=test@example.invalid GIT_COMMITTER_NAME=Test GIT_COMMITTER_EMAIL=test@example.invalid
export GIT_AUTHOR_DATE='2026-11-18T10:00:00Z' GIT_COMMITTER_DATE='2026-11-18T10:00:00Z'
unset GITHUB_ACTIONS GITHUB_TOKEN GH_TOKEN GITHUB_REPOSITORY GITHUB_API_URL SSL_CERT_FILE SSL_CERT_DIR

# Prints the command as a person would type it, its output, and its exit status when that is not 0.
run() {
	printf '$ %s\n' "$*"
	"$@" 2>&1
	local status=$?
	[ $status -eq 0 ] || printf '[exit %d]\n' $status
	return 0
}

runmedic() {
	"$RUNMEDIC" "$@"
}

# clone_case ID [DIR]: a fresh repository made of a heal case's tree.
clone_case() {
	local to=${2:-repo}
	cp -a "$CASES/$1/repo" "$to"
	git -C "$to" init -q -b main
	git -C "$to" -c core.autocrlf=false add -A
	git -C "$to" -c commit.gpgsign=false commit -q -m start
}
