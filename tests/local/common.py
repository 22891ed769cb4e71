"""What the stories of signed local CI share: a laptop with a clone and a key, the fake GitHub, the workflow that verifies."""
import base64, datetime, json, os, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'github'))
import scene
from scene import SLUG, equal, has, story

CONFIG = '''version: 1
local:
  checks:
    - {name: tests, run: "true"}
  thresholds: {coverage: 80, pass_rate: 100, lint: 5}
  max_age: 24
  audit_rate: 0
'''
SIGNERS = '.github/runmedic/allowed_signers'
REVOKED = '.github/runmedic/revoked_keys'
REF = 'refs/runmedic/attestations/'
NAME = 'runmedic / local CI'
LAPTOP = dict(contents='write', statuses='write', pull_requests='read')
VERIFIER = dict(contents='read', checks='write', statuses='write', pull_requests='read')


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def now(minutes=0):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)).strftime('%Y-%m-%dT%H:%M:%SZ')


class Key:
    """An Ed25519 key in PEM, made by openssl; its line for allowed_signers is written from the bytes of the public key."""

    def __init__(self, folder, name='key'):
        self.path = os.path.join(folder, name + '.pem')
        run('openssl', 'genpkey', '-algorithm', 'ed25519', '-out', self.path)
        os.chmod(self.path, 0o600)
        self.public = run('openssl', 'pkey', '-in', self.path, '-pubout')
        der = base64.b64decode(''.join(self.public.splitlines()[1:-1]))
        text = lambda b: len(b).to_bytes(4, 'big') + b
        self.line = 'ssh-ed25519 ' + base64.b64encode(text(b'ssh-ed25519') + text(der[-32:])).decode()


class SshKey:
    """One of ssh-keygen."""

    def __init__(self, folder, name='id', kind='ed25519'):
        self.path = os.path.join(folder, name)
        run('ssh-keygen', '-q', '-t', kind, '-N', '', '-C', 'ann@laptop', '-f', self.path)
        self.line = ' '.join(open(self.path + '.pub').read().split()[:2])


def allowed(key, who='ann@example.org', options=''):
    return f'{who} {options + " " if options else ""}{key.line}\n'


