-- views.sql - all that follows from the facts. These views are what others may rely on (docs/history.md): columns are
-- added at the end, never renamed or removed. Times are ISO 8601 in UTC. Our own questions use them too, as TEMP views,
-- so that they mean the same whatever version wrote the file.

CREATE VIEW runs AS
SELECT r.id AS run_id, r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, r.event, r.url, r.conclusion,
	strftime('%Y-%m-%dT%H:%M:%SZ', r.started / 1000000, 'unixepoch') AS started,
	strftime('%Y-%m-%dT%H:%M:%SZ', r.ended / 1000000, 'unixepoch') AS ended,
	(r.ended - r.started) / 1000000.0 AS seconds,
	(SELECT count(*) FROM job j WHERE j.run = r.id) AS jobs,
	(SELECT count(*) FROM job j WHERE j.run = r.id AND j.conclusion IN ('failure', 'timed_out')) AS failed_jobs
FROM run r;

CREATE VIEW jobs AS
SELECT j.id AS job_id, j.run AS run_id, r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job, j.os, j.conclusion,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.started / 1000000, 'unixepoch') AS started,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS ended,
	(j.ended - j.started) / 1000000.0 AS seconds,
	j.step, j.command, j.exit_code, j.passed, j.failed, j.skipped, j.errors,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.recorded / 1000000, 'unixepoch') AS recorded
FROM job j
JOIN run r ON r.id = j.run;

-- What broke jobs: the primary finding of each, and further causes. Echoes of them (symptoms, wrappers) do not count.
CREATE VIEW failures AS
SELECT f.job AS job_id, f.position = 0 AS is_primary, s.text AS signature, f.rule, f.category, f.severity, f.confidence,
	f.title, f.message, f.path, f.line, f.log_line, f.excerpt, f.transient,
	r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job, j.os,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS ended,
	f.signature AS signature_id
FROM finding f
JOIN job j ON j.id = f.job
JOIN run r ON r.id = j.run
LEFT JOIN signature s ON s.id = f.signature
WHERE f.position = 0 OR (f.rank = 'cause' AND f.severity = 'error');

CREATE VIEW signatures AS
SELECT s.text AS signature, f.rule, f.category, f.title, f.path,
	(SELECT count(*) FROM failures x WHERE x.signature_id = s.id) AS failures,
	strftime('%Y-%m-%dT%H:%M:%SZ', s.first_seen / 1000000, 'unixepoch') AS first_seen,
	strftime('%Y-%m-%dT%H:%M:%SZ', s.last_seen / 1000000, 'unixepoch') AS last_seen
FROM signature s
LEFT JOIN finding f ON f.id = (
	SELECT n.id FROM finding n JOIN job j ON j.id = n.job WHERE n.signature = s.id
	ORDER BY j.ended DESC, n.id DESC LIMIT 1);

CREATE VIEW test_results AS
SELECT j.id AS job_id, t.name AS test, x.outcome, x.ms, x.message,
	r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job, j.os,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS ended
FROM (SELECT p.job, p.test, 'passed' AS outcome, p.ms, NULL AS message FROM test_passed p
	UNION ALL
	SELECT u.job, u.test, CASE u.outcome WHEN 1 THEN 'failed' WHEN 2 THEN 'skipped' ELSE 'error' END, u.ms, u.message
	FROM test_unpassed u) x
JOIN test t ON t.id = x.test
JOIN job j ON j.id = x.job
JOIN run r ON r.id = j.run;

-- What a fix became: the newest outcome of its fixer, signature and commit. Only what was applied can become anything.
CREATE VIEW fix_attempts AS
SELECT f.id AS fix_id, f.job AS job_id, f.fixer, f.rule, s.text AS signature, f.tier, f.status, f.confidence, f.reason,
	f.files, f.sha AS fix_sha, f.branch AS fix_branch, f.proof_exit,
	strftime('%Y-%m-%dT%H:%M:%SZ', f.at / 1000000, 'unixepoch') AS at,
	(SELECT o.outcome FROM outcome o
		WHERE f.status = 'applied' AND o.fixer = f.fixer AND coalesce(o.signature, 0) = coalesce(f.signature, 0)
			AND coalesce(o.sha, '') = coalesce(f.sha, '')
		ORDER BY o.at DESC, o.id DESC LIMIT 1) AS outcome,
	r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job
FROM fix f
JOIN job j ON j.id = f.job
JOIN run r ON r.id = j.run
LEFT JOIN signature s ON s.id = f.signature;

