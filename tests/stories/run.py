#!/usr/bin/env python3
"""`runmedic action` from the event to what people see, against the fake GitHub (tests/github): a story for each row of the table of
events that this version covers, and for each single write that a token may lack. usage: run.py PROGRAM [NAME...]"""
import json, os, re, shutil, subprocess, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'github'))
import scene
from scene import PROGRAM, SLUG, Scene, case_log, equal, has, job, story

ALL = dict(actions='read', contents='read', checks='write', pull_requests='write', issues='write', statuses='write')


# ---- workflow_run: failure ------------------------------------------------------------------------


@story
def a_red_run_becomes_one_check_and_one_comment(hub):
    s = Scene(hub)
    run = s.ci()
    token = hub.token(**ALL)
    equal(s.act('workflow_run', s.payload(run), token), 0, s.said)
    equal(len(s.checks()), 1, 'checks')
    check = s.checks()[0]
    equal((check['name'], check['conclusion'], check['head_sha']), ('runmedic / CI', 'neutral', s.pull['sha']))
    has(check['output']['title'], 'yaml')
    equal([a['path'] for a in check['output']['annotations']], ['inventory/config.py', 'tests/test_config.py'])
    equal(len(s.comments()), 1, 'comments')
    has(s.comments()[0]['body'], 'inventory/config.py', "No module named 'yaml'")
    has(s.read('summary'), 'inventory/config.py')
    out = s.outputs()
    equal((out['category'], out['pr-url'], out['trusted']), ('dependency', '', ''))
    has(out['signature'], '1:')
    has(open(out['report'], encoding='utf-8').read(), 'inventory/config.py')
    equal(s.rows('SELECT count(*) FROM failures'), [(1,)], 'failures in the history')
    return s


@story
def the_same_run_again_writes_nothing_new(hub):
    s = Scene(hub)
    run = s.ci()
    token = hub.token(**ALL)
    for _ in range(3):
        equal(s.act('workflow_run', s.payload(run), token), 0, s.said)
    equal((len(s.checks()), len(s.comments())), (1, 1))
    equal(len(s.checks()[0]['output']['annotations']), 2, 'annotations')
    equal([r['method'] for r in hub.requests(operation='issues/update-comment')], [], 'updates of the comment')
    equal(s.rows('SELECT count(*) FROM runs'), [(1,)])
    return s


@story
def a_timed_out_run_is_diagnosed_too(hub):
    s = Scene(hub)
    run = s.ci(conclusion='timed_out')
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL)), 0, s.said)
    equal(len(s.checks()), 1)
    return s


@story
def green_again_turns_the_comment_green(hub):
    s = Scene(hub)
    token = hub.token(**ALL)
    equal(s.act('workflow_run', s.payload(s.ci()), token), 0, s.said)
    red = s.comments()[0]['body']
    s.hub.push(s.repository, s.head, {'requirements.txt': 'PyYAML\n'})
    sha = s.repository.git('rev-parse', s.head)
    run = s.ci(jobs=[job('test', conclusion='success')], conclusion='success', sha=sha)
    equal(s.act('workflow_run', s.payload(run), token), 0, s.said)
    equal(len(s.comments()), 1)
    assert s.comments()[0]['body'] != red, 'the comment still says red'
    has(s.comments()[0]['body'].lower(), 'green')
    equal(s.rows("SELECT count(*) FROM runs"), [(2,)], 'runs in the history')
    return s


@story
def green_without_a_red_before_says_nothing(hub):
    s = Scene(hub)
    run = s.ci(jobs=[job('test', conclusion='success')], conclusion='success')
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL)), 0, s.said)
    equal((len(s.checks()), len(s.comments())), (0, 0))
    return s


@story
def what_ended_otherwise_is_recorded_only(hub):
    s = Scene(hub)
    token = hub.token(**ALL)
    for n, conclusion in enumerate(('cancelled', 'skipped', 'neutral', 'stale', 'action_required')):
        run = s.ci(jobs=[job('test', conclusion='skipped' if conclusion == 'skipped' else 'cancelled')], conclusion=conclusion)
        equal(s.act('workflow_run', s.payload(run), token), 0, s.said)
    equal(hub.writes(), [], 'writes')
    equal(s.rows('SELECT count(*) FROM runs'), [(4,)], 'runs in the history')  # of what was skipped there is nothing to record
    return s


