#!/usr/bin/env python3
"""What runmedic costs, beside programs that do less, measured in one run. usage: bench.py PROGRAM [MB of the job log] [MB of hostile inputs]

A line per goal: what is measured, beside what, the ratio, and the ratio that is wanted. CPU seconds (user and system, by getrusage; of the logs from GitHub the
wall time), medians of three.
The peers get the text already decoded; ripgrep says which line, not which rule. PROGRAM stands in its build folder: the rest is compiled from there.
"""
import glob, json, os, re, shutil, statistics, subprocess, sys, tempfile

import inputs

PROGRAM, MB = os.path.abspath(sys.argv[1]), 1 << 20
SIZE = int(sys.argv[2]) * MB if len(sys.argv) > 2 else 1 << 30
HOSTILE = int(sys.argv[3]) * MB if len(sys.argv) > 3 else 32 * MB
BUILD, HERE = os.path.dirname(PROGRAM), os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..')
TOP = tempfile.mkdtemp()
RUNS = 3

MEASURE = ('import os, subprocess, sys\n'
           'cpu = peak = 0\n'
           'for _ in range(int(sys.argv[2])):\n'
           '    p = subprocess.Popen(sys.argv[3:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n'
           '    _, s, u = os.wait4(p.pid, 0)\n'
           '    cpu += u.ru_utime + u.ru_stime\n'
           '    peak = u.ru_maxrss\n'
           'open(sys.argv[1], "w").write(f"{cpu / int(sys.argv[2])} {peak}")\n')


def path(name):
    return os.path.join(TOP, name)


def cost(*argv, times=1):
    """(CPU seconds, peak KiB) of one process with its children."""
    runs = []
    for _ in range(RUNS):
        subprocess.run([sys.executable, '-S', '-c', MEASURE, path('note'), str(times), *argv], check=True)
        cpu, peak = open(path('note')).read().split()
        runs.append((float(cpu), int(peak)))
    return statistics.median(c for c, _ in runs), max(p for _, p in runs)


def say(what, mine, peer, theirs, wanted):
    ratio = mine / max(theirs, 1e-6)
    print(f'{what:34} {mine * 1000:9.1f} ms   {peer:24} {theirs * 1000:9.1f} ms   ratio {ratio:6.2f}   wanted {wanted:<5} {"" if ratio <= wanted else "MISSED"}', flush=True)


def patterns():
    """The patterns for ripgrep: a given list, else those of the catalogue that its engine takes."""
    given = inputs.shared('patterns250.txt')
    if given:
        return given
    rules = json.loads(subprocess.run([PROGRAM, 'rules', 'list', '--format', 'json'], capture_output=True, check=True).stdout)['rules']
    with open(path('patterns'), 'w', encoding='utf8') as out:
        for rule in rules:
            pattern = re.sub(r'\(\?<\w+>', '(?:', rule['pattern'])
            if subprocess.run(['rg', '-q', '-e', pattern], input=b'', capture_output=True).returncode != 2:
                out.write(pattern + '\n')
    return path('patterns')


def rg(file, text):
    return cost('rg', '--no-config', '-c', '-f', file, text)[0]


def logs(file):
    inputs.job_log(path('job.log'), SIZE)
    inputs.decode(path('job.log'), path('job.txt'))
    mine, peak = cost(PROGRAM, 'analyze', path('job.log'))
    peer = rg(file, path('job.txt'))
    say(f'job log of {SIZE // MB} MB', mine, 'rg, decoded text', peer, 0.6)
    say('', mine, 'wc -l', cost('wc', '-l', path('job.log'))[0], 5.5)
    print(f'{"peak memory":34} {peak / 1024:9.1f} MiB{"":49}wanted 16    {"" if peak <= 16 << 10 else "MISSED"}')
    small_program = subset_program()
    if small_program:
        say('all rules', mine, '100 rules', cost(small_program, 'analyze', path('job.log'))[0], 1.2)
    os.unlink(path('job.log')), os.unlink(path('job.txt'))
    inputs.job_log(path('small.log'), MB)
    inputs.decode(path('small.log'), path('small.txt'))
    say('job log of 1 MB', cost(PROGRAM, 'analyze', path('small.log'), times=10)[0], 'rg, decoded text', rg(file, path('small.txt')), 0.2)
    inputs.dense_log(path('dense.log'), 64 * MB)
    inputs.decode(path('dense.log'), path('dense.txt'))
    say('error-dense log of 64 MB', cost(PROGRAM, 'analyze', path('dense.log'))[0], 'rg, decoded text', rg(file, path('dense.txt')), 1.6)
    inputs.one_line(path('line.log'), 10 * MB)
    pipe = f"sed -E 's/\\x1b\\[[0-9;]*m//g' {path('line.log')} | rg --no-config -c -f {file}"
    say('one line of 10 MB', cost(PROGRAM, 'analyze', path('line.log'))[0], 'sed | rg', cost('sh', '-c', pipe)[0], 1)


