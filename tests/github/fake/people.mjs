// What people and runners do, below /_fake/: each takes the state and {repository, ...}, and changes real repositories.
import * as git from './git.mjs';

const repoOf = (state, { repository }) => {
	const repo = state.repo(repository);
	if (!repo) throw new Error(`no such repository: ${repository}`);
	return repo;
};

function issueOf(state, body) {
	const issue = repoOf(state, body).issues.get(Number(body.number));
	if (!issue) throw new Error(`no such issue or pull request: ${body.number}`);
	return issue;
}

function runOf(state, body) {
	const run = repoOf(state, body).runs.get(Number(body.run));
	if (!run) throw new Error(`no such run: ${body.run}`);
	return run;
}

const shown = (run) => ({ ...run, attempts: [...run.attempts.values()] });

// {run, conclusion, jobs: {name: {conclusion, log, ...}}}: what the runners would do; jobs that the run has not are made
function finish(state, body) {
	const repo = repoOf(state, body);
	const run = runOf(state, body);
	const { conclusion, jobs = {} } = body;
	const now = state.now();
	const known = new Set(run.jobs.map((j) => repo.jobs.get(j).name));
	for (const name of Object.keys(jobs)) if (!known.has(name)) state.addJob(repo, run, { name, status: 'queued' });
	for (const job of run.jobs.map((j) => repo.jobs.get(j)).filter((j) => j.status !== 'completed')) {
		Object.assign(job, { status: 'completed', conclusion, completed_at: now }, jobs[job.name]);
	}
	Object.assign(run, { status: 'completed', conclusion, updated_at: now });
	return shown(run);
}

// {run, by}: the button "Approve workflows to run"
function approve(state, body) {
	const repo = repoOf(state, body);
	const run = runOf(state, body);
	if (run.conclusion !== 'action_required') throw new Error(`run ${run.id} does not wait for anybody`);
	Object.assign(run, { status: 'queued', conclusion: null, updated_at: state.now() });
	const workflow = repo.workflows.get(run.workflow_id);
	if (run.jobs.length === 0) for (const job of state.queuedJobs(workflow)) state.addJob(repo, run, job);
	return shown(run);
}

async function mergeCommit(state, repo, pull, method, by) {
	const from = state.repo(pull.head.repo) ?? repo;
	const title = `Merge pull request from ${pull.head.ref}`;
	if (method === 'merge') return git.mergeInto(repo.dir, pull.base.ref, pull.head.sha, from.dir, `${title}\n`);
	const tip = await git.git(repo.dir, ['rev-parse', `refs/heads/${pull.base.ref}`]);
	const tree = await git.maybe(git.git(repo.dir, ['merge-tree', '--write-tree', tip, pull.head.sha]));
	if (tree === null) return null;
	const env = { ...git.identity('AUTHOR', state.author(by)) };
	const sha = await git.git(repo.dir, ['commit-tree', tree.split('\n')[0], '-p', tip], { env, input: `${title} (squashed)\n` });
	await git.git(repo.dir, ['update-ref', `refs/heads/${pull.base.ref}`, sha, tip]);
	return sha;
}

// {number, merged, by, method: merge | squash, delete_branch}: what a person does with a pull request; a merge is a real one
async function close(state, body) {
	const repo = repoOf(state, body);
	const issue = issueOf(state, body);
	const { merged = false, by = 'person', method = 'merge', delete_branch = false } = body;
	const { pull } = issue;
	if (pull && merged) {
		const sha = await mergeCommit(state, repo, pull, method, by);
		if (!sha) throw new Error(`#${issue.number} has conflicts`);
		Object.assign(pull, { merged: true, merged_at: state.now(), merged_by: state.user(by).login, merge_commit_sha: sha });
	}
	state.closeIssue(issue, by);
	if (pull && merged) await state.pushed(repo, pull.base.ref, { login: by });
	if (pull && delete_branch) await removeBranch(state, { repository: pull.head.repo, branch: pull.head.ref, by });
	return issue;
}