@story
def a_run_that_could_not_start_is_told_as_such(hub):
    s = Scene(hub)
    run = s.ci(jobs=[], conclusion='startup_failure')
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL)), 0, s.said)
    equal(len(s.checks()), 1)
    has(s.read('summary'), '.github/workflows/ci.yml')
    return s


@story
def fourteen_legs_with_one_cause_are_one_failure(hub):
    s = Scene(hub)
    run = s.ci(jobs=[job(f'test (3.{n})', log=case_log(s.case)) for n in range(14)])
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL)), 0, s.said)
    body = s.comments()[0]['body']
    has(body, '14 jobs')
    equal(body.count("No module named 'yaml'"), 1, 'the excerpt')
    equal(len(s.checks()[0]['output']['annotations']), 2, 'annotations')
    return s


@story
def what_breaks_every_leg_is_mended_once(hub):
    s = Scene(hub)
    run = s.ci(jobs=[job(f'test (3.{n})', log=case_log(s.case)) for n in range(3)])
    subprocess.run(['git', 'clone', '-q', s.repository.path, s.path('clone')], check=True)
    subprocess.run(['git', '-C', s.path('clone'), 'checkout', '-q', s.pull['sha']], check=True)
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL), workspace=s.path('clone'), fail_on='unhealed'), 0, s.said)
    folder = s.outputs()['patch']
    subprocess.run(['git', '-C', s.path('clone'), 'apply', os.path.join(folder, 'runmedic.patch')], check=True)
    equal(s.read('clone', 'requirements.txt').count('PyYAML'), 1)
    return s


@story
def red_on_the_default_branch_too_comes_first(hub):
    s = Scene(hub)
    main = s.repository.git('rev-parse', 'main')
    s.ci(sha=main, branch='main', event='push')
    run = s.ci()
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL)), 0, s.said)
    lines = [line for line in s.comments()[0]['body'].splitlines() if line.strip() and not line.startswith('<!--')]
    has(lines[0], 'main', main[:7])
    return s


@story
def a_fork_is_found_by_its_head(hub):
    s = Scene(hub, fork=True)
    run = s.ci()
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL)), 0, s.said)
    equal(len(s.comments()), 1)
    return s


@story
def a_checkout_of_the_failed_commit_is_healed_as_a_patch(hub):
    s = Scene(hub)
    run = s.ci()
    subprocess.run(['git', 'clone', '-q', s.repository.path, s.path('clone')], check=True)
    subprocess.run(['git', '-C', s.path('clone'), 'checkout', '-q', s.pull['sha']], check=True)
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL), workspace=s.path('clone')), 0, s.said)
    out = s.outputs()
    equal(out['decision'], 'heal')
    subprocess.run(['git', '-C', s.path('clone'), 'apply', os.path.join(out['patch'], 'runmedic.patch')], check=True)
    has(s.read('clone', 'requirements.txt'), 'PyYAML')
    equal(json.load(open(os.path.join(out['patch'], 'fixes.json')))['schema'], 'runmedic.patch/1')
    return s


@story
def without_a_checkout_the_files_come_from_github(hub):
    s = Scene(hub)
    run = s.ci()
    subprocess.run(['git', 'clone', '-q', s.repository.path, s.path('clone')], check=True)  # of another commit
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL), workspace=s.path('clone')), 0, s.said)
    out = s.outputs()
    equal(out['decision'], 'heal', s.said)
    subprocess.run(['git', '-C', s.path('clone'), 'checkout', '-q', s.pull['sha']], check=True)
    subprocess.run(['git', '-C', s.path('clone'), 'apply', os.path.join(out['patch'], 'runmedic.patch')], check=True)
    equal(json.load(open(os.path.join(out['patch'], 'fixes.json')))['base'], s.pull['sha'])
    has(s.comments()[0]['body'], '+PyYAML')
    blobs = hub.requests(operation='git/get-blob')
    assert 0 < len(blobs) < 20, f'{len(blobs)} files were read'
    return s


@story
def files_that_are_not_those_of_the_list_heal_nothing(hub):
    s = Scene(hub)
    run = s.ci()
    hub.fault('status', status=404, operation='git/get-blob', count=0)
    equal(s.act('workflow_run', s.payload(run), hub.token(**ALL)), 2, s.said)
    equal((s.outputs()['decision'] == 'heal', s.outputs()['patch']), (False, ''))
    equal((len(s.checks()), len(s.comments())), (1, 1))
    return s


