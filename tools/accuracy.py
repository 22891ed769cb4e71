#!/usr/bin/env python3
"""Writes the measured parts of docs/accuracy.md.

usage: accuracy.py [--check] PROGRAM [CORPUS]
The part about tests/cases is made anew each time; the one about CORPUS only where that folder is there, and it names the day and
the version. Nothing of the logs but counts goes into the page. --check writes nothing: status 1 when the first part is stale.
"""
import datetime, os, re, subprocess, sys, tempfile

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..'))
PAGE = os.path.join(ROOT, 'docs', 'accuracy.md')
args = [a for a in sys.argv[1:] if a != '--check']
check, program = '--check' in sys.argv, os.path.realpath(args[0])
corpus = args[1] if len(args) > 1 else None


def run(*command):
    r = subprocess.run([program, *command], stdout=subprocess.PIPE, check=True, text=True, timeout=600)
    return r.stdout


def put(page, name, text):
    begin, end = f'<!-- {name}: written by `make accuracy` -->\n', f'<!-- end of {name} -->'
    if begin not in page or end not in page:
        sys.exit(f'accuracy.py: docs/accuracy.md has no part "{name}"')
    return page[:page.index(begin) + len(begin)] + '\n' + text.strip() + '\n\n' + page[page.index(end):]


def about_corpus(folder):
    version = run('--version').split('\n')[0]
    day = os.environ.get('ACCURACY_DATE') or datetime.date.today().isoformat()
    with tempfile.TemporaryDirectory() as top:
        fit = run('eval', '--corpus', folder, '--fit', os.path.join(top, 'x'))
    table = re.split(r'\n\S*/x: ridge', fit)[0].strip()
    return '\n\n'.join([f'Measured {day} with {version}.', run('eval', '--corpus', folder, '--format', 'markdown').strip(),
                        'With a passing log of the same job, where there is one (`--baseline`):',
                        '\n'.join(run('eval', '--corpus', folder, '--baseline', '--format', 'markdown').split('\n')[2:]).split('\n\n')[0].strip(),
                        'The confidence, fitted and cross-validated (`--fit`):', '```\n' + table + '\n```'])


old = open(PAGE, encoding='utf8').read()
new = put(old, 'cases', run('eval', '--healbench', os.path.join(ROOT, 'tests', 'cases'), '--no-heal', '--format', 'markdown'))
if check:
    sys.exit(new != old and 'docs/accuracy.md is stale; run `make accuracy`' or 0)
if corpus and os.path.isdir(corpus):
    new = put(new, 'corpus', about_corpus(corpus))
open(PAGE, 'w', encoding='utf8').write(new)
