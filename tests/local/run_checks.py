#!/usr/bin/env python3
"""`local run` and `local keys` with real repositories, real tools and real signals. usage: run_checks.py PROGRAM [NAME...]"""
import hashlib, json, os, re, shutil, signal, sqlite3, subprocess, sys, tempfile, threading, time, traceback

PROGRAM = None
CASES = []
PYTEST = '/usr/bin/python3 -m pytest -q -p no:cacheprovider'
SECRETS = {'GITHUB_TOKEN': 'ghs_' + 'a' * 36, 'GH_TOKEN': 'ghp_' + 'b' * 36, 'RUNMEDIC_SIGNING_KEY': 'pem', 'RUNMEDIC_PRIVATE_KEY': 'pem',
           'RUNMEDIC_SIGNING_PASSPHRASE': 'secret', 'INPUT_GITHUB-TOKEN': 'ghs_' + 'c' * 36}


def case(function):
    CASES.append(function)
    return function


def equal(got, wanted, what=''):
    assert got == wanted, f'{what}: {got!r} instead of {wanted!r}'


def has(text, *pieces):
    for piece in pieces:
        assert piece in text, f'{piece!r} is not in {text!r}'


def lacks(text, *pieces):
    for piece in pieces:
        assert piece not in text, f'{piece!r} is in {text!r}'


class Answer:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)


class Project:
    """A repository with one commit, and a home of its own."""

    def __init__(self, checks='', thresholds='', files=None, more='', local=''):
        self.top = tempfile.mkdtemp(prefix='local-run-')
        self.root, self.home = os.path.join(self.top, 'project'), os.path.join(self.top, 'home')
        os.makedirs(self.root)
        os.makedirs(self.home)
        self.env = {'PATH': '/usr/local/bin:/usr/bin:/bin', 'HOME': self.home, 'LC_ALL': 'C.UTF-8', 'GIT_CONFIG_NOSYSTEM': '1',
                    'PYTHONDONTWRITEBYTECODE': '1', 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '')}
        self.git('init', '-q', '-b', 'main')
        self.git('config', 'user.email', 'ann@example.org')
        self.git('config', 'user.name', 'Ann')
        self.git('config', 'remote.origin.url', 'https://github.com/acme/widgets.git')
        text = 'version: 1\nlocal:\n'
        text += f'  thresholds: {{{thresholds}}}\n' if thresholds else ''
        text += local
        text += '  checks:\n' + ''.join(f'    - {{{c}}}\n' for c in ([checks] if isinstance(checks, str) else checks)) if checks else '  audit_rate: 0\n'
        self.write('.github/runmedic.yml', text + more)
        self.write('.gitignore', 'out/\nr.xml\n*.report\n')
        for name, content in (files or {}).items():
            self.write(name, content)
        self.commit()

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), 'w', encoding='utf-8') as f:
            f.write(content)

    def read(self, name):
        with open(self.path(name), encoding='utf-8', errors='replace') as f:
            return f.read()

    def git(self, *words):
        return subprocess.run(['git', '-C', self.root, *words], check=True, capture_output=True, text=True, env=self.env).stdout.strip()

    def commit(self, message='x'):
        self.git('add', '-A')
        self.git('commit', '-q', '--allow-empty', '-m', message)

    def medic(self, *words, **env):
        done = subprocess.run([PROGRAM, 'local', *words], cwd=self.root, capture_output=True, text=True, errors='replace', timeout=120, stdin=subprocess.DEVNULL,
                              env={**self.env, **env})
        assert 'Sanitizer' not in done.stderr, done.stderr
        return Answer(done)

    def run(self, *words, **env):
        return self.medic('run', *words, **env)

    def ran(self, *words, **env):
        """As JSON."""
        a = self.run('--format', 'json', *words, **env)
        assert a.out, a.err
        return a.json

    def result(self):
        return json.loads(self.read('.runmedic/result.json'))

    def start(self, *words):
        return subprocess.Popen([PROGRAM, 'local', 'run', *words], cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                stdin=subprocess.DEVNULL, env=self.env, start_new_session=True)

    def done(self):
        shutil.rmtree(self.top, ignore_errors=True)


