#!/usr/bin/env python3
"""Runs the shared corpora and compares with .ci/floors.json: a figure may rise, never fall. usage: floors.py PROGRAM SHARED
BLESS=1 writes the figures down where they are better."""
import json, os, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
FLOORS = os.path.join(HERE, 'floors.json')
program, shared = os.path.abspath(sys.argv[1]), sys.argv[2]
floors = json.load(open(FLOORS))
got = {}
for name, script in (('corpus', 'corpus/score.py'), ('healbench', 'healbench/run.py')):
    out = subprocess.run([sys.executable, os.path.join(shared, script), '--json', '--', program], capture_output=True, text=True)
    print(name, out.stdout.strip() or out.stderr[-400:])
    got[name] = json.loads(out.stdout or '{}')
out = subprocess.run([sys.executable, os.path.join(shared, 'healbench/cross.py'), '--pairs', '600', '--', program], capture_output=True, text=True)
print('cross', out.stdout.strip()[-400:])
got['cross'] = json.loads(out.stdout.strip().split('\n')[-1])
bad = 0
for name, figures in floors.items():
    for key, (kind, bound) in figures.items():
        value = got[name].get(key)
        fine = value is not None and (value >= bound if kind == 'min' else value <= bound)
        if not fine:
            bad += 1
            print(f'floor: {name} {key} is {value}, {"at least" if kind == "min" else "at most"} {bound} is wanted')
        elif os.environ.get('BLESS'):
            figures[key][1] = value
if os.environ.get('BLESS') and not bad:
    json.dump(floors, open(FLOORS, 'w'), indent=1)
sys.exit(1 if bad else 0)
