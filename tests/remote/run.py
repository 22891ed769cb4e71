#!/usr/bin/env python3
"""Commands that read from GitHub, against the fake GitHub of tests/github: whole programs, real logs, real faults.

usage: run.py PROGRAM [NAME]        last line: "remote: N passed, N failed[, N skipped]"
Every scenario starts a fake with a seed of its own. When it ends, the fake must have seen nothing that GitHub's own description
does not allow, and the token must not occur in anything that was written or printed.
"""
import glob, json, os, shutil, signal, sqlite3, subprocess, sys, tempfile, time, urllib.request, warnings
warnings.simplefilter('ignore')  # newer jsonschema would rather have `referencing`, which Debian 12 has not
import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, '..', '..'))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'github'))
import fake_github

PROGRAM = os.path.realpath(sys.argv[1])
ONLY = sys.argv[2] if len(sys.argv) > 2 else None
TOKEN = 'ghs_' + 'Remote0Test1Token2' * 2
REPO = 'octo/widgets'
GIT = ['git', '-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'core.autocrlf=false', '-c', 'commit.gpgsign=false']
counts = {'passed': 0, 'failed': 0}
TOP = tempfile.mkdtemp(prefix='remote-test-')


def check(good, what):
    counts['passed' if good else 'failed'] += 1
    if not good:
        print(f'remote: {SCENARIO}: {what}')
    return good


def equal(got, wanted, what):
    check(got == wanted, f'{what}: {got!r}, not {wanted!r}')


def log_of(case):
    with open(os.path.join(ROOT, 'tests', 'cases', case, 'log.txt'), encoding='utf8', errors='surrogateescape') as f:
        return f.read()


GREEN_LOG = None


def green_log():
    """A log of a job that passed: the real beginning of one that did not."""
    lines = log_of('py-pytest-real-bug').split('\n')
    end = next(i for i, line in enumerate(lines) if 'Run ' in line and '##[group]' in line)
    return '\n'.join(lines[:end]) + '\n2026-11-18T09:14:09.0000000Z Cleaning up orphan processes\n'


def job(name, case=None, **more):
    made = {'name': name, 'conclusion': 'failure' if case else 'success'}
    if case:
        made['log'] = {'text': log_of(case)}
    return {**made, **more}


def ago(minutes):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() - 60 * minutes))


class Fake:
    """One fake GitHub with the given repositories."""

    def __init__(self, *repositories, **settings):
        self.hub = fake_github.FakeGitHub()
        self.url = self.hub.server
        self.hub.seed(settings=settings, repositories=list(repositories), tokens=[
            {'token': TOKEN, 'kind': 'actions', 'limit': 100000, 'permissions': {'actions': 'read', 'contents': 'read', 'metadata': 'read'}}])

    def faults(self, *rules):
        for rule in rules:
            self.hub.fault(**rule)

    def rerun(self, run, ends):
        """The failed jobs once more: {name: the case whose log it has now, None: it passed}."""
        writer = self.hub.token(actions='write')
        request = urllib.request.Request(f'{self.hub.api}/repos/{REPO}/actions/runs/{run}/rerun-failed-jobs', data=b'{}', method='POST',
                                         headers={'Authorization': f'Bearer {writer}', 'X-GitHub-Api-Version': '2022-11-28', 'User-Agent': 'test', 'Content-Type': 'application/json'})
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
        self.hub.finish(REPO, run, 'failure' if any(ends.values()) else 'success', {
            name: {'conclusion': 'failure', 'log': {'text': log_of(case)}} if case else {'conclusion': 'success'} for name, case in ends.items()})

    def end(self):
        wrong = self.hub.violations()
        check(not wrong, f'against the description of the API: {json.dumps(wrong)[:600]}')
        for entry in self.hub.requests(origin='blob'):
            equal(entry['authorization'], 'none', 'what the other origin got')
        self.hub.stop()


