// How the API writes things. Only what the fake knows is said here; describe.complete() adds the rest of the required fields.
import * as git from './git.mjs';

export const userView = (c, login) => {
	if (!login) return null;
	const u = c.state.user(login);
	return {
		login: u.login,
		id: u.id,
		node_id: `U_${u.id}`,
		type: u.type,
		site_admin: false,
		html_url: `${c.web}/${encodeURIComponent(u.login)}`,
		url: `${c.api}/users/${encodeURIComponent(u.login)}`,
	};
};

export const appView = (c, slug) => ({
	id: slug === 'github-actions' ? 15368 : (appOf(c, slug)?.id ?? 1),
	slug,
	name: slug,
	node_id: `A_${slug}`,
	owner: userView(c, 'github'),
	description: '',
	external_url: c.web,
	html_url: `${c.web}/apps/${slug}`,
	permissions: {},
	events: [],
});

const appOf = (c, slug) => [...c.state.apps.values()].find((a) => a.slug === slug);

export const repoUrl = (c, name) => `${c.api}/repos/${name}`;

export function repoView(c, repo) {
	if (!repo) return null;
	const url = repoUrl(c, repo.full_name);
	return {
		id: repo.id,
		node_id: `R_${repo.id}`,
		name: repo.name,
		full_name: repo.full_name,
		owner: userView(c, repo.owner),
		private: repo.private,
		fork: repo.fork_of !== null,
		default_branch: repo.default_branch,
		html_url: `${c.web}/${repo.full_name}`,
		clone_url: `${c.web}/${repo.full_name}.git`,
		url,
		archived: repo.archived,
		visibility: repo.private ? 'private' : 'public',
		...(c.token && { permissions: rights(c, repo) }),
	};
}

const rights = (c, repo) => {
	const own = repo.collaborators[c.token.login] ?? 'read';
	const at = ['read', 'triage', 'write', 'maintain', 'admin'].indexOf(own);
	return { admin: at >= 4, maintain: at >= 3, push: at >= 2, triage: at >= 1, pull: true };
};

export async function commitBrief(c, repo, sha) {
	const k = sha && (await git.maybe(git.readCommit(repo.dir, sha)));
	if (!k) return null;
	return {
		id: k.sha,
		tree_id: k.tree,
		message: k.message,
		timestamp: k.author.date,
		author: { name: k.author.name, email: k.author.email },
		committer: { name: k.committer.name, email: k.committer.email },
	};
}

export async function runView(c, repo, run) {
	const url = `${repoUrl(c, repo.full_name)}/actions/runs/${run.id}`;
	const head = c.state.repo(run.head_repository);
	const pulls = run.pulls ?? (run.head_repository === repo.full_name ? openPulls(repo, run) : []);
	return {
		id: run.id,
		node_id: `WFR_${run.id}`,
		name: run.name,
		head_branch: run.head_branch,
		head_sha: run.head_sha,
		path: run.path,
		display_title: run.display_title,
		run_number: run.run_number,
		run_attempt: run.run_attempt,
		event: run.event,
		status: run.status,
		conclusion: run.conclusion,
		workflow_id: run.workflow_id,
		check_suite_id: run.id + 1000000,
		url,
		html_url: `${c.web}/${repo.full_name}/actions/runs/${run.id}`,
		created_at: run.created_at,
		updated_at: run.updated_at,
		run_started_at: run.run_started_at,
		actor: userView(c, run.actor),
		triggering_actor: userView(c, run.actor),
		jobs_url: `${url}/jobs`,
		logs_url: `${url}/logs`,
		artifacts_url: `${url}/artifacts`,
		cancel_url: `${url}/cancel`,
		rerun_url: `${url}/rerun`,
		check_suite_url: `${repoUrl(c, repo.full_name)}/check-suites/${run.id + 1000000}`,
		workflow_url: `${repoUrl(c, repo.full_name)}/actions/workflows/${run.workflow_id}`,
		repository: repoView(c, repo),
		head_repository: repoView(c, head),
		previous_attempt_url: run.run_attempt > 1 ? `${url}/attempts/${run.run_attempt - 1}` : null,
		head_commit: await commitBrief(c, head ?? repo, run.head_sha),
		pull_requests: pulls.map((n) => pullMinimal(c, repo, repo.issues.get(n))).filter(Boolean),
	};
}

// Of forks GitHub says nothing here: pull requests are found by head SHA.
const openPulls = (repo, run) =>
	[...repo.issues.values()]
		.filter((i) => i.pull && i.state === 'open' && i.pull.head.repo === repo.full_name && i.pull.head.ref === run.head_branch)
		.map((i) => i.number);