# ---- what a token may not ---------------------------------------------------------------------------


def without(hub, *names):
    return hub.token(**{k: v for k, v in ALL.items() if k not in names}, **{k: 'read' for k in names if k != 'statuses'})


@story
def without_checks_a_status_says_it(hub):
    s = Scene(hub)
    equal(s.act('workflow_run', s.payload(s.ci()), without(hub, 'checks')), 0, s.said)
    equal((len(s.checks()), len(s.comments())), (0, 1))
    equal([x['context'] for x in hub.state(SLUG)['statuses']], ['runmedic / CI'])
    has(s.said, 'checks: write')
    has(s.read('summary'), 'checks: write')
    return s


@story
def without_comments_the_check_says_it(hub):
    s = Scene(hub)
    equal(s.act('workflow_run', s.payload(s.ci()), without(hub, 'pull_requests', 'issues')), 0, s.said)
    equal((len(s.checks()), len(s.comments())), (1, 0))
    has(s.said, ': write')
    return s


@story
def with_a_token_that_only_reads_the_summary_says_it(hub):
    s = Scene(hub)
    token = hub.token(actions='read', contents='read', pull_requests='read', checks='read')
    equal(s.act('workflow_run', s.payload(s.ci()), token), 0, s.said)
    equal((len(s.checks()), len(s.comments())), (0, 0))
    has(s.read('summary'), 'inventory/config.py', 'checks: write')
    return s


@story
def where_nothing_takes_it_the_file_does(hub):
    s = Scene(hub)
    token = hub.token(actions='read', contents='read', pull_requests='read')
    equal(s.act('workflow_run', s.payload(s.ci()), token, home={'GITHUB_STEP_SUMMARY': s.path('no', 'such', 'folder')}), 0, s.said)
    has(open(s.outputs()['report'], encoding='utf-8').read(), 'inventory/config.py')
    return s


@story
def without_logs_it_says_which_permission_is_missing(hub):
    s = Scene(hub)
    token = hub.token(contents='read', checks='write', pull_requests='write')
    equal(s.act('workflow_run', s.payload(s.ci()), token), 2, s.said)
    has(s.said, 'actions: read')
    return s


@story
def limits_and_broken_connections_double_nothing(hub):
    s = Scene(hub)
    run = s.ci()
    token = hub.token(**ALL)
    hub.fault('secondary', method='POST', retry_after=1, nth=1, count=1)
    hub.fault('reset', method='GET', nth=3, count=1)
    hub.fault('status', status=502, method='GET', nth=5, count=1)
    equal(s.act('workflow_run', s.payload(run), token), 0, s.said)
    equal((len(s.checks()), len(s.comments())), (1, 1))
    return s


@story
def answers_that_are_lost_double_nothing(hub):
    s = Scene(hub)
    run = s.ci()
    token = hub.token(**ALL)
    hub.fault('lost', operation='checks/create', nth=1, count=1)
    hub.fault('lost', operation='issues/create-comment', nth=1, count=1)
    for _ in range(2):
        equal(s.act('workflow_run', s.payload(run), token), 0, s.said)
    equal((len(s.checks()), len(s.comments())), (1, 1))
    equal(len(s.checks()[0]['output']['annotations']), 2, 'annotations')
    return s


@story
def a_dry_run_writes_nothing(hub):
    s = Scene(hub)
    equal(s.act('workflow_run', s.payload(s.ci()), hub.token(**ALL), dry_run='true'), 0, s.said)
    equal(hub.writes(), [], 'writes')
    assert not os.path.exists(s.path('history.db')), 'the history was written'
    has(s.read('summary'), 'inventory/config.py')
    return s


@story
def a_pull_request_that_is_switched_off_is_left_alone(hub):
    s = Scene(hub, labels=['runmedic: off'])
    equal(s.act('workflow_run', s.payload(s.ci()), hub.token(**ALL)), 0, s.said)
    equal(hub.writes(), [], 'writes')
    has(s.read('summary'), 'inventory/config.py')
    return s


