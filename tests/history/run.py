#!/usr/bin/env python3
"""`runmedic history` against a real git server: many at once, killed, lied to; and files.

usage: run.py PROGRAM [NAME]        last line: "history: N passed, N failed[, N skipped]"
"""
import csv, glob, hashlib, io, json, os, random, resource, shutil, signal, sqlite3, subprocess, sys, tempfile, time, warnings
warnings.simplefilter('ignore')  # newer jsonschema would rather have `referencing`, which Debian 12 has not
import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, '..', '..'))
sys.path[:0] = [HERE, os.path.join(ROOT, 'tests', 'github')]
import git_server

PROGRAM = os.path.realpath(sys.argv[1])
ONLY = sys.argv[2] if len(sys.argv) > 2 else None
TOKEN = 'ghs_' + 'History0Test1Token2' * 2
REPO = 'octo/widgets'
NOW = 1795000000
FACTS = 'refs/runmedic/facts/'
counts = {'passed': 0, 'failed': 0}
TOP = tempfile.mkdtemp(prefix='history-test-')
SANITIZED = 'asan' in PROGRAM
SCENARIOS = []


def check(good, what):
    counts['passed' if good else 'failed'] += 1
    if not good:
        print(f'history: {SCENARIO}: {what}')
    return good


def equal(got, wanted, what):
    check(got == wanted, f'{what}: {str(got)[:600]!r}, not {str(wanted)[:600]!r}')


def scenario(f):
    SCENARIOS.append(f)
    return f


# ---- facts ------------------------------------------------------------------------------------

def line(fact):
    return json.dumps(fact, separators=(',', ':'), ensure_ascii=False)


def roster(count, prefix='tests/unit/test_a.py::test_'):
    return line({'fact': 'tests', 'names': sorted(f'{prefix}{i:05d}' for i in range(count))})


def facts(run, attempt=1, tests=20, fork=False, failed=(3,), day=0, key='job', seed=None):
    """The lines of one execution, as export writes them."""
    names, rng = roster(tests), random.Random(seed if seed is not None else f'{run} {attempt} {key}')
    ended = (NOW + 60 * run + 86400 * day) * 1000000
    execution = {
        'fact': 'execution', 'repository': REPO, 'run': run, 'attempt': attempt, 'digest': None, 'key': key, 'space': 'ci', 'fork': fork, 'name': key,
        'workflow': 'CI', 'branch': 'main', 'sha': f'{run:040x}', 'event': 'push', 'url': None, 'os': 'ubuntu-24.04', 'image': None, 'conclusion': 'failure' if failed else 'success',
        'started': ended - 90000000, 'ended': ended, 'step': None, 'command': None, 'exit_code': None, 'passed': tests - len(failed), 'failed': len(failed), 'skipped': 0, 'errors': 0,
        'dropped': 0,
        'findings': [{'signature': '1:' + hashlib.sha256(str(run % 7).encode()).hexdigest(), 'rule': 'python/pytest-failed', 'category': 'test', 'severity': 'error', 'rank': 'cause',
                      'confidence': 0.9, 'transient': False, 'log_line': 10, 'path': 'tests/test_a.py', 'line': 3, 'title': 'A test failed', 'message': 'assert 1 == 2',
                      'excerpt': 'E assert 1 == 2'}] if failed else [],
        'coverage': [], 'linters': [], 'lint': [], 'tests': hashlib.sha256(names.encode()).hexdigest(),
        'ms': [-1 if i in failed else rng.randrange(900) for i in range(tests)], 'unpassed': [[i, 'failed', 12, 'assert 1 == 2'] for i in failed]}
    return [names, line(execution)]


def outcome(run, what='green'):
    return line({'fact': 'outcome', 'at': (NOW + run) * 1000000, 'fixer': 'python/black', 'signature': '1:' + 'a' * 64, 'sha': f'{run:040x}', 'outcome': what})


# ---- machines and a server --------------------------------------------------------------------

