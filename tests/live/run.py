#!/usr/bin/env python3
"""`runmedic run` beside the command alone: what a step sees, prints and ends with must be the same.

usage: run.py PROGRAM [TEST...]      (a build without sanitizers: memory is measured)
"""
import fcntl, hashlib, json, os, pty, re, resource, select, shutil, signal, struct, subprocess, sys, termios, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'hostile'))
from ground import ENV, MIB, PROGRAM, Skip, TOP, run_all, runmedic, write

for name in ('GITHUB_ACTIONS', 'RUNNER_TEMP', 'GITHUB_STEP_SUMMARY', 'GITHUB_WORKSPACE', 'GITHUB_OUTPUT'):
    ENV.pop(name, None)
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):  # what started us may ignore them, and so would all below
    signal.signal(number, signal.SIG_DFL)
FLAKY = 'if [ -e "$0" ]; then echo fine; else touch "$0"; curl -sS --connect-timeout 5 http://nosuch-host.invalid/x; fi'
READY = 'echo ready; '


def run(*argv, options=(), stdin=b'', env=None, **more):
    p = subprocess.run([PROGRAM, 'run', *options, '--', *argv], input=stdin, capture_output=True, env={**ENV, **(env or {})}, cwd=TOP, timeout=60, **more)
    return p.returncode, p.stdout, p.stderr.decode(errors='replace')


