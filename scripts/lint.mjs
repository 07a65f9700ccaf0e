// Formatters and linters of both languages. `--fix` rewrites what a formatter can; without it nothing is changed.
// `--tidy` runs clang-tidy only.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, say } from './setup.mjs';
import { sourcesBelow } from './sources.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nativeFolders = ['native', 'bench', 'test/native', 'test/fuzz', 'test/tools'];
const inTree = (ending) => nativeFolders.flatMap((folder) => sourcesBelow(join(root, folder), ending));

/** The version that the style was written with; formatters of other versions differ in details. */
function tool(name) {
  const found = [`${name}-14`, name].find((candidate) => spawnSync(candidate, ['--version']).status === 0);
  if (!found) throw new Error(`${name} is missing (Debian: ${name}-14)`);
  return found;
}

function npmTool(name, args) {
  run(process.execPath, [
    join('node_modules', name, 'bin', name === 'prettier' ? 'prettier.cjs' : `${name}.js`),
    ...args,
  ]);
}

function clangFormat(fix) {
  const files = [...inTree('.cc'), ...inTree('.h')];
  run(tool('clang-format'), [...(fix ? ['-i'] : ['--dry-run', '-Werror']), ...files]);
}

function napiInclude() {
  return [
    '-isystem',
    'node_modules/node-addon-api',
    '-isystem',
    join(dirname(dirname(realpathSync(process.execPath))), 'include/node'),
  ];
}

/** clang-tidy takes seconds a file, so a file that passed is not looked at again until it or any header changes. */
async function clangTidy() {
  const command = tool('clang-tidy');
  const cache = join(root, 'build', '.tidy');
  mkdirSync(cache, { recursive: true });
  const headers = createHash('sha256');
  for (const path of [join(root, '.clang-tidy'), ...inTree('.h')]) headers.update(readFileSync(path));
  const shared = headers.digest('hex');
  const stampOf = (path) => join(cache, createHash('sha256').update(shared).update(readFileSync(path)).digest('hex'));
  // Tests are left out: GoogleTest's macros expand to what these checks warn of.
  const waiting = inTree('.cc')
    .filter((path) => !path.startsWith(join(root, 'test')))
    .filter((path) => !existsSync(stampOf(path)));
  const failed = [];
  const worker = async () => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (await tidy(command, path)) writeFileSync(stampOf(path), '');
      else failed.push(path);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (failed.length > 0) throw new Error(`clang-tidy: ${failed.length} files have findings`);
}

// The analyzer's deep mode takes three times as long as all other checks together, and has found nothing here: what
// needs whole paths is found by the sanitizers.
const shallow = ['-Xclang', '-analyzer-config', '-Xclang', 'mode=shallow'];

function tidy(command, path) {
  const flags = ['-std=c++20', '-D_GNU_SOURCE', '-DNAPI_VERSION=9', '-DNODE_ADDON_API_CPP_EXCEPTIONS', ...shallow];
  const includes = ['-Inative', '-I.', ...napiInclude()];
  const child = spawn(command, ['--quiet', path, '--', ...flags, ...includes], { cwd: root });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      if (status !== 0) process.stdout.write(output);
      resolve(status === 0);
    });
  });
}

/** What takes seconds. */
export function lint({ fix = false } = {}) {
  say('prettier, eslint, clang-format');
  npmTool('prettier', [fix ? '--write' : '--check', '--log-level=warn', '.']);
  npmTool('eslint', [...(fix ? ['--fix'] : []), '--max-warnings=0', '.']);
  clangFormat(fix);
}

/**
 * clang-tidy in the background, at the lowest priority: it takes a minute or two of all cores, and tests with real
 * clients mostly wait. Returns an awaitable that rejects, with the findings printed, when there are any.
 */
export function lintInBackground() {
  mkdirSync(join(root, 'build'), { recursive: true });
  const findings = join(root, 'build', 'tidy.log');
  // A file, not a pipe: whoever runs the tests may not come to read before they are done.
  const file = openSync(findings, 'w');
  const args = ['-n', '19', process.execPath, fileURLToPath(import.meta.url), '--tidy'];
  const child = spawn('nice', args, { cwd: root, stdio: ['ignore', file, file] });
  closeSync(file);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      process.stdout.write(readFileSync(findings));
      if (status === 0) resolve();
      else reject(new Error('clang-tidy has findings'));
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fix = process.argv.includes('--fix');
  try {
    if (!process.argv.includes('--tidy')) lint({ fix });
    if (!fix) {
      say('clang-tidy');
      await clangTidy();
    }
  } catch (error) {
    console.error(`lint: ${error.message}`);
    process.exitCode = 1;
  }
}