def waited(what, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def alive(pid):
    try:
        with open(f'/proc/{pid}/stat') as f:
            return f.read().rsplit(')', 1)[1].split()[0] not in 'ZX'
    except OSError:
        return False


TESTS = 'def test_good():\n    assert 1\n\ndef test_other():\n    assert 2\n'
BAD = TESTS + '\ndef test_bad():\n    assert 1 == 2\n'


def by_name(answer, name):
    return next(c for c in answer['checks'] if c['check'] == name)


# ---- what is in a result ---------------------------------------------------------------------------

@case
def a_green_run_and_its_result():
    p = Project([f'name: tests, run: "{PYTEST} --junitxml=r.xml", junit: r.xml', 'name: build, run: "echo built"'], files={'test_a.py': TESTS})
    a = p.run()
    equal(a.status, 0, a.err)
    has(a.out, 'tests  passed', '2 tests', 'passed: ' + p.git('rev-parse', 'HEAD')[:12], 'built', '.runmedic/result.json')
    r = p.result()
    equal((r['version'], r['runner'], r['dirty'], r['untracked'], r['submodules'], r['passed']), ('1.0', 'local', False, 0, [], True))
    equal(r['commit_sha'], p.git('rev-parse', 'HEAD'))
    equal(r['tree'], p.git('rev-parse', 'HEAD^{tree}'))
    equal((r['branch'], r['repository'], r['selection']), ('main', 'acme/widgets', None))
    equal(r['checks'], {'tests': {'passed': True, 'total': 2, 'failed': 0, 'skipped': 0, 'failed_ids': []}})
    equal([(c['name'], c['passed'], c['exit_code'], c['timed_out']) for c in r['runs']], [('tests', True, 0, False), ('build', True, 0, False)])
    assert re.fullmatch('[0-9a-f]{32}', r['nonce']) and re.fullmatch('sha256:[0-9a-f]{64}', r['host'] or 'sha256:' + '0' * 64)
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', r['timestamp']), r['timestamp']
    lacks(json.dumps(r), os.uname().nodename, p.top)
    equal(p.git('status', '--porcelain'), '')
    p.done()


@case
def two_runs_have_two_nonces_and_one_host():
    p = Project('name: a, run: "true"')
    one, two = p.ran()['result'], p.ran()['result']
    assert one['nonce'] != two['nonce'] and one['host'] == two['host'] and one['config_digest'] == two['config_digest']
    p.git('config', 'remote.origin.url', 'https://github.com/acme/gadgets.git')
    three = p.ran()['result']
    assert three['host'] is None or three['host'] != one['host'], 'one machine, two repositories'
    p.done()


@case
def life_is_that_of_the_configuration():
    p = Project('name: a, run: "true"', local='  max_age: 2\n')
    p.run(RUNMEDIC_NOW='2026-11-21T10:00:00Z')
    equal((p.result()['timestamp'], p.result()['expires']), ('2026-11-21T10:00:00Z', '2026-11-21T12:00:00Z'))
    p.done()


@case
def tools_have_digests():
    p = Project(['name: a, run: "A=1 /bin/echo x && true"', 'name: b, run: [sh, -c, "true"]', 'name: c, run: ./tool.sh', 'name: d, run: "$(echo true)"',
                 'name: e, run: "if true; then true; fi"'], files={'tool.sh': '#!/bin/sh\n'})
    os.chmod(p.path('tool.sh'), 0o755)
    p.commit()
    tools = {t['name']: t['digest'] for t in p.ran()['result']['tools']}
    equal(sorted(tools), ['./tool.sh', '/bin/echo', 'sh'])
    for name, path in (('./tool.sh', p.path('tool.sh')), ('/bin/echo', '/bin/echo'), ('sh', shutil.which('sh', path=p.env['PATH']))):
        with open(path, 'rb') as f:
            equal(tools[name], 'sha256:' + hashlib.sha256(f.read()).hexdigest())
    p.done()


@case
def output_goes_where_it_is_told():
    p = Project('name: a, run: "true"')
    a = p.run('--output', 'out.json')
    equal(a.status, 0, a.err)
    equal(json.loads(p.read('out.json'))['passed'], True)
    assert not os.path.exists(p.path('.runmedic/result.json'))
    has(a.out, 'passed')
    p.done()


@case
def json_keeps_standard_output_clean():
    p = Project('name: a, run: "echo loud; echo louder >&2"')
    a = p.run('--format', 'json')
    equal((a.json['schema'], a.json['passed'], a.json['result']['passed']), ('runmedic.local-run/1', True, True))
    has(a.err, 'loud\n', 'louder\n')
    p.done()


@case
def streams_stay_apart():
    p = Project('name: a, run: "echo to-out; echo to-err >&2"')
    a = p.run()
    has(a.out, 'to-out')
    lacks(a.out, 'to-err')
    has(a.err, 'to-err', '== a: echo to-out')
    p.done()


@case
def runs_from_below_and_by_repo():
    p = Project('name: a, run: "pwd > out.report"', files={'src/x': ''})
    done = subprocess.run([PROGRAM, 'local', 'run', '-q'], cwd=p.path('src'), env=p.env, capture_output=True, text=True)
    equal(done.returncode, 0, done.stderr)
    equal(p.read('out.report').strip(), os.path.realpath(p.root))
    done = subprocess.run([PROGRAM, 'local', 'run', '--repo', p.root], cwd='/', env=p.env, capture_output=True, text=True)
    equal(done.returncode, 0, done.stderr)
    p.done()


# ---- how checks run --------------------------------------------------------------------------------

@case
def the_shell_is_that_of_a_workflow():
    p = Project(['name: pipe, run: "false | cat; echo never > never.report"', 'name: bash, run: "[[ a == a ]]; shopt -q expand_aliases && exit 3; true"',
                 'name: argv, run: [test, "$HOME", "=", "$HOME"]', 'name: lines, run: "false\\necho never > never.report"'])
    r = p.ran()
    equal([c['status'] for c in r['checks']], ['failed', 'passed', 'passed', 'failed'])
    assert not os.path.exists(p.path('never.report'))
    p.done()


@case
def a_machine_without_bash():
    p = Project('name: a, run: "false; echo never"')
    tools = os.path.join(p.top, 'bin')
    os.mkdir(tools)
    for name in ('sh', 'git', 'true', 'cat'):
        os.symlink(shutil.which(name, path='/usr/bin:/bin'), os.path.join(tools, name))
    a = p.run(PATH=tools)
    equal(a.status, 1, a.err)
    lacks(a.out, 'never\n')
    p.done()


@case
def children_never_see_our_secrets():
    p = Project('name: a, run: "env > env.report; cat /proc/$PPID/environ > parent.report 2>/dev/null || true"')
    a = p.run(SOMETHING='kept', **SECRETS)
    equal(a.status, 0, a.err)
    seen = p.read('env.report')
    has(seen, 'SOMETHING=kept', f'HOME={p.home}')
    lacks(seen, *SECRETS.values(), 'RUNMEDIC_SIGNING')
    if os.geteuid() != 0:
        lacks(p.read('parent.report'), *SECRETS.values())
    p.done()


@case
def beside_a_token_in_actions_nothing_runs():
    p = Project('name: a, run: "touch ran.report"')
    a = p.run(GITHUB_ACTIONS='true', GITHUB_TOKEN='ghs_x')
    equal(a.status, 2, a.err)
    has(a.err, 'token')
    assert not os.path.exists(p.path('ran.report'))
    equal(p.run(GITHUB_ACTIONS='true').status, 0)
    p.done()


@case
def standard_input_is_empty_and_there_is_no_terminal():
    p = Project('name: a, run: "test -z \\"$(cat)\\"; ! (: < /dev/tty) 2>/dev/null"')
    equal(p.run().status, 0)
    p.done()


@case
def a_program_that_is_not_there():
    p = Project(['name: argv, run: [no-such-program-at-all]', 'name: shell, run: no-such-program-at-all', 'name: folder, run: ["/"]'])
    r = p.ran()
    equal([(c['status'], c['exit_code']) for c in r['checks']], [('failed', 127), ('failed', 127), ('failed', 126)])
    has(r['checks'][0]['found'], 'cannot start no-such-program-at-all')
    p.done()


@case
def a_check_that_is_killed():
    p = Project('name: a, run: [sh, -c, "kill -SEGV $$"]')
    r = p.ran()
    equal((r['checks'][0]['status'], r['result']['runs'][0]['exit_code']), ('failed', None))
    has(r['checks'][0]['found'], 'signal 11')
    p.done()


@case
def output_of_any_size_and_bytes():
    p = Project(['name: big, run: "head -c 20000000 /dev/zero | tr \'\\\\0\' x; echo end"', 'name: bytes, run: "head -c 300000 /dev/urandom"',
                 'name: open, run: "printf without-newline"'])
    done = subprocess.run([PROGRAM, 'local', 'run'], cwd=p.root, env=p.env, capture_output=True)
    equal(done.returncode, 0, done.stderr[-500:])
    assert len(done.stdout) > 20300000, len(done.stdout)
    p.done()


@case
def a_reader_that_goes_away():
    p = Project('name: a, run: "seq 200000; touch done.report"')
    done = subprocess.run(['bash', '-c', f'{PROGRAM} local run | head -n 1'], cwd=p.root, env=p.env, capture_output=True, text=True)
    equal(done.stdout, '1\n')
    assert waited(lambda: os.path.exists(p.path('done.report')), 5)
    p.done()


@case
def what_a_check_leaves_behind_is_killed():
    p = Project(['name: a, run: "sleep 300 & echo $! > pid.report; exec >/dev/null; exit 0"', 'name: b, run: "sleep 301 > /dev/null 2>&1 & echo $! > pid2.report"'])
    t = time.time()
    equal(p.run().status, 0)
    assert time.time() - t < 20
    assert waited(lambda: not alive(int(p.read('pid.report'))), 3) and waited(lambda: not alive(int(p.read('pid2.report'))), 3)
    p.done()


# ---- time-outs and stopping ------------------------------------------------------------------------

@case
def a_time_out_ends_the_whole_group():
    p = Project('name: slow, run: "sleep 300 & echo $! > pid.report; wait", timeout: 1')
    t = time.time()
    r = p.ran()
    assert time.time() - t < 15, time.time() - t
    equal((r['checks'][0]['status'], r['result']['runs'][0]['timed_out'], r['passed']), ('timed out', True, False))
    has(r['checks'][0]['found'], 'stopped after 1 s')
    assert waited(lambda: not alive(int(p.read('pid.report'))), 3)
    p.done()


@case
def who_ignores_term_is_killed():
    p = Project('name: deaf, run: [/usr/bin/python3, -c, "import signal,time; signal.signal(15, signal.SIG_IGN); time.sleep(300)"], timeout: 1')
    t = time.time()
    equal(p.ran()['checks'][0]['status'], 'timed out')
    assert 5 < time.time() - t < 25, time.time() - t
    p.done()


@case
def who_hears_term_may_clean_up():
    p = Project('name: tidy, run: "trap \'echo cleaned > clean.report; exit 0\' TERM; sleep 300 & wait", timeout: 1')
    equal(p.ran()['checks'][0]['status'], 'timed out')
    equal(p.read('clean.report'), 'cleaned\n')
    p.done()


def stopped(signals, parallel='1'):
    p = Project(['name: a, run: "echo $$ > a.report; sleep 300"', 'name: b, run: "echo $$ > b.report; sleep 300"'])
    p.write('.runmedic/result.json', 'the one before')
    p.write('.runmedic/.gitignore', '*')
    child = p.start('--parallel', parallel)
    assert waited(lambda: os.path.exists(p.path('a.report')) and p.read('a.report').strip())
    pids = [int(p.read(n)) for n in ('a.report', 'b.report') if waited(lambda: os.path.exists(p.path(n)) and p.read(n).strip(), 2 if parallel == '1' else 10)]
    for n in signals:
        child.send_signal(n)
        time.sleep(0.2)
    out, err = child.communicate(timeout=30)
    assert waited(lambda: not any(alive(x) for x in pids), 5), pids
    return p, child.returncode, out, err


@case
def interrupted_in_the_middle():
    for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for parallel in ('1', '2'):
            p, status, out, err = stopped([n], parallel)
            equal(status, -n, err)
            equal(p.read('.runmedic/result.json'), 'the one before')
            lacks(out, 'status')
            p.done()


@case
def killed_in_the_middle():
    p, status, _, _ = stopped([signal.SIGKILL], '2')
    equal(status, -signal.SIGKILL)
    equal(p.read('.runmedic/result.json'), 'the one before')
    p.done()


@case
def killed_over_and_over_leaves_whole_files():
    p = Project('name: a, run: "true"')
    equal(p.run().status, 0)
    for i in range(25):
        child = p.start()
        time.sleep(0.004 * i)
        child.kill()
        child.communicate()
        json.loads(p.read('.runmedic/result.json'))
    equal([n for n in os.listdir(p.path('.runmedic')) if 'result' in n and n != 'result.json' and os.path.getsize(p.path('.runmedic/' + n)) == 0], [])
    equal(p.run().status, 0)
    p.done()


# ---- several at once -------------------------------------------------------------------------------

@case
def parallel_is_at_once_and_names_who_talks():
    # each waits for the other: one after the other they would time out
    p = Project(['name: left, run: "touch l.report; until test -e r.report; do sleep 0.02; done; echo from-left", timeout: 20',
                 'name: right, run: "touch r.report; until test -e l.report; do sleep 0.02; done; printf from-right; echo err >&2", timeout: 20'])
    a = p.run('--parallel', '2')
    equal(a.status, 0, a.err)
    has(a.out, 'left  | from-left\n', 'right | from-right')
    p.done()


@case
def parallel_never_shears_a_line():
    p = Project([f'name: c{i}, run: "for i in $(seq 300); do printf %s {chr(97 + i) * 20}; echo {chr(97 + i) * 20}; done"' for i in range(4)])
    a = p.run('--parallel', '4')
    lines = [x for x in a.out.splitlines() if ' | ' in x]
    equal(len(lines), 1200)
    for line in lines:
        name, _, text = line.partition(' | ')
        equal(text, chr(97 + int(name[1])) * 40)
    p.done()


@case
def no_more_at_once_than_asked_for():
    p = Project([f'name: c{i}, run: "mkdir lock.report; sleep 0.05; rmdir lock.report"' for i in range(4)])
    equal(p.run().status, 0)
    p.done()


@case
def fail_fast():
    checks = ['name: a, run: "true"', 'name: b, run: "false"', 'name: c, run: "touch c.report"']
    p = Project(checks)
    r = p.ran()
    equal([c['status'] for c in r['checks']], ['passed', 'failed', 'passed'])
    os.remove(p.path('c.report'))
    r = p.ran('--fail-fast')
    equal([c['status'] for c in r['checks']], ['passed', 'failed', 'not run'])
    equal([c['name'] for c in r['result']['runs']], ['a', 'b'])
    assert not os.path.exists(p.path('c.report'))
    p.done()


@case
def fail_fast_stops_those_that_run():
    p = Project(['name: slow, run: "sleep 300"', 'name: bad, run: "false"'])
    t = time.time()
    r = p.ran('--fail-fast', '--parallel', '2')
    assert time.time() - t < 20
    equal([c['status'] for c in r['checks']], ['stopped', 'failed'])
    equal(r['result']['passed'], False)
    p.done()


@case
def only_some():
    p = Project(['name: a, run: "true"', 'name: b, run: "false"', 'name: c, run: "true"'])
    r = p.ran('--only', 'c,a')
    equal([c['check'] for c in r['checks']], ['a', 'c'])
    equal(p.run('--only', 'a', '--only', 'b').status, 1)
    a = p.run('--only', 'd')
    equal(a.status, 2)
    has(a.err, 'no such check', 'a, b, c')
    p.done()


@case
def select():
    p = Project('name: a, run: "true"', more='select:\n  - {name: quick, criteria: all}\n')
    equal(p.ran('--select', 'quick')['result']['selection'], 'quick')
    a = p.run('--select', 'slow')
    equal(a.status, 2)
    has(a.err, 'no such selection')
    p.done()


# ---- reports ---------------------------------------------------------------------------------------

@case
def failed_tests_are_named():
    p = Project(f'name: tests, run: "{PYTEST} --junitxml=r.xml", junit: r.xml', files={'test_a.py': BAD})
    a = p.run()
    equal(a.status, 1)
    has(a.out, 'tests  failed', '3 tests, 1 failed', 'test_bad')
    r = p.result()
    equal((r['checks']['tests']['total'], r['checks']['tests']['failed'], r['checks']['tests']['passed'], r['passed']), (3, 1, False, False))
    equal(len(r['checks']['tests']['failed_ids']), 1)
    has(r['checks']['tests']['failed_ids'][0], 'test_bad')
    p.done()


@case
def tests_are_read_from_the_log_where_no_report_is_named():
    p = Project(f'name: tests, run: "{PYTEST} -v"', files={'test_a.py': BAD})
    r = p.ran()['result']['checks']['tests']
    equal((r['total'], r['failed'], r['failed_ids']), (3, 1, ['test_a.py::test_bad']))
    p.write('test_a.py', TESTS)
    p.commit()
    r = p.ran()['result']['checks']['tests']
    equal((r['total'], r['failed'], r['passed']), (2, 0, True))
    p.done()


@case
def a_report_of_another_time_does_not_count():
    p = Project(f'name: tests, run: "test -e out/skip || {PYTEST} --junitxml=r.xml", junit: r.xml', files={'test_a.py': TESTS})
    equal(p.run().status, 0)
    p.write('out/skip', '')
    r = p.ran()
    equal((r['passed'], r['checks'][0]['status'], 'tests' in r['result']['checks']), (False, 'failed', False))
    has(r['checks'][0]['found'], 'did not write r.xml anew')
    os.remove(p.path('r.xml'))
    has(p.ran()['checks'][0]['found'], 'did not write r.xml')
    p.done()


@case
def reports_in_a_folder_and_by_pattern():
    one = '<testsuite name="{0}" tests="2" failures="0"><testcase classname="{0}" name="x"/><testcase classname="{0}" name="y"/></testsuite>'
    for where in ('out', 'out/TEST-*.xml'):
        p = Project(f'name: t, run: "mkdir -p out; cp src/*.xml out", junit: "{where}"',
                    files={'src/TEST-a.xml': one.format('A'), 'src/TEST-b.xml': one.format('B')})
        equal(p.ran()['result']['checks']['tests']['total'], 4)
        p.done()


@case
def broken_and_hostile_reports():
    bomb = '<!DOCTYPE a [<!ENTITY b "' + 'x' * 100 + '"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><testsuite><testcase name="&c;"/></testsuite>'
    for text in ('', 'not xml', '<testsuite><testcase', bomb, '<html/>', '\x00\x01'):
        p = Project('name: t, run: "cp src/r.xml r.xml", junit: r.xml', files={'src/r.xml': text})
        r = p.ran()
        equal((r['passed'], r['checks'][0]['status']), (False, 'failed'), text[:20])
        has(r['checks'][0]['found'], 'r.xml')
        p.done()
    p = Project('name: t, run: "mkfifo r.xml || true", junit: r.xml')
    equal(p.run().status, 1)
    p.done()


@case
def exit_0_with_failed_tests_is_no_pass():
    p = Project(f'name: tests, run: "{PYTEST} --junitxml=r.xml || true", junit: r.xml', files={'test_a.py': BAD})
    r = p.ran()
    equal((r['passed'], r['checks'][0]['status'], r['result']['runs'][0]['exit_code']), (False, 'failed', 0))
    has(r['checks'][0]['found'], 'ended with 0 although tests failed')
    p.done()


COBERTURA = '''<?xml version="1.0"?><coverage line-rate="0.75" version="1" timestamp="1"><sources><source>.</source></sources><packages>
<package name="src" line-rate="0.75"><classes><class name="a" filename="src/core/a.py" line-rate="0.5"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class>
<class name="b" filename="src/b.py" line-rate="1"><lines><line number="1" hits="1"/><line number="2" hits="3"/></lines></class></classes></package></packages></coverage>'''


@case
def coverage_total_and_by_module():
    p = Project('name: cov, run: "cp src/c.xml cov.report", coverage: cov.report', files={'src/c.xml': COBERTURA}, thresholds='coverage: 75',
                local='  modules: [{path: "src/core/**", coverage: 50}, {path: "src/*.py", coverage: 100}]\n')
    a = p.run()
    equal(a.status, 0, a.out + a.err)
    has(a.out, 'coverage 75 %', 'at least 75 %', 'coverage of src/core/**')
    c = p.result()['checks']['coverage']
    equal((c['passed'], c['percentage'], c['threshold']), (True, 75, 75))
    equal(c['modules'], [{'name': 'src/core/**', 'percentage': 50}, {'name': 'src/*.py', 'percentage': 100}])
    p.done()
    for thresholds, modules in (('coverage: 75.01', ''), ('', '  modules: [{path: "src/core/**", coverage: 51}]\n'), ('', '  modules: [{path: "lib/**", coverage: 5}]\n')):
        p = Project('name: cov, run: "cp src/c.xml cov.report", coverage: cov.report', files={'src/c.xml': COBERTURA}, thresholds=thresholds, local=modules)
        r = p.ran()
        equal((r['passed'], r['result']['passed'], r['result']['checks']['coverage']['passed']), (False, False, False))
        equal([t['status'] for t in r['thresholds']], ['missed'])
        p.done()


@case
def coverage_from_the_log():
    text = 'Name      Stmts   Miss  Cover\\n-----------------------------\\na.py         10      1    90%\\n-----------------------------\\nTOTAL        10      1    90%\\n'
    p = Project(f'name: cov, run: "printf \'{text.replace("%", "%%")}\'"', thresholds='coverage: 90')
    r = p.ran()
    equal((r['passed'], r['result']['checks']['coverage']['percentage']), (True, 90), r)
    p.done()


@case
def a_threshold_without_a_measurement_is_missed():
    p = Project(['name: a, run: "true"', 'name: b, run: "true"'], thresholds='coverage: 80, pass_rate: 100, lint: 0')
    r = p.ran()
    equal((r['passed'], [t['status'] for t in r['thresholds']], [t['measured'] for t in r['thresholds']]), (False, ['missed'] * 3, ['nothing'] * 3))
    equal(p.run('--only', 'a').status, 0)
    p.done()


@case
def lint_and_its_threshold():
    flake = "a.py:1:1: F401 'os' imported but unused\\na.py:2:1: E302 expected 2 blank lines\\n"
    for most, exit_code, status, passed in ((1, 1, 'failed', False), (2, 1, 'tolerated', True), (2, 0, 'passed', True), (0, 0, 'passed', False)):
        p = Project(f'name: lint, run: "printf \\"{flake}\\" > l.report; exit {exit_code}", lint: "flake8:l.report"', thresholds=f'lint: {most}')
        r = p.ran()
        equal((r['checks'][0]['status'], r['passed'], r['result']['checks']['linting']['issues']), (status, passed, 2), f'at most {most}, exit {exit_code}')
        p.done()


@case
def a_pass_rate_tolerates_some():
    for rate, status, passed in ((60, 'tolerated', True), (67, 'failed', False)):
        p = Project(f'name: tests, run: "{PYTEST} --junitxml=r.xml", junit: r.xml', files={'test_a.py': BAD}, thresholds=f'pass_rate: {rate}')
        a = p.run('--format', 'json')
        r = a.json
        equal((r['checks'][0]['status'], r['passed'], a.status, r['result']['passed'], r['result']['checks']['tests']['passed']), (status, passed, 0 if passed else 1, False, False))
        p.done()


@case
def compiler_warnings_are_no_lint():
    p = Project(f'name: tests, run: "echo \\"a.c:1:2: warning: unused variable [-Wunused]\\"; {PYTEST} --junitxml=r.xml", junit: r.xml', files={'test_a.py': TESTS})
    equal('linting' in p.ran()['result']['checks'], False)
    p.done()


@case
def the_command_itself_is_not_its_output():
    p = Project('name: lint, run: [sh, -c, "echo \'a.py:1:1: F401 unused\'"]')
    equal(p.ran()['result']['checks']['linting'], {'passed': True, 'issues': 1})
    p.done()


# ---- the tree --------------------------------------------------------------------------------------

@case
def a_dirty_tree_is_refused_or_marked():
    changes = {'changed': lambda p: p.write('a', 'other'), 'staged': lambda p: (p.write('new', ''), p.git('add', 'new')), 'deleted': lambda p: os.remove(p.path('a')),
               'mode': lambda p: os.chmod(p.path('a'), 0o755), 'renamed': lambda p: p.git('mv', 'a', 'b'), 'unstaged and back': lambda p: (p.write('a', 'x'), p.git('add', 'a'), p.write('a', 'first'))}
    for name, change in changes.items():
        p = Project('name: a, run: "touch ran.report"', files={'a': 'first'})
        change(p)
        a = p.run()
        equal(a.status, 2, name)
        equal(len(a.err.strip().splitlines()), 1, a.err)
        has(a.err, 'differ from the commit', '--allow-dirty')
        assert not os.path.exists(p.path('ran.report')) and not os.path.exists(p.path('.runmedic/result.json'))
        equal(p.run('--allow-dirty').status, 0)
        equal(p.result()['dirty'], True, name)
        p.done()


@case
def untracked_files_are_counted():
    p = Project('name: a, run: "true"')
    for name in ('x', 'sub/y', 'sub/z', 'out/ignored'):
        p.write(name, '')
    a = p.run()
    equal((a.status, p.result()['dirty'], p.result()['untracked']), (0, False, 3))
    has(a.out, '3 untracked files')
    p.done()


@case
def submodules():
    p, q = Project('name: a, run: "true"'), Project('name: x, run: "true"')
    p.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', q.root, 'lib/sub')
    p.commit()
    equal(p.ran()['result']['submodules'], ['lib/sub ' + q.git('rev-parse', 'HEAD')])
    subprocess.run(['git', '-C', p.path('lib/sub'), '-c', 'user.name=x', '-c', 'user.email=x@y', 'commit', '-q', '--allow-empty', '-m', 'y'], check=True, env=p.env)
    a = p.run()
    equal(a.status, 2)
    has(a.err, 'lib/sub')
    equal(p.run('--allow-dirty').status, 0)
    equal(p.result()['submodules'], ['lib/sub ' + subprocess.run(['git', '-C', p.path('lib/sub'), 'rev-parse', 'HEAD'], capture_output=True, text=True).stdout.strip()])
    p.done()
    q.done()


@case
def checks_that_change_files():
    p = Project('name: a, run: "echo more >> a"', files={'a': ''})
    a = p.run()
    has(a.err, 'changed files (a)')
    equal(p.result()['dirty'], True)
    p.done()


@case
def head_that_moves():
    p = Project('name: a, run: "git -c user.name=x -c user.email=x@y commit -q --allow-empty -m y"')
    a = p.run()
    equal(a.status, 2)
    has(a.err, 'HEAD moved')
    assert not os.path.exists(p.path('.runmedic/result.json'))
    p.done()


@case
def no_repository_no_commit_detached():
    p = Project('name: a, run: "true"')
    p.git('checkout', '-q', '--detach')
    equal((p.run().status, p.result()['branch']), (0, None))
    shutil.rmtree(p.path('.git'))
    a = p.run()
    equal(a.status, 2)
    has(a.err, 'not in a git repository')
    p.git('init', '-q')
    a = p.run()
    equal(a.status, 2)
    has(a.err, 'no commit yet')
    p.done()


# ---- configuration ---------------------------------------------------------------------------------

@case
def bad_configurations():
    for text, said in (('version: 1\n', 'nothing to run'), ('version: 1\nlocal: {checks: [{name: a}]}\n', 'run'), ('version: 1\nlocal: {chekcs: []}\n', 'checks'),
                       ('version: 1\nlocal: {checks: [{name: a, run: "x", timeout: 0}]}\n', 'timeout'),
                       ('version: 1\nlocal: {checks: [{name: a, run: "x"}, {name: a, run: "y"}]}\n', 'stands here twice'), (': :', 'runmedic.yml')):
        p = Project('name: a, run: "true"')
        p.write('.github/runmedic.yml', text)
        p.commit()
        a = p.run()
        equal(a.status, 2, text)
        equal(len(a.err.strip().splitlines()), 1, a.err)
        has(a.err, said)
        p.done()


@case
def bad_words():
    p = Project('name: a, run: "true"')
    for words in (['run', 'x'], ['walk'], [], ['run', '--parallel', '0x'], ['run', '--parallel', '65'], ['run', '--format', 'xml'], ['keys', 'make'], ['keys', 'list', 'x']):
        a = p.medic(*words)
        equal(a.status, 2, words)
        equal(len(a.err.strip().splitlines()), 1, a.err)
    p.done()


@case
def a_planted_link_is_not_followed():
    p = Project('name: a, run: "true"')
    target = os.path.join(p.top, 'elsewhere')
    os.mkdir(target)
    os.symlink(target, p.path('.runmedic'))
    a = p.run()
    equal((a.status, os.listdir(target)), (2, []), a.err)
    os.remove(p.path('.runmedic'))
    os.mkdir(p.path('.runmedic'))
    p.write('.runmedic/.gitignore', '*\n')
    victim = os.path.join(p.top, 'victim')
    with open(victim, 'w') as f:
        f.write('mine')
    os.symlink(victim, p.path('.runmedic/result.json'))
    equal(p.run().status, 0)
    with open(victim) as f:
        equal(f.read(), 'mine')
    p.done()


# ---- hostile output --------------------------------------------------------------------------------

@case
def secrets_and_controls_do_not_reach_result_or_table():
    token = 'ghp_' + 'Ab1' * 12
    xml = f'<testsuite tests="1" failures="1"><testcase classname="a" name="t {token} \\x1b[31m"><failure message="password={token}"/></testcase></testsuite>'.replace('\\x1b', '')
    p = Project('name: t, run: "cp src/r.xml r.xml; printf \'\\\\033]0;title\\\\007\\\\n\'; exit 1", junit: r.xml', files={'src/r.xml': xml})
    p.run()
    lacks(p.read('.runmedic/result.json'), token, '\x1b')
    with open(p.path('.runmedic/history.db'), 'rb') as f:
        lacks(f.read().decode('latin-1'), token)
    p.done()


@case
def names_are_shown_safely():
    p = Project('name: "a\\u202eb", run: "true"')
    a = p.run()
    equal(a.status, 2)
    has(a.err, 'cannot be seen')
    lacks(a.out + a.err, '\u202e')
    p.done()


# ---- history ---------------------------------------------------------------------------------------

@case
def the_history_knows():
    p = Project([f'name: tests, run: "{PYTEST} --junitxml=r.xml", junit: r.xml', 'name: other, run: "true"'], files={'test_a.py': BAD})
    p.run()
    p.run()
    db = sqlite3.connect(p.path('.runmedic/history.db'))
    columns = [c[1] for c in db.execute('pragma table_info(jobs)')]
    rows = [dict(zip(columns, row)) for row in db.execute('select * from jobs')]
    equal(len(rows), 4, rows)
    equal({r['space'] for r in rows}, {'local'})
    equal({r['sha'] for r in rows}, {p.git('rev-parse', 'HEAD')})
    equal(db.execute('select count(*) from test_results').fetchone()[0] >= 3, True)
    p.done()


@case
def a_history_that_cannot_be_written_is_no_reason_to_stop():
    p = Project('name: a, run: "true"')
    p.write('not-a-db', 'x' * 5000)
    p.commit()
    a = p.run('--db', 'not-a-db')
    equal(a.status, 0, a.err)
    has(a.err, 'not recorded')
    p.done()


# ---- keys ------------------------------------------------------------------------------------------

def keygen(*words, **more):
    return subprocess.run(['ssh-keygen', *words], capture_output=True, text=True, **more)


def signed(p, key, namespace='runmedic', text=b'message'):
    path = os.path.join(p.top, 'message')
    with open(path, 'wb') as f:
        f.write(text)
    if os.path.exists(path + '.sig'):
        os.remove(path + '.sig')
    done = keygen('-Y', 'sign', '-f', key, '-n', namespace, path)
    equal(done.returncode, 0, done.stderr)
    return path


def verified(p, path, who, allowed, revoked=None, when=None):
    with open(path, 'rb') as f:
        words = ['-Y', 'verify', '-f', allowed, '-I', who, '-n', 'runmedic', '-s', path + '.sig'] + (['-r', revoked] if revoked else [])
        words += [f'-Overify-time={when}'] if when else []
        return subprocess.run(['ssh-keygen', *words], stdin=f, capture_output=True, text=True)


def ssh_key(p, name='id_ed25519', kind='ed25519', comment='ann@example.org'):
    folder = os.path.join(p.home, '.ssh')
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, name)
    equal(keygen('-q', '-t', kind, '-N', '', '-C', comment, '-f', path).returncode, 0)
    return path


