#!/usr/bin/env python3
"""The fake GitHub for tests written in Python.

    from fake_github import FakeGitHub, Skip           # sys.path needs this folder
    with FakeGitHub() as hub:                          # raises Skip(reason) where node or npm is missing
        token = hub.token(contents='read', actions='read', checks='write')           # a job's GITHUB_TOKEN with these permissions
        repo = hub.repository('acme/widgets', files={'src/a.py': 'import os\\n'})    # a real bare repository stands behind it
        run = repo.run(jobs=[job('test', log=case_log('py-import-yaml'))])           # run['id'], run['jobs'] (ids)
        pull = repo.pull(head='feature', files={'src/a.py': 'x\\n'})                 # pull['number'], head branch made from files
        fork = repo.pull(head='octo:patch-1', files={...})                           # of a fork, which is made too
        hub.fault('secondary', method='POST', retry_after=1, nth=2, count=3)         # fake/faults.mjs lists the kinds
        subprocess.run([...], env=hub.env(token, 'acme/widgets'))                    # GITHUB_API_URL, _GRAPHQL_URL, _SERVER_URL, _TOKEN
        hub.requests(method='POST', operation='checks/create')                       # journal entries, see below
        hub.state('acme/widgets')['checks']                                          # what is there now
        hub.check()                                                                  # AssertionError when the description was violated

Leaving the `with` block stops the server; it also calls check() unless the body raised or `hub.lenient = True`.
A journal entry: n, origin (api, blob, git), method, path, query, status, operation, token (its name), authorization (none, bearer, token,
basic), connection (equal numbers: one TCP connection), concurrent, started and ended in ms, fault, bytes, sha256, body (text), headers.
Tokens: kind='actions' (GITHUB_TOKEN) | 'app' | 'fine' | 'classic'; keyword arguments are permissions: contents, pull_requests, issues,
checks, statuses, actions, attestations, administration, workflows = 'read' | 'write'. Without a permission: 403 in GitHub's words; reads
need theirs too (as in a private repository). login= and limit= (requests in the window) can be given; repositories= narrows.
Logs: job(log=text | path | dict(path|text, bom=True, ready_after=N requests that say 404, state='missing'|'expired')).
Run: repo.run(event='workflow_run'..., head_branch, head_sha, conclusion, run_attempt, created_at, head_repository, artifacts=[artifact(...)]).
Time: hub.clock(seconds) moves the fake's clock ahead (links, tokens, and budgets run out). hub.settings(delay_ms=50, link_seconds=60,
window_seconds=3600, primary_status=403|429, secondary={'writes': 80, 'seconds': 60, 'concurrent': 100, 'retry_after': 1}).
Events: hub.event('workflow_run', repo, 'completed', run=run), hub.event('pull_request', repo, 'closed', number=7, pull_request={'merged': True}),
hub.event('issue_comment', repo, 'created', number=7, comment='/runmedic rerun'): payloads of @octokit/webhooks-examples, edited.
Measuring: the first call of an operation compiles its description (0.2-0.8 s), later ones take 5-90 ms; hub.gaps() and hub.connections() judge pace and reuse.
What runners do: hub.finish(repo, run, 'failure', jobs={'test': {'conclusion': 'failure', 'log': text or case_log(...)}}): a run may be repo.run's
dict or its id; jobs that the run has not are made. hub.approve(repo, run): the button "Approve workflows to run".
What people do (by='person'): hub.push(repo, branch, files, message=, start=) -> sha; hub.merge(repo, number, method='merge'|'squash',
delete_branch=False) makes a real merge; hub.close_pull(repo, number), hub.reopen(repo, number); hub.delete_branch(repo, branch);
hub.revert(repo, branch, sha) -> sha; hub.comment(repo, number, body, user=) -> comment (give it to hub.event(comment=...));
hub.label(repo, number, add=[...], remove=[...]); hub.accept(repo, review_comment_id) commits a suggestion.
Runs that start by themselves: repository(..., workflows=[{'name': 'CI', 'path': '.github/workflows/ci.yml', 'on': ['push', 'pull_request',
'repository_dispatch'], 'jobs': ['test']}]). What moves a branch or opens a pull request then starts queued runs (end them by hub.finish); done with a job's
own token, pushes start nothing, and runs of pull requests wait in action_required (hub.approve; POST .../approve is refused). A workflow with
'dispatch': False has no workflow_dispatch, 'state': 'disabled_manually' is switched off. A workflow without 'on' starts nothing.
Settings of a repository, also later by repo.add(...): protected=['main', 'release/*'], rules={'main': [{'type': 'pull_request'}]} (rulesets), bypass=[login],
drafts=False (the plan has none), has_issues=False, teams=['devs'], actions_may_open_pulls=False, archived, collaborators={login: 'write'} (also who can be
assignee or reviewer), requests_held=False (pull requests of a job's token start no runs at all, as before September 2026).
Commits by an App's or job's token without author are verified (repo.commit(sha)['verified']); changes below .github/workflows/ take
workflows='write' of an App. repo.file(path, ref), repo.mode(path, ref), repo.commits(ref): what really lies in the repository.
"""
import json, os, signal, subprocess, sys, urllib.error, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)


