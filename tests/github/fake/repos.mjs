// What lies in the repository: refs, commits, trees, blobs, contents, branches; and dispatches, attestations, releases.
import { Refusal } from './auth.mjs';
import * as git from './git.mjs';
import { VIOLATION, guarded, isProtected, ruleView, rulesOf } from './guards.mjs';
import * as v from './views.mjs';

const HEX = /^[0-9a-f]{40}$/;
const BLOB = 40 << 20;
const CONTENT = 1 << 20;

const api = (c, rest) => `${v.repoUrl(c, c.repo.full_name)}/${rest}`;

async function need(c, name) {
	const sha = await git.commitOf(c.repo.dir, name);
	if (!sha) throw new Refusal(422, `No commit found for SHA: ${name}`);
	return sha;
}

const refView = (c, r) => ({
	ref: r.ref,
	node_id: `REF_${r.sha}`,
	url: api(c, `git/${r.ref}`),
	object: { type: r.type, sha: r.sha, url: api(c, `git/${r.type}s/${r.sha}`) },
});

async function oneRef(c, ref) {
	return (await git.refs(c.repo.dir, ref)).find((r) => r.ref === ref) ?? null;
}

const mayWorkflows = (token) => token.kind === 'classic' || token.kind === 'fine' || token.permissions.workflows === 'write';

// What the settings of the repository forbid to everybody's tokens.
async function guardRef(c, ref, sha) {
	const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
	if (branch && guarded(c.repo, branch, c.token.login)) throw new Refusal(422, VIOLATION);
	if (!sha || mayWorkflows(c.token)) return;
	const old = (await git.resolve(c.repo.dir, ref)) ?? (await git.resolve(c.repo.dir, 'HEAD'));
	const base = old && (await git.maybe(git.git(c.repo.dir, ['merge-base', old, sha])));
	const touched = base && (await git.git(c.repo.dir, ['diff', '--name-only', base, sha, '--', '.github/workflows']));
	if (touched)
		throw new Refusal(403, 'Resource not accessible by integration', {}, { 'x-accepted-github-permissions': 'contents=write,workflows=write' });
}

const moved = (c, ref) => (ref.startsWith('refs/heads/') ? c.state.pushed(c.repo, ref.slice(11), c.token) : null);

