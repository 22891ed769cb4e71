// Runs, attempts, jobs, logs, artifacts, reruns, dispatches.
import { Refusal } from './auth.mjs';
import { commitOf } from './git.mjs';
import * as v from './views.mjs';

const DAY = 86400000;
const RERUNS = 50;

function runOf(c) {
	const run = c.repo.runs.get(Number(c.params.run_id));
	if (!run) throw new Refusal(404, 'Not Found');
	return run;
}

function jobOf(c) {
	const job = c.repo.jobs.get(Number(c.params.job_id));
	if (!job) throw new Refusal(404, 'Not Found');
	return job;
}

function workflowOf(c) {
	const wanted = c.params.workflow_id;
	for (const w of c.repo.workflows.values()) if (String(w.id) === wanted || w.path.endsWith(`/${wanted}`)) return w;
	throw new Refusal(404, 'Not Found');
}

// `created` as the search writes it: 2026-01-01, >=2026-01-01T00:00:00Z, A..B
function within(created, text) {
	const at = Date.parse(created);
	const day = (t) => Date.parse(t.length === 10 ? `${t}T00:00:00Z` : t);
	const m = /^(>=|<=|>|<)?(.+?)(?:\.\.(.+))?$/.exec(text);
	if (m[3]) return at >= day(m[2] === '*' ? '1970-01-01' : m[2]) && (m[3] === '*' || at <= day(m[3]) + (m[3].length === 10 ? DAY - 1 : 0));
	if (m[1]) return { '>=': at >= day(m[2]), '<=': at <= day(m[2]), '>': at > day(m[2]), '<': at < day(m[2]) }[m[1]];
	return at >= day(m[2]) && at < day(m[2]) + DAY;
}

async function listRuns(c, workflow) {
	const q = c.query;
	const runs = [...c.repo.runs.values()]
		.filter(
			(r) =>
				(!workflow || r.workflow_id === workflow.id) &&
				(!q.branch || r.head_branch === q.branch) &&
				(!q.event || r.event === q.event) &&
				(!q.head_sha || r.head_sha === q.head_sha) &&
				(!q.actor || r.actor === q.actor) &&
				(!q.status || r.status === q.status || r.conclusion === q.status) &&
				(!q.created || within(r.created_at, q.created)),
		)
		.sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || b.id - a.id);
	const found = q.branch || q.event || q.head_sha || q.actor || q.status || q.created ? runs.slice(0, 1000) : runs;
	return c.page(found, (r) => v.runView(c, c.repo, r), 'workflow_runs');
}

const jobsOf = (c, run, attempt) => run.jobs.map((id) => c.repo.jobs.get(id)).filter((j) => attempt === null || j.attempts.includes(attempt));

function rerun(c, run, chosen) {
	if (run.status !== 'completed') throw new Refusal(403, 'This workflow is already running');
	if (c.state.clock() - Date.parse(run.created_at) > 30 * DAY)
		throw new Refusal(403, 'Unable to retry this workflow run because it was created over a month ago');
	if (run.reruns >= RERUNS) throw new Refusal(403, 'This workflow run cannot be re-run any more: the limit of 50 re-runs is reached');
	const jobs = jobsOf(c, run, run.run_attempt);
	const again = jobs.filter(chosen);
	if (again.length === 0) throw new Refusal(403, 'This workflow run has no failed jobs to re-run');
	run.attempts.set(run.run_attempt, {
		status: run.status,
		conclusion: run.conclusion,
		updated_at: run.updated_at,
		run_started_at: run.run_started_at,
	});
	run.reruns++;
	run.run_attempt++;
	Object.assign(run, { status: 'queued', conclusion: null, updated_at: c.state.now(), run_started_at: c.state.now() });
	for (const job of jobs) {
		if (!again.includes(job)) job.attempts.push(run.run_attempt);
		else
			c.state.addJob(c.repo, run, {
				name: job.name,
				labels: job.labels,
				status: 'queued',
				conclusion: null,
				started_at: c.state.now(),
				created_at: c.state.now(),
			});
	}
	return { status: 201, body: {} };
}

function logLink(c, job) {
	job.log_reads++;
	const log = job.log;
	if (!log || log.state === 'missing') throw new Refusal(404, 'Not Found');
	if (log.state === 'expired' || c.repo.runs.get(job.run_id).logs_expired) throw new Refusal(410, 'Server Error');
	if (job.status !== 'completed' || job.log_reads <= (log.ready_after ?? 0)) throw new Refusal(404, 'Not Found');
	return c.link({ kind: 'log', repo: c.repo.full_name, job: job.id });
}

