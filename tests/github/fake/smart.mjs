// Clone, fetch and push: who may, then git http-backend.
import fs from 'node:fs';
import path from 'node:path';
import { Refusal, allowed, identify, sees } from './auth.mjs';
import { httpBackend, refs } from './git.mjs';
import { patterns } from './guards.mjs';

const HOOK = `#!/bin/sh
set -f
while read -r old new ref; do
	for branch in $FAKE_PROTECTED; do
		case "$ref" in "refs/heads/"$branch) echo "error: GH006: Protected branch update failed for $ref." >&2; exit 1 ;; esac
	done
	[ -n "$FAKE_WORKFLOWS" ] && continue
	expr "$new" : '0*$' >/dev/null && continue
	if expr "$old" : '0*$' >/dev/null; then old=$(git merge-base "$new" HEAD 2>/dev/null || git hash-object -t tree /dev/null); fi
	touched=$(git diff --name-only "$old" "$new" -- .github/workflows | head -n 1)
	[ -n "$touched" ] && { echo "refusing to allow a GitHub App to create or update workflow \\\`$touched\\\` without \\\`workflows\\\` permission" >&2; exit 1; }
done
exit 0
`;

const heads = async (repo) => new Map((await refs(repo.dir, 'refs/heads/')).map((r) => [r.ref, r.sha]));

// What a push moved.
async function follow(state, repo, before, token) {
	const after = await heads(repo);
	for (const [ref, sha] of after) if (before.get(ref) !== sha) await state.pushed(repo, ref.slice(11), token);
	for (const ref of before.keys()) if (!after.has(ref)) state.branchGone(repo, ref, token.login);
	await state.syncPulls(repo, token);
}

export async function serveGit(fake, req, res, url, entry) {
	const { state } = fake;
	const m = /^\/([^/]+\/[^/]+?)\.git(\/.*)$/.exec(url.pathname);
	const repo = m && state.repo(m[1]);
	const writes = /git-receive-pack/.test(url.pathname + url.search);
	const refuse = (status, text, headers = {}) => ({ status, headers: { 'content-type': 'text/plain', ...headers }, body: `${text}\n` });
	let token;
	try {
		token = identify(state, req.headers.authorization);
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return refuse(401, 'remote: Invalid username or token. Password authentication is not supported for Git operations.', {
			'www-authenticate': 'Basic realm="GitHub"',
		});
	}
	entry.token = token?.name ?? null;
	entry.operation = writes ? 'git/push' : 'git/fetch';
	if (!token && (writes || !repo || repo.private)) return refuse(401, 'No anonymous write access.', { 'www-authenticate': 'Basic realm="GitHub"' });
	if (!repo || !sees(token, repo)) return refuse(404, 'Repository not found.');
	const reaches = !token?.repositories || token.repositories.includes(repo.full_name);
	if (writes && !(reaches && allowed(token, 'contents:write'))) return refuse(403, `Permission to ${repo.full_name}.git denied to ${token.login}.`);
	const hook = path.join(repo.dir, 'hooks', 'pre-receive');
	if (!fs.existsSync(hook)) {
		fs.mkdirSync(path.dirname(hook), { recursive: true });
		fs.writeFileSync(hook, HOOK, { mode: 0o755 });
	}
	const before = writes && req.method === 'POST' ? await heads(repo) : null;
	const may = token && (token.kind === 'classic' || token.kind === 'fine' || token.permissions.workflows === 'write');
	httpBackend(req, res, {
		root: path.join(state.dir, 'repos'),
		pathInfo: `/${repo.full_name}.git${m[2]}`,
		query: url.search.slice(1),
		user: token?.login,
		protocol: req.headers['git-protocol'],
		more: { FAKE_PROTECTED: patterns(repo, token?.login).join(' '), FAKE_WORKFLOWS: may ? '1' : '' },
		done: async () => {
			if (before) await follow(state, repo, before, token);
			entry.status = res.statusCode;
			entry.ended = fake.ms();
		},
	});
	return null;
}
