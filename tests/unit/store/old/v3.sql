-- What schema 3 added to that.
CREATE TABLE path (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE coverage_report (
	id INTEGER PRIMARY KEY,
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	format TEXT NOT NULL,
	lines INTEGER,
	lines_covered INTEGER,
	branches INTEGER,
	branches_covered INTEGER,
	functions INTEGER,
	functions_covered INTEGER,
	percent REAL,
	files INTEGER NOT NULL
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
CREATE TABLE coverage_gate (
	report INTEGER NOT NULL REFERENCES coverage_report (id) ON DELETE CASCADE,
	position INTEGER NOT NULL,
	metric TEXT NOT NULL,
	path INTEGER REFERENCES path (id),
	required REAL NOT NULL,
	actual REAL,
	PRIMARY KEY (report, position)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE lint_count (
	job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	rule INTEGER NOT NULL REFERENCES lint_rule (id),
	path INTEGER NOT NULL REFERENCES path (id),
	count INTEGER NOT NULL,
	line INTEGER,
	PRIMARY KEY (job, rule, path)
) STRICT, WITHOUT ROWID;
INSERT INTO path VALUES (1, 'src/a.py');
INSERT INTO coverage_report VALUES (1, 3, 'cobertura', 10, 7, NULL, NULL, NULL, NULL, 70.0, 1);
INSERT INTO coverage_file VALUES (1, 1, 10, 7, NULL, NULL);
INSERT INTO coverage_gate VALUES (1, 0, 'lines', NULL, 80.0, 70.0);
INSERT INTO lint_report VALUES (2, 'flake8', 2, 0, 0);
INSERT INTO lint_rule VALUES (1, 'flake8', 'F401', 'error');
INSERT INTO lint_count VALUES (2, 1, 1, 2, 1);
PRAGMA user_version = 3;
