// A folder as the release has it: action.yml, action/, bin/ with sums. The binary is the real one, or a stand-in that
// writes down what it was started with and then does as $STANDIN says.
import {chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {createHash} from 'node:crypto';
import {execFileSync, spawnSync} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Runner} from './executor/runner.mjs';

const root = new URL('../../', import.meta.url).pathname;
export const top = mkdtempSync(join(tmpdir(), 'action-'));
process.on('exit', () => rmSync(top, {recursive: true, force: true}));
export const program = process.argv[2];
export const real = Boolean(program) && spawnSync(program, ['action', '--help']).status === 0;

const standin = `#!/bin/sh
{ printf 'argv:%s\\n' "$*"; env; } >"$RECORD"
case $STANDIN in
outputs) printf 'decision=heal\\ncategory=lint\\nsignature=1:ab\\nconfidence=0.97\\npatch=%s\\npr-url=u\\ncheck-url=c\\nreport=r\\ntrusted=true\\n' "$RUNNER_TEMP/patch" >>"$GITHUB_OUTPUT" ;;
exit*) echo 'runmedic: no network' >&2; exit "\${STANDIN#exit}" ;;
kill*) printf 'decision=he' >>"$GITHUB_OUTPUT"; printf '::stop-commands::%s\\nhalf a line' "$RUNMEDIC_STOP_TOKEN"; kill -"\${STANDIN#kill}" $$ ;;
wait) trap 'echo ended >>"$RECORD"; exit 0' TERM; echo ready >>"$RECORD"; i=0; while [ $i -lt 200 ]; do i=$((i + 1)); sleep 0.05; done ;;
quote) printf '::stop-commands::%s\\n::error::from the log\\n::%s::\\n::notice::ours\\n' "$RUNMEDIC_STOP_TOKEN" "$RUNMEDIC_STOP_TOKEN" ;;
esac
`;

let count = 0;
export const release = ({binary, arch = 'x86_64', sums} = {}) => {
	const folder = join(top, `release${count++}`);
	mkdirSync(join(folder, 'bin'), {recursive: true});
	cpSync(join(root, 'action.yml'), join(folder, 'action.yml'));
	cpSync(join(root, 'action'), join(folder, 'action'), {recursive: true});
	const path = join(folder, 'bin', `runmedic-linux-${arch}`);
	if (binary) cpSync(binary, path);
	else writeFileSync(path, standin);
	chmodSync(path, 0o755);
	const sum = createHash('sha256').update(readFileSync(path)).digest('hex');
	writeFileSync(join(folder, 'bin', 'SHA256SUMS'), sums ? sums(sum) : `${'0'.repeat(64)}  runmedic-linux-other\n${sum}  runmedic-linux-${arch}\n`);
	return folder;
};

// A PATH with these programs and no other: those of the machine, or of busybox.
export const pathOf = (names, busybox) => {
	const folder = join(top, `path${count++}`);
	mkdirSync(folder);
	for (const name of names) symlinkSync(busybox ?? execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name]).toString().trim(), join(folder, name));
	return folder;
};

export const world = (environment = {}, more = {}) => {
	const folder = join(top, `world${count++}`);
	const record = join(folder, 'record'), event = join(folder, 'event.json');
	mkdirSync(folder);
	writeFileSync(event, JSON.stringify({repository: {full_name: 'octo/repo', default_branch: 'main'}, ...more.event}));
	const w = {workspace: join(folder, 'workspace'), temp: join(folder, 'temp'), store: join(folder, 'store'), record,
		github: {token: 'ghs_thisIsTheTokenOfTheJob0123456789abcd', repository: 'octo/repo', event_name: 'push', event_path: event, event: more.event, run_id: '7', run_attempt: '1', workflow: 'CI', job: 'test',
			server_url: 'https://github.invalid', api_url: 'https://api.github.invalid', ...more.github},
		environment: {PATH: process.env.PATH, HOME: folder, RUNNER_OS: 'Linux', RUNNER_ARCH: 'X64', RECORD: record, STANDIN: '', ...environment}, ...more.world};
	return w;
};

export const recorded = w => {
	if (!existsSync(w.record)) return null;
	const lines = readFileSync(w.record, 'utf8').split('\n');
	return {argv: lines[0], text: lines.join('\n'), env: Object.fromEntries(lines.slice(1).map(l => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]))};
};

export const act = async (folder, inputs = {}, environment = {}, more = {}) => {
	const w = world(environment, more);
	const runner = new Runner(w);
	const result = await runner.action(folder, inputs, more.env);
	return {...result, world: w, runner, record: recorded(w)};
};

export const filesBelow = folder => readdirSync(folder, {recursive: true, withFileTypes: true}).filter(f => f.isFile()).map(f => join(f.parentPath ?? f.path, f.name));