def start(*argv, options=(), env=None, **more):
    return subprocess.Popen([PROGRAM, 'run', *options, '--', *argv], env={**ENV, **(env or {})}, cwd=TOP,
                            **{'stdin': subprocess.DEVNULL, 'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, **more})


def sh(script, **more):
    return run('sh', '-c', script, **more)


def equal(found, wanted):
    assert found == wanted, f'{found!r}, not {wanted!r}'


def actions(name):
    """The environment of a step of Actions, with folders of its own."""
    temp = os.path.join(TOP, name)
    os.makedirs(temp, exist_ok=True)
    return {'GITHUB_ACTIONS': 'true', 'RUNNER_TEMP': temp, 'GITHUB_STEP_SUMMARY': os.path.join(temp, 'summary.md'), 'GITHUB_WORKSPACE': TOP}


def read(path):
    with open(path, encoding='utf8', errors='replace') as f:
        return f.read()


def captures(env):
    folder = os.path.join(env['RUNNER_TEMP'], 'runmedic')
    return [os.path.join(folder, n) for n in sorted(os.listdir(folder))]


def facts(path):
    return json.loads(read(path).rstrip('\n').split('\n')[-1].removeprefix('##[endgroup]'))


def gone(pid, seconds=5):
    for _ in range(int(seconds * 50)):
        try:
            if open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()[0] in 'ZX':
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


# ---- status ----

def the_status_is_the_commands_own():
    for code in (0, 1, 2, 42, 125, 255):
        status, out, err = sh(f'exit {code}')
        assert status == code and out == b'', (code, status, out)
        assert (code == 0) == (err == ''), err


def a_signal_is_128_and_its_number():
    for n in (signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGINT):
        equal(sh(f'kill -{int(n)} $$')[0], 128 + n)


def what_cannot_be_started_is_126_or_127():
    write('plain.txt', [b'no program\n'])
    for argv, code in ((['no-such-program-here'], 127), (['./nowhere/x'], 127), (['./plain.txt'], 126), (['/'], 126)):
        status, out, err = run(*argv)
        assert (status, out) == (code, b''), (argv, status, out)
        assert err.count('\n') == 1 and err.startswith('runmedic run: cannot start '), err


def usage_errors_come_before_the_start():
    for args in ([], ['--'], ['true'], ['--retries', '11', '--', 'true'], ['--retries', 'x', '--', 'true'], ['--retry-on', 'weather', '--', 'true'], ['--retry-on', '', '--', 'true'],
                 ['--backoff', '-1', '--', 'true'], ['--output', 'x', '--', 'true'], ['--name', 'a\nb', '--', 'true'], ['make', '--', 'test']):
        p = subprocess.run([PROGRAM, 'run', *args], capture_output=True, env=ENV, cwd=TOP)
        assert p.returncode == 2 and p.stdout == b'' and p.stderr.count(b'\n') == 1, (args, p)


def options_of_the_command_stay_its_own():
    equal(run('printf', '%s|', '-q', '--help', '--', '--retries')[1], b'-q|--help|--|--retries|')


def trouble_of_its_own_changes_nothing():
    os.makedirs(os.path.join(TOP, 'badconf'), exist_ok=True)
    bad = write('badconf/bad.yml', [b'heal:\n  teir: heal\n'])
    status, out, err = sh('echo out; exit 3', options=['--config', bad])
    assert (status, out) == (3, b'out\n') and 'teir' in err and 'ended with exit code 3' in err, (status, out, err)
    equal(run('true', options=['--config', bad]), (0, b'', ''))
    status, out, err = sh('echo out', options=['--capture', '/nowhere/x.log'])
    assert (status, out) == (0, b'out\n') and 'cannot write the capture' in err, err


# ---- environment and input ----

def the_environment_is_the_steps_own():
    env = {'GITHUB_TOKEN': 'a-token-of-the-step', 'ODD': 'a\nb'}
    alone = subprocess.run(['env', '-0'], capture_output=True, env={**ENV, **env}, cwd=TOP).stdout
    equal(sorted(run('env', '-0', env=env)[1].split(b'\0')), sorted(alone.split(b'\0')))


def standard_input_is_inherited():
    data = os.urandom(3 << 20)
    equal(run('sha256sum', stdin=data)[1].split()[0].decode(), hashlib.sha256(data).hexdigest())


def what_the_command_leaves_of_the_input_is_there_for_the_next():
    path = write('lines.txt', [b'one\ntwo\nthree\n'])
    p = subprocess.run(['sh', '-c', f'"{PROGRAM}" run -- sh -c "read a; echo got \\$a"; "{PROGRAM}" run -- cat'], stdin=open(path, 'rb'), capture_output=True, env=ENV, cwd=TOP)
    equal(p.stdout, b'got one\ntwo\nthree\n')


def other_descriptors_are_inherited():
    r, w = os.pipe()
    status, _, _ = sh(f'echo deep >&{w}', pass_fds=(w,))
    os.close(w)
    equal((status, os.read(r, 99)), (0, b'deep\n'))
    os.close(r)


def no_descriptor_of_ours_leaks():
    _, out, _ = run(sys.executable, '-S', '-c', 'import os; print(sorted(int(f) for f in os.listdir("/proc/self/fd")))')
    equal(json.loads(out)[:3] + [len(json.loads(out))], [0, 1, 2, 4])  # and the folder that is being read


def signal_dispositions_are_inherited():
    show = ['grep', '-E', '^Sig(Blk|Ign)', '/proc/self/status']
    for ignored in ([], [signal.SIGPIPE], [signal.SIGHUP, signal.SIGINT], [signal.SIGCHLD, signal.SIGXFSZ]):
        def prepare():
            for n in ignored:
                signal.signal(n, signal.SIG_IGN)
        alone = subprocess.run(show, capture_output=True, env=ENV, preexec_fn=prepare).stdout
        equal(run(*show, preexec_fn=prepare)[1], alone)


# ---- output ----

def bytes_are_identical():
    path = write('noise.bin', [os.urandom(1 << 20)] * 5 + [bytes(range(256)) * 1000, b'no newline at the end'])
    with open(path, 'rb') as f:
        want = hashlib.sha256(f.read()).hexdigest()
    status, out, err = run('cat', path)
    equal((status, hashlib.sha256(out).hexdigest(), err), (0, want, ''))
    status, out, err = sh(f'cat {path} >&2; echo x')
    assert (status, out) == (0, b'x\n')
    p = start('sh', '-c', f'cat {path} >&2')
    equal(hashlib.sha256(p.communicate(timeout=60)[1]).hexdigest(), want)


def streams_stay_apart():
    status, out, err = sh('for i in 1 2 3; do echo out$i; echo err$i >&2; done')
    equal((status, out, err), (0, b'out1\nout2\nout3\n', 'err1\nerr2\nerr3\n'))


def one_stream_for_both_keeps_the_order():
    script = 'i=0; while [ $i -lt 500 ]; do echo out$i; echo err$i >&2; i=$((i+1)); done'
    p = start('sh', '-c', script, stderr=subprocess.STDOUT)
    equal(p.communicate(timeout=60)[0].decode().split(), [w for i in range(500) for w in (f'out{i}', f'err{i}')])
    path = os.path.join(TOP, 'both.log')
    subprocess.run(f'"{PROGRAM}" run -- sh -c \'{script}\' >"{path}" 2>&1', shell=True, env=ENV, check=True)
    equal(read(path).split(), [w for i in range(500) for w in (f'out{i}', f'err{i}')])


def the_capture_has_whole_lines_of_both():
    path = os.path.join(TOP, 'mixed.log')
    write('mixed.py', [b'import os, time\nfor i in range(40):\n  os.write(1, b"first half of %d, " % i); time.sleep(0.004)\n'
                       b'  os.write(2, b"from the other stream\\n"); time.sleep(0.004)\n  os.write(1, b"second half\\n"); time.sleep(0.004)\n'])
    equal(run(sys.executable, 'mixed.py', options=['--capture', path])[0], 0)
    lines = read(path).split('\n')[4:-2]
    equal(sorted(lines), sorted([f'first half of {i}, second half' for i in range(40)] + ['from the other stream'] * 40))


def output_is_live():
    p = start('sh', '-c', 'printf now; sleep 3; echo later')
    assert select.select([p.stdout], [], [], 2)[0], 'nothing came within two seconds'
    equal(os.read(p.stdout.fileno(), 99), b'now')
    p.kill()
    p.communicate()


def a_slow_reader_of_one_stream_does_not_hold_the_other():
    p = start('sh', '-c', '(yes | head -c 5000000; echo done >&2) & echo early >&2; wait')
    equal(p.stderr.readline(), b'early\n')
    out, err = p.communicate(timeout=30)
    equal((p.returncode, len(out), err), (0, 5000000, b'done\n'))


def two_hundred_megabytes_in_bounded_memory():
    line = 'x' * 99
    status, out, err, peak = runmedic('run', '--capture', 'huge.log', '--', 'sh', '-c', f'echo first; yes {line} | head -c 200000000 | sha256sum >sum.txt; yes {line} | head -c 200000000; echo last; exit 3')
    assert status == 3 and len(out) == 200000011, (status, len(out))
    equal(hashlib.sha256(out[6:-5].encode()).hexdigest(), read(os.path.join(TOP, 'sum.txt')).split()[0])
    assert peak < 80 * MIB, f'{peak} KiB'
    text = read(os.path.join(TOP, 'huge.log'))
    assert len(text) < 17 << 20, len(text)
    assert text.split('\n')[4] == 'first' and '\nlast\n##[error]Process completed with exit code 3.\n' in text
    cut = re.findall(r'^\[runmedic: (\d+) bytes of output are left out here\]$', text, re.M)
    kept = len(text) - text.index('first\n') - len(text[text.index('##[error]'):]) - len(f'[runmedic: {cut[0]} bytes of output are left out here]\n')
    equal(int(cut[0]) + kept, 200000011)
    assert all(x in (line, 'first', 'last') or x.startswith('[runmedic') for x in text.split('\n')[4:-3]), 'a line was cut'


def a_single_endless_line_is_bounded():
    status, out, err, peak = runmedic('run', '--capture', 'line.log', '--', 'sh', '-c', 'head -c 100000000 /dev/zero | tr "\\0" x; exit 1')
    assert status == 1 and len(out) == 100000000 and peak < 80 * MIB, (status, len(out), peak)
    assert os.path.getsize(os.path.join(TOP, 'line.log')) < 17 << 20


# ---- streams that end ----

def a_reader_that_leaves_ends_the_command():
    p = subprocess.run(['bash', '-c', f'"{PROGRAM}" run -- yes | head -n 1; echo "${{PIPESTATUS[0]}}"'], capture_output=True, env=ENV, timeout=20)
    equal((p.stdout, p.stderr), (b'y\n141\n', b''))


def closed_streams_are_closed_for_the_command():
    script = 'x=; for f in 0 1 2; do [ -e /proc/$$/fd/$f ] && x=$x$f; done; echo "$x" >answer; exit 5'
    for closed in ('<&-', '>&-', '2>&-', '<&- >&- 2>&-'):
        for program in ('', f'"{PROGRAM}" run -- '):
            status = subprocess.run(['bash', '-c', f"{program}bash -c '{script}' {closed}"], env=ENV, cwd=TOP, timeout=20, capture_output=True).returncode
            answer = read(os.path.join(TOP, 'answer'))
            alone = answer if not program else alone
            equal((status, answer), (5, alone))


def a_full_disk_behind_standard_output_is_told():
    p = subprocess.run(f'"{PROGRAM}" run -- sh -c "yes | head -c 1000000; exit 0" >/dev/full', shell=True, capture_output=True, env=ENV, timeout=20)
    assert b'No space left on device' in p.stderr, p


def a_grandchild_that_holds_the_pipe_does_not_hang_us():
    # the grandchild outlives the test, or it was waited for
    status, out, _ = sh('sleep 600 & echo $!; exit 7')
    equal(status, 7)
    os.kill(int(out), signal.SIGKILL)
    status, out, _ = sh('(while :; do echo noise || exit; sleep 0.01; done) & exit 0')
    assert status == 0 and b'noise' in out


def what_was_written_before_the_end_is_delivered_to_a_slow_reader():
    p = start('sh', '-c', 'sleep 60 & head -c 900000 /dev/zero; echo $! >&2')
    time.sleep(2.5)
    total = 0
    while True:
        piece = os.read(p.stdout.fileno(), 65536)
        if not piece:
            break
        total += len(piece)
        time.sleep(0.01)
    equal((total, p.wait(timeout=10)), (900000, 0))
    os.kill(int(p.stderr.read()), signal.SIGKILL)


# ---- signals ----

def signals_reach_the_command_and_its_children():
    for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2):
        p = start('sh', '-c', READY + 'sleep 30 & wait; sleep 30', start_new_session=True)
        equal(p.stdout.readline(), b'ready\n')
        os.kill(p.pid, n)
        # a shell without job control makes its background commands ignore INT and QUIT
        equal(p.wait(timeout=10), 128 + n)
        p.communicate()


def a_trap_decides_the_status():
    p = start('bash', '-c', 'trap "echo caught; exit 9" TERM; echo ready; while :; do sleep 0.05; done', start_new_session=True)
    equal(p.stdout.readline(), b'ready\n')
    os.kill(p.pid, signal.SIGTERM)
    out, err = p.communicate(timeout=10)
    equal((p.returncode, out, err.replace(b'Terminated\n', b'')), (9, b'caught\n', b''))


def stop_and_continue_are_passed_on():
    p = start('bash', '-c', 'echo $$; i=0; while [ $i -lt 40 ]; do sleep 0.05; i=$((i+1)); done; echo end', start_new_session=True)
    child = int(p.stdout.readline())
    os.kill(p.pid, signal.SIGTSTP)
    for _ in range(100):
        states = [open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()[0] for pid in (p.pid, child)]
        if states == ['T', 'T']:
            break
        time.sleep(0.02)
    equal(states, ['T', 'T'])
    os.kill(p.pid, signal.SIGCONT)
    equal((p.communicate(timeout=20)[0], p.returncode), (b'end\n', 0))


def kill_minus_nine_hangs_up_the_command():
    p = start('sh', '-c', 'echo $$; exec sleep 30', start_new_session=True)
    child = int(p.stdout.readline())
    p.kill()
    p.wait()
    assert gone(child), 'the command still runs'
    p = start(sys.executable, '-S', '-c', 'import os, signal, sys\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\nprint(os.getpid(), flush=True)\nwhile True: os.write(1, b"x" * 4096)', start_new_session=True)
    child = int(p.stdout.readline())
    p.kill()
    p.wait()
    assert gone(child), 'a command that writes still runs'


# ---- terminals ----

def terminal(argv, stdin=None, act=lambda master, pid: None):
    """Runs in a session whose terminal is a new one; returns (status, what was shown)."""
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 33, 99, 0, 0))
        os.chdir(TOP)
        os.execvpe(argv[0], argv, {**ENV, 'TERM': 'xterm'})
    shown = b''
    acted = False
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
        if not acted and b'ready' in shown:
            acted = True
            act(master, pid)
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


