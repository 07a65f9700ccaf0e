// Everything that must hold: `npm test`. Sets up (with the packages that tests need), builds, lints, then runs the tests:
// unit and lint tests; native tests, engine driver and fuzz targets under sanitizers; and real clients end to end.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lint, lintInBackground } from './lint.mjs';
import { toTest } from './packages.mjs';
import { run, say, setUp } from './setup.mjs';
import { sourcesBelow } from './sources.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** One fuzz executable for each file of test/fuzz. */
const fuzzTargets = sourcesBelow(join(root, 'test', 'fuzz')).map((path) => `fuzz-${path.replace(/.*\/|\.cc$/g, '')}`);

const native = [
  ['Release', ['weir', 'weir-launch', 'weir-load']],
  ['Asan', ['weir-native-tests', 'weir-driver', 'weir-remux', ...fuzzTargets]],
  ['Tsan', ['weir-driver']],
];

// Clients that run in real time have the machine to themselves; a browser decodes, and takes all of it.
const groups = [
  { folders: ['unit', 'lint', 'sanitize'], concurrency: 2 },
  { folders: ['e2e'], concurrency: 2 },
  { folders: ['browser'], concurrency: 1 },
];

/** Milliseconds that a file may take: what waits for ever is a failure, too. */
const patience = 600_000;

function testFiles(folder) {
  const compiled = join('dist', 'test', folder);
  return readdirSync(join(root, compiled), { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => join(compiled, name));
}

/** The files with failed tests; none where all passed. */
function failedOf(files, concurrency) {
  const list = join(root, 'build', 'failed-tests');
  const report = Object.entries({ spec: 'stdout', [join(root, 'scripts', 'failed_files.mjs')]: list }).flatMap(
    ([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`],
  );
  try {
    run(process.execPath, [
      '--test',
      `--test-timeout=${patience}`,
      ...report,
      `--test-concurrency=${concurrency}`,
      ...files,
    ]);
    return [];
  } catch {
    const failed = readFileSync(list, 'utf8').split('\n').filter(Boolean);
    return failed.length > 0 ? failed : files;
  }
}

/**
 * Returns whether all passed: a failure of one group must not hide those of the next. Failed files have a second try,
 * alone: a machine that stood still for a moment is no defect of weir. That it was needed is told at the end.
 */
function runTests({ folders, concurrency }, unsteady) {
  const files = folders.flatMap(testFiles);
  say(`tests: ${folders.join(', ')} (${files.length} files)`);
  const failed = failedOf(files, concurrency);
  if (failed.length === 0) return true;
  say(`tests: again, one at a time: ${failed.join(', ')}`);
  if (failedOf(failed, 1).length > 0) return false;
  unsteady.push(...failed);
  return true;
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
  const failed = [];
  let tidy;
  if (!values['no-lint']) {
    await timed('lint', () => lint());
    tidy = lintInBackground().catch((error) => failed.push(error.message));
  }
  const unsteady = [];
  for (const group of groups) {
    const name = group.folders.join(', ');
    if (!(await timed(name, () => runTests(group, unsteady)))) failed.push(name);
  }
  await timed('clang-tidy after the tests', () => tidy);
  if (unsteady.length > 0) say(`UNSTEADY, passed only at the second try, to be mended: ${unsteady.join(', ')}`);
  if (failed.length > 0) throw new Error(`failed: ${failed.join('; ')}`);
} catch (error) {
  console.error(`test: ${error.message}`);
  process.exitCode = 1;
}
