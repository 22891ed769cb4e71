// The executor itself: what GitHub's runner does, by small examples whose answers are known.
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Output} from './executor/commands.mjs';
import {evaluate, holds} from './executor/expressions.mjs';
import {Runner, readJob} from './executor/runner.mjs';
import {ok, same} from './check.mjs';

const top = mkdtempSync(join(tmpdir(), 'executor-'));
let count = 0;

const workflow = async (steps, more = '', files = {}) => {
	const folder = join(top, String(count++));
	for (const name of ['w', 'r']) mkdirSync(join(folder, name), {recursive: true});
	writeFileSync(join(folder, 'r', 'kept.txt'), 'kept');
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(join(folder, 'w', name, '..'), {recursive: true});
		writeFileSync(join(folder, 'w', name), text);
	}
	const path = join(folder, 'x.yml');
	writeFileSync(path, `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`);
	const runner = new Runner({workspace: join(folder, 'w'), temp: join(folder, 't'), store: join(folder, 's'), repository: join(folder, 'r'),
		github: {ref: 'refs/heads/main', event_name: 'push'}, environment: {PATH: process.env.PATH}});
	return runner.job(await readJob(path, 'a'));
};

same(evaluate("github.x == 'A' && 'yes' || 'no'", {github: {x: 'a'}}).coerceString(), 'yes', 'texts are compared without case');
same(evaluate("'it''s'", {}).coerceString(), "it's", 'two quotes are one');
let refused = false;
try { evaluate("'a''b''c'", {}); } catch { refused = true; }
ok(refused, 'what the package would evaluate wrongly is refused');
for (const [condition, status, wanted] of [
	['', 'success', true], ['', 'failure', false], ['always()', 'failure', true], ['failure()', 'success', false], ['failure()', 'failure', true],
	["'x' == 'x'", 'failure', false], ["!cancelled() && 'x' == 'x'", 'failure', true], ['cancelled()', 'cancelled', true], ['${{ success() }}', 'success', true],
	["''", 'success', false], ["'0'", 'success', true], ['0', 'success', false], ['false', 'success', false]])
	same(holds(condition, {}, status), wanted, `if: ${condition || '(nothing)'} after ${status}`);

let r = await workflow(`      - id: one
        run: |
          echo "word=a=b" >>"$GITHUB_OUTPUT"
          printf 'long<<END\\nfirst\\nsecond\\nEND\\n' >>"$GITHUB_OUTPUT"
          echo "KEPT=here" >>"$GITHUB_ENV"
          mkdir tools; printf '#!/bin/sh\\necho tool runs\\n' >tools/tool; chmod +x tools/tool
          echo "$PWD/tools" >>"$GITHUB_PATH"
          echo "# told" >>"$GITHUB_STEP_SUMMARY"
      - run: tool; echo "$KEPT $SAID $LONG"
        env:
          SAID: \${{ steps.one.outputs.word }}
          LONG: \${{ steps.one.outputs.long == 'x' && 'x' || 'lines' }}
`);
same([r.status, r.summary, r.steps.one.outputs.long], ['success', '# told\n', 'first\nsecond'], 'outputs, environment, path and summary');
ok(r.log.includes('tool runs\nhere a=b lines'), 'the next step has them', r.log);

r = await workflow(`      - run: exit 3
        continue-on-error: true
        id: soft
      - run: echo goes on
      - run: "false"
      - run: echo never
      - if: failure()
        run: echo at last
`);
same([r.status, r.steps.soft.outcome, r.steps.soft.conclusion], ['failure', 'failure', 'success'], 'continue-on-error');
ok(r.log.includes('goes on') && r.log.includes('at last') && !r.log.includes('never'), 'success, failure and their conditions', r.log);
ok(r.log.includes('##[error]Process completed with exit code 3.'), 'the exit code is told');

r = await workflow('      - run: false | true\n      - run: false | true\n        shell: bash\n');
same(r.status, 'failure', 'shell: bash has pipefail');
same((await workflow('      - run: false | true\n')).status, 'success', 'the default shell has it not');
r = await workflow('      - run: echo "half" >>"$GITHUB_OUTPUT"\n');
same(r.status, 'failure', 'half an output fails the step');
r = await workflow('      - run: printf \'a<<END\\nb\\n\' >>"$GITHUB_OUTPUT"\n');
same(r.status, 'failure', 'an open block fails the step');

const out = new Output(new Set());
out.take('::add-mask::secret\nsecret is here\n::stop-commands::w\n::error::quoted\n::w::\n::warning file=a.c,line=3::100%25\npart');
out.end();
same(out.annotations, [{level: 'warning', text: '100%', properties: {file: 'a.c', line: '3'}}], 'stop-commands');
ok(out.log.includes('*** is here') && out.log.endsWith('part\n'), 'masks, and a last line without end', out.log);

r = await workflow(`      - uses: ./.github/local
        id: inner
        with:
          word: given
      - run: test "$X" = given-default
        env:
          X: \${{ steps.inner.outputs.both }}
`, '', {'.github/local/action.yml': `name: n
description: d
inputs:
  word:
    description: w
  other:
    description: o
    default: default
outputs:
  both:
    description: b
    value: \${{ steps.x.outputs.both }}
runs:
  using: composite
  steps:
    - id: x
      shell: sh
      env:
        BOTH: \${{ inputs.word }}-\${{ inputs.other }}
      run: echo "both=$BOTH" >>"$GITHUB_OUTPUT"; test -z "$INPUT_WORD"; test -f "$GITHUB_ACTION_PATH/action.yml"
`});
same(r.status, 'success', 'a local composite action: inputs, defaults, outputs; inputs do not become INPUT_*');

r = await workflow(`      - uses: actions/checkout@x
        with:
          path: copy
      - uses: actions/upload-artifact@x
        with:
          name: a
          path: copy
      - uses: actions/download-artifact@x
        with:
          name: a
          path: back
      - run: cat back/kept.txt
      - uses: actions/cache/restore@x
        with:
          path: c
          key: nothing
          fail-on-cache-miss: true
`);
same(r.status, 'failure', 'a cache that is not there, where it is asked for');
ok(r.log.startsWith('kept'), 'artifacts are really copied', r.log);
same((await workflow('      - run: "true"\n', "    if: github.ref == 'refs/heads/other'\n")).skipped, true, 'the condition of a job');
rmSync(top, {recursive: true});
