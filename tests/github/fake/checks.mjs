// Check runs, suites, commit statuses.
import { Refusal } from './auth.mjs';
import * as git from './git.mjs';
import * as v from './views.mjs';

const BYTES = 65535;
const SAME_NAME = 1000;

function checkOf(c) {
	const check = c.repo.checks.get(Number(c.params.check_run_id));
	if (!check) throw new Refusal(404, 'Not Found');
	return check;
}

const invalid = (message) => new Refusal(422, `Invalid request.\n\n${message}`);

// The description counts characters; GitHub counts bytes.
function refuse(body) {
	for (const key of ['summary', 'text']) {
		if (Buffer.byteLength(body.output?.[key] ?? '') > BYTES)
			throw invalid(`Only ${BYTES} characters are allowed; ${Buffer.byteLength(body.output[key])} were supplied.`);
	}
	for (const a of body.output?.annotations ?? []) {
		if (a.start_line < 1 || a.end_line < a.start_line) throw invalid(`For 'properties/end_line', ${a.end_line} is not valid.`);
		if ((a.start_column || a.end_column) && a.start_line !== a.end_line)
			throw invalid('Annotations only support start_column and end_column on the same line.');
		if (!a.path || a.path.startsWith('/') || a.path.split('/').includes('..')) throw invalid(`For 'properties/path', ${a.path} is not valid.`);
		if (Buffer.byteLength(a.message) > 65536 || Buffer.byteLength(a.raw_details ?? '') > 65536 || (a.title ?? '').length > 255)
			throw invalid('An annotation is too long.');
	}
	for (const a of body.actions ?? []) {
		if (a.label.length > 20 || a.description.length > 40 || a.identifier.length > 20) throw invalid(`An action is too long: ${a.identifier}`);
	}
	if (body.status === 'completed' && !body.conclusion) throw invalid('"conclusion" is required when status is completed.');
	if (body.conclusion === 'stale') throw invalid('conclusion cannot be set to stale.');
}

function apply(c, check, body) {
	const { output, ...rest } = body;
	Object.assign(check, rest);
	if (body.conclusion) check.status = 'completed';
	if (check.status === 'completed') check.completed_at ??= c.state.now();
	else check.completed_at = check.conclusion = null;
	if (output) {
		const { annotations = [], ...said } = output;
		Object.assign(check.output, said);
		check.output.annotations.push(...annotations);
	}
	check.history.push({ at: c.state.now(), status: check.status, conclusion: check.conclusion, annotations: output?.annotations?.length ?? 0 });
}

const slug = (c) => (c.token.kind === 'actions' ? 'github-actions' : (c.token.app_slug ?? 'medic'));

async function commit(c, name) {
	const sha = await git.commitOf(c.repo.dir, name);
	if (sha) return sha;
	if (/^[0-9a-f]{40}$/.test(name) && [...c.repo.runs.values()].some((r) => r.head_sha === name)) return name;
	throw new Refusal(422, `No commit found for SHA: ${name}`);
}

async function forRef(c) {
	const sha = await commit(c, c.params.ref);
	const q = c.query;
	let found = [...c.repo.checks.values()].filter(
		(k) =>
			k.head_sha === sha &&
			(!q.check_name || k.name === q.check_name) &&
			(!q.status || k.status === q.status) &&
			(!q.app_id || v.appView(c, k.app).id === Number(q.app_id)),
	);
	if ((q.filter ?? 'latest') === 'latest') found = found.filter((k) => !found.some((o) => o.id > k.id && o.name === k.name && o.app === k.app));
	return c.page(found, (k) => v.checkView(c, c.repo, k), 'check_runs');
}

const statusView = (c, s) => ({
	id: s.id,
	node_id: `SC_${s.id}`,
	state: s.state,
	description: s.description ?? null,
	target_url: s.target_url ?? null,
	context: s.context,
	created_at: s.created_at,
	updated_at: s.created_at,
	url: `${v.repoUrl(c, c.repo.full_name)}/statuses/${s.sha}`,
	avatar_url: null,
	creator: v.userView(c, s.creator),
});

