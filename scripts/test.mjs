// Everything that must hold: `npm test`. Sets up (with the packages that tests need), builds, lints, then runs the tests:
// unit and lint tests; native tests, engine driver and fuzz targets under sanitizers; and real clients end to end.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lint } from './lint.mjs';
import { toTest } from './packages.mjs';
import { run, say, setUp } from './setup.mjs';
import { sourcesBelow } from './sources.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** One fuzz executable for each file of test/fuzz. */
const fuzzTargets = sourcesBelow(join(root, 'test', 'fuzz')).map((path) => `fuzz-${path.replace(/.*\/|\.cc$/g, '')}`);

const native = [
  ['Release', ['weir', 'weir-load']],
  ['Asan', ['weir-native-tests', 'weir-driver', 'weir-remux']],
  ['Tsan', ['weir-driver']],
  ['Fuzz', fuzzTargets],
];

// Clients that run in real time have the machine to themselves; a browser decodes, and takes all of it.
const groups = [
  { folders: ['unit', 'lint', 'sanitize'], concurrency: 2 },
  { folders: ['e2e'], concurrency: 2 },
  { folders: ['browser'], concurrency: 1 },
];

function testFiles(folder) {
  const compiled = join('dist', 'test', folder);
  return readdirSync(join(root, compiled), { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => join(compiled, name));
}

/** Returns whether all passed: a failure of one group must not hide those of the next. */
function runTests({ folders, concurrency }) {
  const files = folders.flatMap(testFiles);
  say(`tests: ${folders.join(', ')} (${files.length} files)`);
  try {
    run(process.execPath, ['--test', '--test-reporter=spec', `--test-concurrency=${concurrency}`, ...files]);
    return true;
  } catch {
    return false;
  }
}

async function timed(what, action) {
  const start = performance.now();
  const result = await action();
  say(`${what}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return result;
}

const { values } = parseArgs({ options: { 'no-lint': { type: 'boolean', default: false } } });
try {
  await timed('set-up and builds', () => setUp({ native, packages: toTest }));
  if (!values['no-lint']) await timed('lint', () => lint());
  const failed = [];
  for (const group of groups) {
    const name = group.folders.join(', ');
    if (!(await timed(name, () => runTests(group)))) failed.push(name);
  }
  if (failed.length > 0) throw new Error(`failed: ${failed.join('; ')}`);
} catch (error) {
  console.error(`test: ${error.message}`);
  process.exitCode = 1;
}