class Skip(Exception):
    """The fake cannot run here, with the reason."""


def setup(oldest=18):
    """Installs the node packages when needed. Raises Skip."""
    done = subprocess.run([os.path.join(HERE, 'setup.sh'), str(oldest)], capture_output=True, text=True)
    if done.returncode:
        raise Skip(done.stdout.strip() or done.stderr.strip() or f'setup.sh ended with {done.returncode}')


def case_log(name):
    """The log of one of the project's heal cases."""
    return {'path': os.path.join(TESTS, 'cases', name, 'log.txt')}


def fixture_log(path):
    """A log of tests/fixtures/logs, such as 'python/x.log'."""
    return {'path': os.path.join(TESTS, 'fixtures', 'logs', path)}


def merged(value, edits):
    """The value with the edits laid over it, objects within objects too."""
    if not isinstance(value, dict) or not isinstance(edits, dict):
        return edits
    return {**value, **{k: merged(value.get(k), v) for k, v in edits.items()}}


def payload(event, action=None, **edits):
    """GitHub's own example of an event's payload (@octokit/webhooks-examples), with edits."""
    setup()
    with open(os.path.join(HERE, 'node_modules', '@octokit', 'webhooks-examples', 'api.github.com', 'index.json'), encoding='utf8') as f:
        examples = next(row['examples'] for row in json.load(f) if row['name'] == event)
    found = [e for e in examples if action is None or e.get('action') == action]
    return merged(found[-1], edits)


def log_of(log):
    if log is None or isinstance(log, dict):
        return log
    return {'path': os.path.abspath(log)} if '\n' not in log and os.path.exists(log) else {'text': log}


def job(name='test', conclusion='failure', log=None, **more):
    return {'name': name, 'conclusion': conclusion, 'log': log_of(log), **more}


def artifact(name, files=None, path=None, **more):
    """files: {name: text}, or path: a ZIP file served as it is."""
    return {'name': name, 'files': files or {}, 'path': path and os.path.abspath(path), **more}


