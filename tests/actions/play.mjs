// Runs one job of a workflow file with a release in place of OWNER/runmedic.
import {existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Runner, readJob} from './executor/runner.mjs';
import {recorded, release, top, world} from './release.mjs';

let count = 0;
export const good = release();

export const play = async (file, id, {environment, action = good, store, change = text => text, ...more} = {}) => {
	const w = world(environment, more);
	w.actions = {'OWNER/runmedic': action};
	if (store) w.store = store;
	const path = join(top, `workflow${count++}.yml`);
	writeFileSync(path, change(readFileSync(file, 'utf8')));
	const runner = new Runner(w);
	const result = await runner.job(await readJob(path, id));
	return {...result, world: w, runner, record: recorded(w)};
};
export const shelf = (w, kind) => existsSync(join(w.store, kind)) ? readdirSync(join(w.store, kind)).map(decodeURIComponent) : [];
