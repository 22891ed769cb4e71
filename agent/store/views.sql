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
	strftime('%Y-%m-%dT%H:%M:%SZ', j.recorded / 1000000, 'unixepoch') AS recorded, j.image
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

-- The passed tests out of their packs (schema.sql): dense rows, sparse rows. Each part is a plain join, here and in
-- test_results, so that what is asked of one test or one job finds its way by an index.
CREATE VIEW passes AS
SELECT x.job AS job_id, x.test AS test_id, CASE WHEN x.code = 1 THEN NULL WHEN x.code < 2050 THEN x.code - 2
	ELSE (1024 + ((x.code - 2) & 1023)) << (((x.code - 2) >> 10) - 1) END AS ms
FROM (
	SELECT p.job, t.test, unicode(substr(p.cells, 2 * (t.position - 2000 * p.chunk) + 1, 1)) * 127
		+ unicode(substr(p.cells, 2 * (t.position - 2000 * p.chunk) + 2, 1)) - 128 AS code
	FROM pack p
	JOIN suite_test t ON t.suite = p.suite AND t.position >= 2000 * p.chunk
		AND t.position < 2000 * p.chunk + length(p.cells) / 2
	WHERE p.is_sparse = 0 AND substr(p.cells, 2 * (t.position - 2000 * p.chunk) + 1, 2) <> x'0101') x
UNION ALL
SELECT x.job, x.test, CASE WHEN x.code = 1 THEN NULL WHEN x.code < 2050 THEN x.code - 2
	ELSE (1024 + ((x.code - 2) & 1023)) << (((x.code - 2) >> 10) - 1) END
FROM (
	SELECT p.job, t.test, unicode(substr(p.cells, 4 * c.n + 3, 1)) * 127
		+ unicode(substr(p.cells, 4 * c.n + 4, 1)) - 128 AS code
	FROM pack p
	JOIN cell c ON c.n < length(p.cells) / 4
	JOIN suite_test t ON t.suite = p.suite AND t.position = 2000 * p.chunk
		+ unicode(substr(p.cells, 4 * c.n + 1, 1)) * 127 + unicode(substr(p.cells, 4 * c.n + 2, 1)) - 128
	WHERE p.is_sparse = 1) x;

CREATE VIEW test_results AS
SELECT j.id AS job_id, t.name AS test, 'passed' AS outcome, CASE WHEN x.code = 1 THEN NULL WHEN x.code < 2050 THEN x.code - 2
	ELSE (1024 + ((x.code - 2) & 1023)) << (((x.code - 2) >> 10) - 1) END AS ms,
	NULL AS message, r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job, j.os,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS ended
FROM (
	SELECT p.job, t.test, unicode(substr(p.cells, 2 * (t.position - 2000 * p.chunk) + 1, 1)) * 127
		+ unicode(substr(p.cells, 2 * (t.position - 2000 * p.chunk) + 2, 1)) - 128 AS code
	FROM pack p
	JOIN suite_test t ON t.suite = p.suite AND t.position >= 2000 * p.chunk
		AND t.position < 2000 * p.chunk + length(p.cells) / 2
	WHERE p.is_sparse = 0 AND substr(p.cells, 2 * (t.position - 2000 * p.chunk) + 1, 2) <> x'0101') x
JOIN test t ON t.id = x.test
JOIN job j ON j.id = x.job
JOIN run r ON r.id = j.run
UNION ALL
SELECT j.id AS job_id, t.name AS test, 'passed' AS outcome, CASE WHEN x.code = 1 THEN NULL WHEN x.code < 2050 THEN x.code - 2
	ELSE (1024 + ((x.code - 2) & 1023)) << (((x.code - 2) >> 10) - 1) END AS ms,
	NULL AS message, r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job, j.os,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS ended
FROM (
	SELECT p.job, t.test, unicode(substr(p.cells, 4 * c.n + 3, 1)) * 127
		+ unicode(substr(p.cells, 4 * c.n + 4, 1)) - 128 AS code
	FROM pack p
	JOIN cell c ON c.n < length(p.cells) / 4
	JOIN suite_test t ON t.suite = p.suite AND t.position = 2000 * p.chunk
		+ unicode(substr(p.cells, 4 * c.n + 1, 1)) * 127 + unicode(substr(p.cells, 4 * c.n + 2, 1)) - 128
	WHERE p.is_sparse = 1) x
JOIN test t ON t.id = x.test
JOIN job j ON j.id = x.job
JOIN run r ON r.id = j.run
UNION ALL
SELECT j.id AS job_id, t.name AS test, CASE x.outcome WHEN 1 THEN 'failed' WHEN 2 THEN 'skipped' ELSE 'error' END AS outcome, x.ms AS ms,
	x.message AS message, r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job, j.os,
	strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS ended
