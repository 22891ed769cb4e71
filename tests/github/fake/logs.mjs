// The second origin, where logs and artifacts lie: signed links that live for a while and that refuse any Authorization header.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { zip } from './zip.mjs';

const BOM = '\ufeff';

export class Blobs {
	key = crypto.randomBytes(16);

	constructor(state) {
		this.state = state;
	}

	sign(text) {
		return crypto.createHmac('sha256', this.key).update(text).digest('hex').slice(0, 32);
	}

	link(what) {
		const expires = this.state.clock() + this.state.settings.link_seconds * 1000;
		const path = `/blob/${Buffer.from(JSON.stringify(what)).toString('base64url')}`;
		return `${path}?se=${expires}&sig=${this.sign(path + expires)}`;
	}

	// {status, type, body}
	answer(req, url) {
		if (req.headers.authorization !== undefined) {
			return xml(
				400,
				'InvalidAuthenticationInfo',
				'Authentication information is not given in the correct format. Check the value of Authorization header.',
			);
		}
		const expires = Number(url.searchParams.get('se'));
		if (url.searchParams.get('sig') !== this.sign(url.pathname + expires))
			return xml(403, 'AuthenticationFailed', 'Server failed to authenticate the request. Signature did not match.');
		if (expires < this.state.clock())
			return xml(403, 'AuthenticationFailed', 'Server failed to authenticate the request. Signed expiry time has passed.');
		const what = JSON.parse(Buffer.from(url.pathname.slice('/blob/'.length), 'base64url').toString('utf8'));
		const repo = this.state.repo(what.repo);
		if (what.kind === 'log') return { status: 200, type: 'text/plain', body: logOf(repo.jobs.get(what.job)) };
		if (what.kind === 'artifact') return { status: 200, type: 'application/zip', body: archiveOf(repo.artifacts.get(what.artifact)) };
		return { status: 200, type: 'application/zip', body: runArchive(repo, what) };
	}
}

export function logOf(job) {
	const { log } = job;
	const text = log.path ? fs.readFileSync(log.path) : Buffer.from(log.text ?? '');
	return log.bom ? Buffer.concat([Buffer.from(BOM), text]) : text;
}

const archiveOf = (a) => (a.path ? fs.readFileSync(a.path) : zip(a.files));

// As the archive of a run is: `0_name.txt` per job, slashes of names replaced, no BOM, "Requested labels" first.
function runArchive(repo, { run, attempt }) {
	const files = {};
	const jobs = repo.runs
		.get(run)
		.jobs.map((id) => repo.jobs.get(id))
		.filter((j) => j.attempts.includes(attempt) && j.log);
	jobs.forEach((job, i) => {
		const text = logOf(job).toString('utf8').replace(BOM, '');
		const stamp = `${(job.started_at ?? '2026-01-01T00:00:00Z').slice(0, 19)}.0000000Z`;
		files[`${i}_${job.name.replaceAll('/', '_')}.txt`] = `${stamp} Requested labels: ${job.labels.join(', ')}\n${text}`;
	});
	return zip(files);
}

const xml = (status, code, message) => ({
	status,
	type: 'application/xml',
	body: Buffer.from(`${BOM}<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`),
});
