// The workflows to copy, run as they are: with a stand-in for the binary, which writes down how it was started, and the
// one for CI with the real one, too.
import {cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {parse} from 'yaml';
import {ok, same, skip} from './check.mjs';
import {good, play, shelf} from './play.mjs';
import {program, real, release, top} from './release.mjs';

let count = 0;

const repository = files => {
	const folder = join(top, `repository${count++}`);
	mkdirSync(folder);
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
	const git = (...words) => spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], {cwd: folder, encoding: 'utf8'});
	git('init', '-q', '-b', 'main');
	git('add', '-A');
	git('commit', '-q', '-m', 'first');
	return folder;
};

// medic: a failed run
const run = (conclusion, more) => ({github: {event_name: 'workflow_run'}, event: {action: 'completed', workflow_run: {id: 5, name: 'CI', conclusion, ...more}}});
const patched = {STANDIN: 'outputs'};
let r = await play('workflows/medic.yml', 'medic', {...run('failure'), environment: patched});
same([r.status, r.record.env.RUNMEDIC_INPUT_MODE, r.record.env.RUNMEDIC_INPUT_DB, r.record.env.GITHUB_TOKEN], ['success', 'auto', '.runmedic/history.db', r.world.github.token], 'medic looks at a failed run with the token');
same(readdirSync(r.world.workspace), [], 'medic checks nothing out');
same(r.runner.processes.length, 2, 'medic runs nothing but the Action');
same((await play('workflows/medic.yml', 'medic', run('skipped'))).skipped, true, 'skipped runs are left alone');
for (const ends of ['exit2', 'killSEGV']) same((await play('workflows/medic.yml', 'medic', {...run('failure'), environment: {STANDIN: ends}})).status, 'success', `medic stays green when the binary ends by ${ends}`);

// medic that heals, follow-up, commands: which job starts for what, and with which token
r = await play('workflows/medic-heal.yml', 'medic', {...run('failure'), environment: patched});
same([r.status, r.record.env.RUNMEDIC_INPUT_MODE, r.record.env.RUNMEDIC_APP_ID, r.record.env.GITHUB_TOKEN], ['success', 'auto', '', r.world.github.token], 'medic-heal without an App takes the job\'s token');
same(r.runner.processes.length, 2, 'medic-heal runs nothing but the Action');
const ended = (ref, repository) => ({github: {event_name: 'pull_request', head_ref: ref, repository: 'acme/app'}, event: {action: 'closed', pull_request: {head: {ref, repo: {full_name: repository}}}}});
same((await play('workflows/follow.yml', 'closed', {...ended('runmedic/0011-2233', 'acme/app'), environment: patched})).status, 'success', 'a fix that was closed is followed');
for (const [ref, repository] of [['topic', 'acme/app'], ['runmedic/0011-2233', 'mallory/app']])
	same((await play('workflows/follow.yml', 'closed', ended(ref, repository))).skipped, true, `${ref} of ${repository} starts nothing`);
same((await play('workflows/follow.yml', 'settle', ended('runmedic/0011-2233', 'acme/app'))).skipped, true, 'a closed pull request settles itself only');
same((await play('workflows/follow.yml', 'settle', {github: {event_name: 'schedule'}, environment: patched})).record.env.RUNMEDIC_INPUT_MODE, 'auto', 'the schedule settles');
const said = (body, pull = {}) => ({github: {event_name: 'issue_comment'}, event: {action: 'created', issue: {pull_request: pull ?? undefined}, comment: {body}}});
for (const [body, started] of [['/runmedic apply', 'apply'], ['/runmedic rerun', 'rerun'], ['/runmedic ignore 7 noisy', 'answer'], ['/runmedic explain', 'answer'], ['see /runmedic apply', null]])
	for (const id of ['apply', 'rerun', 'answer'])
		same(Boolean((await play('workflows/commands.yml', id, {...said(body), environment: patched})).record), id === started, `${body} and the job ${id}`);
same((await play('workflows/commands.yml', 'apply', said('/runmedic apply', null))).skipped, true, 'comments on issues start nothing');

