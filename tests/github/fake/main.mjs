// A GitHub of one's own, for tests: node main.mjs [--state DIR] [--seed FILE] [--port N] [--delay-ms N] [--cert FILE --key FILE] [--stdin]
// Prints one line of JSON with its addresses, then serves on loopback until SIGTERM (with --stdin: until its input ends).
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { ready } from './describe.mjs';
import { Fake } from './server.mjs';
import { State } from './state.mjs';

const text = { type: 'string' };
const { values: o } = parseArgs({
	options: { state: text, seed: text, port: text, 'delay-ms': text, cert: text, key: text, stdin: { type: 'boolean' } },
});
await ready;
const state = new State(o.state);
state.settings.delay_ms = Number(o['delay-ms'] ?? 0);
if (o.seed) await state.seed(JSON.parse(fs.readFileSync(o.seed)));
const fake = new Fake(state);
if (o.seed) fake.faults.add(JSON.parse(fs.readFileSync(o.seed)).faults ?? []);
const tls = o.cert ? { cert: fs.readFileSync(o.cert), key: fs.readFileSync(o.key) } : null;
const origins = await fake.listen(Number(o.port ?? 0), tls);
const stop = () => {
	state.close();
	process.exit(0);
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
if (o.stdin) process.stdin.on('end', stop).resume();
process.stdout.write(JSON.stringify({ ...origins, pid: process.pid, state: state.dir }) + '\n');
