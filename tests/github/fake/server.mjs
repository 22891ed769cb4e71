// The API origin: journal, faults, who asks, budget, description, handler; and the controls below /_fake/.
import crypto from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import zlib from 'node:zlib';
import actions from './actions.mjs';
import { Refusal, authorise, credentials, identify, notAccessible } from './auth.mjs';
import checks from './checks.mjs';
import * as describe from './describe.mjs';
import { Faults, HTML } from './faults.mjs';
import { graphql } from './graphql.mjs';
import issues from './issues.mjs';
import { Limits, primary, tooFast } from './limits.mjs';
import { Blobs } from './logs.mjs';
import people from './people.mjs';
import pulls from './pulls.mjs';
import repos from './repos.mjs';
import { serveGit } from './smart.mjs';
import users from './users.mjs';

const HANDLERS = { ...actions, ...checks, ...issues, ...pulls, ...repos, ...users };
const KEPT = ['user-agent', 'accept', 'content-type', 'if-none-match', 'x-github-api-version', 'range', 'accept-encoding', 'expect', 'git-protocol'];
const VERSIONS = ['2022-11-28', '2026-03-10'];
const BODY = 64 << 20;
const SHOWN = 256 << 10;
const DOCS = 'https://docs.github.com/rest';

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

function read(req) {
	return new Promise((resolve, reject) => {
		const parts = [];
		let size = 0;
		req.on('data', (d) => ((size += d.length) > BODY ? reject(new Error('too large')) : parts.push(d)));
		req.on('end', () => resolve(Buffer.concat(parts)));
		req.on('error', reject);
	});
}

export class Fake {
	faults = new Faults();
	connections = 0;
	started = process.hrtime.bigint();

	constructor(state) {
		this.state = state;
		this.limits = new Limits(state);
		this.blobs = new Blobs(state);
	}

	async listen(port, tls) {
		const open = (handler, at) =>
			new Promise((resolve) => {
				const server = tls ? https.createServer(tls, handler) : http.createServer(handler);
				server.keepAliveTimeout = 60000;
				server.on(tls ? 'secureConnection' : 'connection', (socket) => {
					socket.number = ++this.connections;
					socket.on('error', () => {});
				});
				server.listen(at, '127.0.0.1', () => resolve(server));
			});
		const guard = (f) => (req, res) =>
			f.call(this, req, res).catch((error) => {
				this.state.violation('trouble', { method: req.method, path: req.url }, [{ message: String(error.stack ?? error) }]);
				if (!res.headersSent) res.writeHead(500);
				res.end();
			});
		this.servers = [await open(guard(this.api), port), await open(guard(this.blob), 0)];
		const scheme = tls ? 'https' : 'http';
		const [api, blob] = this.servers.map((s) => `${scheme}://127.0.0.1:${s.address().port}`);
		this.origins = { api, blob, graphql: `${api}/graphql`, server: api };
		return this.origins;
	}

	ms() {
		return Number((process.hrtime.bigint() - this.started) / 1000n) / 1000;
	}

	entry(req, origin, url) {
		const { kind } = credentials(req.headers.authorization);
		const headers = Object.fromEntries(KEPT.filter((k) => req.headers[k] !== undefined).map((k) => [k, req.headers[k]]));
		const entry = {
			n: this.state.journal.length + 1,
			origin,
			method: req.method,
			path: url.pathname,
			query: url.search.slice(1),
			authorization: kind,
			token: null,
			operation: null,
			fault: null,
			connection: req.socket.number,
			headers,
			started: this.ms(),
			ended: null,
			status: null,
		};
		this.state.journal.push(entry);
		return entry;
	}

	async blob(req, res) {
		const url = new URL(req.url, 'http://fake');
		const entry = this.entry(req, 'blob', url);
		if (entry.authorization !== 'none')
			this.state.violation('authorization-leaked', entry, [{ message: 'the second origin was sent an Authorization header' }]);
		if (this.state.settings.delay_ms) await sleep(this.state.settings.delay_ms);
		const rule = this.faults.pick({ origin: 'blob', method: req.method, path: url.pathname });
		await this.misbehave(
			rule,
			entry,
			req,
			res,
			async () => {
				const { status, type, body } = this.blobs.answer(req, url);
				return { status, headers: { 'content-type': type }, body };
			},
			null,
		);
	}

