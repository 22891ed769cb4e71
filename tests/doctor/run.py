#!/usr/bin/env python3
"""`runmedic doctor` against the fake GitHub (tests/github): each kind of token, each permission, limits, clocks, links and certificates; and that it says
"unknown" where GitHub does not tell. usage: run.py PROGRAM [NAME...]"""
import os, re, shutil, sys

from visit import ALL, PROGRAM, TESTS, Visit, equal, row, test
import links
import tokens  # more tests
from fake_github import FakeGitHub, Skip, setup


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
