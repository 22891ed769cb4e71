// The files as GitHub would judge them, and what the docs say of them.
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {parse} from 'yaml';
import {ok} from './check.mjs';
import {samples} from './samples.mjs';
import {byActionlint, byLanguageService, byOurRules, judge} from './validate.mjs';

const root = new URL('../../', import.meta.url).pathname;
const own = parse(readFileSync(join(root, 'action.yml'), 'utf8'));
const folders = ['workflows', '.github/workflows'].filter(folder => existsSync(join(root, folder)));
const files = folders.flatMap(folder => readdirSync(join(root, folder)).filter(n => /\.ya?ml$/.test(n)).map(n => `${folder}/${n}`));

process.chdir(root);
for (const file of ['action.yml', ...files]) {
	const complaints = await judge(file, own);
	ok(complaints.length === 0, `${file} is not fine`, complaints.join('\n'));
}

for (const [name, text, wanted] of samples) {
	const action = name === 'action.yml';
	const said = [...await byLanguageService(name, text, own), ...(action ? [] : byActionlint(name, text)), ...byOurRules(name, text)];
	ok(said.some(line => wanted.test(line)), `${name} (sample) was not refused for ${wanted}`, said.join('\n') || text);
}

// every input and output is in the docs with its default, and the docs name no other
const page = readFileSync('docs/action.md', 'utf8');
const section = title => page.split(`\n## ${title}\n`)[1].split('\n## ')[0];
const named = title => [...section(title).matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(m => [...m[1].matchAll(/`([^`]+)`/g)].map(n => n[1]));
for (const [title, entries] of [['Inputs', own.inputs], ['Outputs', own.outputs]]) {
	const documented = named(title);
	for (const name of Object.keys(entries)) ok(documented.includes(name), `docs/action.md does not document ${name}`);
	for (const name of documented) ok(name in entries, `docs/action.md documents ${name}, which action.yml has not`);
}
for (const [name, {default: value}] of Object.entries(own.inputs))
	if (value) ok(section('Inputs').split('\n').some(line => line.includes(`\`${name}\``) && line.includes(value)), `docs/action.md does not say the default of ${name}`);
const modes = named('Modes').filter(m => /^[a-z]+$/.test(m));
for (const mode of ['auto', 'setup', 'analyze', 'heal', 'publish', 'rerun', 'sync', 'report', 'verify'])
	ok(modes.includes(mode) && own.inputs.mode.description.includes(mode), `mode ${mode} is not described`);

// what the steps hand over is what the docs promise, and every input is handed over
const text = readFileSync('action.yml', 'utf8');
for (const [, name] of text.matchAll(/^ {8}(RUNMEDIC_[A-Z_]+):/gm))
	ok(page.includes(`\`${name}\``) || name === 'RUNMEDIC_PROGRAM', `docs/action.md does not name ${name}`);
for (const name of Object.keys(own.inputs)) ok(text.includes(`inputs.${name}`), `no step gets the input ${name}`);
ok([...text.matchAll(/inputs\.token/g)].length === 1, 'the token goes to more than one place');

// permissions that the workflows ask for are those that docs/workflows.md explains
const guide = readFileSync('docs/workflows.md', 'utf8');
for (const file of files.filter(f => f.startsWith('workflows/'))) {
	ok(guide.includes(`\`${file}\``), `docs/workflows.md does not name ${file}`);
	for (const [, line] of readFileSync(file, 'utf8').matchAll(/^ +((?:actions|contents|checks|pull-requests|issues|statuses): (?:read|write))/gm))
		ok(guide.includes(`\`${line}\``), `docs/workflows.md does not explain ${line} of ${file}`);
}

// this project's own use asks for no more than what is to be copied
for (const name of ['medic.yml', 'sync.yml', 'weekly-report.yml'].filter(n => files.includes(`.github/workflows/${n}`))) {
	const lines = path => [...readFileSync(path, 'utf8').matchAll(/^ +([a-z-]+: (?:read|write))/gm)].map(m => m[1]);
	const copied = new Set(lines(`workflows/${name}`));
	ok(lines(`.github/workflows/${name}`).every(line => copied.has(line)), `.github/workflows/${name} asks for more than workflows/${name}`);
}
