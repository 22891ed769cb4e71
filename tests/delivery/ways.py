"""Suggestion, pull request, commit on the branch: each as it should be."""
import concurrent.futures, os, re, subprocess

from common import PR, BRANCH, config, app, told, again, fix_pulls, one_fix_pull, fix_branches, tip, suggested, comment, pushes, is_healed  # first: it finds the others
import scene
from scene import ALL, CI, SLUG, Scene, case_log, equal, has, job, story

# ---- suggest: the default ------------------------------------------------------------------------------------------


@story
def what_is_not_in_the_diff_is_a_patch_in_the_comment(hub):
    s = told(hub, token=hub.token(**{**ALL, 'contents': 'read'}))
    has(comment(s), '+PyYAML', 'git apply')
    equal((pushes(s), len(s.checks())), ([], 1))
    return s


def suggestible(hub, fork=False, **more):
    """The pull request itself changed the lines that the fix changes."""
    s = Scene(hub, fork=fork, **more)
    home = hub.repository('octo/widgets', fork_of=SLUG) if fork else s.repository
    s.sha = hub.push(home, s.head, {'requirements.txt': 'click\nrich\n'})
    s.token, s.red = hub.token(**{**ALL, 'contents': 'read'}), s.ci(sha=s.sha)
    return s


@story
def a_fix_is_suggested_where_its_lines_are_in_the_diff(hub):
    s = suggestible(hub)
    again(s)
    equal(len(suggested(s)), 1, s.said)
    one = suggested(s)[0]
    equal(one['path'], 'requirements.txt')
    has(one['body'], 'PyYAML')
    has(comment(s), 'suggested in the review')
    equal((tip(s), pushes(s)), (s.sha, []))
    hub.accept(SLUG, one['id'])
    has(s.repository.file('requirements.txt', s.head), 'PyYAML', 'click', 'rich')
    return s


@story
def a_suggestion_is_made_once(hub):
    """users-ask 22: comment floods."""
    s = suggestible(hub)
    for _ in range(3):
        again(s)
    equal((len(suggested(s)), len(s.comments())), (1, 1))
    os.unlink(s.path('history.db'))
    again(s)
    equal((len(suggested(s)), len(s.comments())), (1, 1))
    return s


@story
def a_fork_gets_a_suggestion(hub):
    """users-ask 11: fork pull requests cannot be fixed. No write to the fork, whatever is configured."""
    s = suggestible(hub, fork=True, config=BRANCH)
    s.token = app(hub)
    again(s)
    equal(len(suggested(s)), 1, s.said)
    equal((pushes(s), [r for r in hub.writes() if '/octo/' in r['path']]), ([], []))
    return s


@story
def a_refused_review_becomes_a_patch(hub):
    s = suggestible(hub)
    hub.fault('status', status=403, operation='pulls/create-review', count=0)
    again(s)
    equal(suggested(s), [])
    has(comment(s), '+PyYAML', 'git apply')
    return s


@story
def a_diff_that_is_too_big_for_github_becomes_a_patch(hub):
    """users-ask 21: big diffs break the reviewer."""
    s = suggestible(hub)
    hub.fault('status', status=406, operation='pulls/list-files', count=0)
    again(s)
    equal(suggested(s), [])
    has(comment(s), '+PyYAML')
    return s


@story
def a_lost_review_is_not_posted_twice(hub):
    s = suggestible(hub)
    hub.fault('lost', operation='pulls/create-review', nth=1, count=1)
    again(s)
    equal(len(suggested(s)), 1)
    return s


@story
def nothing_is_pushed_unasked(hub):
    """users-ask 9: unasked commits on my branch. The default configuration pushes and opens nothing, whatever the token may."""
    s = told(hub)
    equal((tip(s), pushes(s), fix_pulls(s), fix_branches(s)), (s.pull['sha'], [], [], []))
    return s


@story
def mode_analyze_only_looks(hub):
    s = Scene(hub, config=BRANCH)
    s.token, s.red = app(hub), s.ci()
    again(s, mode='analyze')
    equal((tip(s), pushes(s), len(s.checks())), (s.pull['sha'], [], 1))
    return s


# ---- pr ------------------------------------------------------------------------------------------------------------


