#!/usr/bin/env python3
"""What comes after a diagnosis, as stories against the fake GitHub: outcomes, withdrawal, reruns, commands in comments, ignored failures, issues.
A story that begins with ask_N is about complaint N of those that users of such tools have.
usage: run.py PROGRAM [NAME...]"""
import concurrent.futures, json, os, subprocess, sys, time, warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'github'))
import scene
from scene import ALL, BASE, CI, SLUG, Scene, case_log, equal, has, job, story

DELIVER_PR = 'version: 1\nheal: {deliver: pr}\n'
DELIVER_BRANCH = 'version: 1\nheal: {deliver: branch}\n'
NETWORK = '''##[group]Run npm ci
npm ci
##[endgroup]
npm error code ECONNRESET
npm error syscall read
npm error errno -104
npm error network request to https://registry.example.org/left-pad failed, reason: read ECONNRESET
npm error network This is a problem related to network connectivity.
##[error]Process completed with exit code 1.
'''
BROKEN = '''##[group]Run make
make
##[endgroup]
gcc -c -o main.o main.c
main.c:7:9: error: expected ';' before 'return'
make: *** [Makefile:2: main.o] Error 1
##[error]Process completed with exit code 2.
'''


def judge(name, answer):
    """As docs/schema promises."""
    folder = os.path.join(os.path.dirname(scene.CASES), '..', 'docs', 'schema')
    store = {f'file:///{n}': json.load(open(os.path.join(folder, n), encoding='utf8')) for n in (f'{name}.json', 'vocabulary.json')}
    schema = store[f'file:///{name}.json']
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # newer jsonschema would rather have `referencing`, which Debian 12 has not
        import jsonschema
        resolver = jsonschema.RefResolver(f'file:///{name}.json', schema, store=store)
        jsonschema.Draft202012Validator(schema, resolver=resolver).validate(answer)
    equal(sorted(answer), sorted(schema['properties']), 'members')
    return answer


def log_text(text):
    return {'text': ''.join(f'2026-11-20T10:00:{n:02d}.0000000Z {line}\n' for n, line in enumerate(text.splitlines()))}


def app(hub, **more):
    return hub.token(kind='app', login='medic[bot]', workflows='write', **{**ALL, **more})


def act_on(s, run, token, **inputs):
    return s.act('workflow_run', s.payload(run), token, **inputs)


def schedule(s, token, **inputs):
    return s.act('schedule', BASE, token, **inputs)


def outcomes(s):
    return [row[0] for row in s.rows('SELECT outcome FROM delivery ORDER BY id')]


# ---- fixes: green, merged, red, reverted, stale ---------------------------------------------------------------


def delivered(hub, config=DELIVER_PR, token=None, **more):
    """A red run whose fix was delivered. An App's token, so that CI begins by itself."""
    s = Scene(hub, config=config, workflows=[CI], **more)
    s.token = token or app(hub)
    equal(act_on(s, s.ci(), s.token), 0, s.said)
    return s


def fix_pull(s):
    found = [p for p in s.pulls() if p['pull']['head']['ref'].startswith('runmedic/')]
    equal(len(found), 1, f'pull requests with a fix; {s.said}')
    return found[0]


def run_of(s, sha):
    return s.runs(head_sha=sha)[-1]


@story
def ask_15_a_fix_that_goes_green_is_followed_until_it_is_merged(hub):
    """Complaint 15: the fixer stops and never checks whether its fix worked."""
    s = delivered(hub)
    pull = fix_pull(s)
    equal(outcomes(s), [None])
    s.finish(run_of(s, pull['pull']['head']['sha']), 'success')
    equal(act_on(s, run_of(s, pull['pull']['head']['sha']), s.token), 0, s.said)
    equal(outcomes(s), ['green'], s.said)
    hub.close_pull(s.repository, pull['number'], merged=True, by='writer')
    equal(s.act('pull_request', hub.event('pull_request', SLUG, 'closed', number=pull['number']), s.token), 0, s.said)
    equal(outcomes(s), ['merged'], s.said)
    equal([b for b in s.branches() if b.startswith('runmedic/')], [], 'branches')
    return s


@story
def ask_14_a_fix_that_stays_red_is_withdrawn_and_not_tried_again(hub):
    """Complaint 14: loops and runaway fixers."""
    s = delivered(hub)
    pull = fix_pull(s)
    sha = pull['pull']['head']['sha']
    s.finish(run_of(s, sha), 'failure', test={'log': case_log(s.case)})
    equal(act_on(s, run_of(s, sha), s.token), 0, s.said)
    equal(outcomes(s), ['withdrawn'], s.said)
    pull = fix_pull(s)
    equal((pull['state'], pull['pull']['merged']), ('closed', False))
    equal([b for b in s.branches() if b.startswith('runmedic/')], [], 'branches')
    has(json.dumps(hub.state(SLUG)['comments']), 'Withdrawn')
    for _ in range(2):
        equal(act_on(s, s.ci(), s.token), 0, s.said)
    equal(len([p for p in s.pulls() if p['pull']['head']['ref'].startswith('runmedic/')]), 1, 'it is tried once')
    return s


def fix_branches(s):
    return [b for b in s.branches() if b.startswith('runmedic/')]


def on_branch(hub, token=None):
    """The fix is a commit on the pull request's own branch."""
    s = delivered(hub, DELIVER_BRANCH, token)
    s.fixed = s.repository.git('rev-parse', s.head)
    assert s.fixed != s.pull['sha'], f'nothing was committed: {s.said}'
    return s


def goes_red(s, sha, text=None, conclusion='failure'):
    s.finish(run_of(s, sha), conclusion, test={'log': log_text(text) if text else case_log(s.case)})
    equal(act_on(s, run_of(s, sha), s.token), 0, s.said)


@story
def a_merge_that_a_person_took_back_is_learned(hub):
    s = delivered(hub)
    pull = fix_pull(s)
    hub.close_pull(s.repository, pull['number'], merged=True, by='writer')
    equal(s.act('pull_request', hub.event('pull_request', SLUG, 'closed', number=pull['number']), s.token), 0, s.said)
    hub.control('revert', {'repository': SLUG, 'branch': 'main', 'sha': fix_pull(s)['pull']['merge_commit_sha']})
    for _ in range(2):
        equal(schedule(s, s.token), 0, s.said)
    equal(s.rows("SELECT count(*) FROM outcome WHERE outcome = 'reverted'"), [(1,)], s.said)
    return s


