// An envelope verified by @sigstore/verify, with nothing but the public key for trust material.
// usage: node sigstore.mjs ENVELOPE PUBLIC.pem       prints "verified", or why not, and ends with 1
import {readFileSync} from 'node:fs';
import {createPublicKey} from 'node:crypto';
import {createRequire} from 'node:module';

const require = createRequire(new URL('../github/package.json', import.meta.url));
const {bundleFromJSON} = require('@sigstore/bundle');
const {Verifier, toSignedEntity} = require('@sigstore/verify');
const envelope = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const publicKey = createPublicKey(readFileSync(process.argv[3], 'utf8'));
try {
	const bundle = bundleFromJSON({
		mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
		verificationMaterial: {publicKey: {hint: envelope.signatures[0].keyid}, tlogEntries: []},
		dsseEnvelope: envelope});
	const material = {certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [], publicKey: () => ({publicKey, validFor: () => true})};
	new Verifier(material, {tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0, timestampThreshold: 0}).verify(toSignedEntity(bundle));
	console.log('verified');
} catch (why) {
	console.log(String(why));
	process.exitCode = 1;
}