async function createRef(c) {
	const { ref, sha } = c.body;
	if (!/^refs\/[^/]+\/./.test(ref) || /\.\.|[ ~^:?*[\\\x00-\x1f]|\/\/|\.lock$|\/$/.test(ref))
		throw new Refusal(422, `Reference name must be in 'refs/heads/..' format: ${ref}`);
	if (!HEX.test(sha) || !(await git.maybe(git.git(c.repo.dir, ['cat-file', '-e', sha])).then((x) => x !== null)))
		throw new Refusal(422, 'Object does not exist');
	if (await oneRef(c, ref)) throw new Refusal(422, 'Reference already exists');
	await guardRef(c, ref, sha);
	if ((await git.maybe(git.git(c.repo.dir, ['update-ref', ref, sha, '0'.repeat(40)]))) === null) throw new Refusal(422, 'Reference already exists');
	await moved(c, ref);
	return { status: 201, body: refView(c, await oneRef(c, ref)) };
}

async function updateRef(c) {
	const ref = `refs/${c.params.ref}`;
	const old = await oneRef(c, ref);
	if (!old) throw new Refusal(422, 'Reference does not exist');
	if (!(await git.resolve(c.repo.dir, c.body.sha))) throw new Refusal(422, 'Object does not exist');
	const forward = await git.maybe(git.git(c.repo.dir, ['merge-base', '--is-ancestor', old.sha, c.body.sha]));
	if (forward === null && !c.body.force) throw new Refusal(422, 'Update is not a fast forward');
	await guardRef(c, ref, c.body.sha);
	if ((await git.maybe(git.git(c.repo.dir, ['update-ref', ref, c.body.sha, old.sha]))) === null) throw new Refusal(422, 'Update is not a fast forward');
	if (old.sha !== c.body.sha) await moved(c, ref);
	return { body: refView(c, await oneRef(c, ref)) };
}

async function createBlob(c) {
	const data = c.body.encoding === 'base64' ? Buffer.from(c.body.content, 'base64') : Buffer.from(c.body.content);
	if (data.length > BLOB)
		throw new Refusal(
			422,
			'Sorry, your input was too large to process. Consider creating the blob in a local clone of the repository and then pushing it to GitHub.',
		);
	const sha = await git.git(c.repo.dir, ['hash-object', '-w', '--stdin'], { input: data });
	return { status: 201, body: { sha, url: api(c, `git/blobs/${sha}`) } };
}

async function createTree(c) {
	const entries = new Map();
	const base = c.body.base_tree;
	if (base && (await git.maybe(git.git(c.repo.dir, ['cat-file', '-e', `${base}^{tree}`]))) === null)
		throw new Refusal(404, 'base_tree is not a valid tree oid');
	for (const line of base ? (await git.git(c.repo.dir, ['ls-tree', '-r', '-z', base])).split('\0').filter(Boolean) : []) {
		const [head, name] = line.split(/\t(.*)/s);
		const [mode, , sha] = head.split(' ');
		entries.set(name, { mode, sha });
	}
	if (c.body.tree.some((e) => e.path?.startsWith('.github/workflows/')) && !mayWorkflows(c.token))
		throw new Refusal(403, 'Resource not accessible by integration', {}, { 'x-accepted-github-permissions': 'contents=write,workflows=write' });
	for (const e of c.body.tree) {
		if (!e.path || e.path.startsWith('/') || e.path.split('/').some((p) => p === '..' || p === '.git' || p === ''))
			throw new Refusal(422, `tree.path contains a malformed path component`);
		if (e.sha !== undefined && e.content !== undefined)
			throw new Refusal(422, 'Must supply either tree.sha or tree.content, not both');
		if (e.sha === null) {
			if (!entries.delete(e.path)) throw new Refusal(422, 'GitRPC::BadObjectState');
			continue;
		}
		const sha = e.sha ?? (await git.git(c.repo.dir, ['hash-object', '-w', '--stdin'], { input: e.content ?? '' }));
		if ((await git.maybe(git.git(c.repo.dir, ['cat-file', '-e', sha]))) === null) throw new Refusal(422, `tree.sha ${sha} is not a valid blob`);
		entries.set(e.path, { mode: e.mode ?? '100644', sha });
	}
	const sha = await git.treeOf(c.repo.dir, entries);
	return { status: 201, body: await treeView(c, sha, false) };
}

async function treeView(c, name, recursive) {
	const sha = await git.maybe(git.git(c.repo.dir, ['rev-parse', '-q', '--verify', `${name}^{tree}`]));
	if (!sha) throw new Refusal(404, 'Not Found');
	const lines = (await git.git(c.repo.dir, ['ls-tree', '-l', '-z', ...(recursive ? ['-r', '-t'] : []), sha])).split('\0').filter(Boolean);
	const tree = lines.map((line) => {
		const [, mode, type, id, size, path] = /^(\d+) (\w+) (\w+)\s+(\S+)\t(.*)$/s.exec(line);
		return { path, mode, type, sha: id, url: api(c, `git/${type}s/${id}`), ...(type === 'blob' && { size: Number(size) }) };
	});
	return { sha, url: api(c, `git/trees/${sha}`), truncated: false, tree };
}

// GitHub signs what a bot commits without naming an author or committer.
async function createCommit(c) {
	const { message, tree, parents = [], author, committer } = c.body;
	if ((await git.maybe(git.git(c.repo.dir, ['cat-file', '-e', `${tree}^{tree}`]))) === null) throw new Refusal(422, 'Tree SHA does not exist');
	for (const p of parents) if (!(await git.resolve(c.repo.dir, p))) throw new Refusal(422, 'Parent SHA does not exist or is not a commit object');
	const date = c.state.now();
	const own = { ...c.state.author(c.token.login), date };
	const signed = !author && !committer && ['actions', 'app'].includes(c.token.kind);
	const last = signed ? { name: 'GitHub', email: 'noreply@github.com', date } : { ...own, ...(committer ?? author) };
	const env = { ...git.identity('AUTHOR', { ...own, ...author }), ...git.identity('COMMITTER', last) };
	const sha = await git.git(c.repo.dir, ['commit-tree', tree, ...parents.flatMap((p) => ['-p', p])], { env, input: message });
	if (signed) c.state.verified.add(sha);
	return { status: 201, body: v.gitCommitView(c, c.repo, await git.readCommit(c.repo.dir, sha)) };
}

async function getContent(c) {
	const at = await git.commitOf(c.repo.dir, c.query.ref ?? c.repo.default_branch);
	if (!at) throw new Refusal(404, `No commit found for the ref ${c.query.ref}`);
	const path = c.params.path.replace(/^\/+|\/+$/g, '');
	const what = `${at}:${path}`;
	const type = await git.maybe(git.git(c.repo.dir, ['cat-file', '-t', what]));
	if (!type) throw new Refusal(404, 'Not Found');
	const sha = await git.git(c.repo.dir, ['rev-parse', what]);
	if (type === 'tree') {
		const { tree } = await treeView(c, sha, false);
		return {
			body: tree.map((e) => contentView(c, [path, e.path].filter(Boolean).join('/'), e.sha, e.type === 'tree' ? 'dir' : 'file', e.size ?? 0)),
		};
	}
	const data = await git.git(c.repo.dir, ['cat-file', 'blob', what], { binary: true });
	const [mode] = (await git.git(c.repo.dir, ['ls-tree', at, '--', path])).split(' ');
	if (mode === '120000') return { body: { ...contentView(c, path, sha, 'symlink', data.length), target: data.toString('utf8') } };
	if (data.length > CONTENT) return { body: { ...contentView(c, path, sha, 'file', data.length), encoding: 'none', content: '' } };
	return { body: { ...contentView(c, path, sha, 'file', data.length), encoding: 'base64', content: lines60(data) } };
}

const lines60 = (data) => data.toString('base64').replace(/.{60}/g, '$&\n') + '\n';

const contentView = (c, path, sha, type, size) => {
	const url = api(c, `contents/${encodeURI(path)}`);
	return {
		type,
		name: path.split('/').at(-1),
		path,
		sha,
		size,
		url,
		html_url: url,
		git_url: url,
		download_url: url,
		_links: { self: url, git: url, html: url },
	};
};

async function putContent(c) {
	const { message, content, sha, branch = c.repo.default_branch, author } = c.body;
	if (guarded(c.repo, branch, c.token.login)) throw new Refusal(409, VIOLATION);
	const tip = await git.resolve(c.repo.dir, `refs/heads/${branch}`);
	if (!tip) throw new Refusal(404, `Branch ${branch} not found`);
	const old = await git.maybe(git.git(c.repo.dir, ['rev-parse', '-q', '--verify', `${tip}:${c.params.path}`]));
	if (old && !sha) throw new Refusal(422, `Invalid request.\n\n"sha" wasn't supplied.`);
	if (sha && sha !== old) throw new Refusal(409, `${c.params.path} does not match ${sha}`);
	const files = { [c.params.path]: Buffer.from(content, 'base64') };
	const commit = await git.commitFiles(c.repo.dir, { files, message, parent: tip, author, date: c.state.now() });
	await guardRef(c, `refs/heads/${branch}`, commit);
	await git.git(c.repo.dir, ['update-ref', `refs/heads/${branch}`, commit]);
	await c.state.pushed(c.repo, branch, c.token);
	if (!author && ['actions', 'app'].includes(c.token.kind)) c.state.verified.add(commit);
	const blob = await git.git(c.repo.dir, ['rev-parse', `${commit}:${c.params.path}`]);
	return {
		status: old ? 200 : 201,
		body: {
			content: contentView(c, c.params.path, blob, 'file', files[c.params.path].length),
			commit: v.gitCommitView(c, c.repo, await git.readCommit(c.repo.dir, commit)),
		},
	};
}

async function compare(c) {
	const [base, head] = [
		await git.commitOf(c.repo.dir, c.params.base.split(':').at(-1)),
		await git.commitOf(c.repo.dir, c.params.head.split(':').at(-1)),
	];
	if (!base || !head) throw new Refusal(404, 'Not Found');
	const fork = await v.mergeBase(c.repo, base, head);
	const list = async (range) => (await git.git(c.repo.dir, ['rev-list', '--reverse', range])).split('\n').filter(Boolean);
	const [ahead, behind] = [await list(`${base}..${head}`), await list(`${head}..${base}`)];
	const status = ahead.length && behind.length ? 'diverged' : ahead.length ? 'ahead' : behind.length ? 'behind' : 'identical';
	const files = await git.changedFiles(c.repo.dir, fork, head);
	const url = api(c, `compare/${c.params.base}...${c.params.head}`);
	return {
		body: {
			url,
			html_url: url,
			permalink_url: url,
			diff_url: url,
			patch_url: url,
			status,
			ahead_by: ahead.length,
			behind_by: behind.length,
			total_commits: ahead.length,
			base_commit: await v.commitView(c, c.repo, base),
			merge_base_commit: await v.commitView(c, c.repo, fork),
			commits: await Promise.all(ahead.map((s) => v.commitView(c, c.repo, s))),
			files: files.map((f) => v.fileView(c, c.repo, f)),
		},
	};
}

const branchView = async (c, name, sha, whole) => ({
	name,
	commit: whole ? await v.commitView(c, c.repo, sha) : { sha, url: api(c, `commits/${sha}`) },
	protected: isProtected(c.repo, name),
	...(whole && { _links: { self: c.web, html: c.web }, protection: {}, protection_url: api(c, `branches/${name}/protection`) }),
});

async function branchOf(c) {
	const sha = await git.resolve(c.repo.dir, `refs/heads/${c.params.branch}`);
	if (!sha) throw new Refusal(404, 'Branch not found');
	return sha;
}

const releaseView = (c, r) => ({
	id: r.id ?? 1,
	node_id: 'RE_1',
	tag_name: r.tag_name,
	name: r.name ?? r.tag_name,
	target_commitish: c.repo.default_branch,
	draft: false,
	prerelease: r.prerelease ?? false,
	immutable: r.immutable ?? false,
	body: r.body ?? '',
	author: v.userView(c, c.repo.owner),
	created_at: '2026-01-01T00:00:00Z',
	published_at: '2026-01-01T00:00:00Z',
	assets: r.assets ?? [],
	url: api(c, 'releases/1'),
	html_url: c.web,
	assets_url: api(c, 'releases/1/assets'),
	upload_url: api(c, 'releases/1/assets'),
	tarball_url: null,
	zipball_url: null,
});

export default {
	'git/create-ref': createRef,
	'git/update-ref': updateRef,
	'git/delete-ref': async (c) => {
		const ref = `refs/${c.params.ref}`;
		if (!(await oneRef(c, ref))) throw new Refusal(422, 'Reference does not exist');
		await guardRef(c, ref, null);
		await git.git(c.repo.dir, ['update-ref', '-d', ref]);
		c.state.branchGone(c.repo, ref, c.token.login);
		return { status: 204 };
	},
	'git/get-ref': async (c) => {
		const found = await oneRef(c, `refs/${c.params.ref}`);
		if (!found) throw new Refusal(404, 'Not Found');
		return { body: refView(c, found) };
	},
	'git/list-matching-refs': async (c) => {
		const wanted = `refs/${c.params.ref}`;
		return c.page(
			(await git.refs(c.repo.dir)).filter((r) => r.ref.startsWith(wanted)),
			(r) => refView(c, r),
		);
	},
	'git/create-blob': createBlob,
	'git/get-blob': async (c) => {
		const sha = c.params.file_sha;
		const data = HEX.test(sha) && (await git.maybe(git.git(c.repo.dir, ['cat-file', 'blob', sha], { binary: true })));
		if (!data) throw new Refusal(404, 'Not Found');
		return { body: { sha, node_id: `B_${sha}`, size: data.length, url: api(c, `git/blobs/${sha}`), encoding: 'base64', content: lines60(data) } };
	},
	'git/create-tree': createTree,
	'git/get-tree': async (c) => ({ body: await treeView(c, c.params.tree_sha, c.query.recursive !== undefined) }),
	'git/create-commit': createCommit,
	'git/get-commit': async (c) => {
		if (!(await git.resolve(c.repo.dir, c.params.commit_sha))) throw new Refusal(404, 'Not Found');
		return { body: v.gitCommitView(c, c.repo, await git.readCommit(c.repo.dir, c.params.commit_sha)) };
	},
	'repos/get-content': getContent,
	'repos/create-or-update-file-contents': putContent,
	'repos/compare-commits': compare,
	'repos/list-commits': async (c) => {
		const at = await git.commitOf(c.repo.dir, c.query.sha ?? c.repo.default_branch);
		if (!at) throw new Refusal(404, 'Not Found');
		const args = [c.query.since && `--since=${c.query.since}`, c.query.until && `--until=${c.query.until}`].filter(Boolean);
		const out = await git.git(c.repo.dir, ['rev-list', ...args, at, ...(c.query.path ? ['--', c.query.path] : [])]);
		return c.page(out.split('\n').filter(Boolean), (sha) => v.commitView(c, c.repo, sha));
	},
	'repos/get-commit': async (c) => ({ body: await v.commitView(c, c.repo, await need(c, c.params.ref), true) }),
	'repos/list-branches': async (c) => c.page(await git.refs(c.repo.dir, 'refs/heads/'), (r) => branchView(c, r.ref.slice(11), r.sha)),
	'repos/get-branch': async (c) => ({ body: await branchView(c, c.params.branch, await branchOf(c), true) }),
	'repos/get-branch-protection': async (c) => {
		await branchOf(c);
		if (!isProtected(c.repo, c.params.branch)) throw new Refusal(404, 'Branch not protected');
		return {
			body: {
				url: api(c, `branches/${c.params.branch}/protection`),
				enforce_admins: { url: c.api, enabled: true },
				required_status_checks: c.repo.required_checks,
			},
		};
	},
	'repos/get-branch-rules': (c) => c.page(rulesOf(c.repo, c.params.branch), (r) => ruleView(c.repo, r)),
	'repos/merge': async (c) => {
		const base = await git.resolve(c.repo.dir, `refs/heads/${c.body.base}`);
		const head = await git.commitOf(c.repo.dir, c.body.head);
		if (!base || !head) throw new Refusal(404, base ? 'Head does not exist' : 'Base does not exist');
		if ((await v.mergeBase(c.repo, base, head)) === head) return { status: 204 };
		const sha = await git.mergeInto(
			c.repo.dir,
			c.body.base,
			head,
			c.repo.dir,
			c.body.commit_message ?? `Merge ${c.body.head} into ${c.body.base}`,
		);
		if (!sha) throw new Refusal(409, 'Merge conflict');
		await c.state.pushed(c.repo, c.body.base, c.token);
		return { status: 201, body: await v.commitView(c, c.repo, sha) };
	},
	'repos/create-dispatch-event': async (c) => {
		c.repo.dispatches.push({
			kind: 'repository_dispatch',
			event_type: c.body.event_type,
			client_payload: c.body.client_payload ?? {},
			by: c.token.login,
		});
		const sha = await git.commitOf(c.repo.dir, c.repo.default_branch);
		await c.state.start(c.repo, 'repository_dispatch', {
			head_branch: c.repo.default_branch,
			head_sha: sha,
			actor: c.token.login,
			display_title: c.body.event_type,
		});
		return { status: 204 };
	},
	'repos/create-commit-comment': async (c) => {
		const sha = await need(c, c.params.commit_sha);
		const k = { id: c.state.id(), sha, user: c.token.login, created_at: c.state.now(), ...c.body };
		c.repo.commit_comments.push(k);
		return { status: 201, body: commitCommentView(c, k) };
	},
	'repos/update-commit-comment': (c) => {
		const k = c.repo.commit_comments.find((one) => one.id === Number(c.params.comment_id));
		if (!k) throw new Refusal(404, 'Not Found');
		Object.assign(k, { body: c.body.body, updated_at: c.state.now() });
		return { body: commitCommentView(c, k) };
	},
	'repos/list-comments-for-commit': (c) =>
		c.page(
			c.repo.commit_comments.filter((k) => k.sha === c.params.commit_sha),
			(k) => commitCommentView(c, k),
		),
	'repos/create-attestation': (c) => {
		const id = c.state.id();
		c.repo.attestations.push({ id, bundle: c.body.bundle });
		return { status: 201, body: { id } };
	},
	'repos/list-attestations': (c) => {
		const digest = c.params.subject_digest.split(':')[1];
		const about = (a) =>
			Buffer.from(a.bundle?.dsseEnvelope?.payload ?? '', 'base64')
				.toString('utf8')
				.includes(digest);
		return {
			body: { attestations: c.repo.attestations.filter(about).map((a) => ({ bundle: a.bundle, repository_id: c.repo.id, bundle_url: c.web })) },
		};
	},
	'repos/get-release-by-tag': (c) => {
		const found = c.repo.releases.find((r) => r.tag_name === c.params.tag);
		if (!found) throw new Refusal(404, 'Not Found');
		return { body: releaseView(c, found) };
	},
	'repos/get-latest-release': (c) => {
		if (!c.repo.releases.length) throw new Refusal(404, 'Not Found');
		return { body: releaseView(c, c.repo.releases.at(-1)) };
	},
};

const commitCommentView = (c, k) => ({
	id: k.id,
	node_id: `CC_${k.id}`,
	url: api(c, `comments/${k.id}`),
	html_url: `${c.web}/${c.repo.full_name}/commit/${k.sha}#commitcomment-${k.id}`,
	body: k.body,
	path: k.path ?? null,
	position: k.position ?? null,
	line: k.line ?? null,
	commit_id: k.sha,
	user: v.userView(c, k.user),
	created_at: k.created_at,
	updated_at: k.updated_at ?? k.created_at,
	author_association: v.association(c.repo, k.user),
});