@story
def a_commit_that_stays_red_is_reverted(hub):
    s = on_branch(hub)
    before = s.repository.git('rev-parse', f'{s.pull["sha"]}^{{tree}}')
    goes_red(s, s.fixed)
    tip = s.repository.git('rev-parse', s.head)
    equal(s.repository.git('rev-parse', f'{tip}^'), s.fixed, 'it stands on top of the fix')
    equal(s.repository.git('rev-parse', f'{tip}^{{tree}}'), before, 'the files are as they were')
    has(s.repository.git('log', '-1', '--format=%B', tip), f'This reverts commit {s.fixed}')
    equal(outcomes(s), ['withdrawn'], s.said)
    goes_red(s, tip)
    equal(s.repository.git('rev-parse', s.head), tip, 'it is not tried again')
    return s


@story
def ask_9_a_commit_of_a_person_on_top_stays_where_it_is(hub):
    """Complaint 9: unasked commits on my branch."""
    s = on_branch(hub)
    mine = hub.push(s.repository, s.head, {'mine.txt': 'mine\n'}, 'Mine')
    s.finish(run_of(s, s.fixed), 'failure', test={'log': case_log(s.case)})
    equal(act_on(s, run_of(s, s.fixed), s.token), 0, s.said)
    equal(s.repository.git('rev-parse', s.head), s.repository.git('rev-parse', f'{s.head}^{{commit}}'))
    has(s.repository.git('log', '-1', '--format=%s', s.head), 'Mine')
    equal(outcomes(s), ['red'], s.said)
    return s


@story
def ask_9_a_commit_of_ours_that_a_person_amended_is_theirs(hub):
    """Complaint 9: author and trailers are still ours, what is in it is not."""
    s = on_branch(hub)
    mine = hub.push(s.repository, 'mine', {'mine.txt': 'mine\n'}, start=s.fixed)
    author, mail, message = s.repository.git('log', '-1', '--format=%an%x00%ae%x00%B', s.fixed).split('\0')
    env = {**os.environ, 'GIT_AUTHOR_NAME': author, 'GIT_AUTHOR_EMAIL': mail, 'GIT_COMMITTER_NAME': 'A Person', 'GIT_COMMITTER_EMAIL': 'person@example.org'}
    amend = ['git', '-c', 'safe.directory=*', '-C', s.repository.path, 'commit-tree', f'{mine}^{{tree}}', '-p', s.pull['sha'], '-m', message]
    amended = subprocess.run(amend, env=env, check=True, capture_output=True, text=True).stdout.strip()
    s.repository.git('update-ref', f'refs/heads/{s.head}', amended)
    equal(act_on(s, s.ci(sha=amended), s.token), 0, s.said)
    equal(s.repository.git('rev-parse', s.head), amended, s.said)
    return s


@story
def the_label_keeps_a_red_fix_where_it_is(hub):
    s = on_branch(hub)
    hub.label(SLUG, s.pull['number'], add=['Runmedic: off'])
    goes_red(s, s.fixed)
    equal((outcomes(s), s.repository.git('rev-parse', s.head)), (['red'], s.fixed), s.said)
    return s


@story
def somebody_who_pushes_in_the_middle_is_not_overwritten(hub):
    s = on_branch(hub)
    s.finish(run_of(s, s.fixed), 'failure', test={'log': case_log(s.case)})
    hub.fault('status', status=422, operation='git/update-ref', count=1)
    equal(act_on(s, run_of(s, s.fixed), s.token), 0, s.said)
    equal(s.repository.git('rev-parse', s.head), s.fixed)
    equal(outcomes(s), ['red'], s.said)
    return s


@story
def a_fix_that_a_person_closes_in_the_middle_is_neither_doubled_nor_commented(hub):
    s = delivered(hub)
    pull = fix_pull(s)
    sha = pull['pull']['head']['sha']
    s.finish(run_of(s, sha), 'failure', test={'log': case_log(s.case)})
    hub.fault('delay', ms=2000, operation='pulls/get', nth=2)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act_on, s, run_of(s, sha), s.token)
        while hub.faults_left() and not acting.done():
            time.sleep(0.05)
        hub.close_pull(s.repository, pull['number'])
        equal(acting.result(), 0, s.said)
    equal((fix_pull(s)['state'], 'Withdrawn' in json.dumps(hub.state(SLUG))), ('closed', False), s.said)
    return s


@story
def a_person_who_reverts_the_fix_has_the_last_word(hub):
    s = on_branch(hub)
    tip = hub.control('revert', {'repository': SLUG, 'branch': s.head, 'sha': s.fixed})['sha']
    equal(schedule(s, s.token), 0, s.said)
    equal(outcomes(s), ['reverted'], s.said)
    equal(s.repository.git('rev-parse', s.head), tip)
    return s


@story
def ask_1_with_the_jobs_own_token_the_outcome_is_unverified_and_nothing_is_withdrawn(hub):
    """Complaint 1: a pull request made with GITHUB_TOKEN never gets CI."""
    s = delivered(hub, token=hub.token(**ALL))
    pull = fix_pull(s)
    for days in (0, 2, 10):
        now = {'RUNMEDIC_NOW': in_days(days)} if days else {}
        equal(s.act('schedule', BASE, s.token, home=now), 0, s.said)
    equal(outcomes(s), ['unverified'], s.said)
    equal(fix_pull(s)['state'], 'open')
    equal(fix_branches(s), [pull['pull']['head']['ref']])
    return s


def in_days(days):
    import datetime
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime('%Y-%m-%dT%H:%M:%SZ')


@story
def what_nobody_wanted_for_a_month_is_cleared_away(hub):
    s = delivered(hub)
    pull = fix_pull(s)
    s.finish(run_of(s, pull['pull']['head']['sha']), 'success')
    equal(s.act('schedule', BASE, s.token, home={'RUNMEDIC_NOW': in_days(29)}), 0, s.said)
    equal((fix_pull(s)['state'], outcomes(s)), ('open', ['green']), s.said)
    equal(s.act('schedule', BASE, s.token, home={'RUNMEDIC_NOW': in_days(32)}), 0, s.said)
    equal((fix_pull(s)['state'], outcomes(s), fix_branches(s)), ('closed', ['closed'], []), s.said)
    return s