def compile_c(name, *more):
    out = path(name)
    argv = ['cc', '-O2', '-std=c17', '-D_GNU_SOURCE', '-I' + os.path.join(ROOT, 'agent'), '-o', out, os.path.join(HERE, name + '.c'), *more]
    return out if subprocess.run(argv, stderr=subprocess.DEVNULL).returncode == 0 else None


def libraries():
    names = 'libcurl libgit2 libcjson sqlite3 libcrypto libssl libpcre2-8 yaml-0.1 expat zlib libarchive'
    flags = subprocess.run(['pkg-config', '--libs', *names.split()], capture_output=True, text=True, check=True).stdout.split()
    return [os.path.join(BUILD, 'librunmedic.a'), *flags, '-lm', '-lpthread']


def subset_program():
    """The same program with 100 rules, spread evenly over the catalogue; None where that cannot be made."""
    try:
        import yaml
        files = [yaml.safe_load(open(f, encoding='utf8')) for f in sorted(glob.glob(os.path.join(ROOT, 'agent/rules/catalogue/*.yml')))]
        rules = [dict({'tool': f['tool']} if 'tool' in f else {}, **rule) for f in files for rule in f['rules']]
        with open(path('subset.yml'), 'w', encoding='utf8') as out:
            yaml.safe_dump({'rules': [rules[i * len(rules) // 100] for i in range(100)]}, out, allow_unicode=True, width=10000)
        subprocess.run([os.path.join(BUILD, 'host/rulegen'), path('subset.c'), path('subset.yml')], check=True)
        objects = glob.glob(os.path.join(BUILD, 'obj/agent/cmd/*.o'))
        subprocess.run(['cc', '-O2', '-std=c17', '-D_GNU_SOURCE', '-I' + os.path.join(ROOT, 'agent'), '-o', path('subset'), path('subset.c'), *objects, *libraries()], check=True)
        return path('subset')
    except (ImportError, OSError, subprocess.CalledProcessError) as trouble:
        print(f'100 rules: {trouble}')
        return None


def reports():
    inputs.junit(path('junit.xml'), 50 * MB)
    mine, peer = compile_c('junit_loop', *libraries()), compile_c('expat_loop', '-lexpat')
    if mine and peer:
        say('JUnit report of 50 MB', cost(mine, path('junit.xml'))[0], 'expat loop', cost(peer, path('junit.xml'))[0], 1.3)


def start():
    hello = compile_c('hello', '-static')
    if hello:
        say('--version', cost(PROGRAM, '--version', times=100)[0], 'static hello', cost(hello, times=100)[0], 2)


def hostile():
    """Twice the size has to take twice the time."""
    for name, piece in inputs.HOSTILE:
        times = []
        for factor in (1, 2):
            inputs.repeated(path('hostile.log'), piece, HOSTILE * factor)
            times.append(cost(PROGRAM, 'analyze', path('hostile.log'))[0])
        say(f'{name}, {2 * HOSTILE // MB} MB', times[1], f'{HOSTILE // MB} MB', times[0], 2.2)


def fetch():
    """Wall time, not CPU seconds: waiting is what it is about. fetch.py makes the link."""
    argv = [sys.executable, os.path.join(HERE, 'fetch.py'), BUILD]
    runs = [json.loads(subprocess.run(argv, stdout=subprocess.PIPE, check=True).stdout) for _ in range(RUNS)]
    mine, peer = (statistics.median(run[key] for run in runs) for key in ('seconds', 'peer_seconds'))
    say(f'{runs[0]["logs"]} logs, {runs[0]["delay_ms"]} ms away', mine, 'curl, one by one', peer, 0.15)


def history():
    """In lines of its own: its goals are rates and sizes, not only ratios."""
    subprocess.run([sys.executable, os.path.join(HERE, 'store.py'), BUILD], check=True)


try:
    logs(patterns())
    reports()
    start()
    fetch()
    hostile()
    history()
finally:
    shutil.rmtree(TOP, ignore_errors=True)
