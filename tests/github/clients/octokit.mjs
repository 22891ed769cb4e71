// GitHub's own client against the fake: every operation of the description once, then refusals, limits, Apps and GraphQL.
// Reads {api, tokens, app, run, job, artifact, pull, fork, sha} from its first argument; prints one line "ok NAME" or "not ok NAME: why" each.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { App, Octokit } from 'octokit';

const given = JSON.parse(process.argv[2]);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const client = (auth, more = {}) =>
	new Octokit({ auth, baseUrl: given.api, log: quiet, throttle: { enabled: false }, retry: { enabled: false }, ...more });
const o = client(given.tokens.all);
const { rest } = o;
const at = { owner: 'acme', repo: 'widgets' };

async function test(name, body) {
	try {
		await body();
		console.log(`ok ${name}`);
	} catch (error) {
		console.log(
			`not ok ${name}: ${String(error.stack ?? error)
				.split('\n')
				.slice(0, 3)
				.join(' | ')}`,
		);
	}
}

const refused = (promise, status, words) =>
	assert.rejects(promise, (e) => {
		assert.equal(e.status, status, e.message);
		assert.match(e.message, words);
		return true;
	});

await test('runs, jobs, logs and artifacts are read', async () => {
	const runs = await rest.actions.listWorkflowRunsForRepo({ ...at, status: 'failure' });
	assert.equal(runs.data.total_count, 1);
	assert.equal((await rest.actions.listWorkflowRuns({ ...at, workflow_id: 'ci.yml' })).data.total_count, 1);
	assert.equal((await rest.actions.getWorkflowRun({ ...at, run_id: given.run })).data.conclusion, 'failure');
	assert.equal((await rest.actions.listJobsForWorkflowRun({ ...at, run_id: given.run })).data.jobs.length, 2);
	assert.equal((await rest.actions.listJobsForWorkflowRunAttempt({ ...at, run_id: given.run, attempt_number: 1 })).data.total_count, 2);
	assert.equal((await rest.actions.getJobForWorkflowRun({ ...at, job_id: given.job })).data.name, 'test');
	const log = await rest.actions.downloadJobLogsForWorkflowRun({ ...at, job_id: given.job });
	assert.match(String(log.data), /ModuleNotFoundError/);
	const zip = await rest.actions.downloadWorkflowRunLogs({ ...at, run_id: given.run });
	assert.equal(Buffer.from(zip.data).toString('latin1', 0, 2), 'PK');
	await rest.actions.downloadWorkflowRunAttemptLogs({ ...at, run_id: given.run, attempt_number: 1 });
	assert.equal((await rest.actions.listWorkflowRunArtifacts({ ...at, run_id: given.run })).data.artifacts[0].name, 'report');
	assert.equal((await rest.actions.listArtifactsForRepo(at)).data.total_count, 2);
	await rest.actions.downloadArtifact({ ...at, artifact_id: given.artifact, archive_format: 'zip' });
	await refused(rest.actions.downloadArtifact({ ...at, artifact_id: given.expired, archive_format: 'zip' }), 410, /expired/);
	assert.equal((await rest.actions.listRepoWorkflows(at)).data.workflows[0].path, '.github/workflows/ci.yml');
	await rest.actions.getWorkflow({ ...at, workflow_id: 'ci.yml' });
	await rest.actions.getGithubActionsDefaultWorkflowPermissionsRepository(at);
});