@case
def init_makes_a_key_that_others_read():
    p = Project('name: a, run: "true"')
    a = p.medic('keys', 'init', '--no-passphrase', '--format', 'json')
    equal(a.status, 0, a.err)
    path = os.path.join(p.home, '.config/runmedic/signing_key.pem')
    equal((a.json['path'], oct(os.stat(path).st_mode & 0o777)), (path, '0o600'))
    with open(path) as f:
        pem = f.read()
    lacks(a.out + a.err, *[line for line in pem.splitlines() if 'PRIVATE' not in line])
    public = subprocess.run(['openssl', 'pkey', '-in', path, '-pubout', '-outform', 'DER'], capture_output=True).stdout
    equal(len(public), 44)
    has(a.json['line'], 'ann@example.org namespaces="runmedic" ssh-ed25519 ')
    fingerprint = keygen('-l', '-f', path + '.pub').stdout.split()[1]
    equal(fingerprint, a.json['fingerprint'])
    again = p.medic('keys', 'init', '--no-passphrase')
    equal(again.status, 2)
    has(again.err, 'rotate')
    with open(path) as f:
        equal(f.read(), pem)
    p.done()


@case
def init_with_a_passphrase():
    p = Project('name: a, run: "true"')
    secret = os.path.join(p.top, 'secret')
    with open(secret, 'w') as f:
        f.write('correct horse\nsecond line\n')
    a = p.medic('keys', 'init', '--passphrase-file', secret)
    equal(a.status, 0, a.err)
    path = os.path.join(p.home, '.config/runmedic/signing_key.pem')
    with open(path) as f:
        has(f.read(), 'ENCRYPTED PRIVATE KEY')
    equal(subprocess.run(['openssl', 'pkey', '-in', path, '-passin', 'pass:correct horse', '-noout'], capture_output=True).returncode, 0)
    lacks(a.out + a.err, 'correct horse')
    equal(p.medic('keys', 'list').status, 0)
    p.done()


