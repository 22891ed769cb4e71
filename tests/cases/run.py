#!/usr/bin/env python3
"""The heal cases of this folder: runs `runmedic heal --apply` on each and judges the working tree, never what the program says.

usage: run.py PROGRAM [GLOB]          a case is ID/case.json, ID/log.txt, ID/repo/ (docs/adding-a-fixer.md)
A fix must change exactly the files that the case names and make its own check pass; where it was missed nothing may have
changed. FLOORS are the cases that have been healed once: they stay healed.
"""
import fnmatch, json, os, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FLOORS = os.path.join(HERE, 'healed.txt')
ENV = {k: v for k, v in os.environ.items() if k not in ('GITHUB_TOKEN', 'GH_TOKEN')}
# the tools that tools/packages installs, whatever else is in front
ENV['PATH'] = '/usr/bin:/bin:' + ENV.get('PATH', '')
ENV.update(LC_ALL='C.UTF-8', GIT_CONFIG_NOSYSTEM='1', GIT_CONFIG_GLOBAL='/dev/null', PYTHONDONTWRITEBYTECODE='1', NO_COLOR='1')
GIT = ['git', '-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'core.autocrlf=false', '-c', 'core.quotePath=false', '-c', 'commit.gpgsign=false']


def git(folder, *args):
    return subprocess.run([*GIT, '-C', folder, *args], capture_output=True, env=ENV, check=True).stdout


def fresh(case, top):
    folder = tempfile.mkdtemp(dir=top)
    repo = os.path.join(folder, 'repo')
    shutil.copytree(os.path.join(HERE, case, 'repo'), repo, symlinks=True)
    git(repo, 'init', '-q', '-b', 'main')
    git(repo, 'add', '-A', '-f')
    git(repo, 'commit', '-q', '-m', 'start')
    return repo


def changed(repo):
    git(repo, 'add', '-A', '-f')
    out = git(repo, 'diff', '--cached', '--no-renames', '--name-only', '-z', 'HEAD').decode('utf8', 'surrogateescape')
    outside = sorted(set(os.listdir(os.path.dirname(repo))) - {'repo'})
    return sorted(p for p in out.split('\0') if p) + ['(outside) ' + p for p in outside]


def passes(case, repo):
    git(repo, 'commit', '-q', '--no-verify', '--allow-empty', '-m', 'healed')
    return subprocess.run(['bash', '-c', case['verify']], cwd=repo, capture_output=True, stdin=subprocess.DEVNULL, env=ENV, timeout=120).returncode == 0


# what the checks of an ecosystem run, whatever they are called by (make, a script)
ECOSYSTEM = {'js': ['node', 'npm'], 'java': ['javac'], 'go': ['go'], 'rust': ['cargo'], 'ruby': ['rubocop'], 'tf': ['terraform']}
PROGRAMS = {'black', 'flake8', 'isort', 'mypy', 'codespell', 'yamllint', 'shfmt', 'shellcheck', 'clang-format', 'clang-tidy', 'eslint', 'prettier', 'jest',
            'tsc', 'npx', 'cmake', 'ninja', 'pre-commit', 'mocha', 'markdownlint-cli2'}


def missing(name, case):
    """Programs that the case's own check needs and that are not here."""
    words = (case.get('verify') or '').replace('&&', ' ').replace('|', ' ').split()
    wanted = (PROGRAMS & set(words)) | set(ECOSYSTEM.get(name.split('-')[0], []))
    lack = sorted(w for w in wanted if not shutil.which(w, path=ENV['PATH']))
    return lack or (['npm packages'] if (case.get('needs') or {}).get('npm') else [])


def judge(program, name, top):
    """('healed' | 'missed' | 'calm' | 'skipped' | 'WRONG', why)"""
    case = json.load(open(os.path.join(HERE, name, 'case.json'), encoding='utf8'))
    repo = fresh(name, top)
    run = subprocess.run([program, 'heal', os.path.join(HERE, name, 'log.txt'), '--repo', repo, '--apply', '--format', 'json'],
                         capture_output=True, stdin=subprocess.DEVNULL, env=ENV, timeout=120)
    said = run.stdout.decode(errors='replace')
    if run.returncode != 0:
        return 'WRONG', f'exit {run.returncode}: {run.stderr.decode(errors="replace")[-300:]}'
    if any(s in said for s in case.get('secrets', [])):
        return 'WRONG', 'a secret was printed'
    diff = changed(repo)
    answer = json.loads(said)
    if not diff and any(f['status'] == 'unavailable' for f in answer['fixes']):
        return 'skipped', 'a tool that heals it is not here: ' + ', '.join(f['fixer'] for f in answer['fixes'])
    if not diff:
        return ('calm' if case['expect'] in ('none', 'rerun') else 'missed'), answer['decision']
    if case['expect'] != 'heal' or diff != sorted(case['changed']):
        return 'WRONG', f'changed {diff}'
    if missing(name, case):
        return 'skipped', 'its check needs ' + ', '.join(missing(name, case))
    return ('healed', '') if passes(case, repo) else ('WRONG', 'its check does not pass')


def main():
    program, pattern = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else '*'
    floors = set(open(FLOORS).read().split()) if os.path.exists(FLOORS) else set()
    count = {'passed': 0, 'failed': 0, 'skipped': 0}
    healed = set()
    with tempfile.TemporaryDirectory() as top:
        for name in sorted(os.listdir(HERE)):
            if not os.path.exists(os.path.join(HERE, name, 'case.json')) or not fnmatch.fnmatch(name, pattern):
                continue
            verdict, why = judge(program, name, top)
            bad = verdict == 'WRONG' or (verdict == 'missed' and name in floors)
            count['failed' if bad else 'skipped' if verdict == 'skipped' else 'passed'] += 1
            if verdict == 'healed':
                healed.add(name)
            if bad or verdict == 'skipped':
                print(f'cases/{name}: {verdict}: {why}')
    if os.environ.get('BLESS'):
        open(FLOORS, 'w').write(''.join(f'{n}\n' for n in sorted(floors | healed)))
    print(f'cases: {count["passed"]} passed, {count["failed"]} failed, {count["skipped"]} skipped')
    return 1 if count['failed'] else 0


sys.exit(main())
