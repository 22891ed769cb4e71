// Budgets: the primary limit of each token, and the secondary one of all that write too fast or too much at once.
import { Refusal } from './auth.mjs';

export class Limits {
	used = new Map();
	writes = [];
	active = 0;
	most = 0;

	constructor(state) {
		this.state = state;
	}

	key(token) {
		return token?.token ?? token?.name ?? 'anonymous';
	}

	window(token) {
		const key = this.key(token);
		const now = this.state.seconds();
		let w = this.used.get(key);
		if (!w || w.reset <= now) {
			w = { used: token?.used ?? 0, reset: now + (token?.window_seconds ?? this.state.settings.window_seconds) };
			if (token) token.used = 0;
			this.used.set(key, w);
		}
		return w;
	}

	budget(token) {
		const limit = token?.limit ?? (token ? 5000 : 60);
		const { used, reset } = this.window(token);
		return { limit, remaining: Math.max(0, limit - used), used: Math.min(used, limit), reset };
	}

	headers(token) {
		const b = this.budget(token);
		return {
			'x-ratelimit-limit': b.limit,
			'x-ratelimit-remaining': b.remaining,
			'x-ratelimit-used': b.used,
			'x-ratelimit-reset': b.reset,
			'x-ratelimit-resource': 'core',
		};
	}

	check(token) {
		if (this.budget(token).remaining === 0) throw primary(token, this.state.settings.primary_status);
	}

	spend(token) {
		this.window(token).used++;
	}

	// settings.secondary: {writes, seconds, concurrent, retry_after}
	secondary(writes) {
		const s = this.state.settings.secondary;
		if (!s) return;
		const now = Date.now();
		if (writes) {
			this.writes = this.writes.filter((t) => now - t < (s.seconds ?? 60) * 1000);
			if (this.writes.length >= (s.writes ?? 80)) throw tooFast(s.retry_after ?? 60);
			this.writes.push(now);
		}
		if (this.active > (s.concurrent ?? 100)) throw tooFast(s.retry_after ?? 60);
	}
}

export const primary = (token, status = 403) =>
	new Refusal(status, `API rate limit exceeded for ${token ? `installation ID ${token.installation ?? 1}` : '127.0.0.1'}.`, {
		documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
	});

export const tooFast = (seconds, status = 403) =>
	new Refusal(
		status,
		'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
		{ documentation_url: 'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits' },
		seconds === null ? {} : { 'retry-after': String(seconds) },
	);
