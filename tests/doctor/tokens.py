"""Each kind of token: what the doctor says of it, of its permissions, and of its life."""
import os, subprocess, time

import links
from fake_github import job
from visit import ALL, LINES, PROGRAM, equal, row, test


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


# ---- the token of an App in the long run ------------------------------------------------------------------------


def watch(v, app, cycles, between, jobs=1):
    v.repository.run(jobs=[job(f'test ({n})', log='a line\n##[error]Process completed with exit code 1.\n') for n in range(jobs)], name='CI', path='.github/workflows/ci.yml', event='push',
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
    assert [r for r in v.hub.journal() if r['status'] == 401], 'it did not end'


@test
def a_token_that_is_taken_back_while_logs_are_read(v):
    v.hub.fault('status', status=401, message='Bad credentials', path='/logs$', count=3)
    watch(v, v.app(), 1, lambda: None, jobs=5)
    equal((tokens_taken(v), len(v.hub.requests(operation='actions/download-job-logs-for-workflow-run', status=302))), (2, 5), v.out)
    assert '5 of 5 jobs failed' in v.out and 'not valid' not in v.out, v.out


@test
def a_token_that_ends_soon_is_renewed_before(v):
    watch(v, v.app(lives_ms=301500), 3, lambda: None)
    assert tokens_taken(v) >= 2, v.out
    equal([r for r in v.hub.journal() if r['status'] == 401], [])
