// Issues, comments, labels, reactions.
import { Refusal } from './auth.mjs';
import * as v from './views.mjs';

const BODY = 65536;

export function issueOf(c) {
	const issue = c.repo.issues.get(Number(c.params.issue_number));
	if (!issue) throw new Refusal(404, 'Not Found');
	return issue;
}

function commentOf(c) {
	const comment = c.repo.comments.get(Number(c.params.comment_id));
	if (!comment) throw new Refusal(404, 'Not Found');
	return comment;
}

export function checkBody(resource, body) {
	const say = (message) => new Refusal(422, 'Validation Failed', { errors: [{ resource, code: 'unprocessable', field: 'data', message }] });
	if (body !== undefined && body !== null && [...body].length > BODY) throw say(`Body is too long (maximum is ${BODY} characters)`);
	if (body !== undefined && body !== null && body.trim() === '') throw say('Body cannot be blank');
}

// A token that holds only one of the two permissions reaches only its kind.
function reach(c, issue) {
	const wanted = issue.pull ? ['issues', 'pull_requests'] : ['issues'];
	const writes = c.method !== 'GET';
	alive(c, issue);
	const fine =
		!c.token || c.token.kind === 'classic' || wanted.some((s) => (writes ? c.token.permissions?.[s] === 'write' : c.token.permissions?.[s]));
	if (!fine) throw c.forbidden(wanted[0]);
	if (writes && issue.locked && !['admin', 'write', 'maintain'].includes(c.repo.collaborators[c.token.login]))
		throw new Refusal(403, 'Unable to create comment because issue is locked.');
}

// Switched off in the settings: pull requests keep their comments.
function alive(c, issue) {
	if (!c.repo.has_issues && !issue?.pull) throw new Refusal(410, 'Issues are disabled for this repo');
}

function assignees(c, wanted) {
	for (const login of wanted) {
		if (!c.repo.collaborators[login])
			throw new Refusal(422, 'Validation Failed', { errors: [{ value: login, resource: 'Issue', field: 'assignees', code: 'invalid' }] });
	}
	return wanted;
}

const app = (c) => (c.token.kind === 'actions' ? 'github-actions' : c.token.kind === 'app' ? (c.token.app_slug ?? 'medic') : null);