-- Failed here, passed there: the same test in the same job of the same commit. Within one execution only a failure
-- counts, because an error beside a pass is the tear-down of a test that passed.
CREATE VIEW flips AS
SELECT u.test AS test_id, t.name AS test, r.repository, r.space, r.workflow, r.sha, j.name AS job,
	u.job AS failed_job_id, p.job AS passed_job_id, strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS failed
FROM test_unpassed u
JOIN test t ON t.id = u.test
JOIN job j ON j.id = u.job
JOIN run r ON r.id = j.run AND r.fork = 0
JOIN run r2 ON r2.sha = r.sha AND r2.fork = 0 AND r2.repository = r.repository AND r2.space = r.space
	AND coalesce(r2.workflow, '') = coalesce(r.workflow, '')
JOIN job j2 ON j2.run = r2.id AND j2.name = j.name
JOIN test_passed p ON p.job = j2.id AND p.test = u.test
WHERE u.outcome = 1 OR (u.outcome = 3 AND p.job <> u.job);

CREATE VIEW flaky_tests AS
SELECT test, repository, job, count(DISTINCT sha) AS commits, count(DISTINCT failed_job_id) AS failures,
	min(failed) AS first_failed, max(failed) AS last_failed
FROM flips
GROUP BY test, repository, job;

-- From the end of the first red run of a (workflow, branch) to the end of the next green one. Cancelled runs are
-- neither; forks have branches of any name.
CREATE VIEW recoveries AS
SELECT repository, space, workflow, branch,
	strftime('%Y-%m-%dT%H:%M:%SZ', ended / 1000000, 'unixepoch') AS red,
	strftime('%Y-%m-%dT%H:%M:%SZ', recovered / 1000000, 'unixepoch') AS green,
	(recovered - ended) / 1000000.0 AS seconds, recovered - ended AS us, recovered AS green_us
FROM (
	SELECT repository, space, workflow, branch, ended, is_green,
		lead(ended) OVER (PARTITION BY repository, space, workflow, branch ORDER BY ended, id) AS recovered
	FROM (
		SELECT id, repository, space, workflow, branch, ended, conclusion = 'success' AS is_green,
			coalesce(lag(conclusion = 'success') OVER (
				PARTITION BY repository, space, workflow, branch ORDER BY ended, id), 1) AS was_green
		FROM run
		WHERE fork = 0 AND workflow IS NOT NULL AND branch IS NOT NULL
			AND conclusion IN ('success', 'failure', 'timed_out'))
	WHERE is_green <> was_green)
WHERE NOT is_green AND recovered IS NOT NULL;

CREATE VIEW outcomes AS
SELECT o.fixer, s.text AS signature, o.sha AS fix_sha, o.outcome,
	strftime('%Y-%m-%dT%H:%M:%SZ', o.at / 1000000, 'unixepoch') AS at
FROM outcome o
LEFT JOIN signature s ON s.id = o.signature;

CREATE VIEW audit_log AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', at / 1000000, 'unixepoch') AS at, action, detail
FROM audit;

CREATE VIEW coverage AS
SELECT c.id AS coverage_id, c.job AS job_id, c.format, c.lines, c.lines_covered, c.branches, c.branches_covered,
	c.functions, c.functions_covered, c.percent, c.files,
	r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS ended
FROM coverage_report c
JOIN job j ON j.id = c.job
JOIN run r ON r.id = j.run;

CREATE VIEW coverage_files AS
SELECT f.report AS coverage_id, p.name AS path, f.lines, f.lines_covered, f.branches, f.branches_covered,
	100.0 * f.lines_covered / nullif(f.lines, 0) AS percent
FROM coverage_file f
JOIN path p ON p.id = f.path;

CREATE VIEW coverage_gates AS
SELECT g.report AS coverage_id, g.metric, p.name AS path, g.required, g.actual
FROM coverage_gate g
LEFT JOIN path p ON p.id = g.path;

CREATE VIEW lint AS
SELECT l.job AS job_id, u.tool, u.code, u.severity, nullif(p.name, '') AS path, l.count AS issues, l.line,
	r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS ended
FROM lint_count l
JOIN lint_rule u ON u.id = l.rule
JOIN path p ON p.id = l.path
JOIN job j ON j.id = l.job
JOIN run r ON r.id = j.run;

CREATE VIEW lint_runs AS
SELECT l.job AS job_id, l.tool, l.errors, l.warnings, l.infos,
	r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS ended
FROM lint_report l
JOIN job j ON j.id = l.job
JOIN run r ON r.id = j.run;
