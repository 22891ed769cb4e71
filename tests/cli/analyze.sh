# What a maintainer types first.
run runmedic analyze "$CASES/py-pytest-real-bug/log.txt"
run runmedic analyze "$CASES/infra-conn-reset-download/log.txt" --format markdown
run runmedic analyze "$CASES/py-import-yaml/log.txt" --exit-code --format json --output one.json
run grep -o '"primary":[0-9a-z]*' one.json
run grep -c '"schema":"runmedic.analysis/1"' one.json
cat "$CASES/sh-script-not-executable/log.txt" | run runmedic analyze -
mkdir logs && cp "$CASES/py-import-yaml/log.txt" logs/a.log && cp "$CASES/go-test-assert/log.txt" logs/b.txt
run sh -c "'$RUNMEDIC' analyze logs --format json | grep -c runmedic.analysis/1"
gzip -k logs/a.log && run sh -c "'$RUNMEDIC' analyze logs/a.log.gz --format json | grep -o '\"lines\":[0-9]*'"