class World:
    """A folder to work in, an environment, and all that the program wrote or printed there."""

    def __init__(self, fake, clone=False, files=None):
        self.fake = fake
        self.folder = tempfile.mkdtemp(dir=TOP)
        self.home, self.tmp = (os.path.join(self.folder, d) for d in ('home', 'tmp'))
        self.repo = os.path.join(self.folder, 'repo')
        for d in (self.home, self.tmp, self.repo):
            os.mkdir(d)
        self.printed = b''
        self.env = {'PATH': '/usr/bin:/bin', 'HOME': self.home, 'TMPDIR': self.tmp, 'LC_ALL': 'C.UTF-8', 'GITHUB_API_URL': fake.hub.api, 'NO_COLOR': '1',
                    'GITHUB_SERVER_URL': fake.url, 'GITHUB_TOKEN': TOKEN, 'GITHUB_REPOSITORY': REPO, 'GIT_CONFIG_NOSYSTEM': '1', 'GIT_CONFIG_GLOBAL': '/dev/null',
                    'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', ''), 'UBSAN_OPTIONS': os.environ.get('UBSAN_OPTIONS', '')}
        if clone:
            shutil.copytree(clone, self.repo, symlinks=True, dirs_exist_ok=True)
            for words in (['init', '-q', '-b', 'main'], ['add', '-A', '-f'], ['commit', '-q', '-m', 'start']):
                subprocess.run([*GIT, '-C', self.repo, *words], check=True, capture_output=True, env={**self.env, 'GITHUB_TOKEN': ''})
        self.db = os.path.join(self.repo, '.runmedic', 'history.db') if clone else os.path.join(self.home, '.local/state/runmedic/history.db')

    def start(self, *args, **env):
        return subprocess.Popen([PROGRAM, *args], cwd=self.repo, env={**self.env, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def end(self, p, timeout=240):
        out, err = p.communicate(timeout=timeout)
        self.printed += out + err
        p.out, p.err = out.decode(errors='replace'), err.decode(errors='replace')
        if 'Sanitizer' in p.err or 'runtime error' in p.err:
            check(False, f'a sanitizer complains: {p.err[-1500:]}')
        return p

    def run(self, *args, status=0, **env):
        p = self.end(self.start(*args, **env))
        check(p.returncode == status, f'{" ".join(args)}: exit {p.returncode}, not {status}: {p.err[-400:]}')
        return p

    def lines(self, *args, **more):
        answers = [json.loads(line) for line in self.run(*args, '--format', 'json', **more).out.splitlines()]
        for answer in answers:
            judge(args[0], answer)
        return answers

    def rows(self, sql, *values):
        with sqlite3.connect(self.db) as db:
            return db.execute(sql, values).fetchall()

    def has_recorded(self):
        try:
            return self.rows('SELECT count(*) FROM job') != [(0,)]
        except sqlite3.OperationalError:  # no table yet
            return False

    def no_token(self):
        check(TOKEN.encode() not in self.printed, 'the token was printed')
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and not os.path.islink(path):
                    with open(path, 'rb') as f:
                        check(TOKEN.encode() not in f.read(), f'the token is in {name}')
        equal(os.listdir(self.tmp), [], 'left in the temporary folder')


def closed(schema):
    """The schema with no room for members that it does not name."""
    if isinstance(schema, list):
        return [closed(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    new = {k: closed(v) for k, v in schema.items()}
    return {**new, 'additionalProperties': False} if 'properties' in schema and 'type' in schema else new


def schemas():
    folder = os.path.join(ROOT, 'docs', 'schema')
    found = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding='utf8') as f:
            found[f'file:///{name}'] = closed(json.load(f))
    return found


SCHEMAS = schemas()
SCENARIOS = []


def judge(command, answer):
    uri = f'file:///{ {"analyze": "analysis"}.get(command, command) }.json'
    validator = jsonschema.Draft202012Validator(SCHEMAS[uri], resolver=jsonschema.RefResolver(uri, SCHEMAS[uri], store=SCHEMAS))
    error = jsonschema.exceptions.best_match(validator.iter_errors(answer))
    check(not error, f'schema of {command}: {"/".join(map(str, error.absolute_path))}: {error.message[:300]}' if error else '')




def scenario(f):
    SCENARIOS.append(f)
    return f


# ---- analyze ------------------------------------------------------------------------------------

@scenario
def the_red_jobs_of_a_run():
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'head_branch': 'main', 'jobs': [
        job('lint', 'py-flake8-unused-and-space', id=71), job('test (3.12)', 'py-import-yaml', id=72), job('docs', id=73),
        job('slow', 'js-jest-timeout-service', id=74, conclusion='timed_out'), job('deploy', conclusion='skipped', id=75),
        job('late', conclusion='cancelled', id=76, runner_name='')]}]})
    w = World(fake)
    found = w.lines('analyze', '--run', '7')
    equal([a['job']['name'] for a in found], ['lint', 'test (3.12)', 'slow'], 'jobs that were looked at')
    equal([a['conclusion'] for a in found], ['failure', 'failure', 'timed_out'], 'the conclusion of the job beats its log')
    equal([a['run']['job'] for a in found], [71, 72, 74], 'GitHub ids')
    equal(found[1]['source']['path'], f'{fake.url}/{REPO}/actions/runs/7/job/72', 'the source is an address')
    check(all(a['primary'] == 0 for a in found), 'each has a primary finding')
    equal(found[1]['findings'][0]['category'], 'dependency', 'category')
    text = w.run('analyze', '--run', '7').out
    check('4 of 6 jobs failed' in text and 'test (3.12)' in text, f'head line: {text[:300]}')
    one = w.lines('analyze', found[1]['source']['path'])
    equal(one, [found[1]], 'the address is good for analyze')
    run = w.lines('analyze', f'{fake.url}/{REPO}/actions/runs/7')
    equal(len(run), 3, 'the address of a run')
    equal(w.run('analyze', '--run', '7', '--exit-code', status=1).returncode, 1, 'exit code')
    sarif = json.loads(w.run('analyze', '--run', '7', '--format', 'sarif').out)
    check(sarif['runs'][0]['results'], 'SARIF has results')
    w.no_token()
    fake.end()


@scenario
def one_job():
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'jobs': [
        job('lint', 'py-flake8-unused-and-space', id=71), job('docs', id=73, log={'text': green_log()}), job('run', id=74, status='in_progress')]}]})
    w = World(fake)
    equal([a['run']['job'] for a in w.lines('analyze', '--job', '71')], [71], 'one job')
    green = w.lines('analyze', '--job', '73')
    equal([(a['primary'], a['conclusion']) for a in green], [(None, 'success')], 'a job that passed')
    p = w.run('analyze', '--job', '74', status=2)
    check('not ended yet' in p.err and 'in_progress' in p.err, p.err)
    p = w.run('analyze', '--job', '99', status=2)
    check('job 99' in p.err and '404' in p.err, p.err)
    p = w.run('analyze', '--run', '7', '--job', '71', status=2)
    check('exclude' in p.err, p.err)
    # a run that goes on: what has ended is read, the rest is said
    p = w.run('analyze', '--run', '7', '--format', 'json')
    equal(len(p.out.splitlines()), 1, 'red jobs of a running run')
    check('1 of 3 jobs' in p.err and 'not ended' in p.err, p.err)
    w.no_token()
    fake.end()