FROM test_unpassed x
JOIN test t ON t.id = x.test
JOIN job j ON j.id = x.job
JOIN run r ON r.id = j.run;

-- What a fix became: the newest outcome of its fixer, signature and commit. Only what was applied can become anything.
CREATE VIEW fix_attempts AS
SELECT f.id AS fix_id, f.job AS job_id, f.fixer, f.rule, s.text AS signature, f.tier, f.status, f.confidence, f.reason,
	f.files, f.sha AS fix_sha, f.branch AS fix_branch, f.proof_exit,
	strftime('%Y-%m-%dT%H:%M:%SZ', f.at / 1000000, 'unixepoch') AS at,
	coalesce((SELECT o.outcome FROM outcome o
		WHERE f.status = 'applied' AND o.fixer = f.fixer AND coalesce(o.signature, 0) = coalesce(f.signature, 0)
			AND coalesce(o.sha, '') = coalesce(f.sha, '')
		ORDER BY o.at DESC, o.id DESC LIMIT 1),
		(SELECT d.outcome FROM delivery d
		WHERE f.status = 'planned' AND d.signature = f.signature AND d.fixer = f.fixer AND d.base_sha = r.sha
			AND d.repository = r.repository
		ORDER BY d.settled DESC, d.id DESC LIMIT 1)) AS outcome,
	r.repository, nullif(r.number, 0) AS run, r.attempt, r.space,
	CASE r.fork WHEN 1 THEN 'fork' ELSE 'full' END AS trust,
	r.workflow, r.branch, r.sha, j.name AS job
FROM fix f
JOIN job j ON j.id = f.job
JOIN run r ON r.id = j.run
LEFT JOIN signature s ON s.id = f.signature;

-- What became of fixes, each once, however many jobs it was for: delivered ones, and those of --apply and --commit.
CREATE VIEW fix_outcomes AS
SELECT d.fixer, d.rule, s.text AS signature, d.outcome, d.way, d.repository, d.workflow, d.branch, d.sha AS fix_sha, d.pull,
	strftime('%Y-%m-%dT%H:%M:%SZ', d.at / 1000000, 'unixepoch') AS at, d.at AS at_us,
	coalesce(d.settled, d.at) AS settled_us
FROM delivery d
LEFT JOIN signature s ON s.id = d.signature
WHERE d.outcome IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM run r WHERE r.repository = d.repository AND r.number = d.run AND r.fork = 1)
UNION ALL
SELECT x.fixer, x.rule, x.signature, x.outcome, 'local', x.repository, x.workflow, x.branch, x.fix_sha, NULL, x.at, f.at,
	coalesce((SELECT max(o.at) FROM outcome o WHERE o.fixer = f.fixer AND coalesce(o.sha, '') = coalesce(f.sha, '')
		AND coalesce(o.signature, 0) = coalesce(f.signature, 0)), f.at)
FROM fix_attempts x
JOIN fix f ON f.id = x.fix_id
WHERE x.status = 'applied' AND x.outcome IS NOT NULL AND x.trust = 'full'
	AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.fixer = x.fixer AND d.sha = x.fix_sha);

-- Failed here, passed there: the same test in the same job of the same commit. Within one execution only a failure
-- counts, because an error beside a pass is the tear-down of a test that passed.
CREATE VIEW flips AS
SELECT u.test AS test_id, t.name AS test, r.repository, r.space, r.workflow, r.sha, j.name AS job,
	u.job AS failed_job_id, j2.id AS passed_job_id, strftime('%Y-%m-%dT%H:%M:%SZ', j.ended / 1000000, 'unixepoch') AS failed
FROM test_unpassed u
JOIN test t ON t.id = u.test
JOIN job j ON j.id = u.job
JOIN run r ON r.id = j.run AND r.fork = 0
JOIN run r2 ON r2.sha = r.sha AND r2.fork = 0 AND r2.repository = r.repository AND r2.space = r.space
	AND coalesce(r2.workflow, '') = coalesce(r.workflow, '')
JOIN job j2 ON j2.run = r2.id AND j2.name = j.name
WHERE (u.outcome = 1 OR (u.outcome = 3 AND j2.id <> u.job))
	AND EXISTS (SELECT 1 FROM passes p WHERE p.job_id = j2.id AND p.test_id = u.test);

CREATE VIEW flaky_tests AS
SELECT test, repository, job, count(DISTINCT sha) AS commits, count(DISTINCT failed_job_id) AS failures,
	min(failed) AS first_failed, max(failed) AS last_failed
FROM flips
GROUP BY test, repository, job;

