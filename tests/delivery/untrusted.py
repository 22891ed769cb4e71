"""Patches that the jobs of a run left behind."""
import difflib, json, os, re, subprocess

from common import PR, BRANCH, config, app, told, again, fix_pulls, one_fix_pull, fix_branches, tip, suggested, comment, pushes  # first: it finds the others
import scene
from fake_github import artifact
from scene import ALL, SLUG, Scene, equal, files_of, has, story

# ---- patches of untrusted jobs ---------------------------------------------------------------------------------------

CASE = 'py-black-reformat'  # nothing heals it but black, which never runs beside a token
EXPORT = 'inventory/export.py'


def signatures(case):
    log = os.path.join(scene.CASES, case, 'log.txt')
    found = json.loads(subprocess.run([scene.PROGRAM, 'analyze', log, '--format', 'json'], capture_output=True, check=True).stdout)['findings']
    return [(f['rule'], f['signature']) for f in found]


def diff_of(path, old, new, head=''):
    lines = ''.join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), f'a/{path}', f'b/{path}'))
    return f'diff --git a/{path} b/{path}\n{head}{lines}'


def claim(**more):
    """What black would do in the job that failed: inventory/export.py is written anew."""
    old = files_of(CASE)[EXPORT]
    rule, signature = signatures(CASE)[0]
    return {'fixer': 'python/black', 'rule': rule, 'signature': signature, 'tier': 'heal', 'confidence': 0.97, 'summary': 'reformat', 'reason': 'black said so',
            'files': [EXPORT], 'diff': diff_of(EXPORT, old, old.replace("'", '"')), 'proof': {'command': ['black', '--check', EXPORT], 'exit_code': 0}, **more}


def bundle(s, *fixes, **more):
    return {'schema': 'runmedic.patch/1', 'base': s.pull['sha'], 'repository': SLUG, 'fixes': list(fixes or [claim()]), **more}


def brought(hub, make, config=PR, fork=False, mode='auto', token=None):
    """A red run whose job left a patch; `make` gets the scene and gives the bundle, or the text of the file."""
    s = Scene(hub, case=CASE, config=config, fork=fork)
    text = make(s)
    files = {'fixes.json': text if isinstance(text, str) else json.dumps(text), 'runmedic.patch': 'not looked at\n'}
    s.token, s.red = token or app(hub), s.ci(artifacts=[artifact('runmedic-patch-test-0', files=files)])
    again(s, mode=mode)
    return s


@story
def the_patch_of_an_untrusted_job_is_delivered(hub):
    """users-ask 10 and 11."""
    s = brought(hub, bundle)
    pull = one_fix_pull(s)
    equal(s.repository.file(EXPORT, pull['pull']['head']['sha']), files_of(CASE)[EXPORT].replace("'", '"'))
    equal(s.repository.git('diff', '--name-only', s.pull['sha'], pull['pull']['head']['sha']).split(), [EXPORT])
    assert 'black said so' not in pull['body'] + comment(s), 'words of the untrusted job'
    return s


@story
def mode_publish_takes_nothing_but_the_patch(hub):
    s = brought(hub, bundle, mode='publish')
    equal(s.repository.git('diff', '--name-only', s.pull['sha'], one_fix_pull(s)['pull']['head']['sha']).split(), [EXPORT])
    t = Scene(hub, config=PR, head='other')
    t.token = s.token
    again(t, t.ci(), mode='publish')
    equal(len(fix_pulls(s)), 1, 'what could be healed natively is not')
    t.end()
    return s


@story
def a_patch_for_githubs_test_merge_is_for_its_head(hub):
    """actions/checkout checks a pull request out as its merge into the base."""
    def make(s):
        tree = s.repository.git('rev-parse', f'{s.pull["sha"]}^{{tree}}')
        merge = s.repository.git('-c', 'user.name=x', '-c', 'user.email=x@x', 'commit-tree', tree, '-p', 'main', '-p', s.pull['sha'], '-m', 'merge')
        s.repository.git('update-ref', f'refs/pull/{s.pull["number"]}/merge', merge)
        return bundle(s, base=merge)
    s = brought(hub, make)
    one_fix_pull(s)
    return s


@story
def a_fork_may_bring_a_patch_and_gets_it_in_words_only(hub):
    s = brought(hub, bundle, fork=True, config=BRANCH)
    equal((pushes(s), fix_pulls(s), [r for r in hub.writes() if '/octo/' in r['path']]), ([], [], []))
    has(comment(s), 'python/black')
    return s


@story
def the_same_patch_of_every_leg_is_delivered_once(hub):
    s = Scene(hub, case=CASE, config=PR)
    s.token = app(hub)
    again(s, s.ci(artifacts=[artifact(f'runmedic-patch-test-{n}', files={'fixes.json': json.dumps(bundle(s))}) for n in range(4)]))
    equal(len(s.repository.git('rev-list', f'{s.pull["sha"]}..{fix_branches(s)[0]}').split()), 1)
    return s


def refused(name, why, make):
    def told_so(hub):
        s = brought(hub, make)
        equal((fix_pulls(s), pushes(s), suggested(s), tip(s)), ([], [], [], s.pull['sha']), s.said)
        has(s.read('summary'), why)
        assert '```diff' not in comment(s) + s.read('summary') and 'git apply' not in comment(s), 'it is shown all the same'
        equal(s.outputs()['patch'], '')
        return s
    told_so.__name__ = f'an_untrusted_patch_with_{name}_is_refused'
    return story(told_so)