// sync and weekly report share one history
const first = await play('workflows/sync.yml', 'sync', {environment: patched, change: t => t.replace('mode: sync', 'mode: sync\n          config: a.yml'), github: {event_name: 'schedule', run_id: '10'}});
same([first.status, first.record.env.RUNMEDIC_INPUT_MODE, first.record.env.RUNMEDIC_INPUT_CONFIG], ['success', 'sync', 'a.yml'], 'sync');
same(shelf(first.world, 'caches'), [], 'without a database nothing is kept');
mkdirSync(join(first.world.store, 'caches', encodeURIComponent('runmedic-history-10-1')), {recursive: true});
writeFileSync(join(first.world.store, 'caches', encodeURIComponent('runmedic-history-10-1'), 'history.db'), 'of run 10');
const weekly = await play('workflows/weekly-report.yml', 'report', {environment: patched, store: first.world.store, github: {event_name: 'schedule', run_id: '11'}});
same([weekly.status, weekly.record.env.RUNMEDIC_INPUT_MODE], ['success', 'report'], 'the report comes after sync');
same(readFileSync(join(weekly.world.workspace, '.runmedic/history.db'), 'utf8'), 'of run 10', 'it has the history of the last run');
same(shelf(weekly.world, 'caches'), ['runmedic-history-10-1', 'runmedic-history-11-1'], 'and leaves one to the next');

// local CI: what verify says, or that it crashed, decides about the heavy job; with its `if` as GitHub evaluates it
const needs = r => ({verify: {result: r.status, outputs: {trusted: r.outputs?.trusted ?? r.steps?.local?.outputs?.trusted ?? ''}}});
for (const [file, event] of [['workflows/local-ci-verify.yml', 'merge_group'], ['workflows/ci-with-local.yml', 'pull_request']]) {
	for (const [ends, trusted, heavy] of [['outputs', 'true', false], ['exit2', '', true], ['killSEGV', '', true], ['', '', true]]) {
		const verify = await play(file, 'verify', {github: {event_name: event}, environment: {STANDIN: ends}, world: {secrets: {}}});
		same(verify.record?.env.RUNMEDIC_INPUT_MODE, 'verify', `${file}: the mode`);
		same(needs(verify).verify.outputs.trusted, trusted, `${file}: trusted, after ${ends || 'nothing was said'}`);
		const ci = await play(file, 'full-ci', {github: {event_name: event}, world: {needs: needs(verify), secrets: {}, repository: repository({Makefile: 'test:\n\t@echo heavy >ran\n'})}});
		same(!ci.skipped, heavy, `${file}: full CI, after ${ends || 'nothing was said'}`);
	}
}

// CI with heal, with the stand-in: which step has which token
const broken = repository({Makefile: 'lint:\n\t@echo lint is fine\ntest:\n\t@echo boom; exit 3\n'});
r = await play('workflows/ci-with-heal.yml', 'test', {environment: {...patched, STANDIN: ''}, world: {repository: broken}, change: t => t.replaceAll('runmedic run -- ', '')});
same([r.status, r.record.env.RUNMEDIC_INPUT_MODE, r.record.env.GITHUB_TOKEN], ['failure', 'heal', ''], 'a red step is followed by heal without a token, and stays red');
same(shelf(r.world, 'artifacts'), [], 'no fix, no artifact');
ok(r.runner.processes.every(p => !Object.values(p.env).includes(r.world.github.token)), 'no process of that job has a token');
const fine = repository({Makefile: 'lint test:\n\t@echo fine\n'});
r = await play('workflows/ci-with-heal.yml', 'test', {environment: patched, world: {repository: fine}, change: t => t.replaceAll('runmedic run -- ', '')});
same([r.status, r.record], ['success', null], 'a green job does not heal');

