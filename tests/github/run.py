#!/usr/bin/env python3
"""The fake GitHub tested by clients that others made: octokit, gh, git, curl. usage: run.py [PROGRAM] [WORD]

PROGRAM is not needed; WORD: only tests whose name holds it."""
import base64, json, os, shutil, subprocess, sys, tempfile, time, traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from fake_github import FakeGitHub, Skip, artifact, case_log, job, setup  # noqa: E402

ALL = dict(contents='write', actions='write', checks='write', issues='write', pull_requests='write', statuses='write', administration='read', attestations='write')
GIT = ['git', '-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'credential.helper=', '-c', 'commit.gpgsign=false']


class Curl:
    """An answer: status, headers (lower case, of the last response), body."""

    def __init__(self, url, *args, token=None):
        with tempfile.TemporaryDirectory() as top:
            head, body = os.path.join(top, 'h'), os.path.join(top, 'b')
            args = ['curl', '-sS', '--noproxy', '*', '--max-time', '20', '-D', head, '-o', body, *args, url]
            if token:
                args += ['-H', f'Authorization: Bearer {token}']
            done = subprocess.run(args, capture_output=True, text=True)
            self.exit = done.returncode
            lines = open(head, encoding='latin1').read().split('\n') if os.path.exists(head) else []
            self.body = open(body, 'rb').read() if os.path.exists(body) else b''
        first = [i for i, line in enumerate(lines) if line.startswith('HTTP/')]
        self.status = int(lines[first[-1]].split()[1]) if first else 0
        pairs = [line.split(':', 1) for line in lines[first[-1] + 1:] if ':' in line] if first else []
        self.headers = {k.lower(): v.strip() for k, v in pairs}

    @property
    def json(self):
        return json.loads(self.body)


def world(hub):
    repo = hub.repository('acme/widgets', files={'src/a.py': 'import os\n', 'README.md': '# w\n'}, protected=['release'], collaborators={'writer': 'write'},
                          releases=[{'tag_name': 'v1'}], branches={'release': {}, 'side': {}, 'extra': {'files': {'extra.txt': 'e\n'}}})
    run = repo.run(jobs=[job('test', log=case_log('py-import-yaml')), job('lint', 'success', log='fine\n')],
                   artifacts=[artifact('report', {'junit.xml': '<testsuite/>'}), artifact('old', expired=True)])
    return repo, run


def test_octokit(count):
    setup(20)  # what octokit itself asks for
    with FakeGitHub() as hub, tempfile.TemporaryDirectory() as top:
        hub.lenient = True
        repo, run = world(hub)
        hub.repository('acme/hidden', private=True)
        hub.seed(users=[{'login': 'writer', 'keys': ['ssh-ed25519 AAAA'], 'signing_keys': ['ssh-ed25519 AAAA']}])
        pull = repo.pull('feature', {'src/a.py': 'import os\nimport sys\n'})
        keys = {}
        for name in ('app', 'stranger'):
            keys[name] = os.path.join(top, name + '.pem')
            subprocess.run(['openssl', 'genrsa', '-out', keys[name], '2048'], check=True, capture_output=True)
        public = subprocess.run(['openssl', 'rsa', '-in', keys['app'], '-pubout'], check=True, capture_output=True, text=True).stdout
        hub.app(public, ['acme/widgets'], {'checks': 'write', 'contents': 'read'})
        only = ['acme/widgets']
        tokens = {'all': hub.token(repositories=only, **ALL), 'read': hub.token(repositories=only, contents='read', issues='read', pull_requests='read'),
                  'fine': hub.token('fine', repositories=only, contents='read'), 'classic': hub.token('classic', contents='write', checks='write')}
        files = sorted(hub.state('acme/widgets')['artifacts'], key=lambda a: a['id'])
        given = dict(api=hub.api, tokens=tokens, run=run['id'], job=run['jobs'][0], artifact=files[0]['id'], expired=files[1]['id'], pull=pull['number'],
                     sha=pull['sha'], **keys)
        out = subprocess.run(['node', os.path.join(HERE, 'clients', 'octokit.mjs'), json.dumps(given)], capture_output=True, text=True, timeout=120, env=hub.env())
        for line in out.stdout.splitlines():
            count(line.startswith('ok '), line)
        count(out.returncode == 0, f'octokit ended with {out.returncode}: {out.stderr[-600:]}')
        bad = hub.violations()
        count(not bad, f'octokit and the fake agree with the description: {json.dumps(bad)[:1500]}')
        called = {e['operation'] for e in hub.journal()}
        known = [line.split('\t')[0] for line in open(os.path.join(HERE, 'openapi', 'operations.tsv'))]
        missed = sorted(set(known) - called)
        count(not missed, f'every described operation was called: not {missed}')
        count(hub.requests(origin='blob') and all(e['authorization'] == 'none' for e in hub.requests(origin='blob')), 'octokit sends no token to the second origin')


def test_curl_redirect_and_etag(count):
    with FakeGitHub() as hub:
        hub.lenient = True
        _, run = world(hub)
        token = hub.token(actions='read', contents='read', limit=9)
        logs = f'{hub.api}/repos/acme/widgets/actions/jobs/{run["jobs"][0]}/logs'
        answer = Curl(logs, token=token)
        count(answer.status == 302 and answer.headers['location'].startswith(hub.blob), 'the log is a redirect to the second origin')
        link = answer.headers['location']
        count(Curl(logs, '-L', token=token).body == open(case_log('py-import-yaml')['path'], 'rb').read(), 'curl follows and gets the log byte for byte')
        count(not hub.violations(), 'curl drops the token at the second origin')
        count(Curl(link, token=token).status == 400, 'the second origin refuses an Authorization header')
        count([v['kind'] for v in hub.violations()] == ['authorization-leaked'], 'and that is a violation')
        hub.clock(61)
        count(Curl(link).status == 403, 'the link ends after a minute')
        first = Curl(f'{hub.api}/repos/acme/widgets', token=token)
        left = int(first.headers['x-ratelimit-remaining'])
        again = Curl(f'{hub.api}/repos/acme/widgets', '-H', f'If-None-Match: {first.headers["etag"]}', token=token)
        count(again.status == 304 and int(again.headers['x-ratelimit-remaining']) == left, 'a 304 costs nothing')
        answers = [Curl(f'{hub.api}/repos/acme/widgets', token=token) for _ in range(left + 1)]
        count(answers[-2].status == 200 and answers[-1].status == 403 and b'API rate limit exceeded' in answers[-1].body, 'the budget ends')
        count(answers[-1].headers['x-ratelimit-remaining'] == '0' and int(answers[-1].headers['x-ratelimit-reset']) > time.time(), 'and says until when')
        count(Curl(f'{hub.api}/rate_limit', token=token).status == 200, '/rate_limit is free')
        hub.clock(3600)
        count(Curl(f'{hub.api}/repos/acme/widgets', token=token).status == 200, 'and begins anew')
        hub.forget()


def test_curl_pages(count):
    with FakeGitHub() as hub:
        repo, _ = world(hub)
        for _ in range(4):
            repo.run()
        token = hub.token(actions='read')
        answer = Curl(f'{hub.api}/repos/acme/widgets/actions/runs?per_page=2', token=token)
        count(answer.json['total_count'] == 5 and len(answer.json['workflow_runs']) == 2, 'a page holds what was asked')
        count('rel="next"' in answer.headers['link'] and 'page=3>; rel="last"' in answer.headers['link'], 'Link names next and last')
        last = Curl(f'{hub.api}/repos/acme/widgets/actions/runs?per_page=2&page=3', token=token)
        count(len(last.json['workflow_runs']) == 1 and 'rel="next"' not in last.headers['link'], 'the last page has no next')
        hub.forget()
        hub.settings(delay_ms=200)
        began = time.time()
        Curl(f'{hub.api}/repos/acme/widgets/actions/runs', '-o', os.devnull, f'{hub.api}/repos/acme/widgets', token=token)
        count(len(hub.journal()) == 2 and hub.connections() == 1, 'a connection that is used again is seen')
        count(time.time() - began >= 0.4, 'every request waits as long as was asked')
        count(Curl(f'{hub.api}/api/v3/repos/acme/widgets', token=token).status == 200, 'the path of an enterprise server is understood')


def test_curl_faults(count):
    with FakeGitHub() as hub:
        hub.lenient = True
        world(hub)
        pull = hub.repository('acme/widgets').pull('feature')
        token = hub.token(**ALL)
        url = f'{hub.api}/repos/acme/widgets'

        def fault(kind, *args, **rule):
            hub.fault(kind, **rule)
            return Curl(url, *args, token=token)
        count(fault('status').status == 502 and b'<html' in fault('status').body, '502 with a page')
        count(fault('status', status=503, message='x').json['message'] == 'x', '503 with a message')
        answer = fault('secondary', retry_after=7)
        count(answer.status == 403 and answer.headers['retry-after'] == '7' and b'secondary rate limit' in answer.body, 'secondary limit')
        count('retry-after' not in fault('secondary', retry_after=None, status=429).headers, 'secondary limit that does not say how long')
        answer = fault('primary', status=429, reset=5)
        count(answer.status == 429 and answer.headers['x-ratelimit-remaining'] == '0', 'primary limit')
        count(fault('reset').exit in (52, 56), 'reset before the answer')
        count(fault('reset-mid-body').exit in (18, 56), 'reset in the middle of the body')
        count(fault('truncated').exit == 18, 'truncated body')
        count(fault('redirect-loop', '-L', count=0).exit == 47, 'redirect loop')
        hub.forget()
        count(fault('hang', '--max-time', '1').exit == 28, 'no answer at all')
        began = time.time()
        count(fault('delay', ms=400).status == 200 and time.time() - began >= 0.4, 'late answer')
        count(fault('slow', '--max-time', '1', bytes_per_second=100).exit == 28, 'slow body')
        count(b'<html' in fault('not-json').body, '200 that is no JSON')
        count(len(fault('sparse').json) < 25, 'answer with few fields')
        comments = f'{url}/issues/{pull["number"]}/comments'
        hub.fault('lost', method='POST')
        lost = Curl(comments, '-d', '{"body": "b"}', token=token)
        count(lost.exit in (52, 56) and len(Curl(comments, token=token).json) == 1, 'a lost answer was carried out')
        hub.fault('status', nth=2, every=2, count=2)
        count([Curl(url, token=token).status for _ in range(6)] == [200, 502, 200, 502, 200, 200], 'each second request, twice')
        count(hub.faults_left() == [], 'nothing planned is left')
        hub.fault('status', path='/labels$')
        count(len(hub.faults_left()) == 1 and not hub.violations(), 'what did not happen is known')


def test_curl_logs_not_there(count):
    with FakeGitHub() as hub:
        repo = hub.repository('acme/widgets')
        run = repo.run(jobs=[job(log={'text': 'late\n', 'ready_after': 2, 'bom': True}), job('gone', log={'state': 'expired'}), job('never', log={'state': 'missing'})])
        token = hub.token(actions='read')
        get = [[Curl(f'{hub.api}/repos/acme/widgets/actions/jobs/{j}/logs', '-L', token=token) for _ in range(n)] for j, n in zip(run['jobs'], (3, 1, 1))]
        count([a.status for a in get[0]] == [404, 404, 200], 'a log may come later')
        count(get[0][2].body == b'\xef\xbb\xbflate\n', 'and begins with a byte order mark')
        count(get[1][0].status == 410 and get[2][0].status == 404, 'a log may be expired or missing')
        hub.settings(secondary={'writes': 2, 'seconds': 60, 'retry_after': 3})
        issues = hub.token(issues='write')
        made = [Curl(f'{hub.api}/repos/acme/widgets/issues', '-d', '{"title": "t"}', token=issues) for _ in range(3)]
        count([a.status for a in made] == [201, 201, 403] and made[2].headers['retry-after'] == '3', 'too many writes meet the secondary limit')


def test_curl_violations(count):
    with FakeGitHub() as hub:
        hub.lenient = True
        repo, _ = world(hub)
        token = hub.token(**ALL)
        url = f'{hub.api}/repos/acme/widgets'
        sha = repo.git('rev-parse', 'main')
        row = {'path': 'a', 'start_line': 1, 'end_line': 1, 'annotation_level': 'failure', 'message': 'm'}
        many = {'name': 'n', 'head_sha': sha, 'output': {'title': 't', 'summary': 's', 'annotations': [row] * 51}}
        answer = Curl(f'{url}/check-runs', '-d', json.dumps(many), token=token)
        count(answer.status == 422 and answer.json['errors'], '51 annotations are refused with details')
        count(Curl(f'{url}/check-runs', '-d', '{"name": "n"}', token=token).status == 422, 'a missing field is refused')
        count(Curl(f'{url}/nonsense', token=token).status == 404, 'an unknown path is not found')
        count(Curl(f'{url}/issues', '-d', '{', token=token).status == 400, 'broken JSON')
        count([v['kind'] for v in hub.violations()] == ['request', 'request', 'unknown-operation'], 'all of them are violations')
        query = json.dumps({'query': '{ viewer { nothing } }'})
        count(b'Cannot query field' in Curl(hub.graphql, '-d', query, token=token).body and hub.violations()[-1]['kind'] == 'graphql', 'GraphQL too')
        try:
            hub.check()
            count(False, 'check() raises')
        except AssertionError:
            count(True, '')


def test_git(count):
    with FakeGitHub() as hub, tempfile.TemporaryDirectory() as top:
        repo, _ = world(hub)
        hub.repository('acme/hidden', private=True)
        env = {**hub.env(), 'GIT_TERMINAL_PROMPT': '0', 'GIT_CONFIG_GLOBAL': '/dev/null', 'GIT_CONFIG_NOSYSTEM': '1'}

        def run(*args, folder=top):
            return subprocess.run([*GIT, '-C', folder, *args], capture_output=True, text=True, env=env)

        def url(token=None, name='acme/widgets'):
            return hub.server.replace('//', f'//x-access-token:{token}@' if token else '//') + f'/{name}.git'
        work = os.path.join(top, 'w')
        count(run('clone', '-q', url(), work).returncode == 0, 'a public repository is cloned by anybody')
        count(run('clone', '-q', url(name='acme/hidden'), work + '2').returncode != 0, 'a private one is not')
        reader, writer = hub.token(contents='read'), hub.token(contents='write')
        pat = hub.token('classic', contents='write')
        count(run('clone', '-q', url(reader, 'acme/hidden'), work + '2').returncode == 0, 'but with a token')
        pull = repo.pull('feature')
        with open(os.path.join(work, 'n.txt'), 'w') as f:
            f.write('n\n')
        run('fetch', '-q', 'origin', folder=work)
        run('checkout', '-q', '-b', 'feature', 'origin/feature', folder=work)
        run('add', '-A', folder=work)
        run('commit', '-q', '-m', 'n', folder=work)
        count(run('push', url(), 'feature', folder=work).returncode != 0, 'nobody pushes without a token')
        said = run('push', url(reader), 'feature', folder=work)
        count(said.returncode != 0 and '403' in said.stderr, 'a reader does not push')
        count('Authentication failed' in run('push', url('wrong'), 'feature', folder=work).stderr, 'a wrong token does not push')
        count(run('push', url(writer), 'feature', folder=work).returncode == 0, 'a writer pushes')
        head = run('rev-parse', 'HEAD', folder=work).stdout.strip()
        now = [i for i in repo.state()['issues'] if i['number'] == pull['number']][0]
        count(now['pull']['head']['sha'] == head and repo.git('rev-parse', f'refs/pull/{pull["number"]}/head') == head, 'the pull request follows the push')
        said = run('push', url(pat), 'feature:release', folder=work)
        count(said.returncode != 0 and 'GH006' in said.stderr, 'a protected branch refuses')
        count(run('push', url(writer), 'HEAD:refs/pull/1/head', folder=work).returncode != 0, 'refs of pull requests are not')
        count(run('push', url(writer), 'HEAD:refs/runmedic/facts/1-1', folder=work).returncode == 0, 'refs of one\'s own are taken')
        os.makedirs(os.path.join(work, '.github/workflows'))
        with open(os.path.join(work, '.github/workflows/x.yml'), 'w') as f:
            f.write('on: push\n')
        run('add', '-A', folder=work)
        run('commit', '-q', '-m', 'w', folder=work)
        said = run('push', url(writer), 'feature', folder=work)
        count(said.returncode != 0 and 'without `workflows` permission' in said.stderr, f'a job\'s token does not push workflows: {said.stderr}')
        count(run('push', url(pat), 'feature', folder=work).returncode == 0, 'a person does')
        fork = repo.pull('octo:patch-1', {'README.md': 'forked\n'})
        count(run('fetch', '-q', url(), f'refs/pull/{fork["number"]}/head', folder=work).returncode == 0, 'a fork\'s pull request can be fetched')
        pushes = hub.requests(operation='git/push', status=200)
        count(bool(pushes) and all(e['token'] for e in pushes), 'pushes are in the journal')


def ci(**more):
    return {'name': 'CI', 'path': '.github/workflows/ci.yml', 'on': ['push', 'pull_request'], 'jobs': ['test'], **more}


def commit_by(hub, token, branch, files, parent='main', message='fix', **more):
    """Blobs, tree, commit, ref, as the Git Data API wants it: the answers of tree, commit and ref."""
    at = f'{hub.api}/repos/acme/widgets/git'

    def post(what, body):
        return Curl(f'{at}/{what}', '-d', json.dumps(body), token=token)
    base = Curl(f'{hub.api}/repos/acme/widgets/commits/{parent}', token=token).json
    entries = [{'path': p, 'mode': '100644', 'type': 'blob', **(f if isinstance(f, dict) else {'content': f})} for p, f in files.items()]
    tree = post('trees', {'base_tree': base['commit']['tree']['sha'], 'tree': entries})
    if tree.status != 201:
        return tree, None, None
    commit = post('commits', {'message': message, 'tree': tree.json['sha'], 'parents': [base['sha']], **more})
    return tree, commit, post('refs', {'ref': f'refs/heads/{branch}', 'sha': commit.json['sha']})


def test_curl_commits_of_bots(count):
    with FakeGitHub() as hub:
        hub.lenient = True
        repo, _ = world(hub)
        repo.add(workflows=[ci()])
        job_token, app = hub.token(**ALL), hub.token('app', **ALL)
        _, commit, _ = commit_by(hub, job_token, 'bot', {'README.md': {'sha': None}, 'bin/x': {'content': 'x\n', 'mode': '100755'}})
        made = repo.commit(commit.json['sha'])
        count(made['verified'] and made['committer'] == 'GitHub' and made['author'] == 'github-actions[bot]', f'a job\'s commit is signed by GitHub: {made}')
        count(repo.file('README.md', 'bot') is None and repo.mode('bin/x', 'bot') == '100755' and repo.file('src/a.py', 'bot'), 'deleted, executable, untouched')
        count(repo.git('fsck') is not None, 'the objects are sound')
        count(not [r for r in repo.state()['runs'] if r['head_branch'] == 'bot'], 'a push with a job\'s token starts nothing')
        pull = Curl(f'{hub.api}/repos/acme/widgets/pulls', '-d', '{"title": "t", "head": "bot", "base": "main"}', token=job_token).json
        held = [r for r in repo.state()['runs'] if r['head_branch'] == 'bot']
        count([(r['event'], r['conclusion']) for r in held] == [('pull_request', 'action_required')], 'its pull request has a run that waits')
        approve = f'{hub.api}/repos/acme/widgets/actions/runs/{held[0]["id"]}/approve'
        count(Curl(approve, '-X', 'POST', token=hub.token('classic', **ALL)).status == 403, 'which the API does not let go')
        count(hub.approve(repo, held[0])['status'] == 'queued', 'a person does')
        count(hub.finish(repo, held[0])['conclusion'] == 'success', 'and it ends')
        _, commit, _ = commit_by(hub, app, 'app', {'n.txt': 'n\n'})
        started = [(r['event'], r['status']) for r in repo.state()['runs'] if r['head_branch'] == 'app']
        count(started == [('push', 'queued')], f'an App\'s push starts its run: {started}')
        Curl(f'{hub.api}/repos/acme/widgets/pulls', '-d', '{"title": "t", "head": "app", "base": "main"}', token=app)
        run = [r for r in repo.state()['runs'] if r['head_branch'] == 'app'][-1]
        count(run['event'] == 'pull_request' and run['status'] == 'queued', 'so does its pull request')
        ended = hub.finish(repo, run, 'failure', jobs={'test': {'conclusion': 'failure', 'log': 'boom\n'}})
        logs = Curl(f'{hub.api}/repos/acme/widgets/actions/jobs/{ended["jobs"][0]}/logs', '-L', token=app)
        count(logs.body == b'boom\n', 'and ends with the log that the test gave')
        _, commit, _ = commit_by(hub, job_token, 'named', {'n.txt': 'n\n'}, author={'name': 'A', 'email': 'a@example.invalid'})
        count(not commit.json['verification']['verified'], 'with an author of one\'s own it is not signed')
        for token, status in ((job_token, 403), (app, 403), (hub.token('app', workflows='write', **ALL), 201)):
            tree, _, ref = commit_by(hub, token, f'w{status}', {'.github/workflows/ci.yml': 'on: push\n'})
            count((ref or tree).status == status, f'workflow files take a permission of their own: {status}')
        got = Curl(f'{hub.api}/repos/acme/widgets/commits/bot', token=app).json
        count(got['author']['login'] == 'github-actions[bot]' and got['committer']['login'] == 'web-flow', 'accounts stand beside the names')
        refs = [Curl(f'{hub.api}/repos/acme/widgets/git/refs', '-d', json.dumps({'ref': 'refs/runmedic/lock', 'sha': made['sha']}), token=app).status for _ in range(2)]
        count(refs == [201, 422], 'a ref is made once')
        count(pull['number'] > 0 and not [v for v in hub.violations() if v['kind'] != 'request'], 'as described')


def test_curl_protection(count):
    with FakeGitHub() as hub:
        repo, _ = world(hub)
        repo.add(protected=['release', 'stable/*'], rules={'main': [{'type': 'pull_request', 'parameters': {}}], 'side': [{'type': 'deletion'}]}, bypass=['trusted[bot]'])
        token = hub.token(**ALL)
        api = f'{hub.api}/repos/acme/widgets'
        _, commit, _ = commit_by(hub, token, 'fix', {'n.txt': 'n\n'})

        def move(branch, who=token):
            return Curl(f'{api}/git/refs/heads/{branch}', '-X', 'PATCH', '-d', json.dumps({'sha': commit.json['sha']}), token=who)
        count(move('main').status == 422 and b'rule violations' in move('main').body, 'a ruleset refuses')
        count(move('side').status == 200, 'one about deletions does not')
        made = Curl(f'{api}/git/refs', '-d', json.dumps({'ref': 'refs/heads/stable/1', 'sha': commit.json['sha']}), token=token)
        count(made.status == 422, 'patterns are protected too')
        count(move('main', hub.token('app', login='trusted[bot]', **ALL)).status == 200, 'who bypasses is let through')
        count([r['type'] for r in Curl(f'{api}/rules/branches/main', token=token).json] == ['pull_request'], 'the rules can be read')
        count(Curl(f'{api}/branches/main', token=token).json['protected'] is False and Curl(f'{api}/branches/release', token=token).json['protected'], 'both kinds')


def test_curl_pulls(count):
    with FakeGitHub() as hub:
        hub.lenient = True
        repo, _ = world(hub)
        repo.add(drafts=False, teams=['devs'], actions_may_open_pulls=True, workflows=[ci()])
        text = ''.join(f'line {i}\n' for i in range(1, 41))
        hub.push(repo, 'main', {'long.txt': text})
        pull = repo.pull('feature', {'long.txt': text.replace('line 3\n', 'LINE 3\n').replace('line 30\n', 'LINE 30\n')})
        token = hub.token(**ALL)
        api = f'{hub.api}/repos/acme/widgets'

        def post(path, method='POST', **body):
            return Curl(f'{api}/{path}', '-X', method, '-d', json.dumps(body), token=token)

        def suggest(**where):
            return post(f'pulls/{pull["number"]}/reviews', event='COMMENT', body='b', comments=[{'path': 'long.txt', 'side': 'RIGHT', 'body': '```suggestion\nmine\n```', **where}])
        count(suggest(line=15).status == 422, 'a line that the diff does not show')
        count(suggest(line=30, start_line=3, start_side='RIGHT').status == 422, 'from one hunk to another')
        count(suggest(line=4, start_line=3, start_side='RIGHT').status == 200, 'lines of one hunk')
        count(post(f'pulls/{pull["number"]}/reviews', event='COMMENT', body='b', commit_id='f' * 40).status == 422, 'a commit of somewhere else')
        comment = Curl(f'{api}/pulls/{pull["number"]}/comments', token=token).json[0]
        count(comment['line'] == 4 and comment['start_line'] == 3 and comment['user']['login'] == 'github-actions[bot]', 'the suggestion stands')
        sha = hub.accept(repo, comment['id'], by='writer')
        count(repo.file('long.txt', 'feature').split('\n')[1:4] == ['line 2', 'mine', 'line 5'] and repo.commit(sha)['author'] == 'writer', 'a person accepts it')
        run = repo.state()['runs'][-1]
        count((run['event'], run['actor'], run['head_sha']) == ('pull_request', 'writer', sha), 'which starts a run')
        comment = Curl(f'{api}/pulls/{pull["number"]}/comments', token=token).json[0]
        count(comment['line'] is None and comment['original_line'] == 4 and comment['commit_id'] != sha, 'then it is outdated')
        count(post('pulls', title='t', head='feature', base='side', draft=True).json['message'].startswith('Draft pull requests are not supported'), 'no drafts in this plan')
        asked = [post(f'pulls/{pull["number"]}/requested_reviewers', **who).status for who in
                 ({'reviewers': ['writer']}, {'reviewers': ['stranger']}, {'reviewers': ['acme']}, {'team_reviewers': ['devs']}, {'team_reviewers': ['others']})]
        count(asked == [201, 422, 422, 201, 422], f'reviewers are collaborators, not the author: {asked}')
        merged = hub.merge(repo, pull['number'], by='writer', delete_branch=True)
        count(repo.file('long.txt', 'main').split('\n')[2] == 'mine' and merged['pull']['merged_by'] == 'writer', 'a merge is a real one')
        got = Curl(f'{api}/pulls/{pull["number"]}', token=token).json
        count(got['merged'] and got['merge_commit_sha'] == repo.git('rev-parse', 'main') and got['merged_by']['login'] == 'writer', 'and is told')
        back = hub.revert(repo, 'main', sha)
        count(repo.file('long.txt', 'main').split('\n')[2] == 'LINE 3' and f'This reverts commit {sha}' in repo.commit(back)['message'], 'a revert too')
        other = repo.pull('other')
        post(f'git/refs/heads/{"other"}', 'DELETE')
        gone = Curl(f'{api}/issues/{other["number"]}', token=token).json
        count(gone['state'] == 'closed' and gone['closed_by']['login'] == 'github-actions[bot]', 'a branch that goes takes its pull request along')
        repo.add(actions_may_open_pulls=False)
        refused = post('pulls', title='t', head='extra', base='main')
        count(refused.status == 403 and b'not permitted to create or approve' in refused.body, 'Actions may be forbidden to open any')


def test_curl_people(count):
    with FakeGitHub() as hub:
        repo, _ = world(hub)
        token = hub.token(**ALL)
        api = f'{hub.api}/repos/acme/widgets'
        made = Curl(f'{api}/issues', '-d', '{"title": "t", "labels": ["new one"], "assignees": ["writer"]}', token=token).json
        count([a['login'] for a in made['assignees']] == ['writer'] and made['labels'][0]['name'] == 'new one', 'an issue with label and assignee')
        wrong = Curl(f'{api}/issues', '-d', '{"title": "t", "assignees": ["stranger"]}', token=token)
        count(wrong.status == 422 and wrong.json['errors'][0]['field'] == 'assignees', 'not everybody can be assigned')
        said = hub.comment(repo, made['number'], '/runmedic rerun', user='writer')
        event = hub.event('issue_comment', repo, 'created', number=made['number'], comment=said)
        count(event['comment']['id'] == said['id'] and event['comment']['user']['login'] == 'writer' and event['comment']['author_association'] == 'COLLABORATOR', 'its event')
        react = [Curl(f'{api}/issues/comments/{said["id"]}/reactions', '-d', '{"content": "eyes"}', token=token).status for _ in range(2)]
        count(react == [201, 200], 'a reaction is there once')
        count(hub.label(repo, made['number'], add=['x'], remove=['new one']) == ['x'], 'labels of people')
        sha = repo.git('rev-parse', 'main')
        note = Curl(f'{api}/commits/{sha}/comments', '-d', '{"body": "b"}', token=token).json
        Curl(f'{api}/comments/{note["id"]}', '-X', 'PATCH', '-d', '{"body": "c"}', token=token)
        count([k['body'] for k in Curl(f'{api}/commits/{sha}/comments', token=token).json] == ['c'], 'a comment on a commit is changed')
        rights = [Curl(f'{api}/collaborators/{login}/permission', token=token) for login in ('acme', 'writer', 'person', 'nobody')]
        count([r.status for r in rights[:2]] == [200, 200] and [r.json['permission'] for r in rights[:2]] == ['admin', 'write'], 'what people may')
        repo.add(has_issues=False)
        off = Curl(f'{api}/issues', '-d', '{"title": "t"}', token=token)
        count(off.status == 410 and Curl(f'{api}/issues/{made["number"]}/comments', '-d', '{"body": "b"}', token=token).status == 410, 'issues can be switched off')
        run = repo.run(jobs=[job()], created_at='2026-01-01T00:00:00Z')
        old = Curl(f'{api}/actions/runs/{run["id"]}/rerun-failed-jobs', '-X', 'POST', token=token)
        count(old.status == 403 and b'month ago' in old.body, 'old runs do not run again')
        worn = repo.run(jobs=[job()], reruns=50)
        count(b'50 re-runs' in Curl(f'{api}/actions/runs/{worn["id"]}/rerun-failed-jobs', '-X', 'POST', token=token).body, 'nor any for the 51st time')
        repo.add(workflows=[{'name': 'Off', 'path': '.github/workflows/off.yml', 'dispatch': False}, {'name': 'Sleeps', 'path': '.github/workflows/s.yml', 'state': 'disabled_manually'},
                            {'name': 'Verify', 'path': '.github/workflows/v.yml', 'on': ['repository_dispatch']}])
        for file, word in (('off.yml', b'workflow_dispatch'), ('s.yml', b'disabled'), ('ci.yml', b'')):
            asked = Curl(f'{api}/actions/workflows/{file}/dispatches', '-d', '{"ref": "main"}', token=token)
            count((asked.status == 204) == (file == 'ci.yml') and word in asked.body, f'dispatch of {file}: {asked.status}')
        Curl(f'{api}/dispatches', '-d', '{"event_type": "runmedic-local"}', token=token)
        last = repo.state()['runs'][-1]
        count((last['name'], last['event'], last['display_title']) == ('Verify', 'repository_dispatch', 'runmedic-local'), 'a dispatch of the repository')


# The permission that each write needs, without which it is refused.
WRITES = [
    ('POST', 'check-runs', {'name': 'n', 'head_sha': 'SHA'}, 'checks'), ('POST', 'statuses/SHA', {'state': 'success'}, 'statuses'),
    ('POST', 'issues', {'title': 't'}, 'issues'), ('POST', 'git/refs', {'ref': 'refs/heads/n', 'sha': 'SHA'}, 'contents'),
    ('POST', 'git/blobs', {'content': 'x'}, 'contents'), ('POST', 'git/trees', {'tree': [{'path': 'a', 'mode': '100644', 'content': 'x'}]}, 'contents'),
    ('POST', 'git/commits', {'message': 'm', 'tree': 'TREE'}, 'contents'), ('POST', 'pulls', {'title': 't', 'head': 'extra', 'base': 'main'}, 'pull_requests'),
    ('POST', 'pulls/PULL/reviews', {'event': 'COMMENT', 'body': 'b'}, 'pull_requests'), ('PATCH', 'pulls/PULL', {'title': 'u'}, 'pull_requests'),
    ('POST', 'actions/runs/RUN/rerun-failed-jobs', None, 'actions'), ('POST', 'dispatches', {'event_type': 'e'}, 'contents'),
    ('POST', 'commits/SHA/comments', {'body': 'b'}, 'contents'), ('POST', 'actions/workflows/ci.yml/dispatches', {'ref': 'main'}, 'actions'),
]


def test_curl_each_permission(count):
    with FakeGitHub() as hub:
        repo, run = world(hub)
        pull = repo.pull('feature', {'src/a.py': 'x\n'})
        names = {'SHA': repo.git('rev-parse', 'main'), 'TREE': repo.git('rev-parse', 'main^{tree}'), 'PULL': str(pull['number']), 'RUN': str(run['id'])}
        for method, path, body, permission in WRITES:
            text = json.dumps(body)
            for key, value in names.items():
                path, text = path.replace(key, value), text.replace(key, value)
            lacks = hub.token(**{**ALL, permission: 'read'})
            only = hub.token(**{permission: 'write'})
            args = ['-X', method, *(['-d', text] if body is not None else [])]
            refused = Curl(f'{hub.api}/repos/acme/widgets/{path}', *args, token=lacks)
            count(refused.status == 403 and f'{permission}=write' in refused.headers['x-accepted-github-permissions'], f'{path} without {permission}: {refused.status}')
            done = Curl(f'{hub.api}/repos/acme/widgets/{path}', *args, token=only)
            count(done.status in (200, 201, 204), f'{path} with {permission} alone: {done.status} {done.body[:200]}')


def test_git_starts_runs(count):
    with FakeGitHub() as hub, tempfile.TemporaryDirectory() as top:
        repo = hub.repository('acme/widgets', files={'README.md': 'r\n'}, workflows=[ci()], rules={'stable/*': [{'type': 'required_status_checks'}]})
        pull = repo.pull('feature', {'a.txt': 'a\n'})
        count([(r['event'], r['status']) for r in repo.state()['runs']] == [('push', 'queued'), ('pull_request', 'queued')], 'a person starts runs')
        env = {**hub.env(), 'GIT_TERMINAL_PROMPT': '0', 'GIT_CONFIG_GLOBAL': '/dev/null', 'GIT_CONFIG_NOSYSTEM': '1'}
        tokens = {'job': hub.token(contents='write'), 'app': hub.token('app', contents='write')}

        def run(*args):
            return subprocess.run([*GIT, '-C', top, *args], capture_output=True, text=True, env=env)

        def push(who, *what):
            before = len(repo.state()['runs'])
            said = run('push', hub.server.replace('//', f'//x-access-token:{tokens[who]}@') + '/acme/widgets.git', *what)
            return said, [(r['event'], r['status'], r['conclusion']) for r in repo.state()['runs'][before:]]
        run('clone', '-q', f'{hub.server}/acme/widgets.git', '.')
        run('checkout', '-q', 'feature')
        run('commit', '-q', '--allow-empty', '-m', 'one')
        _, started = push('job', 'feature')
        count(started == [('pull_request', 'completed', 'action_required')], f'a push with a job\'s token waits for a person: {started}')
        run('commit', '-q', '--allow-empty', '-m', 'two')
        _, started = push('app', 'feature')
        count(started == [('push', 'queued', None), ('pull_request', 'queued', None)], f'one of an App does not: {started}')
        said, started = push('app', 'feature:stable/1')
        count(said.returncode != 0 and 'GH006' in said.stderr and not started, 'a ruleset holds for pushes')
        said, _ = push('app', ':feature')
        gone = next(i for i in repo.state()['issues'] if i['number'] == pull['number'])
        count(said.returncode == 0 and gone['state'] == 'closed' and gone['closed_by'] == 'medic[bot]', 'a deleted branch closes its pull request')


def jwt(key, app, lives=540):
    def part(what):
        return base64.urlsafe_b64encode(what).rstrip(b'=')
    now = int(time.time())
    text = part(b'{"alg":"RS256","typ":"JWT"}') + b'.' + part(json.dumps({'iat': now - 60, 'exp': now + lives, 'iss': str(app)}).encode())
    return (text + b'.' + part(subprocess.run(['openssl', 'dgst', '-sha256', '-sign', key], input=text, check=True, capture_output=True).stdout)).decode()


def test_app(count):
    with FakeGitHub() as hub, tempfile.TemporaryDirectory() as top:
        key = os.path.join(top, 'k.pem')
        subprocess.run(['openssl', 'genrsa', '-out', key, '2048'], check=True, capture_output=True)
        public = subprocess.run(['openssl', 'rsa', '-in', key, '-pubout'], check=True, capture_output=True, text=True).stdout
        world(hub)
        hub.app(public, ['acme/widgets'], {'contents': 'read', 'checks': 'write'})
        made = Curl(f'{hub.api}/app/installations/7/access_tokens', '-X', 'POST', token=jwt(key, 77))
        count(made.status == 201 and made.json['permissions'] == {'contents': 'read', 'checks': 'write'}, f'an App gets a token: {made.body[:200]}')
        url = f'{hub.api}/repos/acme/widgets/branches'
        count(Curl(url, token=made.json['token']).status == 200, 'the token reads')
        hub.clock(3601)
        count(Curl(url, token=made.json['token']).status == 401, 'for an hour')
        count(Curl(f'{hub.api}/app', token=jwt(key, 77)).status == 401, 'a signature of the past is refused')
        hub.clock(-3601)
        count(Curl(f'{hub.api}/app', token=jwt(key, 77, 700)).status == 401, 'so is one for more than ten minutes')
        count(Curl(f'{hub.api}/app', token=jwt(key, 78)).status == 404, 'an App that is not there')


def test_curl_tls(count):
    with tempfile.TemporaryDirectory() as top:
        key, cert = os.path.join(top, 'k.pem'), os.path.join(top, 'c.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=127.0.0.1',
                        '-addext', 'subjectAltName=IP:127.0.0.1'], check=True, capture_output=True)
        with FakeGitHub(cert=cert, key=key) as hub:
            hub.repository('acme/widgets')
            url = f'{hub.api}/repos/acme/widgets'
            count(Curl(url, '--cacert', cert).status == 200 and Curl(url).exit == 60, 'a server with a CA of its own')


