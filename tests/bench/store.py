"""What the history costs, beside peers in the same run: SQLite driven by a Python script in one transaction, and by a commit per row. usage: store.py BUILD [ROWS]

ROWS are test results in runs of 2,000 (default a million; the goals are stated for ten million). Times are CPU seconds but where it says wall.
"""
import glob, json, os, random, resource, shutil, sqlite3, subprocess, sys, tempfile, time

import inputs

BUILD = os.path.abspath(sys.argv[1]) if __name__ == '__main__' else None
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..')
COMMITS = 400  # of the peer that commits each row: the rest is reckoned, or it would take minutes


def say(what, value, unit, wanted, good):
    print(f'{what:44} {value:12.4g} {unit:14} wanted {wanted:<14} {"" if good else "MISSED"}', flush=True)


def cpu_of(argv):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock = time.monotonic()
    out = subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - clock, out


def rows_file(path, count):
    generator = inputs.shared('gen_logs.py')
    if generator:
        subprocess.run([sys.executable, generator, 'rows', '--count', str(count), '-o', path], check=True, stdout=subprocess.DEVNULL)
        return
    rng = random.Random(1)
    with open(path, 'w', encoding='utf8') as out:
        for run in range(count // 2000):
            flaky = rng.random()
            for test in range(2000):
                failed = test % 100 == 7 and (test * flaky) % 1 < 0.05
                out.write(f'{run + 1}\t{run // 2:040x}\t{1785000000 + run * 2000}\ttests/unit/test_module_{test % 97}.py::test_case_number_{test}\t{int(failed)}\t{(run + test * 7919) % 997}\n')


def logs_folder(path):
    generator = inputs.shared('gen_logs.py')
    if generator:
        subprocess.run([sys.executable, generator, 'seed16', '-o', path], check=True, stdout=subprocess.DEVNULL)
    else:
        os.mkdir(path)
        for n in range(16):
            inputs.write_log(os.path.join(path, f'job-{n:02}.log'), 250 << 10, lambda rng, i: f'tests/test_{i % 97}.py::test_case_{i} PASSED [ {i % 100:2}%]', seed=n)
    return sorted(glob.glob(os.path.join(path, '*.log')))


# What the peers are: a script that reads the same logs and inserts a row per result. Run as a program of its own, so that its start counts as ours does.
SCRIPT = '''
import re, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE result (run INTEGER, test TEXT, outcome TEXT, message TEXT)")
pattern, n, most = re.compile(r"(\\S+::\\S+) (?:\\x1b\\[[0-9;]*m)?(PASSED|FAILED|SKIPPED|ERROR)"), 0, int(sys.argv[2])
if not most:
    db.execute("BEGIN")
for run, path in enumerate(sys.argv[3:]):
    for line in open(path, encoding="utf8", errors="replace"):
        found = pattern.search(line)
        if found and (not most or n < most):
            db.execute("INSERT INTO result VALUES (?, ?, ?, NULL)", (run, found[1], found[2]))
            n += 1
if not most:
    db.execute("COMMIT")
print(n)
'''


def from_logs(program, top):
    logs = logs_folder(os.path.join(top, 'logs'))
    script = os.path.join(top, 'peer.py')
    with open(script, 'w', encoding='utf8') as out:
        out.write(SCRIPT)
    ours = min(cpu_of([program, 'analyze', '--record', '--no-color', '-q', '--db', os.path.join(top, f'logs{i}.db'), *logs])[:2] for i in range(3))
    peer = min(cpu_of([sys.executable, '-S', script, os.path.join(top, f'peer{i}.db'), '0', *logs])[:2] for i in range(3))
    slow = cpu_of([sys.executable, '-S', script, os.path.join(top, 'slow.db'), str(COMMITS), *logs])
    rows = int(cpu_of([sys.executable, '-S', script, os.path.join(top, 'count.db'), '0', *logs])[2])
    kept = sqlite3.connect(os.path.join(top, 'logs0.db')).execute('SELECT count(*) FROM test_results').fetchone()[0]
    each = slow[1] * rows / COMMITS
    print(f'{len(logs)} job logs: {kept} results kept by us, {rows} by the peer')
    say('logs to committed rows, beside one transaction', ours[0] / peer[0], 'x CPU', '<= 0.2', ours[0] <= 0.2 * peer[0])
    say('... beside a commit per row', ours[1] / each, 'x wall', '<= 0.001', ours[1] <= each / 1000)


def peer_rows(top, rows):
    """The same rows by sqlite3 of Python, all in one transaction, numbered names."""
    before = time.process_time()
    db = sqlite3.connect(os.path.join(top, 'rows-peer.db'), isolation_level=None)
    db.executescript('PRAGMA journal_mode = WAL; CREATE TABLE test (id INTEGER PRIMARY KEY, name TEXT UNIQUE);'
                     'CREATE TABLE result (run INTEGER, test INTEGER, outcome INTEGER, ms INTEGER, PRIMARY KEY (run, test)) WITHOUT ROWID; BEGIN')
    names, n = {}, 0
    with open(rows, encoding='utf8') as lines:
        for line in lines:
            run, _, _, test, outcome, ms = line.split('\t')
            if test not in names:
                names[test] = db.execute('INSERT INTO test (name) VALUES (?)', (test,)).lastrowid
            db.execute('INSERT INTO result VALUES (?, ?, ?, ?)', (int(run), names[test], int(outcome), int(ms)))
            n += 1
    db.execute('COMMIT')
    db.close()
    return n / (time.process_time() - before), os.path.getsize(os.path.join(top, 'rows-peer.db')) / n


def from_rows(tool, top, count):
    rows, path = os.path.join(top, 'rows.tsv'), os.path.join(top, 'rows.db')
    rows_file(rows, count)
    told = json.loads(subprocess.run([tool, 'ingest', rows, path], check=True, stdout=subprocess.PIPE).stdout)
    peer_rate, peer_bytes = peer_rows(top, rows)
    os.unlink(rows)
    rate, db = told['results'] / told['cpu'], sqlite3.connect(path)
    passed = db.execute('SELECT sum(passed) FROM pack').fetchone()[0]
    unpassed = db.execute('SELECT count(*) FROM test_unpassed').fetchone()[0]
    tables = dict(db.execute('SELECT name, sum(pgsize) FROM dbstat GROUP BY name')) if has_dbstat(db) else {}
    db.close()
    print(f'{told["results"]} results; the peer: {peer_rate / 1e6:.2f} M/s, {peer_bytes:.1f} bytes a result')
    say('recorded', rate / 1e6, 'M/s', '>= 1', rate >= 1e6)
    say('all of the file, a passed result', os.path.getsize(path) / passed, 'bytes', '<= 5', os.path.getsize(path) <= 5 * passed)
    if unpassed and tables:
        size = sum(v for k, v in tables.items() if k.startswith('test_unpassed')) / unpassed
        say('what did not pass, a result', size, 'bytes', '<= 600', size <= 600)
    ask(tool, path)


def has_dbstat(db):
    try:
        return bool(db.execute('SELECT count(*) FROM dbstat').fetchone())
    except sqlite3.OperationalError:
        return False


LIMITS = {'report of a week': 100, 'report of 30 days': None, 'report of all': None, 'report of a week, again': 100, 'weekly set': 100, 'weekly set, 90 days of what failed': 100, 'all results': None}


def ask(tool, path):
    out = subprocess.run([tool, 'ask', path], check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in out.splitlines():
        one = json.loads(line)
        if one['question'] == 'all results':
            rate = one['n'] / one['ms'] / 1000
            say('all results read', rate, 'M/s', '>= 5', rate >= 5)
            continue
        limit = LIMITS.get(one['question'], 30)
        say(one['question'], one['ms'], 'ms', f'<= {limit}' if limit else '', not limit or one['ms'] <= limit)


def main(program, tool, count):
    top = tempfile.mkdtemp()
    try:
        from_logs(program, top)
        from_rows(tool, top, count)
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == '__main__':
    built = os.path.join(BUILD, 'bench-store')
    flags = subprocess.run(['pkg-config', '--cflags', '--libs', *'libcurl libgit2 libcjson sqlite3 libcrypto libssl libpcre2-8 yaml-0.1 expat zlib libarchive'.split()],
                           capture_output=True, text=True, check=True).stdout.split()
    subprocess.run(['cc', '-O2', '-std=c17', '-D_GNU_SOURCE', '-I' + os.path.join(ROOT, 'agent'), '-o', built, os.path.join(HERE, 'store.c'), os.path.join(BUILD, 'librunmedic.a'), *flags, '-lm', '-lpthread'], check=True)
    main(os.path.join(BUILD, 'runmedic'), built, int(sys.argv[2]) if len(sys.argv) > 2 else 1000000)
