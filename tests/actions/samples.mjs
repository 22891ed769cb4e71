// Files with one fault each, and what must be said of it: so that validate.mjs can fail.
const workflow = (job, head = 'on: push\npermissions: {contents: read}\n') => `${head}jobs:\n  a:\n    runs-on: ubuntu-latest\n    timeout-minutes: 5\n${job}`;
const steps = text => workflow(`    steps:\n${text}`);
const pin = '0123456789012345678901234567890123456789 # v1';
const action = text => `name: a\ndescription: b\n${text}`;

export const samples = [
	['workflows/unknown-key.yml', workflow('    stepz: []\n'), /stepz/],
	['workflows/unknown-context.yml', steps('      - if: gtihub.ref == 1\n        run: true\n'), /gtihub/],
	['workflows/unknown-input.yml', steps('      - uses: OWNER/runmedic@COMMIT\n        with:\n          mood: auto\n'), /mood/],
	['workflows/foreign-input.yml', steps(`      - uses: actions/cache/save@${pin}\n        with:\n          path: a\n          key: b\n          keys: c\n`), /keys/],
	['workflows/half-an-expression.yml', steps('      - if: ${{ github.ref == }}\n        run: true\n'), /Unexpected end of expression/],
	['workflows/shell-only.yml', workflow('    steps: []\n').replace('permissions: {contents: read}', 'permissions: {contents: reed}'), /reed/],
	['workflows/actionlint.yml', steps('      - run: echo "${{ steps.nobody.outputs.x }}"\n'), /actionlint: .*nobody/],
	['workflows/injection.yml', steps('      - run: echo "${{ github.event.head_commit.message }}"\n'), /an expression inside run/],
	['workflows/no-permissions.yml', workflow('    steps:\n      - run: "true"\n', 'on: push\n'), /no permissions/],
	['workflows/write-all.yml', workflow('    permissions: write-all\n    steps:\n      - run: "true"\n'), /write-all names no feature/],
	['workflows/wide.yml', workflow('    steps:\n      - run: "true"\n', 'on: push\npermissions:\n  checks: write # x\n'), /writes by permissions of the whole workflow/],
	['workflows/no-reason.yml', workflow('    permissions:\n      checks: write\n    steps:\n      - run: "true"\n'), /does not say what for/],
	['workflows/no-timeout.yml', steps('      - run: "true"\n').replace('    timeout-minutes: 5\n', ''), /no timeout-minutes/],
	['workflows/tag.yml', steps('      - uses: actions/cache@v5\n        with: {path: a, key: b}\n'), /not pinned/],
	['workflows/bare-pin.yml', steps('      - uses: actions/cache@0123456789012345678901234567890123456789\n        with: {path: a, key: b}\n'), /no version beside/],
	['workflows/credentials.yml', steps(`      - uses: actions/checkout@${pin}\n`), /leaves the token/],
	['workflows/pwn.yml', workflow(`    steps:\n      - uses: actions/checkout@${pin}\n        with:\n          ref: x\n          persist-credentials: false\n`, 'on: pull_request_target\npermissions: {contents: read}\n'), /checks out what others wrote/],
	['workflows/beside.yml', workflow(`    permissions:\n      checks: write # x\n    steps:\n      - uses: actions/checkout@${pin}\n        with:\n          persist-credentials: false\n`, 'on:\n  workflow_run:\n    workflows: [CI]\npermissions: {}\n'), /a checkout beside a token/],
	['workflows/midnight.yml', workflow('    steps:\n      - run: "true"\n', 'on:\n  schedule:\n    - cron: "0 0 * * 0"\npermissions: {contents: read}\n'), /minute 0/],
	['action.yml', action('runs:\n  using: composite\n  steps:\n    - run: "true"\n'), /shell/i],
	['action.yml', action('runs:\n  using: composite\n  steps:\n    - run: echo "${{ inputs.x }}"\n      shell: sh\ninputs:\n  x:\n    description: y\n'), /an expression inside run/],
	['action.yml', action('runs:\n  using: composite\n  steps:\n    - run: "true"\n      shell: bash\n'), /containers may have sh only/],
	['action.yml', action('runs:\n  using: composite\n  steps:\n    - run: "true"\n      shell: sh\ninputs:\n  x: {}\n'), /has no description/],
	['action.yml', action('runs:\n  using: composite\n  steps:\n    - run: "true"\n      shell: sh\n      if: gtihub.x == 1\n'), /gtihub/],
	['action.yml', action('runs:\n  using: composite\n  steps:\n    - run: "true"\n      shell: sh\n      env:\n        A: ${{ inputs.x == }}\n'), /end of expression/],
	['action.yml', action('runs:\n  using: composite\n  steps:\n    - rum: "true"\n      shell: sh\n'), /rum/],
	['action.yml', action('branding: {icon: stethoscope, color: red}\nruns:\n  using: composite\n  steps:\n    - run: "true"\n      shell: sh\n'), /stethoscope/],
	['action.yml', action('runs:\n  using: node99\n  main: x\n'), /node99/],
];