def with_diff(diff, **more):
    return lambda s: bundle(s, claim(diff=diff, **more))


def new_file(path, text, mode='100644'):
    body = ''.join(f'+{line}' for line in text.splitlines(True))
    return f'diff --git a/{path} b/{path}\nnew file mode {mode}\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(text.splitlines())} @@\n{body}'


OLD = files_of(CASE)[EXPORT]
GOOD = diff_of(EXPORT, OLD, OLD.replace("'", '"'))
refused('a_changed_base', 'was judged', lambda s: bundle(s, base='0' * 40))
refused('another_repository', 'another repository', lambda s: bundle(s, repository='evil/widgets'))
refused('another_schema', 'schema', lambda s: bundle(s, schema='runmedic.patch/9'))
refused('no_json', 'cannot be read', lambda s: '{"schema": "runmedic.patch/1", ')
refused('an_extra_file', 'the diff also changes inventory/evil.py', with_diff(GOOD + new_file('inventory/evil.py', 'import os\n')))
refused('a_file_it_did_not_name', 'the diff also changes inventory/report.py', with_diff(diff_of('inventory/report.py', files_of(CASE)['inventory/report.py'], 'x = 1\n')))
refused('a_workflow_edit', 'nothing below .github is changed', with_diff(new_file('.github/workflows/evil.yml', 'on: push\n'), files=['.github/workflows/evil.yml']))
refused('a_symlink', 'mode 120000', with_diff(new_file('inventory/link.py', '/etc/passwd', '120000'), files=['inventory/link.py']))
refused('a_mode_trick', 'mode 104755', with_diff(diff_of(EXPORT, OLD, OLD.replace("'", '"'), 'old mode 100644\nnew mode 104755\n')))
refused('an_executable_bit', 'mode', with_diff(f'diff --git a/{EXPORT} b/{EXPORT}\nold mode 100644\nnew mode 100755\n'))
refused('a_submodule', 'mode 160000', with_diff(new_file('inventory/sub.py', 'Subproject commit ' + '1' * 40 + '\n', '160000'), files=['inventory/sub.py']))
refused('a_huge_diff', 'the limit is 400', with_diff(diff_of(EXPORT, OLD, ''.join(f'x{n} = {n}\n' for n in range(3000)))))
refused('a_diff_beyond_all_limits', 'cannot be read', with_diff('x' * (3 << 20)))
refused('a_secret', 'looks like a secret', with_diff(diff_of(EXPORT, OLD, OLD + 'TOKEN = "ghp_' + 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5' + '"\n')))
refused('a_path_outside', 'component of dots', with_diff(new_file('../evil.py', 'x = 1\n'), files=['../evil.py']))
refused('a_context_that_does_not_fit', 'does not', with_diff(re.sub(r'\n-(?!-)', '\n-zz', GOOD)))
refused('a_fixer_that_does_not_answer', 'nothing that we found', lambda s: bundle(s, claim(fixer='rust/clippy')))
refused('a_fixer_that_is_none', 'there is no fixer', lambda s: bundle(s, claim(fixer='evil/fixer')))
refused('a_rule_that_nobody_found', 'nothing that we found', lambda s: bundle(s, claim(rule='python/isort', signature=None)))
refused('a_signature_that_nobody_found', 'nothing that we found', lambda s: bundle(s, claim(signature='1:' + '0' * 64)))
refused('a_confidence_beyond_one', 'cannot be read', lambda s: bundle(s, claim(confidence=7)))
refused('a_tier_that_is_none', 'cannot be read', lambda s: bundle(s, claim(tier='off')))


@story
def a_claimed_tier_is_no_more_than_the_configuration_allows(hub):
    s = brought(hub, bundle, config=config('deliver: pr, fixers: {python/black: review}'))
    equal(one_fix_pull(s)['pull']['draft'], True)
    return s


@story
def a_claimed_confidence_below_the_configured_one_is_for_a_person(hub):
    s = brought(hub, lambda s: bundle(s, claim(confidence=0.5)), config=BRANCH)
    equal((tip(s), pushes(s)), (s.pull['sha'], []))
    return s


@story
def no_program_runs_on_what_was_brought(hub):
    s = Scene(hub, case=CASE, config=PR)
    s.token = app(hub)
    red = s.ci(artifacts=[artifact('runmedic-patch-test-0', files={'fixes.json': json.dumps(bundle(s))})])
    if not scene.shutil.which('strace'):
        return s
    trace = ['strace', '-f', '-qq', '-e', 'trace=execve', '-o', s.path('trace'), scene.PROGRAM, 'action']
    env = {'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'}
    equal(s.act('workflow_run', s.payload(red), s.token, program=trace, home=env), 0, s.said)
    one_fix_pull(s)
    equal(len(re.findall(r'execve\(', s.read('trace'))), 1, 'programs started')
    return s


@story
def a_workflow_fix_takes_an_app_that_may(hub):
    """users-ask 7: "Refusing to allow a GitHub App to create or update workflow"."""
    s = told(hub, case='wf-permissions-missing', config=PR, token=hub.token(**ALL))
    equal((fix_pulls(s), fix_branches(s)), ([], []))
    return s