def with_a_terminal_the_command_has_one():
    write('ask.sh', [b'for i in 0 1 2; do [ -t $i ] && echo "$i is a terminal" >&2; done; stty size <&2'])
    status, shown = terminal([PROGRAM, 'run', '--', 'sh', 'ask.sh'])
    equal((status, shown), (0, b'0 is a terminal\r\n1 is a terminal\r\n2 is a terminal\r\n33 99\r\n'))
    status, shown = terminal(['sh', '-c', f'"{PROGRAM}" run -- sh ask.sh | cat'])
    assert b'1 is a terminal' not in shown and b'2 is a terminal' in shown, shown


def without_a_terminal_it_has_none():
    equal(sh('for i in 0 1 2; do [ -t $i ] && echo terminal; done; exit 0')[1], b'')


def a_terminals_bytes_and_capture_are_as_printed():
    status, shown = terminal([PROGRAM, 'run', '--capture', 'tty.log', '--', 'printf', 'a\\033[31mred\\033[0m\\nb\\tc\\n'])
    equal((status, shown), (0, b'a\x1b[31mred\x1b[0m\r\nb\tc\r\n'))
    assert 'a\x1b[31mred\x1b[0m\nb\tc\n' in read(os.path.join(TOP, 'tty.log'))


def the_terminals_keys_work():
    status, shown = terminal([PROGRAM, 'run', '--', 'sh', '-c', READY + 'sleep 20'], act=lambda master, pid: os.write(master, b'\x03'))
    equal(status, 130)
    status, shown = terminal([PROGRAM, 'run', '--', 'bash', '-c', READY + 'read x; echo "got $x"'], act=lambda master, pid: os.write(master, b'words\n'))
    assert status == 0 and b'got words' in shown, shown


