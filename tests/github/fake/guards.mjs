// Branch protection and rulesets. A repository's `protected` are names or patterns ('release/*'); its `rules` are a list, for every branch,
// or {pattern: [rules]}; `bypass` are logins that nothing holds.
export const VIOLATION = 'Repository rule violations found\n\nChanges must be made through a pull request.\n\n';
const HINDERS = ['pull_request', 'update', 'required_status_checks', 'required_deployments', 'merge_queue', 'workflows', 'code_scanning'];

const fits = (pattern, branch) => new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(branch);

export const isProtected = (repo, branch) => repo.protected.some((p) => fits(p, branch));

export function rulesOf(repo, branch) {
	if (Array.isArray(repo.rules)) return repo.rules;
	return Object.entries(repo.rules ?? {}).flatMap(([pattern, rules]) => (fits(pattern, branch) ? rules : []));
}

// Rules with parameters have all of them.
const PARAMETERS = {
	pull_request: {
		dismiss_stale_reviews_on_push: false,
		require_code_owner_review: false,
		require_last_push_approval: false,
		required_approving_review_count: 1,
		required_review_thread_resolution: false,
	},
	required_status_checks: { required_status_checks: [], strict_required_status_checks_policy: false },
	update: { update_allows_fetch_and_merge: false },
};

export const ruleView = (repo, r) => ({
	ruleset_id: 1,
	ruleset_source: repo.full_name,
	ruleset_source_type: 'Repository',
	...r,
	...(PARAMETERS[r.type] && { parameters: { ...PARAMETERS[r.type], ...r.parameters } }),
});

const hindered = (repo) =>
	Array.isArray(repo.rules)
		? repo.rules.some((r) => HINDERS.includes(r.type))
			? ['*']
			: []
		: Object.keys(repo.rules ?? {}).filter((p) => repo.rules[p].some((r) => HINDERS.includes(r.type)));

// The patterns of the branches that this login may not push to.
export const patterns = (repo, login) => (repo.bypass.includes(login) ? [] : [...repo.protected, ...hindered(repo)]);

export const guarded = (repo, branch, login) => patterns(repo, login).some((p) => fits(p, branch));
