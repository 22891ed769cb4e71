// Pull requests, their files, reviews and review comments.
import { Refusal } from './auth.mjs';
import * as git from './git.mjs';
import { checkBody } from './issues.mjs';
import * as v from './views.mjs';

function pullOf(c) {
	const issue = c.repo.issues.get(Number(c.params.pull_number));
	if (!issue?.pull) throw new Refusal(404, 'Not Found');
	return issue;
}

const invalid = (resource, field, message, code = 'custom') =>
	new Refusal(422, 'Validation Failed', { errors: [{ resource, field, code, message }] });

const url = (c, issue) => `${v.repoUrl(c, c.repo.full_name)}/pulls/${issue.number}`;

async function create(c) {
	const { title, head, base, body, draft, maintainer_can_modify } = c.body;
	if (c.token.kind === 'actions' && !c.repo.actions_may_open_pulls)
		throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.');
	checkBody('PullRequest', body ?? undefined);
	if (draft && !c.repo.drafts) throw new Refusal(422, 'Draft pull requests are not supported in this repository.');
	const [owner, branch] = head.includes(':') ? head.split(/:(.*)/) : [c.repo.owner, head];
	const from = owner === c.repo.owner ? c.repo : c.state.repo(c.body.head_repo ? `${owner}/${c.body.head_repo}` : `${owner}/${c.repo.name}`);
	const sha = from && (await git.resolve(from.dir, `refs/heads/${branch}`));
	if (!sha) throw invalid('PullRequest', 'head', undefined, 'invalid');
	const onto = await git.resolve(c.repo.dir, `refs/heads/${base}`);
	if (!onto) throw invalid('PullRequest', 'base', undefined, 'invalid');
	const open = [...c.repo.issues.values()].find(
		(i) => i.pull && i.state === 'open' && i.pull.head.repo === from.full_name && i.pull.head.ref === branch && i.pull.base.ref === base,
	);
	if (open) throw invalid('PullRequest', undefined, `A pull request already exists for ${owner}:${branch}.`);
	if (sha === onto) throw invalid('PullRequest', undefined, `No commits between ${base} and ${branch}`);
	const issue = await c.state.addPull(c.repo, {
		title: title ?? branch,
		body,
		head: `${owner}:${branch}`,
		head_repository: from.full_name,
		base,
		draft,
		maintainer_can_modify,
		user: c.token.login,
		by: c.token,
	});
	return { status: 201, body: await v.pullView(c, c.repo, issue, true) };
}

async function update(c) {
	const issue = pullOf(c);
	const { title, body, state, base } = c.body;
	checkBody('PullRequest', body ?? undefined);
	if (state === 'open' && issue.state === 'closed' && issue.pull.merged)
		throw invalid('PullRequest', 'state', 'state cannot be changed. The pull request cannot be reopened.');
	if (title !== undefined) issue.title = title;
	if (body !== undefined) issue.body = body;
	if (base !== undefined) issue.pull.base.ref = base;
	if (state === 'closed' && issue.state !== state) c.state.closeIssue(issue, c.token.login);
	if (state === 'open') Object.assign(issue, { state, closed_at: null, closed_by: null });
	issue.updated_at = c.state.now();
	return { body: await v.pullView(c, c.repo, issue, true) };
}

function list(c) {
	const q = c.query;
	const found = [...c.repo.issues.values()]
		.filter(
			(i) =>
				i.pull &&
				(q.state === 'all' || i.state === (q.state ?? 'open')) &&
				(!q.base || i.pull.base.ref === q.base) &&
				(!q.head || `${i.pull.head.repo.split('/')[0]}:${i.pull.head.ref}` === q.head),
		)
		.sort((a, b) => b.number - a.number);
	return c.page(q.direction === 'asc' ? found.reverse() : found, (i) => v.pullView(c, c.repo, i));
}

async function changed(c, issue) {
	const base = await git.resolve(c.repo.dir, `refs/heads/${issue.pull.base.ref}`);
	return git.changedFiles(c.repo.dir, await v.mergeBase(c.repo, base, issue.pull.head.sha), issue.pull.head.sha);
}

// The lines of the new file that a diff shows, each with the number of its hunk: only these can carry a comment.
function shown(patch) {
	const lines = new Map();
	let at = 0;
	let hunk = 0;
	for (const line of patch.split('\n')) {
		const m = /^@@ -\S+ \+(\d+)/.exec(line);
		if (m) [at, hunk] = [Number(m[1]), hunk + 1];
		else if (line[0] === '+' || line[0] === ' ') lines.set(at++, hunk);
	}
	return lines;
}

