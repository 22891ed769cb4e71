// A small honest runner of jobs and composite actions, for the tests: GitHub's own parser reads the files, its evaluator
// the expressions; `run` steps are really run by their shell, with the files and variables that the runner gives.
// Not here: containers, services, node and docker actions, matrices, defaults, concurrency, wait and parallel steps.
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow} from '@actions/workflow-parser';
import {parseAction} from '@actions/workflow-parser/actions/action-parser';
import {convertActionTemplate} from '@actions/workflow-parser/actions/action-template';
import {FileCommands, Output} from './commands.mjs';
import {holds, mapOf, textOf} from './expressions.mjs';
import {stubs} from './stubs.mjs';

const shells = {
	sh: ['sh', '-e'],
	bash: ['bash', '--noprofile', '--norc', '-eo', 'pipefail'],
	cmd: [process.execPath, new URL('cmd.mjs', import.meta.url).pathname],
	'': ['bash', '-e'],
};

const checked = parsed => {
	const errors = parsed.context.errors.getErrors();
	if (errors.length) throw new Error(errors.map(e => e.message).join('; '));
	return parsed;
};

// Steps as the file has them, for what the converted model leaves out (`with`, `shell`).
const mapping = token => Object.fromEntries([...token].map(({key, value}) => [key.toString(), value]));
const sequence = token => Array.from({length: token.count}, (_, i) => token.get(i));

const readAction = folder => {
	const path = ['action.yml', 'action.yaml'].map(n => join(folder, n)).find(existsSync);
	if (!path) throw new Error(`Can't find 'action.yml' under '${folder}'`);
	const parsed = checked(parseAction({name: path, content: readFileSync(path, 'utf8')}, new NoOperationTraceWriter()));
	const template = convertActionTemplate(parsed.context, parsed.value);
	return {...template, steps: sequence(mapping(mapping(parsed.value).runs).steps)};
};

export const readJob = async (path, id) => {
	const parsed = checked(parseWorkflow({name: path, content: readFileSync(path, 'utf8')}, new NoOperationTraceWriter()));
	await convertWorkflowTemplate(parsed.context, parsed.value);
	const job = mapping(mapping(mapping(parsed.value).jobs)[id]);
	return {if: job.if?.expression ?? job.if?.toString(), env: job.env, steps: sequence(job.steps)};
};

// world: {workspace, temp, store, repository, actions: {'owner/name': folder}, github, environment}
export class Runner {
	constructor(world) {
		this.world = {atEnd: [], actions: {}, ...world};
		this.environment = {};
		this.path = [];
		this.masks = new Set(world.masks ?? []);
		this.log = '';
		this.annotations = [];
		this.summary = '';
		this.status = 'success';
		this.processes = [];
		for (const folder of [world.workspace, world.temp, world.store]) mkdirSync(folder, {recursive: true});
	}

	variables(extra) {
		const {world} = this;
		const path = [...this.path].reverse().concat(world.environment?.PATH ?? process.env.PATH).join(':');
		return {...world.environment, GITHUB_ACTIONS: 'true', CI: 'true', GITHUB_WORKSPACE: world.workspace, RUNNER_TEMP: world.temp,
			...Object.fromEntries(Object.entries(world.github ?? {}).filter(([, v]) => typeof v === 'string').map(([k, v]) => [`GITHUB_${k.toUpperCase()}`, v])),
			GITHUB_TOKEN: undefined, ...this.environment, PATH: path, ...extra};
	}

	contexts(frame) {
		const {world} = this;
		return {github: world.github, env: {...this.environment, ...frame.env}, inputs: frame.inputs, steps: frame.steps, secrets: world.secrets,
			needs: world.needs, strategy: {'job-index': 0}, job: {status: this.status},
			runner: {os: world.environment?.RUNNER_OS ?? 'Linux', arch: world.environment?.RUNNER_ARCH ?? 'X64', temp: world.temp}};
	}

	// job: what readJob() gave; or any {steps}
	async job(job) {
		const frame = {inputs: {}, steps: {}, env: mapOf(job.env, this.contexts({steps: {}})), files: {}};
		if (job.if && !holds(job.if, this.contexts(frame), 'success')) return {...this.result(frame), skipped: true};
		await this.steps(job.steps, frame);
		for (const last of this.world.atEnd) last();
		return this.result(frame);
	}

