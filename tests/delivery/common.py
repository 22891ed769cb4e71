"""What the stories of deliveries share."""
import os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'github'))
from scene import ALL, SLUG, Scene, equal, has

PR, BRANCH = 'version: 1\nheal: {deliver: pr}\n', 'version: 1\nheal: {deliver: branch}\n'


def config(text):
    return f'version: 1\nheal: {{{text}}}\n'


def app(hub, **more):
    return hub.token(kind='app', login='medic[bot]', workflows='write', **{**ALL, **more})


def told(hub, token=None, **more):
    """A red run that the Action was told of."""
    s = Scene(hub, **more)
    s.token = token or app(hub)
    s.red = s.ci()
    equal(s.act('workflow_run', s.payload(s.red), s.token), 0, s.said)
    return s


def again(s, run=None, **inputs):
    equal(s.act('workflow_run', s.payload(run or s.red), s.token, **inputs), 0, s.said)


def fix_pulls(s, state=None):
    return [p for p in s.pulls() if p['pull']['head']['ref'].startswith('runmedic/') and state in (None, p['state'])]


def one_fix_pull(s):
    found = fix_pulls(s)
    equal(len(found), 1, f'pull requests with a fix; {s.said}')
    return found[0]


def fix_branches(s):
    return [b for b in s.branches() if b.startswith('runmedic/')]


def tip(s, branch=None):
    return s.repository.git('rev-parse', branch or s.head)


def suggested(s):
    return [c for c in s.hub.state(SLUG)['review_comments'] if '```suggestion' in c['body']]


def comment(s):
    found = s.comments()
    equal(len(found), 1, f'comments; {s.said}')
    return found[0]['body']


def pushes(s):
    """What moved a branch or made one, through the API or git."""
    return [r for r in s.hub.journal() if r['operation'] in ('git/create-ref', 'git/update-ref') and 'runmedic/lock' not in str(r.get('body')) + r['path']]


def is_healed(s, ref):
    has(s.repository.file('requirements.txt', ref), 'PyYAML')