def the_terminals_stop_key_suspends_both():
    # as a shell does: a job in a group of its own in the foreground, waited for until it stops or ends
    job = ('import os, signal, sys\n'
           'signal.signal(signal.SIGTTOU, signal.SIG_IGN)\n'
           'pid = os.fork()\n'
           'if pid == 0:\n'
           '    os.setpgid(0, 0); os.tcsetpgrp(0, os.getpid()); signal.signal(signal.SIGTTOU, signal.SIG_DFL)\n'
           '    os.execv(sys.argv[1], sys.argv[1:])\n'
           '_, status = os.waitpid(pid, os.WUNTRACED)\n'
           'print("stopped by", os.WSTOPSIG(status) if os.WIFSTOPPED(status) else status, flush=True)\n'
           'os.killpg(pid, signal.SIGCONT)\n'
           '_, status = os.waitpid(pid, 0)\n'
           'print("ended with", os.waitstatus_to_exitcode(status))\n')
    status, shown = terminal([sys.executable, '-S', '-c', job, PROGRAM, 'run', '--', 'sh', '-c', READY + 'sleep 1; echo end; exit 4'], act=lambda master, pid: os.write(master, b'\x1a'))
    assert b'stopped by %d' % signal.SIGSTOP in shown and b'end\r\n' in shown and b'ended with 4' in shown, shown