class World:
    """A git server with one repository, and runners that have a database of their own each."""

    def __init__(self, token=TOKEN):
        self.folder = tempfile.mkdtemp(dir=TOP)
        self.root, self.tmp = (os.path.join(self.folder, d) for d in ('server', 'tmp'))
        for d in (self.root, self.tmp):
            os.mkdir(d)
        self.git_dir = git_server.create(self.root, REPO)
        self.server = git_server.Server(self.root, token)
        self.env = {'PATH': '/usr/bin:/bin', 'HOME': self.folder, 'TMPDIR': self.tmp, 'LC_ALL': 'C.UTF-8', 'NO_COLOR': '1', 'GITHUB_SERVER_URL': self.server.url,
                    'GITHUB_TOKEN': TOKEN, 'GITHUB_REPOSITORY': REPO, 'RUNMEDIC_NOW': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(NOW + 86400)),
                    'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', ''), 'UBSAN_OPTIONS': os.environ.get('UBSAN_OPTIONS', '')}
        self.printed = b''

    def git(self, *words, **more):
        return subprocess.run(['git', '-C', self.git_dir, *words], check=True, capture_output=True, env={**git_server.ENV, 'GIT_AUTHOR_NAME': 't', 'GIT_AUTHOR_EMAIL': 't@x',
                              'GIT_COMMITTER_NAME': 't', 'GIT_COMMITTER_EMAIL': 't@x'}, **more).stdout.decode(errors='replace').strip()

    def refs(self):
        return dict(reversed(row.split()) for row in self.git('for-each-ref', '--format=%(objectname) %(refname)', 'refs/runmedic').splitlines())

    def db(self, name):
        return os.path.join(self.folder, name + '.db')

    def start(self, name, *args, **env):
        return subprocess.Popen([PROGRAM, 'history', *args, '--db', self.db(name)], cwd=self.folder, env={**self.env, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def end(self, p, text=None):
        out, err = p.communicate(text.encode(errors='surrogateescape') if text is not None else None, timeout=300)
        self.printed += out + err
        p.out, p.err = out.decode(errors='replace'), err.decode(errors='replace')
        if 'Sanitizer' in p.err or 'runtime error' in p.err:
            check(False, f'a sanitizer complains: {p.err[-1500:]}')
        return p

    def run(self, name, *args, status=0, text=None, **env):
        p = self.end(self.start(name, *args, **env), text)
        check(p.returncode == status, f'{" ".join(args)}: exit {p.returncode}, not {status}: {p.out[-200:]} {p.err[-400:]}')
        return p

    def answer(self, name, *args, **more):
        p = self.run(name, *args, '--format', 'json', **more)
        try:
            found = json.loads(p.out)
        except ValueError:
            check(False, f'{args}: no JSON: {p.out[:200]} {p.err[-300:]}')
            return {}
        judge(found)
        return found

    def know(self, name, *lines):
        """This runner has recorded these."""
        self.run(name, 'import', '-', '-q', text='\n'.join(lines) + '\n')

    def told(self, name):
        """All that a runner knows, in an order of its own."""
        return sorted(self.run(name, 'export').out.splitlines()[1:])

    def runs(self, name):
        with sqlite3.connect(self.db(name)) as db:
            return [row[0] for row in db.execute('SELECT DISTINCT number FROM run ORDER BY 1')]

    def put(self, ref, files, **more):
        """What somebody else pushes: a commit with these files."""
        rows = ''.join(f'100644 blob {self.git("hash-object", "-w", "--stdin", input=text if isinstance(text, bytes) else text.encode())}\t{path}\n' for path, text in files.items())
        tree = self.git('mktree', input=rows.encode())
        self.git('update-ref', FACTS + ref, self.git('commit-tree', tree, '-m', 'x'))

    def close(self):
        check(TOKEN.encode() not in self.printed, 'the token was printed')
        for path in glob.glob(self.folder + '/*.db*'):
            with open(path, 'rb') as f:
                check(TOKEN.encode() not in f.read(), f'the token is in {path}')
        self.server.shutdown()
        shutil.rmtree(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def closed(schema):
    """The schema with no room for members that it does not name."""
    if isinstance(schema, list):
        return [closed(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    new = {k: closed(v) for k, v in schema.items()}
    return {**new, 'additionalProperties': False} if 'properties' in schema and 'type' in schema else new


STORE = {}
for path in glob.glob(os.path.join(ROOT, 'docs', 'schema', '*.json')):
    with open(path, encoding='utf8') as f:
        STORE['file:///' + os.path.basename(path)] = closed(json.load(f))


def judge(answer):
    uri = 'file:///history.json'
    validator = jsonschema.Draft202012Validator(STORE[uri], resolver=jsonschema.RefResolver(uri, STORE[uri], store=STORE))
    error = jsonschema.exceptions.best_match(validator.iter_errors(answer))
    check(not error, f'schema: {"/".join(map(str, error.absolute_path))}: {error.message[:300]}' if error else '')


# ---- there and back ---------------------------------------------------------------------------

@scenario
def facts_go_round():
    with World() as w:
        w.know('a', *facts(1), *facts(2, attempt=2, tests=2000), *facts(2, attempt=2, key='other'), outcome(1))
        found = w.answer('a', 'push')
        equal((found['runs'], found['pushed'], found['known'], found['refused']), (3, 3, 0, []), 'push')
        equal([r[len(FACTS):] for r in sorted(w.refs())], ['1-1', '2-2', 'on-20261118'], 'refs')
        equal(w.git('rev-list', '--count', '--all'), '3', 'commits without parents')
        found = w.answer('b', 'pull')
        equal((found['refs'], found['fetched'], found['new'], found['refused']), (3, 3, 4, []), 'pull')
        equal(w.told('b'), w.told('a'), 'what came over')
        before = w.refs()
        found = w.answer('a', 'push')
        equal((found['pushed'], found['known']), (0, 3), 'a second push')
        found = w.answer('b', 'push')
        equal((found['pushed'], found['known']), (0, 3), 'what was pulled is not pushed')
        found = w.answer('b', 'pull')
        equal((found['refs'], found['fetched'], found['new']), (3, 0, 0), 'a second pull')
        equal(w.refs(), before, 'refs did not change')
        w.know('b', *facts(2, attempt=2, key='third'))
        found = w.answer('b', 'push', '--run', '2')
        equal((found['runs'], found['pushed']), (2, 1), 'more of a run')  # with what belongs to none
        equal(len(w.refs()), 4, 'stands beside it')
        w.run('a', 'pull')
        equal(w.told('a'), w.told('b'), 'the same again')
        equal(os.listdir(w.tmp), [], 'left in the temporary folder')


@scenario
def one_run_only():
    with World() as w:
        w.know('a', *facts(1), *facts(2), *facts(2, attempt=2))
        found = w.answer('a', 'push', '--run', '2')
        equal((found['runs'], found['pushed']), (2, 2), 'push --run')
        equal([r[len(FACTS):] for r in sorted(w.refs())], ['2-1', '2-2'], 'refs')
        p = w.run('a', 'push', '--run', 'x', status=2)
        check('--run' in p.err, p.err)
        p = w.run('empty', 'push')
        check('Nothing here' in p.out, p.out)


@scenario
def a_run_is_small():
    with World() as w:
        w.know('a', *facts(1, tests=2000))
        w.run('a', 'push')
        sizes = {}
        for row in w.git('cat-file', '--batch-check=%(objectname) %(objectsize:disk)', '--batch-all-objects').splitlines():
            name, size = row.split()
            sizes[name] = int(size)
        shared = w.git('ls-tree', FACTS + '1-1').splitlines()
        shared = next(row.split()[2] for row in shared if 'tests-' in row)
        size = sum(sizes.values()) - sizes[shared]
        print(f'history: a run of 2,000 tests takes {size} bytes there, the list of their names {sizes[shared]} once for all runs')
        check(size <= 8192, f'{size} bytes')


@scenario
def forks_stay_forks():
    with World() as w:
        w.know('a', *facts(1), *facts(2, fork=True))
        w.run('a', 'push')
        equal(sorted(w.refs()), ['refs/runmedic/facts-fork/2-1', FACTS + '1-1'], 'refs')
        # what a fork's ref says of itself is not believed
        text = '{"schema":"runmedic.facts/1","at":"2026-11-18T00:00:00Z"}\n' + facts(3)[1] + '\n'
        w.put('x', {'3-1': text, 'tests-' + json.loads(facts(3)[1])['tests'][:12]: '{"schema":"runmedic.facts/1","at":""}\n' + facts(3)[0] + '\n'})
        w.git('update-ref', 'refs/runmedic/facts-fork/3-1', FACTS + 'x')
        w.git('update-ref', '-d', FACTS + 'x')
        w.run('b', 'pull')
        with sqlite3.connect(w.db('b')) as db:
            equal(db.execute('SELECT run, trust FROM runs ORDER BY run').fetchall(), [(1, 'full'), (2, 'fork'), (3, 'fork')], 'trust')
        w.run('b', 'compact', '--force')
        equal(sorted(r.rsplit('/', 1)[0] for r in w.refs()), ['refs/runmedic/facts', 'refs/runmedic/facts-fork'], 'compacted apart')
        w.run('c', 'pull')
        equal(w.told('c'), w.told('b'), 'after compaction')
        with open(os.path.join(w.folder, 'f'), 'w', encoding='utf8') as f:
            f.write('\n'.join(facts(5)) + '\n')
        w.run('d', 'import', 'f', '--fork')
        with sqlite3.connect(w.db('d')) as db:
            equal(db.execute('SELECT trust FROM runs').fetchall(), [('fork',)], 'imported as a fork')


# ---- many -------------------------------------------------------------------------------------

def posts(w):
    with open(os.path.join(w.root, 'requests'), encoding='utf8') as f:
        rows = [json.loads(row) for row in f]
    return sum(r['method'] == 'POST' and 'receive-pack' in r['path'] for r in rows)


@scenario
def a_hundred_push_at_once():
    with World() as w:
        n = 20 if SANITIZED else 100
        for i in range(1, n + 1):
            w.know(f'r{i}', *facts(i, tests=200))
        began = time.time()
        pushing = [w.start(f'r{i}', 'push', '--run', str(i)) for i in range(1, n + 1)]
        for p in pushing:
            w.end(p)
        print(f'history: {n} pushers at once: {time.time() - began:.1f} s')
        equal([p.err[-200:] for p in pushing if p.returncode], [], 'pushers that failed')
        equal(len(w.refs()), n, 'refs')
        equal(posts(w), n, 'pushes: nobody had to try again')
        w.run('b', 'pull')
        equal(w.runs('b'), list(range(1, n + 1)), 'runs that came over')


def fill(w, n, tests=20):
    """n refs, as n pushers would have made them."""
    rows, marks = [], {}
    def blob(text):
        if text not in marks:
            marks[text] = len(marks) + 1
            data = text.encode()
            rows.append(b'blob\nmark :%d\ndata %d\n%s\n' % (marks[text], len(data), data))
        return marks[text]
    for i in range(1, n + 1):
        names, execution = facts(i, tests=tests)
        a = blob('{"schema":"runmedic.facts/1","at":"2026-11-18T00:00:00Z"}\n' + execution + '\n')
        b = blob('{"schema":"runmedic.facts/1","at":""}\n' + names + '\n')
        rows.append(b'commit %s%d-1\ncommitter runmedic <r@x> %d +0000\ndata 0\nM 100644 :%d %d-1\nM 100644 :%d tests-%s\n\n' % (
            FACTS.encode(), i, NOW, a, i, b, json.loads(execution)['tests'][:12].encode()))
    w.git('fast-import', '--quiet', input=b''.join(rows))


@scenario
def a_thousand_refs_are_pulled():
    with World() as w:
        fill(w, 1000, tests=200)
        began, used = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
        found = w.answer('b', 'pull')
        spent = time.time() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f'history: 1,000 loose refs pulled in {spent:.2f} s (processor {after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime:.2f} s, with the server)')
        equal((found['refs'], found['new'], found['refused']), (1000, 1000, []), 'pull')
        began = time.time()
        found = w.answer('b', 'pull')
        print(f'history: nothing new in 1,000 refs: {time.time() - began:.2f} s')
        equal((found['fetched'], found['new']), (0, 0), 'again')
        began = time.time()
        found = w.answer('b', 'compact')
        print(f'history: 1,000 loose refs compacted in {time.time() - began:.2f} s')
        equal((found['before'], found['after'], found['moved']), (1000, 1, 0), 'compact')
        w.run('c', 'pull')
        equal(w.told('c'), w.told('b'), 'after compaction')


@scenario
def compaction_and_pushers_at_once():
    with World() as w:
        n = 12 if SANITIZED else 40
        fill(w, 30)
        for i in range(101, 101 + n):
            w.know(f'r{i}', *facts(i))
        pushing = [w.start(f'r{i}', 'push', '--run', str(i)) for i in range(101, 101 + n)]
        rounds = 0
        while any(p.poll() is None for p in pushing) or not rounds:
            two = [w.start('x', 'compact', '--force'), w.start('y', 'compact', '--force')]  # two that do not know of each other
            for p in two:
                w.end(p)
                check(p.returncode in (0, 2) and (p.returncode == 0 or 'compaction' in p.err), f'compact: {p.returncode} {p.err}')
            w.run('b', 'pull')
            rounds += 1
        for p in pushing:
            w.end(p)
            check(p.returncode == 0, f'push: {p.err}')
        w.run('x', 'compact', '--force')
        for name in ('b', 'c'):
            w.run(name, 'pull')
            equal(w.runs(name), list(range(1, 31)) + list(range(101, 101 + n)), f'nothing is lost ({rounds} compactions)')
        equal(len(w.refs()), 1, 'refs at the end')


@scenario
def folding_begins_at_two_hundred():
    with World() as w:
        fill(w, 200)
        found = w.answer('a', 'compact')
        equal((found['done'], found['before']), (False, 200), 'few enough')
        w.know('a', *facts(201))
        w.run('a', 'push')
        found = w.answer('a', 'compact')
        equal((found['done'], found['before'], found['after']), (True, 201, 1), 'one more')
        w.git('update-ref', 'refs/runmedic/lease', w.git('commit-tree', w.git('mktree', input=b''), '-m', 'x'))
        p = w.run('a', 'compact', '--force', RUNMEDIC_NOW=time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()))
        check('lease' not in str(w.refs()), 'the lease is given back')
        fill(w, 201)
        w.git('update-ref', 'refs/runmedic/lease', w.git('commit-tree', w.git('mktree', input=b''), '-m', 'x'))
        p = w.run('a', 'compact', status=2, RUNMEDIC_NOW=time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()))
        check('another compaction is under way' in p.err, p.err)


# ---- killed -----------------------------------------------------------------------------------

@scenario
def killed_at_any_moment():
    """kill -9 at random moments of each command; what is done again ends well."""
    rng, seen = random.Random(7), set()
    with World() as w:
        w.know('a', *(text for i in range(1, 31) for text in facts(i, tests=100)))
        began = time.time()
        for i in range(4 if SANITIZED else 12):
            p = w.start('a', 'push')
            time.sleep(rng.random() * 0.4)
            p.send_signal(signal.SIGKILL)
            w.end(p)
        w.run('a', 'push')
        for i in range(31, 60):
            w.know('a', *facts(i))
            if i % 5 == 0:
                w.run('a', 'push', '--run', str(i))
        w.run('a', 'push')
        for i in range(4 if SANITIZED else 16):
            p = w.start('x', 'compact', '--force')
            time.sleep(rng.random() * 0.5)
            p.send_signal(signal.SIGKILL)
            w.end(p)
            seen.add(len(w.refs()))
            w.run('seen', 'pull')
            equal(w.runs('seen'), list(range(1, 60)), 'after a killed compaction')
        for i in range(4 if SANITIZED else 12):
            p = w.start('b', 'pull')
            time.sleep(rng.random() * 0.3)
            p.send_signal(signal.SIGKILL)
            w.end(p)
        w.run('b', 'pull')
        equal(w.told('b'), w.told('a'), 'after killed pulls')
        w.run('x', 'compact', '--force')
        equal(len(w.refs()), 1, f'at the end (refs in between: {sorted(seen)})')
        w.run('c', 'pull')
        equal(w.told('c'), w.told('a'), 'after all of it')
        w.run('b', 'check')


# ---- refusals ---------------------------------------------------------------------------------

@scenario
def the_server_says_no():
    with World() as w:
        w.know('a', *facts(1))
        for words in (['push'], ['pull'], ['compact'], ['status', '--remote']):
            p = w.run('a', *words, status=2, GITHUB_TOKEN='')
            check('there is none' in p.err, p.err)
            p = w.run('a', *words, status=2, GITHUB_TOKEN='ghs_' + 'wrong' * 8)
            check('does not take the token' in p.err, p.err)
            p = w.run('a', *words, status=2, GITHUB_SERVER_URL=w.server.url + '/status-403')
            check('contents: write' in p.err, p.err)
            if words != ['push']:  # it has nothing to push
                p = w.run('a', *words, status=2, GITHUB_REPOSITORY='octo/nothing')
                check('no such repository' in p.err, p.err)
            p = w.run('a', *words, status=2, GITHUB_SERVER_URL='http://127.0.0.1:9')
            check('connect' in p.err, p.err)
            p = w.run('a', *words, status=2, GITHUB_SERVER_URL='http://example.org')
            check('https' in p.err, p.err)
        w.git('update-ref', FACTS + '1-1', w.git('commit-tree', w.git('mktree', input=b''), '-m', 'x'))
        found = w.answer('a', 'push')
        equal((found['pushed'], len(w.refs())), (1, 2), 'a name that is taken')


@scenario
def what_others_put_there():
    with World() as w:
        w.know('a', *facts(1))
        w.run('a', 'push')
        first, second = '{"schema":"runmedic.facts/1","at":"2026-11-18T00:00:00Z"}\n', facts(2)[1]
        w.put('bad', {'2-1': first + 'no JSON at all\n'})
        w.put('deep', {'2-1': first + '[' * 100000 + '\n'})
        w.put('later', {'2-1': '{"schema":"runmedic.facts/2"}\n{}\n'})
        w.put('kind', {'2-1': first + '{"fact":"wish","a":1}\n'})
        w.put('huge', {'2-1': b'\0' * (20 << 20)})
        w.put('code', {'main.c': 'int main(void) { return 0; }\n'})
        w.put('waits', {'4-1': first + facts(4, tests=33)[1] + '\n'})
        w.put('lies', {'2-1': first + second.replace('"ms":[', '"ms":["x",') + '\n', 'tests-1': first + facts(2)[0] + '\n'})
        w.git('update-ref', FACTS + 'blob', w.git('hash-object', '-w', '--stdin', input=b'x'))
        w.know('b', *facts(9))
        w.run('b', 'push')
        found = w.answer('c', 'pull')
        equal(w.runs('c'), [1, 9], 'the rest is merged')
        for name in ('bad', 'deep', 'later', 'kind', 'huge', 'code', 'lies', 'blob'):
            why = [r['why'] for r in found['refused'] if r['where'] == FACTS + name]
            check(len(why) == 1 and len(why[0]) > 10, f'{name}: {why}')
        equal(found['waiting'], 1, 'names no list of tests')
        p = w.run('d', 'pull')
        check(FACTS + 'later: left out: ' in p.err and 'update runmedic' in p.err, p.err)
        equal(len(w.refs()), 11, 'refs')
        w.run('c', 'compact', '--force')
        check({FACTS + n for n in ('later', 'huge', 'code', 'blob')} <= set(w.refs()), f'what is not ours stays: {sorted(w.refs())}')
        w.run('e', 'pull')
        equal(w.runs('e'), [1, 9], 'after compaction')


@scenario
def hostile_files():
    with World() as w:
        good = facts(1)
        text = '\n'.join(['nonsense', good[0], good[1], '{"fact":"execution"}', '{}', '[]', 'null', '"x"', '{"fact":"tests","names":[1]}', '\x00\x01', good[1][:-50], '{"fact":"outcome","at":"x"}',
                          line({**json.loads(facts(4)[1]), 'ms': [1] * 5}), line({**json.loads(facts(5)[1]), 'run': -1, 'unpassed': [[99999, 'failed', 1, 'x']]})]) + '\n'
        p = w.run('a', 'import', '-', status=2, text=text)
        check('standard input:1: left out:' in p.err, p.err)
        equal(w.runs('a'), [1], 'only what is good')
        secret = line({**json.loads(facts(6)[1]), 'branch': 'token=ghp_' + 'a1B2' * 9, 'workflow': 'x' * 100000})
        w.run('a', 'import', '-', text='\n'.join([facts(6)[0], secret]))
        with sqlite3.connect(w.db('a')) as db:
            branch, workflow = db.execute('SELECT branch, workflow FROM run WHERE number = 6').fetchone()
            check('ghp_' not in branch, f'a secret was stored: {branch}')
            check(len(workflow) <= 1024, f'{len(workflow)} bytes of a name')
        p = w.run('a', 'import', '/nowhere', status=2)
        check('/nowhere' in p.err, p.err)
        p = w.run('a', 'import', w.folder, status=2)
        check('is a folder' in p.err, p.err)
        p = w.run('a', 'import', status=2)
        check('import takes files' in p.err, p.err)
        p = w.run('a', 'import', '/dev/zero', status=2)
        check('bytes' in p.err, p.err)


# ---- files ------------------------------------------------------------------------------------

@scenario
def files_go_round():
    with World() as w:
        w.know('a', *facts(1), *facts(2, tests=300, failed=()), *facts(2, attempt=2, fork=True), outcome(4))
        path = os.path.join(w.folder, 'all.ndjson')
        w.run('a', 'export', '--output', path)
        found = w.answer('b', 'import', path)
        equal((found['new'], found['known'], found['refused']), (4, 0, []), 'import')
        equal(w.told('b'), w.told('a'), 'export and import')
        equal(w.run('b', 'export').out.splitlines()[1:], w.run('a', 'export').out.splitlines()[1:], 'even their order')
        found = w.answer('b', 'import', path, path)
        equal((found['new'], found['known']), (0, 8), 'twice more')
        for view in ('runs', 'jobs', 'failures', 'signatures', 'test_results', 'flips', 'flaky_tests', 'recoveries', 'fix_attempts', 'outcomes', 'deliveries', 'reruns', 'coverage', 'lint',
                     'lint_runs', 'audit_log'):
            rows = list(csv.reader(io.StringIO(w.run('a', 'export', '--format', 'csv', '--view', view).out)))
            with sqlite3.connect(w.db('a')) as db:
                wanted = db.execute(f'SELECT * FROM {view}')
                equal(rows[0], [c[0] for c in wanted.description], f'columns of {view}')
                equal(len(rows) - 1, len(wanted.fetchall()), f'rows of {view}')
        p = w.run('a', 'export', '--format', 'csv', '--view', 'nothing', status=2)
        check('test_results' in p.err, p.err)
        w.know('a', line({**json.loads(facts(7)[1]), 'name': '=cmd|" /c calc"!A1', 'tests': None, 'ms': None, 'unpassed': None}).replace(',"tests":null,"ms":null,"unpassed":null', ''))
        rows = list(csv.reader(io.StringIO(w.run('a', 'export', '--format', 'csv', '--view', 'jobs').out)))
        check(any('\'=cmd|" /c calc"!A1' in row for row in rows), 'a formula is text')
        p = w.run('a', 'export', '--output', os.path.join(w.folder, 'no', 'where'), status=2)
        check('cannot write' in p.err, p.err)
        with open('/dev/full', 'wb') as full:
            p = subprocess.run([PROGRAM, 'history', 'export', '--db', w.db('a')], env=w.env, stdout=full, stderr=subprocess.PIPE)
            check(p.returncode == 2 and b'standard output' in p.stderr, f'a full disk: {p.returncode} {p.stderr}')
        equal(glob.glob(path + '.*'), [], 'left beside the file')


@scenario
def any_order_ends_the_same():
    rng = random.Random(11)
    with World() as w:
        pool = []
        for i in range(1, 13):
            pool.append(facts(i, tests=30))
            pool.append(facts(i, tests=30, failed=(1, 2), seed=i))  # another record of the same execution
            pool.append(facts(i, attempt=2, tests=25, failed=(), fork=i % 4 == 0))
            pool.append([outcome(i, rng.choice(['green', 'red']))])
        wanted = None
        for n in range(3 if SANITIZED else 8):
            mine = pool + rng.sample(pool, 10)
            rng.shuffle(mine)
            cut = rng.randrange(len(mine))
            name = f'r{n}'
            w.know(name, *(text for part in mine[:cut] for text in part))
            w.know(name, *(text for part in mine[cut:] for text in part))
            told = w.told(name)
            wanted = wanted or told
            equal(told, wanted, f'order {n}')
        # each knows a part; after a push and a pull all know all
        parts = [rng.sample(pool, len(pool) // 3) for _ in range(3)]
        parts[0] += [part for part in pool if not any(part in other for other in parts)]
        for n, part in enumerate(parts):
            w.know(f'p{n}', *(text for one in part for text in one))
        for n in rng.sample(range(3), 3) + rng.sample(range(3), 3):
            w.run(f'p{n}', 'push')
            if rng.random() < 0.5:
                w.run(f'p{n}', 'compact', '--force')
            w.run(f'p{n}', 'pull')
        for n in range(3):
            w.run(f'p{n}', 'pull')
            equal(w.told(f'p{n}'), wanted, f'runner {n} after push and pull')


# ---- keeping ----------------------------------------------------------------------------------

@scenario
def purging():
    with World() as w:
        w.know('a', *facts(1, day=-400), *facts(2), *facts(3))
        w.run('a', 'push', '--days', '1000')
        for words, says in ((['purge'], 'purge what'), (['purge', '--all'], '--yes'), (['purge', '--remote', '--keep', '30'], '--yes'),
                            (['purge', '--all', '--run', '2', '--yes'], '--all goes'), (['purge', '--remote', '--run', '2', '--yes'], '--remote goes')):
            p = w.run('a', *words, status=2)
            check(says in p.err, f'{words}: {p.err}')
        equal(w.runs('a'), [1, 2, 3], 'nothing went')
        found = w.answer('a', 'purge', '--keep', '300')
        equal((found['executions'], w.runs('a')), (1, [2, 3]), 'purge --keep')
        found = w.answer('a', 'purge', '--run', '2')
        equal((found['executions'], w.runs('a')), (1, [3]), 'purge --run')
        w.run('a', 'pull')
        equal(w.runs('a'), [3], 'what was purged does not come back')
        found = w.answer('a', 'purge', '--remote', '--keep', '300', '--yes')
        equal(found['dropped'], 1, 'purge --remote --keep')
        w.run('b', 'pull')
        equal(w.runs('b'), [2, 3], 'what is left there')
        found = w.answer('a', 'purge', '--all', '--yes')
        equal(w.runs('a'), [], 'purge --all')
        found = w.answer('a', 'purge', '--remote', '--all', '--yes')
        equal((found['refs'], w.refs()), (1, {}), 'purge --remote --all')


@scenario
def checking():
    with World() as w:
        w.know('a', *(text for i in range(1, 200) for text in facts(i)))
        equal(w.answer('a', 'check')['sound'], True, 'a sound history')
        with open(w.db('a'), 'r+b') as f:
            for page in range(3, 60, 2):
                f.seek(4096 * page)
                f.write(os.urandom(4096))
        found = w.answer('a', 'check', status=1)
        check(found['sound'] is False and 'damaged' in found['problem'], str(found))
        p = w.run('none', 'check', status=2)
        check('nothing was recorded yet' in p.err, p.err)


@scenario
def looking():
    with World() as w:
        w.know('a', *facts(1), *facts(2, fork=True))
        w.run('a', 'push')
        found = w.answer('a', 'status', '--remote')
        equal((found['executions'], found['refs']), (2, {'loose': 2, 'packed': 0, 'fork': 1}), 'status')
        found = w.answer('a')
        equal((found['action'], found['refs']), ('status', None), 'no word is status')
        for words in (['puhs'], ['push', 'x'], ['check', '--format', 'csv']):
            p = w.run('a', *words, status=2)
            check(p.err.startswith('runmedic history: '), p.err)


# ---- GitHub -----------------------------------------------------------------------------------

@scenario
def outcomes_are_read_back():
    """A history that was lost, and a GitHub that remembers; its git server takes the facts, too."""
    import fake_github
    with fake_github.FakeGitHub() as hub, World() as w:
        repo = hub.repository(REPO, files={'a.py': 'import os\n'})
        token = hub.token(contents='write', pull_requests='read')
        w.env.update({k: v for k, v in hub.env(token, REPO).items() if k.startswith('GITHUB_')})
        ends = {'1' * 12: 'merged', '2' * 12: 'closed', '3' * 12: 'reverted', '4' * 12: None, '5' * 12: 'squashed'}
        for i, (name, end) in enumerate(ends.items(), 1):
            message = f'Fix {i}\n\nWhy it was.\n\nRunmedic-Signature: 1:{name[0] * 64}\nRunmedic-Rule: python/black\nRunmedic-Fixer: python/black\nRunmedic-Run: https://github.com/{REPO}/actions/runs/{i}\n'
            hub.push(REPO, f'runmedic/{name}-abcdef', {f'f{i}.py': f'{i}\n'}, message=message, start='main')
            repo.add(pulls=[{'head': f'runmedic/{name}-abcdef', 'base': 'main', 'user': 'octo', 'body': 'A fix'}])
            number = repo.state()['issues'][-1]['number']
            if end in ('merged', 'reverted', 'squashed'):
                hub.merge(REPO, number, method='squash' if end == 'squashed' else 'merge')
            if end == 'reverted':
                hub.revert(REPO, 'main', next(c['sha'] for c in repo.commits('main') if c['message'].startswith('Fix 3')))
            if end == 'closed':
                hub.close_pull(REPO, number)
        hub.push(REPO, 'feature', {'x': 'y\n'}, message='Mine\n\nRunmedic-Fixer: python/black\n', start='main')
        repo.add(pulls=[{'head': 'feature', 'base': 'main', 'user': 'person', 'body': 'A fix'}])
        found = w.answer('a', 'pull', '--outcomes')
        equal((found['pulls'], found['fixes'], found['outcomes']), (5, 5, 4), 'what GitHub remembers')
        told = w.told('a')
        with sqlite3.connect(w.db('a')) as db:
            rows = db.execute("SELECT substr(signature, 3, 1), coalesce(outcome, ''), run, branch FROM deliveries ORDER BY 1").fetchall()
        equal(rows, [('1', 'merged', 1, 'main'), ('2', 'closed', 2, 'main'), ('3', 'reverted', 3, 'main'), ('4', '', 4, 'main'), ('5', 'merged', 5, 'main')], 'deliveries')
        w.run('a', 'pull', '--outcomes')
        equal(w.told('a'), told, 'told twice')
        w.know('a', *facts(1))
        found = w.answer('a', 'push', '--days', '1000')
        check(found['pushed'] >= 1, str(found))
        w.run('b', 'pull')
        equal(w.told('b'), w.told('a'), "by GitHub's own git server")
        reader = hub.token(contents='read')
        w.know('a', *facts(2))
        p = w.run('a', 'push', status=2, **{k: v for k, v in hub.env(reader, REPO).items() if k.startswith('GITHUB_')})
        check('contents: write' in p.err, p.err)


for SCENARIO_FUNCTION in SCENARIOS:
    SCENARIO = SCENARIO_FUNCTION.__name__
    if ONLY and ONLY not in SCENARIO:
        continue
    try:
        SCENARIO_FUNCTION()
    except Exception as error:  # the rest is still worth knowing
        import traceback
        if type(error).__name__ == 'Skip':
            counts['skipped'] = counts.get('skipped', 0) + 1
            print(f'history: {SCENARIO}: skipped: {error}')
            continue
        check(False, f'{type(error).__name__}: {error} {traceback.format_exc()[-600:]}')
shutil.rmtree(TOP, ignore_errors=True)
print(f'history: {counts["passed"]} passed, {counts["failed"]} failed' + (f', {counts["skipped"]} skipped' if counts.get('skipped') else ''))
sys.exit(counts['failed'] > 0)
