// The repositories behind the API: bare ones, changed by git itself; smart HTTP by `git http-backend`.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ENV = {
	PATH: process.env.PATH,
	HOME: '/nonexistent',
	LC_ALL: 'C.UTF-8',
	GIT_CONFIG_NOSYSTEM: '1',
	GIT_CONFIG_GLOBAL: '/dev/null',
	GIT_AUTHOR_NAME: 'Test Person',
	GIT_AUTHOR_EMAIL: 'person@example.invalid',
	GIT_COMMITTER_NAME: 'GitHub',
	GIT_COMMITTER_EMAIL: 'noreply@github.com',
};
const CEILING = 64 << 20;

export function git(dir, args, { input, env, binary = false } = {}) {
	return new Promise((resolve, reject) => {
		const options = { env: { ...ENV, ...env }, maxBuffer: CEILING, encoding: binary ? 'buffer' : 'utf8' };
		const child = execFile('git', ['-c', 'safe.directory=*', '-C', dir, ...args], options, (error, stdout, stderr) => {
			if (error) reject(Object.assign(new Error(`git ${args[0]}: ${String(stderr).trim()}`), { code: error.code }));
			else resolve(binary ? stdout : stdout.replace(/\n$/, ''));
		});
		child.stdin.on('error', () => {});
		child.stdin.end(input ?? '');
	});
}

export const maybe = (promise) => promise.catch(() => null);

export async function create(dir, { from, files, branch, date }) {
	fs.mkdirSync(path.dirname(dir), { recursive: true });
	if (from) {
		await git('/', ['clone', '-q', '--bare', from, dir]);
	} else {
		await git('/', ['init', '-q', '--bare', '-b', branch, dir]);
	}
	await git(dir, ['config', 'http.receivepack', 'true']);
	await git(dir, ['config', 'uploadpack.allowAnySHA1InWant', 'true']);
	await git(dir, ['config', 'receive.hideRefs', 'refs/pull']);
	await git(dir, ['config', 'core.logAllRefUpdates', 'false']);
	if (files) await commitFiles(dir, { branch, files, message: 'Start', date });
}

// A value of `files` is the text, {text, mode} or null to delete.
export async function commitFiles(dir, { branch, files, message, parent, date = '2026-01-01T00:00:00Z', author, force100644 = false }) {
	const index = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'fake-index-')), 'index');
	const env = {
		GIT_INDEX_FILE: index,
		GIT_AUTHOR_DATE: date,
		GIT_COMMITTER_DATE: date,
		...identity('AUTHOR', author),
		...identity('COMMITTER', author),
	};
	try {
		const base = parent ?? (await maybe(git(dir, ['rev-parse', '-q', '--verify', `refs/heads/${branch}^{commit}`])));
		if (base) await git(dir, ['read-tree', base], { env });
		const lines = [];
		for (const [name, value] of Object.entries(files)) {
			if (value === null) {
				lines.push(`0 ${'0'.repeat(40)}\t${name}`);
				continue;
			}
			const text = typeof value === 'string' || Buffer.isBuffer(value) ? value : value.text;
			const sha = await git(dir, ['hash-object', '-w', '--stdin'], { input: text });
			lines.push(`${(!force100644 && value.mode) || '100644'} ${sha}\t${name}`);
		}
		await git(dir, ['update-index', '--add', '--index-info'], { env, input: lines.join('\n') + '\n' });
		const tree = await git(dir, ['write-tree'], { env });
		const commit = await git(dir, ['commit-tree', tree, ...(base ? ['-p', base] : [])], { env, input: message });
		if (branch) await git(dir, ['update-ref', `refs/heads/${branch}`, commit]);
		return commit;
	} finally {
		fs.rmSync(path.dirname(index), { recursive: true });
	}
}

export function identity(role, who) {
	if (!who) return {};
	const out = {};
	if (who.name) out[`GIT_${role}_NAME`] = who.name;
	if (who.email) out[`GIT_${role}_EMAIL`] = who.email;
	if (who.date) out[`GIT_${role}_DATE`] = who.date;
	return out;
}

export const resolve = (dir, name) => maybe(git(dir, ['rev-parse', '-q', '--verify', `${name}^{commit}`]));

// A branch, tag, full ref or commit as the API takes it.
export async function commitOf(dir, name) {
	if (!name || name.startsWith('-')) return null;
	if (name.includes(':') || name.includes('^') || name.includes('~')) return null;
	for (const candidate of [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, name]) {
		const sha = await resolve(dir, candidate);
		if (sha) return sha;
	}
	return null;
}

export async function refs(dir, prefix = 'refs/') {
	const out = await git(dir, ['for-each-ref', '--format=%(objectname) %(objecttype) %(refname)', prefix]);
	return out
		.split('\n')
		.filter(Boolean)
		.map((line) => {
			const [sha, type, ...name] = line.split(' ');
			return { sha, type, ref: name.join(' ') };
		});
}

const commits = new Map();

// A commit never changes: read once.
export function readCommit(dir, sha) {
	const key = `${dir}:${sha}`;
	if (!/^[0-9a-f]{40}$/.test(sha)) return parsedCommit(dir, sha);
	if (!commits.has(key))
		commits.set(
			key,
			parsedCommit(dir, sha).catch((error) => (commits.delete(key), Promise.reject(error))),
		);
	return commits.get(key);
}

