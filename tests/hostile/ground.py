"""Common ground of the tests that mean harm: a program, a scratch folder, repositories, and a count."""
import json, os, random, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, '..', 'cases')
PROGRAM = os.path.abspath(sys.argv[1])
ENV = {k: v for k, v in os.environ.items() if k not in ('GITHUB_TOKEN', 'GH_TOKEN')}
ENV.update(GIT_CONFIG_NOSYSTEM='1', GIT_CONFIG_GLOBAL='/dev/null', LC_ALL='C.UTF-8')
MIB = 1024
STAMP = '2026-11-18T09:14:03.1234567Z '
TOP = tempfile.mkdtemp()
count = {'passed': 0, 'failed': 0, 'skipped': 0}


class Skip(Exception):
    pass


# The peak of a child counts from the fork on: a small parent measures the program and not us.
MEASURE = ('import os, subprocess, sys\n'
           'p = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)\n'
           '_, status, usage = os.wait4(p.pid, 0)\n'
           'open(sys.argv[1], "w").write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}")\n')


def runmedic(*args, prefix=()):
    """Runs it and returns (exit status, stdout, stderr, peak KiB)."""
    note = os.path.join(TOP, 'peak')
    p = subprocess.run([sys.executable, '-S', '-c', MEASURE, note, *prefix, PROGRAM, *args], capture_output=True, env=ENV, cwd=TOP)
    status, peak = map(int, open(note).read().split())
    return status, p.stdout.decode(errors='replace'), p.stderr.decode(errors='replace'), peak


def git(folder, *args):
    return subprocess.run(['git', '-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'core.autocrlf=false', '-c', 'commit.gpgsign=false', '-C', folder, *args],
                          capture_output=True, env=ENV, check=True).stdout.decode()


def clone(case, name):
    repo = os.path.join(TOP, name, 'repo')
    shutil.copytree(os.path.join(CASES, case, 'repo'), repo, symlinks=True)
    git(repo, 'init', '-q', '-b', 'main')
    git(repo, 'add', '-A', '-f')
    git(repo, 'commit', '-q', '-m', 'start')
    return repo


def write(name, pieces):
    path = os.path.join(TOP, name)
    with open(path, 'wb') as f:
        for piece in pieces:
            f.write(piece)
    return path


def settled(repo):
    """What `git status` says once the helper that outlives the killed program is through: the same twice, with no journal before,
    between and after. A single look may see the first of two files and be over when the helper is."""
    journal, last = os.path.join(repo, '.git', 'runmedic'), None
    for _ in range(400):
        idle = not os.path.exists(journal)
        changed = [line for line in git(repo, 'status', '--porcelain', '--ignored').split('\n') if line]
        idle = idle and not os.path.exists(journal) and not any('.runmedic-' in line for line in changed)
        if idle and changed == last:
            break
        last = changed if idle else None
        time.sleep(0.01)
    return changed


def healed_files(case):
    repo = clone(case, f'count-{case}-{random.random()}')
    runmedic('heal', os.path.join(CASES, case, 'log.txt'), '--repo', repo, '--apply')
    return len([line for line in git(repo, 'status', '--porcelain').split('\n') if line])


def run_all(name, tests):
    """Runs the tests that the command line names, or all, and ends the program."""
    try:
        for test in tests:
            if len(sys.argv) > 2 and test.__name__ not in sys.argv[2:]:
                continue
            try:
                test()
                count['passed'] += 1
            except Skip as e:
                count['skipped'] += 1
                print(f'{name}/{test.__name__}: skipped: {e}')
            except Exception as e:
                count['failed'] += 1
                print(f'{name}/{test.__name__}: {type(e).__name__}: {e}')
    finally:
        shutil.rmtree(TOP, ignore_errors=True)
    print(f'{name}: {count["passed"]} passed, {count["failed"]} failed, {count["skipped"]} skipped')
    sys.exit(1 if count['failed'] else 0)