@case
def init_needs_a_word_on_passphrases():
    p = Project('name: a, run: "true"')
    done = subprocess.run(['setsid', '-w', PROGRAM, 'local', 'keys', 'init'], cwd=p.root, env=p.env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    equal(done.returncode, 2)
    has(done.stderr, '--no-passphrase')
    p.done()


@case
def init_takes_the_developers_ssh_key():
    p = Project('name: a, run: "true"')
    a = p.medic('keys', 'init', '--ssh')
    equal(a.status, 2)
    has(a.err, '--key FILE')
    key = ssh_key(p)
    a = p.medic('keys', 'init', '--ssh', '--format', 'json')
    equal((a.status, a.json['path']), (0, key), a.err)
    equal(a.json['fingerprint'], keygen('-l', '-f', key + '.pub').stdout.split()[1])
    with open(os.path.join(p.home, '.config/runmedic/signing_key.ssh')) as f:
        equal(f.read(), key + '\n')
    p.done()


@case
def allowed_signers_that_ssh_keygen_believes():
    for kind in ('ed25519', 'ecdsa', 'rsa'):
        p = Project('name: a, run: "true"')
        key = ssh_key(p, 'k', kind)
        a = p.medic('keys', 'allow', key + '.pub', '--principal', 'ann@example.org', '--format', 'json')
        equal((a.status, a.json['changed']), (0, True), a.err)
        allowed = p.path('.github/runmedic/allowed_signers')
        path = signed(p, key)
        found = keygen('-Y', 'find-principals', '-f', allowed, '-s', path + '.sig')
        equal((found.returncode, found.stdout.strip()), (0, 'ann@example.org'), found.stderr)
        equal(verified(p, path, 'ann@example.org', allowed).returncode, 0)
        assert verified(p, path, 'eve@example.org', allowed).returncode != 0
        again = p.medic('keys', 'allow', key + '.pub', '--principal', 'ann@example.org', '--format', 'json')
        equal((again.status, again.json['changed'], p.read('.github/runmedic/allowed_signers').count('namespaces=')), (0, False, 1))
        p.done()


@case
def our_own_key_as_an_allowed_line():
    p = Project('name: a, run: "true"')
    line = p.medic('keys', 'init', '--no-passphrase', '--format', 'json').json['line']
    a = p.medic('keys', 'allow', line)
    equal(a.status, 0, a.err)
    has(p.read('.github/runmedic/allowed_signers'), line)
    equal(p.medic('keys', 'allow', *line.split()).status, 0, 'a line without quotes')
    equal(p.read('.github/runmedic/allowed_signers').count('ssh-ed25519'), 1)
    p.done()


@case
def validity_is_what_ssh_keygen_understands():
    p = Project('name: a, run: "true"')
    key = ssh_key(p)
    equal(p.medic('keys', 'allow', key + '.pub', '--valid-before', '2030-06-30').status, 0)
    allowed = p.path('.github/runmedic/allowed_signers')
    has(p.read('.github/runmedic/allowed_signers'), 'valid-before="20300630"')
    path = signed(p, key)
    equal(verified(p, path, 'ann@example.org', allowed, when='20290101').returncode, 0)
    assert verified(p, path, 'ann@example.org', allowed, when='20310101').returncode != 0
    for bad in ('2020-01-01', 'soon', '20300630x', ''):
        equal(p.medic('keys', 'allow', key + '.pub', '--valid-before', bad).status, 2, bad)
    p.done()


@case
def what_may_not_be_allowed():
    p = Project('name: a, run: "true"')
    key = ssh_key(p, comment='nobody')
    with open(key + '.pub') as f:
        public = f.read().strip()
    for words, said in (([key], 'private key'), ([key + '.pub'], 'whose key'), (['ssh-ed25519 AAAA'], ''), (['/nonexistent'], ''), ([], 'which key'),
                        ([public, '--principal', '*'], 'one person'), ([public, '--principal', 'a b'], 'one person'), ([public, '--principal', 'a,b'], 'one person'),
                        ([public, '--principal', '!a'], 'one person'), (['a@b cert-authority ' + public], ''), ([public.replace('ssh-ed25519', 'ssh-dss', 1)], ''),
                        ([public, '--principal', 'a@b', '--namespaces', 'x"y'], ''), ([public, '--principal', 'a@b', '--branches', '!x'], '')):
        a = p.medic('keys', 'allow', *words)
        equal(a.status, 2, words)
        has(a.err, said)
        assert not os.path.exists(p.path('.github/runmedic/allowed_signers')), words
    p.done()


@case
def a_list_keeps_what_others_wrote():
    p = Project('name: a, run: "true"', files={'.github/runmedic/allowed_signers': '# ours\n\nbob@example.org ssh-ed25519 broken'})
    key = ssh_key(p)
    equal(p.medic('keys', 'allow', key + '.pub').status, 0)
    text = p.read('.github/runmedic/allowed_signers')
    assert text.startswith('# ours\n\nbob@example.org ssh-ed25519 broken\nann@example.org namespaces="runmedic" ssh-ed25519 '), text
    p.done()


@case
def revoked_is_revoked_for_ssh_keygen_too():
    p = Project('name: a, run: "true"')
    key = ssh_key(p)
    p.medic('keys', 'allow', key + '.pub')
    fingerprint = keygen('-l', '-f', key + '.pub').stdout.split()[1]
    a = p.medic('keys', 'revoke', fingerprint, '--reason', 'laptop\nlost', '--format', 'json')
    equal((a.status, a.json['changed'], a.json['fingerprint']), (0, True, fingerprint), a.err)
    revoked, allowed = p.path('.github/runmedic/revoked_keys'), p.path('.github/runmedic/allowed_signers')
    has(p.read('.github/runmedic/revoked_keys'), 'laptop lost', 'ann@example.org')
    path = signed(p, key)
    equal(verified(p, path, 'ann@example.org', allowed).returncode, 0)
    assert verified(p, path, 'ann@example.org', allowed, revoked).returncode != 0
    a = p.medic('keys', 'allow', key + '.pub')
    equal(a.status, 2)
    has(a.err, 'revoked')
    equal(p.medic('keys', 'revoke', key + '.pub', '--format', 'json').json['changed'], False)
    for bad in ('SHA256:short', 'nonsense', key):
        equal(p.medic('keys', 'revoke', bad).status, 2, bad)
    a = p.medic('keys', 'revoke', 'SHA256:' + 'A' * 43)
    equal(a.status, 0, a.err)
    p.done()


@case
def the_list_is_that_of_the_default_branch():
    p = Project('name: a, run: "true"')
    one, two = ssh_key(p, 'one'), ssh_key(p, 'two', comment='bob@example.org')
    p.medic('keys', 'allow', one + '.pub')
    p.medic('keys', 'allow', two + '.pub', '--valid-before', '2030-01-01', '--branches', 'main,release-*')
    a = p.medic('keys', 'list', '--format', 'json')
    equal((a.status, a.json['source'], len(a.json['signers'])), (0, 'work tree', 2), a.err)
    p.commit()
    p.git('update-ref', 'refs/remotes/origin/main', 'HEAD~1')
    a = p.medic('keys', 'list')
    has(a.out, 'has no allowed signers', 'origin/main')
    p.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    a = p.medic('keys', '--format', 'json')
    rows = a.json['signers']
    equal((a.json['source'], [r['principal'] for r in rows], [r['status'] for r in rows]), ('origin/main', ['ann@example.org', 'bob@example.org'], ['valid', 'valid']))
    equal((rows[1]['branches'], rows[1]['valid_before']), ('main,release-*', '2030-01-01T00:00:00Z'))
    equal([r['status'] for r in p.medic('keys', '--format', 'json', RUNMEDIC_NOW='2031-01-01T00:00:00Z').json['signers']], ['valid', 'expired'])
    p.medic('keys', 'revoke', one + '.pub')
    equal(p.medic('keys', '--format', 'json').json['signers'][0]['status'], 'valid', 'only the default branch counts')
    p.commit()
    p.git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    equal(p.medic('keys', '--format', 'json').json['signers'][0]['status'], 'revoked')
    has(p.medic('keys').out, 'ann@example.org', 'Your key: none')
    p.done()


@case
def rotation():
    p = Project('name: a, run: "true"')
    first = p.medic('keys', 'init', '--no-passphrase', '--format', 'json').json
    equal(p.medic('keys', 'allow', first['line']).status, 0)
    a = p.medic('keys', 'rotate', '--no-passphrase', '--format', 'json', RUNMEDIC_NOW='2026-11-21T12:00:00Z')
    equal(a.status, 0, a.err)
    assert a.json['fingerprint'] != first['fingerprint'] and os.path.exists(a.json['old_path']), a.json
    lines = [x for x in p.read('.github/runmedic/allowed_signers').splitlines() if not x.startswith('#')]
    equal(len(lines), 2)
    has(lines[0], 'valid-before="20261122"', first['line'].split()[-1])
    has(lines[1], 'ann@example.org namespaces="runmedic" ssh-ed25519 ')
    lacks(lines[1], 'valid-before', first['line'].split()[-1])
    has(a.json['old_line'], 'valid-before="20261122"')
    equal(oct(os.stat(a.json['old_path']).st_mode & 0o777), '0o600')
    again = p.medic('keys', 'rotate', '--no-passphrase', '--format', 'json', RUNMEDIC_NOW='2026-11-21T12:00:00Z')
    assert again.status == 0 and again.json['old_path'] != a.json['old_path']
    equal(len([x for x in p.read('.github/runmedic/allowed_signers').splitlines() if not x.startswith('#')]), 3)
    p.done()


@case
def rotation_without_a_key():
    p = Project('name: a, run: "true"')
    equal(p.medic('keys', 'rotate', '--no-passphrase').status, 2)
    p.done()


def main():
    global PROGRAM
    PROGRAM, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    chosen = [c for c in CASES if not names or c.__name__ in names]
    failed, lock, left = [], threading.Lock(), list(chosen)

    def work():
        while True:
            with lock:
                if not left:
                    return
                one = left.pop(0)
            try:
                one()
            except Exception:
                with lock:
                    failed.append(one.__name__)
                    print(f'FAILED {one.__name__}\n{traceback.format_exc()}', flush=True)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(f'local-run: {len(chosen) - len(failed)} passed, {len(failed)} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
