// GraphQL with GitHub's own schema: every query is validated against it; a few of its fields have answers.
import fs from 'node:fs';
import * as gql from 'graphql';
import { allowed, sees } from './auth.mjs';
import * as git from './git.mjs';
import { VIOLATION, guarded } from './guards.mjs';
import * as v from './views.mjs';

let schema = null;

function load() {
	if (!schema) {
		const file = new URL('../node_modules/@octokit/graphql-schema/schema.graphql', import.meta.url);
		schema = gql.buildSchema(fs.readFileSync(file, 'utf8'), { assumeValid: true });
	}
	return schema;
}

const refusal = (type, message) => new gql.GraphQLError(message, { extensions: { type } });
const connection = (nodes) => ({
	nodes,
	edges: nodes.map((node) => ({ node, cursor: node.id })),
	totalCount: nodes.length,
	pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: null },
});

function pullNode(c, repo, i) {
	const actor = { __typename: /\[bot\]$/.test(i.user) ? 'Bot' : 'User', login: i.user.replace(/\[bot\]$/, ''), id: `U_${i.user}` };
	return {
		__typename: 'PullRequest',
		id: `PR_${i.id}`,
		number: i.number,
		title: i.title,
		body: i.body ?? '',
		url: `${c.web}/${repo.full_name}/pull/${i.number}`,
		isDraft: i.pull.draft,
		author: actor,
		state: i.pull.merged ? 'MERGED' : i.state.toUpperCase(),
		merged: i.pull.merged,
		headRefName: i.pull.head.ref,
		headRefOid: i.pull.head.sha,
		baseRefName: i.pull.base.ref,
		baseRefOid: i.pull.base.sha,
		headRepository: repoNode(c, c.state.repo(i.pull.head.repo)),
		isCrossRepository: i.pull.head.repo !== repo.full_name,
		labels: () => connection(i.labels.map((name) => ({ __typename: 'Label', id: name, name }))),
		comments: () =>
			connection(
				[...repo.comments.values()]
					.filter((k) => k.issue === i.number)
					.map((k) => ({
						__typename: 'IssueComment',
						id: `IC_${k.id}`,
						databaseId: k.id,
						body: k.body,
						author: { __typename: 'User', login: k.user },
						isMinimized: k.minimized ?? false,
					})),
			),
	};
}

