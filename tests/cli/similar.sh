# Earlier failures: the same, those alike, what repaired them; and one line of it beside an analysis.
log=$CASES/py-pytest-real-bug/log.txt
run runmedic analyze "$log" --db h.db | sed -n '2,7p'
runmedic analyze "$log" --record --db h.db >/dev/null
sed 's/^\xef\xbb\xbf//; s/^2026-11-1/2026-10-1/' "$log" >later.log
run runmedic analyze later.log --db h.db | sed -n '2,7p'
sed 's/test_low/test_high/g; s/A-1/A-7/g; s/test_store/test_shelf/g' later.log >other.log
runmedic analyze other.log --record --db h.db >/dev/null
run runmedic patterns --similar later.log --db h.db
run runmedic patterns --similar later.log --db h.db --format json
run runmedic patterns --db h.db --limit 1
run runmedic patterns --db h.db --similar 1:0000000000000000000000000000000000000000000000000000000000000000
echo 'all is well' >quiet.log
run runmedic patterns --db h.db --similar quiet.log
run runmedic patterns --db none.db
# In Actions the run is known; the same job's log twice is one execution.
clone_case py-black-diff-printed
black=$CASES/py-black-diff-printed/log.txt
(
	export GITHUB_ACTIONS=true GITHUB_REPOSITORY=acme/app GITHUB_RUN_ID=77 GITHUB_RUN_ATTEMPT=2 GITHUB_JOB=style GITHUB_WORKFLOW=CI \
		GITHUB_REF_TYPE=branch GITHUB_REF_NAME=main GITHUB_SHA=0123456789012345678901234567890123456789 GITHUB_EVENT_NAME=push \
		GITHUB_SERVER_URL=https://github.example
	runmedic heal "$black" --repo repo --apply --record --db h.db >/dev/null
	GITHUB_EVENT_NAME=workflow_run runmedic analyze later.log --record --db h.db >/dev/null
)
run sqlite3 h.db "select repository, run, attempt, workflow, branch, event, url, trust from runs order by run_id"
run runmedic patterns --similar "$black" --db h.db --limit 1