@story
def a_fix_that_a_person_closed_is_closed_and_its_branch_goes(hub):
    s = delivered(hub)
    pull = fix_pull(s)
    hub.close_pull(s.repository, pull['number'], by='writer')
    equal(s.act('pull_request', hub.event('pull_request', SLUG, 'closed', number=pull['number']), s.token), 0, s.said)
    equal((outcomes(s), fix_branches(s)), (['closed'], []), s.said)
    return s


@story
def a_history_that_was_lost_is_read_back_from_github(hub):
    s = delivered(hub)
    pull = fix_pull(s)
    sha = pull['pull']['head']['sha']
    os.remove(s.path('history.db'))
    goes_red(s, sha)
    equal((outcomes(s), fix_pull(s)['state'], fix_branches(s)), (['withdrawn'], 'closed', []), s.said)
    os.remove(s.path('history.db'))
    equal(act_on(s, s.ci(), s.token), 0, s.said)
    fix_pull(s)  # one
    return s


@story
def a_commit_whose_history_was_lost_is_reverted_all_the_same(hub):
    s = on_branch(hub)
    os.remove(s.path('history.db'))
    goes_red(s, s.fixed)
    equal(outcomes(s), ['withdrawn'], s.said)
    has(s.repository.git('log', '-1', '--format=%B', s.head), f'This reverts commit {s.fixed}')
    return s


@story
def without_any_history_a_red_fix_is_withdrawn_too(hub):
    s = Scene(hub, config=DELIVER_PR, workflows=[CI])
    s.token = app(hub)
    equal(act_on(s, s.ci(), s.token, history='none'), 0, s.said)
    sha = fix_pull(s)['pull']['head']['sha']
    s.finish(run_of(s, sha), 'failure', test={'log': case_log(s.case)})
    equal(act_on(s, run_of(s, sha), s.token, history='none'), 0, s.said)
    equal((fix_pull(s)['state'], fix_branches(s), os.path.exists(s.path('history.db'))), ('closed', [], False), s.said)
    return s


@story
def a_branch_of_somebody_else_is_nobody_of_ours(hub):
    """A name and a marker alone make nothing ours."""
    s = Scene(hub, config=DELIVER_PR)
    body = '<!-- runmedic:fix signature=1:' + '0' * 64 + ' base=' + '0' * 40 + ' run=1 fixers=python/requirement -->\n\nMine'
    theirs = s.repository.pull(head='runmedic/0123456789ab-012345', files={'x.txt': 'x'}, user='someone', body=body)
    hub.push(s.repository, 'runmedic/0123456789ab-012345', {'y.txt': 'y'}, 'Fix\n\nRunmedic-Fixer: python/requirement\nRunmedic-Signature: 1:' + '0' * 64)
    for days in (1, 40):
        equal(s.act('schedule', BASE, app(hub), home={'RUNMEDIC_NOW': in_days(days)}), 0, s.said)
    equal(s.writes(), [], 'writes')
    equal([p['state'] for p in s.pulls() if p['number'] == theirs['number']], ['open'])
    return s


@story
def ask_12_red_for_another_reason_that_main_has_too_says_nothing_of_the_fix(hub):
    """Complaint 12: verdicts that are wrong in public."""
    s = delivered(hub)
    sha = fix_pull(s)['pull']['head']['sha']
    main = s.repository.git('rev-parse', 'main')
    s.ci(sha=main, branch='main', event='push', jobs=[job('test', log=log_text(BROKEN))])
    goes_red(s, sha, BROKEN)
    equal((outcomes(s), fix_pull(s)['state']), (['unverified'], 'open'), s.said)
    return s


@story
def ask_12_what_another_job_failed_of_before_the_fix_too_says_nothing_of_it(hub):
    """Complaint 12: verdicts that are wrong in public. The fix mended its job; the other one was red all along."""
    s = Scene(hub, config=DELIVER_BRANCH)
    s.token = app(hub)
    equal(act_on(s, s.ci(jobs=[job('test', log=case_log(s.case)), job('build', log=log_text(BROKEN))]), s.token), 0, s.said)
    fixed = s.repository.git('rev-parse', s.head)
    assert fixed != s.pull['sha'], f'nothing was committed: {s.said}'
    equal(act_on(s, s.ci(sha=fixed, jobs=[job('test', 'success'), job('build', log=log_text(BROKEN))]), s.token), 0, s.said)
    equal((outcomes(s), s.repository.git('rev-parse', s.head)), (['unverified'], fixed), s.said)
    return s


@story
def an_accident_on_the_fix_is_no_verdict_on_it(hub):
    s = delivered(hub)
    sha = fix_pull(s)['pull']['head']['sha']
    goes_red(s, sha, NETWORK)
    equal((outcomes(s), fix_pull(s)['state']), ([None], 'open'), s.said)
    return s


@story
def ask_18_a_rerun_that_fired_no_event_is_seen_by_the_schedule(hub):
    """Complaint 18: attempts; and reruns that start no workflow_run."""
    s = delivered(hub)
    sha = fix_pull(s)['pull']['head']['sha']
    goes_red(s, sha, NETWORK)
    again = s.runs(head_sha=sha)[-1]
    if again['status'] == 'completed':
        return s
    s.finish(again, 'success')
    equal(schedule(s, s.token), 0, s.said)
    equal(outcomes(s), ['green'], s.said)
    return s


@story
def a_suggestion_that_was_taken_is_merged_with_the_pull_request(hub):
    s = Scene(hub, changes={'requirements.txt': 'attrs==23.1.0\nclick==8.1.3\n'})
    s.token = hub.token(**ALL)
    equal(act_on(s, s.ci(), s.token), 0, s.said)
    suggested = hub.state(SLUG)['review_comments']
    equal(len(suggested), 1, 'suggestions')
    hub.control('accept', {'repository': SLUG, 'comment': suggested[0]['id'], 'by': 'writer'})
    hub.close_pull(s.repository, s.pull['number'], merged=True, by='writer')
    equal(s.act('pull_request', hub.event('pull_request', SLUG, 'closed', number=s.pull['number']), s.token), 0, s.said)
    equal(outcomes(s), ['merged'], s.said)
    return s