	async api(req, res) {
		const url = new URL(req.url.replace(/^https?:\/\/[^/]+/, ''), 'http://fake');
		url.pathname = url.pathname.replace(/^\/api\/v3(?=\/)/, '').replace(/^\/api\/graphql$/, '/graphql');
		if (url.pathname.startsWith('/_fake/')) return this.control(req, res, url.pathname.slice(7));
		const origin = /\.git\/(info\/refs|git-upload-pack|git-receive-pack|HEAD|objects\/)/.test(url.pathname)
			? 'git'
			: url.pathname.startsWith('/blob/')
				? 'blob'
				: 'api';
		const entry = this.entry(req, origin, url);
		if (this.state.settings.delay_ms) await sleep(this.state.settings.delay_ms);
		if (origin === 'blob') {
			const { status, type, body } = this.blobs.answer({ headers: {} }, url);
			return this.send(res, entry, { status, headers: { 'content-type': type }, body });
		}
		const found = origin === 'api' && url.pathname !== '/graphql' ? describe.match(req.method, url.pathname, url.search.slice(1)) : null;
		entry.operation = found?.operation.operationId ?? (url.pathname === '/graphql' ? 'graphql' : null);
		const who = this.state.tokens.get(credentials(req.headers.authorization).secret ?? '');
		const rule = this.faults.pick({ origin, method: req.method, path: url.pathname, operation: entry.operation, token: who?.name });
		if (origin === 'git') {
			return this.misbehave(rule, entry, req, res, () => serveGit(this, req, res, url, entry), null);
		}
		const raw = await read(req);
		entry.bytes = raw.length;
		if (raw.length) {
			entry.sha256 = crypto.createHash('sha256').update(raw).digest('hex');
			entry.body = raw.length <= SHOWN ? raw.toString('utf8') : null;
		}
		this.limits.active++;
		this.limits.most = Math.max(this.limits.most, this.limits.active);
		entry.concurrent = this.limits.active;
		try {
			await this.misbehave(rule, entry, req, res, () => this.rest(req, url, raw, entry, found), who);
		} finally {
			this.limits.active--;
		}
	}

	// Carries a request out as the rule wants it.
	async misbehave(rule, entry, req, res, carryOut, who) {
		entry.fault = rule?.kind ?? null;
		const limit = () => this.limits.headers(who);
		switch (rule?.kind) {
			case 'reset':
				entry.ended = this.ms();
				return req.socket.resetAndDestroy();
			case 'hang':
				return;
			case 'delay':
				await sleep(rule.ms ?? 1000);
				break;
			case 'status': {
				const body = rule.message ? JSON.stringify({ message: rule.message, documentation_url: DOCS }) : HTML;
				return this.send(res, entry, {
					status: rule.status ?? 502,
					headers: { ...limit(), ...rule.headers, 'content-type': rule.message ? 'application/json' : 'text/html' },
					body,
				});
			}
			case 'redirect-loop':
				return this.send(res, entry, {
					status: 302,
					headers: { location: entry.origin === 'blob' ? `${this.origins.blob}${req.url}` : `${this.origins.api}${req.url}` },
					body: '',
				});
			case 'primary': {
				const r = primary(who, rule.status);
				const reset = this.state.seconds() + (rule.reset ?? 1);
				return this.send(res, entry, {
					...this.refusal(r),
					headers: { ...limit(), 'x-ratelimit-remaining': 0, 'x-ratelimit-reset': reset, 'content-type': 'application/json' },
				});
			}
			case 'secondary': {
				const r = tooFast(rule.retry_after === undefined ? 1 : rule.retry_after, rule.status);
				return this.send(res, entry, { ...this.refusal(r), headers: { ...limit(), ...r.headers, 'content-type': 'application/json' } });
			}
		}
		const answer = await carryOut();
		if (!answer) return;
		await this.send(res, entry, answer, rule, req);
	}

	refusal(r) {
		return { status: r.status, body: JSON.stringify({ message: r.message, documentation_url: DOCS, status: String(r.status), ...r.extra }) };
	}

