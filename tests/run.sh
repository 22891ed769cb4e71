#!/usr/bin/env bash
# Runs every part of the suite and adds up. usage: tests/run.sh BUILD   (BUILD/runmedic and BUILD/asan are there)
set -uo pipefail
cd "$(dirname "$0")/.." || exit
build=$1 passed=0 failed=0 skipped=0
export ASAN_OPTIONS=abort_on_error=0:detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1

# part NAME COMMAND...: the last line of its output is "NAME: N passed, N failed[, N skipped]"
part() {
	local name=$1 out status last
	shift
	printf '== %s\n' "$name"
	out=$(mktemp)
	"$@" 2>&1 | tee "$out" | grep -v "^$name: [0-9]* passed"
	status=${PIPESTATUS[0]}
	last=$(grep -E "^$name: [0-9]+ passed, [0-9]+ failed" "$out" | tail -n 1)
	rm -f "$out"
	if [ -z "$last" ]; then
		echo "$name ended without a count (exit $status)"
		failed=$((failed + 1))
		return
	fi
	echo "$last"
	passed=$((passed + $(sed 's/.*: \([0-9]*\) passed.*/\1/' <<<"$last")))
	failed=$((failed + $(sed 's/.* \([0-9]*\) failed.*/\1/' <<<"$last")))
	case $last in *skipped*) skipped=$((skipped + $(sed 's/.* \([0-9]*\) skipped.*/\1/' <<<"$last"))) ;; esac
	if [ "$status" -ne 0 ] && [[ $last == *" 0 failed"* ]]; then failed=$((failed + 1)); fi
}

part layers tests/check/layers.sh
part docs tests/check/docs.sh "$build/runmedic"
part accuracy /usr/bin/python3 tests/check/accuracy.py "$build/runmedic"
part schemas /usr/bin/python3 tests/check/schemas.py "$build/runmedic"
part unit tests/run-unit.sh "$build/asan/unit"
part rulegen tests/check/rulegen.sh "$(realpath "$build/host/rulegen")"
part catalogue tests/check/catalogue.sh "$build/asan/runmedic"
part fixtures python3 tests/fixtures/run.py "$build/asan/runmedic"
part cli tests/cli/run.sh "$build/asan/runmedic"
part cases python3 tests/cases/run.py "$build/asan/runmedic"
part fuzz tests/fuzz/replay.sh "$build/asan/fuzz"
part hostile python3 tests/hostile/run.py "$build/runmedic"
part healing python3 tests/hostile/healing.py "$build/runmedic"
part publish /usr/bin/python3 tests/publish/run.py "$build/asan/unit/publish/test_bodies_golden"
part live /usr/bin/python3 tests/live/run.py "$build/runmedic"
part github /usr/bin/python3 tests/github/run.py "$build/asan/runmedic"
part remote /usr/bin/python3 tests/remote/run.py "$build/asan/runmedic"
part stories /usr/bin/python3 tests/stories/run.py "$build/asan/runmedic"
part delivery /usr/bin/python3 tests/delivery/run.py "$build/asan/runmedic"
part follow /usr/bin/python3 tests/follow/run.py "$build/asan/runmedic"
part history /usr/bin/python3 tests/history/run.py "$build/asan/runmedic"
part learn /usr/bin/python3 tests/learn/run.py "$build/learn/judge"
part report /usr/bin/python3 tests/report/run.py "$build/asan/runmedic"
part local-run /usr/bin/python3 tests/local/run_checks.py "$build/asan/runmedic"
part local /usr/bin/python3 tests/local/stories.py "$build/asan/runmedic"
part doctor /usr/bin/python3 tests/doctor/run.py "$build/asan/runmedic"
part actions tests/actions/run.sh "$build/runmedic"
part release /usr/bin/python3 tests/release/run.py "$build/runmedic"
part setup tests/check/setup.sh
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