await test('a rerun raises the attempt and keeps the old one', async () => {
	await rest.actions.reRunWorkflowFailedJobs({ ...at, run_id: given.run });
	const run = await rest.actions.getWorkflowRun({ ...at, run_id: given.run });
	assert.deepEqual([run.data.run_attempt, run.data.status, run.data.conclusion], [2, 'queued', null]);
	assert.equal((await rest.actions.getWorkflowRunAttempt({ ...at, run_id: given.run, attempt_number: 1 })).data.conclusion, 'failure');
	const { data } = await rest.actions.listJobsForWorkflowRun({ ...at, run_id: given.run });
	assert.deepEqual(
		data.jobs.map((j) => [j.name, j.run_attempt]),
		[
			['lint', 1],
			['test', 2],
		],
	);
	await refused(rest.actions.reRunWorkflow({ ...at, run_id: given.run }), 403, /already running/);
	await rest.actions.cancelWorkflowRun({ ...at, run_id: given.run });
	await rest.actions.reRunJobForWorkflowRun({ ...at, job_id: data.jobs[1].id });
	await refused(rest.actions.approveWorkflowRun({ ...at, run_id: given.run }), 403, /./);
	await rest.actions.createWorkflowDispatch({ ...at, workflow_id: 'ci.yml', ref: 'main' });
	await rest.repos.createDispatchEvent({ ...at, event_type: 'runmedic-local', client_payload: { a: 1 } });
});

await test('check runs: annotations are appended, limits hold', async () => {
	const note = (n) =>
		Array.from({ length: n }, (_, i) => ({ path: 'a.py', start_line: i + 1, end_line: i + 1, annotation_level: 'failure', message: 'm' }));
	const output = { title: 't', summary: 's' };
	const { data: k } = await rest.checks.create({
		...at,
		name: 'runmedic / CI',
		head_sha: given.sha,
		status: 'in_progress',
		output: { ...output, annotations: note(50) },
	});
	await rest.checks.update({ ...at, check_run_id: k.id, conclusion: 'neutral', output: { ...output, annotations: note(7) } });
	const all = await o.paginate(rest.checks.listAnnotations, { ...at, check_run_id: k.id, per_page: 20 });
	assert.equal(all.length, 57);
	assert.equal((await rest.checks.get({ ...at, check_run_id: k.id })).data.conclusion, 'neutral');
	assert.equal((await rest.checks.listForRef({ ...at, ref: given.sha })).data.total_count, 1);
	assert.equal((await rest.checks.listForSuite({ ...at, check_suite_id: k.check_suite.id })).data.total_count, 1);
	assert.equal((await rest.checks.listSuitesForRef({ ...at, ref: 'feature' })).data.total_count, 1);
	await rest.checks.createSuite({ ...at, head_sha: given.sha });
	await refused(rest.checks.update({ ...at, check_run_id: k.id, output: { title: 't', summary: 'é'.repeat(40000) } }), 422, /65535/);
	await refused(rest.checks.create({ ...at, name: 'x', head_sha: 'f'.repeat(40) }), 422, /No commit found/);
});

await test('commit statuses', async () => {
	await rest.repos.createCommitStatus({ ...at, sha: given.sha, state: 'failure', context: 'runmedic' });
	await rest.repos.createCommitStatus({ ...at, sha: given.sha, state: 'success', context: 'runmedic' });
	assert.equal((await rest.repos.getCombinedStatusForRef({ ...at, ref: 'feature' })).data.state, 'success');
	assert.equal((await rest.repos.listCommitStatusesForRef({ ...at, ref: given.sha })).data.length, 2);
});

