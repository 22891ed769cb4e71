"""`runmedic publish` and `runmedic heal --pr`, by hand."""
import json, os, subprocess, warnings

from common import PR, config, app, fix_pulls, one_fix_pull, fix_branches, pushes, is_healed  # first: it finds the others
import scene
from scene import ALL, SLUG, Scene, equal, has, story
from untrusted import CASE, bundle, signatures

warnings.simplefilter('ignore')  # newer jsonschema would rather have `referencing`, which Debian 12 has not

# ---- publish ---------------------------------------------------------------------------------------------------------


def save(s, text):
    with open(s.path('fixes.json'), 'w', encoding='utf-8') as f:
        f.write(text if isinstance(text, str) else json.dumps(text))
    return s.path('fixes.json')


def published(hub, config=PR, **more):
    s = Scene(hub, case=CASE, config=config, **more)
    s.token, s.red = app(hub), s.ci()
    with open(s.path('runmedic.yml'), 'w') as f:
        f.write(config)
    return s


def judged(answer):
    """By docs/schema/publish.json, where the machine can."""
    try:
        import jsonschema
    except ImportError:
        return answer
    folder = os.path.join(scene.TESTS, '..', 'docs', 'schema')
    store = {name: json.load(open(os.path.join(folder, name), encoding='utf-8')) for name in ('publish.json', 'vocabulary.json')}
    resolver = jsonschema.RefResolver('publish.json', store['publish.json'], store=store)
    jsonschema.Draft202012Validator(store['publish.json'], resolver=resolver).validate(answer)
    equal(sorted(answer), sorted(store['publish.json']['properties']), 'members')
    return answer


def publish(s, *args, text=None, status=0):
    equal(s.run('publish', save(s, text or bundle(s)), '--run', str(s.red['id']), '--config', s.path('runmedic.yml'), '--format', 'json', *args, token=s.token),
          status, s.said)
    return judged(json.loads(s.out)) if status == 0 else None


@story
def publish_delivers_as_the_action_does(hub):
    s = published(hub)
    said = publish(s)
    pull = one_fix_pull(s)
    equal((said['schema'], said['way'], said['pull_request']['number'], said['run']), ('runmedic.publish/1', 'pr', pull['number'], s.red['id']))
    equal([(f['fixer'], f['status'], f['way']) for f in said['fixes']], [('python/black', 'accepted', 'pr')])
    equal(publish(s)['pull_request']['number'], pull['number'])
    equal(len(fix_pulls(s)), 1)
    return s


@story
def publish_only_lowers_what_is_configured(hub):
    s = published(hub)
    equal(publish(s, '--dry-run')['way'], 'none')
    equal(publish(s, '--deliver', 'none')['way'], 'none')
    said = publish(s, '--deliver', 'suggest')
    equal((said['way'], pushes(s), fix_pulls(s)), ('patch', [], []))
    equal([r for r in hub.writes()], [])
    return s


@story
def publish_refuses_with_reasons(hub):
    s = published(hub)
    said = publish(s, text=bundle(s, base='1' * 40))
    equal((said['way'], said['fixes'][0]['status']), ('none', 'refused'))
    has(said['fixes'][0]['reason'], 'was judged')
    publish(s, text='nonsense', status=2)
    has(s.said, 'patch bundle')
    equal(s.run('publish', s.path('not-there.json'), '--run', '1', token=s.token), 2)
    equal(s.run('publish', token=s.token), 2)
    equal(hub.writes(), [])
    return s


@story
def publish_without_a_run_is_for_a_person(hub):
    s = published(hub)
    clone = s.path('clone')
    subprocess.run(['git', 'clone', '-q', '-b', s.head, s.repository.path, clone], check=True)
    args = ('--repo', clone, '--config', s.path('runmedic.yml'), '--format', 'json')
    equal(s.run('publish', save(s, bundle(s)), *args, token=s.token), 0, s.said)
    said = json.loads(s.out)
    equal((said['way'], said['run'], said['fixes'][0]['tier'], one_fix_pull(s)['pull']['draft']), ('pr', None, 'review', True))
    subprocess.run(['git', '-C', clone, 'checkout', '-q', 'main'], check=True)
    equal(s.run('publish', save(s, bundle(s)), *args, token=s.token), 0, s.said)
    has(json.loads(s.out)['fixes'][0]['reason'], 'was judged')
    return s


# ---- heal --pr ---------------------------------------------------------------------------------------------------------