def the_terminals_size_follows():
    def act(master, pid):
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', 20, 44, 0, 0))
    script = 'trap "stty size <&1; exit 0" WINCH; echo ready; i=0; while [ $i -lt 100 ]; do sleep 0.05; i=$((i+1)); done'
    status, shown = terminal([PROGRAM, 'run', '--', 'bash', '-c', script], act=act)
    assert status == 0 and b'20 44' in shown, shown


# ---- retries ----

def need_curl():
    if not shutil.which('curl'):
        raise Skip('no curl')


def a_flaky_command_is_tried_again():
    need_curl()
    env = actions('flaky')
    status, out, err = run('sh', '-c', FLAKY, os.path.join(TOP, 'flaky', 'flag'), options=['--retries', '2', '--backoff', '1'], env=env)
    equal((status, out), (0, b'fine\n'))
    assert 'attempt 1 of 3 ended with exit code 6' in err and 'passed at attempt 2' in err, err
    equal(re.findall(r'^::(?:group|endgroup)::.{0,12}', err, re.M), ['::group::Attempt 1 of', '::endgroup::', '::group::Attempt 2 of', '::endgroup::'])
    assert 'passed at attempt 2' in read(env['GITHUB_STEP_SUMMARY'])
    path = captures(env)[0]
    text, known = read(path), facts(path)
    equal((known['attempts'], known['exit_code']), (2, 0))
    assert 'Could not resolve' in text[:known['offset']] and text[known['offset']:].split('\n')[4] == 'fine', text
    equal(text.count('##[error]'), 0)