async function place(c, issue, k) {
	const file = (await changed(c, issue)).find((f) => f.filename === k.path);
	const wrong = (message) =>
		new Refusal(422, 'Validation Failed', {
			errors: [{ resource: 'PullRequestReviewComment', code: 'custom', field: 'pull_request_review_thread.line', message }],
		});
	if (!file) throw wrong('path could not be resolved');
	const lines = shown(file.patch ?? '');
	const wanted = k.line ?? k.position;
	if (wanted === undefined && k.subject_type !== 'file') throw wrong('line must be part of the diff');
	if (k.line !== undefined && k.side !== 'LEFT' && (!lines.has(k.line) || (k.start_line && (lines.get(k.start_line) !== lines.get(k.line) || k.start_line >= k.line))))
		throw wrong('pull_request_review_thread.line must be part of the diff');
	return file;
}

function addReviewComment(c, issue, k, review) {
	const now = c.state.now();
	const comment = {
		id: c.state.id(),
		issue: issue.number,
		review,
		user: c.token.login,
		created_at: now,
		updated_at: now,
		commit_id: issue.pull.head.sha,
		side: 'RIGHT',
		...k,
	};
	comment.original_commit_id = comment.commit_id;
	c.repo.review_comments.set(comment.id, comment);
	return comment;
}

const reviewView = (c, issue, r) => ({
	id: r.id,
	node_id: `PRR_${r.id}`,
	user: v.userView(c, r.user),
	body: r.body,
	state: r.state,
	html_url: `${c.web}/${c.repo.full_name}/pull/${issue.number}#pullrequestreview-${r.id}`,
	pull_request_url: url(c, issue),
	commit_id: r.commit_id,
	submitted_at: r.submitted_at,
	author_association: v.association(c.repo, r.user),
	_links: { html: { href: c.web }, pull_request: { href: url(c, issue) } },
});

// A comment follows the head as long as its file stays as it was; then it is outdated.
async function outdated(c, issue, k) {
	if (k.commit_id === issue.pull.head.sha) return false;
	const at = (sha) => git.maybe(git.git(c.repo.dir, ['rev-parse', `${sha}:${k.path}`]));
	const same = (await at(k.commit_id)) === (await at(issue.pull.head.sha));
	if (same) k.commit_id = issue.pull.head.sha;
	return !same;
}

const reviewCommentView = async (c, issue, k, old = false) => ({
	id: k.id,
	node_id: `PRRC_${k.id}`,
	url: `${v.repoUrl(c, c.repo.full_name)}/pulls/comments/${k.id}`,
	html_url: `${c.web}/${c.repo.full_name}/pull/${issue.number}#discussion_r${k.id}`,
	pull_request_url: url(c, issue),
	pull_request_review_id: k.review,
	diff_hunk: '@@ -1 +1 @@',
	path: k.path,
	position: old ? null : (k.position ?? 1),
	original_position: 1,
	line: old ? null : k.line,
	original_line: k.line,
	start_line: old ? null : (k.start_line ?? null),
	original_start_line: k.start_line ?? null,
	side: k.side,
	start_side: k.start_side ?? null,
	commit_id: k.commit_id,
	original_commit_id: k.original_commit_id,
	user: v.userView(c, k.user),
	body: k.body,
	created_at: k.created_at,
	updated_at: k.updated_at,
	author_association: v.association(c.repo, k.user),
	_links: { self: { href: c.web }, html: { href: c.web }, pull_request: { href: url(c, issue) } },
});

async function partOf(c, issue, sha) {
	if (!sha || sha === issue.pull.head.sha) return;
	const base = await git.resolve(c.repo.dir, `refs/heads/${issue.pull.base.ref}`);
	const own = await git.maybe(git.git(c.repo.dir, ['rev-list', `${base}..${issue.pull.head.sha}`]));
	if (!own?.split('\n').includes(sha))
		throw new Refusal(422, 'Validation Failed', {
			errors: [{ resource: 'PullRequestReview', code: 'custom', field: 'commit_id', message: 'commit_id is not part of the pull request' }],
		});
}

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' };

async function review(c) {
	const issue = pullOf(c);
	const { event, body, comments = [], commit_id } = c.body;
	if (event === 'APPROVE' && c.token.kind === 'actions' && !c.repo.actions_may_open_pulls)
		throw new Refusal(422, 'GitHub Actions is not permitted to approve pull requests.');
	if (event && event !== 'COMMENT' && issue.user === c.token.login)
		throw new Refusal(422, 'Unprocessable Entity', { errors: ['Can not approve your own pull request'] });
	if (event && event !== 'APPROVE' && !body && comments.length === 0)
		throw new Refusal(422, 'Unprocessable Entity', { errors: ['Body cannot be blank'] });
	await partOf(c, issue, commit_id);
	for (const k of comments) await place(c, issue, k);
	const r = {
		id: c.state.id(),
		issue: issue.number,
		user: c.token.login,
		body: body ?? '',
		state: STATES[event] ?? 'PENDING',
		commit_id: commit_id ?? issue.pull.head.sha,
		submitted_at: c.state.now(),
	};
	c.repo.reviews.set(r.id, r);
	for (const k of comments) addReviewComment(c, issue, { ...k, commit_id: r.commit_id }, r.id);
	return { body: reviewView(c, issue, r) };
}