function pullMinimal(c, repo, issue) {
	if (!issue?.pull) return null;
	const side = (name, ref, sha) => ({
		ref,
		sha: sha ?? '0'.repeat(40),
		repo: { id: c.state.repo(name)?.id ?? 0, name: name.split('/')[1], url: repoUrl(c, name) },
	});
	return {
		id: issue.id,
		number: issue.number,
		url: `${repoUrl(c, repo.full_name)}/pulls/${issue.number}`,
		head: side(issue.pull.head.repo, issue.pull.head.ref, issue.pull.head.sha),
		base: side(repo.full_name, issue.pull.base.ref, issue.pull.base.sha),
	};
}

export function jobView(c, repo, job, attempt) {
	const run = repo.runs.get(job.run_id);
	const url = `${repoUrl(c, repo.full_name)}/actions/jobs/${job.id}`;
	return {
		id: job.id,
		run_id: run.id,
		run_url: `${repoUrl(c, repo.full_name)}/actions/runs/${run.id}`,
		run_attempt: attempt ?? job.run_attempt,
		node_id: `CR_${job.id}`,
		head_sha: run.head_sha,
		head_branch: run.head_branch,
		url,
		html_url: `${c.web}/${repo.full_name}/actions/runs/${run.id}/job/${job.id}`,
		status: job.status,
		conclusion: job.conclusion,
		created_at: job.created_at,
		started_at: job.started_at,
		completed_at: job.completed_at,
		name: job.name,
		workflow_name: run.name,
		check_run_url: `${repoUrl(c, repo.full_name)}/check-runs/${job.id}`,
		labels: job.labels,
		runner_id: 1,
		runner_name: job.runner_name,
		runner_group_id: 2,
		runner_group_name: 'GitHub Actions',
		steps: job.steps.map((s, i) => ({
			name: 'step',
			status: 'completed',
			conclusion: 'success',
			number: i + 1,
			started_at: job.started_at,
			completed_at: job.completed_at,
			...s,
		})),
	};
}

export function artifactView(c, repo, a) {
	const run = repo.runs.get(a.run_id);
	const url = `${repoUrl(c, repo.full_name)}/actions/artifacts/${a.id}`;
	return {
		id: a.id,
		node_id: `AR_${a.id}`,
		name: a.name,
		size_in_bytes: a.size ?? 1000,
		url,
		archive_download_url: `${url}/zip`,
		expired: a.expired,
		created_at: a.created_at,
		updated_at: a.created_at,
		expires_at: a.expires_at,
		workflow_run: {
			id: run.id,
			repository_id: repo.id,
			head_repository_id: c.state.repo(run.head_repository)?.id ?? 0,
			head_branch: a.head_branch,
			head_sha: a.head_sha,
		},
	};
}

export function checkView(c, repo, k) {
	const url = `${repoUrl(c, repo.full_name)}/check-runs/${k.id}`;
	const pulls = [...repo.issues.values()].filter(
		(i) => i.pull && i.state === 'open' && i.pull.head.sha === k.head_sha && i.pull.head.repo === repo.full_name,
	);
	return {
		id: k.id,
		node_id: `CR_${k.id}`,
		head_sha: k.head_sha,
		name: k.name,
		external_id: k.external_id,
		url,
		html_url: `${c.web}/${repo.full_name}/runs/${k.id}`,
		details_url: k.details_url ?? `${c.web}/${repo.full_name}/runs/${k.id}`,
		status: k.status,
		conclusion: k.conclusion,
		started_at: k.started_at,
		completed_at: k.completed_at,
		check_suite: { id: k.suite },
		app: appView(c, k.app),
		pull_requests: pulls.map((i) => pullMinimal(c, repo, i)),
		output: {
			title: k.output.title,
			summary: k.output.summary,
			text: k.output.text,
			annotations_count: k.output.annotations.length,
			annotations_url: `${url}/annotations`,
		},
	};
}

export const suiteView = (c, repo, s) => {
	const url = `${repoUrl(c, repo.full_name)}/check-suites/${s.id}`;
	const checks = [...repo.checks.values()].filter((k) => k.suite === s.id);
	return {
		id: s.id,
		node_id: `CS_${s.id}`,
		head_sha: s.head_sha,
		head_branch: s.head_branch ?? null,
		status: 'completed',
		conclusion: checks.at(-1)?.conclusion ?? 'neutral',
		url,
		app: appView(c, s.app),
		before: null,
		after: null,
		created_at: s.created_at,
		updated_at: s.updated_at,
		repository: repoView(c, repo),
		check_runs_url: `${url}/check-runs`,
		latest_check_runs_count: checks.length,
		pull_requests: [],
	};
};