def all_attempts_fail():
    need_curl()
    env = actions('down')
    status, out, err = run('curl', '-sS', '--connect-timeout', '5', 'http://nosuch-host.invalid/x', options=['--retries', '1', '--backoff', '0', '--retry-on', 'infra,network', '--name', 'fetch'], env=env)
    assert status == 6 and err.count('curl: (6)') >= 2 and 'fetch ended with exit code 6 in each of 2 attempts' in err, err
    path = captures(env)[0]
    assert os.path.basename(path) == 'fetch-1.log'
    equal(facts(path)['attempts'], 2)
    # a later `heal` reads it as the log of a step
    p = subprocess.run([PROGRAM, 'analyze', path, '--format', 'json'], capture_output=True, env=ENV)
    a = json.loads(p.stdout)
    equal((a['failed_step']['exit_code'], a['failed_step']['first_line'] > 5, a['findings'][0]['category']), (6, True, 'network'))


def what_is_not_transient_is_not_tried_again():
    write('test_x.py', [b'import unittest\nclass X(unittest.TestCase):\n  def test_a(self):\n    open("tries", "a").write("x")\n    self.assertEqual(1, 2)\nunittest.main()\n'])
    status, _, err = run(sys.executable, 'test_x.py', options=['--retries', '3', '--backoff', '0'])
    assert status == 1 and 'not tried again: this does not pass by itself' in err, err
    equal(read(os.path.join(TOP, 'tries')), 'x')


def other_categories_are_not_tried_again():
    need_curl()
    status, _, err = run('curl', '-sS', '--connect-timeout', '5', 'http://nosuch-host.invalid/x', options=['--retries', '3', '--backoff', '0', '--retry-on', 'infra'])
    assert status == 6 and err.count('curl: (6) ') == 2 and '--retry-on does not name its category' in err, err


def nothing_is_tried_again_unless_asked():
    need_curl()
    status, _, err = run('curl', '-sS', '--connect-timeout', '5', 'http://nosuch-host.invalid/x')
    assert status == 6 and 'attempt' not in err and 'could not resolve nosuch-host.invalid' in err, err


def the_last_attempt_is_the_diagnosis():
    need_curl()
    script = 'if [ -e "$0" ]; then echo "x.c:1:5: error: expected expression before \';\' token"; exit 1; fi; touch "$0"; curl -sS --connect-timeout 5 http://nosuch-host.invalid/x'
    status, _, err = run('sh', '-c', script, os.path.join(TOP, 'second'), options=['--retries', '3', '--backoff', '0'])
    assert status == 1 and err.count('attempt 1 of 4') == 1 and 'not tried again' in err, err
    assert 'curl' not in err[err.index('not tried again'):].split('✗')[1], err


def terminate_during_the_wait_ends_at_once():
    need_curl()
    p = start('curl', '-sS', '--connect-timeout', '5', 'http://nosuch-host.invalid/x', options=['--retries', '3', '--backoff', '300'])
    while b'the next one in' not in (line := p.stderr.readline()):
        assert line, 'it ended'
    if float(re.search(rb'next one in ([\d.]+) s', line).group(1)) < 1:
        p.kill()
        raise Skip('the wait happened to be short')
    p.terminate()
    _, rest = p.communicate(timeout=400)
    assert p.returncode == 6 and b'attempt 2' not in rest, (p.returncode, rest)


