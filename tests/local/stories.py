#!/usr/bin/env python3
"""Signed local CI from the laptop to the check run, against the fake GitHub of tests/github.

usage: stories.py PROGRAM [NAME...]     last line: "local: N passed, N failed[, N skipped]"
"""
import base64, json, os, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from common import CONFIG, NAME, REF, REVOKED, SIGNERS, SLUG, VERIFIER, Desk, Key, SshKey, allowed, equal, has, now, run, scene, story


@story
def from_the_laptop_to_the_check_run(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    equal(d.status()['state'], 'pending', 'the status of what nobody verified')
    equal(d.dispatched(), 0, d.said)
    equal(d.trusted(), ['true'], d.said)
    check = d.check()
    equal(check['conclusion'], 'success', 'conclusion')
    has(check['output']['summary'], 'ann@', 'A signature proves')
    has(check['output']['text'], 'Coverage', '91.50', '80', 'Tests passed', '117 of 117', 'Lint issues', 'at most 5')
    equal(d.status()['state'], 'success', 'the status')
    return d


@story
def by_ssh_key(hub):
    d = Desk(hub, ssh=True)
    equal(d.post(), 0, d.said)
    has(d.out, 'SSH key SHA256:')
    equal(d.opened(), 0, d.said)
    equal(d.trusted(), ['true'], d.said)
    return d


@story
def a_fork_keeps_it_in_its_own_ref(hub):
    d = Desk(hub, fork=True)
    equal(d.post(), 0, d.said)
    has(d.out, 'is a fork')
    assert d.envelope(slug='octo/widgets') and not d.envelope(slug=SLUG), 'the envelope is not in the fork'
    equal(d.opened(), 0, d.said)
    equal(d.trusted(), ['true'], d.said)
    equal(d.check()['conclusion'], 'success', 'conclusion')
    return d


@story
def nobody_posted(hub):
    d = Desk(hub)
    equal(d.opened(), 0, d.said)
    d.refused('no-result', 'local run')
    return d


@story
def no_allowed_signers(hub):
    d = Desk(hub, signers='')
    equal(d.post(), 0, d.said)
    equal(d.dispatched(), 0, d.said)
    d.refused('no-allowed-signers')
    return d


@story
def a_stranger_signs(hub):
    d = Desk(hub)
    equal(d.post(key=Key(d.folder, 'other')), 0, d.said)
    has(d.said, 'not among the allowed signers')
    equal(d.dispatched(), 0, d.said)
    d.refused('unknown-key')
    return d


@story
def figures_below_the_thresholds(hub):
    d = Desk(hub)
    for reason, words, more in (('coverage', ['79.90', 'no'], dict(coverage=79.9)), ('lint', ['6'], dict(issues=6)),
                                ('tests', ['1 of 120 tests failed'], dict(tests=(120, 1, 3), failed=['tests/test_a.py::test_x']))):
        d.post(**more)
        equal(d.opened(), 0, d.said)
        d.refused('', *words)
    notes = d.check()['output']['annotations']
    equal([n['path'] for n in notes], ['tests/test_a.py'], 'annotations')
    return d


@story
def stale(hub):
    d = Desk(hub)
    equal(d.post(made=-25 * 60, expires=now(60)), 0, d.said)
    equal(d.dispatched(), 0, d.said)
    d.refused('expired', 'Age')
    return d


@story
def replayed_on_another_commit(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    old = d.envelope()
    sha = hub.push(SLUG, 'feature', {'src/a.py': 'x = 3\n'})
    d.place(old, sha)
    d.pull['sha'] = sha
    equal(d.opened(), 0, d.said)
    d.refused('other-commit')
    return d


@story
def replayed_after_a_revert(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    old, before = d.envelope(), d.pull['sha']
    hub.push(SLUG, 'feature', {'src/a.py': 'x = 3\n'})
    sha = hub.push(SLUG, 'feature', {'src/a.py': 'x = 2\n'})
    d.place(old, sha)
    equal(d.repository.git('rev-parse', sha + '^{tree}'), d.repository.git('rev-parse', before + '^{tree}'), 'the same tree')
    d.pull['sha'] = sha
    equal(d.opened(), 0, d.said)
    d.refused('other-commit')
    return d


@story
def only_the_default_branch_decides(hub):
    d = Desk(hub, signers='')
    mine = allowed(d.key)
    sha = hub.push(SLUG, 'feature', {SIGNERS: mine, '.github/runmedic.yml': 'version: 1\n'})
    d.git('fetch', '-q', d.bare(), sha)
    d.git('checkout', '-q', sha)
    d.pull['sha'] = sha
    equal(d.post(), 0, d.said)
    equal(d.dispatched(), 0, d.said)
    d.refused('no-allowed-signers')
    return d


@story
def another_configuration(hub):
    d = Desk(hub)
    sha = hub.push(SLUG, 'feature', {'.github/runmedic.yml': CONFIG.replace('coverage: 80', 'coverage: 8')})
    d.git('fetch', '-q', d.bare(), sha)
    d.git('checkout', '-q', sha)
    d.pull['sha'] = sha
    equal(d.post(), 0, d.said)
    equal(d.dispatched(), 0, d.said)
    d.refused('other-configuration')
    return d


@story
def no_configuration(hub):
    d = Desk(hub, config=None)
    equal(d.post(), 0, d.said)
    equal(d.dispatched(), 0, d.said)
    d.refused('other-configuration')
    return d


@story
def a_broken_configuration_fails_closed(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    hub.push(SLUG, 'main', {'.github/runmedic.yml': 'local: [\n'})
    equal(d.dispatched(), 2, d.said)
    equal(d.trusted(), ['false'], d.said)
    return d


@story
def key_rotation_in_between(hub):
    d = Desk(hub)
    new = Key(d.folder, 'new')
    equal(d.post(), 0, d.said)
    hub.push(SLUG, 'main', {SIGNERS: allowed(d.key, options='valid-before="20200101Z"') + allowed(new)})
    equal(d.opened(), 0, d.said)
    d.refused('key-not-valid-now')
    equal(d.post(key=new), 0, d.said)
    equal(d.opened(), 0, d.said)
    equal(d.trusted(), ['true'], d.said)
    equal(d.check()['conclusion'], 'success', 'the same check run turns green')
    equal(len(d.repository.git('rev-list', REF + d.pull['sha']).split()), 2, 'the older result is not overwritten')
    return d


@story
def a_revoked_key(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    hub.push(SLUG, 'main', {REVOKED: d.key.line + '\n'})
    equal(d.opened(), 0, d.said)
    d.refused('revoked-key')
    return d


@story
def a_signer_for_other_branches(hub):
    d = Desk(hub, signers='')
    hub.push(SLUG, 'main', {SIGNERS: '# branches=\n' + allowed(d.key, options='branches="release-*"')})
    equal(d.post(), 0, d.said)
    equal(d.opened(), 0, d.said)
    d.refused('signer-not-for-branch')
    return d


@story
def posting_twice(hub):
    d = Desk(hub)
    path = d.result(nonce='0123456789abcdef0123456789abcdef', expires=now(60))
    words = ['post', '--result', path, '--key', d.key.path]
    equal(d.command(*words, token=d.laptop), 0, d.said)
    equal(d.dispatched(), 0, d.said)
    before = len(hub.writes())
    equal(d.command(*words, token=d.laptop), 0, d.said)
    has(d.out, 'Already posted')
    equal(len(hub.writes()), before, 'writes of the second time')
    equal(d.status()['state'], 'success', 'the verdict still stands')
    return d


@story
def the_commit_is_not_pushed(hub):
    d = Desk(hub)
    d.git('commit', '-q', '--allow-empty', '-m', 'mine')
    equal(d.post(), 2, d.said)
    has(d.said, 'push it first')
    d.result(sha=d.pull['sha'])
    equal(d.command('post', '--result', d.path('result.json'), '--key', d.key.path, token=d.laptop), 2, d.said)
    has(d.said, 'HEAD is')
    return d


@story
def offline_then_later(hub):
    d = Desk(hub)
    path = d.result()
    equal(d.command('post', '--result', path, '--key', d.key.path, token=d.laptop, GITHUB_API_URL='http://127.0.0.1:9'), 2, d.said)
    has(d.said, 'not posted', '--envelope')
    kept = os.path.join(d.path('clone'), '.runmedic', 'envelope.json')
    assert os.path.exists(kept), 'the envelope is lost'
    equal(d.git('status', '--porcelain'), '', 'what git sees of it')
    equal(d.command('post', '--envelope', kept, token=d.laptop), 0, d.said)
    equal(d.dispatched(), 0, d.said)
    equal(d.trusted(), ['true'], d.said)
    assert not os.path.exists(kept), 'the envelope is kept though it was posted'
    return d


@story
def who_may_not_dispatch_is_told_what_to_press(hub):
    d = Desk(hub)
    hub.fault('status', method='POST', operation='repos/create-dispatch-event', status=403, count=9)
    equal(d.post(), 0, d.said)
    has(d.out, 'Run workflow', 'local-ci-verify.yml', d.pull['sha'])
    return d


@story
def who_may_not_write_refs(hub):
    d = Desk(hub)
    token = hub.token(kind='fine', login='ann', contents='read', statuses='write', pull_requests='read')
    equal(d.post(token=token), 2, d.said)
    has(d.said, 'not posted', '--envelope')
    return d


@story
def who_may_not_write_statuses(hub):
    d = Desk(hub)
    token = hub.token(kind='fine', login='ann', contents='write', pull_requests='read')
    equal(d.post(token=token), 0, d.said)
    has(d.out, 'nothing could be put beside the commit')
    assert d.envelope(), 'the envelope'
    return d


@story
def verify_without_checks_takes_the_status(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    equal(d.opened(token=hub.token(contents='read', statuses='write', pull_requests='read')), 0, d.said)
    equal([d.trusted(), d.status()['state']], [['true'], 'success'], d.said)
    return d


@story
def verify_that_may_not_write_anything_fails_closed(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    equal(d.opened(token=hub.token(contents='read', pull_requests='read')), 2, d.said)
    equal(d.trusted(), ['false'], d.said)
    has(d.said, 'could not be posted')
    return d


@story
def trouble_takes_back_what_stood_there(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    equal(d.opened(), 0, d.said)
    equal(d.status()['state'], 'success', 'first')
    hub.push(SLUG, 'main', {'.github/runmedic.yml': 'local: [\n'})
    equal(d.opened(), 2, d.said)
    equal([d.status()['state'], d.check()['conclusion'], d.trusted()], ['error', 'failure', ['false']], 'after trouble')
    return d


def queue(d, sha, number=None):
    """The queue's own commit."""
    base = d.repository.git('rev-parse', 'refs/heads/main')
    return {'action': 'checks_requested', 'merge_group': {'head_sha': sha, 'base_sha': base, 'base_ref': 'refs/heads/main',
            'head_ref': f'refs/heads/gh-readonly-queue/main/pr-{number or d.pull["number"]}-{base}'}}


def merged(d, hub, *heads):
    """A merge commit of the heads on main, in a branch of the queue."""
    git = d.repository.git
    at = git('rev-parse', 'refs/heads/main')
    for head in heads:
        tree = git('merge-tree', '--write-tree', at, head).split()[0]
        at = git('-c', 'user.name=q', '-c', 'user.email=q@example.org', 'commit-tree', tree, '-p', at, '-p', head, '-m', 'merge')
    git('update-ref', f'refs/heads/gh-readonly-queue/main/pr-{d.pull["number"]}', at)
    return at


@story
def a_merge_group_with_an_attested_tree(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    sha = merged(d, hub, d.pull['sha'])
    equal(d.event('merge_group', queue(d, sha)), 0, d.said)
    equal(d.trusted(), ['true'], d.said)
    equal(d.check(sha)['conclusion'], 'success', 'the check of the queue')
    return d


@story
def a_merge_group_with_another_tree(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    hub.push(SLUG, 'main', {'other.txt': 'moved on\n'})
    sha = merged(d, hub, d.pull['sha'])
    equal(d.event('merge_group', queue(d, sha)), 0, d.said)
    equal(d.trusted(), ['false'], d.said)
    has(d.check(sha)['output']['title'], 'other-tree')
    return d


@story
def a_spot_audit_that_holds(hub):
    d = Desk(hub, config=CONFIG.replace('audit_rate: 0', 'audit_rate: 1'))
    secret = {'RUNMEDIC_AUDIT_SECRET': 's3cret'}
    equal(d.post(), 0, d.said)
    equal(d.opened(home=secret), 0, d.said)
    d.refused('spot-audit')
    equal(d.status()['state'], 'pending', 'full CI decides')
    after_ci(d, passed=117, skipped=3)
    equal(d.check()['conclusion'], 'success', d.said)
    equal(d.status()['state'], 'success', 'afterwards')
    return d


def after_ci(d, passed=117, failed=0, skipped=3, conclusion=None):
    """Full CI runs for the commit, and medic hears of it."""
    bad = ''.join(f'FAILED tests/test_a.py::test_{i} - assert 1 == 2\n' for i in range(failed))
    line = ', '.join(f'{n} {what}' for n, what in ((failed, 'failed'), (passed, 'passed'), (skipped, 'skipped')) if n)
    text = (f'##[group]Run pytest\npytest\n##[endgroup]\n============================= test session starts ==============================\n'
            f'collected {passed + failed + skipped} items\n\n=========================== short test summary info ============================\n{bad}'
            f'================== {line} in 3.21s ==================\n')
    conclusion = conclusion or ('failure' if failed else 'success')
    if failed:
        text += '##[error]Process completed with exit code 1.\n'
    stamped = ''.join(f'2026-11-21T09:00:{i:02d}.0000000Z {one}\n' for i, one in enumerate(text.splitlines()))
    ci = d.ci(jobs=[scene.job('test', conclusion=conclusion, log=stamped)], conclusion=conclusion)
    token = d.hub.token(actions='read', contents='read', checks='write', statuses='write', pull_requests='write')
    status = d.act('workflow_run', d.payload(ci), token, home={'RUNMEDIC_AUDIT_SECRET': 's3cret'})
    equal(status, 0, d.said)


@story
def a_lie_is_found_and_remembered(hub):
    d = Desk(hub, config=CONFIG.replace('audit_rate: 0', 'audit_rate: 1'))
    equal(d.post(), 0, d.said)
    equal(d.opened(home={'RUNMEDIC_AUDIT_SECRET': 's3cret'}), 0, d.said)
    d.refused('spot-audit')
    after_ci(d, passed=115, failed=2)
    equal(d.check()['conclusion'], 'failure', 'after the lie')
    has(d.check()['output']['title'], 'signer-flagged', 'full CI found something else')
    equal(len(d.rows("SELECT 1 FROM audit WHERE action = 'local-lie'")), 1, 'rows of lies')
    # from now on every result of this signer is audited, whatever the rate
    hub.push(SLUG, 'main', {'.github/runmedic.yml': CONFIG})
    sha = hub.push(SLUG, 'feature', {'src/a.py': 'x = 4\n', '.github/runmedic.yml': CONFIG})
    d.git('fetch', '-q', d.bare(), sha)
    d.git('checkout', '-q', sha)
    d.pull['sha'] = sha
    equal(d.post(), 0, d.said)
    equal(d.opened(), 0, d.said)
    d.refused('signer-flagged')
    return d


@story
def by_hand_without_posting(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    before = len(hub.writes())
    equal(d.verify('--sha', d.pull['sha'], '--dry-run'), 0, d.said)
    equal([d.answer['trusted'], d.answer['reason'], d.answer['principal']], [True, 'accepted', 'ann@example.org'], 'the answer')
    with open(d.path('e.json'), 'w') as f:
        f.write(d.envelope().replace('"sig":"', '"sig":"AAAA'))
    equal(d.verify('--pull', str(d.pull['number']), '--dry-run', '--envelope', d.path('e.json')), 1, d.said)
    equal(d.answer['trusted'], False, 'a bent signature')
    equal(len(hub.writes()), before, 'writes')
    equal(d.command('verify', token=d.job), 2, d.said)
    return d


@story
def keys_as_github_lists_them(hub):
    d = Desk(hub, signers='', ssh=True)
    hub.seed(users=[{'login': 'ann', 'signing_keys': [{'key': d.key.line + ' laptop', 'title': 'laptop'}]}])
    equal(d.post(), 0, d.said)
    equal(d.verify('--sha', d.pull['sha'], '--dry-run'), 1, d.said)
    equal(d.verify('--sha', d.pull['sha'], '--dry-run', '--github-keys', 'ann'), 0, d.said)
    equal(d.verify('--sha', d.pull['sha'], '--dry-run', '--github-keys', '../x'), 2, d.said)
    return d


@story
def nothing_of_a_claim_becomes_markup(hub):
    d = Desk(hub)
    nasty = 'tests/a.py::<img src=x>|@everyone #1 [x](http://e.x) ::error::boom'
    d.post(tests=(120, 1, 3), failed=[nasty])
    equal(d.opened(), 0, d.said)
    output = d.check()['output']
    text = output['summary'] + output['text'] + d.read('summary')
    for bad in ('<img', '@everyone', '[x](http'):
        assert bad not in text, f'{bad} in {text}'
    assert '\n::error::' not in d.said, d.said
    return d


# ---- verified by others, and theirs by us ----

def pae(envelope):
    payload, kind = base64.b64decode(envelope['payload']), envelope['payloadType'].encode()
    return b'DSSEv1 %d %s %d %s' % (len(kind), kind, len(payload), payload)


def write(path, content):
    with open(path, 'wb' if isinstance(content, bytes) else 'w') as f:
        f.write(content)
    return path


def armour(sig):
    raw = base64.b64decode(sig)
    if raw.startswith(b'-----'):
        return raw
    return b'-----BEGIN SSH SIGNATURE-----\n' + base64.encodebytes(raw) + b'-----END SSH SIGNATURE-----\n'


def status_of(*words, **more):
    return subprocess.run(words, capture_output=True, **more).returncode


def commit_file(d, path, content):
    """Of bytes, which the fake's own seeds do not carry."""
    git = ['git', '-c', 'safe.directory=*', '-c', 'user.name=m', '-c', 'user.email=m@example.org', '-C', d.bare(SLUG)]
    env = {**os.environ, 'GIT_INDEX_FILE': d.path('index')}
    blob = subprocess.run([*git, 'hash-object', '-w', '--stdin'], input=content, capture_output=True, check=True).stdout.decode().strip()
    run(*git, 'read-tree', 'refs/heads/main', env=env)
    run(*git, 'update-index', '--add', '--cacheinfo', f'100644,{blob},{path}', env=env)
    tree = run(*git, 'write-tree', env=env).strip()
    run(*git, 'update-ref', 'refs/heads/main', run(*git, 'commit-tree', tree, '-p', 'refs/heads/main', '-m', 'x').strip())


@story
def openssl_and_sigstore_verify_ours(hub):
    d = Desk(hub)
    equal(d.post(), 0, d.said)
    envelope = json.loads(d.envelope())
    sig, public = write(d.path('sig'), base64.b64decode(envelope['signatures'][0]['sig'])), write(d.path('public.pem'), d.key.public)
    words = ['openssl', 'pkeyutl', '-verify', '-pubin', '-inkey', public, '-rawin', '-sigfile', sig, '-in']
    equal(status_of(*words, write(d.path('pae'), pae(envelope))), 0, 'openssl')
    assert status_of(*words, write(d.path('bent'), pae(envelope).replace(b'PASSED', b'FAILED'))) != 0, 'openssl takes a bent one'
    sigstore = ['node', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sigstore.mjs')]
    equal(run(*sigstore, write(d.path('e.json'), d.envelope()), public).strip(), 'verified', 'sigstore')
    bent = {**envelope, 'payload': base64.b64encode(base64.b64decode(envelope['payload']).replace(b'PASSED', b'FAILED')).decode()}
    assert status_of(*sigstore, write(d.path('b.json'), json.dumps(bent)), public) != 0, 'sigstore takes a bent one'
    return d


@story
def ssh_keygen_verifies_ours(hub):
    d = Desk(hub, ssh=True)
    equal(d.post(), 0, d.said)
    envelope = json.loads(d.envelope())
    sig, message = write(d.path('sig'), armour(envelope['signatures'][0]['sig'])), pae(envelope)

    def verify(line, namespace='runmedic', text=message, *more):
        return status_of('ssh-keygen', '-Y', 'verify', '-f', write(d.path('allowed'), line), '-I', 'ann@example.org', '-n', namespace, '-s', sig, *more, input=text)
    good = allowed(d.key, options='namespaces="runmedic"')
    equal(verify(good), 0, 'ssh-keygen')
    run('ssh-keygen', '-q', '-k', '-f', d.path('krl'), d.key.path + '.pub')
    for what, refused in (('another namespace', verify(good, 'git')), ('a bent message', verify(good, 'runmedic', message + b' ')),
                          ('an expired line', verify(allowed(d.key, options='valid-before="20200101"'))), ('a stranger', verify(allowed(SshKey(d.folder, 'b')))),
                          ('a revoked key', verify(good, 'runmedic', message, '-r', d.path('krl')))):
        assert refused != 0, what
    # the same list and the same binary KRL, read by us
    equal(d.verify('--sha', d.pull['sha'], '--dry-run'), 0, d.said)
    commit_file(d, REVOKED, open(d.path('krl'), 'rb').read())
    equal(d.verify('--sha', d.pull['sha'], '--dry-run'), 1, d.said)
    equal(d.answer['reason'], 'revoked-key', 'by the KRL')
    return d


@story
def what_openssl_and_ssh_keygen_signed_is_verified(hub):
    d = Desk(hub)
    ssh = SshKey(d.folder, 'rsa', 'rsa')
    hub.push(SLUG, 'main', {SIGNERS: allowed(d.key) + allowed(ssh, 'bob@example.org')})
    equal(d.post(), 0, d.said)
    envelope = json.loads(d.envelope())
    message = write(d.path('pae'), pae(envelope))
    run('openssl', 'pkeyutl', '-sign', '-inkey', d.key.path, '-rawin', '-in', message, '-out', d.path('sig'))
    ours = envelope['signatures'][0]
    theirs = {**envelope, 'signatures': [{**ours, 'sig': base64.b64encode(open(d.path('sig'), 'rb').read()).decode()}]}
    equal(d.verify('--sha', d.pull['sha'], '--dry-run', '--envelope', write(d.path('a.json'), json.dumps(theirs))), 0, d.said)
    run('ssh-keygen', '-q', '-Y', 'sign', '-f', ssh.path, '-n', 'runmedic', message)
    signed = open(message + '.sig').read()
    fingerprint = run('ssh-keygen', '-l', '-f', ssh.path + '.pub').split()[1]
    body = ''.join(signed.splitlines()[1:-1])
    for sig in (base64.b64encode(signed.encode()).decode(), body):
        theirs = {**envelope, 'signatures': [{'keyid': fingerprint, 'sig': sig, 'format': 'sshsig'}]}
        if d.verify('--sha', d.pull['sha'], '--dry-run', '--envelope', write(d.path('b.json'), json.dumps(theirs))) == 0:
            equal(d.answer['principal'], 'bob@example.org', 'who signed')
            return d
    raise AssertionError(d.said)


if __name__ == '__main__':
    sys.exit(scene.main('local'))