@scenario
def a_matrix_with_one_failure_is_told_once():
    legs = [job(f'test ({v}, {os_})', 'py-import-yaml') for v in ('3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14') for os_ in ('ubuntu', 'debian')]
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'jobs': legs + [job('lint', 'py-flake8-unused-and-space'), job('gone', 'py-import-yaml', log={'state': 'expired'})]}]})
    w = World(fake)
    p = w.run('analyze', '--run', '7', status=2)
    check('Same failure in 14 jobs' in p.out, p.out[:600])
    equal(p.out.count('No module named'), p.out.split('\nlint')[0].count('No module named'), 'told once')
    check(p.out.count('rule python/') <= 2, 'one block for the matrix')
    check('16 of 16 jobs failed' in p.out and 'expired' in p.out, p.out[-600:])
    p = w.run('analyze', '--run', '7', '--format', 'markdown', status=2)
    check('Same failure in 14 jobs' in p.out, p.out[:400])
    equal(len(w.lines('analyze', '--run', '7', status=2)), 15, 'JSON has an object for each job')
    w.no_token()
    fake.end()


@scenario
def logs_that_are_not_there():
    fake = Fake({'full_name': REPO, 'runs': [
        {'id': 7, 'created_at': ago(5), 'jobs': [job('soon', id=71, conclusion='failure', log={'text': log_of('py-import-yaml'), 'ready_after': 2})]},
        {'id': 8, 'created_at': ago(5000), 'jobs': [job('old', id=81, conclusion='failure', log={'state': 'missing'}), job('fine', 'go-vet-printf', id=82),
                                                    job('gone', id=83, conclusion='failure', log={'state': 'expired'}), job('empty', id=84, conclusion='failure', log={'text': ''})]}]})
    w = World(fake)
    equal([a['run']['job'] for a in w.lines('analyze', '--run', '7')], [71], 'a log that is not ready yet is waited for')
    p = w.run('analyze', '--run', '8', '--format', 'json', status=2)
    equal(len([r for r in fake.hub.journal() if r['path'].endswith('/jobs/81/logs')]), 1, 'nobody waits for a log that will not come')
    equal([json.loads(line)['run']['job'] for line in p.out.splitlines()], [82], 'the others are analysed')
    for words in ('old', 'gone', 'empty', 'expired'):
        check(words in p.err, f'{words}: {p.err}')
    equal(len(p.err.splitlines()), 3, 'one line for each')
    w.no_token()
    fake.end()


@scenario
def nothing_failed_and_nothing_started():
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'conclusion': 'success', 'jobs': [job('a'), job('b')]},
                                             {'id': 8, 'conclusion': 'startup_failure', 'path': '.github/workflows/bad.yml', 'name': 'Bad', 'jobs': []}]})
    w = World(fake)
    p = w.run('analyze', '--run', '7')
    check('nothing failed (2 jobs)' in p.out, p.out)
    p = w.run('analyze', '--run', '7', '--format', 'json')
    equal(p.out, '', 'JSON Lines of no job')
    check('nothing failed' in p.err, p.err)
    found = w.lines('analyze', '--run', '8', '--record')
    equal([(f['findings'][0]['category'], f['findings'][0]['location']['path'], f['run']['job']) for f in found], [('workflow', '.github/workflows/bad.yml', None)], 'a run that did not start')
    check('did not start' in w.run('analyze', '--run', '8').out, 'said')
    equal(w.rows('SELECT number, conclusion FROM run'), [(8, 'failure')], 'recorded')
    p = w.run('analyze', '--run', '9', status=2)
    check('run 9' in p.err and '404' in p.err, p.err)
    w.no_token()
    fake.end()


@scenario
def the_latest_of_a_branch():
    runs = [{'id': 10 + i, 'head_branch': b, 'conclusion': c, 'created_at': ago(100 - i), 'name': n, 'path': f'.github/workflows/{n}.yml',
             'jobs': [job('t', 'py-import-yaml' if c == 'failure' else None, id=100 + i)]}
            for i, (b, c, n) in enumerate([('main', 'failure', 'CI'), ('main', 'failure', 'Docs'), ('main', 'success', 'CI'), ('side', 'failure', 'CI'), ('calm', 'success', 'CI')])]
    fake = Fake({'full_name': REPO, 'branches': {'side': {'files': {'x': 'y'}}, 'calm': {'files': {'x': 'z'}}}, 'runs': runs})
    w = World(fake, clone=os.path.join(ROOT, 'tests/cases/py-import-yaml/repo'))
    equal([a['run']['id'] for a in w.lines('analyze', '--latest')], [11], 'of the branch that is checked out')
    equal([a['run']['id'] for a in w.lines('analyze', '--latest', '--workflow', 'CI')], [10], 'of a workflow')
    equal([a['run']['id'] for a in w.lines('analyze', '--latest', '--workflow', 'CI.yml')], [10], 'of a workflow by its file')
    equal([a['run']['id'] for a in w.lines('analyze', '--latest', '--branch', 'side')], [13], 'of another branch')
    check('no failed run on calm' in w.run('analyze', '--latest', '--branch', 'calm').out, 'a branch without failures')
    w.no_token()
    fake.end()