def test_curl_contents(count):
    with FakeGitHub() as hub:
        hub.repository('acme/widgets', files={'big.txt': 'x' * 1100000, 'link': {'text': '../../etc/passwd', 'mode': '120000'}, 'run.sh': {'text': 'true\n', 'mode': '100755'}})
        token = hub.token(contents='read')
        at = f'{hub.api}/repos/acme/widgets/contents'
        big = Curl(f'{at}/big.txt', token=token).json
        count(big['encoding'] == 'none' and big['content'] == '', 'a file of more than a megabyte comes without content')
        blob = Curl(f'{hub.api}/repos/acme/widgets/git/blobs/{big["sha"]}', token=token).json
        count(base64.b64decode(blob['content']) == b'x' * 1100000, 'but as a blob')
        count(Curl(f'{at}/link', token=token).json['type'] == 'symlink', 'a link is a link')
        count([e['name'] for e in Curl(at, token=token).json] == ['big.txt', 'link', 'run.sh'], 'a folder is a list')
        count(Curl(f'{at}/none', token=token).status == 404, 'no such file')


def test_payloads(count):
    with FakeGitHub() as hub:
        repo, run = world(hub)
        pull = repo.pull('octo:patch-1')
        event = hub.event('workflow_run', repo, 'completed', run=run)
        count(event['workflow_run']['conclusion'] == 'failure' and event['workflow_run']['id'] == run['id'] and 'actor' in event['workflow_run'], 'a failed run')
        event = hub.event('issue_comment', repo, 'created', number=pull['number'], comment='/runmedic rerun')
        count(event['comment']['body'] == '/runmedic rerun' and 'pull_request' in event['issue'], 'a comment on a pull request')
        event = hub.event('pull_request', repo, 'closed', number=pull['number'], pull_request={'merged': True})
        count(event['pull_request']['merged'] and event['pull_request']['head']['repo']['full_name'] == 'octo/widgets', 'a merged one of a fork')


