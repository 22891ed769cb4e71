#!/usr/bin/env python3
"""Input and events that mean harm: sizes, bombs, kill -9, full disks. Ceilings on memory are measured, not believed.

usage: run.py PROGRAM      (a build without sanitizers: they need memory of their own)
"""
import gzip, io, json, os, random, shutil, signal, sqlite3, subprocess, sys, time, zipfile

sys.dont_write_bytecode = True
from ground import CASES, ENV, MIB, PROGRAM, STAMP, Skip, TOP, clone, git, healed_files, run_all, runmedic, settled, write


def one_line_trouble(err):
    assert len(err.strip().split('\n')) == 1 and err.startswith('runmedic'), err


def a_single_line_of_200_mb():
    path = write('long.log', [b'x' * (1 << 20)] * 200)
    status, out, err, peak = runmedic('analyze', path, '--format', 'json')
    assert status == 0 and json.loads(out)['primary'] is None, (status, err)
    assert peak < 64 * MIB, f'{peak} KiB'


def a_long_log_stays_small():
    lines = [(STAMP + f'[{i % 100}%] Building object {i} error: none\n').encode() * 200 for i in range(6000)]
    path = write('many.log', [b'\xef\xbb\xbf', (STAMP + '##[group]Run make\n').encode(), *lines,
                              (STAMP + '##[error]Process completed with exit code 2.\n').encode()])
    status, out, err, peak = runmedic('analyze', path, '--format', 'json')
    assert status == 0 and json.loads(out)['source']['lines'] == 1200002, err
    assert peak < 64 * MIB, f'{peak} KiB of a log of {os.path.getsize(path) >> 20} MiB'


def endless_nested_groups():
    path = write('groups.log', [(STAMP + '##[group]Run x\n').encode() * 300000])
    status, _, err, peak = runmedic('analyze', path, '--format', 'json')
    assert status == 0 and peak < 64 * MIB, (status, err, peak)


def regex_bait():
    bait = [b'a' * 8000 + b'!\n', b'(' * 8000 + b'\n', b'Error: ' * 1100 + b'\n', (b'/x' * 4000) + b':1:1: error: \n', b'FAILED ' + b'::' * 4000 + b'\n']
    path = write('bait.log', bait * 400)
    status, _, err, _ = runmedic('analyze', path, '--format', 'json')
    assert status == 0, err


def a_gzip_bomb():
    path = write('bomb.log.gz', [gzip.compress(bytes(1 << 20) * 200, 9)])
    status, _, err, peak = runmedic('analyze', path)
    assert status == 2 and peak < 64 * MIB, (status, peak)
    one_line_trouble(err)


def a_zip_bomb_and_paths_that_leave():
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('../../evil.txt', 'x\n')
        z.writestr('1_build.txt', b'\0' * (300 << 20))
    path = write('bomb.zip', [data.getvalue()])
    status, _, err, peak = runmedic('analyze', path)
    assert status == 2 and peak < 64 * MIB, (status, err, peak)
    assert not os.path.exists(os.path.join(TOP, '..', '..', 'evil.txt'))


def terminal_and_markdown_tricks():
    text = STAMP + '\x1b]0;owned\x07E   ModuleNotFoundError: No module named \'x\u202ey\' @octo-org #1 ```\n'
    path = write('tricks.log', [text.encode(), b'\x1b[2J\x9b2J ModuleNotFoundError: No module named \'a</details><img src=x>\'\n'])
    for form in ('text', 'markdown'):
        _, out, _, _ = runmedic('analyze', path, '--format', form, '--conclusion', 'failure')
        assert '\x1b' not in out and '\x9b' not in out and '\u202e' not in out, form
    assert '<img' not in out.split('```')[0] and '@octo' not in out.split('```')[0], out


def secrets_in_no_form():
    secret = 'ghp_' + 'Zx81kQw09LmNbVcRtYuPoIaSdFgHjK2345Qw'
    path = write('secret.log', [f'{STAMP}fatal: unable to access \'https://bot:{secret}@example.org/x.git/\': Could not resolve host: example.org\n'.encode()])
    for form in ('text', 'json', 'markdown', 'sarif'):
        _, out, _, _ = runmedic('analyze', path, '--format', form, '--conclusion', 'failure')
        assert out and secret not in out, form
    runmedic('analyze', path, '--conclusion', 'failure', '--record', '--db', 'secret.db')
    for name in os.listdir(TOP):
        if name.startswith('secret.db'):
            assert secret.encode() not in open(os.path.join(TOP, name), 'rb').read()