	// One action as a job of its own, with inputs as the `with` of a step would give them.
	async action(folder, inputs = {}, env = {}) {
		const frame = {inputs: {}, steps: {}, env, files: {}};
		const outputs = {};
		this.status = await this.composite(folder, inputs, env, outputs) ? 'success' : 'failure';
		return {...this.result(frame), outputs};
	}

	result(frame) {
		return {status: this.status, steps: frame.steps, log: this.log, annotations: this.annotations, summary: this.summary};
	}

	async steps(steps, frame) {
		for (const token of steps) {
			const step = mapping(token);
			const id = step.id?.toString() ?? `__${Object.keys(frame.steps).length}`;
			const condition = step.if?.expression ?? step.if?.toString();
			const status = frame.status ?? this.status;
			if (!holds(condition, this.contexts(frame), status)) {
				frame.steps[id] = {outputs: {}, outcome: 'skipped', conclusion: 'skipped'};
				continue;
			}
			const outputs = {};
			const fine = await this.step(step, frame, outputs);
			const tolerated = step['continue-on-error'] && textOf(step['continue-on-error'], this.contexts(frame)) === 'true';
			frame.steps[id] = {outputs, outcome: fine ? 'success' : 'failure', conclusion: fine || tolerated ? 'success' : 'failure'};
			if (fine || tolerated) continue;
			if ('status' in frame) frame.status = 'failure';
			else this.status = 'failure';
		}
	}

	async step(step, frame, outputs) {
		const contexts = this.contexts(frame);
		const env = {...frame.env, ...mapOf(step.env, contexts)};
		if (step.run) return this.run(step, {...frame, env}, outputs);
		const uses = step.uses.toString();
		const inputs = mapOf(step.with, contexts);
		const name = uses.split('@')[0];
		if (uses.startsWith('./')) return this.composite(join(this.world.workspace, uses), inputs, env, outputs);
		if (this.world.actions[name]) return this.composite(this.world.actions[name], inputs, env, outputs);
		if (!stubs[name]) throw new Error(`no stand-in for ${uses}`);
		try {
			Object.assign(outputs, await stubs[name](inputs, this.world));
			return true;
		} catch (e) {
			this.log += `##[error]${e.message}\n`;
			return false;
		}
	}

	async composite(folder, given, env, outputs) {
		const action = readAction(folder);
		const inputs = {};
		for (const input of action.inputs ?? [])
			inputs[input.id] = input.id in given ? given[input.id] : textOf(input.default, this.contexts({steps: {}}));
		const frame = {inputs, steps: {}, env, action: folder, status: 'success'};
		await this.steps(action.steps, frame);
		for (const output of action.outputs ?? []) outputs[output.id] = textOf(output.value, this.contexts(frame));
		return frame.status === 'success';
	}

	async run(step, frame, outputs) {
		const contexts = this.contexts(frame);
		const files = new FileCommands(this.world.temp);
		const script = join(this.world.temp, `script-${this.processes.length}.sh`);
		const shell = shells[step.shell ? textOf(step.shell, contexts) : ''];
		if (!shell) throw new Error(`no shell ${step.shell}`);
		writeFileSync(script, textOf(step.run, contexts) + '\n');
		const action = frame.action ? {GITHUB_ACTION_PATH: frame.action} : {};
		const env = this.variables({...frame.env, ...files.environment(), ...action});
		const output = new Output(this.masks);
		const code = await this.start([...shell, script], env, output);
		this.log += output.log;
		this.annotations.push(...output.annotations);
		this.summary += files.summary();
		try {
			Object.assign(outputs, files.pairs('OUTPUT'));
			Object.assign(this.environment, files.pairs('ENV'));
			this.path.push(...files.lines('PATH'));
		} catch (e) {
			this.log += `##[error]Unable to process file command 'output' successfully.\n##[error]${e.message}\n`;
			return false;
		}
		if (code !== 0) this.log += `##[error]Process completed with exit code ${code}.\n`;
		return code === 0;
	}

	start(argv, env, output) {
		this.processes.push({argv, env});
		return new Promise((done, fail) => {
			const child = spawn(argv[0], argv.slice(1), {cwd: this.world.workspace, env, stdio: ['ignore', 'pipe', 'pipe']});
			this.child = child;
			child.on('error', fail);
			child.stdout.on('data', chunk => output.take(chunk.toString()));
			child.stderr.on('data', chunk => output.take(chunk.toString()));
			child.on('close', (code, signal) => {
				output.end();
				done(signal ? 130 : code);
			});
		});
	}
}