@story
def the_token_is_nowhere(hub):
    s = Scene(hub)
    token = hub.token(**ALL)
    secret = s.hub.env(token, SLUG)['GITHUB_TOKEN']
    trace = ['strace', '-f', '-qq', '-e', 'trace=execve,clone,clone3,fork,vfork', '-o', s.path('trace'), PROGRAM, 'action']
    traced = shutil.which('strace') is not None
    env = {'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'} if traced else {}
    equal(s.act('workflow_run', s.payload(s.ci()), token, program=trace if traced else None, home=env), 0, s.said)
    assert secret not in s.said, 'the token is in the output'
    for folder, _, names in os.walk(s.folder):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as f:
                assert secret.encode() not in f.read(), f'the token is in {name}'
    for request in hub.journal():
        assert secret not in request['path'] + str(request.get('query')) + str(request.get('body')), 'the token is in a request'
        assert request['origin'] != 'blob' or request['authorization'] == 'none', 'the blob store saw it'
    if traced:
        equal(len(re.findall(r'execve\(', s.read('trace'))), 1, 'programs started')
    return s


# ---- failing the step ---------------------------------------------------------------------------------


@story
def fail_on_decides_about_the_step(hub):
    s = Scene(hub)
    run = s.ci()
    token = hub.token(**ALL)
    for fail_on, wanted in (('never', 0), ('failure', 1), ('unhealed', 0), ('trouble', 0)):
        equal(s.act('workflow_run', s.payload(run), token, fail_on=fail_on), wanted, fail_on)
    bug = s.ci(jobs=[job('test', log=case_log('go-test-assert'))])
    equal(s.act('workflow_run', s.payload(bug), token, fail_on='unhealed'), 1)
    equal(s.act('workflow_run', s.payload(run), token, mode='no-such-mode'), 2)
    equal(s.act('workflow_run', s.payload(run), token, config='../outside.yml'), 2)
    return s


# ---- mode heal: in the job that failed, without a token ------------------------------------------------


@story
def what_a_step_left_behind_is_healed_where_it_failed(hub):
    s = Scene(hub)
    clone = s.path('clone')
    subprocess.run(['git', 'clone', '-q', s.repository.path, clone], check=True)
    base = {'repository': {'full_name': SLUG, 'default_branch': 'main'}}
    equal(s.act('push', base, mode='heal', workspace=clone, fail_on='unhealed'), 0, s.said)
    equal((s.said.count('\n'), s.outputs()['patch']), (1, ''), s.said)
    fake = s.path('fake')
    os.makedirs(fake)
    for name, text in (('pip', 'echo "Collecting click"'), ('pytest', 'cat "$LOG"; exit 1')):
        with open(os.path.join(fake, name), 'w') as f:
            f.write(f'#!/bin/sh\n{text}\n')
        os.chmod(os.path.join(fake, name), 0o755)
    with open(s.path('said.log'), 'w') as f:
        f.write('inventory/config.py:1: in <module>\n    import yaml\nE   ModuleNotFoundError: No module named \'yaml\'\n')
    env = {'PATH': f'{fake}:{os.environ["PATH"]}', 'HOME': s.folder, 'GITHUB_ACTIONS': 'true', 'RUNNER_TEMP': s.path('temp'), 'LOG': s.path('said.log')}
    for command, status in ((['pip', 'install', '-r', 'requirements.txt'], 0), (['pytest'], 1)):
        done = subprocess.run([PROGRAM, 'run', '-q', '--', *command], env=env, cwd=clone, capture_output=True)
        equal(done.returncode, status, done.stderr)
    equal(s.act('push', base, mode='heal', workspace=clone, fail_on='failure'), 1, s.said)
    equal(s.act('push', base, mode='heal', workspace=clone, fail_on='unhealed'), 0, s.said)
    out = s.outputs()
    equal((out['decision'], out['category']), ('heal', 'dependency'))
    subprocess.run(['git', '-C', clone, 'apply', os.path.join(out['patch'], 'runmedic.patch')], check=True)
    has(s.read('clone', 'requirements.txt'), 'PyYAML')
    equal(hub.requests(), [], 'requests')
    return s


# ---- what is not to be believed ------------------------------------------------------------------------