export default {
	'actions/list-workflow-runs-for-repo': (c) => listRuns(c),
	'actions/list-workflow-runs': (c) => listRuns(c, workflowOf(c)),
	'actions/get-workflow-run': async (c) => ({ body: await v.runView(c, c.repo, runOf(c)) }),
	'actions/get-workflow-run-attempt': async (c) => {
		const run = runOf(c);
		const attempt = Number(c.params.attempt_number);
		if (attempt === run.run_attempt) return { body: await v.runView(c, c.repo, run) };
		const old = run.attempts.get(attempt);
		if (!old) throw new Refusal(404, 'Not Found');
		return { body: await v.runView(c, c.repo, { ...run, ...old, run_attempt: attempt }) };
	},
	'actions/list-jobs-for-workflow-run': (c) => {
		const run = runOf(c);
		return c.page(jobsOf(c, run, c.query.filter === 'all' ? null : run.run_attempt), (j) => v.jobView(c, c.repo, j), 'jobs');
	},
	'actions/list-jobs-for-workflow-run-attempt': (c) => {
		const run = runOf(c);
		const attempt = Number(c.params.attempt_number);
		if (attempt < 1 || attempt > run.run_attempt) throw new Refusal(404, 'Not Found');
		return c.page(jobsOf(c, run, attempt), (j) => v.jobView(c, c.repo, j), 'jobs');
	},
	'actions/get-job-for-workflow-run': (c) => ({ body: v.jobView(c, c.repo, jobOf(c)) }),
	'actions/download-job-logs-for-workflow-run': (c) => logLink(c, jobOf(c)),
	'actions/download-workflow-run-logs': (c) => {
		const run = runOf(c);
		if (run.logs_expired) throw new Refusal(410, 'Server Error');
		if (run.status !== 'completed') throw new Refusal(404, 'Not Found');
		return c.link({ kind: 'run-logs', repo: c.repo.full_name, run: run.id, attempt: run.run_attempt });
	},
	'actions/download-workflow-run-attempt-logs': (c) =>
		c.link({ kind: 'run-logs', repo: c.repo.full_name, run: runOf(c).id, attempt: Number(c.params.attempt_number) }),
	'actions/list-workflow-run-artifacts': (c) => {
		const run = runOf(c);
		const found = [...c.repo.artifacts.values()].filter((a) => a.run_id === run.id && (!c.query.name || a.name === c.query.name));
		return c.page(found, (a) => v.artifactView(c, c.repo, a), 'artifacts');
	},
	'actions/list-artifacts-for-repo': (c) =>
		c.page(
			[...c.repo.artifacts.values()].filter((a) => !c.query.name || a.name === c.query.name),
			(a) => v.artifactView(c, c.repo, a),
			'artifacts',
		),
	'actions/download-artifact': (c) => {
		const a = c.repo.artifacts.get(Number(c.params.artifact_id));
		if (!a || c.params.archive_format !== 'zip') throw new Refusal(404, 'Not Found');
		if (a.expired) throw new Refusal(410, 'Artifact has expired');
		return c.link({ kind: 'artifact', repo: c.repo.full_name, artifact: a.id });
	},
	'actions/re-run-workflow': (c) => rerun(c, runOf(c), () => true),
	'actions/re-run-workflow-failed-jobs': (c) => rerun(c, runOf(c), (j) => !['success', 'skipped', 'neutral'].includes(j.conclusion)),
	'actions/re-run-job-for-workflow-run': (c) => {
		const job = jobOf(c);
		return rerun(c, c.repo.runs.get(job.run_id), (j) => j.id === job.id);
	},
	'actions/cancel-workflow-run': (c) => {
		const run = runOf(c);
		if (run.status === 'completed') throw new Refusal(409, 'Cannot cancel a workflow run that is completed.');
		Object.assign(run, { status: 'completed', conclusion: 'cancelled', updated_at: c.state.now() });
		return { status: 202, body: {} };
	},
	'actions/approve-workflow-run': (c) => {
		const run = runOf(c);
		if (run.conclusion !== 'action_required') throw new Refusal(403, 'This run is not waiting for approval');
		if (c.token.kind === 'actions') throw new Refusal(403, 'Resource not accessible by integration');
		// what a bot opened only the button of a person starts
		if (run.held) throw new Refusal(403, 'This run is not from a fork pull request');
		Object.assign(run, { status: 'queued', conclusion: null });
		return { status: 201, body: {} };
	},
	'actions/create-workflow-dispatch': async (c) => {
		const workflow = workflowOf(c);
		const { ref, inputs } = c.body;
		const branch = ref.replace(/^refs\/heads\//, '');
		if (!(await commitOf(c.repo.dir, branch))) throw new Refusal(422, `No ref found for: ${ref}`);
		if (workflow.state !== 'active') throw new Refusal(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
		if (workflow.dispatch === false) throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
		c.repo.dispatches.push({ kind: 'workflow_dispatch', workflow: workflow.path, ref, inputs: inputs ?? {}, by: c.token.login });
		const run = await c.state.addRun(c.repo, {
			workflow_id: workflow.id,
			event: 'workflow_dispatch',
			head_branch: branch,
			status: 'queued',
			actor: c.token.login,
			display_title: workflow.name,
			jobs: workflow.on ? c.state.queuedJobs(workflow) : [],
		});
		if (!c.body.return_run_details) return { status: 204 };
		return {
			status: 200,
			body: {
				workflow_run_id: run.id,
				run_url: `${v.repoUrl(c, c.repo.full_name)}/actions/runs/${run.id}`,
				html_url: `${c.web}/${c.repo.full_name}/actions/runs/${run.id}`,
			},
		};
	},
	'actions/list-repo-workflows': (c) => c.page([...c.repo.workflows.values()], (w) => workflowView(c, w), 'workflows'),
	'actions/get-workflow': (c) => ({ body: workflowView(c, workflowOf(c)) }),
	'actions/get-github-actions-default-workflow-permissions-repository': (c) => ({
		body: { default_workflow_permissions: c.repo.default_workflow_permissions, can_approve_pull_request_reviews: c.repo.actions_may_open_pulls },
	}),
};

const workflowView = (c, w) => ({
	id: w.id,
	node_id: `W_${w.id}`,
	name: w.name,
	path: w.path,
	state: w.state,
	created_at: '2026-01-01T00:00:00Z',
	updated_at: '2026-01-01T00:00:00Z',
	url: `${v.repoUrl(c, c.repo.full_name)}/actions/workflows/${w.id}`,
	html_url: c.web,
	badge_url: c.web,
});
