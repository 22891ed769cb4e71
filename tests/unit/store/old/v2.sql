-- What schema 2 added to it.
CREATE TABLE passing (
	repository TEXT NOT NULL,
	workflow TEXT NOT NULL,
	job TEXT NOT NULL,
	runs INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	shapes BLOB NOT NULL,
	PRIMARY KEY (repository, workflow, job)
) STRICT;
INSERT INTO passing VALUES ('acme/anvil', 'ci', 'test (3.12)', 4, 1780272000000000, x'0102030405060700');
PRAGMA user_version = 2;
