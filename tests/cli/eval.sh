# Labelled logs of one's own: the table, its uncertainty, and labels that cannot be right.
mkdir -p own/logs own/passing
cp "$CASES/py-pytest-real-bug/log.txt" own/logs/bug.log
cp "$CASES/infra-conn-reset-download/log.txt" own/logs/reset.log
cp "$CASES/py-black-diff-printed/log.txt" own/logs/style.log
printf 'building\nall is well\n' >own/passing/green.log
line() { grep -o '"error_line": [0-9]*' "$CASES/$1/case.json" | tr -dc 0-9; }
cat >own/labels.jsonl <<JSON
{"id":"bug","project":"a","category":"test","error_line":$(line py-pytest-real-bug),"alt_lines":[1],"transient_evident":false,"tests_failed":["tests/test_store.py::test_low"],"tests_complete":true}
{"id":"reset","project":"b","category":"network","error_line":$(line infra-conn-reset-download),"transient_evident":true}
{"id":"style","project":"b","category":"lint","error_line":1}
JSON
echo '{"id":"green","baseline_for":["bug"]}' >own/passing.jsonl
run runmedic eval --corpus own | sed 's/^speed.*/speed/'
runmedic eval --corpus own --baseline --misses --format json | python3 -c 'import json, sys
j = json.load(sys.stdin); print(j["logs"], j["line_exact"]["right"], [(m["id"], m["wanted"]["category"], m["got"]["category"]) for m in j["misses"]])'
run runmedic eval --corpus own --format markdown | head -n 12
run runmedic eval --corpus own --fit own.inc
sed -i 's/"lint"/"linting"/' own/labels.jsonl
run runmedic eval --corpus own
sed -i 's/"linting","error_line":1/"lint","error_line":99999/' own/labels.jsonl
run runmedic eval --corpus own
run runmedic eval --corpus none
run runmedic eval --corpus own --healbench "$CASES"
run runmedic eval --healbench own --fit x