await test('comments, issues, labels, reactions', async () => {
	const issue_number = given.pull;
	for (let i = 0; i < 35; i++) await rest.issues.createComment({ ...at, issue_number, body: `comment ${i}` });
	const all = await o.paginate(rest.issues.listComments, { ...at, issue_number });
	assert.equal(all.length, 35);
	const comment_id = all[34].id;
	await rest.issues.updateComment({ ...at, comment_id, body: 'new' });
	assert.equal((await rest.issues.getComment({ ...at, comment_id })).data.body, 'new');
	await rest.reactions.createForIssueComment({ ...at, comment_id, content: 'rocket' });
	await rest.issues.deleteComment({ ...at, comment_id });
	await refused(rest.issues.createComment({ ...at, issue_number, body: 'x'.repeat(65537) }), 422, /too long/);
	await rest.issues.createLabel({ ...at, name: 'runmedic: off', color: 'ff0000' });
	await refused(rest.issues.createLabel({ ...at, name: 'runmedic: off' }), 422, /already_exists/);
	await rest.issues.getLabel({ ...at, name: 'runmedic: off' });
	await rest.issues.addLabels({ ...at, issue_number, labels: ['runmedic: off', 'other'] });
	await rest.issues.removeLabel({ ...at, issue_number, name: 'runmedic: off' });
	assert.deepEqual(
		(await rest.issues.listLabelsOnIssue({ ...at, issue_number })).data.map((l) => l.name),
		['other'],
	);
	const { data: issue } = await rest.issues.create({ ...at, title: 'weekly', body: 'b', labels: ['report'] });
	assert.equal((await rest.issues.listForRepo({ ...at, labels: 'report' })).data.length, 1);
	await rest.issues.update({ ...at, issue_number: issue.number, state: 'closed' });
});

