// GitHub's own API description: which operation a request is, whether request and answer satisfy it, and the filling of an
// answer's fields that the fake has no opinion on.
import fs from 'node:fs';
import { OpenAPIBackend } from 'openapi-backend';
import addFormats from 'ajv-formats';

const definition = JSON.parse(fs.readFileSync(new URL('../openapi/github-operations.json', import.meta.url)));
// The format contradicts the parameter's own description, which wants a range in the syntax of the search.
delete definition.components.parameters.created.schema.format;
// A number in a path is a text too: as oneOf an id would never fit.
for (const p of Object.values(definition.components.parameters)) if (p.schema?.oneOf) p.schema = { anyOf: p.schema.oneOf };
const api = new OpenAPIBackend({
	definition,
	quick: true,
	ajvOpts: { strict: false, allErrors: true },
	customizeAjv: (ajv) => addFormats.default(ajv).addFormat('repo.nwo', true),
});

// Parameters that may contain slashes, with what may follow them. No router knows these: they are encoded first.
const SLASHED = [
	/^(\/repos\/[^/]+\/[^/]+\/(?:git\/refs|git\/ref|git\/matching-refs|releases\/tags|rules\/branches|labels)\/)(.+?)()$/,
	/^(\/repos\/[^/]+\/[^/]+\/compare\/)(.+?)()$/,
	/^(\/repos\/[^/]+\/[^/]+\/branches\/)(.+?)(\/protection)?$/,
	/^(\/repos\/[^/]+\/[^/]+\/commits\/)(.+?)(\/check-runs|\/check-suites|\/status|\/statuses|\/pulls|\/comments)?$/,
];

// Operations that the cut of the description leaves out: known by hand, without a check of what is asked and answered.
const EXTRA = [
	['GET', /^\/repos\/([^/]+)\/([^/]+)\/issues\/(\d+)$/, 'issues/get', ['issue_number']],
	['PATCH', /^\/repos\/([^/]+)\/([^/]+)\/comments\/(\d+)$/, 'repos/update-commit-comment', ['comment_id']],
];

function extra(method, path, search) {
	for (const [verb, pattern, operationId, names] of EXTRA) {
		const m = verb === method && pattern.exec(path);
		if (!m) continue;
		const params = Object.fromEntries(['owner', 'repo', ...names].map((name, i) => [name, unescape(m[i + 1])]));
		return { operation: { operationId, extra: true }, params, query: Object.fromEntries(new URLSearchParams(search)), request: null };
	}
	return null;
}

const unescape = (text) => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

function encoded(path) {
	const root = /^(\/repos\/[^/]+\/[^/]+\/contents)\/?(.*)$/.exec(path);
	if (root) return `${root[1]}/${encodeURIComponent(unescape(root[2]) || '/')}`;
	for (const pattern of SLASHED) {
		const m = pattern.exec(path);
		if (m) return m[1] + encodeURIComponent(unescape(m[2])) + (m[3] ?? '');
	}
	return path;
}

export const ready = api.init();

// {operation, params, query, request} or null
export function match(method, path, search) {
	const request = { method, path: encoded(path), headers: { 'content-type': 'application/json' }, query: search };
	const operation = api.matchOperation(request);
	if (!operation) return extra(method, path, search);
	const parsed = api.router.parseRequest(request, operation);
	const params = Object.fromEntries(Object.entries(parsed.params).map(([k, v]) => [k, unescape(v)]));
	if (operation.operationId === 'repos/compare-commits') [params.base, params.head] = unescape(path.split('/compare/')[1]).split('...');
	return { operation, params, query: parsed.query, request };
}

// The errors of a request's query and body: [] when it is as described.
export function requestErrors({ operation, request }, body) {
	if (operation.extra) return [];
	const result = api.validator.validateRequest({ ...request, body }, operation);
	return result.errors ?? [];
}

export function responseErrors(operation, status, body) {
	if (operation.extra) return [];
	const described = operation.responses?.[status];
	if (!described) return status >= 400 || status === 304 ? [] : [{ message: `status ${status} is not described` }];
	if (!described.content) return body === undefined || body === null ? [] : [{ message: `status ${status} has no body` }];
	if (status >= 400) return [];
	// the addresses of bots ("medic[bot]@users.noreply...") are as GitHub gives them, and no e-mail addresses by the letter
	return (api.validator.validateResponse(body, operation, status).errors ?? []).filter((e) => e.params?.format !== 'email');
}

function resolved(schema) {
	let s = schema;
	while (s?.$ref)
		s = s.$ref
			.split('/')
			.slice(1)
			.reduce((at, key) => at[key], definition);
	return s ?? {};
}

function best(choices, value) {
	if (value === null || typeof value !== 'object') {
		const kind = typeof value === 'string' ? 'string' : Number.isInteger(value) ? 'integer' : typeof value;
		return choices.find((c) => resolved(c).type === kind) ?? choices[0];
	}
	if (Array.isArray(value)) return choices.find((c) => resolved(c).type === 'array') ?? choices[0];
	const score = (c) => Object.keys(value).filter((k) => k in (resolved(c).properties ?? {})).length;
	const objects = choices.filter((c) => resolved(c).properties);
	return objects.sort((a, b) => score(b) - score(a))[0] ?? choices[0];
}

const WORDS = { 'date-time': '2026-01-01T00:00:00Z', uri: 'https://github.invalid/', email: 'nobody@example.invalid', 'uri-reference': '/' };

function invented(s, key) {
	if (s.nullable || s.type === 'null') return null;
	if (s.enum) return s.enum[0];
	if (s.default !== undefined) return s.default;
	if (s.type === 'integer' || s.type === 'number') return s.minimum ?? 0;
	if (s.type === 'boolean') return false;
	if (s.type === 'string') return WORDS[s.format] ?? (/(^|_)url$/.test(key) ? WORDS.uri : key === 'node_id' ? 'N0' : '');
	return null;
}

// The value with every required field of its schema: what the fake did not say is null, empty or false. At DEPTH it stops.
const DEPTH = 12;
function filled(schema, value, key = '', depth = 0) {
	const s = resolved(schema);
	if (depth > DEPTH || value === null) return value ?? null;
	const choices = s.oneOf ?? s.anyOf;
	if (value === undefined && s.nullable) return null;
	if (choices) return filled(best(choices, value), value, key, depth + 1);
	if (s.allOf) return s.allOf.reduce((v, part) => filled(part, v, key, depth + 1), value);
	if (s.type === 'array' || Array.isArray(value)) return (value ?? []).map?.((v) => filled(s.items, v, key, depth + 1)) ?? value;
	if (s.properties || s.type === 'object') {
		if (value !== undefined && typeof value !== 'object') return value;
		const out = { ...value };
		for (const name of s.required ?? []) {
			if (out[name] === undefined) out[name] = filled(s.properties?.[name], undefined, name, depth + 1);
		}
		for (const name of Object.keys(value ?? {})) {
			if (s.properties?.[name]) out[name] = filled(s.properties[name], value[name], name, depth + 1);
		}
		return out;
	}
	return value === undefined ? invented(s, key) : value;
}

export function complete(operation, status, body) {
	const schema = resolved(operation.responses?.[status])?.content?.['application/json']?.schema;
	return schema && body !== undefined ? filled(schema, body) : body;
}
