// Actions by others that workflows here use: they really copy files, below the folder `world.store`.
import {cpSync, existsSync, mkdirSync, readdirSync, statSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';

const into = (from, to) => {
	mkdirSync(to, {recursive: true});
	if (statSync(from).isDirectory()) cpSync(from, to, {recursive: true});
	else cpSync(from, join(to, basename(from)));
};

const shelf = (world, kind, name) => join(world.store, kind, encodeURIComponent(name));

const newest = (world, prefixes) => {
	const folder = join(world.store, 'caches');
	const names = existsSync(folder) ? readdirSync(folder).map(decodeURIComponent).sort() : [];
	return prefixes.flatMap(p => names.filter(n => n.startsWith(p)).slice(-1))[0];
};

const restore = (inputs, world) => {
	const wanted = [inputs.key, ...(inputs['restore-keys'] ?? '').split('\n').filter(Boolean)];
	const name = existsSync(shelf(world, 'caches', inputs.key)) ? inputs.key : newest(world, wanted);
	if (!name && inputs['fail-on-cache-miss'] === 'true') throw new Error(`Failed to restore cache entry ${inputs.key}`);
	if (name) into(shelf(world, 'caches', name), resolve(world.workspace, inputs.path));
	return {'cache-hit': name ? String(name === inputs.key) : ''};
};

const save = (inputs, world) => {
	const path = resolve(world.workspace, inputs.path);
	const to = shelf(world, 'caches', inputs.key);
	if (existsSync(path) && !existsSync(to)) into(path, to);
	return {};
};

export const stubs = {
	'actions/checkout': (inputs, world) => {
		into(world.repository, resolve(world.workspace, inputs.path ?? '.'));
		return {};
	},
	'actions/upload-artifact': (inputs, world) => {
		const path = resolve(world.workspace, inputs.path);
		const to = shelf(world, 'artifacts', inputs.name);
		if (existsSync(to)) throw new Error(`an artifact with the name ${inputs.name} already exists`);
		if (!existsSync(path)) {
			if (inputs['if-no-files-found'] === 'error') throw new Error(`no files at ${path}`);
			return {};
		}
		into(path, to);
		return {};
	},
	'actions/download-artifact': (inputs, world) => {
		const from = shelf(world, 'artifacts', inputs.name);
		if (!existsSync(from)) throw new Error(`Artifact not found: ${inputs.name}`);
		into(from, resolve(world.workspace, inputs.path ?? '.'));
		return {};
	},
	'actions/cache/restore': restore,
	'actions/cache/save': save,
	'actions/cache': (inputs, world) => {
		const outputs = restore(inputs, world);
		if (outputs['cache-hit'] !== 'true') world.atEnd.push(() => save(inputs, world));
		return outputs;
	},
};
