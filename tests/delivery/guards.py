"""What is left alone, and what two at once do."""
import concurrent.futures, json, os

from common import PR, BRANCH, config, app, told, again, fix_pulls, one_fix_pull, fix_branches, tip, comment, pushes  # first: it finds the others
import scene
from scene import Scene, equal, has, story

# ---- who is left alone ---------------------------------------------------------------------------------------------


@story
def a_fork_is_never_written_to(hub):
    """users-ask 11 and 2: forks cannot be fixed, and the result is lost to a 403."""
    s = told(hub, config=PR, fork=True)
    equal((pushes(s), fix_branches(s), fix_pulls(s)), ([], [], []))
    has(comment(s), '+PyYAML', 'fork')
    equal([r for r in hub.writes() if '/octo/' in r['path']], [], 'writes to the fork')
    return s


@story
def dependabot_keeps_its_branch(hub):
    s = told(hub, config=BRANCH, head='dependabot/pip/click-9', user='dependabot[bot]')
    equal((tip(s), pushes(s)), (s.pull['sha'], []))
    has(comment(s), '+PyYAML')
    return s


@story
def the_label_switches_it_off(hub):
    """users-ask 14: an opt-out label."""
    s = told(hub, config=BRANCH, labels=['runmedic: off'])
    equal((tip(s), hub.writes()), (s.pull['sha'], []))
    return s


@story
def a_label_knows_no_case(hub):
    s = told(hub, config=PR, labels=['Runmedic: Off'])
    equal((fix_pulls(s), hub.writes()), ([], []))
    return s


@story
def what_people_want_that_is_not_known_forbids(hub):
    """The pull request may have the label."""
    s = Scene(hub, config=PR, labels=['runmedic: off'])
    s.token, s.red = app(hub), s.ci()
    hub.fault('status', status=500, path='/commits/[0-9a-f]+/pulls', count=0)
    again(s)
    equal((pushes(s), fix_branches(s), fix_pulls(s)), ([], [], []))
    has(s.read('summary'), '+PyYAML')
    hub.lenient = True  # it asks more than once
    return s


@story
def a_trailer_in_the_commit_switches_it_off(hub):
    s = Scene(hub, config=BRANCH)
    s.token = app(hub)
    for message in ('Try\n\nRunmedic: off', 'Try [skip runmedic]'):
        sha = hub.push(s.repository, s.head, {'other.txt': message}, message=message)
        again(s, s.ci(sha=sha))
        equal((tip(s), pushes(s)), (sha, []), message)
    return s


@story
def an_ignored_author_gets_no_fix(hub):
    s = Scene(hub, config='version: 1\nscope: {ignore_authors: [acme]}\nheal: {deliver: branch}\n')
    s.token, s.red = app(hub), s.ci()
    again(s)
    equal((tip(s), pushes(s)), (s.pull['sha'], []))
    return s


@story
def an_ignored_failure_gets_no_fix(hub):
    s = Scene(hub, config=BRANCH)
    s.token, s.red = app(hub), s.ci()
    again(s, deliver='none')
    equal(s.run('ignore', s.outputs()['signature'], '--reason', 'known: yaml comes later'), 0, s.said)
    again(s)
    equal((tip(s), pushes(s)), (s.pull['sha'], []))
    return s


@story
def attempts_on_one_branch_are_capped(hub):
    """users-ask 14: runaway fixers want caps."""
    s = Scene(hub, config=config('deliver: branch, attempts: 1'))
    s.token = app(hub)
    again(s, s.ci())
    fixed = tip(s)
    assert fixed != s.pull['sha'], s.said
    sha = hub.push(s.repository, s.head, {'requirements.txt': 'click\n'})
    again(s, s.ci(sha=sha))
    equal(tip(s), sha, 'one attempt was allowed')
    os.unlink(s.path('history.db'))
    sha = hub.push(s.repository, s.head, {'requirements.txt': 'click\n\n'})
    again(s, s.ci(sha=sha))
    equal(tip(s), sha, 'trailers remember')
    return s


@story
def a_fix_that_stayed_red_is_not_fixed_again(hub):
    """users-ask 14: loop guard."""
    s = told(hub, config=BRANCH)
    fixed = tip(s)
    again(s, s.ci(sha=fixed))
    assert tip(s) == fixed or 'Revert' in s.repository.commit(tip(s))['message'], s.repository.commit(tip(s))
    return s


@story
def the_merge_queue_is_left_alone(hub):
    """users-ask 25: merge queue."""
    s = Scene(hub, config=BRANCH, head='gh-readonly-queue/main/pr-7-abc')
    s.token = app(hub)
    again(s, s.ci(event='merge_group'))
    equal((tip(s), pushes(s)), (s.pull['sha'], []))
    return s


@story
def two_runs_of_one_branch_deliver_one_fix(hub):
    s = Scene(hub, config=PR)
    s.token, red = app(hub), s.ci()
    t = Scene.__new__(Scene)
    t.__dict__.update(s.__dict__)
    t.folder = scene.tempfile.mkdtemp(prefix='runmedic-story.')
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(x.act, 'workflow_run', s.payload(red), s.token) for x in (s, t)]:
            equal(done.result(), 0, s.said + t.said)
    equal(len(fix_pulls(s)), 1)
    equal(len(s.repository.git('rev-list', f'{s.pull["sha"]}..{fix_branches(s)[0]}').split()), 1, 'commits')
    equal([r for r in s.repository.refs('refs/runmedic/')], [], 'locks')
    t.end()
    return s


@story
def a_lock_that_somebody_holds_is_respected_and_a_dead_one_taken_over(hub):
    s = told(hub, config=PR)
    number = one_fix_pull(s)['number']
    made = [r for r in hub.journal() if r['operation'] == 'git/create-ref' and 'runmedic/lock' in r['body']][0]
    name = json.loads(made['body'])['ref']
    sha = json.loads(made['body'])['sha']
    s.repository.git('update-ref', name, sha)
    newer = hub.push(s.repository, s.head, {'requirements.txt': 'click\nrich\n'})
    red = s.ci(sha=newer)
    before = one_fix_pull(s)['pull']['head']['sha']
    again(s, red)
    equal(one_fix_pull(s)['pull']['head']['sha'], before, 'held')
    has(comment(s), 'another run')
    hub.clock(16 * 60)
    again(s, red)
    assert one_fix_pull(s)['pull']['head']['sha'] != before, 'taken over'
    equal([r for r in s.repository.refs('refs/runmedic/')], [], 'locks')
    return s