@story
def a_merge_without_the_suggestion_is_no_verdict_on_it(hub):
    s = Scene(hub, changes={'requirements.txt': 'attrs==23.1.0\nclick==8.1.3\n'})
    s.token = hub.token(**ALL)
    equal(act_on(s, s.ci(), s.token), 0, s.said)
    equal(outcomes(s), [None])
    hub.close_pull(s.repository, s.pull['number'], merged=True, by='writer')
    equal(s.act('pull_request', hub.event('pull_request', SLUG, 'closed', number=s.pull['number']), s.token), 0, s.said)
    equal(outcomes(s), ['unverified'], s.said)
    return s


@story
def a_pull_request_that_was_closed_leaves_its_suggestions_unverified(hub):
    s = Scene(hub, changes={'requirements.txt': 'attrs==23.1.0\nclick==8.1.3\n'})
    s.token = hub.token(**ALL)
    equal(act_on(s, s.ci(), s.token), 0, s.said)
    hub.close_pull(s.repository, s.pull['number'], by='writer')
    equal(s.act('pull_request', hub.event('pull_request', SLUG, 'closed', number=s.pull['number']), s.token), 0, s.said)
    equal(outcomes(s), ['unverified'])
    return s


def refused_while_withdrawing(hub, operation, left):
    """Complaint 2: 403, and what was computed is lost. What is left is done at the next event."""
    s = delivered(hub)
    sha = fix_pull(s)['pull']['head']['sha']
    s.finish(run_of(s, sha), 'failure', test={'log': case_log(s.case)})
    hub.fault('status', status=403, operation=operation, count=0)
    equal(act_on(s, run_of(s, sha), s.token), 0, s.said)
    equal((outcomes(s), fix_pull(s)['state'], len(fix_branches(s))), left, s.said)
    hub.control('faults', method='DELETE')
    equal(schedule(s, s.token), 0, s.said)
    equal((outcomes(s), fix_pull(s)['state'], fix_branches(s)), (['withdrawn'], 'closed', []), s.said)
    has(fix_pull(s)['body'], 'Withdrawn')
    return s


@story
def a_pull_request_that_may_not_be_closed_stays_red_until_it_may(hub):
    return refused_while_withdrawing(hub, 'pulls/update', (['red'], 'open', 1))


@story
def ask_2_without_comments_the_body_says_why_it_was_withdrawn(hub):
    return refused_while_withdrawing(hub, 'issues/create-comment', (['withdrawn'], 'closed', 0))


@story
def a_branch_that_may_not_go_goes_later(hub):
    return refused_while_withdrawing(hub, 'git/delete-ref', (['red'], 'closed', 1))


@story
def a_revert_that_is_refused_is_told_with_the_permission(hub):
    for n, operation in enumerate(('git/create-tree', 'git/create-commit', 'git/update-ref')):
        if not n:
            s = on_branch(hub)
            s.finish(run_of(s, s.fixed), 'failure', test={'log': case_log(s.case)})
        hub.fault('status', status=403, operation=operation, count=0)
        equal(schedule(s, s.token), 0, s.said)
        equal((outcomes(s), s.repository.git('rev-parse', s.head)), (['red'], s.fixed), f'{operation}: {s.said}')
        hub.control('faults', method='DELETE')
    has(s.said, 'contents: write')
    equal(schedule(s, s.token), 0, s.said)
    equal(outcomes(s), ['withdrawn'], s.said)
    return s


# ---- reruns -----------------------------------------------------------------------------------------------------


def flaky(hub, text=NETWORK, token=None, **more):
    """A red run that failed by accident, or did not."""
    s = Scene(hub, **more)
    s.token = token or hub.token(**ALL)
    s.red = s.ci(jobs=[job('test', log=log_text(text)), job('lint', conclusion='success')])
    return s


def attempts(s, run=None):
    return next(r['run_attempt'] for r in s.runs(id=(run or s.red)['id']))


def reruns_asked(hub):
    return len([e for e in hub.requests(operation='actions/re-run-workflow-failed-jobs')])


def fresh(s, run):
    return s.runs(id=run['id'])[0]


@story
def ask_16_failed_jobs_run_again_where_the_log_shows_a_passing_fault(hub):
    """Complaint 16: re-run of failed jobs without a maintainer's click."""
    s = flaky(hub)
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal((attempts(s), reruns_asked(hub)), (2, 1), s.said)
    equal(s.rows('SELECT run, attempt, result FROM rerun'), [(s.red['id'], 1, None)])
    equal(s.outputs()['decision'], 'rerun')
    has(s.comments()[0]['body'].lower(), 'again')
    return s


@story
def what_a_rerun_was_good_for_is_learned(hub):
    s = flaky(hub)
    equal(act_on(s, s.red, s.token), 0, s.said)
    s.finish(fresh(s, s.red), 'success')
    equal(act_on(s, fresh(s, s.red), s.token), 0, s.said)
    equal(s.rows('SELECT attempt, result FROM rerun'), [(1, 'success')])
    again = s.ci(jobs=[job('test', log=log_text(NETWORK))])
    equal(s.run('rerun', '--run', str(again['id']), '--dry-run', '--format', 'json', token=s.token), 0, s.said)
    answer = judge('rerun', json.loads(s.out))
    equal((answer['schema'], answer['rerun'], answer['dry_run']), ('runmedic.rerun/1', True, True))
    equal((answer['jobs'][0]['reruns_helped'], answer['jobs'][0]['transient']), (1, True))
    equal(attempts(s, again), 1)
    return s


@story
def what_a_rerun_was_good_for_is_seen_without_an_event(hub):
    s = flaky(hub)
    equal(act_on(s, s.red, s.token), 0, s.said)
    s.finish(fresh(s, s.red), 'success')
    equal(schedule(s, s.token), 0, s.said)
    equal(s.rows('SELECT attempt, result FROM rerun'), [(1, 'success')])
    return s


@story
def ask_12_a_build_error_does_not_run_again(hub):
    """Complaint 12: false verdicts of "flaky, safe to merge"."""
    s = flaky(hub, BROKEN)
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal((attempts(s), reruns_asked(hub)), (1, 0))
    return s