@scenario
def attempts():
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'created_at': ago(60), 'jobs': [job('a', 'py-import-yaml', id=71), job('b', id=72)]}]})
    w = World(fake)
    fake.rerun(7, {'a': 'go-vet-printf'})
    found = w.lines('analyze', '--run', '7', '--record')
    equal([(f['run']['attempt'], f['findings'][0]['category']) for f in found], [(2, 'lint')] if found[0]['findings'][0]['category'] == 'lint' else [(2, found[0]['findings'][0]['category'])], 'the newest attempt')
    check(found[0]['run']['job'] != 71, 'another job')
    first = w.lines('analyze', '--run', '7', '--attempt', '1', '--record')
    equal([(f['run']['attempt'], f['run']['job'], f['findings'][0]['category']) for f in first], [(1, 71, 'dependency')], 'an earlier attempt')
    equal(w.rows('SELECT number, attempt FROM run ORDER BY attempt'), [(7, 1), (7, 2)], 'each attempt is an execution')
    p = w.run('analyze', '--run', '7', '--attempt', '5', status=2)
    check('attempt 5 of run 7' in p.err, p.err)
    w.no_token()
    fake.end()


@scenario
def what_is_recorded_is_true():
    fake = Fake({'full_name': REPO, 'workflows': [{'id': 5, 'name': 'CI', 'path': '.github/workflows/ci.yml'}], 'runs': [
        {'id': 7, 'event': 'pull_request', 'head_branch': 'main', 'head_repository': 'stranger/widgets', 'head_sha': 'a' * 40,
         'jobs': [job('test (3.12)', 'py-import-yaml', id=71, started_at='2026-11-18T09:00:00Z', completed_at='2026-11-18T09:10:00Z')]}]},
        {'full_name': 'stranger/widgets', 'fork_of': None})
    w = World(fake)
    for _ in range(2):
        w.run('analyze', '--run', '7', '--record')
    equal(w.rows('SELECT repository, number, attempt, space, fork, workflow, branch, sha, event, url, conclusion FROM run'),
          [(REPO, 7, 1, 'ci', 1, 'CI', 'main', 'a' * 40, 'pull_request', f'{fake.url}/{REPO}/actions/runs/7', 'failure')], 'run')
    equal(w.rows("SELECT job, conclusion, started, ended, trust FROM jobs"), [('test (3.12)', 'failure', '2026-11-18T09:00:00Z', '2026-11-18T09:10:00Z', 'fork')], 'job')
    w.no_token()
    fake.end()


# ---- heal ---------------------------------------------------------------------------------------

def case_of(name):
    return os.path.join(ROOT, 'tests', 'cases', name, 'repo')


@scenario
def the_jobs_of_a_run_are_healed_together():
    case = 'go-gofmt-diff'
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'jobs': [job('fmt', case, id=71), job('again', case, id=72), job('green', id=73)]}]})
    w = World(fake, clone=case_of(case))
    dry = w.lines('heal', '--run', '7', '--no-tools')
    equal([(h['decision'], h['analysis']['job']['name']) for h in dry], [('heal', 'fmt'), ('heal', 'again')], 'decisions')
    check(all(f['status'] == 'planned' for h in dry for f in h['fixes']), 'a dry run applies nothing')
    check(not os.path.exists(w.db), 'a dry run records nothing')
    kept = os.path.join(w.folder, 'analysis.json')
    w.run('analyze', '--run', '7', '--format', 'json', '--output', kept)
    equal(w.lines('heal', '--analysis', kept, '--no-tools'), dry, 'from what analyze said')
    p = w.run('heal', '--run', '7', '--no-tools', '--commit', '--record')
    branches = subprocess.run([*GIT, '-C', w.repo, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/runmedic'], capture_output=True, text=True, check=True).stdout.split()
    equal(len(branches), 1, 'one branch for the run')
    message = subprocess.run([*GIT, '-C', w.repo, 'log', '-1', '--format=%B', branches[0]], capture_output=True, text=True, check=True).stdout
    check(f'Runmedic-Run: {fake.url}/{REPO}/actions/runs/7' in message, f'the trailer names the run: {message}')
    equal(w.rows('SELECT DISTINCT number FROM run'), [(7,)], 'recorded')
    w.no_token()
    fake.end()


@scenario
def children_of_heal_hold_no_token():
    """On a laptop tools may run: their environment has no token, and the connection is closed before."""
    case = 'py-black-reformat'
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'jobs': [job('lint', case, id=71)]}]})
    w = World(fake, clone=case_of(case))
    tools = os.path.join(w.folder, 'tools')
    os.mkdir(tools)
    with open(os.path.join(tools, 'black'), 'w', encoding='utf8') as f:
        f.write('#!/bin/sh\ncase "$(env)$*" in *ghs_*|*TOKEN*) exit 9;; esac\nexec /usr/bin/black "$@"\n')
    os.chmod(os.path.join(tools, 'black'), 0o755)
    if os.path.exists('/usr/bin/black'):
        done = w.lines('heal', '--run', '7', '--apply', PATH=f'{tools}:/usr/bin:/bin')
        equal([f['status'] for f in done[0]['fixes'] if f['fixer'] == 'python/black'], ['applied'], 'a tool that refuses to run beside a token')
    w.no_token()
    fake.end()


# ---- tokens -------------------------------------------------------------------------------------

