// action.yml as a release has it, really executed.
import {appendFileSync, chmodSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {spawn, spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {Runner} from './executor/runner.mjs';
import {ok, same, skip} from './check.mjs';
import {act, filesBelow, pathOf, program, real, recorded, release, world} from './release.mjs';

const empty = outputs => Object.values(outputs).every(v => v === '');
const said = (r, level, pattern) => r.annotations.some(a => a.level === level && pattern.test(a.text));
const token = world().github.token;
const good = release();

// inputs and outputs
let r = await act(good, {}, {STANDIN: 'outputs'});
same(r.status, 'success', 'mode auto succeeds');
same(r.record.argv, 'argv:action', 'the binary gets no arguments but its command');
same(Object.values(r.outputs), ['heal', 'lint', '1:ab', '0.97', `${r.world.temp}/patch`, 'u', 'c', 'r', 'true'], 'all outputs come through');
const wanted = {MODE: 'auto', CONFIG: '.github/runmedic.yml', TIER: '', DELIVER: '', DRY_RUN: 'false', FAIL_ON: 'never', DB: '.runmedic/history.db', HISTORY: 'file'};
for (const [name, value] of Object.entries(wanted)) same(r.record.env[`RUNMEDIC_INPUT_${name}`], value, `default of ${name}`);
same(r.record.env.GITHUB_TOKEN, token, 'the token of the job is the default');
r = await act(good, {mode: 'report', config: 'a', tier: 'review', deliver: 'pr', 'dry-run': 'true', 'fail-on': 'unhealed', db: 'b', history: 'none', token: 't', 'app-id': '1', 'private-key': 'k'});
same(['MODE', 'CONFIG', 'TIER', 'DELIVER', 'DRY_RUN', 'FAIL_ON', 'DB', 'HISTORY'].map(n => r.record.env[`RUNMEDIC_INPUT_${n}`]).concat(r.record.env.GITHUB_TOKEN, r.record.env.RUNMEDIC_APP_ID, r.record.env.RUNMEDIC_PRIVATE_KEY),
	['report', 'a', 'review', 'pr', 'true', 'unhealed', 'b', 'none', 't', '1', 'k'], 'every input is handed over');
const evil = '$(touch pwned) `touch pwned`; touch pwned; " touch pwned \' && touch pwned %PATH%';
r = await act(good, Object.fromEntries(['mode', 'config', 'tier', 'deliver', 'dry-run', 'fail-on', 'db', 'history', 'token', 'app-id', 'private-key'].map(n => [n, evil])));
ok(!existsSync(join(r.world.workspace, 'pwned')), 'inputs are never commands');
same([r.record.env.RUNMEDIC_INPUT_MODE, r.record.env.RUNMEDIC_INPUT_DB, r.status], [evil, evil, 'success'], 'inputs arrive as they are');

// what holds the token
const secrets = {token: 'ghp_SecretOfTheTest', 'app-id': '12345', 'private-key': 'PEM-SecretOfTheTest'};
r = await act(good, {mode: 'analyze', ...secrets}, {STANDIN: 'outputs'});
const holders = r.runner.processes.filter(p => Object.values(p.env).some(v => String(v).includes('SecretOfTheTest')));
same(holders.length, 1, 'one step holds the token');
same(r.runner.processes.length, 2, 'two steps run');
ok(r.runner.processes.every(p => !p.argv.join(' ').includes('SecretOfTheTest')), 'the token is in no argv');
ok(!r.log.includes('SecretOfTheTest') && !r.summary.includes('SecretOfTheTest'), 'the token is not in the log');
const leaks = filesBelow(join(r.world.temp, '..')).filter(f => f !== r.world.record && readFileSync(f, 'latin1').includes('SecretOfTheTest'));
same(leaks, [], 'the token is in no file');
for (const mode of ['heal', 'HEAL', 'setup']) {
	r = await act(good, {mode, ...secrets}, {STANDIN: 'outputs'}, {env: {GITHUB_TOKEN: 'ghs_SecretOfTheTest', GH_TOKEN: 'ghs_SecretOfTheTest'}});
	ok(r.runner.processes.every(p => !Object.values(p.env).some(v => String(v).includes('SecretOfTheTest'))), `no token in mode ${mode}, not even the job's`);
	ok(mode === 'setup' || (r.record && r.record.env.GITHUB_TOKEN === ''), `mode ${mode} runs without a token`);
}
r = await act(good, {}, {STANDIN: 'outputs'}, {env: {GH_TOKEN: 'ghs_SecretOfTheTest'}});
same(r.record.env.GH_TOKEN, '', 'no other token comes in');

// sums: nothing but the binary of the release is run
for (const [what, sums, fix] of [
	['another sum', () => `${'0'.repeat(64)}  runmedic-linux-x86_64\n`],
	['no line for it', sum => `${sum}  runmedic-linux-aarch64\n`],
	['an empty list', () => ''],
	['two lines for it', sum => `${sum}  runmedic-linux-x86_64\n${'0'.repeat(64)}  runmedic-linux-x86_64\n`],
	['a name that only ends so', sum => `${sum}  x/runmedic-linux-x86_64\n`],
	['a cut sum', sum => `${sum.slice(1)}  runmedic-linux-x86_64\n`],
	['no list', undefined, folder => rmSync(join(folder, 'bin/SHA256SUMS'))],
	['no binary', undefined, folder => rmSync(join(folder, 'bin/runmedic-linux-x86_64'))],
	['no bin', undefined, folder => rmSync(join(folder, 'bin'), {recursive: true})],
	['a changed binary', undefined, folder => appendFileSync(join(folder, 'bin/runmedic-linux-x86_64'), '\n')],
	['an empty binary', undefined, folder => writeFileSync(join(folder, 'bin/runmedic-linux-x86_64'), '')]]) {
	const folder = release({sums});
	fix?.(folder);
	for (const failOn of ['never', 'failure', 'unhealed', 'trouble']) {
		r = await act(folder, {'fail-on': failOn}, {STANDIN: 'outputs'});
		same([r.status, r.record, empty(r.outputs), said(r, 'error', /It is not run/)], [failOn === 'trouble' ? 'failure' : 'success', null, true, true], `${what}, fail-on ${failOn}`);
	}
}
for (const [what, sums] of [['a binary mark', sum => `${sum} *runmedic-linux-x86_64\n`], ['no line end', sum => `${sum}  runmedic-linux-x86_64`]])
	ok((await act(release({sums}), {}, {})).record, `a list with ${what} is read`);
const bare = release();
chmodSync(join(bare, 'bin/runmedic-linux-x86_64'), 0o644);
ok((await act(bare)).record, 'a binary that lost its mode on the way is run');

// elsewhere
for (const [os, arch] of [['macOS', 'ARM64'], ['Windows', 'X64'], ['Linux', 'ARM'], ['Linux', 'X86'], ['FreeBSD', 'X64']]) {
	r = await act(good, {'fail-on': 'trouble'}, {RUNNER_OS: os, RUNNER_ARCH: arch, STANDIN: 'outputs'});
	same([r.status, r.record, empty(r.outputs), r.annotations.length, said(r, 'notice', /Linux runners/)], ['success', null, true, 1, true], `${os} on ${arch}: a notice`);
	r = await act(good, {mode: 'setup'}, {RUNNER_OS: os, RUNNER_ARCH: arch});
	same(r.runner.path.length, 1, `${os} on ${arch}: setup puts the stand-in on the path`);
}
same((await act(release({arch: 'aarch64'}), {}, {RUNNER_ARCH: 'ARM64'})).record?.argv, 'argv:action', 'arm64 has its own binary');
same((await act(good, {}, {RUNNER_ARCH: 'ARM64'})).record, null, 'and no other');
r = spawnSync('sh', [join(good, 'action/start.sh'), 'prepare'], {env: {PATH: process.env.PATH, GITHUB_ACTION_PATH: good, GITHUB_OUTPUT: '/dev/null', RUNNER_OS: 'Windows', RUNNER_ARCH: 'X64'}});
same([r.status, /^::notice /.test(r.stdout)], [0, true], 'start.sh itself knows Windows');
r = spawnSync('sh', [join(good, 'action/start.sh'), 'prepare'], {env: {PATH: process.env.PATH, GITHUB_ACTION_PATH: good, GITHUB_OUTPUT: '/dev/null'}});
same(r.status, 0, 'without RUNNER_OS and RUNNER_ARCH uname is asked');
same(spawnSync('sh', [join(good, 'action/start.sh')]).status, 2, 'start.sh says how it is used');

// how the binary ends
for (const [ends, failOn, status] of [
	['exit1', 'never', 'success'], ['exit1', 'failure', 'failure'], ['exit1', 'unhealed', 'failure'], ['exit1', 'trouble', 'failure'],
	['exit2', 'never', 'success'], ['exit2', 'failure', 'success'], ['exit2', 'unhealed', 'success'], ['exit2', 'trouble', 'failure'],
	['exit3', 'never', 'success'], ['exit127', 'never', 'success'], ['exit134', 'failure', 'success'], ['exit3', 'trouble', 'failure'],
	['killSEGV', 'never', 'success'], ['killABRT', 'failure', 'success'], ['killKILL', 'unhealed', 'success'], ['killKILL', 'trouble', 'failure'], ['killSYS', 'nonsense', 'success']]) {
	r = await act(good, {'fail-on': failOn}, {STANDIN: ends});
	same(r.status, status, `the binary ends by ${ends}, fail-on ${failOn}`);
	if (ends.startsWith('kill')) same([empty(r.outputs), said(r, 'warning', /ended by signal \d+/)], [true, true], `${ends}: a warning after commands were stopped, no half output`);
	if (ends === 'exit2') same([said(r, 'warning', /could not do its work/), r.log.includes('runmedic: no network')], [true, true], 'of trouble there is a warning, and the line that says why');
	if (ends === 'exit3') ok(said(r, 'warning', /ended with exit status 3/), 'an unknown exit status is a crash');
}
r = await act(good, {}, {STANDIN: 'quote'});
same(r.annotations.map(a => a.text), ['ours'], 'text of a log is no command');
const [one, two] = [(await act(good)).record.env.RUNMEDIC_STOP_TOKEN, (await act(good)).record.env.RUNMEDIC_STOP_TOKEN];
ok(/^[0-9a-f-]{36}$/.test(one) && one !== two, 'the word for stop-commands is new each time');
const notElf = release();
writeFileSync(join(notElf, 'text'), 'not a program');
chmodSync(join(notElf, 'text'), 0o755);
const other = release({binary: join(notElf, 'text')});
ok(['success'].includes((await act(other)).status), 'a binary that cannot be executed fails nothing');

// a cancelled step
for (const signal of ['SIGINT', 'SIGTERM']) {
	const w = world({STANDIN: 'wait'});
	const runner = new Runner(w);
	const pending = runner.action(good);
	while (!recorded(w)?.text.includes('\nready\n')) await new Promise(done => setTimeout(done, 20));
	runner.child.kill(signal);
	await pending;
	ok(recorded(w).text.includes('ended'), `${signal} ends the binary, too, with time to close its files`);
}

// setup
r = await act(good, {mode: 'setup'});
same([r.status, r.record, empty(r.outputs), r.runner.path.length], ['success', null, true, 1], 'setup runs nothing and puts one folder on the path');
same(spawnSync(join(r.runner.path[0], 'runmedic'), ['x'], {env: {...r.world.environment}}).status, 0, 'runmedic is there');
ok(recorded(r.world).argv === 'argv:x', 'and it is the binary');
r = await act(release({sums: () => ''}), {mode: 'setup'});
same([r.status, said(r, 'error', /not the binary of this release/)], ['success', true], 'setup with a wrong sum: an error that fails nothing');
const noRoom = world();
r = await new Runner({...noRoom, environment: {...noRoom.environment, PATH: pathOf(['sh', 'sha256sum', 'chmod'])}}).action(good, {mode: 'setup'});
same([r.status, said(r, 'error', /no room/)], ['success', true], 'setup where no link can be made fails nothing');
r = await act(release({sums: () => ''}), {mode: 'setup'});
const shim = join(r.runner.path[0], 'runmedic');
const withShim = (...args) => spawnSync(shim, args, {encoding: 'utf8'});
same(withShim('run', '--retries', '2', '--', 'sh', '-c', 'printf %s "$1"; exit 5', 'sh', 'a  b').stdout, 'a  b', 'the stand-in runs the command of `run` as it is');
same(withShim('run', '--', 'sh', '-c', 'exit 5').status, 5, 'and ends as it ends');
same([withShim('run').status, withShim('run', '--').status, withShim('analyze', 'x').status], [2, 2, 0], 'anything else does nothing');
if (program) {
	r = await act(release({binary: program}), {mode: 'setup'});
	ok(/^runmedic \d/.test(spawnSync('runmedic', ['--version'], {encoding: 'utf8', env: {PATH: `${r.runner.path[0]}:${process.env.PATH}`}}).stdout), 'the real binary is on the path');
}

// containers: no bash, no coreutils
const needed = ['sh', 'sha256sum', 'mkdir', 'ln', 'chmod'];
const machines = [['a PATH without bash and uname', pathOf(needed)]];
const busybox = spawnSync('sh', ['-c', 'command -v busybox'], {encoding: 'utf8'}).stdout.trim();
if (busybox) machines.push(['busybox alone', pathOf(needed, busybox)]);
else skip('busybox is not installed');
for (const [what, path] of machines) {
	const prepared = await act(good, {mode: 'setup'}, {PATH: path});
	same([prepared.status, prepared.runner.path.length, prepared.annotations], ['success', 1, []], `setup with ${what}`);
	const more = path => ({PATH: `${path}:${pathOf(['env'])}`, STANDIN: 'outputs'});
	const run = await act(good, {}, more(path));
	same([run.status, run.outputs.decision], ['success', 'heal'], `auto with ${what}`);
	same((await act(release({sums: () => `${'0'.repeat(64)}  runmedic-linux-x86_64\n`}), {}, more(path))).record, null, `a wrong sum with ${what}`);
	same((await act(good, {}, {...more(path), STANDIN: 'killSEGV'})).status, 'success', `a crash with ${what}`);
}
r = await act(good, {}, {PATH: pathOf(['sh'])});
same([r.status, r.record, said(r, 'error', /cannot be checked/)], ['success', null, true], 'without sha256sum nothing is run');

// the real thing
if (!real) skip('this program has no command `action` yet');
else {
	const folder = release({binary: program});
	const before = filesBelow(folder).length;
	const fork = {github: {event_name: 'fork'}};
	r = await act(folder, {token: ''}, {}, fork);
	same([r.status, r.annotations.map(a => a.level)], ['success', ['notice']], 'an event that asks for nothing: a notice');
	r = await act(folder, {mode: 'nonsense'}, {}, fork);
	same([r.status, empty(r.outputs)], ['success', true], 'an unknown mode is trouble, which fails nothing');
	r = await act(folder, {mode: 'nonsense', 'fail-on': 'trouble'}, {}, fork);
	same(r.status, 'failure', '... unless that is asked for');
	for (const mode of ['publish', 'rerun', 'verify']) {
		r = await act(folder, {mode, token: '', 'fail-on': 'trouble'}, {}, fork);
		same([r.status, r.outputs.trusted !== 'true'], ['failure', true], `mode ${mode} on an event that has nothing for it is trouble`);
	}
	for (const name of ['heal', 'HEAL']) {
		r = await act(folder, {mode: name}, {}, fork);
		same([r.status, r.outputs.patch], ['success', ''], `mode ${name} where nothing failed under \`runmedic run\``);
	}
	same(filesBelow(folder).length - before, 0, 'nothing is written beside the action');
}