export default {
	'issues/create-comment': (c) => {
		const issue = issueOf(c);
		reach(c, issue);
		checkBody('IssueComment', c.body.body);
		const comment = c.state.addComment(c.repo, issue.number, { body: c.body.body, user: c.token.login, app: app(c) });
		issue.updated_at = comment.created_at;
		return { status: 201, body: v.commentView(c, c.repo, comment) };
	},
	'issues/update-comment': (c) => {
		const comment = commentOf(c);
		reach(c, c.repo.issues.get(comment.issue));
		checkBody('IssueComment', c.body.body);
		Object.assign(comment, { body: c.body.body, updated_at: c.state.now(), edits: (comment.edits ?? 0) + 1 });
		return { body: v.commentView(c, c.repo, comment) };
	},
	'issues/get-comment': (c) => ({ body: v.commentView(c, c.repo, commentOf(c)) }),
	'issues/delete-comment': (c) => {
		c.repo.comments.delete(commentOf(c).id);
		return { status: 204 };
	},
	'issues/list-comments': (c) => {
		const issue = issueOf(c);
		reach(c, issue);
		const found = [...c.repo.comments.values()].filter(
			(k) => k.issue === issue.number && (!c.query.since || Date.parse(k.updated_at) >= Date.parse(c.query.since)),
		);
		return c.page(found, (k) => v.commentView(c, c.repo, k));
	},
	'issues/create': async (c) => {
		alive(c, null);
		checkBody('Issue', c.body.body);
		const labels = (c.body.labels ?? []).map((l) => (typeof l === 'string' ? l : l.name));
		const asked = assignees(c, c.body.assignees ?? []);
		const issue = await c.state.addIssue(c.repo, { title: String(c.body.title), body: c.body.body, user: c.token.login, labels, assignees: asked });
		return { status: 201, body: v.issueView(c, c.repo, issue) };
	},
	'issues/update': (c) => {
		const issue = issueOf(c);
		reach(c, issue);
		checkBody('Issue', c.body.body);
		const { title, body, state, state_reason, labels } = c.body;
		if (title !== undefined && title !== null) issue.title = String(title);
		if (body !== undefined) issue.body = body;
		if (labels) issue.labels = labels.map((l) => c.state.labelNamed(c.repo, typeof l === 'string' ? l : l.name).name);
		if (c.body.assignees) issue.assignees = assignees(c, c.body.assignees);
		if (state === 'closed' && issue.state !== state) c.state.closeIssue(issue, c.token.login, state_reason ?? 'completed');
		if (state === 'open' && issue.state !== state)
			Object.assign(issue, { state, closed_at: null, closed_by: null, state_reason: issue.pull ? null : 'reopened' });
		issue.updated_at = c.state.now();
		return { body: v.issueView(c, c.repo, issue) };
	},
	'issues/list-for-repo': (c) => {
		const q = c.query;
		const labels = (q.labels ? String(q.labels).split(',') : []).map((l) => l.toLowerCase());
		const found = [...c.repo.issues.values()]
			.filter(
				(i) =>
					(c.repo.has_issues || i.pull) &&
					(q.state === 'all' || i.state === (q.state ?? 'open')) &&
					(!q.creator || i.user === q.creator) &&
					labels.every((l) => i.labels.some((x) => x.toLowerCase() === l)) &&
					(!q.since || Date.parse(i.updated_at) >= Date.parse(q.since)),
			)
			.sort((a, b) => b.number - a.number);
		return c.page(q.direction === 'asc' ? found.reverse() : found, (i) => v.issueView(c, c.repo, i));
	},
	'issues/get': (c) => {
		const issue = issueOf(c);
		alive(c, issue);
		return { body: v.issueView(c, c.repo, issue) };
	},
	'issues/add-labels': (c) => {
		const issue = issueOf(c);
		reach(c, issue);
		const wanted = Array.isArray(c.body) ? c.body : (c.body?.labels ?? []);
		for (const l of wanted) {
			const { name } = c.state.labelNamed(c.repo, typeof l === 'string' ? l : l.name);
			if (!issue.labels.includes(name)) issue.labels.push(name);
		}
		return { body: issue.labels.map((l) => v.labelView(c, c.repo, l)) };
	},
	'issues/remove-label': (c) => {
		const issue = issueOf(c);
		reach(c, issue);
		const at = issue.labels.findIndex((l) => l.toLowerCase() === c.params.name.toLowerCase());
		if (at < 0) throw new Refusal(404, 'Label does not exist');
		issue.labels.splice(at, 1);
		return { body: issue.labels.map((l) => v.labelView(c, c.repo, l)) };
	},
	'issues/list-labels-on-issue': (c) => c.page(issueOf(c).labels, (l) => v.labelView(c, c.repo, l)),
	'issues/get-label': (c) => {
		if (!c.repo.labels.has(c.params.name.toLowerCase())) throw new Refusal(404, 'Not Found');
		return { body: v.labelView(c, c.repo, c.params.name) };
	},
	'issues/create-label': (c) => {
		if (c.repo.labels.has(c.body.name.toLowerCase()))
			throw new Refusal(422, 'Validation Failed', { errors: [{ resource: 'Label', code: 'already_exists', field: 'name' }] });
		c.state.addLabel(c.repo, c.body);
		return { status: 201, body: v.labelView(c, c.repo, c.body.name) };
	},
	'reactions/create-for-issue-comment': (c) => {
		const comment = commentOf(c);
		const known = comment.reactions.find((r) => r.user === c.token.login && r.content === c.body.content);
		const reaction = known ?? { id: c.state.id(), user: c.token.login, content: c.body.content, created_at: c.state.now() };
		if (!known) comment.reactions.push(reaction);
		return { status: known ? 200 : 201, body: { ...reaction, node_id: `REA_${reaction.id}`, user: v.userView(c, reaction.user) } };
	},
};