class Desk(scene.Scene):
    """The repository with a pull request, Ann's laptop, and the job that verifies."""

    def __init__(self, hub, config=CONFIG, signers=None, fork=False, ssh=False, **more):
        self.hub, self.case = hub, 'py-import-yaml'
        import tempfile
        self.folder = tempfile.mkdtemp(prefix='runmedic-local.')
        self.said, self.out, self.fork, self.head = '', '', fork, 'patch' if fork else 'feature'
        self.key = SshKey(self.folder) if ssh else Key(self.folder)
        files = {'src/a.py': 'x = 1\n', SIGNERS: allowed(self.key) if signers is None else signers}
        if config is not None:
            files['.github/runmedic.yml'] = config
        files.update(more.pop('files', {}))
        self.repository = hub.repository(SLUG, files={k: v for k, v in files.items() if v}, collaborators={'writer': 'write'}, **more)
        self.pull = self.repository.pull(head='octo:patch' if fork else 'feature', files={'src/a.py': 'x = 2\n'})
        self.home = 'octo/widgets' if fork else SLUG
        self.clone(self.pull['sha'])
        self.laptop = hub.token(kind='fine', login='octo' if fork else 'ann', name='laptop', **LAPTOP)
        self.job = hub.token(**VERIFIER)

    def bare(self, slug=None):
        return os.path.join(self.hub.folder, 'repos', (slug or self.home) + '.git')

    def git(self, *words):
        return run('git', '-c', 'safe.directory=*', '-c', 'user.name=t', '-c', 'user.email=t@example.org', '-C', self.path('clone'), *words).strip()

    def clone(self, sha):
        run('git', '-c', 'safe.directory=*', 'clone', '-q', self.bare(), self.path('clone'))
        self.git('checkout', '-q', '-B', self.head, sha)
        self.git('remote', 'set-url', 'origin', f'{self.hub.server}/{self.home}.git')

    def result(self, sha=None, tests=(120, 0, 3), failed=(), coverage=91.5, issues=0, made=0, **more):
        """Of another script: what it cannot know is missing."""
        sha = sha or self.git('rev-parse', 'HEAD')
        total, bad, skipped = tests
        body = {'version': '1.0', 'timestamp': now(made), 'commit_sha': sha, 'runner': 'local', 'passed': bad == 0 and coverage >= 80,
                'dirty': False, 'untracked': 0,
                'checks': {'tests': {'passed': bad == 0, 'total': total, 'failed': bad, 'skipped': skipped, 'failed_ids': list(failed)},
                           'coverage': {'passed': coverage >= 80, 'percentage': coverage, 'threshold': 80}, 'linting': {'passed': True, 'issues': issues}}}
        body.update(more)
        path = self.path('result.json')
        with open(path, 'w') as f:
            json.dump(body, f)
        return path

    def command(self, *args, token=None, **env):
        home = {k: v for k, v in env.items() if v is not None}
        base = {'PATH': os.environ['PATH'], 'HOME': self.folder, 'USER': 'ann'}
        for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'SSL_CERT_FILE'):
            if name in os.environ:
                base[name] = os.environ[name]
        base.update({k: v for k, v in self.hub.env(token).items() if k.startswith(('GITHUB_', 'GH_')) or k == 'NO_PROXY'})
        base.update(home)
        done = subprocess.run([scene.PROGRAM, 'local', *args], env=base, cwd=self.path('clone'), capture_output=True, text=True, timeout=120)
        self.said, self.out = done.stdout + done.stderr, done.stdout
        return done.returncode

    def post(self, *args, token=None, key=None, **result):
        """A result, signed and posted from the laptop."""
        path = self.result(**result)
        env = result.pop('env', {})
        return self.command('post', '--result', path, '--key', (key or self.key).path, *args, token=token or self.laptop, **env)

    def verify(self, *args, token=None, **env):
        """By hand: exit status; the verdict in `answer`."""
        status = self.command('verify', '--repository', SLUG, '--format', 'json', *args, token=token or self.job, **env)
        self.answer = json.loads(self.out) if self.out.startswith('{') else None
        return status

    def event(self, name, payload, token=None, home=None, **inputs):
        """The step of the workflow."""
        return self.act(name, {'repository': {'full_name': SLUG, 'default_branch': 'main'}, **payload}, token or self.job, mode='verify', home=home, **inputs)

    def dispatched(self, **more):
        """The event that the laptop's dispatch makes."""
        sent = [d for d in self.hub.state(SLUG)['dispatches'] if d['kind'] == 'repository_dispatch']
        assert sent, 'nothing was dispatched'
        equal(sent[-1].get('event_type', 'runmedic-local'), 'runmedic-local', 'event type')
        return self.event('repository_dispatch', {'action': 'runmedic-local', 'client_payload': sent[-1].get('client_payload') or {'sha': self.pull['sha']}}, **more)

    def opened(self, **more):
        pull = self.hub.event('pull_request', SLUG, 'opened', number=self.pull['number'])
        return self.event('pull_request_target', {'action': 'opened', 'pull_request': pull['pull_request'], 'number': self.pull['number']}, **more)

    def trusted(self):
        """What a later job reads: the last line counts."""
        return [line.split('=', 1)[1] for line in self.read('output').splitlines() if line.startswith('trusted=')][-1:]

    def check(self, sha=None):
        found = [c for c in self.checks() if c['name'] == NAME and c['head_sha'] == (sha or self.pull['sha'])]
        assert len(found) <= 1, f'{len(found)} check runs'
        return found[0] if found else None

    def status(self, slug=SLUG, sha=None):
        found = [s for s in self.hub.state(slug)['statuses'] if s['context'] == NAME and s['sha'] == (sha or self.pull['sha'])]
        return found[-1] if found else None

    def envelope(self, sha=None, slug=None):
        done = subprocess.run(['git', '-c', 'safe.directory=*', '-C', self.bare(slug), 'show', f'{REF}{sha or self.pull["sha"]}:envelope.json'], capture_output=True)
        return done.stdout.decode() if done.returncode == 0 else None

    def place(self, envelope, sha, slug=None):
        """Somebody with write access puts an envelope where they like, by git."""
        bare = self.bare(slug)
        git = ['git', '-c', 'safe.directory=*', '-c', 'user.name=m', '-c', 'user.email=m@example.org', '-C', bare]
        blob = run(*git, 'hash-object', '-w', '--stdin', input=envelope).strip()
        tree = run(*git, 'mktree', input=f'100644 blob {blob}\tenvelope.json\n').strip()
        run(*git, 'update-ref', REF + sha, run(*git, 'commit-tree', tree, '-m', 'x').strip())

    def refused(self, reason, *words):
        """The step says no, and why."""
        equal(self.trusted(), ['false'], f'trusted, {self.said}')
        check = self.check()
        assert check, f'no check run: {self.said}'
        equal(check['conclusion'], 'failure', 'conclusion')
        has(check['output']['title'], reason)
        has(check['output']['summary'] + (check['output'].get('text') or ''), *words)
