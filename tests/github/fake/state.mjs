// All that the fake knows: filled from a seed, changed by requests, shown at /_fake/state.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as git from './git.mjs';

const DAY = 86400000;

export class State {
	tokens = new Map();
	apps = new Map();
	users = new Map();
	repos = new Map();
	violations = [];
	journal = [];
	verified = new Set();
	settings = { delay_ms: 0, link_seconds: 60, secondary: null, window_seconds: 3600, strict_version: true };
	skew = 0;

	constructor(dir) {
		this.temporary = !dir;
		this.dir = dir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'fake-github-'));
		fs.mkdirSync(this.dir, { recursive: true });
		this.last = 1000;
	}

	// Everything is forgotten but who listens where: for the next story.
	reset() {
		for (const what of [this.tokens, this.apps, this.users, this.repos, this.verified]) what.clear();
		this.violations.length = this.journal.length = 0;
		this.settings = { delay_ms: 0, link_seconds: 60, secondary: null, window_seconds: 3600, strict_version: true };
		this.skew = 0;
		fs.rmSync(path.join(this.dir, 'repos'), { recursive: true, force: true });
	}

	close() {
		if (this.temporary) fs.rmSync(this.dir, { recursive: true, force: true });
	}

	clock() {
		return Date.now() + this.skew;
	}

	seconds() {
		return Math.floor(this.clock() / 1000);
	}

	now() {
		return new Date(this.clock()).toISOString().replace(/\.\d+Z$/, 'Z');
	}

	id(wanted) {
		if (wanted !== undefined && wanted !== null) {
			this.last = Math.max(this.last, Number(wanted));
			return Number(wanted);
		}
		return ++this.last;
	}

	violation(kind, entry, errors) {
		this.violations.push({
			kind,
			request: entry?.n ?? null,
			method: entry?.method,
			path: entry?.path,
			operation: entry?.operation ?? null,
			errors,
		});
	}

	user(login) {
		if (!this.users.has(login))
			this.users.set(login, { login, id: this.id(), type: /\[bot\]$/.test(login) ? 'Bot' : 'User', keys: [], signing_keys: [] });
		return this.users.get(login);
	}

	repo(full_name) {
		return this.repos.get(full_name.toLowerCase()) ?? null;
	}

	gitdir(full_name) {
		return path.join(this.dir, 'repos', `${full_name}.git`);
	}

	async seed(seed) {
		Object.assign(this.settings, seed.settings);
		for (const t of seed.tokens ?? []) this.addToken(t);
		for (const a of seed.apps ?? []) this.addApp(a);
		for (const u of seed.users ?? []) Object.assign(this.user(u.login), u, { id: this.user(u.login).id });
		for (const r of seed.repositories ?? []) await this.addRepo(r);
	}

	addToken(t) {
		const token = { kind: 'actions', name: t.kind ?? 'actions', permissions: {}, repositories: null, ...t };
		token.login ??= { actions: 'github-actions[bot]', app: 'medic[bot]' }[token.kind] ?? 'person';
		token.limit ??= token.kind === 'actions' ? 1000 : 5000;
		this.user(token.login);
		this.tokens.set(token.token, token);
		return token;
	}

	addApp(a) {
		const app = { slug: 'medic', installations: [], ...a, id: this.id(a.id) };
		app.installations = app.installations.map((i) => ({ permissions: {}, repositories: [], ...i, id: this.id(i.id) }));
		this.apps.set(String(app.id), app);
	}

	async addRepo(r) {
		const [owner, name] = r.full_name.split('/');
		let repo = this.repo(r.full_name);
		if (!repo) {
			repo = {
				full_name: r.full_name,
				owner,
				name,
				id: this.id(r.id),
				private: r.private ?? false,
				default_branch: r.default_branch ?? 'main',
				fork_of: r.fork_of ?? null,
				dir: this.gitdir(r.full_name),
				protected: [],
				collaborators: { [owner]: 'admin' },
				actions_may_open_pulls: true,
				default_workflow_permissions: 'read',
				archived: false,
				workflows: new Map(),
				runs: new Map(),
				jobs: new Map(),
				artifacts: new Map(),
				suites: new Map(),
				checks: new Map(),
				statuses: [],
				issues: new Map(),
				comments: new Map(),
				reviews: new Map(),
				review_comments: new Map(),
				labels: new Map(),
				commit_comments: [],
				dispatches: [],
				attestations: [],
				releases: [],
				numbers: 0,
				rules: {},
				bypass: [],
				drafts: true,
				has_issues: true,
				teams: [],
				requests_held: true,
			};
			this.user(owner);
			if (!fs.existsSync(repo.dir)) {
				const parent = r.fork_of ? this.repo(r.fork_of)?.dir : null;
				const files = r.git || parent ? null : (r.files ?? { 'README.md': `# ${name}\n` });
				await git.create(repo.dir, { from: r.git ?? parent, files, branch: repo.default_branch });
			}
			this.repos.set(r.full_name.toLowerCase(), repo);
		}
		for (const key of [
			'private',
			'protected',
			'collaborators',
			'actions_may_open_pulls',
			'default_workflow_permissions',
			'archived',
			'rules',
			'bypass',
			'drafts',
			'has_issues',
			'teams',
			'requests_held',
			'releases',
			'attestations',
		]) {
			if (r[key] !== undefined) repo[key] = key === 'collaborators' ? { ...repo[key], ...r[key] } : r[key];
		}
		for (const [branch, what] of Object.entries(r.branches ?? {})) await this.addBranch(repo, branch, what);
		for (const l of r.labels ?? []) this.addLabel(repo, typeof l === 'string' ? { name: l } : l);
		for (const w of r.workflows ?? []) this.addWorkflow(repo, w);
		for (const i of r.issues ?? []) await this.addIssue(repo, i);
		for (const p of r.pulls ?? []) await this.addPull(repo, p);
		for (const run of r.runs ?? []) await this.addRun(repo, run);
		for (const c of r.checks ?? []) this.addCheck(repo, c);
		for (const s of r.statuses ?? []) repo.statuses.push({ id: this.id(), created_at: this.now(), context: 'default', creator: 'person', ...s });
		return repo;
	}

	// what: {files, message, from, mode?}; files are committed on top of `from` (default: the default branch, or the branch itself)
	async addBranch(repo, branch, what) {
		const own = await git.resolve(repo.dir, `refs/heads/${branch}`);
		const parent = own ?? (await git.commitOf(repo.dir, what.from ?? repo.default_branch));
		const author = what.by && this.author(what.by);
		let sha = (what.from && (await git.commitOf(repo.dir, what.from))) || parent;
		if (what.files) sha = await git.commitFiles(repo.dir, { files: what.files, message: what.message ?? `Change ${branch}`, parent, date: what.date, author });
		await git.git(repo.dir, ['update-ref', `refs/heads/${branch}`, sha]);
		await this.pushed(repo, branch, { login: what.by ?? 'person' });
		return sha;
	}

	// Whose mail address it is: GitHub shows the account beside the name.
	author(login) {
		return { name: login, email: `${this.user(login).id}+${login}@users.noreply.github.com` };
	}

	loginOf(email) {
		if (email === 'noreply@github.com') return this.user('web-flow').login;
		const m = /^(?:\d+\+)?(.+)@users\.noreply\.github\.com$/.exec(email);
		if (m && this.users.has(m[1])) return m[1];
		if (email === 'person@example.invalid') return this.user('person').login;
		return [...this.users.values()].find((u) => u.email === email)?.login ?? null;
	}

	// A branch moved. by: {login, kind?} of the token. Workflows that say `on` start by themselves: pushes with a job's own token start nothing.
	async pushed(repo, branch, by) {
		const sha = await git.resolve(repo.dir, `refs/heads/${branch}`);
		if (sha && by.kind !== 'actions') await this.start(repo, 'push', { head_branch: branch, head_sha: sha, actor: by.login });
		await this.syncPulls(repo, by);
	}

	// A job's own token opens and changes pull requests whose runs wait for a person.
	async start(repo, event, about, held = false) {
		for (const w of repo.workflows.values()) {
			if (!w.on?.includes(event) || w.state !== 'active') continue;
			const state = held ? { status: 'completed', conclusion: 'action_required' } : { status: 'queued', conclusion: null };
			const jobs = held ? [] : this.queuedJobs(w);
			await this.addRun(repo, { workflow_id: w.id, path: w.path, name: w.name, event, ...state, ...about, jobs, held });
		}
	}

	queuedJobs(w) {
		return (w.jobs ?? ['test']).map((j) => ({ ...(typeof j === 'string' ? { name: j } : j), status: 'queued', conclusion: null }));
	}

	startPull(repo, issue, by) {
		const { head } = issue.pull;
		const held = by.kind === 'actions' && repo.requests_held;
		if (by.kind === 'actions' && !repo.requests_held) return null;
		const about = { head_branch: head.ref, head_sha: head.sha, head_repository: head.repo, actor: by.login, display_title: issue.title };
		return this.start(repo, 'pull_request', about, held);
	}

	addLabel(repo, l) {
		const label = { color: 'ededed', description: '', default: false, ...l, id: this.id(l.id) };
		repo.labels.set(l.name.toLowerCase(), label);
		return label;
	}

	addWorkflow(repo, w) {
		const workflow = { name: 'CI', path: '.github/workflows/ci.yml', state: 'active', ...w, id: this.id(w.id) };
		repo.workflows.set(workflow.id, workflow);
		return workflow;
	}

	async addIssue(repo, i, pull = null) {
		const number = i.number ?? repo.numbers + 1;
		repo.numbers = Math.max(repo.numbers, number);
		const now = this.now();
		const issue = {
			id: this.id(i.id),
			number,
			title: i.title ?? 'An issue',
			body: i.body ?? null,
			user: i.user ?? 'person',
			state: i.state ?? 'open',
			state_reason: null,
			labels: (i.labels ?? []).map((l) => this.labelNamed(repo, l).name),
			locked: i.locked ?? false,
			created_at: i.created_at ?? now,
			updated_at: i.created_at ?? now,
			closed_at: null,
			closed_by: null,
			assignees: i.assignees ?? [],
			pull,
		};
		repo.issues.set(number, issue);
		for (const c of i.comments ?? []) this.addComment(repo, number, c);
		return issue;
	}

	labelNamed(repo, name) {
		return repo.labels.get(name.toLowerCase()) ?? this.addLabel(repo, { name });
	}

	addComment(repo, number, c) {
		const now = this.now();
		const comment = { user: 'person', app: null, created_at: now, updated_at: now, reactions: [], ...c, id: this.id(c.id), issue: number };
		this.user(comment.user);
		repo.comments.set(comment.id, comment);
		return comment;
	}

	// p: {number?, title?, head: branch or owner:branch, head_repository?, base?, user?, draft?, labels?, comments?}
	async addPull(repo, p) {
		const [owner, branch] = p.head.includes(':') ? p.head.split(/:(.*)/) : [null, p.head];
		const fork = p.head_repository ?? (owner && owner !== repo.owner ? `${owner}/${repo.name}` : repo.full_name);
		const pull = {
			head: { repo: fork, ref: branch, sha: null },
			base: { ref: p.base ?? repo.default_branch, sha: null },
			draft: p.draft ?? false,
			merged: false,
			merged_at: null,
			merged_by: null,
			merge_commit_sha: null,
			maintainer_can_modify: p.maintainer_can_modify ?? true,
			reviewers: [],
			teams: [],
		};
		const issue = await this.addIssue(repo, { title: `Change ${branch}`, ...p }, pull);
		await this.syncPulls(repo);
		pull.base.sha = await git.resolve(repo.dir, `refs/heads/${pull.base.ref}`);
		await this.startPull(repo, issue, p.by ?? { login: issue.user });
		return issue;
	}

	// An open pull request's head follows its branch, and refs/pull/N/head follows the head, across forks.
	async syncPulls(changed, by = { login: 'person' }) {
		for (const repo of this.repos.values()) {
			for (const issue of repo.issues.values()) {
				const pull = issue.pull;
				if (!pull || issue.state !== 'open' || (repo !== changed && pull.head.repo.toLowerCase() !== changed.full_name.toLowerCase()))
					continue;
				const from = this.repo(pull.head.repo);
				const sha = from && (await git.resolve(from.dir, `refs/heads/${pull.head.ref}`));
				if (!sha || sha === pull.head.sha) continue;
				if (from !== repo) await git.git(repo.dir, ['fetch', '-q', '--no-write-fetch-head', from.dir, sha]);
				await git.git(repo.dir, ['update-ref', `refs/pull/${issue.number}/head`, sha]);
				const known = pull.head.sha !== null;
				pull.head.sha = sha;
				issue.updated_at = this.now();
				if (known) await this.startPull(repo, issue, by);
			}
		}
	}

	// GitHub closes the pull requests of a branch that is deleted.
	branchGone(repo, ref, by) {
		for (const other of this.repos.values())
			for (const issue of other.issues.values())
				if (issue.pull && issue.state === 'open' && issue.pull.head.repo === repo.full_name && `refs/heads/${issue.pull.head.ref}` === ref)
					this.closeIssue(issue, by);
	}

	closeIssue(issue, by, reason = null) {
		const now = this.now();
		Object.assign(issue, { state: 'closed', closed_at: now, updated_at: now, closed_by: this.user(by).login, state_reason: reason });
	}

	async addRun(repo, r) {
		const wanted = r.workflow_path ?? r.path ?? '.github/workflows/ci.yml';
		const workflow =
			[...repo.workflows.values()].find(
				(w) => w.id === r.workflow_id || (!r.workflow_id && w.path === wanted && (!r.name || w.name === r.name)),
			) ?? this.addWorkflow(repo, { id: r.workflow_id, name: r.name ?? 'CI', path: wanted });
		const branch = r.head_branch ?? repo.default_branch;
		const from = r.head_repository ? this.repo(r.head_repository) : repo;
		const now = r.created_at ?? this.now();
		const run = {
			id: this.id(r.id),
			name: workflow.name,
			workflow_id: workflow.id,
			path: workflow.path,
			event: r.event ?? 'push',
			head_branch: branch,
			head_sha: r.head_sha ?? (await git.commitOf(from?.dir ?? repo.dir, branch)) ?? '0'.repeat(40),
			head_repository: r.head_repository ?? repo.full_name,
			status: r.status ?? 'completed',
			conclusion: r.conclusion === undefined ? 'failure' : r.conclusion,
			run_attempt: r.run_attempt ?? 1,
			run_number: r.run_number ?? repo.runs.size + 1,
			created_at: now,
			updated_at: r.updated_at ?? now,
			run_started_at: r.run_started_at ?? now,
			actor: r.actor ?? 'person',
			display_title: r.display_title ?? 'Change something',
			pulls: r.pulls ?? null,
			jobs: [],
			reruns: r.reruns ?? 0,
			held: r.held ?? false,
			logs_expired: r.logs_expired ?? false,
			attempts: new Map(),
		};
		if (run.status !== 'completed') run.conclusion = null;
		this.user(run.actor);
		repo.runs.set(run.id, run);
		for (const j of r.jobs ?? []) this.addJob(repo, run, j);
		for (const a of r.artifacts ?? []) this.addArtifact(repo, run, a);
		return run;
	}

	addJob(repo, run, j) {
		const job = {
			id: this.id(j.id),
			run_id: run.id,
			run_attempt: j.run_attempt ?? run.run_attempt,
			name: j.name ?? 'test',
			status: j.status ?? 'completed',
			conclusion: j.conclusion === undefined ? 'failure' : j.conclusion,
			started_at: j.started_at ?? run.created_at,
			completed_at: j.completed_at ?? run.updated_at,
			created_at: j.created_at ?? run.created_at,
			labels: j.labels ?? ['ubuntu-24.04'],
			steps: j.steps ?? [],
			log: j.log ?? null,
			log_reads: 0,
			runner_name: j.runner_name ?? 'GitHub Actions 1',
			attempts: [],
		};
		if (job.status !== 'completed') job.conclusion = job.completed_at = null;
		job.attempts.push(job.run_attempt);
		repo.jobs.set(job.id, job);
		run.jobs.push(job.id);
		return job;
	}

	addArtifact(repo, run, a) {
		const artifact = {
			id: this.id(a.id),
			run_id: run.id,
			name: a.name ?? 'artifact',
			expired: a.expired ?? false,
			files: a.files ?? {},
			path: a.path ?? null,
			created_at: a.created_at ?? run.updated_at,
			expires_at: a.expires_at ?? new Date(Date.parse(run.updated_at) + 90 * DAY).toISOString().replace(/\.\d+Z$/, 'Z'),
			head_sha: run.head_sha,
			head_branch: run.head_branch,
		};
		repo.artifacts.set(artifact.id, artifact);
		return artifact;
	}

	suite(repo, sha, slug) {
		for (const s of repo.suites.values()) if (s.head_sha === sha && s.app === slug) return s;
		const now = this.now();
		const suite = { id: this.id(), head_sha: sha, app: slug, created_at: now, updated_at: now };
		repo.suites.set(suite.id, suite);
		return suite;
	}

	addCheck(repo, c) {
		const app = c.app ?? 'github-actions';
		const check = {
			external_id: '',
			details_url: null,
			status: 'queued',
			conclusion: null,
			started_at: this.now(),
			completed_at: null,
			actions: [],
			...c,
			output: { title: null, summary: null, text: null, ...c.output, annotations: [...(c.output?.annotations ?? [])] },
			id: this.id(c.id),
			app,
			suite: this.suite(repo, c.head_sha, app).id,
			history: [],
		};
		repo.checks.set(check.id, check);
		return check;
	}

	show() {
		const plain = (v) =>
			v instanceof Map
				? [...v.values()].map(plain)
				: v instanceof Set
					? [...v]
					: Array.isArray(v)
						? v.map(plain)
						: v && typeof v === 'object'
							? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]))
							: v;
		const repositories = [...this.repos.values()].map((r) => plain({ ...r, dir: undefined }));
		return {
			repositories: Object.fromEntries(repositories.map((r) => [r.full_name, r])),
			users: [...this.users.values()],
			settings: this.settings,
			verified: [...this.verified],
		};
	}
}
