// workflows/medic.yml with the real binary against the fake GitHub of tests/github: what a maintainer sees in the end.
import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {ok, same, skip} from './check.mjs';
import {filesBelow, program, real, release} from './release.mjs';
import {play} from './play.mjs';

const here = new URL('./', import.meta.url).pathname;
const folder = join(here, '../cases/py-import-yaml');
const files = Object.fromEntries(filesBelow(join(folder, 'repo')).map(path => [relative(join(folder, 'repo'), path), readFileSync(path, 'utf8')]));
const token = 'ghs_fakeTokenOfTheTests00000000000000001';

const start = async () => {
	const hub = spawn(process.execPath, [join(here, '../github/fake/main.mjs'), '--stdin'], {stdio: ['pipe', 'pipe', 'inherit']});
	const line = await new Promise(done => hub.stdout.once('data', done));
	const addresses = JSON.parse(line);
	const ask = async (what, body) => (await fetch(`${addresses.api}/_fake/${what}`, body && {method: 'POST', body: JSON.stringify(body)})).json();
	return {...addresses, ask, stop: () => hub.stdin.end()};
};

// The run failed; `permissions` is what the job's token may.
const story = async (permissions, change = text => text) => {
	const hub = await start();
	await hub.ask('seed', {
		tokens: [{token, kind: 'actions', name: 'job', permissions: {metadata: 'read', ...permissions}}],
		repositories: [{full_name: 'acme/widgets', files, branches: {feature: {files: {'change.txt': 'changed\n'}}}, pulls: [{head: 'feature', base: 'main', user: 'acme'}],
			runs: [{id: 501, event: 'pull_request', head_branch: 'feature', jobs: [{name: 'test', conclusion: 'failure', log: {path: join(folder, 'log.txt')}}]}]}]});
	const before = (await hub.ask('state')).repositories['acme/widgets'];
	const head = before.runs[0].head_sha;
	const settings = {action: release({binary: program}), environment: {NO_PROXY: '127.0.0.1'},
		change: text => change(text.replace('uses: OWNER/runmedic@COMMIT', 'id: medic\n        uses: OWNER/runmedic@COMMIT')),
		github: {token, event_name: 'workflow_run', repository: 'acme/widgets', workflow: 'medic', api_url: hub.api, graphql_url: hub.graphql, server_url: hub.server},
		event: {action: 'completed', repository: {full_name: 'acme/widgets', default_branch: 'main'},
			workflow_run: {id: 501, name: 'CI', path: '.github/workflows/ci.yml', conclusion: 'failure', event: 'pull_request', run_attempt: 1, head_branch: 'feature', head_sha: head, head_repository: {full_name: 'acme/widgets'}}}};
	const r = await play('workflows/medic.yml', 'medic', settings);
	const state = (await hub.ask('state')).repositories['acme/widgets'];
	const told = {...r, state, journal: await hub.ask('journal'), violations: await hub.ask('violations')};
	hub.stop();
	return told;
};
const writes = r => r.journal.filter(e => e.origin === 'api' && !['GET', 'HEAD'].includes(e.method) && e.status < 300 && !(e.operation === 'graphql' && /^{"query":"query/.test(e.body)));

if (!real) skip('this program has no command `action` yet');
else {
	const all = {actions: 'read', contents: 'read', checks: 'write', pull_requests: 'write'};
	let r = await story(all);
	const outputs = r.steps.medic?.outputs ?? {};
	same([r.status, outputs.category], ['success', 'dependency'], 'story: the failed run is diagnosed');
	ok(/^1:[0-9a-f]{64}$/.test(outputs.signature) && Number(outputs.confidence) > 0.5, 'story: signature and confidence', JSON.stringify(outputs));
	same([r.state.checks?.length, r.state.checks?.[0]?.name, r.state.checks?.[0]?.conclusion], [1, 'runmedic / CI', 'neutral'], 'story: one check run');
	ok(outputs['check-url']?.startsWith('http'), 'story: its address is an output');
	same(r.journal.filter(e => e.operation === 'issues/create-comment' && e.status === 201).length, 1, 'story: one comment');
	ok(r.summary.includes('yaml'), 'story: the step summary names the cause');
	same(r.violations, [], 'story: GitHub\'s description is kept');
	ok(!r.log.includes(token) && !r.summary.includes(token), 'story: the token is in no log');
	same(filesBelow(join(r.world.temp, '..')).filter(f => readFileSync(f, 'latin1').includes(token)), [], 'story: and in no file');

	r = await story({...all, checks: 'read'});
	same([r.status, r.journal.filter(e => e.operation === 'issues/create-comment' && e.status === 201).length, r.violations], ['success', 1, []], 'story: a token that may write no check: the comment is there');
	r = await story({actions: 'read', contents: 'read'});
	same([r.status, writes(r), r.summary.includes('yaml')], ['success', [], true], 'story: a token that only reads: the summary has it all');
	r = await story(all, text => text.replace('db: .runmedic/history.db', 'db: .runmedic/history.db\n          dry-run: true'));
	same([r.status, writes(r)], ['success', []], 'story: a dry run writes nothing to GitHub');
	same(filesBelow(r.world.workspace), [], 'story: nor to the history');
	r = await story({contents: 'read'});
	same([r.status, writes(r).length <= 1, /actions: read/.test(r.log)], ['success', true, true], 'story: without actions: read the line that grants it is told');
	r = await story({contents: 'read'}, text => text.replace('db: .runmedic/history.db', 'db: .runmedic/history.db\n          fail-on: trouble'));
	same(r.status, 'failure', 'story: and with fail-on: trouble that fails the step');
}