@story
def a_fix_becomes_a_pull_request(hub):
    s = told(hub, config=PR, workflows=[CI])
    pull = one_fix_pull(s)
    equal((pull['pull']['base']['ref'], pull['pull'].get('draft', False)), (s.head, False))
    is_healed(s, pull['pull']['head']['sha'])
    has(pull['body'], 'runmedic:fix', s.pull['sha'])
    assert 'Approve workflows' not in pull['body'], 'an App needs nobody'
    has(comment(s), f'#{pull["number"]}')
    equal(s.outputs()['pr-url'].rsplit('/', 1)[1], str(pull['number']))
    equal(s.rows('SELECT way, pull, outcome FROM delivery'), [('pr', pull['number'], None)])
    equal(s.rows("SELECT count(*) FROM audit WHERE action = 'deliver'"), [(1,)])
    assert s.runs(head_sha=pull['pull']['head']['sha']), 'CI did not begin'
    equal([r for r in s.repository.refs('refs/runmedic/')], [], 'the lock is gone')
    return s


@story
def a_pull_request_of_the_jobs_token_says_how_ci_begins(hub):
    """users-ask 1: a pull request made with GITHUB_TOKEN never gets CI."""
    s = told(hub, config=PR, workflows=[CI], token=hub.token(**ALL))
    pull = one_fix_pull(s)
    has([line for line in pull['body'].splitlines() if line and not line.startswith('<!--')][0], 'Approve workflows to run')
    has(comment(s), 'Approve workflows to run')
    equal([r['conclusion'] for r in s.runs(head_sha=pull['pull']['head']['sha'])], ['action_required'])
    return s


@story
def the_same_event_doubles_nothing(hub):
    """users-ask 22: comment floods."""
    s = told(hub, config=PR, workflows=[CI])
    before = (len(s.pulls()), s.branches(), comment(s), len(s.checks()))
    n = len(hub.writes())
    for _ in range(3):
        again(s)
    equal((len(s.pulls()), s.branches(), comment(s), len(s.checks())), before)
    equal([r['operation'] for r in hub.writes()[n:] if r['operation'] != 'checks/update'], [], 'writes')
    equal(s.rows('SELECT count(*) FROM delivery'), [(1,)])
    return s


@story
def without_a_history_the_same_event_doubles_nothing_either(hub):
    s = told(hub, config=PR, workflows=[CI])
    os.unlink(s.path('history.db'))
    again(s)
    equal((len(fix_pulls(s)), len(s.repository.commits(one_fix_pull(s)['pull']['head']['sha'], 3))), (1, 3))
    has(comment(s), f'#{one_fix_pull(s)["number"]}')
    return s


@story
def a_commit_of_an_app_or_job_is_verified(hub):
    """users-ask 8: bot commits are not verified, blocked by signed-commit rules."""
    s = told(hub, config=PR, token=hub.token(**ALL))
    commit = s.repository.commit(one_fix_pull(s)['pull']['head']['sha'])
    equal(commit['verified'], True, commit)
    has(commit['message'], 'Runmedic-Fixer: python/requirement', 'Runmedic-Signature: 1:')
    return s


@story
def a_configured_author_is_not_verified_and_that_is_said(hub):
    s = told(hub, config=config('deliver: pr, author: "Fix Bot <bot@example.org>"'))
    commit = s.repository.commit(one_fix_pull(s)['pull']['head']['sha'])
    equal((commit['author'], commit['author_email'], commit['verified']), ('Fix Bot', 'bot@example.org', False))
    has(comment(s), 'not verified', 'heal.author')
    return s


@story
def title_labels_reviewers_and_sign_off_are_configured(hub):
    s = told(hub, config=config('deliver: pr, title: "[ci] {summary}", labels: [ci-fix], reviewers: [keeper], sign_off: true, conventional: true'))
    pull = one_fix_pull(s)
    has(pull['title'], '[ci] ')
    equal(sorted(l if isinstance(l, str) else l['name'] for l in pull['labels']), ['ci-fix'])
    message = s.repository.commit(pull['pull']['head']['sha'])['message']
    has(message, 'Signed-off-by: ')
    assert re.match(r'^(fix|build|chore|ci)(\(.*\))?: ', message), message
    return s


