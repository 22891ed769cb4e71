// Writes a ZIP archive, deflated, as GitHub's downloads are.
import zlib from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n;
});

function crc32(data) {
	let c = 0xffffffff;
	for (const byte of data) c = TABLE[(c ^ byte) & 0xff] ^ (c >>> 8);
	return (c ^ 0xffffffff) >>> 0;
}

function record(signature, name, data, packed, extra) {
	const central = signature === 0x02014b50;
	const head = Buffer.alloc(central ? 46 : 30);
	head.writeUInt32LE(signature, 0);
	let at = 4;
	if (central) at = head.writeUInt16LE(0x031e, at);
	for (const value of [20, 0x0800, 8, 0, 0x5c21]) at = head.writeUInt16LE(value, at);
	for (const value of [crc32(data), packed.length, data.length]) at = head.writeUInt32LE(value, at);
	at = head.writeUInt16LE(name.length, at);
	if (central) {
		head.writeUInt32LE((0o100644 << 16) >>> 0, 38);
		head.writeUInt32LE(extra, 42);
	}
	return head;
}

// files: {name: text or Buffer}
export function zip(files) {
	const parts = [];
	const directory = [];
	let offset = 0;
	for (const [title, content] of Object.entries(files)) {
		const name = Buffer.from(title);
		const data = Buffer.from(content);
		const packed = zlib.deflateRawSync(data);
		const local = Buffer.concat([record(0x04034b50, name, data, packed), name, packed]);
		directory.push(Buffer.concat([record(0x02014b50, name, data, packed, offset), name]));
		parts.push(local);
		offset += local.length;
	}
	const central = Buffer.concat(directory);
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(directory.length, 8);
	end.writeUInt16LE(directory.length, 10);
	end.writeUInt32LE(central.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...parts, central, end]);
}
