-- schema.sql - facts: what was seen, and never changes shape. All that can be worked out from them is in views.sql.
--
-- Tables have names in the singular and belong to store/; the views (plural) are what others may rely on.
-- Times are microseconds since 1970 UTC; names of values are those of the JSON contract. Text is redacted and cut
-- before it gets here. The passed tests are 97 results of 100 and hardly ever asked for one by one: they are packed.

CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One attempt of a workflow run; or one log that belongs to none.
CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	repository TEXT NOT NULL,                 -- 'owner/name', '' unknown
	number INTEGER NOT NULL,                  -- GitHub's run id, 0: none
	attempt INTEGER NOT NULL,
	digest TEXT,                              -- SHA-256 of the log: the identity where number is 0
	space TEXT NOT NULL,
	fork INTEGER NOT NULL,                    -- 1: from a fork; teaches nothing
	workflow TEXT,
	branch TEXT,
	sha TEXT,
	event TEXT,
	url TEXT,
	conclusion TEXT NOT NULL,                 -- the worst of the jobs known
	started INTEGER,
	ended INTEGER NOT NULL,                   -- of the job that ended last
	CHECK ((number = 0) = (digest IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX run_number ON run (repository, number, attempt) WHERE number <> 0;
CREATE UNIQUE INDEX run_digest ON run (digest) WHERE digest IS NOT NULL;
CREATE INDEX run_ended ON run (ended);
CREATE INDEX run_sha ON run (sha);
CREATE INDEX run_line ON run (branch, workflow, repository, space, ended, id, conclusion) WHERE fork = 0;

-- One execution: a job of such a run.
CREATE TABLE job (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	key TEXT NOT NULL,                        -- tells it from the run's other jobs: GitHub's job id or its name
	name TEXT,                                -- as shown, matrix values included: the same in all runs
	os TEXT,
	conclusion TEXT NOT NULL,
	started INTEGER,
	ended INTEGER NOT NULL,
	recorded INTEGER NOT NULL,
	step TEXT,                                -- that failed
	command TEXT,
	exit_code INTEGER,
	passed INTEGER,                           -- tests, as the framework counted them
	failed INTEGER,
	skipped INTEGER,
	errors INTEGER,
	dropped INTEGER NOT NULL,                 -- results beyond STORE_RESULTS_MAX
	image TEXT,                               -- version of the runner image
	retired INTEGER NOT NULL DEFAULT 0,       -- 1: too old, its results stand in test_week
	fact TEXT,                                -- content id of what came from another history (facts.h)
	UNIQUE (run, key)
) STRICT;
CREATE INDEX job_ended ON job (ended);
CREATE INDEX job_fresh ON job (ended) WHERE retired = 0;

CREATE TABLE signature (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE,
	first_seen INTEGER,                       -- kept when old findings go; NULL: known from a fix only
	last_seen INTEGER
) STRICT;

CREATE TABLE finding (
	id INTEGER PRIMARY KEY,
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	position INTEGER NOT NULL,                -- 0: the primary one
	signature INTEGER REFERENCES signature (id), -- NULL: the text says nothing
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
	excerpt TEXT,                             -- of the primary one
	UNIQUE (job, position)
) STRICT;
CREATE INDEX finding_signature ON finding (signature);

-- Names are never removed: whoever is connected may remember their ids.
CREATE TABLE test (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE                 -- as the framework writes it
) STRICT;

-- The tests of a repository, each at its position: a list that only grows. It is the suite with neither job nor space;
-- those that have them are what test_week counts by.
CREATE TABLE suite (
	id INTEGER PRIMARY KEY,
	repository TEXT NOT NULL,                 -- '' unknown
	job TEXT NOT NULL,                        -- its name; '' unknown
	space TEXT NOT NULL                       -- '': of all jobs
) STRICT;
CREATE UNIQUE INDEX suite_job ON suite (repository, job, space);

CREATE TABLE suite_test (
	suite INTEGER NOT NULL REFERENCES suite (id),
	position INTEGER NOT NULL,                -- from 0, without gaps
	test INTEGER NOT NULL REFERENCES test (id),
	PRIMARY KEY (suite, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX suite_test_test ON suite_test (test, suite);

-- The passed tests of a job: of each position of its suite two bytes, both 1..127, so that unicode() reads them. They
-- are a number n = (first - 1) * 127 + second - 1: 0 it did not pass here, 1 it did, else the milliseconds: those of
-- n - 2 below 2048 as they are, above as a number of 11 bits and its exponent (pack.c, the view `passes`). One row has
-- the positions from 2000 * chunk on, as far as there is anything. Where most did not run the row is sparse: four bytes
-- of each that passed, its position within the chunk written likewise, then the two.
CREATE TABLE pack (
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	chunk INTEGER NOT NULL,
	suite INTEGER NOT NULL REFERENCES suite (id),
	passed INTEGER NOT NULL,                  -- how many
	is_sparse INTEGER NOT NULL,
	cells BLOB NOT NULL,
	PRIMARY KEY (job, chunk)
) STRICT;
CREATE INDEX pack_suite ON pack (suite, chunk);

-- 0..999: what the view of sparse rows counts with.
CREATE TABLE cell (
	n INTEGER PRIMARY KEY
) STRICT;
INSERT INTO cell WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 999) SELECT n FROM c;

CREATE TABLE test_unpassed (
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	test INTEGER NOT NULL REFERENCES test (id),
	outcome INTEGER NOT NULL CHECK (outcome IN (1, 2, 3)), -- failed, skipped, error
	ms INTEGER,
	message TEXT,
	PRIMARY KEY (job, test, outcome)
) STRICT, WITHOUT ROWID;
CREATE INDEX test_unpassed_test ON test_unpassed (test, outcome);

-- What results became that were too old to be kept (retain.c), per week.
CREATE TABLE test_week (
	week INTEGER NOT NULL,                    -- its Monday, in days since 1970
	suite INTEGER NOT NULL REFERENCES suite (id),
	test INTEGER NOT NULL REFERENCES test (id),
	passed INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	skipped INTEGER NOT NULL,
	errors INTEGER NOT NULL,
	flips INTEGER NOT NULL,                   -- executions that failed where another passed at the same commit
	ms INTEGER NOT NULL,                      -- sum over the passed ones whose time is known
	timed INTEGER NOT NULL,                   -- how many these are
	PRIMARY KEY (week, suite, test)
) STRICT, WITHOUT ROWID;
CREATE INDEX test_week_test ON test_week (test);

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
	files TEXT,                               -- joined by newlines
	sha TEXT,                                 -- the commit it became
	branch TEXT,
	proof_exit INTEGER                        -- NULL: no proof ran
) STRICT;
CREATE UNIQUE INDEX fix_identity ON fix (job, fixer, coalesce(signature, 0), status);
CREATE INDEX fix_at ON fix (at);
CREATE INDEX fix_fixer ON fix (fixer, rule);

-- What became of a fix: appended, never changed. It stands alone, so that it can be read back from commits and pull
-- requests when the rest was lost.
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
	detail TEXT,
	us INTEGER                                -- that it took; NULL: not told
) STRICT;

-- What the passing runs of a job print, as numbers: no text can be had from them. One row a job, so that a shape costs
-- its own bytes and hardly more; shapes.c packs them.
CREATE TABLE passing (
	repository TEXT NOT NULL,                 -- '' unknown
	workflow TEXT NOT NULL,                   -- '' unknown
	job TEXT NOT NULL,
	runs INTEGER NOT NULL,                    -- that were learned from
	updated INTEGER NOT NULL,
	shapes BLOB NOT NULL,
	PRIMARY KEY (repository, workflow, job)
) STRICT;

-- Paths that reports name, once each; '' stands for none. Never removed, as the names of tests.
CREATE TABLE path (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE coverage_report (
	id INTEGER PRIMARY KEY,
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	format TEXT NOT NULL,
	lines INTEGER,                            -- NULL: not told, as below
	lines_covered INTEGER,
	branches INTEGER,
	branches_covered INTEGER,
	functions INTEGER,
	functions_covered INTEGER,
	percent REAL,                             -- of the lines
	files INTEGER NOT NULL                    -- of the report, also those beyond STORE_COVERAGE_FILES_MAX
) STRICT;
CREATE INDEX coverage_report_job ON coverage_report (job);

CREATE TABLE coverage_file (
	report INTEGER NOT NULL REFERENCES coverage_report (id) ON DELETE CASCADE,
	path INTEGER NOT NULL REFERENCES path (id),
	lines INTEGER,
	lines_covered INTEGER,
	branches INTEGER,
	branches_covered INTEGER,
	PRIMARY KEY (report, path)
) STRICT, WITHOUT ROWID;

-- Minima that a tool said were not reached.
CREATE TABLE coverage_gate (
	report INTEGER NOT NULL REFERENCES coverage_report (id) ON DELETE CASCADE,
	position INTEGER NOT NULL,
	metric TEXT NOT NULL,
	path INTEGER REFERENCES path (id),        -- NULL: of the whole
	required REAL NOT NULL,
	actual REAL,
	PRIMARY KEY (report, position)
) STRICT, WITHOUT ROWID;

-- That a linter ran: also when it complained of nothing.
CREATE TABLE lint_report (
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	tool TEXT NOT NULL,
	errors INTEGER NOT NULL,
	warnings INTEGER NOT NULL,
	infos INTEGER NOT NULL,
	PRIMARY KEY (job, tool)
) STRICT, WITHOUT ROWID;

CREATE TABLE lint_rule (
	id INTEGER PRIMARY KEY,
	tool TEXT NOT NULL,
	code TEXT NOT NULL,
	severity TEXT NOT NULL,
	UNIQUE (tool, code, severity)
) STRICT;

-- Issues of one kind in one file, counted.
CREATE TABLE lint_count (
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	rule INTEGER NOT NULL REFERENCES lint_rule (id),
	path INTEGER NOT NULL REFERENCES path (id),
	count INTEGER NOT NULL,
	line INTEGER,                             -- of the first
	PRIMARY KEY (job, rule, path)
) STRICT, WITHOUT ROWID;

-- A fix that left the machine, and what became of it.
CREATE TABLE delivery (
	id INTEGER PRIMARY KEY,
	repository TEXT NOT NULL,                 -- '' unknown
	fixer TEXT NOT NULL,
	rule TEXT,
	signature INTEGER REFERENCES signature (id),
	way TEXT NOT NULL,                        -- 'suggest', 'pr', ...
	workflow TEXT,                            -- that was red
	branch TEXT,
	base_sha TEXT NOT NULL,                   -- the commit that it was made for, '' unknown
	sha TEXT,                                 -- the commit it became
	fix_branch TEXT,
	pull INTEGER,
	run INTEGER,
	at INTEGER NOT NULL,
	outcome TEXT,                             -- the newest; NULL: open
	settled INTEGER,                          -- when that was told
	reason TEXT
) STRICT;
CREATE UNIQUE INDEX delivery_identity ON delivery (repository, fixer, coalesce(signature, 0), base_sha, way);
CREATE INDEX delivery_signature ON delivery (signature);
CREATE INDEX delivery_at ON delivery (at);

-- A rerun that we asked for.
CREATE TABLE rerun (
	id INTEGER PRIMARY KEY,
	repository TEXT NOT NULL,                 -- '' unknown
	run INTEGER NOT NULL,
	attempt INTEGER NOT NULL,                 -- that was red
	branch TEXT,
	sha TEXT,
	workflow TEXT,
	signature INTEGER REFERENCES signature (id),
	reason TEXT,
	at INTEGER NOT NULL,
	result TEXT,                              -- conclusion of the next attempt; NULL: not known yet
	UNIQUE (repository, run, attempt)
) STRICT;
CREATE INDEX rerun_signature ON rerun (signature);
CREATE INDEX rerun_at ON rerun (at);

-- Failures that people want to hear no more of. What is lifted stays, ended at once: two histories must agree on it.
CREATE TABLE ignored (
	signature INTEGER PRIMARY KEY REFERENCES signature (id),
	reason TEXT NOT NULL,
	author TEXT,
	at INTEGER NOT NULL,
	until INTEGER                             -- NULL: for ever
) STRICT;

-- The issue that is kept for a failure.
CREATE TABLE issue (
	repository TEXT NOT NULL,
	signature INTEGER NOT NULL REFERENCES signature (id),
	number INTEGER NOT NULL,
	is_open INTEGER NOT NULL,
	at INTEGER NOT NULL,                      -- when this was told
	PRIMARY KEY (repository, signature)
) STRICT, WITHOUT ROWID;