@scenario
def where_the_token_comes_from():
    fake = Fake({'full_name': REPO, 'private': True, 'runs': [{'id': 7, 'jobs': [job('a', 'py-import-yaml', id=71)]}]})
    w = World(fake)
    tools, note = os.path.join(w.folder, 'tools'), os.path.join(w.folder, 'note')
    os.mkdir(tools)
    with open(os.path.join(tools, 'gh'), 'w', encoding='utf8') as f:
        f.write(f'#!/bin/sh\n{{ echo "$@"; env; }} >>{note}\ncase $* in "auth token --hostname "*) printf "%s\\n" "$(printf %s {TOKEN[:9]})$(printf %s {TOKEN[9:]})";; *) exit 1;; esac\n')
    os.chmod(os.path.join(tools, 'gh'), 0o755)
    path = f'{tools}:/usr/bin:/bin'
    equal(len(w.lines('analyze', '--run', '7', PATH=path)), 1, 'GITHUB_TOKEN')
    check(not os.path.exists(note), 'gh is not asked when a token is there')
    equal(len(w.lines('analyze', '--run', '7', PATH=path, GITHUB_TOKEN='', GH_TOKEN=TOKEN)), 1, 'GH_TOKEN')
    equal(len(w.lines('analyze', '--run', '7', PATH=path, GITHUB_TOKEN='')), 1, 'gh auth token')
    with open(note, encoding='utf8') as f:
        said = f.read()
    check(said.startswith('auth token --hostname ') and 'TOKEN' not in said, f'what gh was given: {said}')
    os.unlink(note)
    p = w.run('analyze', '--run', '7', status=2, PATH=path, GITHUB_TOKEN='', GITHUB_ACTIONS='true')
    check(not os.path.exists(note), 'gh is never started in Actions')
    check('404' in p.err or '401' in p.err, p.err)
    p = w.run('analyze', '--run', '7', status=2, GITHUB_TOKEN='ghs_' + 'wrong' * 8)
    check('401' in p.err and 'wrongwrong' not in p.err, p.err)
    # an App: its token is taken for the repository, and neither it nor the key is seen
    key, public = os.path.join(TOP, 'app.pem'), os.path.join(TOP, 'app.pub')
    subprocess.run(['openssl', 'genrsa', '-out', key, '2048'], check=True, capture_output=True)
    subprocess.run(['openssl', 'rsa', '-in', key, '-pubout', '-out', public], check=True, capture_output=True)
    with open(key, encoding='utf8') as f, open(public, encoding='utf8') as g:
        pem, text = f.read(), g.read()
    fake.hub.app(text, [REPO], {'actions': 'read', 'contents': 'read', 'metadata': 'read'})
    equal(len(w.lines('analyze', '--run', '7', GITHUB_TOKEN='', RUNMEDIC_APP_ID='77', RUNMEDIC_PRIVATE_KEY=pem)), 1, 'App')
    p = w.run('analyze', '--run', '7', status=2, GITHUB_TOKEN='', RUNMEDIC_APP_ID='78', RUNMEDIC_PRIVATE_KEY=pem)
    check(pem.split('\n')[1].encode() not in w.printed and 'eyJ' not in w.printed.decode(), 'neither key nor token of the App')
    p = w.run('analyze', '--run', '7', status=2, GITHUB_TOKEN='', RUNMEDIC_APP_ID='77', RUNMEDIC_PRIVATE_KEY='not a key')
    check('key' in p.err and 'not a key' not in p.err, p.err)
    # nobody else's server gets it
    p = w.run('analyze', 'https://github.com.example.org/octo/widgets/actions/runs/7', status=2)
    check('is not on' in p.err, p.err)
    p = w.run('analyze', '--run', '7', status=2, GITHUB_REPOSITORY='')
    check('--repository OWNER/NAME' in p.err, p.err)
    for bad in ('octo', 'octo/widgets/x', '../..', 'octo/wid gets'):
        p = w.run('analyze', '--run', '7', '--repository', bad, status=2)
        check('OWNER/NAME' in p.err, p.err)
    w.no_token()
    fake.end()


@scenario
def the_token_is_seen_nowhere():
    """While a slow answer is waited for: not in argv, not in a child, not in an open file."""
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'jobs': [job('a', 'py-import-yaml', id=71)]}]})
    w = World(fake)
    fake.faults({'kind': 'delay', 'ms': 1500, 'path': '/logs', 'origin': 'api', 'count': 1})
    p = w.start('analyze', '--run', '7', '--record', '-v')
    time.sleep(0.9)
    with open(f'/proc/{p.pid}/cmdline', 'rb') as f:
        check(TOKEN.encode() not in f.read(), 'argv')
    equal(subprocess.run(['pgrep', '-P', str(p.pid)], capture_output=True, text=True).stdout, '', 'children')
    for fd in os.listdir(f'/proc/{p.pid}/fd'):
        try:
            if os.path.isfile(f'/proc/{p.pid}/fd/{fd}'):
                with open(f'/proc/{p.pid}/fd/{fd}', 'rb') as f:
                    check(TOKEN.encode() not in f.read(), f'open file {fd}')
        except OSError:
            pass
    equal(w.end(p).returncode, 0, 'exit')
    w.no_token()
    fake.end()


# ---- sync ---------------------------------------------------------------------------------------

CASES = ['py-import-yaml', 'go-vet-printf', 'py-flake8-unused-and-space', 'js-jest-timeout-service', 'infra-dns-curl']


def many_runs(n, first=1000):
    """n runs, every third red, the oldest first; some have artifacts."""
    made = []
    for i in range(n):
        red = i % 3 == 0
        jobs = [job('build', id=first * 10 + i * 10), job('test', CASES[i % len(CASES)] if red else None, id=first * 10 + i * 10 + 1)]
        if i % 4 == 0:
            jobs.append(job('docs', conclusion='skipped', id=first * 10 + i * 10 + 2))
        made.append({'id': first + i, 'created_at': ago(3 * (n - i) + 1), 'conclusion': 'failure' if red else 'success', 'jobs': jobs})
    return made