await test('commits by the Git Data API are signed for a bot, modes are kept', async () => {
	const parent = (await rest.git.getRef({ ...at, ref: 'heads/main' })).data.object.sha;
	const base = (await rest.git.getCommit({ ...at, commit_sha: parent })).data.tree.sha;
	const blob = (await rest.git.createBlob({ ...at, content: 'IyEvYmluL3NoCg==', encoding: 'base64' })).data.sha;
	assert.match(Buffer.from((await rest.git.getBlob({ ...at, file_sha: blob })).data.content, 'base64').toString(), /^#!/);
	const tree = (
		await rest.git.createTree({
			...at,
			base_tree: base,
			tree: [
				{ path: 'bin/x.sh', mode: '100755', type: 'blob', sha: blob },
				{ path: 'b.txt', mode: '100644', type: 'blob', content: 'b\n' },
			],
		})
	).data.sha;
	const commit = (await rest.git.createCommit({ ...at, message: 'fix', tree, parents: [parent] })).data;
	assert.equal(commit.verification.verified, true);
	const own = (await rest.git.createCommit({ ...at, message: 'fix', tree, parents: [parent], author: { name: 'a', email: 'a@example.invalid' } }))
		.data;
	assert.equal(own.verification.verified, false);
	await rest.git.createRef({ ...at, ref: 'refs/heads/runmedic/abc-def', sha: commit.sha });
	await refused(rest.git.createRef({ ...at, ref: 'refs/heads/runmedic/abc-def', sha: commit.sha }), 422, /already exists/);
	await refused(rest.git.updateRef({ ...at, ref: 'heads/runmedic/abc-def', sha: own.sha }), 422, /fast forward/);
	await refused(rest.git.updateRef({ ...at, ref: 'heads/release', sha: commit.sha }), 422, /rule violations/);
	await rest.git.updateRef({ ...at, ref: 'heads/runmedic/abc-def', sha: own.sha, force: true });
	const { data: listed } = await rest.git.getTree({ ...at, tree_sha: own.sha, recursive: '1' });
	assert.equal(listed.tree.find((e) => e.path === 'bin/x.sh').mode, '100755');
	assert.equal((await rest.git.listMatchingRefs({ ...at, ref: 'heads/runmedic/' })).data.length, 1);
	assert.equal((await rest.repos.compareCommits({ ...at, base: 'main', head: 'runmedic/abc-def' })).data.files.length, 2);
	const pull = (await rest.pulls.create({ ...at, title: 'fix', head: 'runmedic/abc-def', base: 'main' })).data;
	assert.equal(pull.head.sha, own.sha);
	await refused(rest.pulls.create({ ...at, title: 'fix', head: 'runmedic/abc-def', base: 'main' }), 422, /already exists/);
	await rest.pulls.update({ ...at, pull_number: pull.number, state: 'closed' });
	await rest.git.deleteRef({ ...at, ref: 'heads/runmedic/abc-def' });
});

await test('contents, commits, branches, merges, comments on commits, attestations', async () => {
	const { data: file } = await rest.repos.getContent({ ...at, path: 'src/a.py' });
	assert.match(Buffer.from(file.content, 'base64').toString(), /import/);
	assert.equal((await rest.repos.getContent({ ...at, path: 'src' })).data[0].name, 'a.py');
	await rest.repos.createOrUpdateFileContents({ ...at, path: 'docs/new.md', message: 'm', content: 'bmV3Cg==', branch: 'feature' });
	await rest.repos.createOrUpdateFileContents({ ...at, path: 'src/a.py', message: 'm', content: 'bmV3Cg==', sha: file.sha, branch: 'side' });
	await refused(rest.repos.createOrUpdateFileContents({ ...at, path: 'src/a.py', message: 'm', content: 'bmV3Cg==', branch: 'side' }), 422, /sha/);
	const commits = await rest.repos.listCommits({ ...at, sha: 'side' });
	const ref = commits.data[0].sha;
	assert.equal((await rest.repos.getCommit({ ...at, ref })).data.files[0].filename, 'src/a.py');
	await rest.repos.createCommitComment({ ...at, commit_sha: ref, body: 'hello' });
	assert.equal((await rest.repos.listCommentsForCommit({ ...at, commit_sha: ref })).data.length, 1);
	await refused(rest.repos.merge({ ...at, base: 'side', head: 'feature' }), 409, /Merge conflict/);
	await rest.repos.merge({ ...at, base: 'side', head: 'extra' });
	assert.equal((await rest.repos.merge({ ...at, base: 'side', head: 'extra' })).status, 204);
	assert.ok((await rest.repos.listBranches(at)).data.length >= 3);
	assert.equal((await rest.repos.getBranch({ ...at, branch: 'release' })).data.protected, true);
	await rest.repos.getBranchProtection({ ...at, branch: 'release' });
	await rest.repos.getBranchRules({ ...at, branch: 'main' });
	await rest.repos.createAttestation({
		...at,
		bundle: { mediaType: 'x', verificationMaterial: {}, dsseEnvelope: { payload: Buffer.from('abc123').toString('base64') } },
	});
	assert.equal((await rest.repos.listAttestations({ ...at, subject_digest: 'sha256:abc123' })).data.attestations.length, 1);
	assert.equal((await rest.repos.getCollaboratorPermissionLevel({ ...at, username: 'writer' })).data.permission, 'write');
	await rest.repos.getLatestRelease(at);
	await rest.repos.getReleaseByTag({ ...at, tag: 'v1' });
	await rest.repos.get(at);
});

await test('pull requests, reviews, suggestions only on lines of the diff', async () => {
	const pull_number = given.pull;
	const { data: pull } = await rest.pulls.get({ ...at, pull_number });
	assert.equal((await rest.pulls.list({ ...at, head: 'acme:feature' })).data.length, 1);
	const files = (await rest.pulls.listFiles({ ...at, pull_number })).data;
	assert.ok(files.some((f) => f.filename === 'src/a.py'));
	await rest.pulls.listCommits({ ...at, pull_number });
	assert.equal((await rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: pull.head.sha })).data[0].number, pull_number);
	await rest.pulls.createReview({
		...at,
		pull_number,
		event: 'COMMENT',
		body: 'b',
		comments: [{ path: 'src/a.py', line: 1, side: 'RIGHT', body: '```suggestion\nx\n```' }],
	});
	await refused(
		rest.pulls.createReview({ ...at, pull_number, event: 'COMMENT', body: 'b', comments: [{ path: 'src/a.py', line: 999, body: 'x' }] }),
		422,
		/part of the diff/,
	);
	const { data: review } = await rest.pulls.createReview({ ...at, pull_number, event: 'REQUEST_CHANGES', body: 'b' });
	await rest.pulls.dismissReview({ ...at, pull_number, review_id: review.id, message: 'm' });
	assert.equal((await rest.pulls.listReviews({ ...at, pull_number })).data.length, 2);
	await rest.pulls.createReviewComment({ ...at, pull_number, commit_id: pull.head.sha, path: 'src/a.py', line: 1, body: 'c' });
	assert.equal((await rest.pulls.listReviewComments({ ...at, pull_number })).data.length, 2);
	await rest.pulls.requestReviewers({ ...at, pull_number, reviewers: ['writer'] });
	await rest.pulls.updateBranch({ ...at, pull_number });
});