export default {
	'checks/create': async (c) => {
		refuse(c.body);
		await commit(c, c.body.head_sha);
		const { output, ...rest } = c.body;
		const check = c.state.addCheck(c.repo, { name: rest.name, head_sha: rest.head_sha, app: slug(c) });
		apply(c, check, c.body);
		const same = [...c.repo.checks.values()].filter((k) => k.suite === check.suite && k.name === check.name);
		for (const old of same.slice(0, Math.max(0, same.length - SAME_NAME))) c.repo.checks.delete(old.id);
		return { status: 201, body: v.checkView(c, c.repo, check) };
	},
	'checks/update': (c) => {
		const check = checkOf(c);
		if (check.app !== slug(c))
			throw new Refusal(
				403,
				'Invalid app_id `' + v.appView(c, slug(c)).id + '` - check run can only be modified by the GitHub App that created it.',
			);
		refuse(c.body);
		apply(c, check, c.body);
		return { body: v.checkView(c, c.repo, check) };
	},
	'checks/get': (c) => ({ body: v.checkView(c, c.repo, checkOf(c)) }),
	'checks/list-for-ref': forRef,
	'checks/list-annotations': (c) =>
		c.page(checkOf(c).output.annotations, (a) => ({
			start_column: null,
			end_column: null,
			title: null,
			raw_details: null,
			blob_href: `${c.web}/${c.repo.full_name}/blob/${a.path}`,
			...a,
		})),
	'checks/list-for-suite': (c) =>
		c.page(
			[...c.repo.checks.values()].filter((k) => k.suite === Number(c.params.check_suite_id)),
			(k) => v.checkView(c, c.repo, k),
			'check_runs',
		),
	'checks/list-suites-for-ref': async (c) => {
		const sha = await commit(c, c.params.ref);
		return c.page(
			[...c.repo.suites.values()].filter((s) => s.head_sha === sha),
			(s) => v.suiteView(c, c.repo, s),
			'check_suites',
		);
	},
	'checks/create-suite': async (c) => {
		const before = c.repo.suites.size;
		const suite = c.state.suite(c.repo, await commit(c, c.body.head_sha), slug(c));
		return { status: c.repo.suites.size > before ? 201 : 200, body: v.suiteView(c, c.repo, suite) };
	},
	'repos/create-commit-status': async (c) => {
		const sha = await commit(c, c.params.sha);
		if ((c.body.description ?? '').length > 140)
			throw new Refusal(422, 'Validation Failed', {
				errors: [
					{ resource: 'Status', code: 'custom', field: 'description', message: 'description is too long (maximum is 140 characters)' },
				],
			});
		const status = { id: c.state.id(), sha, context: 'default', creator: c.token.login, created_at: c.state.now(), ...c.body };
		c.repo.statuses.push(status);
		return { status: 201, body: statusView(c, status) };
	},
	'repos/list-commit-statuses-for-ref': async (c) => {
		const sha = await commit(c, c.params.ref);
		return c.page(c.repo.statuses.filter((s) => s.sha === sha).reverse(), (s) => statusView(c, s));
	},
	'repos/get-combined-status-for-ref': async (c) => {
		const sha = await commit(c, c.params.ref);
		const latest = new Map(c.repo.statuses.filter((s) => s.sha === sha).map((s) => [s.context, s]));
		const all = [...latest.values()];
		const state = all.some((s) => s.state === 'failure' || s.state === 'error')
			? 'failure'
			: all.length === 0 || all.some((s) => s.state === 'pending')
				? 'pending'
				: 'success';
		const url = `${v.repoUrl(c, c.repo.full_name)}/commits/${sha}`;
		return {
			body: {
				state,
				sha,
				total_count: all.length,
				statuses: all.map((s) => statusView(c, s)),
				repository: v.repoView(c, c.repo),
				commit_url: url,
				url: `${url}/status`,
			},
		};
	},
};