@story
def many_jobs_that_failed_of_different_things_are_no_accident(hub):
    s = Scene(hub)
    s.token = hub.token(**ALL)
    hosts = [NETWORK.replace('left-pad', f'left-pad-{n}').replace('registry.example.org', f'r{n}.example.org') for n in range(6)]
    s.red = s.ci(jobs=[job(f'test {n}', log=log_text(text)) for n, text in enumerate(hosts)] + [job('build', log=log_text(BROKEN))])
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal(reruns_asked(hub), 0, s.said)
    return s


@story
def ask_12_what_is_red_on_main_too_does_not_run_again(hub):
    """Complaint 12, "also red on main since"."""
    s = flaky(hub)
    main = s.repository.git('rev-parse', 'main')
    s.ci(sha=main, branch='main', event='push', jobs=[job('test', log=log_text(NETWORK))])
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal(reruns_asked(hub), 0, s.said)
    return s


@story
def ask_18_the_budget_of_a_run_holds_over_its_attempts(hub):
    """Complaint 18: retry by attempt."""
    s = flaky(hub, config='version: 1\nrerun: {per_run: 1}\n')
    for n in range(3):
        equal(act_on(s, fresh(s, s.red), s.token), 0, s.said)
        if fresh(s, s.red)['status'] != 'completed':
            s.finish(fresh(s, s.red), 'failure', test={'log': log_text(NETWORK)})
    equal((attempts(s), reruns_asked(hub)), (2, 1), s.said)
    equal(s.rows('SELECT attempt, result FROM rerun'), [(1, 'failure')])
    return s


@story
def the_budget_of_a_branch_holds_over_days_by_the_history(hub):
    s = flaky(hub, config='version: 1\nrerun: {per_branch_per_day: 2}\n')
    made = [s.red] + [s.ci(jobs=[job('test', log=log_text(NETWORK))]) for _ in range(3)]
    for run in made[:3]:
        equal(act_on(s, run, s.token), 0, s.said)
    equal([attempts(s, run) for run in made[:3]], [2, 2, 1])
    equal(s.act('workflow_run', s.payload(made[3]), s.token, home={'RUNMEDIC_NOW': in_days(1.5)}), 0, s.said)
    equal(attempts(s, made[3]), 2, 'a day later')
    return s


@story
def without_a_history_the_attempts_hold_the_budget(hub):
    s = flaky(hub, config='version: 1\nrerun: {per_branch_per_day: 1}\n')
    equal(act_on(s, s.red, s.token, history='none'), 0, s.said)
    other = s.ci(jobs=[job('test', log=log_text(NETWORK))])
    equal(act_on(s, other, s.token, history='none'), 0, s.said)
    equal((attempts(s), attempts(s, other)), (2, 1), s.said)
    return s


@story
def a_run_that_was_tried_forty_times_is_left(hub):
    s = Scene(hub)
    s.token = hub.token(**ALL)
    s.red = s.ci(jobs=[job('test', log=log_text(NETWORK), run_attempt=41)], run_attempt=41)
    equal(s.run('rerun', '--run', str(s.red['id']), '--force', token=s.token), 0, s.said)
    equal(reruns_asked(hub), 0)
    has(s.said, '50')
    return s


@story
def two_medics_at_once_ask_for_one_rerun(hub):
    s = flaky(hub)
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal(act_on(s, s.red, s.token), 0, s.said)  # the event once more, of attempt 1
    equal((attempts(s), reruns_asked(hub)), (2, 1), s.said)
    return s


@story
def a_rerun_whose_answer_was_lost_is_asked_for_once(hub):
    s = flaky(hub)
    hub.fault('lost', operation='actions/re-run-workflow-failed-jobs', count=1)
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal(attempts(s), 2, s.said)
    equal(s.rows('SELECT run, attempt FROM rerun'), [(s.red['id'], 1)])
    return s


@story
def a_token_that_may_not_rerun_says_what_it_needs(hub):
    s = flaky(hub, token=hub.token(**{**ALL, 'actions': 'read'}))
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal(attempts(s), 1)
    has(s.said, 'actions: write')
    has(s.read('summary'), 'actions: write')
    equal((len(s.checks()), len(s.comments())), (1, 1))
    return s


@story
def a_dry_run_runs_nothing_again(hub):
    s = flaky(hub)
    equal(act_on(s, s.red, s.token, dry_run='true'), 0, s.said)
    equal(s.writes(), [], 'writes')
    return s


@story
def mode_rerun_does_nothing_else(hub):
    s = flaky(hub)
    equal(act_on(s, s.red, s.token, mode='rerun'), 0, s.said)
    equal(s.writes(), ['actions/re-run-workflow-failed-jobs'], s.said)
    equal(s.act('push', BASE, s.token, mode='rerun'), 2, s.said)
    has(s.said, 'workflow_run')
    return s


@story
def rerun_by_hand_says_why_not_and_does_it_when_forced(hub):
    s = flaky(hub, BROKEN)
    run = str(s.red['id'])
    equal(s.run('rerun', '--run', run, token=s.token), 0, s.said)
    has(s.out, 'not run again', 'syntax')
    equal(s.run('rerun', '--run', run, '--format', 'json', '--force', token=s.token), 0, s.said)
    answer = judge('rerun', json.loads(s.out))
    equal((answer['rerun'], answer['forced'], attempts(s)), (True, True, 2))
    equal(s.run('rerun', '--run', run, '--force', token=s.token), 0, s.said)
    has(s.out, 'not run again')
    equal(attempts(s), 2)
    for wrong in ((), ('--run', 'x'), ('--run', run, 'y')):
        equal(s.run('rerun', *wrong, token=s.token), 2, s.said)
    return s


@story
def ask_17_a_run_that_timed_out_may_run_again_too(hub):
    """Complaint 17: retry needs "error and timeout"."""
    s = Scene(hub)
    s.token = hub.token(**ALL)
    s.red = s.ci(conclusion='timed_out', jobs=[job('test', conclusion='timed_out', log=log_text(NETWORK))])
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal(attempts(s), 2, s.said)
    return s


