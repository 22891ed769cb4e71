// node --import ./load.mjs main.mjs PROGRAM
import {finish} from './check.mjs';

await import('./files_test.mjs');
await import('./executor_test.mjs');
await import('./action_test.mjs');
await import('./workflows_test.mjs');
await import('./story_test.mjs');
finish();