def kill_during_apply():
    """After kill -9 at any moment the files of a fix are all old or all new."""
    case = next((c for c in ('js-prettier-check', 'gen-codespell-docs', 'gen-trailing-whitespace', 'rust-fmt-check', 'sh-shfmt-diff')
                 if len(json.load(open(os.path.join(CASES, c, 'case.json')))['changed']) > 1 and healed_files(c) > 1), None)
    if not case:
        case = 'py-black-diff-printed'
    repo = clone(case, 'kill')
    log = os.path.join(CASES, case, 'log.txt')
    rng = random.Random(7)
    seen = set()
    whole = healed_files(case)
    for _ in range(60):
        p = subprocess.Popen([PROGRAM, 'heal', log, '--repo', repo, '--apply'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV)
        time.sleep(rng.random() * 0.03)
        p.send_signal(signal.SIGKILL)
        p.wait()
        changed = settled(repo)
        assert all(line.startswith(' M') for line in changed) and len(changed) in (0, whole), changed
        seen.add(len(changed))
        git(repo, 'checkout', '-q', '.')
    assert 0 in seen


def kill_during_record():
    db = os.path.join(TOP, 'kill.db')
    logs = [os.path.join(CASES, c, 'log.txt') for c in sorted(os.listdir(CASES)) if os.path.exists(os.path.join(CASES, c, 'log.txt'))]
    rng = random.Random(8)
    done = 0
    for log in logs[:40]:
        p = subprocess.Popen([PROGRAM, 'analyze', log, '--record', '--db', db], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV)
        time.sleep(rng.random() * 0.03)
        p.send_signal(signal.SIGKILL)
        done += p.wait() == 0
        if os.path.exists(db) and os.path.getsize(db):
            with sqlite3.connect(db) as c:
                assert c.execute('pragma integrity_check').fetchone()[0] == 'ok'
    status, _, err, _ = runmedic('analyze', logs[0], '--record', '--db', db)
    assert status == 0, err


def a_read_only_history():
    db = os.path.join(TOP, 'ro', 'h.db')
    os.mkdir(os.path.dirname(db))
    log = os.path.join(CASES, 'py-import-yaml', 'log.txt')
    runmedic('analyze', log, '--record', '--db', db)
    os.chmod(TOP, 0o755)
    os.chmod(os.path.dirname(db), 0o555)
    os.chmod(db, 0o444)
    nobody = []
    if os.geteuid() == 0:  # root may write to everything
        nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
        if not shutil.which('setpriv') or subprocess.run([*nobody, 'test', '-x', PROGRAM, '-a', '-r', log]).returncode:
            raise Skip('nobody may not read this folder')
    status, _, err, _ = runmedic('analyze', log, '--record', '--db', db, prefix=nobody)
    assert status == 2, (status, err)
    one_line_trouble(err)
    status, out, err, _ = runmedic('stats', '--db', db, prefix=nobody)
    assert status == 0 and 'jobs         1' in out, (status, out, err)


def a_full_disk():
    small = os.path.join(TOP, 'small')
    os.mkdir(small)
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small], capture_output=True).returncode:
        raise Skip('no tmpfs can be mounted here')
    try:
        log = os.path.join(CASES, 'py-import-yaml', 'log.txt')
        status, _, err, _ = runmedic('analyze', log, '--record', '--db', os.path.join(small, 'h.db'))
        assert status == 2, err
        one_line_trouble(err)
        status, _, err, _ = runmedic('analyze', log, '--format', 'json', '-o', '/dev/full')
        assert status == 2 and not os.path.isfile('/dev/full'), err
        one_line_trouble(err)
    finally:
        subprocess.run(['umount', small], check=True)


def forged_lines_change_nothing():
    log = write('forged.log', [(STAMP + '##[group]Run cat notes\n' + STAMP + '##[endgroup]\n' + STAMP + '--- a/src/telemetry/units.py\n' + STAMP +
                                '+++ b/src/telemetry/units.py\n' + STAMP + '@@ -1 +1 @@\n' + STAMP + '-"""Units of the sensors."""\n' + STAMP +
                                '+import os; os.system("x")\n' + STAMP + 'would reformat src/telemetry/units.py\n' + STAMP +
                                '##[error]Process completed with exit code 1.\n').encode()])
    repo = clone('py-black-diff-printed', 'forged')
    runmedic('heal', log, '--repo', repo, '--apply', '--no-tools')
    assert git(repo, 'status', '--porcelain') == ''


TESTS = [a_single_line_of_200_mb, a_long_log_stays_small, endless_nested_groups, regex_bait, a_gzip_bomb, a_zip_bomb_and_paths_that_leave,
         terminal_and_markdown_tricks, secrets_in_no_form, kill_during_apply, kill_during_record, a_read_only_history, a_full_disk, forged_lines_change_nothing]
run_all('hostile', TESTS)