def laptop(hub, **more):
    s = Scene(hub, **more)
    s.token = hub.token(kind='fine', login='keeper', **ALL)
    s.clone = s.path('clone')
    subprocess.run(['git', 'clone', '-q', '-b', s.head, s.repository.path, s.clone], check=True)
    for name, value in (('user.name', 'A Person'), ('user.email', 'person@example.org')):
        subprocess.run(['git', '-C', s.clone, 'config', name, value], check=True)
    s.log = os.path.join(scene.CASES, s.case, 'log.txt')
    return s


@story
def heal_pr_opens_it_from_a_laptop(hub):
    s = laptop(hub)
    equal(s.run('heal', s.log, '--repo', s.clone, '--repository', SLUG, '--pr', '--no-tools', token=s.token), 0, s.said)
    pull = one_fix_pull(s)
    has(s.out, f'pull request #{pull["number"]}', f'/pull/{pull["number"]}')
    is_healed(s, pull['pull']['head']['sha'])
    commit = s.repository.commit(pull['pull']['head']['sha'])
    equal((commit['author'], commit['parents']), ('A Person', [s.pull['sha']]))
    has(commit['message'], 'Runmedic-Fixer: python/requirement')
    equal(subprocess.run(['git', '-C', s.clone, 'status', '--porcelain'], capture_output=True, text=True).stdout, '', 'work tree')
    equal(s.run('heal', s.log, '--repo', s.clone, '--repository', SLUG, '--pr', '--no-tools', token=s.token) in (0, 2), True)
    equal(len(fix_pulls(s)), 1)
    return s


@story
def heal_pr_keeps_the_signature_of_a_person(hub):
    """users-ask 8: signed-commit rules. A key signs on the laptop, and the commit arrives as it was signed."""
    if not scene.shutil.which('ssh-keygen'):
        return Scene(hub)
    s = laptop(hub)
    key = s.path('key')
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key], check=True)
    with open(s.path('runmedic.yml'), 'w') as f:
        f.write(config(f'signing_key: {key}'))
    args = ('--repo', s.clone, '--repository', SLUG, '--pr', '--config', s.path('runmedic.yml'))
    equal(s.run('heal', s.log, *args, token=s.token), 0, s.said)
    has(s.repository.git('cat-file', 'commit', one_fix_pull(s)['pull']['head']['sha']), 'gpgsig -----BEGIN SSH SIGNATURE-----')
    return s


@story
def heal_pr_answers_in_json(hub):
    s = laptop(hub)
    equal(s.run('heal', s.log, '--repo', s.clone, '--repository', SLUG, '--pr', '--no-tools', '--format', 'json', token=s.token), 0, s.said)
    heal, publish = [json.loads(line) for line in s.out.splitlines()]
    equal((heal['schema'], judged(publish)['pull_request']['number']), ('runmedic.heal/1', one_fix_pull(s)['number']))
    return s


@story
def heal_pr_refuses_what_is_not_on_github(hub):
    s = laptop(hub)
    with open(os.path.join(s.clone, 'mine.txt'), 'w') as f:
        f.write('x\n')
    subprocess.run(['git', '-C', s.clone, 'add', '.'], check=True)
    subprocess.run(['git', '-C', s.clone, 'commit', '-qm', 'mine'], check=True)
    equal(s.run('heal', s.log, '--repo', s.clone, '--repository', SLUG, '--pr', '--no-tools', token=s.token), 2, s.said)
    has(s.said, 'push or pull first')
    equal((fix_pulls(s), fix_branches(s)), ([], []))
    equal(subprocess.run(['git', '-C', s.clone, 'branch', '--list', 'runmedic/*'], capture_output=True, text=True).stdout, '')
    return s


@story
def heal_pr_delivers_no_commit_that_may_not_be(hub):
    """The commits stand on each other: one that is ignored would come along."""
    other = 'gen-missing-final-newline'
    s = laptop(hub, changes=scene.files_of(other))
    logs = [s.log, os.path.join(scene.CASES, other, 'log.txt')]
    equal(s.run('ignore', signatures(other)[0][1], token=s.token), 0, s.said)
    equal(s.run('heal', *logs, '--repo', s.clone, '--repository', SLUG, '--pr', '--record', '--no-tools', token=s.token) in (0, 1, 2), True, s.said)
    equal(fix_pulls(s), [], s.said)
    has(s.said, 'is among them', 'ignored')
    return s


@story
def heal_pr_without_a_token_says_so(hub):
    s = laptop(hub)
    equal(s.run('heal', s.log, '--repo', s.clone, '--repository', SLUG, '--pr', '--no-tools'), 2, s.said)
    has(s.said, 'needs a token')
    return s
