"""A visit of the doctor: a repository on the fake GitHub, an environment, and what was said."""
import json, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'github'))
import links

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
