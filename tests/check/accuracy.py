#!/usr/bin/env python3
"""docs/accuracy.md is fresh, and `runmedic eval` says what an independent judge says of the same logs: ../shared/corpus and its
score.py, where they are.

usage: accuracy.py PROGRAM [CORPUS]
"""
import json, os, subprocess, sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))
program = os.path.realpath(sys.argv[1])
corpus = sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, '..', 'shared', 'corpus')
passed = failed = 0
stale = subprocess.run([sys.executable, os.path.join(ROOT, 'tools', 'accuracy.py'), '--check', program], stderr=subprocess.PIPE, text=True)
if stale.returncode:
    failed += 1
    print('accuracy:', stale.stderr.strip())
else:
    passed += 1
if not os.path.exists(os.path.join(corpus, 'score.py')):
    print('accuracy: skipped: no labelled logs beside this tree')
    print(f'accuracy: {passed} passed, {failed} failed, 1 skipped')
    sys.exit(1 if failed else 0)


def run(*command):
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=600).stdout)


def compare(what, theirs, ours):
    global passed, failed
    if theirs is not None and ours is not None and abs(theirs - ours) < 0.0011:
        passed += 1
    else:
        failed += 1
        print(f'accuracy: {what}: score.py says {theirs}, eval {ours}')


for flags in ([], ['--baseline']):
    t = run(sys.executable, os.path.join(corpus, 'score.py'), '--json', *flags, '--', program)
    o = run(program, 'eval', '--corpus', corpus, '--format', 'json', *flags)
    percent = lambda name, member='rate': round(100 * o[name][member], 1) if name in o else None
    pairs = [('logs', o['logs']), ('broken', o['unreadable']), ('category_strict', percent('category_strict')),
             ('category_lenient', percent('category')), ('line_strict', percent('line_strict')), ('line_exact', percent('line_exact')),
             ('excerpt_holds', percent('excerpt_holds')), ('short_hit', percent('short_hit')), ('excerpt_median', o['excerpt']['median']),
             ('excerpt_p90', o['excerpt']['p90']), ('step', percent('step')), ('tests_recall', percent('tests_recall', 'mean')),
             ('tests_precision', percent('tests_precision', 'mean')), ('transient_recall', percent('transient')),
             ('transient_false', o['transient_false']), ('brier', round(o['brier'], 3)), ('brier_skill', round(o['brier_skill']['value'], 3)),
             ('auroc', round(o['auroc']['value'], 3)), ('misses', o['line_exact']['all'] - o['line_exact']['right']),
             ('no_answer', round(100 * o['no_answer'] / o['logs'], 1)), ('passing', o['quiet']['all']),
             ('false_alarm', round(100 * (1 - o['quiet']['rate']), 1))]
    for name, ours in pairs:
        compare(' '.join([name, *flags]), t[name], ours)
print(f'accuracy: {passed} passed, {failed} failed')
sys.exit(1 if failed else 0)
