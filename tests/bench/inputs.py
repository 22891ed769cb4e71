"""Inputs of bench.py: made by the generator of a sibling folder where that is there, else here. The same arguments give the same bytes."""
import os, random, re, subprocess, sys

STAMP = re.compile(r'^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z ')
ANSI = re.compile('\x1b\\[[0-9;]*[A-Za-z]')
SHARED = os.path.join(os.path.dirname(__file__), '..', '..', '..', 'shared', 'bench')


def shared(name):
    path = os.path.join(SHARED, name)
    return path if os.path.exists(path) else None


def stamped(text, i):
    return f'2026-11-18T09:{i // 6000000 % 60:02}:{i // 100000 % 60:02}.{i % 100000 * 100:07}Z {text}\n'


def usual(rng, n):
    kind = rng.random()
    if kind < 0.35:
        return f'tests/test_{n % 97}.py::test_case_{n} \x1b[32mPASSED\x1b[0m [ {n % 100:2}%]'
    if kind < 0.6:
        return f'[{n % 100:3}%] \x1b[32mBuilding CXX object src/CMakeFiles/core.dir/unit_{n % 977}.cpp.o\x1b[0m'
    if kind < 0.8:
        return f'Collecting package-{n % 311}=={n % 9}.{n % 7}.{n % 5}'
    if kind < 0.97:
        return f'npm info run module-{n % 701}@{n % 12}.0.{n % 30} postinstall node_modules/module-{n % 701} node build.js'
    return f'src/unit_{n % 977}.cpp:{n % 800}:12: warning: unused parameter \'error\' [-Wunused-parameter]'


ERRORS = ('src/unit_{n}.cpp:{n}:12: error: no matching function for call to \'run_{n}\'', 'ERROR: step {n} failed: exit status 1',
          'E   AssertionError: assert {n} == 2', 'FAILED tests/test_{n}.py::test_case_{n} - ValueError: bad value {n}',
          'src/app_{n}.ts({n},7): error TS2304: Cannot find name \'value{n}\'.', 'npm ERR! code ELIFECYCLE', 'app/main_{n}.py:{n}:1: E302 expected 2 blank lines, found 1',
          'error[E0425]: cannot find value `x{n}` in this scope', '--- FAIL: TestCase{n} (0.01s)', 'make[1]: *** [Makefile:{n}: all] Error 2')


def dense(rng, n):
    """A quarter of the lines is something that a rule knows."""
    return rng.choice(ERRORS).format(n=n % 997) if rng.random() < 0.25 else usual(rng, n)


def write_log(path, size, line, seed=1):
    rng, written, n = random.Random(seed), 0, 0
    with open(path, 'w', encoding='utf8') as out:
        out.write('\ufeff')
        for text in ('##[group]Run make check', '\x1b[36;1mmake check\x1b[0m', 'shell: /usr/bin/bash -e {0}', '##[endgroup]'):
            out.write(stamped(text, 0))
        while written < size:
            n += 1
            written += out.write(stamped(line(rng, n), n))
        for text in ("E   ModuleNotFoundError: No module named 'yaml'", '##[error]Process completed with exit code 1.'):
            out.write(stamped(text, n))


def job_log(path, size):
    generator = shared('gen_logs.py')
    if generator:
        subprocess.run([sys.executable, generator, 'job', '--size', str(size), '-o', path], check=True, stdout=subprocess.DEVNULL)
    else:
        write_log(path, size, usual)


def dense_log(path, size):
    write_log(path, size, dense)


def decode(path, to):
    with open(path, encoding='utf8', errors='surrogateescape', newline='\n') as raw, open(to, 'w', encoding='utf8', errors='surrogateescape') as out:
        for line in raw:
            out.write(ANSI.sub('', STAMP.sub('', line)))


def one_line(path, size):
    with open(path, 'w', encoding='utf8') as out:
        out.write('2026-11-18T09:00:00.0000000Z ')
        for n in range(size // 52):
            out.write(f'\x1b[32mstep {n:9}\x1b[0m of the build is done, no error. ')
        out.write('\n')


def junit(path, size):
    generator = shared('gen_logs.py')
    if generator:
        subprocess.run([sys.executable, generator, 'junit', '--size', str(size), '-o', path], check=True, stdout=subprocess.DEVNULL)
        return
    with open(path, 'w', encoding='utf8') as out:
        out.write('<?xml version="1.0"?>\n<testsuites><testsuite name="all">\n')
        for n in range(size // 90):
            out.write(f'<testcase classname="tests.test_{n % 97}.TestCase" name="test_case_{n}" time="0.{n % 1000:03}"/>\n')
        out.write('</testsuite></testsuites>\n')


def repeated(path, piece, size):
    many = piece * (1 + (1 << 20) // len(piece))
    with open(path, 'wb') as out:
        while size > 0:
            size -= out.write(many[:max(len(piece), min(len(many), size) // len(piece) * len(piece))])


HOSTILE = (('one line', b'a error: b '), ('short lines', b'x\n'), ('nested groups', b'##[group]Run a\n'), ('escapes', b'\x1b]8;;x \x1b[3'),
           ('regex bait', b'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa error: aaaaaaaaaaaaaaaaaa(((((((((((\n'), ('literals', b'error: FAILED ERROR PASSED ::test\n'))
