#!/usr/bin/env python3
"""Output in the docs is real: each block below a line `<!-- run: COMMAND -->` is what COMMAND prints now.

usage: blocks.py PROGRAM FILE...      BLESS=1 writes the output into the blocks instead of comparing it
Commands run in a scratch folder in which `runmedic` is PROGRAM, `tests` is ours, and `clone` a git repository of the heal case
that the command names.
"""
import os, re, shutil, subprocess, sys, tempfile

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))
BLOCK = re.compile(r'^<!-- run: ([^\n]+) -->\n(?P<fence>```+)text\n(?P<output>.*?)^(?P=fence)$', re.M | re.S)
ENV = {'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'NO_COLOR': '1', 'RUNMEDIC_NOW': '2026-11-18T12:00:00Z', 'GIT_CONFIG_NOSYSTEM': '1',
       'GIT_CONFIG_GLOBAL': '/dev/null'}
GIT = ['git', '-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'core.autocrlf=false', '-c', 'commit.gpgsign=false', '-C', 'clone']


def clone(case, env):
    shutil.copytree(os.path.join('tests/cases', case, 'repo'), 'clone', symlinks=True)
    for command in (['init', '-q', '-b', 'main'], ['add', '-A', '-f'], ['commit', '-q', '-m', 'start']):
        subprocess.run(GIT + command, check=True, env=env)


def output(command, program):
    """What a person would see: the command, then all it prints."""
    with tempfile.TemporaryDirectory() as top:
        os.chdir(top)
        os.mkdir('bin')
        os.symlink(program, 'bin/runmedic')
        os.symlink(os.path.join(ROOT, 'tests'), 'tests')
        env = dict(ENV, PATH=f'{top}/bin:{os.environ["PATH"]}', HOME=top)
        case = re.search(r'tests/cases/([\w-]+)', command)
        if case and 'clone' in command:
            clone(case.group(1), env)
        out = subprocess.run(['bash', '-c', command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, timeout=120)
        os.chdir(ROOT)
    return f'$ {command}\n' + out.stdout.decode().rstrip('\n') + '\n'


def main():
    program = os.path.realpath(sys.argv[1])
    passed = failed = 0
    for page in sys.argv[2:]:
        path = os.path.realpath(page)
        text = open(path, encoding='utf8').read()
        if text.count('<!-- run:') != len(BLOCK.findall(text)):
            failed += 1
            print(f'docs: {page} has a `<!-- run: -->` without a block of text below it')
            continue

        def fresh(match):
            return text[match.start():match.start('output')] + output(match.group(1), program) + match['fence']

        now = BLOCK.sub(fresh, text)
        if os.environ.get('BLESS') and now != text:
            open(path, 'w', encoding='utf8').write(now)
            print(f'docs: {page} was written anew')
            text = now
        for old, new in zip(BLOCK.findall(text), BLOCK.findall(now)):
            passed += old == new
            failed += old != new
            if old != new:
                print(f'docs: {page} shows what `{old[0]}` does not print any more; run `make docs`')
    print(f'{passed} {failed}')


main()