def obeyed(said):
    """The lines that the runner takes for commands of its own (ActionCommand.cs: both ways to write one, on both streams)."""
    lines, word = [], None
    for line in said.splitlines():
        if word:
            word = None if line.strip() == f'::{word}::' else word
        elif line.strip().startswith('::stop-commands::'):
            word = line.strip()[17:]
        elif line.strip().startswith('::') or re.search(r'##\[[a-z-]+[ \]]', line):
            lines.append(line)
    return lines


@story
def names_of_jobs_are_no_commands(hub):
    s = Scene(hub)
    evil = 'a\n::set-output name=pr-url::evil\n##[set-output name=check-url]evil'
    run = s.ci([job(evil, log=case_log(s.case)), job(evil + ' 2')])
    s.act('workflow_run', s.payload(run), hub.token(**ALL))
    has(s.said, 'pr-url')
    equal([line for line in obeyed(s.said) if not line.startswith('::notice::runmedic')], [])
    return s


@story
def the_word_of_the_step_ends_what_it_began(hub):
    """start.sh ends it after a crash, so it has to be that one."""
    s = Scene(hub)
    word = '3f1a2b4c-0d5e-4f60-8a7b-9c0d1e2f3a4b'
    equal(s.act('workflow_run', s.payload(s.ci()), hub.token(**ALL), home={'RUNMEDIC_STOP_TOKEN': word}), 0, s.said)
    has(s.said, f'::stop-commands::{word}\n', f'\n::{word}::\n')
    return s


@story
def a_history_that_cannot_be_written_hides_no_diagnosis(hub):
    s = Scene(hub)
    os.makedirs(s.path('plain'))
    os.makedirs(s.path('plain', 'history.db'))
    equal(s.act('workflow_run', s.payload(s.ci()), hub.token(**ALL), db=s.path('plain', 'history.db')), 2, s.said)
    has(s.read('summary'), 'inventory/config.py', 'nothing is recorded')
    equal((len(s.checks()), len(s.comments())), (1, 1))
    equal(s.outputs()['category'], 'dependency')
    return s


# ---- configuration ---------------------------------------------------------------------------------------


@story
def the_configuration_is_that_of_the_default_branch(hub):
    s = Scene(hub)
    hub.push(s.repository, 'main', {'.github/runmedic.yml': 'scope: {workflows: [Docs]}\n'})
    os.makedirs(s.path('.github'))
    with open(s.path('.github', 'runmedic.yml'), 'w') as f:
        f.write('scope: {workflows: [CI]}\n')
    equal(s.act('workflow_run', s.payload(s.ci()), hub.token(**ALL)), 0, s.said)
    has(s.said, 'scope.workflows')
    equal((len(s.checks()), len(s.comments())), (0, 0))
    return s


# ---- other events ----------------------------------------------------------------------------------------


@story
def the_schedule_syncs_and_reports(hub):
    s = Scene(hub)
    s.ci()
    s.ci(jobs=[job('test', conclusion='success')], conclusion='success')
    equal(s.act('schedule', {'repository': {'full_name': SLUG, 'default_branch': 'main'}}, hub.token(**ALL)), 0, s.said)
    equal(s.rows('SELECT count(*) FROM runs'), [(2,)])
    has(s.read('summary'), 'yaml')
    has(open(s.outputs()['report'], encoding='utf-8').read(), 'yaml')
    equal(hub.writes(), [], 'writes')
    return s


@story
def what_is_not_for_us_is_one_notice(hub):
    s = Scene(hub)
    token = hub.token(**ALL)
    base = {'repository': {'full_name': SLUG, 'default_branch': 'main'}}
    own = s.payload(s.ci())
    own['workflow_run']['name'] = 'medic'
    for event, payload in (('push', base), ('pull_request', {**base, 'action': 'opened', 'pull_request': {'number': 1}}),
                           ('issue_comment', {**base, 'action': 'created', 'comment': {'body': 'runmedic applies'}, 'issue': {'number': 1, 'pull_request': {}}}),
                           ('workflow_run', own)):
        equal(s.act(event, payload, token), 0, s.said)
        equal([line.startswith('::notice::') for line in s.said.splitlines()], [True], s.said)
    equal(hub.writes(), [], 'writes')
    asked = len(hub.requests())
    equal(s.act('push', base, hub.token(contents='none')), 0, s.said)
    equal((len(s.said.splitlines()), len(hub.requests())), (1, asked), 'GitHub is not asked for nothing')
    return s


if __name__ == '__main__':
    sys.exit(scene.main('stories'))
