// Who one is, Apps, rate limit, repositories as such.
import crypto from 'node:crypto';
import { Refusal } from './auth.mjs';
import * as v from './views.mjs';

const HOUR = 3600000;

const fullUser = (c, login) => ({
	...v.userView(c, login),
	name: login,
	followers: 0,
	following: 0,
	public_repos: 0,
	public_gists: 0,
	created_at: '2020-01-01T00:00:00Z',
	updated_at: '2020-01-01T00:00:00Z',
	user_view_type: 'public',
});

function known(c) {
	if (!c.state.users.has(c.params.username)) throw new Refusal(404, 'Not Found');
	return c.state.users.get(c.params.username);
}

const keyView = (c, key, i) => ({
	id: i + 1,
	key: typeof key === 'string' ? key : key.key,
	url: `${c.api}/user/keys/${i + 1}`,
	title: key.title ?? 'key',
	created_at: key.created_at ?? '2026-01-01T00:00:00Z',
	verified: true,
	read_only: false,
});

const installationView = (c, app, i) => ({
	id: i.id,
	app_id: app.id,
	app_slug: app.slug,
	account: v.userView(c, i.account ?? 'acme'),
	repository_selection: 'selected',
	access_tokens_url: `${c.api}/app/installations/${i.id}/access_tokens`,
	repositories_url: `${c.api}/installation/repositories`,
	html_url: c.web,
	target_id: 1,
	target_type: 'User',
	permissions: i.permissions,
	events: [],
	created_at: '2026-01-01T00:00:00Z',
	updated_at: '2026-01-01T00:00:00Z',
});

function accessToken(c) {
	const { app } = c.token;
	const installation = app.installations.find((i) => i.id === Number(c.params.installation_id));
	if (!installation) throw new Refusal(404, 'Not Found');
	const asked = c.body?.permissions ?? installation.permissions;
	for (const [scope, level] of Object.entries(asked)) {
		const held = installation.permissions[scope];
		if (!held || (level === 'write' && held === 'read'))
			throw new Refusal(422, 'The permissions requested are not granted to this installation.');
	}
	const repositories =
		c.body?.repositories?.map((name) => installation.repositories.find((r) => r.split('/')[1] === name)) ?? installation.repositories;
	if (repositories.includes(undefined))
		throw new Refusal(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.');
	const token = `ghs_${crypto.randomBytes(18).toString('hex')}`;
	const expires_at = new Date(c.state.clock() + (installation.lives_ms ?? HOUR)).toISOString().replace(/\.\d+Z$/, 'Z');
	c.state.addToken({
		token,
		kind: 'app',
		name: `installation:${installation.id}`,
		login: `${app.slug}[bot]`,
		app_slug: app.slug,
		permissions: { metadata: 'read', ...asked },
		repositories,
		expires_at: new Date(c.state.clock() + (installation.lives_ms ?? HOUR)).toISOString(),
	});
	return { status: 201, body: { token, expires_at, permissions: asked, repository_selection: 'selected' } };
}

export default {
	'users/get-authenticated': (c) => ({ body: fullUser(c, c.token.login) }),
	'users/get-by-username': (c) => ({ body: fullUser(c, known(c).login) }),
	'users/list-public-keys-for-user': (c) => c.page(known(c).keys, (k, i) => ({ id: i + 1, key: typeof k === 'string' ? k : k.key })),
	'users/list-ssh-signing-keys-for-user': (c) => c.page(known(c).signing_keys, (k, i) => keyView(c, k, i)),
	'rate-limit/get': (c) => {
		const core = c.budget();
		const other = { limit: 5000, remaining: 5000, used: 0, reset: core.reset };
		return { free: true, body: { resources: { core, graphql: other, search: { ...other, limit: 30, remaining: 30 } }, rate: core } };
	},
	'apps/get-authenticated': (c) => ({ body: { ...v.appView(c, c.token.app.slug), id: c.token.app.id } }),
	'apps/get-repo-installation': (c) => {
		const installation = c.token.app.installations.find((i) => i.repositories.some((r) => r.toLowerCase() === c.repo.full_name.toLowerCase()));
		if (!installation) throw new Refusal(404, 'Not Found');
		return { body: installationView(c, c.token.app, installation) };
	},
	'apps/create-installation-access-token': accessToken,
	'repos/get': (c) => ({ body: v.repoView(c, c.repo) }),
	'repos/get-collaborator-permission-level': (c) => {
		const held = c.repo.collaborators[c.params.username] ?? (c.repo.private ? null : 'read');
		if (!held) throw new Refusal(404, 'Not Found');
		const permission = { maintain: 'write', triage: 'read' }[held] ?? held;
		return { body: { permission, role_name: held, user: v.userView(c, c.params.username) } };
	},
};