export const labelView = (c, repo, name) => {
	const l = repo.labels.get(name.toLowerCase());
	return {
		id: l.id,
		node_id: `LA_${l.id}`,
		name: l.name,
		color: l.color,
		description: l.description,
		default: l.default,
		url: `${repoUrl(c, repo.full_name)}/labels/${encodeURIComponent(l.name)}`,
	};
};

export function reactions(c, list, url) {
	const count = (x) => list.filter((r) => r.content === x).length;
	const out = { url: `${url}/reactions`, total_count: list.length };
	for (const x of ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes']) out[x] = count(x);
	return out;
}

export function commentView(c, repo, k) {
	const url = `${repoUrl(c, repo.full_name)}/issues/comments/${k.id}`;
	return {
		id: k.id,
		node_id: `IC_${k.id}`,
		url,
		html_url: `${c.web}/${repo.full_name}/issues/${k.issue}#issuecomment-${k.id}`,
		issue_url: `${repoUrl(c, repo.full_name)}/issues/${k.issue}`,
		body: k.body,
		user: userView(c, k.user),
		created_at: k.created_at,
		updated_at: k.updated_at,
		author_association: association(repo, k.user),
		reactions: reactions(c, k.reactions, url),
		performed_via_github_app: k.app ? appView(c, k.app) : null,
	};
}

export const association = (repo, login) => ({ admin: 'OWNER', maintain: 'MEMBER', write: 'COLLABORATOR' })[repo.collaborators[login]] ?? 'NONE';

export function issueView(c, repo, i) {
	const url = `${repoUrl(c, repo.full_name)}/issues/${i.number}`;
	const kind = i.pull ? 'pull' : 'issues';
	return {
		id: i.id,
		node_id: `I_${i.id}`,
		number: i.number,
		url,
		repository_url: repoUrl(c, repo.full_name),
		html_url: `${c.web}/${repo.full_name}/${kind}/${i.number}`,
		comments_url: `${url}/comments`,
		events_url: `${url}/events`,
		labels_url: `${url}/labels{/name}`,
		title: i.title,
		body: i.body,
		user: userView(c, i.user),
		state: i.state,
		state_reason: i.state_reason,
		locked: i.locked,
		labels: i.labels.map((l) => labelView(c, repo, l)),
		assignee: null,
		assignees: i.assignees.map((a) => userView(c, a)),
		milestone: null,
		comments: [...repo.comments.values()].filter((k) => k.issue === i.number).length,
		created_at: i.created_at,
		updated_at: i.updated_at,
		closed_at: i.closed_at,
		closed_by: userView(c, i.closed_by),
		author_association: association(repo, i.user),
		...(i.pull && {
			pull_request: {
				url: `${repoUrl(c, repo.full_name)}/pulls/${i.number}`,
				html_url: `${c.web}/${repo.full_name}/pull/${i.number}`,
				diff_url: `${c.web}/${repo.full_name}/pull/${i.number}.diff`,
				patch_url: `${c.web}/${repo.full_name}/pull/${i.number}.patch`,
			},
		}),
	};
}

export async function pullView(c, repo, i, whole = false) {
	const p = i.pull;
	const url = `${repoUrl(c, repo.full_name)}/pulls/${i.number}`;
	const html = `${c.web}/${repo.full_name}/pull/${i.number}`;
	const side = (name, ref, sha) => ({
		label: `${name.split('/')[0]}:${ref}`,
		ref,
		sha: sha ?? '0'.repeat(40),
		user: userView(c, name.split('/')[0]),
		repo: repoView(c, c.state.repo(name)),
	});
	const base = (i.state === 'open' && (await git.resolve(repo.dir, `refs/heads/${p.base.ref}`))) || p.base.sha;
	const link = (href) => ({ href });
	const out = {
		id: i.id,
		node_id: `PR_${i.id}`,
		number: i.number,
		url,
		html_url: html,
		diff_url: `${html}.diff`,
		patch_url: `${html}.patch`,
		issue_url: `${repoUrl(c, repo.full_name)}/issues/${i.number}`,
		commits_url: `${url}/commits`,
		review_comments_url: `${url}/comments`,
		review_comment_url: `${repoUrl(c, repo.full_name)}/pulls/comments{/number}`,
		comments_url: `${repoUrl(c, repo.full_name)}/issues/${i.number}/comments`,
		statuses_url: `${repoUrl(c, repo.full_name)}/statuses/${p.head.sha}`,
		state: i.state,
		locked: i.locked,
		title: i.title,
		user: userView(c, i.user),
		body: i.body,
		labels: i.labels.map((l) => labelView(c, repo, l)),
		milestone: null,
		created_at: i.created_at,
		updated_at: i.updated_at,
		closed_at: i.closed_at,
		merged_at: p.merged_at,
		merge_commit_sha: p.merge_commit_sha,
		assignee: null,
		assignees: i.assignees.map((a) => userView(c, a)),
		requested_reviewers: p.reviewers.map((r) => userView(c, r)),
		requested_teams: [],
		head: side(p.head.repo, p.head.ref, p.head.sha),
		base: side(repo.full_name, p.base.ref, base),
		draft: p.draft,
		author_association: association(repo, i.user),
		auto_merge: null,
		_links: {
			self: link(url),
			html: link(html),
			issue: link(url),
			comments: link(url),
			review_comments: link(url),
			review_comment: link(url),
			commits: link(url),
			statuses: link(url),
		},
	};
	if (!whole) return out;
	const files = p.head.sha && base ? await git.maybe(git.changedFiles(repo.dir, await mergeBase(repo, base, p.head.sha), p.head.sha)) : [];
	const sum = (key) => (files ?? []).reduce((n, f) => n + f[key], 0);
	return {
		...out,
		merged: p.merged,
		mergeable: true,
		mergeable_state: 'clean',
		rebaseable: true,
		merged_by: userView(c, p.merged_by),
		comments: issueView(c, repo, i).comments,
		review_comments: 0,
		maintainer_can_modify: p.maintainer_can_modify,
		commits: 1,
		additions: sum('additions'),
		deletions: sum('deletions'),
		changed_files: (files ?? []).length,
	};
}

export const mergeBase = async (repo, base, head) => (await git.maybe(git.git(repo.dir, ['merge-base', base, head]))) ?? base;

export async function commitView(c, repo, sha, withFiles = false) {
	const k = await git.readCommit(repo.dir, sha);
	const url = `${repoUrl(c, repo.full_name)}/commits/${k.sha}`;
	const verified = c.state.verified.has(k.sha);
	const verification = { verified, reason: verified ? 'valid' : 'unsigned', signature: null, payload: null, verified_at: null };
	const out = {
		sha: k.sha,
		node_id: `C_${k.sha}`,
		url,
		html_url: `${c.web}/${repo.full_name}/commit/${k.sha}`,
		comments_url: `${url}/comments`,
		author: userView(c, c.state.loginOf(k.author.email)),
		committer: userView(c, c.state.loginOf(k.committer.email)),
		commit: {
			author: k.author,
			committer: k.committer,
			message: k.message,
			tree: { sha: k.tree, url: `${c.api}/t` },
			url,
			comment_count: 0,
			verification,
		},
		parents: k.parents.map((p) => ({
			sha: p,
			url: `${repoUrl(c, repo.full_name)}/commits/${p}`,
			html_url: `${c.web}/${repo.full_name}/commit/${p}`,
		})),
	};
	if (withFiles) {
		const empty = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
		const files = await git.changedFiles(repo.dir, k.parents[0] ?? empty, k.sha);
		out.files = files.map((f) => fileView(c, repo, f));
		out.stats = {
			additions: files.reduce((n, f) => n + f.additions, 0),
			deletions: files.reduce((n, f) => n + f.deletions, 0),
			total: files.reduce((n, f) => n + f.changes, 0),
		};
	}
	return out;
}

export const fileView = (c, repo, f) => ({
	...f,
	blob_url: `${c.web}/${repo.full_name}/blob/${f.filename}`,
	raw_url: `${c.web}/${repo.full_name}/raw/${f.filename}`,
	contents_url: `${repoUrl(c, repo.full_name)}/contents/${f.filename}`,
});

export function gitCommitView(c, repo, k) {
	const url = `${repoUrl(c, repo.full_name)}/git/commits/${k.sha}`;
	const verified = c.state.verified.has(k.sha);
	return {
		sha: k.sha,
		node_id: `C_${k.sha}`,
		url,
		html_url: `${c.web}/${repo.full_name}/commit/${k.sha}`,
		author: k.author,
		committer: k.committer,
		message: k.message,
		tree: { sha: k.tree, url: `${c.api}/t` },
		parents: k.parents.map((sha) => ({ sha, url, html_url: url })),
		verification: { verified, reason: verified ? 'valid' : 'unsigned', signature: null, payload: null, verified_at: null },
	};
}
