// Rules that make the fake misbehave. A rule:
//   {kind, method?, path? (regular expression), operation?, origin? (api | blob | git), token?,
//    nth? (first matching request that is hit, from 1), count? (how many are hit, default 1, 0 for ever), every? (each k-th only), ...}
// Kinds, and what they read:
//   before the request is looked at: status {status, message?, html?}, primary {status?, reset?}, secondary {status?, retry_after? (null: none)},
//     reset, hang, redirect-loop, delay {ms}
//   after it was carried out: lost (connection reset, nothing sent), reset-mid-body, truncated, slow {bytes_per_second}, sparse (only
//     the fields that the fake itself knows), not-json, redirect-same-origin (logs: the link stays on the API's origin)
import crypto from 'node:crypto';

export const KINDS = new Set([
	'status',
	'primary',
	'secondary',
	'reset',
	'hang',
	'redirect-loop',
	'delay',
	'lost',
	'reset-mid-body',
	'truncated',
	'slow',
	'sparse',
	'not-json',
	'redirect-same-origin',
]);

export class Faults {
	rules = [];

	add(rules) {
		for (const rule of [rules].flat()) {
			if (!KINDS.has(rule.kind)) throw new Error(`no such fault: ${rule.kind}`);
			this.rules.push({ ...rule, id: crypto.randomUUID(), pattern: rule.path && new RegExp(rule.path), seen: 0, hit: 0 });
		}
	}

	clear() {
		this.rules = [];
	}

	// Every matching rule counts the request; the first that is due is the fault.
	pick({ origin, method, path, operation, token }) {
		let chosen = null;
		for (const rule of this.rules) {
			if (rule.origin && rule.origin !== origin) continue;
			if (rule.method && rule.method !== method) continue;
			if (rule.pattern && !rule.pattern.test(path)) continue;
			if (rule.operation && rule.operation !== operation) continue;
			if (rule.token && rule.token !== token) continue;
			rule.seen++;
			const since = rule.seen - (rule.nth ?? 1);
			const due = since >= 0 && since % (rule.every ?? 1) === 0 && (rule.count === 0 || rule.hit < (rule.count ?? 1));
			if (due && !chosen) {
				rule.hit++;
				chosen = rule;
			}
		}
		return chosen;
	}

	// rules that have hits left: a test that planned three faults wants to know that three happened
	pending() {
		return this.rules.filter((r) => r.count !== 0 && r.hit < (r.count ?? 1)).map(({ pattern, ...rest }) => rest);
	}
}

export const HTML =
	'<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head><body><p>This page is taking too long to load.</p></body></html>\n';
