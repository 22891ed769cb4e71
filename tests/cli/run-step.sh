# `run`: the command as it is, and why it failed.
run runmedic run -- echo 'all is well'
run runmedic run -- sh -c 'echo "  File \"app.py\", line 3, in <module>"; echo "ModuleNotFoundError: No module named '\''yaml'\''" >&2; exit 1'
run runmedic run --name 'unit tests' -q -- sh -c 'echo out; exit 3'
run runmedic run -- sh -c 'kill -TERM $$' 2>&1 | head -n 4
run runmedic run -- no-such-command
: >plain && run runmedic run -- ./plain
run runmedic run
run runmedic run make test
run runmedic run --retries 99 -- true
run runmedic run --retry-on weather -- true

# tried again only when it helps; the wait is chosen at random
cat >flaky.sh <<'END'
[ -e seen ] && exec echo 'the second time is fine'
touch seen
echo 'curl: (6) Could not resolve host: pypi.example.org' >&2
exit 6
END
run runmedic run --retries 2 --backoff 0 --capture flaky.log -- sh flaky.sh
run sed '$s/"ended_at":"[^"]*"/"ended_at":"..."/' flaky.log
run runmedic run --retries 2 --backoff 0 --retry-on infra,network -- sh -c 'echo "AssertionError: 1 != 2"; exit 1' 2>&1 | head -n 3

# a later step reads what was kept
run runmedic run -q --capture tests.log -- sh -c 'echo "src/a.c:3:5: error: expected '\'';'\'' before '\''}'\'' token"; exit 2'
run runmedic analyze tests.log