	async send(res, entry, { status, headers = {}, body }, rule, req) {
		let data = body === undefined || body === null ? Buffer.alloc(0) : Buffer.from(body);
		entry.status = status;
		if (entry.origin === 'api')
			headers = { 'x-github-request-id': `FAKE:${entry.n}`, 'x-github-media-type': 'github.v3; format=json', ...headers };
		if (rule?.kind === 'redirect-same-origin' && headers.location)
			headers.location = headers.location.replace(this.origins.blob, this.origins.api);
		if (rule?.kind === 'not-json') [data, headers['content-type']] = [Buffer.from(HTML), 'text/html'];
		if (req && /\bgzip\b/.test(req.headers['accept-encoding'] ?? '') && data.length > 1000 && !rule) {
			data = zlib.gzipSync(data);
			headers['content-encoding'] = 'gzip';
		}
		const done = () => (entry.ended = this.ms());
		if (rule?.kind === 'lost') {
			done();
			return req.socket.resetAndDestroy();
		}
		if (status !== 204 && status !== 304) headers['content-length'] = data.length;
		res.writeHead(status, headers);
		if (rule?.kind === 'reset-mid-body' || rule?.kind === 'truncated') {
			await new Promise((r) => res.write(data.subarray(0, Math.floor(data.length / 2)), r));
			await sleep(20);
			done();
			return rule.kind === 'truncated' ? req.socket.destroy() : req.socket.resetAndDestroy();
		}
		if (rule?.kind === 'slow') {
			const step = Math.max(1, Math.floor((rule.bytes_per_second ?? 1000) / 20));
			for (let at = 0; at < data.length && !res.destroyed; at += step) {
				res.write(data.subarray(at, at + step));
				await sleep(50);
			}
			res.end();
			return done();
		}
		res.end(data);
		done();
	}