async function parsedCommit(dir, sha) {
	const format = '%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B';
	const [id, tree, parents, an, ae, ad, cn, ce, cd, message] = (await git(dir, ['show', '-s', `--format=${format}`, sha])).split('\0');
	const utc = (text) => new Date(text).toISOString().replace(/\.\d+Z$/, 'Z');
	return {
		sha: id,
		tree,
		parents: parents.split(' ').filter(Boolean),
		author: { name: an, email: ae, date: utc(ad) },
		committer: { name: cn, email: ce, date: utc(cd) },
		message: message.replace(/\n+$/, ''),
	};
}

// What a diff touches: [{filename, status, additions, deletions, changes, patch, sha}]
export async function changedFiles(dir, base, head) {
	const STATUS = { A: 'added', M: 'modified', D: 'removed', R: 'renamed', C: 'copied', T: 'changed' };
	const names = (await git(dir, ['diff', '--raw', '--no-abbrev', '-z', '-M', base, head])).split('\0').filter(Boolean);
	const files = [];
	for (let i = 0; i < names.length; ) {
		const [, , , sha, letter] = names[i].split(' ');
		const moved = /^[RC]/.test(letter);
		const filename = names[i + (moved ? 2 : 1)];
		const patch = await git(dir, ['diff', '--no-color', '-M', base, head, '--', filename]);
		const hunks = patch
			.slice(Math.max(0, patch.indexOf('\n@@') + 1))
			.split('\n')
			.filter((l) => /^[-+@ \\]/.test(l));
		const additions = hunks.filter((l) => l[0] === '+').length;
		const deletions = hunks.filter((l) => l[0] === '-').length;
		files.push({
			filename,
			sha,
			status: STATUS[letter[0]] ?? 'changed',
			additions,
			deletions,
			changes: additions + deletions,
			...(hunks.length && { patch: hunks.join('\n') }),
			...(moved && { previous_filename: names[i + 1] }),
		});
		i += moved ? 3 : 2;
	}
	return files;
}

// Smart HTTP. The caller has decided who may; `more` is environment for the hooks.
export function httpBackend(req, res, { root, pathInfo, query, user, protocol, more, done }) {
	const env = {
		...ENV,
		GIT_PROJECT_ROOT: root,
		GIT_HTTP_EXPORT_ALL: '1',
		GIT_CONFIG_COUNT: '1',
		GIT_CONFIG_KEY_0: 'safe.directory',
		GIT_CONFIG_VALUE_0: '*',
		PATH_INFO: pathInfo,
		QUERY_STRING: query,
		REQUEST_METHOD: req.method,
		CONTENT_TYPE: req.headers['content-type'] ?? '',
		HTTP_CONTENT_ENCODING: req.headers['content-encoding'] ?? '',
		REMOTE_USER: user ?? '',
		REMOTE_ADDR: '127.0.0.1',
		...more,
		...(protocol && { GIT_PROTOCOL: protocol }),
	};
	const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
	req.pipe(child.stdin);
	child.stdin.on('error', () => {});
	let head = Buffer.alloc(0);
	child.stdout.on('data', function first(chunk) {
		head = Buffer.concat([head, chunk]);
		const end = head.indexOf('\r\n\r\n');
		if (end < 0) return;
		child.stdout.off('data', first);
		const headers = head
			.subarray(0, end)
			.toString('latin1')
			.split('\r\n')
			.map((l) => l.split(/:\s*(.*)/));
		const status = headers.find(([k]) => /^status$/i.test(k))?.[1] ?? '200';
		for (const [k, v] of headers) if (!/^status$/i.test(k)) res.setHeader(k, v);
		res.writeHead(parseInt(status, 10));
		res.write(head.subarray(end + 4));
		child.stdout.on('data', (more) => res.write(more));
	});
	child.on('close', async () => {
		await done?.();
		if (!res.headersSent) res.writeHead(500);
		res.end();
	});
}

// A tree of the entries {name: {mode, sha}}.
export async function treeOf(dir, entries) {
	const top = fs.mkdtempSync(path.join(os.tmpdir(), 'fake-index-'));
	const env = { GIT_INDEX_FILE: path.join(top, 'index') };
	try {
		const lines = [...entries].map(([name, e]) => `${e.mode} ${e.sha}\t${name}\0`);
		await git(dir, ['update-index', '-z', '--add', '--index-info'], { env, input: lines.join('') });
		return await git(dir, ['write-tree'], { env });
	} finally {
		fs.rmSync(top, { recursive: true });
	}
}

// Merges the commit `other` (of the repository at `from`) into a branch, trivially or with git merge-tree; null on a conflict.
export async function mergeInto(dir, branch, other, from, message) {
	if (from !== dir) await git(dir, ['fetch', '-q', '--no-write-fetch-head', from, other]);
	const tip = await git(dir, ['rev-parse', `refs/heads/${branch}`]);
	const tree = await maybe(git(dir, ['merge-tree', '--write-tree', tip, other]));
	if (tree === null) return null;
	const sha = await git(dir, ['commit-tree', tree.split('\n')[0], '-p', tip, '-p', other], { input: message });
	await git(dir, ['update-ref', `refs/heads/${branch}`, sha]);
	return sha;
}