-- From the end of the first red run of a (workflow, branch) to the end of the next green one. Cancelled runs are
-- neither; forks have branches of any name. From each green run back to the one before it: what is asked of a week
-- looks at that week, however long the history is.
CREATE VIEW recoveries AS
SELECT g.repository, g.space, g.workflow, g.branch,
	strftime('%Y-%m-%dT%H:%M:%SZ', f.ended / 1000000, 'unixepoch') AS red,
	strftime('%Y-%m-%dT%H:%M:%SZ', g.ended / 1000000, 'unixepoch') AS green,
	(g.ended - f.ended) / 1000000.0 AS seconds, g.ended - f.ended AS us, g.ended AS green_us
FROM run g
LEFT JOIN run l ON l.id = (
	SELECT x.id FROM run x
	WHERE x.fork = 0 AND x.repository = g.repository AND x.space = g.space AND x.workflow = g.workflow
		AND x.branch = g.branch AND (x.ended, x.id) < (g.ended, g.id) AND x.conclusion = 'success'
	ORDER BY x.ended DESC, x.id DESC LIMIT 1)
JOIN run f ON f.id = (
	SELECT x.id FROM run x
	WHERE x.fork = 0 AND x.repository = g.repository AND x.space = g.space AND x.workflow = g.workflow
		AND x.branch = g.branch AND (x.ended, x.id) < (g.ended, g.id)
		AND (x.ended, x.id) > (coalesce(l.ended, -9223372036854775807), coalesce(l.id, 0))
		AND x.conclusion IN ('failure', 'timed_out')
	ORDER BY x.ended, x.id LIMIT 1)
WHERE g.fork = 0 AND g.conclusion = 'success';

CREATE VIEW outcomes AS
SELECT o.fixer, s.text AS signature, o.sha AS fix_sha, o.outcome,
	strftime('%Y-%m-%dT%H:%M:%SZ', o.at / 1000000, 'unixepoch') AS at
FROM outcome o
LEFT JOIN signature s ON s.id = o.signature;

CREATE VIEW audit_log AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', at / 1000000, 'unixepoch') AS at, action, detail, us / 1000000.0 AS seconds
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

CREATE VIEW deliveries AS
SELECT d.id AS delivery_id, d.repository, d.fixer, d.rule, s.text AS signature, d.way, d.workflow, d.branch,
	nullif(d.base_sha, '') AS base_sha, d.sha AS fix_sha, d.fix_branch, d.pull, d.run,
	strftime('%Y-%m-%dT%H:%M:%SZ', d.at / 1000000, 'unixepoch') AS at, d.outcome,
	coalesce(d.outcome, '') NOT IN ('merged', 'closed', 'reverted', 'withdrawn') AS is_open,
	strftime('%Y-%m-%dT%H:%M:%SZ', d.settled / 1000000, 'unixepoch') AS settled, d.reason
FROM delivery d
LEFT JOIN signature s ON s.id = d.signature;

CREATE VIEW reruns AS
SELECT r.repository, r.run, r.attempt, r.workflow, r.branch, r.sha, s.text AS signature, r.reason,
	strftime('%Y-%m-%dT%H:%M:%SZ', r.at / 1000000, 'unixepoch') AS at, r.result
FROM rerun r
LEFT JOIN signature s ON s.id = r.signature;

CREATE VIEW ignored_signatures AS
SELECT s.text AS signature, i.reason, i.author AS ignored_by,
	strftime('%Y-%m-%dT%H:%M:%SZ', i.at / 1000000, 'unixepoch') AS at,
	strftime('%Y-%m-%dT%H:%M:%SZ', i.until / 1000000, 'unixepoch') AS until
FROM ignored i
JOIN signature s ON s.id = i.signature
WHERE i.until IS NULL OR i.until > i.at;

CREATE VIEW issues AS
SELECT i.repository, s.text AS signature, i.number, i.is_open,
	strftime('%Y-%m-%dT%H:%M:%SZ', i.at / 1000000, 'unixepoch') AS at
FROM issue i
JOIN signature s ON s.id = i.signature;

CREATE VIEW test_weeks AS
SELECT strftime('%Y-%m-%d', w.week * 86400, 'unixepoch') AS week, u.repository, u.job, u.space, t.name AS test,
	sum(w.passed) AS passed, sum(w.failed) AS failed, sum(w.skipped) AS skipped, sum(w.errors) AS errors,
	sum(w.flips) AS flips, 1.0 * sum(w.ms) / nullif(sum(w.timed), 0) AS mean_ms
FROM test_week w
JOIN suite u ON u.id = w.suite
JOIN test t ON t.id = w.test
GROUP BY w.week, u.repository, u.job, u.space, w.test;
