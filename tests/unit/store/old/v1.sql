-- A history of schema 1, with views as that version made them.
CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	repository TEXT NOT NULL,
	number INTEGER NOT NULL,
	attempt INTEGER NOT NULL,
	digest TEXT,
	space TEXT NOT NULL,
	fork INTEGER NOT NULL,
	workflow TEXT,
	branch TEXT,
	sha TEXT,
	event TEXT,
	url TEXT,
	conclusion TEXT NOT NULL,
	started INTEGER,
	ended INTEGER NOT NULL,
	CHECK ((number = 0) = (digest IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX run_number ON run (repository, number, attempt) WHERE number <> 0;
CREATE UNIQUE INDEX run_digest ON run (digest) WHERE digest IS NOT NULL;
CREATE INDEX run_ended ON run (ended);
CREATE INDEX run_sha ON run (sha);
CREATE TABLE job (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	key TEXT NOT NULL,
	name TEXT,
	os TEXT,
	conclusion TEXT NOT NULL,
	started INTEGER,
	ended INTEGER NOT NULL,
	recorded INTEGER NOT NULL,
	step TEXT,
	command TEXT,
	exit_code INTEGER,
	passed INTEGER,
	failed INTEGER,
	skipped INTEGER,
	errors INTEGER,
	dropped INTEGER NOT NULL,
	UNIQUE (run, key)
) STRICT;
CREATE INDEX job_ended ON job (ended);
CREATE TABLE signature (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE,
	first_seen INTEGER,
	last_seen INTEGER
) STRICT;
CREATE TABLE finding (
	id INTEGER PRIMARY KEY,
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	position INTEGER NOT NULL,
	signature INTEGER REFERENCES signature (id),
	rule TEXT NOT NULL,
	category TEXT NOT NULL,
	severity TEXT NOT NULL,
	rank TEXT NOT NULL,
	confidence REAL NOT NULL,
	transient INTEGER NOT NULL,
	log_line INTEGER,
	path TEXT,
	line INTEGER,
	title TEXT NOT NULL,
	message TEXT,
	excerpt TEXT,
	UNIQUE (job, position)
) STRICT;
CREATE INDEX finding_signature ON finding (signature);
CREATE TABLE test (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE test_passed (
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	test INTEGER NOT NULL REFERENCES test (id),
	ms INTEGER,
	PRIMARY KEY (job, test)
) STRICT, WITHOUT ROWID;
CREATE TABLE test_unpassed (
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	test INTEGER NOT NULL REFERENCES test (id),
	outcome INTEGER NOT NULL CHECK (outcome IN (1, 2, 3)),
	ms INTEGER,
	message TEXT,
	PRIMARY KEY (job, test, outcome)
) STRICT, WITHOUT ROWID;
CREATE INDEX test_unpassed_test ON test_unpassed (test, outcome);
CREATE TABLE fix (
	id INTEGER PRIMARY KEY,
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	at INTEGER NOT NULL,
	fixer TEXT NOT NULL,
	rule TEXT,
	signature INTEGER REFERENCES signature (id),
	tier TEXT NOT NULL,
	status TEXT NOT NULL,
	confidence REAL NOT NULL,
	reason TEXT,
	files TEXT,
	sha TEXT,
	branch TEXT,
	proof_exit INTEGER
) STRICT;
CREATE UNIQUE INDEX fix_identity ON fix (job, fixer, coalesce(signature, 0), status);
CREATE INDEX fix_at ON fix (at);
CREATE INDEX fix_fixer ON fix (fixer, rule);
CREATE TABLE outcome (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	fixer TEXT NOT NULL,
	signature INTEGER REFERENCES signature (id),
	sha TEXT,
	outcome TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX outcome_identity ON outcome (fixer, coalesce(signature, 0), coalesce(sha, ''), at, outcome);
CREATE TABLE audit (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	action TEXT NOT NULL,
	detail TEXT
) STRICT;
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
INSERT INTO test VALUES (1, 'tests/a.py::t00');
INSERT INTO test VALUES (2, 'tests/a.py::t01');
INSERT INTO test VALUES (3, 'tests/a.py::t02');
INSERT INTO test VALUES (4, 'tests/a.py::t03');
INSERT INTO test VALUES (5, 'tests/a.py::t04');
INSERT INTO test VALUES (6, 'tests/a.py::t05');
INSERT INTO test VALUES (7, 'tests/a.py::t06');
INSERT INTO test VALUES (8, 'tests/a.py::t07');
INSERT INTO test VALUES (9, 'tests/a.py::t08');
INSERT INTO test VALUES (10, 'tests/a.py::t09');
INSERT INTO test VALUES (11, 'tests/a.py::t10');
INSERT INTO test VALUES (12, 'tests/a.py::t11');
INSERT INTO test VALUES (13, 'tests/a.py::t12');
INSERT INTO test VALUES (14, 'tests/a.py::t13');
INSERT INTO test VALUES (15, 'tests/a.py::t14');
INSERT INTO test VALUES (16, 'tests/a.py::t15');
INSERT INTO test VALUES (17, 'tests/a.py::t16');
INSERT INTO test VALUES (18, 'tests/a.py::t17');
INSERT INTO test VALUES (19, 'tests/a.py::t18');
INSERT INTO test VALUES (20, 'tests/a.py::t19');
INSERT INTO test VALUES (21, 'tests/a.py::t20');
INSERT INTO test VALUES (22, 'tests/a.py::t21');
INSERT INTO test VALUES (23, 'tests/a.py::t22');
INSERT INTO test VALUES (24, 'tests/a.py::t23');
INSERT INTO test VALUES (25, 'tests/a.py::t24');
INSERT INTO test VALUES (26, 'tests/a.py::t25');
INSERT INTO test VALUES (27, 'tests/a.py::t26');
INSERT INTO test VALUES (28, 'tests/a.py::t27');
INSERT INTO test VALUES (29, 'tests/a.py::t28');
INSERT INTO test VALUES (30, 'tests/a.py::t29');
INSERT INTO signature VALUES (1, '1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1780272000000000, 1780279200000000);
INSERT INTO signature VALUES (2, '1:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', NULL, NULL);
INSERT INTO run VALUES (1, 'acme/anvil', 11, 1, NULL, 'ci', 0, 'ci', 'main', '0123456789abcdef0123456789abcdef01234567', 'push', NULL, 'failure', 1780275540000000, 1780275600000000);
INSERT INTO run VALUES (2, 'acme/anvil', 11, 2, NULL, 'ci', 0, 'ci', 'main', '0123456789abcdef0123456789abcdef01234567', 'push', NULL, 'success', 1780279140000000, 1780279200000000);
INSERT INTO run VALUES (3, 'acme/anvil', 12, 1, NULL, 'ci', 1, 'ci', 'topic', '89abcdef0123456789abcdef0123456789abcdef', 'pull_request', NULL, 'failure', 1780282740000000, 1780282800000000);
INSERT INTO run VALUES (4, '', 0, 1, 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', 'local', 0, NULL, NULL, NULL, NULL, NULL, 'success', 1780286340000000, 1780286400000000);
INSERT INTO job VALUES (1, 1, 'test', 'test (3.12)', 'ubuntu-24.04', 'failure', 1780275540000000, 1780275600000000, 1780275600000005, 'Run tests', 'pytest', 1, 28, 1, 1, 0, 0);
INSERT INTO test_passed VALUES (1, 1, 0);
INSERT INTO test_passed VALUES (1, 2, 1);
INSERT INTO test_passed VALUES (1, 3, 8);
INSERT INTO test_unpassed VALUES (1, 4, 2, NULL, NULL);
INSERT INTO test_passed VALUES (1, 5, 64);
INSERT INTO test_passed VALUES (1, 6, NULL);
INSERT INTO test_passed VALUES (1, 7, 216);
INSERT INTO test_unpassed VALUES (1, 8, 1, 12, 'boom ''quoted''');
INSERT INTO test_passed VALUES (1, 9, 512);
INSERT INTO test_passed VALUES (1, 10, 729);
INSERT INTO test_passed VALUES (1, 11, 1000);
INSERT INTO test_passed VALUES (1, 12, 1331);
INSERT INTO test_passed VALUES (1, 13, 1728);
INSERT INTO test_passed VALUES (1, 14, 2197);
INSERT INTO test_passed VALUES (1, 15, 2744);
INSERT INTO test_passed VALUES (1, 16, 3375);
INSERT INTO test_passed VALUES (1, 17, 4096);
INSERT INTO test_passed VALUES (1, 18, 4913);
INSERT INTO test_passed VALUES (1, 19, 5832);
INSERT INTO test_passed VALUES (1, 20, 6859);
INSERT INTO test_passed VALUES (1, 21, 8000);
INSERT INTO test_passed VALUES (1, 22, 9261);
INSERT INTO test_passed VALUES (1, 23, 10648);
INSERT INTO test_passed VALUES (1, 24, 12167);
INSERT INTO test_passed VALUES (1, 25, 13824);
INSERT INTO test_passed VALUES (1, 26, 15625);
INSERT INTO test_passed VALUES (1, 27, 17576);
INSERT INTO test_passed VALUES (1, 28, 19683);
INSERT INTO test_passed VALUES (1, 29, 21952);
INSERT INTO test_passed VALUES (1, 30, 24389);
INSERT INTO finding VALUES (1, 1, 0, 1, 'python/assert', 'test', 'error', 'cause', 0.9, 0, 7, 'src/a.py', 3, 'title', 'message', 'first' || char(10) || 'second');
INSERT INTO fix VALUES (1, 1, 1780275600000000, 'python/black', 'format/black', 2, 'heal', 'applied', 0.95, 'because', 'a.py', '0123456789abcdef0123456789abcdef01234567', NULL, 0);
INSERT INTO job VALUES (2, 1, 'lint', 'lint', 'ubuntu-24.04', 'success', 1780275540000000, 1780275600000000, 1780275600000005, NULL, NULL, NULL, 28, 1, 1, 0, 0);
INSERT INTO job VALUES (3, 2, 'test', 'test (3.12)', 'ubuntu-24.04', 'success', 1780279140000000, 1780279200000000, 1780279200000005, NULL, NULL, NULL, 28, 1, 1, 0, 0);
INSERT INTO test_passed VALUES (3, 1, 0);
INSERT INTO test_passed VALUES (3, 2, 37);
INSERT INTO test_passed VALUES (3, 3, 296);
INSERT INTO test_unpassed VALUES (3, 4, 2, NULL, NULL);
INSERT INTO test_passed VALUES (3, 5, 2368);
INSERT INTO test_passed VALUES (3, 6, NULL);
INSERT INTO test_passed VALUES (3, 7, 7992);
INSERT INTO test_passed VALUES (3, 8, 12691);
INSERT INTO test_passed VALUES (3, 9, 18944);
INSERT INTO test_passed VALUES (3, 10, 26973);
INSERT INTO test_passed VALUES (3, 11, 37000);
INSERT INTO test_passed VALUES (3, 12, 49247);
INSERT INTO test_passed VALUES (3, 13, 63936);
INSERT INTO test_passed VALUES (3, 14, 81289);
INSERT INTO test_passed VALUES (3, 15, 101528);
INSERT INTO test_passed VALUES (3, 16, 124875);
INSERT INTO test_passed VALUES (3, 17, 151552);
INSERT INTO test_passed VALUES (3, 18, 181781);
INSERT INTO test_passed VALUES (3, 19, 215784);
INSERT INTO test_passed VALUES (3, 20, 253783);
INSERT INTO test_passed VALUES (3, 21, 296000);
INSERT INTO test_passed VALUES (3, 22, 342657);
INSERT INTO test_passed VALUES (3, 23, 393976);
INSERT INTO test_passed VALUES (3, 24, 450179);
INSERT INTO test_passed VALUES (3, 25, 511488);
INSERT INTO test_passed VALUES (3, 26, 578125);
INSERT INTO test_passed VALUES (3, 27, 650312);
INSERT INTO test_passed VALUES (3, 28, 728271);
INSERT INTO test_passed VALUES (3, 29, 812224);
INSERT INTO test_passed VALUES (3, 30, 902393);
INSERT INTO job VALUES (4, 3, 'test', 'test (3.12)', 'ubuntu-24.04', 'failure', 1780282740000000, 1780282800000000, 1780282800000005, 'Run tests', 'pytest', 1, 28, 1, 1, 0, 0);
INSERT INTO test_passed VALUES (4, 1, 0);
INSERT INTO test_passed VALUES (4, 2, 1);
INSERT INTO test_passed VALUES (4, 3, 8);
INSERT INTO test_unpassed VALUES (4, 4, 2, NULL, NULL);
INSERT INTO test_passed VALUES (4, 5, 64);
INSERT INTO test_passed VALUES (4, 6, NULL);
INSERT INTO test_passed VALUES (4, 7, 216);
INSERT INTO test_unpassed VALUES (4, 8, 1, 12, 'boom ''quoted''');
INSERT INTO test_passed VALUES (4, 9, 512);
INSERT INTO test_passed VALUES (4, 10, 729);
INSERT INTO test_passed VALUES (4, 11, 1000);
INSERT INTO test_passed VALUES (4, 12, 1331);
INSERT INTO test_passed VALUES (4, 13, 1728);
INSERT INTO test_passed VALUES (4, 14, 2197);
INSERT INTO test_passed VALUES (4, 15, 2744);
INSERT INTO test_passed VALUES (4, 16, 3375);
INSERT INTO test_passed VALUES (4, 17, 4096);
INSERT INTO test_passed VALUES (4, 18, 4913);
INSERT INTO test_passed VALUES (4, 19, 5832);
INSERT INTO test_passed VALUES (4, 20, 6859);
INSERT INTO test_passed VALUES (4, 21, 8000);
INSERT INTO test_passed VALUES (4, 22, 9261);
INSERT INTO test_passed VALUES (4, 23, 10648);
INSERT INTO test_passed VALUES (4, 24, 12167);
INSERT INTO test_passed VALUES (4, 25, 13824);
INSERT INTO test_passed VALUES (4, 26, 15625);
INSERT INTO test_passed VALUES (4, 27, 17576);
INSERT INTO test_passed VALUES (4, 28, 19683);
INSERT INTO test_passed VALUES (4, 29, 21952);
INSERT INTO test_passed VALUES (4, 30, 24389);
INSERT INTO finding VALUES (4, 4, 0, 1, 'python/assert', 'test', 'error', 'cause', 0.9, 0, 7, 'src/a.py', 3, 'title', 'message', 'first' || char(10) || 'second');
INSERT INTO fix VALUES (4, 4, 1780282800000000, 'python/black', 'format/black', 2, 'heal', 'applied', 0.95, 'because', 'a.py', '0123456789abcdef0123456789abcdef01234567', NULL, 0);
INSERT INTO job VALUES (5, 4, '', NULL, 'ubuntu-24.04', 'success', 1780286340000000, 1780286400000000, 1780286400000005, NULL, NULL, NULL, 28, 1, 1, 0, 0);
INSERT INTO test_passed VALUES (5, 1, 0);
INSERT INTO test_passed VALUES (5, 2, 1);
INSERT INTO test_passed VALUES (5, 3, 8);
INSERT INTO test_unpassed VALUES (5, 4, 2, NULL, NULL);
INSERT INTO test_passed VALUES (5, 5, 64);
INSERT INTO outcome VALUES (1, 1780304400000000, 'python/black', 2, '0123456789abcdef0123456789abcdef01234567', 'merged');
INSERT INTO audit VALUES (1, 1780272000000000, 'apply', 'a.py');
INSERT INTO meta VALUES ('synced acme/anvil 11', '2');
PRAGMA application_id = 1380797764;
PRAGMA user_version = 1;