@story
def two_that_ask_at_the_same_moment_start_one_rerun(hub):
    s = flaky(hub)
    env = {'PATH': os.environ['PATH'], 'HOME': s.folder, **{k: v for k, v in hub.env(s.token, SLUG).items() if k.startswith('GITHUB_') or k == 'NO_PROXY'}}
    args = [scene.PROGRAM, 'rerun', '--run', str(s.red['id']), '--db']
    both = [subprocess.Popen([*args, s.path(f'{n}.db')], env=env, cwd=s.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for n in range(2)]
    said = [one.communicate(timeout=120)[0] for one in both]
    equal([one.returncode for one in both], [0, 0], said)
    equal(attempts(s), 2, said)
    return s


# ---- commands in comments ----------------------------------------------------------------------------------------


def pulled(hub, config=None, token=None, **more):
    s = Scene(hub, config=config, **more)
    s.token = token or app(hub)
    s.red = s.ci()
    return s


@story
def apply_puts_the_fix_on_the_branch(hub):
    s = pulled(hub)
    equal(s.comment('/runmedic apply', 'writer', s.token), 0, s.said)
    equal(s.reactions(), ['eyes', 'rocket'], s.said)
    has(s.repository.git('show', f'{s.head}:requirements.txt'), 'PyYAML')
    equal(s.replies(), [], 'a reaction is enough')
    return s


@story
def apply_pr_opens_a_pull_request(hub):
    s = pulled(hub)
    equal(s.comment('/runmedic apply pr', 'keeper', s.token), 0, s.said)
    equal(s.reactions(), ['eyes', 'rocket'], s.said)
    fix_pull(s)
    equal(s.repository.git('rev-parse', s.head), s.pull['sha'])
    return s


@story
def only_who_may_write_is_obeyed(hub):
    s = pulled(hub)
    for who in ('reader', 'outsider'):
        for command in ('apply', 'rerun', 'ignore', 'explain'):
            equal(s.comment(f'/runmedic {command}', who, s.token), 0, s.said)
            equal(s.reactions(), ['-1'], f'{who}: {command}: {s.said}')
    equal((attempts(s), s.replies(), s.repository.git('rev-parse', s.head)), (1, [], s.pull['sha']))
    equal(set(s.writes()), {'reactions/create-for-issue-comment'})
    return s


@story
def a_bot_commands_nothing(hub):
    """It may repeat what anybody told it, and it may have write permission."""
    s = pulled(hub)
    s.repository.add(collaborators={'helper[bot]': 'write'})
    equal(s.comment('/runmedic apply', 'helper[bot]', s.token), 0, s.said)
    equal((s.writes(), s.repository.git('rev-parse', s.head)), ([], s.pull['sha']), s.said)
    has(s.said, 'a bot wrote the comment')
    return s


@story
def who_may_write_that_nobody_answers_is_not_obeyed(hub):
    s = pulled(hub)
    hub.fault('status', status=404, operation='repos/get-collaborator-permission-level', count=0)
    equal(s.comment('/runmedic apply', 'writer', s.token), 0, s.said)
    equal(s.reactions(), ['-1'])
    return s


@story
def what_follows_a_command_is_no_part_of_it(hub):
    s = pulled(hub)
    for text in ('/runmedic apply everything', '/runmedic apply pr now', '/runmedic rerun --force', '/runmedic explain `x` @everybody'):
        equal(s.comment(text, 'writer', s.token), 0, s.said)
        equal(s.reactions(), ['eyes', 'confused'], text)
    equal(len(s.replies()), 4)
    for reply in s.replies():
        for word in ('everything', 'now', '--force', 'everybody'):
            assert word not in reply, reply
    equal((s.repository.git('rev-parse', s.head), attempts(s)), (s.pull['sha'], 1))
    for text in ('please /runmedic apply', '> /runmedic apply', '/runmedicapply', '/runmedic', '/runmedic APPLY', 'x\n/runmedic apply'):
        equal(s.comment(text, 'writer', s.token), 0, s.said)
        equal(s.reactions(), [], text)
    return s


@story
def a_command_on_an_issue_is_nobody_to_us(hub):
    s = pulled(hub)
    issue = s.repository.issue(title='x', user='writer')
    equal(s.comment('/runmedic rerun', 'writer', s.token, number=issue['number']), 0, s.said)
    equal((s.reactions(), s.writes()), ([], []))
    return s


@story
def ask_11_apply_on_a_forks_pull_request_writes_nothing_to_the_fork(hub):
    """Complaint 9 and 11."""
    s = pulled(hub, fork=True)
    before = hub.state('octo/widgets')
    for command in ('apply', 'apply branch', 'apply pr'):
        equal(s.comment(f'/runmedic {command}', 'writer', s.token), 0, s.said)
    assert not [e for e in hub.writes() if '/octo/' in e['path']], 'a write to the fork'
    equal(fix_branches(s), [])
    equal(hub.state('octo/widgets')['runs'], before['runs'])
    return s


@story
def nothing_red_is_nothing_to_do(hub):
    s = Scene(hub)
    s.token = app(hub)
    s.ci(jobs=[job('test', conclusion='success')], conclusion='success')
    for command in ('apply', 'rerun', 'ignore', 'explain'):
        equal(s.comment(f'/runmedic {command}', 'writer', s.token), 0, s.said)
        equal(s.reactions(), ['eyes', 'confused'], command)
    equal(len(s.replies()), 4)
    return s


@story
def rerun_by_comment_is_a_persons_decision(hub):
    s = Scene(hub)
    s.token = app(hub)
    s.red = s.ci(jobs=[job('test', log=log_text(BROKEN))])
    equal(s.comment('/runmedic rerun', 'writer', s.token), 0, s.said)
    equal((s.reactions(), attempts(s), s.replies()), (['eyes', 'rocket'], 2, []), s.said)
    equal(s.comment('/runmedic rerun', 'writer', s.token), 0, s.said)
    equal((s.reactions(), attempts(s)), (['eyes', 'confused'], 2), s.said)
    return s


@story
def ask_14_ignore_makes_the_next_run_leave_it_alone(hub):
    """Complaint 14: opt out."""
    s = pulled(hub, DELIVER_PR)
    equal(s.comment('/runmedic ignore 14 the licence @server moves <b>soon</b>', 'writer', s.token), 0, s.said)
    equal(s.reactions(), ['eyes', '+1'], s.said)
    equal(len(s.replies()), 1)
    has(s.replies()[0], '1:')
    assert '@server' not in s.replies()[0]
    rows = s.rows('SELECT reason, author, until - at FROM ignored')
    equal((rows[0][1], rows[0][2]), ('writer', 14 * 86400 * 1000000))
    has(rows[0][0], 'the licence')
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal(fix_branches(s), [], s.said)
    equal(s.run('ignore', '--list', '--format', 'json'), 0, s.said)
    listed = judge('ignore', json.loads(s.out))['ignored']
    equal(len(listed), 1)
    equal(s.run('ignore', '--remove', listed[0]['signature'][:12]), 0, s.said)
    equal(act_on(s, s.ci(), s.token), 0, s.said)
    fix_pull(s)
    return s


@story
def explain_answers_once(hub):
    s = pulled(hub)
    equal(s.comment('/runmedic explain', 'writer', s.token), 0, s.said)
    equal((s.reactions(), len(s.replies())), (['eyes', '+1'], 1), s.said)
    has(s.replies()[0], 'yaml')
    equal((s.checks(), fix_branches(s)), ([], []))
    with open(s.path('event.json')) as f:
        event = json.load(f)
    equal(s.act('issue_comment', event, s.token), 0, s.said)
    equal(len(s.replies()), 1, 'the same event again')
    return s


@story
def without_reactions_it_is_done_all_the_same(hub):
    s = Scene(hub)
    s.token = app(hub)
    s.red = s.ci(jobs=[job('test', log=log_text(NETWORK))])
    hub.fault('status', status=403, operation='reactions/create-for-issue-comment', count=0)
    equal(s.comment('/runmedic rerun', 'writer', s.token), 0, s.said)
    equal(attempts(s), 2, s.said)
    has(s.said, 'No reaction')
    return s


@story
def what_is_lost_on_the_way_is_not_doubled(hub):
    s = pulled(hub, ISSUES)
    for operation in ('issues/create-comment', 'reactions/create-for-issue-comment'):
        hub.fault('lost', operation=operation, count=1)
    equal(s.comment('/runmedic explain', 'writer', s.token), 0, s.said)
    equal((s.reactions(), len(s.replies())), (['eyes', '+1'], 1), s.said)
    hub.fault('lost', operation='issues/create', count=1)
    equal(act_on(s, on_main(s), s.token), 0, s.said)
    equal(len(s.issues()), 1, s.said)
    return s


@story
def an_answer_that_may_not_be_written_stands_in_the_log(hub):
    s = pulled(hub)
    hub.fault('status', status=403, operation='issues/create-comment', count=0)
    equal(s.comment('/runmedic apply everything', 'writer', s.token), 0, s.said)
    has(s.said, 'No answer to the comment', 'takes nothing, `branch` or `pr`')
    return s


# ---- ignore by hand ------------------------------------------------------------------------------------------------


@story
def what_is_ignored_does_not_run_again(hub):
    s = flaky(hub)
    equal(s.run('sync', token=s.token), 0, s.said)
    signature = s.rows('SELECT signature FROM failures')[0][0]
    equal(s.run('ignore', signature[:10], '--days', '3', '--reason', 'mirror moves', '--format', 'json'), 0, s.said)
    answer = judge('ignore', json.loads(s.out))
    equal((answer['schema'], answer['did'], answer['signature'], answer['changed']), ('runmedic.ignore/1', 'add', signature, True))
    equal(answer['ignored'][0]['by'], 'someone')
    equal(act_on(s, s.red, s.token), 0, s.said)
    equal(attempts(s), 1)
    return s


@story
def ignore_refuses_what_makes_no_sense(hub):
    s = Scene(hub)
    whole = '1:' + 'a' * 64
    equal(s.run('ignore', whole), 0, s.said)
    for wrong in ((), ('nonsense',), ('1:zz',), ('1:aa',), ('1:bbbbbbbb',), (whole, '--days', '0'), (whole, '--until', '2001-01-01'), (whole, '--days', '1', '--until', '2099-01-01'),
                  ('--list', whole), ('--list', '--reason', 'x'), (whole, whole), ('--remove', '1:bbbbbbbb')):
        equal(s.run('ignore', *wrong), 2, f'{wrong}: {s.said}')
        equal(s.said.count('\n'), 1, s.said)
    equal(s.run('ignore', '--remove', whole[:12]), 0, s.said)
    equal(s.run('ignore', '--remove', whole), 0, s.said)
    has(s.out, 'was not ignored')
    equal(s.run('ignore', '--list'), 0, s.said)
    has(s.out, 'Nothing is ignored')
    return s


# ---- issues for people -----------------------------------------------------------------------------------------------

ISSUES = 'version: 1\nissues: {open: true, labels: [ci], assignees: [writer]}\n'


def on_main(s, text=BROKEN, conclusion='failure', jobs=None):
    s.number = getattr(s, 'number', 0) + 1
    sha = hub_push(s)
    jobs = jobs or [job('build', conclusion=conclusion, log=log_text(text) if conclusion == 'failure' else None), job('docs', conclusion='success')]
    return s.ci(sha=sha, branch='main', event='push', conclusion=conclusion, jobs=jobs)


def hub_push(s):
    s.hub.push(s.repository, 'main', {'n.txt': f'{s.number}\n'})
    return s.repository.git('rev-parse', 'main')


@story
def ask_22_a_failure_of_main_that_needs_a_person_is_one_issue(hub):
    """Complaint 22: floods."""
    s = Scene(hub, config=ISSUES)
    token = hub.token(**ALL)
    for _ in range(3):
        equal(act_on(s, on_main(s), token), 0, s.said)
    equal(len(s.issues()), 1, s.said)
    issue = s.issues()[0]
    has(issue['title'], "expected ';'")
    equal((issue['state'], sorted(issue['labels']), issue['assignees']), ('open', ['ci', 'runmedic'], ['writer']))
    equal(act_on(s, on_main(s, conclusion='success'), token), 0, s.said)
    equal(s.issues()[0]['state'], 'closed', s.said)
    equal(act_on(s, on_main(s), token), 0, s.said)
    equal([i['state'] for i in s.issues()], ['open'], 'it is opened again')
    equal(s.rows('SELECT is_open FROM issue'), [(1,)])
    return s


@story
def a_green_run_that_left_the_job_out_closes_no_issue(hub):
    s = Scene(hub, config=ISSUES)
    token = hub.token(**ALL)
    equal(act_on(s, on_main(s), token), 0, s.said)
    equal(len(s.issues()), 1, s.said)
    for jobs in ([job('docs', conclusion='success')], [job('build', conclusion='skipped'), job('docs', conclusion='success')]):
        equal(act_on(s, on_main(s, conclusion='success', jobs=jobs), token), 0, s.said)
        equal(s.issues()[0]['state'], 'open', s.said)
    return s


@story
def a_known_failure_is_named_in_the_comment(hub):
    s = Scene(hub, config=ISSUES)
    token = hub.token(**ALL)
    equal(act_on(s, on_main(s), token), 0, s.said)
    number = s.issues()[0]['number']
    equal(act_on(s, s.ci(jobs=[job('build', log=log_text(BROKEN))]), token), 0, s.said)
    has(s.comments()[0]['body'], f'#{number}')
    equal(len(s.issues()), 1)
    return s


@story
def issues_are_kept_for_main_only_and_where_they_are_wanted(hub):
    s = Scene(hub, config=ISSUES)
    token = hub.token(**ALL)
    equal(act_on(s, s.ci(jobs=[job('build', log=log_text(BROKEN))]), token), 0, s.said)
    equal(s.issues(), [])
    hub.push(s.repository, 'main', {'.github/runmedic.yml': 'version: 1\n'})
    equal(act_on(s, on_main(s), token), 0, s.said)
    equal(s.issues(), [])
    return s


@story
def an_issue_waits_for_as_many_failures_as_are_wanted(hub):
    s = Scene(hub, config='version: 1\nissues: {open: true, after: 3}\n')
    token = hub.token(**ALL)
    for wanted in (0, 0, 1):
        equal(act_on(s, on_main(s), token), 0, s.said)
        equal(len(s.issues()), wanted, s.said)
    return s


@story
def where_issues_may_not_be_written_the_note_says_what_it_needs(hub):
    s = Scene(hub, config=ISSUES)
    equal(act_on(s, on_main(s), hub.token(**{**ALL, 'issues': 'read'})), 0, s.said)
    has(s.said, 'issues: write')
    equal(len(s.checks()), 1)
    return s


@story
def an_issue_of_somebody_else_is_left_alone(hub):
    s = Scene(hub, config=ISSUES)
    token = hub.token(**ALL)
    equal(act_on(s, on_main(s), token), 0, s.said)
    theirs = s.repository.issue(title='mine', body=s.issues()[0]['body'], user='someone', labels=['runmedic'])
    equal(act_on(s, on_main(s, conclusion='success'), token), 0, s.said)
    equal({i['number']: i['state'] for i in s.issues()}[theirs['number']], 'open')
    return s


@story
def a_red_commit_without_a_pull_request_gets_a_comment_where_that_is_wanted(hub):
    s = Scene(hub, config='version: 1\nissues: {commit_comments: true}\n')
    token = hub.token(**ALL)
    run = on_main(s)
    for _ in range(2):
        equal(act_on(s, run, token), 0, s.said)
    equal(len(hub.state(SLUG)['commit_comments']), 1, s.said)
    return s


# ---- by hand ---------------------------------------------------------------------------------------------------------


@story
def sync_settles_only_where_it_is_asked_to_and_watch_does(hub):
    s = delivered(hub)
    sha = fix_pull(s)['pull']['head']['sha']
    s.finish(run_of(s, sha), 'failure', test={'log': case_log(s.case)})
    equal(s.run('sync', token=s.token), 0, s.said)
    equal((outcomes(s), fix_pull(s)['state']), ([None], 'open'))
    equal(s.run('watch', '--once', '--dry-run', token=s.token), 0, s.said)
    equal(fix_pull(s)['state'], 'open')
    equal(s.run('sync', '--settle', token=s.token), 0, s.said)
    equal((outcomes(s), fix_pull(s)['state'], fix_branches(s)), (['withdrawn'], 'closed', []), s.said)
    return s


@story
def watch_follows_up(hub):
    s = delivered(hub)
    sha = fix_pull(s)['pull']['head']['sha']
    s.finish(run_of(s, sha), 'failure', test={'log': case_log(s.case)})
    equal(s.run('watch', '--once', token=s.token), 0, s.said)
    equal((outcomes(s), fix_pull(s)['state']), (['withdrawn'], 'closed'), s.said)
    return s


# ---- a runner forgets, the repository does not ----------------------------------------------------------------------------


KEPT = 'history: {push: true}\n'


def facts(s):
    return [ref for ref in s.repository.git('for-each-ref', '--format=%(refname)').split() if ref.startswith('refs/runmedic/facts/')]


@story
def the_history_survives_runners_that_are_thrown_away(hub):
    s = Scene(hub, config=KEPT)
    token = hub.token(**ALL)
    first, second = s.ci(), s.ci()
    equal(s.act('workflow_run', s.payload(first), token), 0, s.said)
    equal([ref for ref in facts(s) if str(first['id']) in ref] != [], True, facts(s))
    os.rename(s.path('history.db'), s.path('of-the-first-runner.db'))
    equal(s.act('workflow_run', s.payload(second), token), 0, s.said)
    equal(sorted(s.rows("SELECT run FROM runs WHERE workflow = 'CI'")), sorted([(first['id'],), (second['id'],)]), s.said)
    has(s.read('summary'), 'seen')
    return s


@story
def a_history_that_may_not_be_pushed_is_a_note_and_nothing_is_lost(hub):
    s = Scene(hub, config=KEPT)
    token = hub.token(**{**ALL, 'contents': 'read'})
    equal(s.act('workflow_run', s.payload(s.ci()), token), 0, s.said)
    has(s.said, 'the history was not pushed')
    equal((len(s.hub.state(SLUG)['checks']), facts(s)), (1, []))
    equal(s.rows('SELECT count(*) FROM failures WHERE is_primary'), [(1,)])
    return s


@story
def without_history_push_no_ref_is_written(hub):
    s = Scene(hub)
    equal(s.act('workflow_run', s.payload(s.ci()), hub.token(**ALL)), 0, s.said)
    equal(facts(s), [])
    return s


@story
def own_workflows_are_known_to_the_report(hub):
    s = Scene(hub)
    for _ in range(2):
        equal(s.act('workflow_run', s.payload(s.ci()), hub.token(**ALL)), 0, s.said)
    equal(s.rows("SELECT detail FROM audit_log WHERE action = 'own workflow'"), [('medic',)])
    return s


if __name__ == '__main__':
    sys.exit(scene.main('follow'))
