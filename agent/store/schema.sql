-- schema.sql - facts: what was seen, and never changes shape. All that can be worked out from them is in views.sql.
--
-- Tables have names in the singular and belong to store/; the views (plural) are what others may rely on.
-- Times are microseconds since 1970 UTC; names of values are those of the JSON contract. Text is redacted and cut
-- before it gets here. The passed tests have a table of their own: they are 97 rows of 100, nobody asks for one of them,
-- and another way of keeping them must not touch the rest.

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
	UNIQUE (run, key)
) STRICT;
CREATE INDEX job_ended ON job (ended);

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

CREATE TABLE test_passed (
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	test INTEGER NOT NULL REFERENCES test (id),
	ms INTEGER,
	PRIMARY KEY (job, test)
) STRICT, WITHOUT ROWID;

CREATE TABLE test_unpassed (
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	test INTEGER NOT NULL REFERENCES test (id),
	outcome INTEGER NOT NULL CHECK (outcome IN (1, 2, 3)), -- failed, skipped, error
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
	detail TEXT
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