await test('suggestions of several lines, a pull request closed, found by its branch', async () => {
	const main = (await rest.git.getRef({ ...at, ref: 'heads/main' })).data.object.sha;
	const lines = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
	const put = async (content, parent, base) => {
		const entry = { path: 'long.txt', mode: '100644', type: 'blob', content: content.join('\n') + '\n' };
		const tree = (await rest.git.createTree({ ...at, base_tree: base, tree: [entry] })).data.sha;
		return (await rest.git.createCommit({ ...at, message: 'long', tree, parents: [parent] })).data;
	};
	const before = await put(lines, main, (await rest.git.getCommit({ ...at, commit_sha: main })).data.tree.sha);
	await rest.git.updateRef({ ...at, ref: 'heads/main', sha: before.sha });
	const after = await put(lines.with(2, 'THREE').with(3, 'FOUR'), before.sha, before.tree.sha);
	await rest.git.createRef({ ...at, ref: 'refs/heads/runmedic/long', sha: after.sha });
	const { data: pull } = await rest.pulls.create({ ...at, title: 't', head: 'runmedic/long', base: 'main', draft: true });
	assert.equal(pull.draft, true);
	const comment = { path: 'long.txt', start_line: 3, start_side: 'RIGHT', line: 4, side: 'RIGHT', body: '```suggestion\nx\n```' };
	const whole = { ...at, pull_number: pull.number, event: 'COMMENT', commit_id: after.sha, body: 'b' };
	await rest.pulls.createReview({ ...whole, comments: [comment] });
	await refused(rest.pulls.createReview({ ...whole, comments: [comment, { ...comment, start_line: 4, line: 20 }] }), 422, /part of the diff/);
	const { data: stand } = await rest.pulls.listReviewComments({ ...at, pull_number: pull.number });
	assert.deepEqual(
		stand.map((k) => [k.start_line, k.line, k.original_commit_id]),
		[[3, 4, after.sha]],
	);
	await rest.pulls.update({ ...at, pull_number: pull.number, state: 'closed' });
	const { data: found } = await rest.pulls.list({ ...at, state: 'all', head: 'acme:runmedic/long' });
	assert.deepEqual([found.length, found[0].state, found[0].merged_at], [1, 'closed', null]);
	assert.equal((await rest.issues.get({ ...at, issue_number: pull.number })).data.closed_by.login, 'github-actions[bot]');
});

await test('people and budgets', async () => {
	await rest.users.getByUsername({ username: 'writer' });
	assert.equal((await rest.users.listPublicKeysForUser({ username: 'writer' })).data.length, 1);
	assert.equal((await rest.users.listSshSigningKeysForUser({ username: 'writer' })).data.length, 1);
	assert.equal((await client(given.tokens.classic).rest.users.getAuthenticated()).data.login, 'person');
	await refused(rest.users.getAuthenticated(), 403, /not accessible by integration/);
	assert.ok((await rest.rateLimit.get()).data.resources.core.remaining > 0);
});

