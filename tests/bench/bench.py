#!/usr/bin/env python3
"""What runmedic costs, beside programs that do less, measured in one run: CPU seconds and peak memory. usage: bench.py PROGRAM [MB]

The log is made here: set-up lines, colours, groups, builds, tests, one failure at the end. The peers get the text already decoded. ripgrep gets
those patterns of the catalogue that its engine takes, in one file; it says which line, not which rule.
"""
import json, os, random, re, shutil, subprocess, sys, tempfile

PROGRAM, SIZE = os.path.abspath(sys.argv[1]), int(sys.argv[2] if len(sys.argv) > 2 else 100) << 20
TOP = tempfile.mkdtemp()
RUNS = 3


def lines(rng):
    n = 0
    while True:
        n += 1
        kind = rng.random()
        if kind < 0.35:
            yield f'tests/test_{n % 97}.py::test_case_{n} \x1b[32mPASSED\x1b[0m [ {n % 100:2}%]'
        elif kind < 0.6:
            yield f'[{n % 100:3}%] \x1b[32mBuilding CXX object src/CMakeFiles/core.dir/unit_{n % 977}.cpp.o\x1b[0m'
        elif kind < 0.8:
            yield f'Collecting package-{n % 311}=={n % 9}.{n % 7}.{n % 5}'
        elif kind < 0.97:
            yield f'npm info run module-{n % 701}@{n % 12}.0.{n % 30} postinstall node_modules/module-{n % 701} node build.js'
        else:
            yield f'src/unit_{n % 977}.cpp:{n % 800}:12: warning: unused parameter \'error\' [-Wunused-parameter]'


def make(path, decoded):
    rng = random.Random(1)
    size, second = 0, 0
    with open(path, 'w', encoding='utf8') as raw, open(decoded, 'w', encoding='utf8') as plain:
        raw.write('\ufeff')
        for text in ['##[group]Run make check', '\x1b[36;1mmake check\x1b[0m', 'shell: /usr/bin/bash -e {0}', '##[endgroup]']:
            raw.write(f'2026-11-18T09:00:00.0000000Z {text}\n')
        for text in lines(rng):
            line = f'2026-11-18T09:{second // 6000000 % 60:02}:{second // 100000 % 60:02}.{second % 10000000:07}Z {text}\n'
            second += 137
            size += len(line)
            raw.write(line)
            plain.write(re.sub('\x1b\\[[0-9;]*m', '', text) + '\n')
            if size > SIZE:
                break
        for text in ["E   ModuleNotFoundError: No module named 'yaml'", '##[error]Process completed with exit code 1.']:
            raw.write(f'2026-11-18T09:59:59.0000000Z {text}\n')
            plain.write(text + '\n')


MEASURE = ('import os, subprocess, sys\n'
           'p = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL)\n'
           '_, s, u = os.wait4(p.pid, 0)\n'
           'open(sys.argv[1], "w").write(f"{u.ru_utime + u.ru_stime} {u.ru_maxrss}")\n')


def cost(*argv):
    note, best = os.path.join(TOP, 'note'), None
    for _ in range(RUNS):
        subprocess.run([sys.executable, '-S', '-c', MEASURE, note, *argv], check=True)
        cpu, peak = open(note).read().split()
        one = (float(cpu), int(peak))
        best = one if best is None or one < best else best
    return best


def patterns(path):
    rules = json.loads(subprocess.run([PROGRAM, 'rules', 'list', '--format', 'json'], capture_output=True, check=True).stdout)['rules']
    taken = 0
    with open(path, 'w', encoding='utf8') as out:
        for rule in rules:
            pattern = rule['pattern'].replace('(?<', '(?P<') if not re.search(r'\(\?<[=!]', rule['pattern']) else rule['pattern']
            pattern = re.sub(r'\(\?P<\w+>', '(?:', pattern)
            if subprocess.run(['rg', '-q', '-e', pattern], input=b'', capture_output=True).returncode != 2:
                out.write(pattern + '\n')
                taken += 1
    return taken, len(rules)


try:
    log, plain, file = (os.path.join(TOP, n) for n in ('job.log', 'plain.log', 'patterns'))
    make(log, plain)
    taken, all_rules = patterns(file)
    mine, peak = cost(PROGRAM, 'analyze', log)
    rg, _ = cost('rg', '--no-config', '-c', '-f', file, plain)
    wc, _ = cost('wc', '-l', log)
    version, _ = cost(PROGRAM, '--version')
    print(f'log: {os.path.getsize(log) >> 20} MiB raw, {os.path.getsize(plain) >> 20} MiB decoded')
    print(f'runmedic analyze      {mine:6.2f} s CPU, peak {peak >> 10} MiB ({all_rules} rules, steps, tests, signature)')
    print(f'rg -f on decoded text {rg:6.2f} s CPU ({taken} of the patterns)      ratio {mine / rg:.2f}')
    print(f'wc -l                 {wc:6.2f} s CPU      ratio {mine / max(wc, 0.005):.1f}')
    print(f'runmedic --version    {version * 1000:6.1f} ms CPU')
finally:
    shutil.rmtree(TOP, ignore_errors=True)