def a_command_that_was_stopped_is_not_tried_again():
    p = start('sh', '-c', READY + 'echo "curl: (6) Could not resolve host: x" >&2; sleep 30', options=['--retries', '3', '--capture', 'stopped.log'], start_new_session=True)
    equal(p.stdout.readline(), b'ready\n')
    os.kill(p.pid, signal.SIGTERM)
    out, err = p.communicate(timeout=10)
    assert p.returncode == 143 and b'runmedic' not in err, err
    path = os.path.join(TOP, 'stopped.log')
    assert '##[error]The operation was canceled.' in read(path) and facts(path)['cancelled'] is True


# ---- captures ----

def a_capture_that_cannot_be_kept_changes_nothing():
    status, out, err = sh('echo out; echo "ModuleNotFoundError: No module named \'yaml\'" >&2; exit 4', options=['--capture', '/dev/full'])
    assert (status, out) == (4, b'out\n') and 'is not whole: No space left on device' in err and 'yaml' in err.split('✗')[1], err

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
    status, out, err = sh('yes | head -c 100000; exit 4', options=['--capture', 'small.log'], preexec_fn=small)
    assert status == 4 and len(out) == 100000 and 'is not whole: File too large' in err, (status, len(out), err)
    equal(os.path.getsize(os.path.join(TOP, 'small.log')), 5000)


def a_disk_that_runs_full_changes_nothing():
    folder = os.path.join(TOP, 'tiny')
    os.makedirs(folder)
    if os.getuid() != 0 or subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tiny', folder], capture_output=True).returncode:
        raise Skip('no tmpfs can be mounted')
    try:
        status, out, err = sh('yes | head -c 300000; exit 4', options=['--capture', os.path.join(folder, 'x.log')])
        assert status == 4 and len(out) == 300000 and 'No space left on device' in err, err
        env = {**actions('tiny-summary'), 'RUNNER_TEMP': folder, 'GITHUB_STEP_SUMMARY': os.path.join(folder, 'summary.md')}
        status, out, err = sh('echo out; exit 4', env=env)
        assert (status, out) == (4, b'out\n'), (status, out, err)
    finally:
        subprocess.run(['umount', folder], check=True)


def a_pipe_nobody_reads_is_no_capture():
    path = os.path.join(TOP, 'fifo')
    os.mkfifo(path)
    status, out, err = sh('echo out', options=['--capture', path])
    assert (status, out) == (0, b'out\n') and 'cannot write the capture' in err, err


def captures_are_numbered_in_the_order_of_the_steps():
    env = actions('numbers')
    for name in ('build', 'unit tests', '../../etc/passwd'):
        equal(sh('exit 0', options=['--name', name], env=env)[0], 0)
    equal(run('true', env=env)[0], 0)
    equal(sorted(os.path.basename(p) for p in captures(env)), ['build-1.log', 'passwd-3.log', 'true-4.log', 'unit_tests-2.log'])
    assert all(os.stat(p).st_mode & 0o777 == 0o600 for p in captures(env))


def killed_in_the_middle_the_capture_has_what_came():
    p = start('sh', '-c', 'echo one; echo two; exec sleep 30', options=['--capture', 'killed.log'], start_new_session=True)
    equal((p.stdout.readline(), p.stdout.readline()), (b'one\n', b'two\n'))
    p.kill()
    p.communicate()
    assert read(os.path.join(TOP, 'killed.log')).endswith('##[endgroup]\none\ntwo\n')


def a_program_cannot_forge_the_facts():
    path = os.path.join(TOP, 'forged.log')
    forged = '##[error]Process completed with exit code 77.\\n##[endgroup]{"schema":"runmedic.capture/1","command":"rm","exit_code":0,"attempts":1,"offset":0,"bytes":1}\\nPost job cleanup.\\n'
    status, _, err = sh(f"printf '%b' '{forged}'; printf 'no newline'; exit 3", options=['--capture', path])
    assert status == 3 and re.search(r'in step "Run sh .*", exit code 3$', err, re.M), err
    equal((facts(path)['exit_code'], facts(path)['command'][:2]), (3, 'sh'))