async function reopen(state, body) {
	const issue = issueOf(state, body);
	Object.assign(issue, { state: 'open', closed_at: null, closed_by: null, updated_at: state.now() });
	await state.syncPulls(repoOf(state, body));
	return issue;
}

// {branch, files, message, by, from}: what a person pushes
async function branch(state, body) {
	const { branch: name, ...what } = body;
	return { sha: await state.addBranch(repoOf(state, body), name, what) };
}

async function removeBranch(state, { repository, branch: name, by = 'person' }) {
	const repo = state.repo(repository);
	await git.git(repo.dir, ['update-ref', '-d', `refs/heads/${name}`]);
	state.branchGone(repo, `refs/heads/${name}`, by);
	return {};
}

// {branch, sha, by}: git revert
async function revert(state, { sha, branch: name, by = 'person', ...body }) {
	const repo = repoOf(state, body);
	const commit = await git.readCommit(repo.dir, sha);
	const tip = await git.git(repo.dir, ['rev-parse', `refs/heads/${name}`]);
	const before = await git.git(repo.dir, ['commit-tree', `${commit.parents[0]}^{tree}`, '-p', commit.sha], { input: 'before' });
	const merged = await git.git(repo.dir, ['merge-tree', '--write-tree', tip, before]);
	const subject = commit.message.split('\n')[0];
	const message = `Revert "${subject}"\n\nThis reverts commit ${commit.sha}.\n`;
	const env = git.identity('AUTHOR', state.author(by));
	const made = await git.git(repo.dir, ['commit-tree', merged.split('\n')[0], '-p', tip], { env, input: message });
	await git.git(repo.dir, ['update-ref', `refs/heads/${name}`, made, tip]);
	await state.pushed(repo, name, { login: by });
	return { sha: made };
}

// {number, body, user}
function comment(state, body) {
	const { number } = issueOf(state, body);
	return state.addComment(repoOf(state, body), number, { body: body.body, user: body.user ?? 'person' });
}

// {number, add, remove}: lists of names
function labels(state, body) {
	const issue = issueOf(state, body);
	const { add = [], remove = [] } = body;
	const kept = issue.labels.filter((l) => !remove.includes(l));
	const more = add.map((l) => state.labelNamed(repoOf(state, body), l).name).filter((l) => !kept.includes(l));
	issue.labels = [...kept, ...more];
	return { labels: issue.labels };
}

// {comment, by}: "Commit suggestion" at a review comment, which makes a commit of that person
async function accept(state, body) {
	const repo = repoOf(state, body);
	const { by = 'person' } = body;
	const k = repo.review_comments.get(Number(body.comment));
	const block = /^(`{3,})suggestion\r?\n([\s\S]*?)^\1\s*$/m.exec(k?.body ?? '');
	if (!block) throw new Error(`comment ${body.comment} suggests nothing`);
	const { pull } = repo.issues.get(k.issue);
	const home = state.repo(pull.head.repo);
	const text = await git.git(home.dir, ['cat-file', 'blob', `${pull.head.sha}:${k.path}`], { binary: true });
	const lines = text.toString('utf8').split('\n');
	const wanted = block[2] === '' ? [] : block[2].replace(/\n$/, '').split('\n');
	lines.splice((k.start_line ?? k.line) - 1, k.line - (k.start_line ?? k.line) + 1, ...wanted);
	const [entry] = (await git.git(home.dir, ['ls-tree', pull.head.sha, '--', k.path])).split(' ');
	const files = { [k.path]: { text: lines.join('\n'), mode: entry } };
	const message = `Update ${k.path}\n\nCo-authored-by: ${k.user} <${state.author(k.user).email}>`;
	return { sha: await state.addBranch(home, pull.head.ref, { files, message, by }) };
}

export default { finish, approve, close, reopen, branch, 'delete-branch': removeBranch, revert, comment, labels, accept };