def test_gh(count):
    if not shutil.which('gh'):
        raise Skip('gh is not installed')
    with FakeGitHub() as hub, tempfile.TemporaryDirectory() as top:
        repo, run = world(hub)
        repo.issue(title='An issue of gh')
        token = hub.token(**ALL)
        # gh speaks plain HTTP to github.localhost only; a proxy brings it to the fake's port
        env = {**hub.env(), 'GH_HOST': 'github.localhost', 'GH_TOKEN': token, 'GH_CONFIG_DIR': top, 'HTTP_PROXY': hub.api, 'http_proxy': hub.api, 'NO_PROXY': '', 'no_proxy': '',
               'GH_NO_UPDATE_NOTIFIER': '1', 'GH_REPO': 'github.localhost/acme/widgets', 'NO_COLOR': '1'}

        def gh(*args):
            return subprocess.run(['gh', *args], capture_output=True, text=True, env=env, cwd=top, timeout=60)
        said = gh('api', 'repos/acme/widgets', '--jq', '.full_name')
        count(said.stdout.strip() == 'acme/widgets', f'gh api: {said.stdout} {said.stderr}')
        said = gh('api', '--paginate', 'repos/acme/widgets/actions/runs?per_page=1', '--jq', '.workflow_runs[].id')
        count(said.stdout.strip() == str(run['id']), f'gh api pages: {said.stderr}')
        said = gh('api', f'repos/acme/widgets/actions/jobs/{run["jobs"][0]}/logs')
        count('ModuleNotFoundError' in said.stdout, f'gh api follows the redirect of a log: {said.stderr}')
        said = gh('api', 'repos/acme/widgets/issues/1/comments', '-f', 'body=by gh')
        count(json.loads(said.stdout)['body'] == 'by gh', f'gh comments: {said.stderr}')
        said = gh('api', 'graphql', '-f', 'query={ repository(owner: "acme", name: "widgets") { nameWithOwner } }', '--jq', '.data.repository.nameWithOwner')
        count(said.stdout.strip() == 'acme/widgets', f'gh graphql: {said.stdout} {said.stderr}')
        said = gh('api', 'repos/acme/widgets/issues', '-f', 'title=by gh', '-f', 'labels[]=a', '-f', 'assignees[]=writer', '--jq', '.assignees[0].login')
        count(said.stdout.strip() == 'writer', f'gh makes an issue: {said.stdout} {said.stderr}')
        said = gh('api', '-X', 'POST', f'repos/acme/widgets/actions/runs/{run["id"]}/rerun-failed-jobs')
        count(said.returncode == 0 and repo.state()['runs'][0]['run_attempt'] == 2, f'gh runs failed jobs again: {said.stderr}')
        said = gh('api', 'repos/acme/nothing')
        count(said.returncode == 1 and 'Not Found' in said.stderr, 'gh shows a refusal')


def main():
    word = next((a for a in sys.argv[1:] if os.sep not in a), '')
    passed, failed, skipped = 0, 0, 0

    def count(good, what):
        nonlocal passed, failed
        if good:
            passed += 1
        else:
            failed += 1
            print(f'github: failed: {what}')
    try:
        setup()
    except Skip as reason:
        print(f'github: skipped: {reason}')
        print('github: 0 passed, 0 failed, 1 skipped')
        return 0
    for name, test in list(globals().items()):
        if not name.startswith('test_') or word not in name:
            continue
        try:
            test(count)
        except Skip as reason:
            skipped += 1
            print(f'github: skipped {name}: {reason}')
        except Exception:
            count(False, f'{name}: {traceback.format_exc()}')
    print(f'github: {passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