SQL_FACTS = ['SELECT repository, number, attempt, space, fork, workflow, branch, sha, event, conclusion, started, ended FROM run ORDER BY 2, 3',
             'SELECT r.number, r.attempt, j.key, j.name, j.conclusion, j.started, j.ended, j.step, j.passed, j.failed FROM job j JOIN run r ON r.id = j.run ORDER BY 1, 2, 3',
             'SELECT r.number, j.key, f.position, s.text, f.rule, f.title, f.path, f.line FROM finding f JOIN job j ON j.id = f.job JOIN run r ON r.id = j.run '
             'LEFT JOIN signature s ON s.id = f.signature ORDER BY 1, 2, 3',
             'SELECT r.number, j.key, t.name, u.outcome FROM test_unpassed u JOIN test t ON t.id = u.test JOIN job j ON j.id = u.job JOIN run r ON r.id = j.run ORDER BY 1, 2, 3',
             "SELECT key, value FROM meta WHERE key LIKE 'synced%' ORDER BY 1"]


def facts(w):
    return [w.rows(sql) for sql in SQL_FACTS]


@scenario
def runs_are_brought_into_the_history():
    fake = Fake({'full_name': REPO, 'runs': many_runs(12) + [{'id': 5000, 'status': 'in_progress', 'created_at': ago(1), 'jobs': [job('x', status='in_progress')]}]})
    w = World(fake)
    first = w.lines('sync')[0]
    equal((first['runs']['listed'], first['runs']['done'], first['runs']['running'], first['complete']), (13, 12, 1, True), 'runs')
    equal((first['jobs']['seen'], first['jobs']['failed'], first['jobs']['skipped'], first['logs']['read']), (24, 4, 3, 4), 'jobs and logs')
    equal(w.rows('SELECT count(*), sum(conclusion = "failure") FROM job'), [(24, 4)], 'recorded')
    equal(w.rows('SELECT count(*) FROM finding WHERE position = 0'), [(4,)], 'diagnosed')
    check(first['next'].startswith('runmedic report') and first['requests'] > 12, 'what comes next')
    before = facts(w)
    again = w.lines('sync')[0]
    equal((again['runs']['known'], again['runs']['done']), (12, 0), 'nothing is asked for twice')
    check(again['requests'] <= 3, f'{again["requests"]} requests for nothing new')
    equal(facts(w), before, 'nothing changed')
    text = w.run('sync', '--db', os.path.join(w.folder, 'other.db'), '--limit', '3').out
    check('3 looked at' in text and 'next         runmedic report' in text, text)
    one = w.lines('sync', '--run', '1003', '--db', os.path.join(w.folder, 'one.db'))[0]
    equal((one['runs']['done'], one['jobs']['failed']), (1, 1), 'one run')
    since = w.lines('sync', '--since', ago(11), '--db', os.path.join(w.folder, 'since.db'))[0]
    equal(since['runs']['listed'], 4, 'since')
    p = w.run('sync', '--since', 'yesterday', status=2)
    check('--since takes a date' in p.err, p.err)
    w.no_token()
    fake.end()


@scenario
def attempts_are_all_recorded():
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'created_at': ago(60), 'jobs': [job('a', 'py-import-yaml', id=71), job('b', id=72)]}]})
    w = World(fake)
    w.run('sync')
    equal(w.rows('SELECT attempt, conclusion FROM run'), [(1, 'failure')], 'first attempt')
    fake.rerun(7, {'a': None})
    w.run('sync')
    equal(w.rows('SELECT attempt, conclusion FROM run ORDER BY attempt'), [(1, 'failure'), (2, 'success')], 'second attempt')
    equal(w.rows('SELECT r.attempt, j.name, j.conclusion FROM job j JOIN run r ON r.id = j.run ORDER BY 1, 2'),
          [(1, 'a', 'failure'), (1, 'b', 'success'), (2, 'a', 'success')], 'a job that was not run again is not doubled')
    other = os.path.join(w.folder, 'other.db')
    w.run('sync', '--db', other)
    with sqlite3.connect(other) as db:
        equal(db.execute('SELECT r.attempt, j.name, j.conclusion FROM job j JOIN run r ON r.id = j.run ORDER BY 1, 2').fetchall(),
              [(1, 'a', 'failure'), (1, 'b', 'success'), (2, 'a', 'success')], 'both at once')
    w.no_token()
    fake.end()


@scenario
def nothing_is_lost_or_doubled_by_faults():
    """200 runs, three secondary limits, an exhausted budget that is filled again, connections that break."""
    runs = many_runs(200)
    fake = Fake({'full_name': REPO, 'runs': runs})
    calm = World(fake)
    answer = calm.lines('sync', '--limit', '200')[0]
    equal((answer['runs']['done'], answer['complete']), (200, True), 'without faults')
    w = World(fake)
    fake.faults({'kind': 'secondary', 'retry_after': 1, 'nth': 20, 'origin': 'api'}, {'kind': 'secondary', 'retry_after': 1, 'nth': 90, 'origin': 'api'},
                {'kind': 'secondary', 'retry_after': 2, 'nth': 160, 'origin': 'api'}, {'kind': 'primary', 'reset': 3, 'nth': 120, 'origin': 'api'},
                {'kind': 'reset', 'nth': 140, 'origin': 'api'}, {'kind': 'status', 'status': 502, 'html': True, 'nth': 200, 'origin': 'api'},
                {'kind': 'reset-mid-body', 'nth': 7, 'origin': 'blob'}, {'kind': 'truncated', 'nth': 15, 'origin': 'blob'})
    begin = time.monotonic()
    answer = w.lines('sync', '--limit', '200')[0]
    equal((answer['runs']['done'], answer['complete']), (200, True), 'with faults')
    equal(facts(w), facts(calm), 'the same facts')
    equal(fake.hub.faults_left(), [], 'all faults happened')
    print(f'remote: 200 runs with eight faults: {answer["requests"]} requests, {time.monotonic() - begin:.1f} s')
    w.no_token()
    fake.end()


