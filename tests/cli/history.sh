# --record, and the questions to what was recorded. Recording twice changes nothing.
for case in py-black-diff-printed py-pytest-real-bug infra-conn-reset-download; do
	runmedic analyze "$CASES/$case/log.txt" --record --db h.db >/dev/null
done
run runmedic stats --db h.db | sed 's/([0-9]* KiB)/(N KiB)/'
runmedic analyze "$CASES/py-pytest-real-bug/log.txt" --record --db h.db >/dev/null
run runmedic stats --db h.db | sed 's/([0-9]* KiB)/(N KiB)/'
clone_case py-black-diff-printed
runmedic heal "$CASES/py-black-diff-printed/log.txt" --repo repo --apply --record --db h.db >/dev/null
run runmedic fixes --db h.db
run runmedic report --db h.db
run runmedic report --db h.db --format json | grep -o '"failed_runs":[0-9]*'
cat >r.xml <<'XML'
<?xml version="1.0"?><testsuites><testsuite name="s"><testcase classname="a.B" name="c" time="0.5"/>
<testcase classname="a.B" name="d" time="0.1"><failure message="boom">trace</failure></testcase></testsuite></testsuites>
XML
run runmedic record --junit r.xml --db h.db
run runmedic record --junit r.xml --db h.db
run sqlite3 h.db "select count(*) from failures"
