// What fails is told, what passed is counted. The last line is what tests/run.sh reads.
let passed = 0, failed = 0, skipped = 0;

export const ok = (fine, what, detail = '') => {
	if (fine) passed++;
	else {
		failed++;
		console.log(`actions: ${what}${detail ? `\n    ${String(detail).trimEnd().replaceAll('\n', '\n    ')}` : ''}`);
	}
};

export const same = (is, wanted, what) => {
	const [a, b] = [JSON.stringify(is), JSON.stringify(wanted)];
	ok(a === b, what, a === b ? '' : `is ${a}, not ${b}`);
};

export const skip = why => {
	skipped++;
	console.log(`actions: skipped: ${why}`);
};

export const finish = () => {
	console.log(`actions: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
	process.exit(failed ? 1 : 0);
};