@story
def what_a_person_must_judge_is_a_draft(hub):
    s = told(hub, config=config('deliver: pr, fixers: {python/requirement: review}'))
    equal(one_fix_pull(s)['pull']['draft'], True)
    return s


@story
def a_newer_red_commit_takes_the_pull_request_along(hub):
    s = told(hub, config=PR)
    first = one_fix_pull(s)['pull']['head']['sha']
    sha = hub.push(s.repository, s.head, {'requirements.txt': 'click\nrich\n'})
    red = s.ci(sha=sha)
    again(s, red)
    pull = one_fix_pull(s)
    assert pull['pull']['head']['sha'] != first, s.said
    equal(sorted(s.repository.file('requirements.txt', pull['pull']['head']['sha']).split()), ['PyYAML', 'click', 'rich'])
    assert first in s.repository.git('rev-list', pull['pull']['head']['sha']).split(), 'nothing was forced'
    has(pull['body'], sha)
    equal(s.repository.git('diff', '--name-only', sha, pull['pull']['head']['sha']).split(), ['requirements.txt'])
    return s


@story
def a_newer_commit_that_changes_nothing_for_the_fix_leaves_it(hub):
    s = told(hub, config=PR)
    first = one_fix_pull(s)['pull']['head']['sha']
    again(s, s.ci(sha=hub.push(s.repository, s.head, {'other.txt': 'x\n'})))
    equal(one_fix_pull(s)['pull']['head']['sha'], first)
    has(comment(s), f'#{one_fix_pull(s)["number"]}')
    return s


@story
def the_second_fix_of_a_pull_request_gets_none_of_its_own(hub):
    """users-ask 14: two fixes share a pull request, whose branch has the name of the first."""
    other = 'gen-missing-final-newline'
    s = Scene(hub, config=PR, changes=scene.files_of(other))
    s.token = app(hub)
    both = [job('test', log=case_log(s.case)), job('eof', log=case_log(other))]
    red = s.ci(jobs=both)
    again(s, red)
    has(one_fix_pull(s)['title'], '1 more fix')
    again(s, red)
    again(s, s.ci(jobs=both, sha=hub.push(s.repository, s.head, {'other.txt': 'x\n'})))
    again(s, s.ci(jobs=both[1:], sha=hub.push(s.repository, s.head, {'other.txt': 'y\n'})))  # the history knows where it is
    number = one_fix_pull(s)['number']
    has(comment(s), f'#{number}')
    os.unlink(s.path('history.db'))
    again(s, s.ci(jobs=both, sha=hub.push(s.repository, s.head, {'other.txt': 'z\n'})))
    equal([p['number'] for p in fix_pulls(s)], [number])
    return s


@story
def a_persons_commit_on_the_fix_branch_is_never_touched(hub):
    s = told(hub, config=PR)
    branch = one_fix_pull(s)['pull']['head']['ref']
    theirs = hub.push(s.repository, branch, {'requirements.txt': 'click\nPyYAML==6\n'})
    again(s, s.ci(sha=hub.push(s.repository, s.head, {'requirements.txt': 'click\nrich\n'})))
    equal(s.repository.git('rev-parse', branch), theirs)
    has(comment(s), 'not ours')
    equal(len(suggested(s)), 1, 'it is suggested instead')
    return s


@story
def a_closed_pull_request_is_not_opened_again(hub):
    """users-ask 14: loops. A person closed it: that is the last word."""
    s = told(hub, config=PR)
    hub.close_pull(s.repository, one_fix_pull(s)['number'])
    again(s, s.ci(sha=hub.push(s.repository, s.head, {'other.txt': 'x\n'})))
    equal((len(fix_pulls(s)), len(fix_pulls(s, 'open'))), (1, 0))
    os.unlink(s.path('history.db'))  # GitHub itself remembers
    again(s, s.ci(sha=hub.push(s.repository, s.head, {'other.txt': 'y\n'})))
    equal((len(fix_pulls(s)), len(fix_pulls(s, 'open'))), (1, 0))
    has(comment(s), 'PyYAML')
    return s


