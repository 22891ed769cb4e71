// Who asks, and what they may do: tokens of a job, of an App's installation, fine-grained and classic personal ones; App JWTs.
import crypto from 'node:crypto';

export class Refusal extends Error {
	constructor(status, message, extra = {}, headers = {}) {
		super(message);
		Object.assign(this, { status, extra, headers });
	}
}

// The permission that an operation needs: the first row whose pattern fits. '|' means either is enough.
const NEEDS = [
	[/^actions\/get-github-actions-default/, 'administration:read'],
	[/^actions\/(re-run|cancel|approve|create-workflow-dispatch)/, 'actions:write'],
	[/^actions\//, 'actions:read'],
	[/^checks\/(create|update|create-suite)$/, 'checks:write'],
	[/^checks\//, 'checks:read'],
	[/^repos\/create-commit-status$/, 'statuses:write'],
	[/^repos\/(get-combined-status|list-commit-statuses)/, 'statuses:read'],
	[/^repos\/list-pull-requests-associated/, 'pull_requests:read'],
	[/^pulls\/(list|get)/, 'pull_requests:read'],
	[/^pulls\//, 'pull_requests:write'],
	[/^(issues\/(create-comment|update-comment|delete-comment|add-labels|remove-label)|reactions\/)/, 'issues:write|pull_requests:write'],
	[/^issues\/(list-comments|get-comment|list-labels-on-issue)$/, 'issues:read|pull_requests:read'],
	[/^issues\/(update|create-label)$/, 'issues:write|pull_requests:write'],
	[/^issues\/(get|get-label)$/, 'issues:read|pull_requests:read'],
	[/^issues\/create$/, 'issues:write'],
	[/^issues\//, 'issues:read'],
	[/^repos\/(list|get).*attestation/, 'attestations:read'],
	[/^repos\/create-attestation/, 'attestations:write'],
	[/^repos\/get-branch-protection$/, 'administration:read'],
	[/^repos\/(get|get-branch-rules|get-collaborator-permission-level)$/, 'metadata:read'],
	[/^(git\/(create|update|delete)|repos\/(create-or-update|create-dispatch|create-commit-comment|update-commit-comment|merge))/, 'contents:write'],
	[/^(git|repos)\//, 'contents:read'],
];

export const need = (operationId) => NEEDS.find(([pattern]) => pattern.test(operationId))?.[1] ?? null;

const RANK = { none: 0, read: 1, write: 2, admin: 3 };

export function allowed(token, wanted) {
	return wanted.split('|').some((one) => {
		const [scope, level] = one.split(':');
		const held = token.permissions?.[scope] ?? (scope === 'metadata' ? 'read' : 'none');
		return RANK[held] >= RANK[level];
	});
}

const WORDS = {
	actions: 'Resource not accessible by integration',
	app: 'Resource not accessible by integration',
	fine: 'Resource not accessible by personal access token',
	classic: 'Must have admin rights to Repository.',
};

export const notAccessible = (token) => WORDS[token.kind] ?? WORDS.actions;

// {kind: 'none' | 'bearer' | 'token' | 'basic', secret, user}
export function credentials(header) {
	if (!header) return { kind: 'none', secret: null };
	const [scheme, rest = ''] = header.split(/\s+(.*)/);
	if (/^basic$/i.test(scheme)) {
		const [user, ...words] = Buffer.from(rest, 'base64').toString('utf8').split(':');
		return { kind: 'basic', secret: words.join(':') || user, user };
	}
	return { kind: scheme.toLowerCase(), secret: rest };
}

function verifiedApp(state, jwt) {
	const [head, claims, signature] = jwt.split('.');
	const parse = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
	let header, body;
	try {
		[header, body] = [parse(head), parse(claims)];
	} catch {
		throw new Refusal(401, 'A JSON web token could not be decoded');
	}
	const app = state.apps.get(String(body.iss));
	if (header.alg !== 'RS256') throw new Refusal(401, 'A JSON web token could not be decoded');
	if (!app) throw new Refusal(404, 'Integration not found');
	const good = crypto.verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), app.public_key, Buffer.from(signature, 'base64url'));
	if (!good) throw new Refusal(401, 'A JSON web token could not be decoded');
	const now = state.seconds();
	if (!Number.isInteger(body.iat) || body.iat > now + 60)
		throw new Refusal(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
	if (!Number.isInteger(body.exp) || body.exp <= now)
		throw new Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires");
	if (body.exp - now > 600) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
	return { kind: 'jwt', name: `jwt:${app.slug}`, app, login: `${app.slug}[bot]`, permissions: {} };
}

// The token of a request, null for nobody. Throws a Refusal for a bad one.
export function identify(state, header) {
	const { kind, secret } = credentials(header);
	if (kind === 'none') return null;
	const token = state.tokens.get(secret);
	if (token) {
		if (token.expires_at && Date.parse(token.expires_at) <= state.clock()) throw new Refusal(401, 'Bad credentials');
		return token;
	}
	if (kind === 'bearer' && secret.split('.').length === 3) return verifiedApp(state, secret);
	throw new Refusal(401, 'Bad credentials');
}

export function sees(token, repo) {
	if (!token) return !repo.private;
	if (token.kind === 'jwt') return true;
	return !repo.private || !token.repositories || token.repositories.includes(repo.full_name);
}

// What is asked of the repository's visitors besides what is asked of the body. Throws a Refusal.
export function authorise(token, repo, operationId, method) {
	if (/^apps\//.test(operationId)) {
		if (token?.kind !== 'jwt') throw new Refusal(401, 'A JSON web token could not be decoded');
		return;
	}
	if (token?.kind === 'jwt') throw new Refusal(401, 'Bad credentials');
	if (repo && !sees(token, repo)) throw new Refusal(404, 'Not Found');
	if (operationId === 'users/get-authenticated') {
		if (!token) throw new Refusal(401, 'Requires authentication');
		if (token.kind === 'actions' || token.kind === 'app') throw new Refusal(403, notAccessible(token));
		return;
	}
	const wanted = need(operationId);
	if (repo?.archived && token && method !== 'GET') throw new Refusal(403, 'Repository was archived so is read-only.');
	if (!repo || !wanted) return;
	if (!token) {
		if (method !== 'GET') throw new Refusal(401, 'Requires authentication');
		if (/logs|download-artifact/.test(operationId)) throw new Refusal(403, 'Must have admin rights to Repository.');
		return;
	}
	if (wanted === 'checks:write' && !['actions', 'app'].includes(token.kind)) {
		throw new Refusal(403, 'You must authenticate via a GitHub App.');
	}
	const reaches = !token.repositories || token.repositories.includes(repo.full_name);
	if (reaches && allowed(token, wanted)) return;
	if (method === 'GET' && !repo.private && token.kind === 'classic') return;
	const hint = wanted.replaceAll('|', '; ').replaceAll(':', '=');
	throw new Refusal(403, notAccessible(token), {}, { 'x-accepted-github-permissions': hint });
}