	async rest(req, url, raw, entry, found) {
		let token = null;
		let headers = () => ({ 'content-type': 'application/json; charset=utf-8', ...this.limits.headers(token) });
		try {
			if (!req.headers['user-agent'])
				throw new Refusal(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.');
			token = identify(this.state, req.headers.authorization);
			entry.token = token?.name ?? null;
			const version = req.headers['x-github-api-version'];
			if (version && !VERSIONS.includes(version)) throw new Refusal(400, `The version "${version}" is not supported.`);
			if (entry.operation !== 'rate-limit/get') this.limits.check(token);
			this.limits.secondary(req.method !== 'GET' && req.method !== 'HEAD');
			const body = parse(raw);
			if (url.pathname === '/graphql') {
				if (!token) throw new Refusal(401, 'This endpoint requires you to be authenticated.');
				this.limits.spend(token);
				const answer = await graphql(this.context(req, url, token, entry, { body }), body, entry);
				return { status: 200, headers: headers(), body: JSON.stringify(answer) };
			}
			if (!found) {
				this.state.violation('unknown-operation', entry, [{ message: 'the description has no such operation' }]);
				throw new Refusal(404, 'Not Found');
			}
			const answer = await this.operate(req, url, token, entry, found, body);
			const text = answer.body === undefined ? undefined : JSON.stringify(answer.body);
			const etag =
				req.method === 'GET' &&
				text !== undefined &&
				`W/"${crypto
					.createHash('sha256')
					.update(text + (answer.headers?.link ?? ''))
					.digest('hex')}"`;
			if (etag && req.headers['if-none-match'] === etag) return { status: 304, headers: { ...headers(), etag } };
			if (!answer.free) this.limits.spend(token);
			return { status: answer.status ?? 200, headers: { ...headers(), ...(etag && { etag }), ...answer.headers }, body: text };
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (token) this.limits.spend(token);
			return { ...this.refusal(error), headers: { ...headers(), ...error.headers } };
		}
	}

	async operate(req, url, token, entry, found, body) {
		const { operation, params, query } = found;
		const repo = params.owner ? this.state.repo(`${params.owner}/${params.repo}`) : null;
		if (params.owner && !repo) throw new Refusal(404, 'Not Found');
		authorise(token, repo, operation.operationId, req.method);
		const wrong = describe.requestErrors(found, body);
		if (wrong.length) {
			this.state.violation('request', entry, wrong);
			throw new Refusal(422, 'Invalid request.\n\n' + wrong.map((e) => `${e.instancePath ?? ''} ${e.message}`).join('\n'), {
				errors: wrong.map((e) => ({ field: e.instancePath, code: 'invalid', message: e.message })),
			});
		}
		const handler = HANDLERS[operation.operationId];
		if (!handler) throw new Error(`the fake has no handler for ${operation.operationId}`);
		const c = this.context(req, url, token, entry, { repo, params, query: coerced(query), body });
		const answer = await handler(c);
		const status = answer.status ?? 200;
		if (entry.fault !== 'sparse' && answer.body !== undefined)
			answer.body = JSON.parse(JSON.stringify(describe.complete(operation, status, answer.body)));
		const bad = entry.fault === 'sparse' ? [] : describe.responseErrors(operation, status, answer.body);
		if (bad.length) this.state.violation('response', entry, bad.slice(0, 5));
		return answer;
	}

	context(req, url, token, entry, more) {
		const base = this.origins.api;
		const c = { state: this.state, token, method: req.method, api: base, web: base, entry, ...more };
		c.budget = () => this.limits.budget(token);
		c.forbidden = (scope) =>
			new Refusal(403, notAccessible(token), {}, { 'x-accepted-github-permissions': `${scope}=${req.method === 'GET' ? 'read' : 'write'}` });
		c.link = (what) => ({ status: 302, headers: { location: this.origins.blob + this.blobs.link(what) } });
		c.page = (all, view, key) => page(c, url, base, all, view, key);
		return c;
	}

	async control(req, res, what) {
		const raw = await read(req);
		const body = raw.length ? JSON.parse(raw) : null;
		const state = this.state;
		const reply = (value, status = 200) => {
			res.writeHead(status, { 'content-type': 'application/json' });
			res.end(JSON.stringify(value ?? {}));
		};
		try {
			if (what === 'violations') return reply(state.violations);
			if (what === 'journal' && req.method === 'DELETE')
				return reply({ forgotten: state.journal.splice(0).length, violations: state.violations.splice(0).length });
			if (what === 'journal') return reply(state.journal);
			if (what === 'state') return reply(state.show());
			if (what === 'tokens') return reply([...state.tokens.values()]);
			if (what === 'faults' && req.method === 'GET') return reply(this.faults.pending());
			if (what === 'faults' && req.method === 'DELETE') return reply(this.faults.clear());
			if (what === 'faults') return reply(this.faults.add(body));
			if (what === 'seed') {
				this.faults.add(body.faults ?? []);
				return reply(await state.seed(body));
			}
			if (what === 'reset') {
				this.faults.clear();
				this.limits.writes.length = 0;
				this.limits.used.clear();
				return reply(state.reset());
			}
			if (what === 'settings') return reply(Object.assign(state.settings, body));
			if (what === 'clock') return reply({ skew: (state.skew += (body.seconds ?? 0) * 1000) });
			if (what === 'limits') return reply({ most: this.limits.most, used: Object.fromEntries(this.limits.used) });
			if (people[what]) return reply(await people[what](state, body));
			reply({ message: `no such control: ${what}` }, 404);
		} catch (error) {
			reply({ message: String(error.stack ?? error) }, 400);
		}
	}
}

function parse(raw) {
	if (raw.length === 0) return undefined;
	try {
		return JSON.parse(raw.toString('utf8'));
	} catch {
		throw new Refusal(400, 'Problems parsing JSON');
	}
}

const coerced = (query) => Object.fromEntries(Object.entries(query ?? {}).map(([k, v]) => [k, Array.isArray(v) ? v.join(',') : v]));

async function page(c, url, base, all, view, key) {
	const size = Math.min(100, Math.max(1, Number(c.query.per_page ?? 30)));
	const number = Math.max(1, Number(c.query.page ?? 1));
	const last = Math.max(1, Math.ceil(all.length / size));
	const items = await Promise.all(all.slice((number - 1) * size, number * size).map(view));
	const at = (n) => {
		const to = new URL(url.pathname + url.search, base);
		to.searchParams.set('page', n);
		return to.href;
	};
	const links = [];
	if (number > 1) links.push(`<${at(number - 1)}>; rel="prev"`);
	if (number < last) links.push(`<${at(number + 1)}>; rel="next"`, `<${at(last)}>; rel="last"`);
	if (number > 1) links.push(`<${at(1)}>; rel="first"`);
	return { body: key ? { total_count: all.length, [key]: items } : items, headers: links.length ? { link: links.join(', ') } : {} };
}
