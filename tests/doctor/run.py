#!/usr/bin/env python3
"""`runmedic doctor` against the fake GitHub (tests/github): each kind of token, each permission, limits, clocks, links and certificates; and that it says
"unknown" where GitHub does not tell. usage: run.py PROGRAM [NAME...]"""
import json, os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'github'))
import links
from fake_github import FakeGitHub, Skip, job, setup

PROGRAM = os.path.abspath(sys.argv[1])
SCHEMA = json.load(open(os.path.join(HERE, '..', '..', 'docs', 'schema', 'doctor.json')))
ALL = dict(actions='read', contents='read', checks='write', pull_requests='write')
LINES = {'actions': '`actions: read`', 'checks': '`checks: write`', 'pull-requests': '`pull-requests: write`', 'contents': '`contents: read`'}
TESTS = []


def test(function):
    TESTS.append(function)
    return function


class Visit:
    """A folder, a private repository on the fake, and what the doctor said last."""

    count = 0

    def __init__(self, hub):
        Visit.count += 1
        self.hub, self.folder, self.number = hub, tempfile.mkdtemp(prefix='runmedic-doctor.'), Visit.count
        self.slug = f'acme/widgets{self.number}'
        self.repository = hub.repository(self.slug, private=True, files={'a.txt': 'x\n'})
        self.secrets = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, *argv, token=None, slug=None, program=None, **env):
        base = {'PATH': os.environ['PATH'], 'HOME': self.folder, 'XDG_STATE_HOME': self.path('state')}
        base.update({k: os.environ[k] for k in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'SSL_CERT_FILE') if k in os.environ})
        base.update({k: v for k, v in self.hub.env(token, slug or self.slug).items() if k.startswith(('GITHUB_', 'NO_PROXY'))})
        base.update(env)
        self.secrets += [base[k] for k in ('GITHUB_TOKEN', 'GH_TOKEN') if base.get(k)]
        self.secrets += [line for line in (base.get('RUNMEDIC_PRIVATE_KEY') or '').splitlines() if len(line) > 30 and '---' not in line]
        done = subprocess.run([*(program or [PROGRAM]), *argv, '--repo', self.folder], env={k: v for k, v in base.items() if v is not None}, cwd=self.folder,
                              capture_output=True, text=True, timeout=120)
        self.out, self.err, self.status = done.stdout, done.stderr, done.returncode
        for secret in self.secrets:
            assert secret not in self.out + self.err, 'a secret is in the output'
        return self.status

    def examine(self, token=None, **env):
        import jsonschema
        self.run('doctor', '--format', 'json', token=token, **env)
        answer = json.loads(self.out)
        jsonschema.validate(answer, SCHEMA)
        self.rows = {row['what']: (row['state'], row['detail']) for row in answer['checks']}
        assert self.hub.writes() == [] or {w['operation'] for w in self.hub.writes()} == {'apps/create-installation-access-token'}, 'doctor wrote something'
        return self.rows

    def app(self, permissions=None, repository=None, **more):
        private, public = links.key_pair(self.folder, 'app')
        self.hub.app(public, [repository or self.slug], permissions or {'metadata': 'read', **ALL}, id=1000 + self.number, installation=5000 + self.number, **more)
        return dict(RUNMEDIC_APP_ID=str(1000 + self.number), RUNMEDIC_PRIVATE_KEY=private)

    def end(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def equal(got, wanted, what=''):
    assert got == wanted, f'{what}: {got!r}, not {wanted!r}'


def row(v, what, state, *wanted, never=()):
    assert what in v.rows, f'nothing is said of {what}: {sorted(v.rows)}'
    got, detail = v.rows[what]
    assert got == state, f'{what} is {got} ({detail}), not {state}'
    for one in wanted:
        assert one in detail, f'{what}: {one!r} is not in {detail!r}'
    for one in never:
        assert one not in detail, f'{what}: {one!r} is in {detail!r}'


# ---- kinds of tokens --------------------------------------------------------------------------------


@test
def a_job_with_all_permissions(v):
    v.examine(v.hub.token(**ALL), GITHUB_ACTIONS='true')
    equal((v.status, v.err), (0, ''))
    row(v, 'token', 'good', 'the token of a job', 'from GITHUB_TOKEN')
    row(v, 'github', 'good', v.slug)
    for name in LINES:
        row(v, name, 'good', 'can be read', never=['public'])
    row(v, 'write access', 'unknown', 'GITHUB_TOKEN Permissions')
    row(v, 'default token', 'unknown')
    row(v, 'pull requests', 'unknown')
    row(v, 'protection', 'note', 'not protected')
    row(v, 'rate limit', 'good', 'of 1000')
    row(v, 'clock', 'good')


@test
def a_job_with_no_permission(v):
    v.examine(v.hub.token(), GITHUB_ACTIONS='true')
    equal(v.status, 0)
    for name, line in LINES.items():
        row(v, name, 'note', 'cannot be read', line, 'below `permissions:`')
    row(v, 'protection', 'unknown')


@test
def each_single_permission_that_is_missing(v):
    for name, line in LINES.items():
        v.examine(v.hub.token(**{k: level for k, level in ALL.items() if k != name.replace('-', '_')}), GITHUB_ACTIONS='true')
        row(v, name, 'note', line)
        equal([what for what, (state, _) in v.rows.items() if what in LINES and state != 'good'], [name])


@test
def a_public_repository_tells_nothing_of_the_token(v):
    v.hub.repository('acme/open', private=False, files={'a.txt': 'x\n'})
    v.examine(v.hub.token(**ALL), slug='acme/open', GITHUB_ACTIONS='true')
    row(v, 'actions', 'unknown', 'anybody', '`actions: read`')
    row(v, 'checks', 'good', 'public')


@test
def an_app_tells_its_permissions(v):
    app = v.app()
    v.examine(**app)
    equal((v.status, v.err), (0, ''))
    row(v, 'token', 'good', 'GitHub App', 'RUNMEDIC_APP_ID')
    row(v, 'checks', 'good', 'write')
    row(v, 'actions', 'good', 'read')
    assert 'write access' not in v.rows
    # one line, and the line breaks of Windows
    for key in (app['RUNMEDIC_PRIVATE_KEY'].replace('\n', '\\n'), app['RUNMEDIC_PRIVATE_KEY'].replace('\n', '\r\n'), app['RUNMEDIC_PRIVATE_KEY'].replace('\n', '\\r\\n')):
        v.examine(**{**app, 'RUNMEDIC_PRIVATE_KEY': key})
        row(v, 'token', 'good', 'GitHub App')


@test
def an_app_that_lacks_permissions(v):
    v.examine(**v.app({'metadata': 'read', 'contents': 'read', 'checks': 'read'}))
    row(v, 'checks', 'note', 'the App has: read', '"Checks: write"', '`checks: write`')
    row(v, 'actions', 'note', 'the App has: none', '"Actions: read"', '`actions: read`')
    row(v, 'pull-requests', 'note', 'none', '"Pull requests: write"', '`pull-requests: write`')
    row(v, 'contents', 'good')


@test
def an_app_with_the_key_of_another(v):
    app = v.app()
    other, _ = links.key_pair(v.folder, 'other')
    v.examine(**{**app, 'RUNMEDIC_PRIVATE_KEY': other})
    equal(v.status, 1)
    row(v, 'token', 'bad', '401', 'does the private key belong to this App')


@test
def an_app_that_is_not_installed(v):
    v.examine(**v.app(repository='acme/others'))
    equal(v.status, 1)
    row(v, 'token', 'bad', '404', 'is the App installed')


@test
def keys_that_are_none(v):
    app = v.app()
    public = open(v.path('app.pub')).read()
    for key, words in (('nonsense', 'no PEM'), (public, 'public half'), (app['RUNMEDIC_PRIVATE_KEY'][:400], 'complete')):
        v.examine(**{**app, 'RUNMEDIC_PRIVATE_KEY': key})
        equal(v.status, 1)
        row(v, 'github', 'bad', words)
        assert key.strip() not in v.out
    equal(v.hub.journal(), [])


@test
def half_an_app(v):
    v.examine(v.hub.token(**ALL), RUNMEDIC_APP_ID='77')
    equal(v.status, 1)
    row(v, 'app', 'bad', 'RUNMEDIC_PRIVATE_KEY')
    row(v, 'token', 'good', 'from GITHUB_TOKEN')


@test
def the_app_is_what_the_other_commands_take_too(v):
    v.examine(v.hub.token(), **v.app())
    row(v, 'token', 'good', 'RUNMEDIC_APP_ID')
    row(v, 'checks', 'good', 'write')


@test
def a_classic_token_and_its_scopes(v):
    v.repository.add(collaborators={'octo': 'write', 'guest': 'read'})
    for login, scopes, state, words in (('octo', 'repo, workflow', 'good', 'commit status'), ('octo', 'read:org, public_repo', 'note', 'lacks the scope `repo`'),
                                        ('octo', '', 'note', 'lacks the scope `repo`'), ('guest', 'repo', 'note', 'owner may not write')):
        with links.front(v.hub.api, headers={'X-OAuth-Scopes': scopes}) as link:
            v.examine(v.hub.token('classic', login=login, **ALL), GITHUB_API_URL=link.url)
        equal(v.status, 0)
        row(v, 'token', 'good', 'classic', f'scopes: {scopes or "none"}')
        row(v, 'write access', state, words)


@test
def a_classic_token_whose_scopes_are_not_told(v):
    v.repository.add(collaborators={'octo': 'write'})
    v.examine(v.hub.token('classic', login='octo', **ALL))
    row(v, 'write access', 'unknown', 'scopes')


@test
def a_fine_grained_token(v):
    v.repository.add(collaborators={'octo': 'write', 'guest': 'read'})
    v.examine(v.hub.token('fine', login='octo', contents='read'))
    row(v, 'token', 'good', 'fine-grained')
    row(v, 'pull-requests', 'note', '"Pull requests: write"', '`pull-requests: write`')
    row(v, 'write access', 'unknown', 'owner may write', 'does not tell')
    v.examine(v.hub.token('fine', login='guest', contents='read'))
    row(v, 'write access', 'note', 'owner may not')


@test
def a_token_of_gh(v):
    token = v.hub.token(**ALL)
    v.secrets.append(token)
    os.mkdir(v.path('bin'))
    with open(v.path('bin/gh'), 'w') as f:
        f.write(f'#!/bin/sh\necho {token}\n')
    os.chmod(v.path('bin/gh'), 0o755)
    v.examine(PATH=v.path('bin') + ':' + os.environ['PATH'])
    row(v, 'token', 'good', 'from gh auth token')
    row(v, 'github', 'good')


@test
def no_token_asks_nothing(v):
    v.examine(GITHUB_ACTIONS='true')
    equal(v.status, 0)
    row(v, 'token', 'note', 'none')
    row(v, 'github', 'unknown', 'no token')
    equal(v.hub.journal(), [])


@test
def a_bad_token(v):
    v.examine('gh' + 's_' + 'nobodyKnowsThisOne')
    equal((v.status, v.err), (1, ''))
    row(v, 'token', 'bad', '401', 'Bad credentials', 'not valid')
    assert 'contents' not in v.rows


# ---- the repository -----------------------------------------------------------------------------------


@test
def an_archived_repository(v):
    v.repository.add(archived=True)
    v.repository.add(collaborators={'octo': 'write'})
    for token in (v.hub.token(**ALL), v.hub.token('classic', login='octo', **ALL)):
        v.examine(token)
        row(v, 'github', 'note', 'archived')
        row(v, 'write access', 'note', 'archived')


@test
def a_repository_that_is_not_there(v):
    v.examine(v.hub.token(**ALL), slug='acme/nothing')
    equal(v.status, 1)
    row(v, 'github', 'bad', '404', 'does not exist or the token may not see it')


@test
def a_repository_without_a_commit(v):
    v.hub.fault('status', status=409, message='Git Repository is empty.', path='/commits$', count=0)
    v.hub.fault('status', status=422, message='No commit found for SHA: HEAD', path='/check-runs$', count=0)
    v.examine(v.hub.token(**ALL))
    row(v, 'contents', 'unknown', 'empty')
    row(v, 'checks', 'unknown', 'No commit found')


@test
def names_that_are_no_repository(v):
    for slug in ('widgets', 'acme/../x', 'acme/wid gets', '/'):
        v.examine(v.hub.token(**ALL), slug=slug)
        equal(v.status, 1)
        row(v, 'github', 'bad', 'repository')
    equal(v.hub.journal(), [])


@test
def settings_that_can_be_seen(v):
    token = v.hub.token(administration='read', **ALL)
    v.repository.add(protected=['main'])
    for writes, pulls, states in (('read', False, ('note', 'note')), ('write', True, ('good', 'good'))):
        v.repository.add(default_workflow_permissions=writes, actions_may_open_pulls=pulls)
        v.examine(token)
        row(v, 'default token', states[0])
        row(v, 'pull requests', states[1])
        row(v, 'protection', 'good')
    v.hub.fault('status', status=502, path='permissions/workflow', count=0)
    v.examine(token)
    row(v, 'settings', 'unknown', '502')
    equal(v.status, 0)


# ---- limits, clocks, trouble ------------------------------------------------------------------------------


@test
def few_requests_are_left(v):
    v.examine(v.hub.token(limit=50, **ALL))
    equal(v.status, 0)
    row(v, 'rate limit', 'note', 'of 50 requests left until 20')


@test
def no_request_is_left(v):
    token = v.hub.token(limit=3, **ALL)
    v.examine(token)
    v.hub.forget()
    v.examine(token)
    equal(v.status, 1)
    row(v, 'rate limit', 'bad', 'all 3', 'until 20')
    row(v, 'github', 'unknown', 'rate limit')
    equal({r['path'] for r in v.hub.journal()}, {'/rate_limit'})


@test
def the_limit_is_met_on_the_way(v):
    v.hub.fault('primary', path=f'/repos/{v.slug}$', reset=600)
    v.examine(v.hub.token(**ALL))
    equal((v.status, len(v.err.splitlines())), (2, 1), v.err)
    row(v, 'github', 'unknown', 'rate limit', 'trying again')


@test
def a_secondary_limit_is_no_missing_permission(v):
    v.hub.fault('secondary', path='/pulls$', retry_after=60)
    v.examine(v.hub.token(**ALL))
    equal(v.status, 0)
    row(v, 'pull-requests', 'unknown', 'slow down')


@test
def a_server_without_limits(v):
    v.hub.fault('status', status=404, message='Rate limiting is not enabled.', path='/rate_limit', count=0)
    v.examine(v.hub.token(**ALL))
    equal(v.status, 0)
    row(v, 'rate limit', 'unknown', 'may have none')
    row(v, 'github', 'good')


@test
def a_clock_that_is_wrong(v):
    for now, words in (('2031-01-01T00:00:00Z', 'ahead of'), ('2021-01-01T00:00:00Z', 'behind')):
        v.examine(v.hub.token(**ALL), RUNMEDIC_NOW=now)
        equal(v.status, 0)
        row(v, 'clock', 'note', words)


@test
def an_app_goes_by_the_clock_of_github(v):
    app = v.app()
    for now in ('2031-01-01T00:00:00Z', '2021-01-01T00:00:00Z'):
        v.examine(RUNMEDIC_NOW=now, **app)
        equal(v.status, 0)
        row(v, 'token', 'good', 'GitHub App')
        row(v, 'clock', 'note')


@test
def an_answer_without_a_date(v):
    with links.front(v.hub.api, without=['date']) as link:
        v.examine(v.hub.token(**ALL), GITHUB_API_URL=link.url)
    row(v, 'clock', 'unknown')


@test
def nobody_answers(v):
    v.examine(v.hub.token(**ALL), GITHUB_API_URL=f'http://127.0.0.1:{links.closed_port()}')
    equal((v.status, len(v.err.splitlines())), (2, 1), v.err)
    row(v, 'github', 'unknown', 'no answer from http://127.0.0.1')
    assert 'token' not in v.rows


@test
def github_has_trouble(v):
    v.hub.fault('status', status=502, path='/rate_limit', count=0)
    v.examine(v.hub.token(**ALL))
    equal(v.status, 2)
    row(v, 'github', 'unknown', '502')


@test
def what_github_says_cannot_paint_the_terminal(v):
    v.hub.fault('status', status=403, message='\x1b[31mred\x07', path=f'/repos/{v.slug}$')
    v.run('doctor', token=v.hub.token(**ALL))
    equal(v.status, 1)
    assert '\x1b' not in v.out and '\x07' not in v.out and 'red' in v.out, v.out


# ---- links -------------------------------------------------------------------------------------------------


def secure(v):
    """A fake with a certificate that only an authority of our own has signed: (hub, bundle, visit)."""
    bundle, certificate, key = links.certificates(v.folder)
    hub = FakeGitHub(cert=certificate, key=key, cafile=bundle)
    return hub, bundle, Visit(hub)


@test
def an_authority_of_ones_own(v):
    hub, bundle, w = secure(v)
    with hub:
        w.examine(hub.token(**ALL), SSL_CERT_FILE=bundle)
        equal((w.status, w.err), (0, ''))
        row(w, 'certificates', 'good', bundle)
        row(w, 'github', 'good')
        hub.forget()
        w.examine(hub.token(**ALL), SSL_CERT_FILE=None)
        equal((w.status, len(w.err.splitlines())), (2, 1), w.err)
        row(w, 'github', 'unknown', 'ertificate', 'SSL_CERT_FILE')
        equal(hub.journal(), [])
        w.end()


@test
def bundles_that_are_none(v):
    open(v.path('empty.pem'), 'w').write('nothing\n')
    for bundle, words in (('/no/such/bundle.pem', 'SSL_CERT_FILE'), (v.path('empty.pem'), 'holds no certificate'), (v.folder, 'SSL_CERT_FILE')):
        v.examine(v.hub.token(**ALL), SSL_CERT_FILE=bundle)
        equal(v.status, 1, bundle)
        row(v, 'certificates', 'bad', words)


@test
def through_a_proxy(v):
    hub, bundle, w = secure(v)
    seen = []
    with hub, links.connect_proxy(seen) as proxy:
        token = hub.token(**ALL)
        w.examine(token, SSL_CERT_FILE=bundle, HTTPS_PROXY=proxy.url, NO_PROXY=None)
        equal(w.status, 0, w.err)
        row(w, 'github', 'good')
        assert seen and all(one.startswith('CONNECT 127.0.0.1:') for one in seen), seen
        assert not any(token in one or 'uthorization' in one for one in seen), 'the proxy saw the token'
        seen.clear()
        w.examine(token, SSL_CERT_FILE=bundle, HTTPS_PROXY=proxy.url, NO_PROXY='127.0.0.1')
        row(w, 'github', 'good')
        equal(seen, [])
        # a proxy that is gone, and one that wants a password: neither is shown
        w.examine(token, SSL_CERT_FILE=bundle, HTTPS_PROXY=f'http://me:geheim@127.0.0.1:{links.closed_port()}', NO_PROXY=None)
        equal(w.status, 2)
        assert 'geheim' not in w.out + w.err, w.err
        w.end()


@test
def a_proxy_for_clear_text_sees_nothing(v):
    seen = []
    with links.connect_proxy(seen) as proxy:
        v.examine(v.hub.token(**ALL), HTTP_PROXY=proxy.url, http_proxy=proxy.url, ALL_PROXY=proxy.url, NO_PROXY=None)
    row(v, 'github', 'good')
    equal(seen, [])


@test
def a_server_of_ones_own_below_a_path(v):
    with links.front(v.hub.api, prefix='/api/v3') as link:
        token = v.hub.token(**ALL)
        v.examine(token, GITHUB_API_URL=None, GITHUB_GRAPHQL_URL=None, GITHUB_SERVER_URL=link.url)
        equal(v.status, 0)
        row(v, 'checks', 'good')
        v.examine(token, GITHUB_API_URL=link.url + '/api/v3/')
        row(v, 'checks', 'good')
    with links.front(v.hub.api, prefix='/far/behind/api/v3') as link:
        v.examine(token, GITHUB_API_URL=link.url + '/far/behind/api/v3')
        row(v, 'checks', 'good')
        v.examine(token, GITHUB_API_URL=link.url)
        row(v, 'github', 'bad', '404')
        equal(v.status, 1)


@test
def addresses_that_give_the_token_away(v):
    token = v.hub.token(**ALL)
    for url, words in (('http://ghe.example', 'not https'), ('https://me:geheim@127.0.0.1:1', 'without user'), ('ftp://127.0.0.1', 'https'), ('http://127.0.0.1.example', 'not https')):
        v.examine(token, GITHUB_API_URL=url)
        equal(v.status, 1, url)
        row(v, 'github', 'bad', words)
        assert 'geheim' not in v.out + v.err


# ---- how it answers ------------------------------------------------------------------------------------------


@test
def the_text_says_what_the_json_says(v):
    token = v.hub.token(**ALL)
    v.examine(token)
    v.run('doctor', token=token)
    marks = {'good': '✓', 'note': '·', 'unknown': '?', 'bad': '✗'}
    lines = v.out.splitlines()
    equal(len(lines), len(v.rows))
    for line, (what, (state, detail)) in zip(lines, v.rows.items()):
        assert line.startswith(f'{marks[state]} {what}'), line
        assert what in ('rate limit', 'clock') or line.endswith(detail), (line, detail)


@test
def offline_asks_nothing(v):
    equal(v.run('doctor', '--offline', token=v.hub.token(**ALL)), 0)
    assert '--offline' in v.out
    equal(v.hub.journal(), [])


@test
def beside_the_token_of_a_job_no_program_runs(v):
    if not shutil.which('strace'):
        return
    trace = ['strace', '-f', '-qq', '-e', 'trace=execve', '-o', v.path('trace'), PROGRAM]
    options = {'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0', 'GITHUB_ACTIONS': 'true'}
    equal(v.run('doctor', '-v', token=v.hub.token(**ALL), program=trace, **options), 0)
    equal(len(re.findall(r'execve\(', open(v.path('trace')).read())), 1, 'programs')
    equal(v.run('doctor', '-v', '--offline', program=trace, **options), 0)
    assert len(re.findall(r'execve\(', open(v.path('trace')).read())) > 1, 'versions were not asked for'


# ---- the token of an App in the long run ------------------------------------------------------------------------


def watch(v, app, cycles, between):
    v.repository.run(jobs=[job('test', log='a line\n##[error]Process completed with exit code 1.\n')], name='CI', path='.github/workflows/ci.yml', event='push',
                     head_branch='main', head_sha=v.repository.git('rev-parse', 'main'), conclusion='failure', status='completed')
    env = {'PATH': os.environ['PATH'], 'HOME': v.folder, **{k: w for k, w in v.hub.env(None, v.slug).items() if k.startswith(('GITHUB_', 'NO_PROXY'))}, **app,
           **{k: os.environ[k] for k in ('ASAN_OPTIONS', 'UBSAN_OPTIONS') if k in os.environ}}
    p = subprocess.Popen([PROGRAM, 'watch', '--interval', '2', '--max-cycles', str(cycles), '--repo', v.folder], env=env, cwd=v.folder, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True)
    between()
    v.out, _ = p.communicate(timeout=60)
    equal(p.returncode, 0, v.out)


def tokens_taken(v):
    return len(v.hub.requests(operation='apps/create-installation-access-token', status=201))


def wait_for(condition):
    import time
    for _ in range(300):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError('it did not come')


@test
def a_token_that_ended_is_taken_anew(v):
    def later():
        wait_for(lambda: v.hub.requests(operation='actions/list-workflow-runs-for-repo', status=200))
        v.hub.clock(400)

    try:
        watch(v, v.app(lives_ms=390000), 3, later)
    finally:
        v.hub.clock(-400)
    equal(tokens_taken(v), 2, v.out)
    equal(len([r for r in v.hub.journal() if r['status'] == 401]), 1)


@test
def a_token_that_ends_soon_is_renewed_before(v):
    watch(v, v.app(lives_ms=301500), 3, lambda: None)
    assert tokens_taken(v) >= 2, v.out
    equal([r for r in v.hub.journal() if r['status'] == 401], [])


def tell(function, hub):
    visit = Visit(hub)
    try:
        function(visit)
        hub.check()
    finally:
        visit.end()
        hub.forget()


def tell_all(wanted):
    passed = failed = 0
    with FakeGitHub() as hub:
        hub.settings(secondary=None)
        for one in [t for t in TESTS if not wanted or t.__name__ in wanted]:
            try:
                tell(one, hub)
                passed += 1
            except Exception as why:  # the next one is made all the same
                failed += 1
                print(f'FAILED {one.__name__}: {why}')
    return passed, failed


def main():
    try:
        setup()
    except Skip as why:
        print(f'skipped: {why}')
        print(f'doctor: 0 passed, 0 failed, {len(TESTS)} skipped')
        return 0
    passed, failed = tell_all(sys.argv[2:])
    print(f'doctor: {passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
