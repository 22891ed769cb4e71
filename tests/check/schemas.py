#!/usr/bin/env python3
"""What the program prints is what docs/schema promises: real commands over tests/cases, judged by the schemas.

usage: schemas.py PROGRAM
Here a member that the schema does not name is an error, though readers of the answers are to ignore those. Every schema must also
refuse an answer that lacks a member: a schema that lets everything pass proves nothing.
"""
import json, os, re, shutil, subprocess, sys, tempfile, warnings
warnings.simplefilter('ignore')  # newer jsonschema would rather have `referencing`, which Debian 12 has not
import jsonschema

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))
CASES = os.path.join(ROOT, 'tests', 'cases')
SCHEMAS = os.path.join(ROOT, 'docs', 'schema')
PROGRAM = os.path.realpath(sys.argv[1])
ENV = {k: v for k, v in os.environ.items() if k not in ('GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_REPOSITORY')}
ENV.update(LC_ALL='C.UTF-8', RUNMEDIC_NOW='2026-11-18T12:00:00Z', GIT_CONFIG_NOSYSTEM='1', GIT_CONFIG_GLOBAL='/dev/null')
GIT = ['git', '-c', 'user.name=t', '-c', 'user.email=t@example.invalid', '-c', 'core.autocrlf=false', '-c', 'commit.gpgsign=false', '-C']
count = {True: 0, False: 0}


def closed(schema):
    """The schema with no room for members that it does not name."""
    if isinstance(schema, list):
        return [closed(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    new = {k: closed(v) for k, v in schema.items()}
    return {**new, 'additionalProperties': False} if 'properties' in schema and 'type' in schema else new


def load(name):
    return closed(json.load(open(os.path.join(SCHEMAS, name), encoding='utf8')))


STORE = {f'file:///{name}': load(name) for name in os.listdir(SCHEMAS)}


def validator(name):
    resolver = jsonschema.RefResolver(f'file:///{name}', STORE[f'file:///{name}'], store=STORE)
    return jsonschema.Draft202012Validator(STORE[f'file:///{name}'], resolver=resolver)


def result(good, what):
    count[bool(good)] += 1
    if not good:
        print(f'schemas: {what}')


def judge(name, answer, what):
    error = jsonschema.exceptions.best_match(validator(f'{name}.json').iter_errors(answer))
    result(not error, f'{what}: {"/".join(map(str, error.absolute_path))}: {error.message[:300]}' if error else '')


def runmedic(*args):
    p = subprocess.run([PROGRAM, *args, '--format', 'json'], capture_output=True, stdin=subprocess.DEVNULL, env=ENV, timeout=120)
    if p.returncode:
        result(False, f'{" ".join(args)}: exit {p.returncode}: {p.stderr.decode(errors="replace")[-200:]}')
    return [json.loads(line) for line in p.stdout.decode().splitlines()]


def ask(name, *args):
    answers = runmedic(*args)
    for answer in answers:
        judge(name, answer, ' '.join(args))
    result(answers, f'{" ".join(args)} printed nothing')
    return answers


def clone(case, top):
    repo = os.path.join(top, case)
    shutil.copytree(os.path.join(CASES, case, 'repo'), repo, symlinks=True)
    for command in (['init', '-q', '-b', 'main'], ['add', '-A', '-f'], ['commit', '-q', '-m', 'start']):
        subprocess.run([*GIT, repo, *command], check=True, env=ENV)
    return repo


def schemas_are_schemas():
    for name, schema in STORE.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        result(True, name)


def words_are_those_of_the_program():
    """The lists of vocabulary.json and of agent/base/vocabulary.h."""
    header = open(os.path.join(ROOT, 'agent/base/vocabulary.h'), encoding='utf8').read().replace('\\\n', ' ')
    plural = {'category': 'CATEGORIES', 'severity': 'SEVERITIES', 'fix_status': 'FIX_STATUSES'}
    for name, words in STORE['file:///vocabulary.json']['$defs'].items():
        if 'enum' in words:
            line = re.search(rf'#define {plural.get(name, name.upper() + "S")}\(X\)(.*)', header).group(1)
            result(words['enum'] == re.findall(r'"(\w+)"', line), f'vocabulary.json: {name} is not what agent/base/vocabulary.h has')


def a_lack_is_noticed(name, answer):
    for key in [k for k in answer if k in STORE[f'file:///{name}.json']['required']]:
        lacking = {k: v for k, v in answer.items() if k != key}
        result(not validator(f'{name}.json').is_valid(lacking), f'{name}.json does not miss {key}')
    result(not validator(f'{name}.json').is_valid({**answer, 'more': 1}), f'{name}.json takes anything')


def logs_and_cases(top, cases, db):
    logs = [os.path.join(CASES, case, 'log.txt') for case in cases]
    first = ask('analysis', 'analyze', *logs)
    result(len(first) == len(logs), 'analyze: not one line per log')
    a_lack_is_noticed('analysis', first[0])
    quiet = os.path.join(top, 'quiet.log')
    open(quiet, 'w').write('all is well\n')
    result(ask('analysis', 'analyze', quiet)[0]['primary'] is None, 'a quiet log has a primary finding')
    for i, (case, log) in enumerate(zip(cases, logs)):
        how = [[], ['--explain', '--no-tools'], ['--apply', '--record', '--db', db], ['--commit', '--tier', 'review']][i % 4]
        heal = ask('heal', 'heal', log, '--repo', clone(case, top), *how)
        if heal and not i:
            a_lack_is_noticed('heal', heal[0])


def questions(top, db):
    report = os.path.join(top, 'r.xml')
    open(report, 'w').write('<testsuite><testcase classname="a" name="b"/><testcase classname="a" name="c"><failure message="m"/></testcase></testsuite>')
    subprocess.run([PROGRAM, 'record', '--junit', report, '--db', db, '-q'], check=True, env=ENV)
    for name, *args in (('stats', '--db', db), ('fixes', '--db', db, '--days', '30'), ('report', '--db', db, '--days', '30'), ('report', '--db', db, '--space', 'ci'),
                        ('patterns', '--db', db), ('eval', '--healbench', CASES, '--no-heal', '--misses'), ('doctor', '--offline', '--repo', ROOT)):
        a_lack_is_noticed(name, ask(name, name, *args)[0])
    case, patch = 'py-black-diff-printed', os.path.join(top, 'patch.json')
    os.mkdir(os.path.join(top, 'patch'))
    runmedic('heal', os.path.join(CASES, case, 'log.txt'), '--repo', clone(case, os.path.join(top, 'patch')), '--patch', patch)
    judge('patch', json.load(open(patch)), '--patch')
    a_lack_is_noticed('patch', json.load(open(patch)))
    for name in ('rules', 'fixers'):
        listed = ask(name, name, 'list')[0]
        result(len(listed[name]) > 10, f'{name} list is short')
        result(not validator(f'{name}.json').is_valid([{}]), f'{name}.json takes anything')


def main():
    cases = sorted(case for case in os.listdir(CASES) if os.path.exists(os.path.join(CASES, case, 'case.json')))
    schemas_are_schemas()
    words_are_those_of_the_program()
    with tempfile.TemporaryDirectory() as top:
        ENV.update(HOME=top, XDG_STATE_HOME=top)
        db = os.path.join(top, 'history.db')
        logs_and_cases(top, cases, db)
        questions(top, db)
    print(f'schemas: {count[True]} passed, {count[False]} failed')
    return 1 if count[False] else 0


sys.exit(main())
