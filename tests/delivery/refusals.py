"""Tokens and refusals: the ladder, and nothing lost."""
from common import PR, BRANCH, app, told, again, fix_pulls, one_fix_pull, fix_branches, tip, comment, pushes, is_healed  # first: it finds the others
from scene import ALL, Scene, equal, has, story

# ---- tokens and refusals -----------------------------------------------------------------------------------------


def refused_at(operation, way):
    def told_so(hub):
        s = Scene(hub, config=way)
        s.token, s.red = app(hub), s.ci()
        hub.fault('status', status=403, operation=operation, count=0)
        again(s)
        has(comment(s), '+PyYAML')
        has(s.read('summary'), 'PyYAML')
        equal((fix_pulls(s), tip(s)), ([], s.pull['sha']), operation)
        equal(fix_branches(s), [], 'branches left behind')
        equal(len(s.checks()), 1)
        return s
    told_so.__name__ = f'a_refusal_of_{operation.split("/")[1].replace("-", "_")}_with_deliver_{"pr" if way == PR else "branch"}_loses_nothing'
    return story(told_so)


for one in ('git/create-tree', 'git/create-commit', 'git/create-ref', 'pulls/create'):
    refused_at(one, PR)
for one in ('git/create-tree', 'git/create-commit', 'git/update-ref'):
    refused_at(one, BRANCH)


@story
def a_repository_that_lets_actions_open_no_pull_requests_says_which_setting(hub):
    s = Scene(hub, config=PR)
    s.repository.add(actions_may_open_pulls=False)
    s.token, s.red = hub.token(**ALL), s.ci()
    again(s)
    has(comment(s), '+PyYAML')
    has(s.read('summary') + s.said, 'Allow GitHub Actions to create and approve pull requests')
    equal(fix_branches(s), [])
    return s


@story
def a_token_that_only_reads_contents_names_the_permission(hub):
    s = told(hub, config=PR, token=hub.token(**{**ALL, 'contents': 'read'}))
    has(comment(s), '+PyYAML', 'contents: write')
    equal(pushes(s), [])
    return s


@story
def a_personal_token_delivers_unverified_and_says_so(hub):
    s = told(hub, config=PR, token=hub.token(kind='fine', login='keeper', **ALL))
    pull = one_fix_pull(s)
    equal(s.repository.commit(pull['pull']['head']['sha'])['verified'], False)
    assert 'Approve workflows' not in pull['body']
    has(comment(s), 'not verified')
    return s


@story
def lost_answers_double_nothing(hub):
    for operation in ('git/create-ref', 'pulls/create', 'git/create-commit'):
        hub.fault('lost', operation=operation, nth=1, count=1)
    s = told(hub, config=PR)
    is_healed(s, one_fix_pull(s)['pull']['head']['sha'])
    equal(len(s.repository.git('rev-list', f'{s.pull["sha"]}..{fix_branches(s)[0]}').split()), 1, 'commits')
    return s


@story
def a_dry_run_says_what_it_would_do(hub):
    s = Scene(hub, config=PR)
    s.token, s.red = app(hub), s.ci()
    again(s, dry_run='true')
    equal((hub.writes(), fix_pulls(s)), ([], []))
    has(s.read('summary'), 'dry run')
    return s


@story
def the_input_only_lowers_the_configuration(hub):
    s = Scene(hub, config='version: 1\nheal: {deliver: suggest}\n')
    s.token, s.red = app(hub), s.ci()
    again(s, deliver='branch')
    equal((tip(s), pushes(s)), (s.pull['sha'], []))
    hub.push(s.repository, 'main', {'.github/runmedic.yml': BRANCH})
    again(s, deliver='none')
    equal((tip(s), pushes(s)), (s.pull['sha'], []))
    again(s)
    is_healed(s, s.head)
    return s
