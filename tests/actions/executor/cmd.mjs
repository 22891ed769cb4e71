// As much of Windows' cmd as action.yml uses: `echo TEXT`, also with >>"FILE", and %VARIABLE%.
import {appendFileSync, readFileSync} from 'node:fs';

const expand = text => text.replace(/%(\w+)%/g, (_, name) => process.env[name] ?? '');
for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
	const [, text, file] = /^echo (.*?)(?:>>"(.*)")?$/.exec(line) ?? [];
	if (text === undefined) throw new Error(`cmd: cannot do: ${line}`);
	if (file) appendFileSync(expand(file), `${expand(text)}\n`);
	else console.log(expand(text));
}