class Repository:
    def __init__(self, hub, full_name):
        self.hub, self.full_name = hub, full_name
        self.owner, self.name = full_name.split('/')

    @property
    def path(self):
        """The bare repository itself."""
        return os.path.join(self.hub.folder, 'repos', self.full_name + '.git')

    @property
    def url(self):
        return f'{self.hub.server}/{self.full_name}.git'

    def git(self, *args):
        return subprocess.run(['git', '-c', 'safe.directory=*', '-C', self.path, *args], check=True, capture_output=True, text=True).stdout.strip()

    def add(self, **more):
        self.hub.seed(repositories=[{'full_name': self.full_name, **more}])

    def state(self):
        return self.hub.state(self.full_name)

    def file(self, path, ref='HEAD'):
        """Its text, None where there is none."""
        done = subprocess.run(['git', '-c', 'safe.directory=*', '-C', self.path, 'show', f'{ref}:{path}'], capture_output=True)
        return done.stdout.decode('utf8', 'replace') if done.returncode == 0 else None

    def mode(self, path, ref='HEAD'):
        return (self.git('ls-tree', ref, '--', path).split() or [None])[0]

    def refs(self, prefix='refs/'):
        return dict(reversed(line.split(' ', 1)) for line in self.git('for-each-ref', '--format=%(objectname) %(refname)', prefix).splitlines())

    def commits(self, ref='HEAD', limit=50):
        """Newest first, each as commit() gives it."""
        return [self.commit(sha) for sha in self.git('rev-list', f'--max-count={limit}', ref).splitlines()]

    def commit(self, sha):
        keys = ('sha', 'parents', 'author', 'author_email', 'committer', 'committer_email', 'message')
        row = dict(zip(keys, self.git('show', '-s', '--format=%H%x00%P%x00%an%x00%ae%x00%cn%x00%ce%x00%B', sha).split('\0')))
        return {**row, 'parents': row['parents'].split(), 'message': row['message'].rstrip('\n'), 'verified': row['sha'] in self.hub.state()['verified']}

    def branch(self, name, files=None, start=None):
        self.add(branches={name: {k: v for k, v in (('files', files), ('from', start)) if v is not None}})
        return self.git('rev-parse', f'refs/heads/{name}')

    def run(self, jobs=(), artifacts=(), **more):
        self.add(runs=[{'jobs': list(jobs), 'artifacts': list(artifacts), **more}])
        return self.state()['runs'][-1]

    def issue(self, **more):
        self.add(issues=[more])
        return self.state()['issues'][-1]

    def pull(self, head='feature', files=None, base='main', **more):
        owner, branch = head.split(':') if ':' in head else (self.owner, head)
        home = self
        if owner != self.owner:
            home = self.hub.repository(f'{owner}/{self.name}', fork_of=self.full_name)
        home.branch(branch, files if files is not None else {'change.txt': f'{branch}\n'}, base)
        self.add(pulls=[{'head': head, 'base': base, 'user': more.pop('user', owner), **more}])
        found = self.state()['issues'][-1]
        return {**found, 'sha': found['pull']['head']['sha']}