function repoNode(c, repo) {
	if (!repo) return null;
	const pulls = () => [...repo.issues.values()].filter((i) => i.pull);
	const refNode = async ({ qualifiedName }) => {
		const name = qualifiedName.startsWith('refs/') ? qualifiedName : `refs/heads/${qualifiedName}`;
		const oid = await git.resolve(repo.dir, name);
		return oid && { __typename: 'Ref', id: `REF_${name}`, name: name.replace(/^refs\/[^/]+\//, ''), target: commitNode(c, repo, oid) };
	};
	return {
		__typename: 'Repository',
		id: `R_${repo.id}`,
		databaseId: repo.id,
		name: repo.name,
		nameWithOwner: repo.full_name,
		isPrivate: repo.private,
		isFork: repo.fork_of !== null,
		url: `${c.web}/${repo.full_name}`,
		owner: { __typename: 'User', id: `U_${repo.owner}`, login: repo.owner },
		defaultBranchRef: () => refNode({ qualifiedName: repo.default_branch }),
		ref: refNode,
		pullRequest: ({ number }) => {
			const i = repo.issues.get(number);
			if (!i?.pull) throw refusal('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
			return pullNode(c, repo, i);
		},
		pullRequests: ({ headRefName, states, first }) =>
			connection(
				pulls()
					.filter(
						(i) =>
							(!headRefName || i.pull.head.ref === headRefName) &&
							(!states || states.includes(i.pull.merged ? 'MERGED' : i.state.toUpperCase())),
					)
					.slice(0, first ?? 100)
					.map((i) => pullNode(c, repo, i)),
			),
		object: async ({ oid, expression }) => {
			const sha = await git.commitOf(repo.dir, oid ?? expression);
			return sha && commitNode(c, repo, sha);
		},
	};
}

const commitNode = (c, repo, oid) => ({
	__typename: 'Commit',
	id: `C_${oid}`,
	oid,
	url: `${c.web}/${repo.full_name}/commit/${oid}`,
	message: async () => (await git.readCommit(repo.dir, oid)).message,
	associatedPullRequests: () => connection([...repo.issues.values()].filter((i) => i.pull?.head.sha === oid).map((i) => pullNode(c, repo, i))),
	signature: () => ({ __typename: 'GpgSignature', isValid: c.state.verified.has(oid), state: c.state.verified.has(oid) ? 'VALID' : 'UNSIGNED' }),
});

async function createCommitOnBranch(c, { input }) {
	const { branch, message, fileChanges = {}, expectedHeadOid } = input;
	const name = branch.repositoryNameWithOwner;
	const repo = name && c.state.repo(name);
	if (!repo || !sees(c.token, repo)) throw refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`);
	if (!allowed(c.token, 'contents:write')) throw refusal('FORBIDDEN', 'Resource not accessible by integration');
	const short = branch.branchName.replace(/^refs\/heads\//, '');
	const tip = await git.resolve(repo.dir, `refs/heads/${short}`);
	if (!tip) throw refusal('NOT_FOUND', `No such branch: ${short}`);
	if (tip !== expectedHeadOid) throw refusal('STALE_DATA', `Expected branch to point to "${expectedHeadOid}" but it did not. Pull and try again.`);
	if (guarded(repo, short, c.token.login)) throw refusal('UNPROCESSABLE', VIOLATION);
	const files = {};
	for (const a of fileChanges.additions ?? []) files[a.path] = Buffer.from(a.contents, 'base64');
	for (const d of fileChanges.deletions ?? []) files[d.path] = null;
	const workflow = Object.keys(files).some((p) => p.startsWith('.github/workflows/'));
	if (workflow && ['actions', 'app'].includes(c.token.kind) && c.token.permissions.workflows !== 'write')
		throw refusal('FORBIDDEN', 'Resource not accessible by integration');
	const author = c.state.author(c.token.login);
	const text = message.headline + (message.body ? `\n\n${message.body}` : '') + '\n';
	const oid = await git.commitFiles(repo.dir, { branch: short, files, message: text, parent: tip, author, date: c.state.now() });
	if (c.token.kind !== 'classic') c.state.verified.add(oid);
	await c.state.pushed(repo, short, c.token);
	return {
		clientMutationId: input.clientMutationId ?? null,
		commit: commitNode(c, repo, oid),
		ref: { __typename: 'Ref', id: `REF_${short}`, name: short },
	};
}

function minimizeComment(c, { input }) {
	for (const repo of c.state.repos.values()) {
		for (const k of repo.comments.values()) {
			if (`IC_${k.id}` !== input.subjectId) continue;
			Object.assign(k, { minimized: true, minimized_reason: input.classifier });
			return { minimizedComment: { __typename: 'IssueComment', isMinimized: true, minimizedReason: input.classifier.toLowerCase() } };
		}
	}
	throw refusal('NOT_FOUND', `Could not resolve to a node with the global id of '${input.subjectId}'`);
}

export async function graphql(c, body, entry) {
	load();
	let document;
	try {
		document = gql.parse(body?.query ?? '');
	} catch (error) {
		c.state.violation('graphql', entry, [{ message: error.message }]);
		return { errors: [{ message: error.message }] };
	}
	const wrong = gql.validate(schema, document);
	if (wrong.length) {
		c.state.violation(
			'graphql',
			entry,
			wrong.map((e) => ({ message: e.message })),
		);
		return { errors: wrong.map((e) => ({ message: e.message, locations: e.locations })) };
	}
	const rootValue = {
		viewer: { __typename: 'User', id: 'U_viewer', login: c.token.login },
		rateLimit: () => ({ cost: 1, limit: 5000, remaining: 4999, used: 1, nodeCount: 0, resetAt: c.state.now() }),
		repository: ({ owner, name }) => {
			const repo = c.state.repo(`${owner}/${name}`);
			if (!repo || !sees(c.token, repo)) throw refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
			return repoNode(c, repo);
		},
		createCommitOnBranch: (args) => createCommitOnBranch(c, args),
		minimizeComment: (args) => minimizeComment(c, args),
	};
	const result = await gql.execute({ schema, document, rootValue, variableValues: body.variables, operationName: body.operationName });
	const errors = result.errors?.map((e) => ({ type: e.extensions?.type, path: e.path, locations: e.locations, message: e.message }));
	const variables = errors && result.data === undefined;
	if (variables) c.state.violation('graphql', entry, errors);
	return { ...(result.data !== undefined && { data: result.data }), ...(errors && { errors }) };
}
