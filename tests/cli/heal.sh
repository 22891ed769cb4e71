# Dry run, apply, commit; what is refused stays as it was.
clone_case py-black-diff-printed
run runmedic heal "$CASES/py-black-diff-printed/log.txt" --repo repo
run git -C repo status --short
run runmedic heal "$CASES/py-black-diff-printed/log.txt" --repo repo --commit --format json -o commit.json
run git -C repo status --short
run git -C repo log --format='%an %s%n%(trailers:key=Runmedic-Fixer)%(trailers:key=Runmedic-Confidence)' --branches='runmedic/*' -1
run runmedic heal "$CASES/py-black-diff-printed/log.txt" --repo repo --apply --format json -o apply.json
run git -C repo status --short
run grep -o '"status":"[a-z]*"' apply.json
echo '# mine' >>repo/src/telemetry/units.py
run runmedic heal "$CASES/py-black-diff-printed/log.txt" --repo repo --apply
run git -C repo diff --stat
# What a trusted job is handed, and healing from an analysis.
clone_case py-black-diff-printed fresh
runmedic analyze "$CASES/py-black-diff-printed/log.txt" --format json -o analysis.json
run runmedic heal --analysis analysis.json --repo fresh --patch patch.json --format json -o healed.json
run grep -o '"schema":"[a-z.]*/1"' patch.json
run grep -o '"fixer":"[a-z/]*","rule":"[a-z/]*"' patch.json
run git -C fresh status --short
run runmedic heal --analysis patch.json --repo fresh