await test('refusals in the words of GitHub', async () => {
	const read = client(given.tokens.read).rest;
	await refused(read.issues.createComment({ ...at, issue_number: given.pull, body: 'b' }), 403, /Resource not accessible by integration/);
	await refused(
		client(given.tokens.fine).rest.issues.createComment({ ...at, issue_number: given.pull, body: 'b' }),
		403,
		/not accessible by personal access token/,
	);
	await refused(
		client(given.tokens.classic).rest.checks.create({ ...at, name: 'n', head_sha: given.sha }),
		403,
		/You must authenticate via a GitHub App/,
	);
	await refused(client('ghs_wrong').rest.repos.get(at), 401, /Bad credentials/);
	await refused(client().rest.issues.createComment({ ...at, issue_number: given.pull, body: 'b' }), 401, /Requires authentication/);
	await refused(read.repos.get({ owner: 'acme', repo: 'none' }), 404, /Not Found/);
	await refused(read.repos.get({ owner: 'acme', repo: 'hidden' }), 404, /Not Found/);
});

await test('an App signs, gets a token, and the token ends', async () => {
	const Base = Octokit.defaults({ baseUrl: given.api, log: quiet, throttle: { enabled: false } });
	const app = new App({ appId: 77, privateKey: fs.readFileSync(given.app, 'utf8'), Octokit: Base, log: quiet, webhooks: { secret: 'x' } });
	assert.equal((await app.octokit.rest.apps.getAuthenticated()).data.slug, 'medic');
	const { data: where } = await app.octokit.rest.apps.getRepoInstallation(at);
	const inside = await app.getInstallationOctokit(where.id);
	assert.equal((await inside.rest.checks.create({ ...at, name: 'by app', head_sha: given.sha })).data.app.slug, 'medic');
	await refused(
		app.octokit.rest.apps.createInstallationAccessToken({ installation_id: where.id, permissions: { administration: 'write' } }),
		422,
		/not granted/,
	);
	const other = new App({ appId: 77, privateKey: fs.readFileSync(given.stranger, 'utf8'), Octokit: Base, log: quiet, webhooks: { secret: 'x' } });
	await refused(other.octokit.rest.apps.getAuthenticated(), 401, /could not be decoded/);
});

await test('createCommitOnBranch: signed, stale head refused', async () => {
	const { repository } = await o.graphql(
		'query($o: String!, $r: String!) { repository(owner: $o, name: $r) { ref(qualifiedName: "side") { target { oid } } pullRequest(number: 1) { headRefOid title } } }',
		{ o: 'acme', r: 'widgets' },
	);
	const oid = repository.ref.target.oid;
	const mutation = 'mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid signature { isValid } } } }';
	const input = {
		branch: { repositoryNameWithOwner: 'acme/widgets', branchName: 'side' },
		message: { headline: 'fix', body: 'why' },
		expectedHeadOid: oid,
		fileChanges: { additions: [{ path: 'z.txt', contents: 'eg==' }], deletions: [{ path: 'README.md' }] },
	};
	const { createCommitOnBranch } = await o.graphql(mutation, { input });
	assert.equal(createCommitOnBranch.commit.signature.isValid, true);
	await assert.rejects(o.graphql(mutation, { input }), /Expected branch to point to/);
	await assert.rejects(client(given.tokens.read).graphql(mutation, { input }), /Resource not accessible by integration/);
});

await test('limits are understood by the client of GitHub', async () => {
	const seen = [];
	const throttle = {
		onRateLimit: (s) => seen.push(['primary', s]) > 0,
		onSecondaryRateLimit: (s) => seen.push(['secondary', s]) > 0,
		fallbackSecondaryRateRetryAfter: 1,
	};
	const patient = client(given.tokens.all, { throttle, retry: { enabled: true } });
	const control = (body) => fetch(`${given.api}/_fake/faults`, { method: 'POST', body: JSON.stringify(body) });
	await control({ kind: 'secondary', retry_after: 1, operation: 'repos/get' });
	await patient.rest.repos.get(at);
	await control({ kind: 'primary', reset: 1, operation: 'repos/get' });
	await patient.rest.repos.get(at);
	assert.deepEqual(
		seen.map((s) => s[0]),
		['secondary', 'primary'],
	);
});