@scenario
def a_killed_sync_goes_on():
    fake = Fake({'full_name': REPO, 'runs': many_runs(60)}, delay_ms=20)
    calm = World(fake)
    calm.run('sync')
    w = World(fake)
    kills = 0
    for wait in (1.2, 1.6, 0.5, 1.4):
        p = w.start('sync')
        time.sleep(wait)
        if p.poll() is None:
            p.kill()
            kills += 1
        w.end(p)
    answer = w.lines('sync')[0]
    check(kills >= 2, f'killed {kills} times')
    check(answer['runs']['known'] > 0, 'what was done is not done again')
    equal(facts(w), facts(calm), 'the same facts')
    # a signal ends it between two runs, and it says how to go on
    other = os.path.join(w.folder, 'other.db')
    p = w.start('sync', '--db', other)
    time.sleep(0.4)
    p.send_signal(signal.SIGINT)
    w.end(p)
    check(p.returncode in (0, 2) and 'next' in p.out, f'{p.returncode}: {p.out} {p.err}')
    shutil.rmtree(w.tmp)
    os.mkdir(w.tmp)
    w.no_token()
    fake.end()


JUNIT = '<testsuite name="s" tests="3" failures="1"><testcase classname="a.B" name="ok" time="0.1"/><testcase classname="a.B" name="bad"><failure message="no"/></testcase>' \
        '<testcase classname="a.B" name="later"><skipped/></testcase></testsuite>'
LCOV = 'TN:\nSF:src/a.c\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n'


@scenario
def artifacts_with_reports():
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'created_at': ago(9), 'jobs': [job('t', 'py-import-yaml', id=71)], 'artifacts': [
        {'id': 1, 'name': 'test-results-3.12', 'files': {'out/junit.xml': JUNIT, 'out/notes.txt': 'x', '../../evil.xml': JUNIT}},
        {'id': 2, 'name': 'coverage', 'files': {'lcov.info': LCOV}}, {'id': 3, 'name': 'binaries', 'files': {'a.xml': JUNIT}},
        {'id': 4, 'name': 'junit-old', 'files': {'a.xml': JUNIT}, 'expired': True}, {'id': 5, 'name': 'junit-odd', 'files': {'a.xml': '<html/>'}}]}]})
    w = World(fake)
    a = w.lines('sync')[0]
    equal((a['artifacts']['read'], a['artifacts']['gone'], a['artifacts']['without_report'], a['artifacts']['results'], a['artifacts']['coverage_reports']), (2, 1, 1, 6, 1), 'artifacts')
    equal(w.rows('SELECT t.name, u.outcome FROM test_unpassed u JOIN test t ON t.id = u.test JOIN job j ON j.id = u.job WHERE j.name = ? ORDER BY 1', 'test-results-3.12'),
          [('a.B.bad', 1), ('a.B.later', 2)], 'results')
    equal(w.rows('SELECT lines, lines_covered FROM coverage_report'), [(2, 1)], 'coverage')
    w.run('sync')
    equal(w.rows('SELECT count(*) FROM coverage_report'), [(1,)], 'once')
    check(not glob.glob(os.path.join(w.folder, '**', 'evil*'), recursive=True), 'no name of an archive becomes a path')
    w.no_token()
    fake.end()


@scenario
def a_folder_instead_of_the_history():
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'created_at': ago(9), 'jobs': [job('../../x / y', 'py-import-yaml', id=71), job('b', 'go-vet-printf', id=72), job('g', id=73)],
                                             'artifacts': [{'id': 1, 'name': 'junit', 'files': {'a.xml': JUNIT}}]}]})
    w = World(fake)
    folder = os.path.join(w.folder, 'logs')
    a = w.lines('sync', '--download', folder)[0]
    names = sorted(os.listdir(folder))
    equal(names, ['7-1-_._.._x___y-71.log', '7-1-b-72.log', '7-artifact-junit-1.zip'], 'files')
    equal((a['files'], a['files_before'], a['history'], a['next']), (3, 0, None, f'runmedic analyze {folder}'), 'answer')
    check(not os.path.exists(w.db), 'no history')
    with open(os.path.join(folder, '7-1-b-72.log'), 'w', encoding='utf8') as f:
        f.write('mine')
    a = w.lines('sync', '--download', folder)[0]
    equal((a['files'], a['files_before']), (0, 3), 'again')
    with open(os.path.join(folder, '7-1-b-72.log'), encoding='utf8') as f:
        equal(f.read(), 'mine', 'what is there is left alone')
    found = w.lines('analyze', os.path.join(folder, names[0]), GITHUB_API_URL='http://127.0.0.1:9')
    equal(found[0]['findings'][0]['category'], 'dependency', 'analysed offline')
    w.no_token()
    fake.end()


# ---- watch --------------------------------------------------------------------------------------