class FakeGitHub:
    def __init__(self, state=None, delay_ms=0, cert=None, key=None, cafile=None):
        setup()
        self.lenient, self.count, self.process = False, 0, None
        args = ['node', os.path.join(HERE, 'fake', 'main.mjs'), '--stdin', '--delay-ms', str(delay_ms)]
        if state:
            args += ['--state', state]
        if cert:
            args += ['--cert', cert, '--key', key]
        self.cafile = cafile or cert
        # a session of its own: a test that signals its process group does not end the fake
        self.process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError('the fake GitHub did not start')
        self.addresses = json.loads(line)
        self.api, self.blob, self.graphql, self.server = (self.addresses[k] for k in ('api', 'blob', 'graphql', 'server'))
        self.folder = self.addresses['state']

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None and not self.lenient:
                self.check()
        finally:
            self.stop()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process:
            self.process.stdin.close()
            self.process.stdout.close()

    def control(self, what, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f'{self.api}/_fake/{what}', data=data, method=method or ('POST' if data else 'GET'))
        context = None
        if self.cafile:
            import ssl
            context = ssl.create_default_context(cafile=self.cafile)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        try:
            with opener.open(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise RuntimeError(f'_fake/{what}: {error.read().decode()}') from None

    def seed(self, **what):
        self.control('seed', what)

    def repository(self, full_name, **more):
        """files=, git= (a repository to clone), default_branch=, private=, protected=[...], collaborators={login: 'write'}, fork_of=, ..."""
        self.seed(repositories=[{'full_name': full_name, **more}])
        return Repository(self, full_name)

    def token(self, kind='actions', name=None, login=None, limit=None, repositories=None, **permissions):
        self.count += 1
        prefix = {'actions': 'ghs_', 'app': 'ghs_', 'fine': 'github_pat_', 'classic': 'ghp_'}[kind]
        token = prefix + 'fakeTokenOfTheTests' + f'{self.count:017d}'
        row = {'token': token, 'kind': kind, 'permissions': {'metadata': 'read', **permissions}, 'name': name or f'{kind}{self.count}'}
        row.update({k: v for k, v in (('login', login), ('limit', limit), ('repositories', repositories)) if v is not None})
        self.seed(tokens=[row])
        return token

    def app(self, public_key, repositories, permissions, id=77, slug='medic', installation=7, **more):
        self.seed(apps=[{'id': id, 'slug': slug, 'public_key': public_key,
                         'installations': [{'id': installation, 'repositories': repositories, 'permissions': permissions, **more}]}])

    def fault(self, kind, **rule):
        self.control('faults', {'kind': kind, **rule})

    def faults_left(self):
        return self.control('faults')

    def forget(self):
        """Empties journal, violations and faults."""
        self.control('journal', method='DELETE')
        self.control('faults', method='DELETE')

    def reset(self):
        """As new, but for its addresses: a fake that knows its descriptions already answers ten times as fast."""
        self.lenient = False
        self.control('reset', {})

    def journal(self):
        return self.control('journal')

    def requests(self, **wanted):
        return [e for e in self.journal() if all(e.get(k) == v for k, v in wanted.items())]

    def writes(self):
        return [e for e in self.journal() if e['origin'] == 'api' and e['method'] not in ('GET', 'HEAD') and not str(e.get('body')).startswith('{"query":"query')]

    def gaps(self):
        """Milliseconds from the end of each write to the begin of the next: writes are to be serial (none below 0) and paced."""
        rows = self.writes()
        return [b['started'] - (a['ended'] or a['started']) for a, b in zip(rows, rows[1:])]

    def connections(self, origin='api'):
        """How many TCP connections were used."""
        return len({e['connection'] for e in self.requests(origin=origin)})

    def violations(self):
        return self.control('violations')

    def check(self):
        found = self.violations()
        assert not found, 'the API description was violated:\n' + '\n'.join(json.dumps(v)[:2000] for v in found)

    def state(self, repository=None):
        whole = self.control('state')
        return whole['repositories'][repository] if repository else whole

    def settings(self, **what):
        return self.control('settings', what)

    def clock(self, seconds):
        return self.control('clock', {'seconds': seconds})

    def do(self, what, repository, **body):
        return self.control(what, {'repository': getattr(repository, 'full_name', repository), **{k: v for k, v in body.items() if v is not None}})

    def finish(self, repository, run, conclusion='success', jobs=None):
        ends = {name: {**how, **({'log': log_of(how['log'])} if 'log' in how else {})} for name, how in (jobs or {}).items()}
        return self.do('finish', repository, run=run['id'] if isinstance(run, dict) else run, conclusion=conclusion, jobs=ends)

    def approve(self, repository, run):
        return self.do('approve', repository, run=run['id'] if isinstance(run, dict) else run)

    def close_pull(self, repository, number, merged=False, by='person'):
        return self.do('close', repository, number=number, merged=merged, by=by)

    def merge(self, repository, number, method='merge', by='person', delete_branch=False):
        return self.do('close', repository, number=number, merged=True, by=by, method=method, delete_branch=delete_branch)

    def reopen(self, repository, number):
        return self.do('reopen', repository, number=number)

    def push(self, repository, branch, files, message='Change', by='person', start=None):
        return self.do('branch', repository, branch=branch, files=files, message=message, by=by, **{'from': start})['sha']

    def delete_branch(self, repository, branch, by='person'):
        return self.do('delete-branch', repository, branch=branch, by=by)

    def revert(self, repository, branch, sha, by='person'):
        return self.do('revert', repository, branch=branch, sha=sha, by=by)['sha']

    def comment(self, repository, number, body, user='person'):
        return self.do('comment', repository, number=number, body=body, user=user)

    def label(self, repository, number, add=(), remove=()):
        return self.do('labels', repository, number=number, add=list(add), remove=list(remove))['labels']

    def accept(self, repository, comment, by='person'):
        return self.do('accept', repository, comment=comment, by=by)['sha']

    def event(self, event, repository, action=None, run=None, number=None, comment=None, **edits):
        """A payload about what the fake holds: run (a dict of repo.run), number of an issue or pull request, comment (its body, or what hub.comment gave)."""
        name = getattr(repository, 'full_name', repository)
        state = self.state(name)
        about = {'repository': {'id': state['id'], 'full_name': name, 'name': state['name'], 'owner': {'login': state['owner']}, 'private': state['private'],
                                'default_branch': state['default_branch'], 'html_url': f'{self.server}/{name}', 'url': f'{self.api}/repos/{name}'}}
        if run:
            keys = ('id', 'name', 'path', 'event', 'status', 'conclusion', 'head_branch', 'head_sha', 'run_attempt', 'run_number', 'workflow_id', 'created_at',
                    'updated_at', 'display_title')
            head = self.state(run['head_repository'])
            about['workflow_run'] = {**{k: run[k] for k in keys}, 'pull_requests': [], 'repository': about['repository'],
                                     'html_url': f'{self.server}/{name}/actions/runs/{run["id"]}',
                                     'head_repository': {'id': head['id'], 'full_name': run['head_repository'], 'name': head['name'], 'owner': {'login': head['owner']}}}
        issue = next((i for i in state['issues'] if i['number'] == number), None)
        if issue:
            plain = {k: issue[k] for k in ('number', 'title', 'body', 'state')}
            about['issue'] = {**plain, 'user': {'login': issue['user']}, **({'pull_request': {'url': f'{self.api}/repos/{name}/pulls/{number}'}} if issue['pull'] else {})}
            if issue['pull']:
                pull = issue['pull']
                about['pull_request'] = {**plain, 'merged': pull['merged'], 'merged_at': pull['merged_at'], 'merge_commit_sha': pull['merge_commit_sha'], 'user': {'login': issue['user']},
                                         'head': {'ref': pull['head']['ref'], 'sha': pull['head']['sha'], 'repo': {'full_name': pull['head']['repo']}},
                                         'base': {'ref': pull['base']['ref'], 'sha': pull['base']['sha'], 'repo': {'full_name': name}}}
        if isinstance(comment, dict):
            person = next((u for u in self.state()['users'] if u['login'] == comment['user']), {'id': 1, 'type': 'User'})
            user = {'login': comment['user'], 'id': person['id'], 'type': person['type']}
            held = state['collaborators'].get(comment['user'])
            association = {'admin': 'OWNER', 'maintain': 'MEMBER', 'write': 'COLLABORATOR'}.get(held, 'NONE')
            about['comment'] = {'id': comment['id'], 'body': comment['body'], 'user': user, 'author_association': association, 'created_at': comment['created_at'],
                                'url': f'{self.api}/repos/{name}/issues/comments/{comment["id"]}', 'performed_via_github_app': None}
            about['sender'] = user
        elif comment is not None:
            about['comment'] = {'body': comment}
        base = payload(event, action)
        return merged(base, merged({k: v for k, v in about.items() if k == 'repository' or k in base}, edits))

    def env(self, token=None, repository=None, **more):
        """An environment for a child: this process's without tokens and GITHUB_*, with the fake's addresses."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(('GITHUB_', 'RUNNER_', 'ACTIONS_')) and k not in ('GH_TOKEN', 'GH_HOST')
               and k.lower() not in ('http_proxy', 'https_proxy', 'all_proxy')}
        env.update(GITHUB_API_URL=self.api, GITHUB_GRAPHQL_URL=self.graphql, GITHUB_SERVER_URL=self.server, NO_PROXY='127.0.0.1')
        if token:
            env['GITHUB_TOKEN'] = token
        if repository:
            env['GITHUB_REPOSITORY'] = getattr(repository, 'full_name', repository)
        return {**env, **more}


if __name__ == '__main__':
    print(__doc__)
    sys.exit(0)
