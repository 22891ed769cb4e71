# Bad input: one clear line, exit status 2, nothing lost.
mkdir empty-folder && run runmedic analyze empty-folder
: >empty.log && run runmedic analyze empty.log
head -c 4096 /dev/zero >binary.log && run runmedic analyze binary.log
run runmedic analyze missing.log
run runmedic analyze
run runmedic analyze empty.log "$CASES/go-test-assert/log.txt" --format json -o out.json
run grep -c runmedic.analysis/1 out.json
run runmedic analize x
run runmedic analyze --fromat json x
run runmedic analyze --format xml x
run runmedic frobnicate
run runmedic
clone_case py-black-diff-printed
mkdir -p repo/.github && printf 'heal:\n  teir: heal\n' >repo/.github/runmedic.yml
run runmedic heal "$CASES/py-black-diff-printed/log.txt" --repo repo
run runmedic heal "$CASES/py-black-diff-printed/log.txt" --repo empty-folder
run runmedic heal "$CASES/py-black-diff-printed/log.txt" --repo repo --apply --commit
run runmedic report --db nowhere.db
printf 'this is no database, only a text of some length' >text.db && run runmedic stats --db text.db
run sh -c "'$RUNMEDIC' analyze '$CASES/go-test-assert/log.txt' >/dev/full"
run runmedic report --days 0 --db nowhere.db