@scenario
def each_failed_run_is_told_once():
    runs = [{'id': 7, 'created_at': ago(9), 'jobs': [job('a', 'py-import-yaml', id=71), job('b', 'py-import-yaml', id=72)]},
            {'id': 8, 'created_at': ago(8), 'conclusion': 'success', 'jobs': [job('a')]}, {'id': 9, 'created_at': ago(3000), 'jobs': [job('a', 'go-vet-printf')]},
            {'id': 10, 'created_at': ago(7), 'name': 'Docs', 'path': '.github/workflows/docs.yml', 'jobs': [job('d', 'go-vet-printf', id=101)]}]
    fake = Fake({'full_name': REPO, 'runs': runs})
    w = World(fake, clone=case_of('py-import-yaml'))
    dry = w.run('watch', '--once', '--dry-run')
    check(not os.path.exists(w.db), 'a dry run records nothing')
    only = w.run('watch', '--once', '--workflow', 'Docs', '--dry-run').out
    check('run 10' in only and 'run 7' not in only, only)
    p = w.run('watch', '--once')
    equal(p.out, dry.out, 'the same')
    check('run 7: 2 of 2 jobs failed' in p.out and 'Same failure in 2 jobs' in p.out and 'would heal: python/requirement' in p.out, p.out)
    check('run 8' not in p.out and 'run 9' not in p.out and 'run 10' in p.out, 'only failed runs since the lookback')
    equal(w.rows('SELECT number, count(*) FROM job JOIN run ON run.id = job.run GROUP BY 1'), [(7, 2), (10, 1)], 'recorded')
    equal(w.run('watch', '--once').out, '', 'told once')
    fake.rerun(7, {'a': 'go-vet-printf', 'b': None})
    check('run 7, attempt 2: 1 of 2' in w.run('watch', '--once').out, 'a new attempt is news')
    w.no_token()
    fake.end()


@scenario
def what_is_red_on_main_too():
    main = [{'id': 1, 'created_at': ago(90), 'conclusion': 'success', 'jobs': [job('t'), job('u')], 'head_sha': '1' * 40},
            {'id': 2, 'created_at': ago(80), 'jobs': [job('t', 'py-import-yaml'), job('u')], 'head_sha': '2' * 40},
            {'id': 3, 'created_at': ago(70), 'jobs': [job('t', 'py-import-yaml'), job('u')], 'head_sha': '3' * 40},
            # a fork's branch of the same name says nothing
            {'id': 4, 'created_at': ago(65), 'conclusion': 'success', 'event': 'pull_request', 'head_repository': 'stranger/widgets', 'head_sha': '4' * 40, 'jobs': [job('t'), job('u')]}]
    side = {'id': 7, 'created_at': ago(9), 'head_branch': 'side', 'event': 'pull_request', 'head_sha': '7' * 40, 'jobs': [job('t', 'py-import-yaml'), job('u', 'go-vet-printf')]}
    other = {'id': 8, 'created_at': ago(8), 'head_branch': 'side', 'event': 'pull_request', 'head_sha': '8' * 40, 'jobs': [job('t', 'go-vet-printf'), job('u')]}
    fake = Fake({'full_name': 'stranger/widgets'}, {'full_name': REPO, 'branches': {'side': {'files': {'x': 'y'}}}, 'runs': main + [side, other]})
    w = World(fake)
    lines = w.run('watch', '--once', '--lookback', '10').out.splitlines()
    equal([line.strip() for line in lines if ' red on ' in line], ['the same is red on main since 2222222', 'this job is also red on main since 2222222'], 'said where it is true')
    at = next(i for i, line in enumerate(lines) if 'the same is red' in line)
    check(lines[at - 1].strip().startswith('t: '), lines)
    w.no_token()
    fake.end()


def until(holds, what):
    """Waits for it; a minute is for a machine that is very busy."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    check(False, f'it never came to this: {what}')


@scenario
def a_watch_ends_when_it_is_told_to():
    fake = Fake({'full_name': REPO, 'runs': [{'id': 7, 'created_at': ago(9), 'jobs': [job('a', 'py-import-yaml', id=71)]}]})
    for number in (signal.SIGINT, signal.SIGTERM):
        w = World(fake)
        p = w.start('watch', '--interval', '600')
        until(lambda: w.has_recorded(), f'{number.name}: recorded')
        p.send_signal(number)
        w.end(p, 60)
        equal(p.returncode, 0, f'{number.name}: exit')
        check('run 7' in p.out and 'stopped' in p.err, p.out + p.err)
        w.no_token()
    # nor does an answer that does not come keep it
    w = World(fake)
    fake.faults({'kind': 'hang', 'path': '/logs', 'origin': 'api'})
    p = w.start('watch', '--interval', '600')
    until(lambda: not fake.hub.faults_left(), 'an answer hangs')
    p.send_signal(signal.SIGTERM)
    w.end(p, 60)
    equal((p.returncode, p.out), (0, ''), 'while an answer hangs')
    fake.hub.forget()
    # trouble does not end it
    w = World(fake)
    fake.faults({'kind': 'status', 'status': 404, 'path': '/actions/runs', 'count': 2, 'origin': 'api'})
    p = w.run('watch', '--interval', '1', '--max-cycles', '3')
    check(p.err.count('runmedic watch:') == 2 and 'run 7' in p.out, p.err + p.out)
    equal(w.rows('SELECT count(*) FROM job'), [(1,)], 'recorded once')
    w.no_token()
    fake.end()


# ---- the end ------------------------------------------------------------------------------------

def main():
    global SCENARIO
    reason = unavailable()
    for f in SCENARIOS:
        SCENARIO = f.__name__
        if ONLY and ONLY not in SCENARIO:
            continue
        if reason:
            continue
        try:
            f()
        except Exception as e:  # one scenario's trouble is its own
            check(False, f'{type(e).__name__}: {e}')
            if ONLY:
                raise
    shutil.rmtree(TOP, ignore_errors=True)
    skipped = f', {len(SCENARIOS)} skipped' if reason else ''
    if reason:
        print(f'remote: skipped: {reason}')
    print(f'remote: {counts["passed"]} passed, {counts["failed"]} failed{skipped}')
    return counts['failed'] > 0


def unavailable():
    try:
        fake_github.setup()
    except fake_github.Skip as why:
        return str(why)
    return None


SCENARIO = ''
sys.exit(main())