// this project's own use: built once for a commit, then taken from the cache
const tools = join(top, 'tools');
mkdirSync(tools);
writeFileSync(join(tools, 'make'), '#!/bin/sh\necho "make $*"\nmkdir -p source/build\nprintf "#!/bin/sh\\nexec %s \\"\\$@\\"\\n" "$STAND" >source/build/runmedic-static-x86_64\n', {mode: 0o755});
const ours = {STAND: join(good, 'bin/runmedic-linux-x86_64'), PATH: `${tools}:${process.env.PATH}`};
const source = join(top, 'source');
mkdirSync(source);
for (const name of ['action.yml', 'action']) cpSync(name, join(source, name), {recursive: true});
const commit = {github: {event_name: 'workflow_run', sha: '0123abcd'}};
const built = await play('.github/workflows/own-action.yml', 'build', {...commit, environment: ours, world: {repository: source}});
same([built.status, shelf(built.world, 'caches')], ['success', ['runmedic-own-0123abcd']], 'our own action is built');
const again = await play('.github/workflows/own-action.yml', 'build', {...commit, environment: ours, store: built.world.store, world: {repository: source}});
same([again.status, again.log.includes('make')], ['success', false], '... once for a commit');
for (const [file, id, mode] of [['medic.yml', 'medic', 'auto'], ['sync.yml', 'sync', 'sync'], ['weekly-report.yml', 'report', 'report']]) {
	const own = await play(`.github/workflows/${file}`, id, {...commit, store: built.world.store, environment: {...ours, ...patched}, event: run('failure').event});
	same([own.status, own.record?.env.RUNMEDIC_INPUT_MODE], ['success', mode], `our own ${file}`);
}
const ownNames = readdirSync('.github/workflows').map(name => parse(readFileSync(join('.github/workflows', name), 'utf8')).name);
for (const name of parse(readFileSync('.github/workflows/medic.yml', 'utf8')).on.workflow_run.workflows) ok(ownNames.includes(name), `medic.yml waits for ${name}, which is no workflow here`);

// CI with heal and the real binary: a script that lost its mode
if (!real) skip('this program has no command `action` yet');
else {
	const action = release({binary: program});
	const script = repository({Makefile: 'lint:\n\t@echo fine\ntest:\n\t./check.sh\n', 'check.sh': '#!/bin/sh\necho checked\n'});
	r = await play('workflows/ci-with-heal.yml', 'test', {action, environment: {SHELL: '/bin/sh'}, world: {repository: script}});
	same([r.status, r.steps.heal?.conclusion, r.steps.heal?.outputs.category, r.steps.heal?.outputs.decision], ['failure', 'success', 'permission', 'heal'], 'CI with heal: the job stays red, the cause is known');
	same(shelf(r.world, 'artifacts'), ['runmedic-patch-test-0'], 'and a patch is left');
	const patch = join(r.world.store, 'artifacts', 'runmedic-patch-test-0', 'runmedic.patch');
	ok(existsSync(patch) && spawnSync('git', ['apply', '--check', patch], {cwd: script}).status === 0, 'which git applies', r.log);
	r = await play('workflows/ci-with-heal.yml', 'test', {action, world: {repository: fine}});
	same([r.status, r.log.includes('fine')], ['success', true], 'a green job with the real binary');
	const red = repository({'fetch-test-data.sh': 'true\n', 'once.sh': 'echo tried >>tries\necho "SyntaxError: invalid syntax"\nexit 4\n'});
	r = await play('workflows/retry.yml', 'download', {action, world: {repository: red}, github: {event_name: 'schedule'},
		change: t => t.replace('--backoff 10', '--backoff 1').replace('npm ci', 'sh once.sh')});
	same([r.status, readFileSync(join(r.world.workspace, 'tries'), 'utf8')], ['failure', 'tried\n'], 'retry: what no other try can mend is not tried again');
	ok(r.log.includes('exit code 4'), 'and the status is the command\'s own', r.log);
	const flaky = repository({'fetch-test-data.sh': 'true\n', 'twice.sh': 'echo tried >>tries\ntest $(wc -l <tries) -ge 2 && exit 0\necho "curl: (6) Could not resolve host: example.invalid" >&2\nexit 6\n'});
	r = await play('workflows/retry.yml', 'download', {action, world: {repository: flaky}, github: {event_name: 'schedule'},
		change: t => t.replace('--backoff 10', '--backoff 1').replace('npm ci', 'sh twice.sh').replace('./fetch', 'sh ./fetch')});
	same([r.status, readFileSync(join(r.world.workspace, 'tries'), 'utf8')], ['success', 'tried\ntried\n'], 'retry: the network is');
}
