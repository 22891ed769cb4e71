"""What stories about `runmedic action` share: a repository with a pull request whose CI ran, and a step of the Action's job.

    import scene                              # sys.path needs this folder
    from scene import ALL, SLUG, Scene, equal, has, story
    @story
    def something_happens(hub): s = Scene(hub); ...; return s
    sys.exit(scene.main('name'))              # argv: PROGRAM [NAME...]; ends with "name: N passed, N failed"
"""
import concurrent.futures, json, os, queue, shutil, sqlite3, subprocess, sys, tempfile

from fake_github import TESTS, FakeGitHub, Skip, case_log, job, log_of, setup

PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
CASES = os.path.join(TESTS, 'cases')
SLUG = 'acme/widgets'
ALL = dict(actions='write', contents='write', checks='write', pull_requests='write', issues='write', statuses='write')
BASE = {'repository': {'full_name': SLUG, 'default_branch': 'main'}}
CI = dict(name='CI', path='.github/workflows/ci.yml', on=['push', 'pull_request'])
STORIES = []


def story(function):
    STORIES.append(function)
    return function


def files_of(case):
    root, found = os.path.join(CASES, case, 'repo'), {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, root)] = open(path, encoding='utf-8').read()
    return found


class Scene:
    """A repository with a pull request whose CI ran, and a step of the Action's job."""

    def __init__(self, hub, case='py-import-yaml', fork=False, head='feature', config=None, workflows=(), changes=None, **pull):
        """config: text of .github/runmedic.yml on main; workflows: such as CI below, whose runs then begin by themselves."""
        self.hub, self.case = hub, case
        self.folder = tempfile.mkdtemp(prefix='runmedic-story.')
        more = {'.github/runmedic.yml': config} if config else {}
        self.repository = hub.repository(SLUG, files={**files_of(case), **more}, collaborators={'writer': 'write', 'reader': 'read', 'keeper': 'maintain'})
        if workflows:
            self.repository.add(workflows=list(workflows))
        self.pull = self.repository.pull(head='octo:patch' if fork else head, files={**files_of(case), 'changed.txt': 'x\n', **(changes or {})}, **pull)
        self.fork, self.head = fork, 'patch' if fork else head
        self.said = ''

    def ci(self, jobs=None, conclusion='failure', sha=None, branch=None, **more):
        jobs = jobs if jobs is not None else [job('test', log=case_log(self.case))]
        if self.fork:
            more.setdefault('head_repository', 'octo/widgets')
        return self.repository.run(jobs=jobs, name='CI', path='.github/workflows/ci.yml', event=more.pop('event', 'pull_request'), head_branch=branch or self.head,
                                   head_sha=sha or self.pull['sha'], conclusion=conclusion, status='completed', **more)

    def payload(self, run):
        """GitHub's own example of the event, about this run."""
        return self.hub.event('workflow_run', SLUG, action='completed', run=run)

    def act(self, event, payload, token=None, workspace=None, home=None, program=None, **inputs):
        os.makedirs(self.path('temp'), exist_ok=True)
        with open(self.path('event.json'), 'w') as f:
            json.dump(payload, f)
        for name in ('output', 'summary'):
            open(self.path(name), 'w').close()
        env = {'PATH': os.environ['PATH'], 'HOME': self.folder, 'GITHUB_ACTIONS': 'true', 'GITHUB_EVENT_NAME': event,
               'GITHUB_EVENT_PATH': self.path('event.json'), 'GITHUB_WORKFLOW': 'medic', 'GITHUB_RUN_ID': '900', 'GITHUB_RUN_ATTEMPT': '1',
               'GITHUB_OUTPUT': self.path('output'), 'GITHUB_STEP_SUMMARY': self.path('summary'), 'RUNNER_TEMP': self.path('temp'),
               'GITHUB_WORKSPACE': workspace or self.folder, 'RUNNER_OS': 'Linux',
               'RUNMEDIC_INPUT_DB': self.path('history.db')}
        for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'SSL_CERT_FILE'):
            if name in os.environ:
                env[name] = os.environ[name]
        if token:
            env.update({k: v for k, v in self.hub.env(token, SLUG).items() if k.startswith(('GITHUB_', 'GH_'))})
        env.update({f'RUNMEDIC_INPUT_{k.upper()}': v for k, v in inputs.items()})
        env.update(home or {})
        done = subprocess.run(program or [PROGRAM, 'action'], env=env, cwd=self.folder, capture_output=True, text=True, timeout=120)
        self.said = done.stdout + done.stderr
        return done.returncode

    def run(self, *args, token=None, home=None):
        """A command by hand: its exit status; what it said is in `said`, its answer in `out`."""
        env = {'PATH': os.environ['PATH'], 'HOME': self.folder, 'USER': 'someone'}
        for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'SSL_CERT_FILE'):
            if name in os.environ:
                env[name] = os.environ[name]
        env.update({k: v for k, v in self.hub.env(token, SLUG).items() if k.startswith(('GITHUB_', 'GH_')) or k == 'NO_PROXY'})
        env.update(home or {})
        done = subprocess.run([PROGRAM, *args, '--db', self.path('history.db')], env=env, cwd=self.folder, capture_output=True, text=True, timeout=120)
        self.said, self.out = done.stdout + done.stderr, done.stdout
        return done.returncode

    def comment(self, text, by='writer', token=None, number=None, **inputs):
        """Somebody comments, and the Action hears of it."""
        number = number or self.pull['number']
        made = self.hub.control('comment', {'repository': SLUG, 'number': number, 'body': text, 'user': by})
        event = self.hub.event('issue_comment', SLUG, 'created', number=number, comment=text)
        event['comment'].update(id=made['id'], user={'login': by}, author_association='NONE')
        self.asked = made['id']
        return self.act('issue_comment', event, token, **inputs)

    def writes(self):
        """What was changed by the API; a question in GraphQL is none."""
        return [e['operation'] for e in self.hub.writes() if e['operation'] != 'graphql']

    def reactions(self):
        """On the last comment."""
        found = next(c for c in self.hub.state(SLUG)['comments'] if c['id'] == self.asked)
        return [r['content'] for r in found['reactions']]

    def replies(self):
        return [c['body'] for c in self.hub.state(SLUG)['comments'] if '<!-- runmedic:answer' in c['body']]

    def finish(self, run, conclusion='success', **jobs):
        """The run ends (jobs: test=dict(log=...)), and the Action hears of it with the token given to act_on."""
        return self.hub.finish(SLUG, run['id'], conclusion, {k: {**v, 'log': log_of(v.get('log'))} for k, v in jobs.items()})

    def runs(self, **wanted):
        return [r for r in self.hub.state(SLUG)['runs'] if all(r.get(k) == v for k, v in wanted.items())]

    def pulls(self):
        return [i for i in self.hub.state(SLUG)['issues'] if i['pull']]

    def issues(self):
        return [i for i in self.hub.state(SLUG)['issues'] if not i['pull']]

    def branches(self):
        return self.repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def read(self, *names):
        return open(self.path(*names), encoding='utf-8').read()

    def outputs(self):
        return dict(line.split('=', 1) for line in self.read('output').splitlines())

    def checks(self):
        return self.hub.state(SLUG)['checks']

    def comments(self):
        return [c for c in self.hub.state(SLUG)['comments'] if c['issue'] == self.pull['number']]

    def rows(self, question):
        with sqlite3.connect(self.path('history.db')) as db:
            return db.execute(question).fetchall()

    def end(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def equal(got, wanted, what=''):
    assert got == wanted, f'{what}: {got!r}, not {wanted!r}'


def has(text, *wanted):
    for one in wanted:
        assert one in text, f'{one!r} is not in:\n{text[:1500]}'


HUBS = queue.SimpleQueue()  # those that are free


def tell(function):
    hub = HUBS.get_nowait() if not HUBS.empty() else FakeGitHub()
    scene = None
    try:
        hub.settings(secondary={'writes': 80, 'seconds': 60, 'concurrent': 100, 'retry_after': 1})
        scene = function(hub)
        if not hub.lenient:
            hub.check()
    finally:
        if scene:
            scene.end()
        hub.reset()
        HUBS.put(hub)


def attempt(function):
    """What is wrong with it, or None."""
    try:
        tell(function)
    except Exception as why:  # the others are told all the same
        return f'FAILED {function.__name__}: {why}'


def main(name='stories'):
    wanted = [one for one in STORIES if len(sys.argv) < 3 or one.__name__ in sys.argv[2:]]
    try:
        setup()
    except Skip as why:
        print(f'skipped: {why}')
        print(f'{name}: 0 passed, 0 failed, {len(wanted)} skipped')
        return 0
    # most of a story is waiting: GitHub wants a second between writes
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        failed = [text for text in pool.map(attempt, wanted) if text]
    while not HUBS.empty():
        HUBS.get().stop()
    for text in failed:
        print(text)
    print(f'{name}: {len(wanted) - len(failed)} passed, {len(failed)} failed')
    return 1 if failed else 0

