#!/usr/bin/env python3
"""`runmedic report` of invented histories (histories.py), looked at as its readers do: Markdown as GitHub renders it, JSON by its schema, the page
in a browser; then in an issue and on a branch of the fake GitHub, by hand and as a step of the Action.

usage: run.py PROGRAM [NAME...]        last line: "report: N passed, N failed[, N skipped]"
"""
import concurrent.futures, html.parser, importlib.util, json, os, re, shutil, sqlite3, subprocess, sys, tempfile, time, warnings
warnings.simplefilter('ignore')  # newer jsonschema would rather have `referencing`, which Debian 12 has not
import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, 'tests', 'github')]
import histories, scene
from scene import ALL, SLUG, Scene, Skip, equal, has, story

PROGRAM = os.path.abspath(sys.argv[1])
NOW = '2026-11-21T00:00:00Z'
WEEK = 'reports/2026-W47'
TOP = tempfile.mkdtemp(prefix='runmedic-report.')
LIMIT = 65535
RENDER = ['cmark-gfm', '--unsafe', '-e', 'table', '-e', 'strikethrough', '-e', 'autolink', '-e', 'tasklist']
TAGS = {'p', 'strong', 'code', 'pre', 'ul', 'li', 'details', 'summary', 'h1', 'h2', 'h3', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'}
SECTIONS = ['summary', 'failures', 'learnings', 'recommendations', 'priorities', 'fixes', 'mistakes', 'flaky', 'minutes', 'days', 'mttr', 'matrix', 'slowest', 'local', 'data']
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def borrowed(name, *path):
    spec = importlib.util.spec_from_file_location(name, os.path.join(ROOT, 'tests', *path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


publish = borrowed('publish_run', 'publish', 'run.py')


# ---- histories ----------------------------------------------------------------------------------


def env(**more):
    kept = {k: os.environ[k] for k in ('PATH', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'SSL_CERT_FILE') if k in os.environ}
    return {**kept, 'HOME': TOP, 'LC_ALL': 'C.UTF-8', 'RUNMEDIC_NOW': NOW, **more}


def run(*args, status=0, cwd=TOP, **more):
    done = subprocess.run([PROGRAM, *args], env=env(**more), cwd=cwd, capture_output=True, timeout=300)
    assert 'Sanitizer' not in done.stderr.decode(errors='replace'), done.stderr.decode(errors='replace')[-1500:]
    assert done.returncode == status, f'{args}: exit {done.returncode}: {done.stderr.decode(errors="replace")[-500:]}'
    return done


def history(kind, seed=7, name=None):
    db, lines = (os.path.join(TOP, (name or kind) + end) for end in ('.db', '.ndjson'))
    with open(lines, 'w', encoding='ascii') as f:
        f.writelines(line + '\n' for line in histories.make(kind, seed))
    run('history', 'import', lines, '--db', db)
    return db


def report(kind, *args, **more):
    return run('report', '--db', os.path.join(TOP, kind + '.db'), *args, **more).stdout


def days(kind):
    return ['--days', '365'] if kind == 'year' else []


# ---- Markdown -----------------------------------------------------------------------------------


class Page(html.parser.HTMLParser):
    """What is wrong with the rendered report: only our tags, no link but ours, tables whose rows are as long as their head."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.wrong, self.prose, self.head, self.cells = [], [], [], 0, 0
        self.feed(text)
        self.close()
        if self.stack:
            self.wrong.append(f'open: {self.stack}')
        prose = ''.join(self.prose)
        for name, never in publish.NEVER:
            if name == 'reference':  # pull requests of fixes are told by their number
                never = re.compile(r'#[0-9]{4,}|#12\b|#34\b|\bGH-[0-9]', re.I)
            found = never.search(prose)
            if found:
                self.wrong.append(f'{name}: {prose[max(0, found.start() - 40):found.end() + 20]!r}')
        found = re.search(r'[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]', text)
        if found:
            self.wrong.append(f'control: {found.group()!r}')

    def handle_starttag(self, tag, attrs):
        allowed = {'a': {'href'}, 'pre': {'lang'}, 'code': {'class'}, 'td': {'align'}, 'th': {'align'}}.get(tag, set())
        if tag not in TAGS or {name for name, _ in attrs} - allowed:
            self.wrong.append(f'tag: <{tag} {attrs}>')
        if tag == 'a' and not dict(attrs).get('href', '').startswith('https://github.com/acme/'):
            self.wrong.append(f'link: {attrs}')
        if tag == 'table':
            self.head = 0
        if tag == 'tr':
            self.cells = 0
        self.cells += tag in ('td', 'th')
        self.stack.append(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(f'end of {tag}')
        if tag == 'tr':
            self.head = self.head or self.cells
            if self.cells != self.head:
                self.wrong.append(f'a row of {self.cells} cells below {self.head}')

    def handle_comment(self, data):
        self.wrong.append(f'comment: {data!r}')

    def handle_decl(self, decl):
        self.wrong.append(f'declaration: {decl!r}')

    def handle_data(self, data):
        if not {'code', 'pre'} & set(self.stack):
            self.prose.append(data)


def looked_at(markdown, name):
    text = markdown.decode('utf8')
    if shutil.which('cmark-gfm') is None:
        raise Skip('cmark-gfm is not installed')
    rendered = subprocess.run(RENDER, input=markdown, capture_output=True, timeout=60, check=True).stdout.decode('utf8')
    page = Page(rendered)
    assert not page.wrong, f'{name}: ' + '; '.join(page.wrong[:6])
    plain = re.sub(r'^(`{3,})text\n.*?^\1$', '', text, flags=re.S | re.M)
    rows = sum(1 for line in plain.split('\n') if line.startswith('| '))
    told = rendered.count('<tr>')
    heads = rendered.count('<thead>')
    assert rows - heads == told, f'{name}: {rows - heads} rows were written, {told} are shown'
    return text


@check
def markdown_is_only_ours():
    for kind in histories.KINDS:
        looked_at(report(kind, *days(kind)), kind)


@check
def other_hostile_texts_are_harmless_too():
    for seed in range(100, 108):
        db = history('hostile', seed, 'other')
        looked_at(report('other', '--days', '30'), f'seed {seed}')
        assert histories.SECRET not in report('other', '--format', 'html', '--days', '30').decode('utf8'), f'seed {seed}'
        os.remove(db)


@check
def what_logs_and_reports_bring_is_harmless_too():
    """Not as facts but as a job brings it: bytes that are no text at all."""
    db = os.path.join(TOP, 'brought.db')
    cases = ''.join('<testcase classname="%s" name="t%d" time="1"><failure message="%s">%s</failure></testcase>' % (text, i, text, text) for i, text in enumerate(
        bad.encode('utf8', 'replace').decode().replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('"', '&quot;').replace('\x1b', '').replace('\x07', '').replace('\ufffe', '') for bad in histories.BAD))
    log = b'##[group]Run pytest\n##[endgroup]\n' + b''.join(b"E   ModuleNotFoundError: No module named '%s\xff\xfe\x00\x1b[31m'\n" % bad.encode('utf8', 'replace')[:3000].replace(b'\n', b' ')
                                                           for bad in histories.BAD) + b'##[error]Process completed with exit code 1.\n'
    for n in range(6):
        with open(os.path.join(TOP, 'r.xml'), 'w', encoding='utf8') as f:
            f.write('<?xml version="1.0"?><testsuites><testsuite name="s%d">%s</testsuite></testsuites>' % (n, cases))
        with open(os.path.join(TOP, 'job.log'), 'wb') as f:
            f.write(b'run %d\n' % n + log)
        run('record', '--junit', os.path.join(TOP, 'r.xml'), '--db', db)
        subprocess.run([PROGRAM, 'analyze', os.path.join(TOP, 'job.log'), '--record', '--db', db], env=env(), cwd=TOP, capture_output=True, timeout=120, check=False)
    with sqlite3.connect(db) as c:
        assert c.execute('SELECT count(*) FROM failures').fetchone()[0] > 0
    looked_at(report('brought'), 'brought')
    valid('report', json.loads(report('brought', '--format', 'json')))
    report('brought', '--format', 'html').decode('utf8')


@check
def markdown_says_what_there_is():
    has(looked_at(report('empty'), 'empty'), '## In short')
    has(looked_at(report('day'), 'day'), 'Failed runs', '## Day by day')
    text = looked_at(report('week'), 'week')
    has(text, 'Health', 'What broke', 'What is new', 'What to do next', 'Where runmedic was wrong', 'Flaky', 'windows', 'Excerpt of failure 1', 'Mean time to green', 'The grade:')
    for title in ('A test failed', 'Module yaml is not installed', 'test\\_03'):
        has(text, title)
    year = looked_at(report('year', '--days', '365'), 'year')
    has(year, '2025-11-21')


@check
def no_secret_is_told():
    for form in ('markdown', 'html', 'json'):
        out = report('hostile', '--format', form).decode('utf8')
        assert histories.SECRET not in out and histories.SECRET[4:20] not in out, form


@check
def everything_is_small():
    for kind in histories.KINDS:
        text = report(kind, *days(kind))
        assert len(text) < 200000, f'{kind}: {len(text)} bytes'
        page = report(kind, '--format', 'html', *days(kind))
        assert len(page) < 1 << 20, f'{kind}: {len(page)} bytes of HTML'


@check
def the_same_twice():
    for kind in histories.KINDS:
        for form in ('markdown', 'html', 'json'):
            equal(report(kind, '--format', form, *days(kind)), report(kind, '--format', form, *days(kind)), f'{kind} {form}')


@check
def the_order_of_facts_does_not_matter():
    lines = histories.make('week')
    rosters = [line for line in lines if line.startswith('{"fact":"tests"')]
    others = [line for line in lines if line not in rosters]
    executions = [line for line in others if line.startswith('{"fact":"execution"')]
    path, db = os.path.join(TOP, 'turned.ndjson'), os.path.join(TOP, 'turned.db')
    with open(path, 'w', encoding='ascii') as f:
        f.writelines(line + '\n' for line in rosters + executions[::-1] + [line for line in others if line not in executions])
    run('history', 'import', path, '--db', db)
    equal(report('turned').decode(), report('week').decode(), 'the report')


# ---- JSON ---------------------------------------------------------------------------------------


def valid(name, answer):
    store = {}
    for file in os.listdir(os.path.join(ROOT, 'docs', 'schema')):
        with open(os.path.join(ROOT, 'docs', 'schema', file), encoding='utf8') as f:
            store[f'file:///{file}'] = json.load(f)
    schema = store[f'file:///{name}.json']
    wrong = list(jsonschema.Draft202012Validator(schema, resolver=jsonschema.RefResolver(f'file:///{name}.json', schema, store=store)).iter_errors(answer))
    assert not wrong, f'{name}: ' + '; '.join(f'{list(w.path)}: {w.message[:200]}' for w in wrong[:4])
    return answer


@check
def json_follows_its_schema():
    for kind in histories.KINDS:
        valid('report', json.loads(report(kind, '--format', 'json', *days(kind))))


@check
def numbers_are_those_of_the_history():
    answer = json.loads(report('week', '--format', 'json'))
    with sqlite3.connect(os.path.join(TOP, 'week.db')) as db:
        begin = '2026-11-14T00:00:00Z'
        jobs, failed = db.execute("SELECT count(*), count(*) FILTER (WHERE conclusion = 'failure') FROM jobs WHERE ended > ? AND ended <= ?", (begin, NOW)).fetchone()
        taken_back = db.execute("SELECT count(*) FROM deliveries WHERE outcome = 'withdrawn' AND settled > ? AND settled <= ?", (begin, NOW)).fetchone()[0]
    has(json.dumps(answer), f'"jobs": {jobs}', f'"failed_jobs": {failed}')
    assert taken_back == 2, taken_back
    has(report('week').decode(), f'Fixes taken back by runmedic: {taken_back}.')


@check
def the_other_questions_answer_too():
    for command, name in (('stats', 'stats'), ('fixes', 'fixes'), ('patterns', 'patterns'), ('compare', 'compare'), ('flaky', 'flaky'), ('trends', 'trends'), ('tests', 'tests')):
        for kind in ('empty', 'day', 'week', 'hostile'):
            db = os.path.join(TOP, kind + '.db')
            valid(name, json.loads(run(command, '--db', db, '--format', 'json').stdout))
            table = run(command, '--db', db, '--format', 'markdown').stdout
            if shutil.which('cmark-gfm'):
                page = Page(subprocess.run(RENDER, input=table, capture_output=True, timeout=60, check=True).stdout.decode('utf8'))
                assert not page.wrong, f'{command} {kind}: ' + '; '.join(page.wrong[:4])
            text = run(command, '--db', db, '--verbose').stdout.decode('utf8') + run(command, '--db', db, '--format', 'csv').stdout.decode('utf8')
            assert not re.search(r'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]', text), f'{command} {kind}: controls'
            assert histories.SECRET not in text, f'{command} {kind}: a secret'


@check
def comparisons_are_right():
    db = os.path.join(TOP, 'week.db')

    def compared(*args, **more):
        return valid('compare', json.loads(run('compare', '--db', db, '--format', 'json', *args, **more).stdout))
    spaces = compared()
    equal((spaces['by'], spaces['a']['name'], spaces['b']['name']), ('space', 'local', 'ci'))
    only = {row['name']: row for row in spaces['rows'] if row['difference'] == 'only-b-fails'}
    equal(sorted(only), ['tests/test_d.py::test_03', 'tests/test_d.py::test_07'])
    assert all(row['same_commit'] > 5 and row['a_failed'] == 0 < row['a_runs'] for row in only.values()), only
    with sqlite3.connect(db) as c:
        for name, row in only.items():
            for side, space in (('a', 'local'), ('b', 'ci')):
                equal((row[side + '_runs'], row[side + '_failed']), c.execute(
                    "SELECT count(*), count(*) FILTER (WHERE outcome = 'failed') FROM test_results WHERE test = ? AND space = ?", (name, space)).fetchone(), f'{name} {space}')
        first, second = (r[0] for r in c.execute("SELECT DISTINCT run FROM runs WHERE attempt = 2 ORDER BY run LIMIT 2"))
        wanted = c.execute("SELECT count(*) FROM jobs WHERE run = ? AND attempt = 2", (first,)).fetchone()[0]
    equal(compared(str(first), str(second))['a']['jobs'], wanted, 'jobs of the newest attempt')
    equal(compared('--run', f'{first}/1', '--run', f'{first}/2')['by'], 'run')
    branches = compared('main', 'feature/x')
    equal((branches['by'], compared('--branch', 'main', '--with', 'feature/x')), ('branch', branches))
    slow = compared('--type', 'duration', '--threshold', '0.01', '--limit', '3')['rows']
    assert 0 < len(slow) <= 3 and all('er-in-b' in row['difference'] for row in slow), slow
    for args in (('1', '2', '3'), ('--run', '5'), ('--with', 'x'), ('--run', '5', '--run', 'x'), ('--threshold', '80'), ('--since', 'soon')):
        run('compare', '--db', db, *args, status=2)


@check
def rates_are_those_of_the_history():
    answer = valid('stats', json.loads(run('stats', '--db', os.path.join(TOP, 'week.db'), '--format', 'json').stdout))
    kpis = {k['kpi']: k for k in answer['kpis']}
    with sqlite3.connect(os.path.join(TOP, 'week.db')) as c:
        red = c.execute("SELECT count(*) FROM jobs WHERE conclusion = 'failure'").fetchone()[0]
        good, bad = c.execute("SELECT count(*) FILTER (WHERE outcome IN ('green', 'merged')), count(*) FILTER (WHERE outcome IN ('red', 'reverted', 'withdrawn')) FROM outcomes").fetchone()
        helped, asked = c.execute("SELECT count(*) FILTER (WHERE result = 'success'), count(*) FROM reruns").fetchone()
        episodes, seconds = c.execute("SELECT count(*), avg(seconds) FROM recoveries WHERE space = 'ci'").fetchone()
    equal((kpis['detection']['all'], kpis['fix-success']['count'], kpis['false-positive']['count'], kpis['rerun-success']['count'], kpis['rerun-success']['all']), (red, good, bad, helped, asked))
    equal((answer['window']['episodes'], round(answer['window']['mean_hours'], 2)), (episodes, round(seconds / 3600, 2)))
    by = valid('fixes', json.loads(run('fixes', '--db', os.path.join(TOP, 'week.db'), '--days', '90', '--by', 'rule', '--format', 'json').stdout))
    equal((sum(x['worked'] for x in by['success']), sum(x['failed'] for x in by['success'])), (good, bad))
    assert all(0 < x['low'] < x['mean'] < 1 for x in by['success']), by['success']


# ---- the page -----------------------------------------------------------------------------------


def browser():
    found = next((p for p in ('chromium', 'chromium-browser', 'google-chrome') if shutil.which(p)), None)
    if not found:
        raise Skip('chromium is not installed')
    scene.setup()
    return shutil.which(found)


@check
def the_page_pleases_a_browser():
    program = browser()
    files = []
    for kind in histories.KINDS:
        files.append(os.path.join(TOP, kind + '.html'))
        with open(files[-1], 'wb') as f:
            f.write(report(kind, '--format', 'html', *days(kind)))
    done = subprocess.run(['node', os.path.join(HERE, 'pages.mjs'), program, *files], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-1000:]
    wrong = [f'{os.path.basename(f)}: {w}' for f, complaints in json.loads(done.stdout).items() for w in complaints]
    assert not wrong, '\n    '.join(wrong[:8])


@check
def the_page_asks_for_nothing():
    for kind in histories.KINDS:
        page = report(kind, '--format', 'html', *days(kind)).decode('utf8')
        found = re.search(r'<(script|link|img|image|iframe|object|embed|base|form|use|foreignObject)\b|<[^>]*\s(on[a-z]+|src|srcset|style|xlink:href)\s*=|@import', page, re.I)
        assert not found, f'{kind}: {page[found.start() - 60:found.end() + 60]!r}'
        has(page, "default-src 'none'")


# ---- sections -----------------------------------------------------------------------------------


def with_config(text):
    path = os.path.join(TOP, 'config-%d.yml' % len(os.listdir(TOP)))
    with open(path, 'w', encoding='utf8') as f:
        f.write(text)
    return ['--config', path]


@check
def sections_are_chosen():
    whole = report('week').decode().count('\n## ')
    for name in SECTIONS:
        text = looked_at(report('week', *with_config(f'report:\n  sections: [{name}]\n')), name)
        assert text.count('\n## ') == 1, f'{name}: {text.count(chr(10) + "## ")} sections'
    two = report('week', *with_config('report:\n  sections: [flaky, summary]\n')).decode()
    equal(two.count('\n## '), 2)
    assert whole > 10, whole
    has(run('report', '--db', os.path.join(TOP, 'week.db'), *with_config('report:\n  sections: [nonsense]\n'), status=2).stderr.decode(), 'nonsense')
    page = report('week', '--format', 'html', *with_config('report:\n  sections: [summary]\n')).decode()
    assert 'Slowest' not in page


# ---- on GitHub ----------------------------------------------------------------------------------


def placed(hub, kind='week', **more):
    s = Scene(hub, **more)
    shutil.copy(os.path.join(TOP, kind + '.db'), s.path('history.db'))
    return s


def deliver(s, token, *args, now=NOW):
    return s.run('report', *args, token=token, home={'RUNMEDIC_NOW': now, 'GITHUB_REPOSITORY': SLUG})


def tree(s, branch='ci-reports'):
    return s.repository.git('ls-tree', '-r', '--name-only', branch).split()


@story
def one_issue_is_kept(hub):
    s = placed(hub)
    token = hub.token(**ALL)
    equal(deliver(s, token, '--issue'), 0, s.said)
    has(s.out, '# CI report', 'Health')
    equal(len(s.issues()), 1, 'issues')
    issue = s.issues()[0]
    has(issue['title'], '2026-W47')
    has(issue['body'], 'What broke')
    assert len(issue['body'].encode()) <= LIMIT
    has(json.dumps(issue['labels']), 'runmedic-report')
    before = len(s.writes())
    equal(deliver(s, token, '--issue'), 0, s.said)
    equal((len(s.issues()), len(s.writes())), (1, before), 'issues, writes after the same report')
    equal(deliver(s, token, '--issue', now='2026-11-24T00:00:00Z'), 0, s.said)
    equal(len(s.issues()), 1, 'issues in the next week')
    has(s.issues()[0]['title'], '2026-W48')
    return s


@story
def the_issue_of_a_hostile_history_is_harmless(hub):
    s = placed(hub, 'hostile')
    equal(deliver(s, hub.token(**ALL), '--issue', '--days', '30'), 0, s.said)
    body = s.issues()[0]['body']
    assert len(body.encode()) <= LIMIT, len(body.encode())
    looked_at(body.replace('<!-- runmedic:report -->\n', '', 1).encode(), 'issue')
    assert '<!--' not in body.replace('<!-- runmedic:report -->', '', 1)
    return s


@story
def without_issues_the_report_is_printed_all_the_same(hub):
    s = placed(hub)
    s.repository.add(has_issues=False)
    equal(deliver(s, hub.token(**ALL), '--issue'), 2, s.said)
    has(s.out, '# CI report')
    has(s.said, 'issue', 'disabled')
    return s


@story
def without_the_permission_it_is_said_which(hub):
    s = placed(hub)
    equal(deliver(s, hub.token(**{**ALL, 'issues': 'read'}), '--issue'), 2, s.said)
    has(s.out, '# CI report')
    has(s.said, 'issues: write')
    equal(deliver(s, hub.token(**{**ALL, 'contents': 'read'}), '--publish'), 2, s.said)
    has(s.out, '# CI report')
    has(s.said, 'contents: write')
    return s


@story
def a_branch_of_its_own_holds_all_weeks(hub):
    s = placed(hub)
    token = hub.token(**ALL)
    equal(deliver(s, token, '--publish'), 0, s.said)
    equal(sorted(tree(s)), ['README.md', WEEK + '.html', WEEK + '.md'])
    first = s.repository.git('rev-parse', 'ci-reports')
    equal(s.repository.git('show', f'ci-reports:{WEEK}.md').strip(), s.out.strip(), 'the page')
    equal(deliver(s, token, '--publish'), 0, s.said)
    equal(s.repository.git('rev-parse', 'ci-reports'), first, 'the same report again')
    equal(deliver(s, token, '--publish', now='2026-11-25T00:00:00Z'), 0, s.said)
    equal(sorted(tree(s)), ['README.md', WEEK + '.html', WEEK + '.md', 'reports/2026-W48.html', 'reports/2026-W48.md'])
    index = s.repository.git('show', 'ci-reports:README.md')
    assert index.index('2026-W48') < index.index('2026-W47'), index
    equal(s.repository.git('rev-list', '--count', 'ci-reports').strip(), '2', 'commits')
    assert s.repository.git('rev-parse', 'ci-reports~1') == first
    return s


@story
def a_push_in_between_is_no_trouble(hub):
    s = placed(hub)
    token = hub.token(**ALL)
    equal(deliver(s, token, '--publish'), 0, s.said)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda n: subprocess.run([PROGRAM, 'report', '--publish', '--db', s.path('history.db')], cwd=s.folder, capture_output=True, timeout=120, env=env(
            **{k: v for k, v in hub.env(token, SLUG).items() if k.startswith(('GITHUB_', 'GH_')) or k == 'NO_PROXY'}, 
            **{'RUNMEDIC_NOW': f'2026-{12:02d}-{1 + 7 * n:02d}T00:00:00Z'})), range(4)))
    equal([c.returncode for c in codes], [0] * 4, '\n'.join(c.stderr.decode()[-300:] for c in codes))
    equal(len([f for f in tree(s) if f.endswith('.md')]), 6, str(tree(s)))
    index = s.repository.git('show', 'ci-reports:README.md')
    for week in ('2026-W47', '2026-W49', '2026-W50', '2026-W51', '2026-W52'):
        has(index, week)
    return s


@story
def what_is_no_place_for_reports_is_refused(hub):
    s = placed(hub)
    token = hub.token(**ALL)
    main = s.repository.git('rev-parse', 'main')
    open(s.path('c.yml'), 'w').write('report:\n  branch: main\n')
    equal(deliver(s, token, '--publish', '--config', s.path('c.yml')), 2, s.said)
    has(s.said, 'default branch')
    has(s.out, '# CI report')
    s.repository.branch('kept', files={'a.txt': 'a\n'})
    s.repository.add(protected=['kept'])
    kept = s.repository.git('rev-parse', 'kept')
    open(s.path('c.yml'), 'w').write('report:\n  branch: kept\n')
    equal(deliver(s, token, '--publish', '--config', s.path('c.yml')), 2, s.said)
    has(s.said, 'protected')
    equal((s.repository.git('rev-parse', 'main'), s.repository.git('rev-parse', 'kept')), (main, kept))
    return s


@story
def both_at_once_link_to_each_other(hub):
    s = placed(hub)
    equal(deliver(s, hub.token(**ALL), '--publish', '--issue'), 0, s.said)
    has(' '.join(s.branches()), 'ci-reports')
    equal(len(s.issues()), 1)
    has(s.said, 'the report is at', 'in issue #')
    return s


# ---- as a step ------------------------------------------------------------------------------------


def step(s, token, event='workflow_dispatch', mode='report', **more):
    shutil.copy(os.path.join(TOP, 'week.db'), s.path('history.db'))
    return s.act(event, {'repository': scene.BASE['repository']}, token, mode=mode, home={'RUNMEDIC_NOW': NOW}, **more)


@story
def the_step_writes_summary_and_files(hub):
    s = Scene(hub)
    equal(step(s, hub.token(**ALL)), 0, s.said)
    has(s.read('summary'), '# CI report', 'Health')
    out = s.outputs()
    has(open(out['report'], encoding='utf8').read(), '# CI report')
    has(open(out['report'].replace('.md', '.html'), encoding='utf8').read(), '<!DOCTYPE html>')
    equal((len(s.issues()), 'ci-reports' in s.branches()), (0, False), 'issue, branch')
    return s


@story
def the_step_keeps_issue_and_branch_where_that_is_wanted(hub):
    s = Scene(hub, config='report:\n  issue: true\n  branch: ci-reports\n')
    equal(step(s, hub.token(**ALL)), 0, s.said)
    equal((len(s.issues()), sorted(tree(s))), (1, ['README.md', WEEK + '.html', WEEK + '.md']))
    has(s.read('summary'), '# CI report')
    return s


@story
def a_dry_step_only_tells(hub):
    s = Scene(hub, config='report:\n  issue: true\n  branch: ci-reports\n')
    equal(step(s, hub.token(**ALL), dry_run='true'), 0, s.said)
    equal((len(s.issues()), 'ci-reports' in s.branches()), (0, False))
    has(s.read('summary'), '# CI report')
    return s


@story
def what_fails_on_github_is_told_and_the_summary_stands(hub):
    s = Scene(hub, config='report:\n  issue: true\n')
    s.repository.add(has_issues=False)
    code = step(s, hub.token(**ALL))
    has(s.read('summary'), '# CI report')
    has(s.said, 'disabled')
    equal(code, 2, s.said)
    return s


@story
def on_sundays_all_of_it_happens(hub):
    s = Scene(hub, config='report:\n  issue: true\n  branch: ci-reports\n')
    s.ci()
    equal(step(s, hub.token(**ALL), event='schedule', mode='auto'), 0, s.said)
    has(s.read('summary'), '# CI report')
    equal((len(s.issues()), 'ci-reports' in s.branches()), (1, True), s.said)
    return s


# ---- all ------------------------------------------------------------------------------------------


def main():
    wanted = [c for c in CHECKS if len(sys.argv) < 3 or c.__name__ in sys.argv[2:]]
    passed = failed = skipped = 0
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(history, histories.KINDS))
        for one in wanted:
            try:
                one()
                passed += 1
            except Skip as why:
                print(f'skipped: {one.__name__}: {why}')
                skipped += 1
            except Exception as why:  # the others are told all the same
                print(f'FAILED {one.__name__}: {str(why)[:1500]}')
                failed += 1
        tales = [one for one in scene.STORIES if len(sys.argv) < 3 or one.__name__ in sys.argv[2:]]
        try:
            scene.setup()
        except Skip as why:
            print(f'skipped: {why}')
            skipped, tales = skipped + len(tales), []
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for wrong in pool.map(scene.attempt, tales):
                passed, failed = passed + (wrong is None), failed + (wrong is not None)
                if wrong:
                    print(wrong[:2500])
    finally:
        while not scene.HUBS.empty():
            scene.HUBS.get().stop()
        shutil.rmtree(TOP, ignore_errors=True)
    print(f'report: {passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