# ---- Actions ----

def commands_in_the_output_are_inert_in_our_excerpt():
    env = actions('guard')
    status, out, err = sh('echo "::error file=x::forged"; echo "fatal: ::warning::x"; exit 1', env=env)
    token = re.search(r'^::stop-commands::([0-9a-f]{32})$', err, re.M).group(1)
    inside = err[err.index(token) + 33:err.index(f'::{token}::')]
    assert status == 1 and 'forged' in inside and not re.search(r'^\s*::(error|warning|group)', err.replace(inside, ''), re.M), err
    status, out, err = sh('exit 1', env=env)
    assert token not in err, 'the token is no random one'


def annotations_name_the_place():
    env = actions('notes')
    _, _, err = sh('printf "src/a%%b.c:%d:5: error: expected expression before token\\n" $(seq 1 40) | tr , :; exit 1', env=env)
    notes = re.findall(r'^::error file=([^,]*),line=(\d+)', err, re.M)
    assert 1 <= len(notes) <= 10 and notes[0][0] == 'src/a%25b.c', err


def the_summary_is_appended_within_its_limit():
    env = actions('summary')
    with open(env['GITHUB_STEP_SUMMARY'], 'w') as f:
        f.write('# from the command')
    sh("echo \"ModuleNotFoundError: No module named 'yaml' <img src=x> @someone\"; exit 1", env=env, options=['--name', 'unit tests'])
    text = read(env['GITHUB_STEP_SUMMARY'])
    assert text.startswith('# from the command\n') and '### unit tests: exit code 1' in text and 'yaml' in text, text
    with open(env['GITHUB_STEP_SUMMARY'], 'w') as f:
        f.write('x' * ((1 << 20) - 100))
    status, _, err = sh('echo fatal: x; exit 1', env=env)
    equal((status, os.path.getsize(env['GITHUB_STEP_SUMMARY'])), (1, (1 << 20) - 100))
    assert 'summary is full' in err, err


def an_unfinished_line_does_not_swallow_our_commands():
    _, _, err = sh('printf "no newline" >&2; exit 1', env=actions('unfinished'), options=['--retries', '1'])
    assert '\n::endgroup::\n' in err and 'no newline\n' in err, err


def quiet_is_quiet():
    env = actions('quiet')
    equal(sh('echo out; echo err >&2; exit 1', options=['-q', '--retries', '1'], env=env), (1, b'out\n', 'err\n'))
    assert 'exit code 1' in read(env['GITHUB_STEP_SUMMARY'])


def secrets_of_the_output_are_not_repeated():
    secret = 'ghp_' + 'Zx81kQw09LmNbVcRtYuPoIaSdFgHjK2345Qw'
    env = actions('secret')
    _, out, err = sh(f'echo "fatal: unable to access https://bot:{secret}@example.org/x.git/: Could not resolve host: example.org"; exit 128', env=env)
    assert secret in out.decode() and secret not in err.replace(f'bot:{secret}', '', 0).split('✗')[1] and secret not in read(env['GITHUB_STEP_SUMMARY'])


def it_opens_no_connection():
    if not shutil.which('strace'):
        raise Skip('no strace')
    note = os.path.join(TOP, 'strace.txt')
    p = subprocess.run(['strace', '-o', note, '-e', 'trace=socket,connect', PROGRAM, 'run', '--', 'sh', '-c', 'exit 1'], capture_output=True, env={**ENV, **actions('offline')}, cwd=TOP)
    if p.returncode != 1:
        raise Skip('strace does not work here')
    assert 'socket(' not in read(note), read(note)


if __name__ == '__main__':
    tests = [f for f in list(globals().values()) if callable(f) and getattr(f, '__module__', '') == '__main__' and f.__code__.co_argcount == 0
             and f.__name__ not in ('need_curl',)]
    run_all('live', tests)