@story
def red_on_the_default_branch_gets_a_pull_request_never_a_push(hub):
    s = Scene(hub, config=PR)
    s.token, main = app(hub), tip(s, 'main')
    again(s, s.ci(sha=main, branch='main', event='push'))
    equal((tip(s, 'main'), one_fix_pull(s)['pull']['base']['ref']), (main, 'main'))
    is_healed(s, one_fix_pull(s)['pull']['head']['sha'])
    return s


@story
def a_default_branch_is_never_written_to(hub):
    s = Scene(hub, config=BRANCH)
    s.token = app(hub)
    main = tip(s, 'main')
    again(s, s.ci(sha=main, branch='main', event='push'))
    equal((tip(s, 'main'), fix_branches(s), pushes(s)), (main, [], []))
    has(s.read('summary'), 'PyYAML')
    return s


# ---- branch ----------------------------------------------------------------------------------------------------------


@story
def a_fix_becomes_a_commit_on_the_branch(hub):
    s = told(hub, config=BRANCH, workflows=[CI])
    sha = tip(s)
    equal(s.repository.commit(sha)['parents'], [s.pull['sha']])
    is_healed(s, sha)
    equal(s.repository.git('diff', '--name-only', s.pull['sha'], sha).split(), ['requirements.txt'])
    equal(s.repository.commit(sha)['verified'], True)
    has(comment(s), sha[:7])
    equal(s.rows('SELECT way, outcome FROM delivery'), [('branch', None)])
    n = len(s.repository.commits(s.head))
    again(s)
    equal(len(s.repository.commits(s.head)), n, 'the same event again')
    has(comment(s), sha[:7])
    os.unlink(s.path('history.db'))
    again(s)
    equal(len(s.repository.commits(s.head)), n, 'without the history')
    has(comment(s), sha[:7])
    return s


@story
def modes_and_bytes_arrive_as_they_were_meant(hub):
    s = told(hub, case='sh-script-not-executable', config=BRANCH)
    changed = [line.split() for line in s.repository.git('diff', '--raw', s.pull['sha'], s.head).splitlines()]
    equal([(old, new) for old, new, *_ in changed], [(':100644', '100755')], s.said)
    wanted = open(s.path('temp', 'runmedic', 'patch', 'runmedic.patch'), encoding='utf-8').read()
    clone = s.path('clone')
    subprocess.run(['git', 'clone', '-q', s.repository.path, clone], check=True)
    subprocess.run(['git', '-C', clone, 'checkout', '-q', s.pull['sha']], check=True)
    subprocess.run(['git', '-C', clone, 'apply', '--index', '-'], input=wanted, text=True, check=True)
    tree = subprocess.run(['git', '-C', clone, 'write-tree'], check=True, capture_output=True, text=True).stdout.strip()
    equal(tree, s.repository.git('rev-parse', f'{s.head}^{{tree}}'), 'the tree')
    return s


@story
def a_protected_branch_is_never_written_to(hub):
    s = Scene(hub, config=BRANCH)
    s.repository.add(protected=[s.head])
    s.token = app(hub)
    again(s, s.ci())
    equal((tip(s), pushes(s)), (s.pull['sha'], []))
    has(comment(s), '+PyYAML')
    return s


@story
def a_person_who_pushes_in_the_middle_wins(hub):
    s = Scene(hub, config=BRANCH)
    s.token, s.red = app(hub), s.ci()
    theirs = hub.push(s.repository, s.head, {'other.txt': 'theirs\n'})
    again(s)
    equal((tip(s), pushes(s)), (theirs, []))
    return s


@story
def a_push_between_look_and_write_is_never_overwritten(hub):
    """The fake holds the last write back until somebody else has pushed."""
    s = Scene(hub, config=BRANCH)
    s.token, s.red = app(hub), s.ci()
    hub.fault('delay', operation='git/update-ref', ms=3000)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        acting, theirs = pool.submit(again, s), None
        while not acting.done() and theirs is None:
            if len(hub.requests(operation='git/create-commit')) >= 2:  # the lock's, and the fix
                theirs = hub.push(s.repository, s.head, {'other.txt': 'theirs\n'})
        acting.result()
    equal(s.repository.git('rev-list', s.head).split().count(theirs), 1, 'their commit is there')
    equal(tip(s), theirs, s.said)
    has(comment(s), 'PyYAML')
    return s