export default {
	'pulls/create': create,
	'pulls/update': update,
	'pulls/list': list,
	'pulls/get': async (c) => ({ body: await v.pullView(c, c.repo, pullOf(c), true) }),
	'pulls/list-files': async (c) => c.page(await changed(c, pullOf(c)), (f) => v.fileView(c, c.repo, f)),
	'pulls/list-commits': async (c) => {
		const { pull } = pullOf(c);
		const from = pull.merged ? pull.base.sha : `refs/heads/${pull.base.ref}`; // a merge takes none of them away
		const out = await git.git(c.repo.dir, ['rev-list', '--reverse', `${from}..${pull.head.sha}`]);
		return c.page(out.split('\n').filter(Boolean), (sha) => v.commitView(c, c.repo, sha));
	},
	'pulls/create-review': review,
	'pulls/list-reviews': (c) => {
		const issue = pullOf(c);
		return c.page(
			[...c.repo.reviews.values()].filter((r) => r.issue === issue.number),
			(r) => reviewView(c, issue, r),
		);
	},
	'pulls/dismiss-review': (c) => {
		const issue = pullOf(c);
		const r = c.repo.reviews.get(Number(c.params.review_id));
		if (!r) throw new Refusal(404, 'Not Found');
		if (!['APPROVED', 'CHANGES_REQUESTED'].includes(r.state)) throw new Refusal(422, 'Can not dismiss a commented pull request review');
		r.state = 'DISMISSED';
		return { body: reviewView(c, issue, r) };
	},
	'pulls/create-review-comment': async (c) => {
		const issue = pullOf(c);
		await place(c, issue, c.body);
		await partOf(c, issue, c.body.commit_id);
		return { status: 201, body: await reviewCommentView(c, issue, addReviewComment(c, issue, c.body, null)) };
	},
	'pulls/list-review-comments': (c) => {
		const issue = pullOf(c);
		return c.page(
			[...c.repo.review_comments.values()].filter((k) => k.issue === issue.number),
			async (k) => reviewCommentView(c, issue, k, await outdated(c, issue, k)),
		);
	},
	'pulls/request-reviewers': async (c) => {
		const issue = pullOf(c);
		for (const login of c.body.reviewers ?? []) {
			if (login === issue.user) throw new Refusal(422, 'Review cannot be requested from pull request author.');
			if (!c.repo.collaborators[login])
				throw new Refusal(
					422,
					'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.',
				);
		}
		for (const team of c.body.team_reviewers ?? []) {
			if (!c.repo.teams.includes(team)) throw new Refusal(422, 'Could not resolve to a node with the global id of a team.');
			if (!issue.pull.teams.includes(team)) issue.pull.teams.push(team);
		}
		for (const login of c.body.reviewers ?? []) if (!issue.pull.reviewers.includes(login)) issue.pull.reviewers.push(login);
		return { status: 201, body: await v.pullView(c, c.repo, issue) };
	},
	'pulls/update-branch': async (c) => {
		const issue = pullOf(c);
		const from = c.state.repo(issue.pull.head.repo);
		if (c.body?.expected_head_sha && c.body.expected_head_sha !== issue.pull.head.sha)
			throw new Refusal(422, 'expected head sha didn’t match current head ref.');
		const base = await git.resolve(c.repo.dir, `refs/heads/${issue.pull.base.ref}`);
		const sha = await git.mergeInto(from.dir, issue.pull.head.ref, base, c.repo.dir, `Merge branch '${issue.pull.base.ref}'`);
		if (!sha) throw new Refusal(422, 'merge conflict between base and head');
		await c.state.pushed(from, issue.pull.head.ref, c.token);
		return { status: 202, body: { message: 'Updating pull request branch.', url: url(c, issue) } };
	},
	'repos/list-pull-requests-associated-with-commit': async (c) => {
		const sha = c.params.commit_sha;
		const found = [];
		for (const i of c.repo.issues.values()) {
			if (!i.pull) continue;
			const base = await git.resolve(c.repo.dir, `refs/heads/${i.pull.base.ref}`);
			const own = await git.maybe(git.git(c.repo.dir, ['rev-list', `${base}..${i.pull.head.sha}`]));
			if (i.pull.head.sha === sha || i.pull.merge_commit_sha === sha || own?.split('\n').includes(sha)) found.push(i);
		}
		return c.page(found, (i) => v.pullView(c, c.repo, i));
	},
};
