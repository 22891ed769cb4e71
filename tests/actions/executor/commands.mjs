// What a step says to the runner: commands in its output, and the files that GITHUB_OUTPUT and its like name.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {randomUUID} from 'node:crypto';

const unescape = text => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
const known = new Set(['notice', 'warning', 'error', 'debug', 'group', 'endgroup', 'add-mask', 'stop-commands', 'echo', 'add-matcher', 'remove-matcher']);

// Reads the lines of one step; masks outlive it.
export class Output {
	constructor(masks) {
		this.masks = masks;
		this.log = '';
		this.annotations = [];
		this.stopped = null;
		this.pending = '';
	}

	take(chunk) {
		const lines = (this.pending + chunk).split('\n');
		this.pending = lines.pop();
		for (const line of lines) this.line(line.replace(/\r$/, ''));
	}

	end() {
		if (this.pending) this.line(this.pending);
		this.pending = '';
	}

	line(line) {
		const command = /^\s*::([\w-]+)(?: ([^:]*))?::(.*)$/.exec(line);
		if (command && this.stopped !== null) {
			if (command[1] === this.stopped) this.stopped = null;
		} else if (command && known.has(command[1].toLowerCase())) {
			this.obey(command[1].toLowerCase(), command[2] ?? '', unescape(command[3]));
		}
		let shown = line;
		for (const mask of this.masks) shown = shown.replaceAll(mask, '***');
		this.log += shown + '\n';
	}

	obey(name, properties, text) {
		if (name === 'add-mask' && text) this.masks.add(text);
		if (name === 'stop-commands') this.stopped = text;
		if (['notice', 'warning', 'error'].includes(name))
			this.annotations.push({level: name, text, properties: Object.fromEntries(properties.split(',').filter(Boolean).map(p => p.split('=')))});
	}
}

export class FileCommands {
	constructor(folder) {
		this.files = {};
		for (const name of ['OUTPUT', 'ENV', 'PATH', 'STEP_SUMMARY', 'STATE']) {
			this.files[name] = join(folder, `${name.toLowerCase()}_${randomUUID()}`);
			writeFileSync(this.files[name], '');
		}
	}

	environment() {
		return Object.fromEntries(Object.entries(this.files).map(([name, path]) => [`GITHUB_${name}`, path]));
	}

	lines(name) {
		return readFileSync(this.files[name], 'utf8').split('\n').filter(Boolean);
	}

	summary() {
		return readFileSync(this.files.STEP_SUMMARY, 'utf8');
	}

	// name=value, or name<<WORD, lines, WORD; anything else fails the step as the runner does.
	pairs(name) {
		const lines = readFileSync(this.files[name], 'utf8').split('\n');
		const pairs = {};
		for (let i = 0; i < lines.length; i++) {
			if (!lines[i]) continue;
			const block = /^([^=]*?)<<(.*)$/.exec(lines[i]);
			const equals = lines[i].indexOf('=');
			if (block && (equals < 0 || lines[i].indexOf('<<') < equals)) {
				const end = lines.indexOf(block[2], i + 1);
				if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${block[2]}'`);
				pairs[block[1]] = lines.slice(i + 1, end).join('\n');
				i = end;
			} else if (equals > 0) {
				pairs[lines[i].slice(0, equals)] = lines[i].slice(equals + 1);
			} else {
				throw new Error(`Invalid format '${lines[i]}'`);
			}
		}
		return pairs;
	}
}
