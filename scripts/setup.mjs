// Makes a clone ready to run: checks the tools, installs npm packages, builds the native part, compiles TypeScript.
// Each step is skipped when its result is fresh, so that a second run costs next to nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages, toBuild } from './packages.mjs';
import { sourcesBelow } from './sources.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = [20, 18];

export function say(text) {
  console.log(`weir: ${text}`);
}

export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  if (error) throw error;
  // Formatters get every file by name: the first words say enough.
  if (status !== 0) throw new Error(`${[command, ...args].slice(0, 6).join(' ')} failed`);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = oldestNode;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new Error(`Node ${oldestNode.join('.')} or newer is needed, this is ${process.versions.node}`);
}

/** Runs `build` unless the stamp says that the same inputs were built before. */
function unlessFresh(stamp, print, build) {
  const wanted = createHash('sha256').update(print()).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  build();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function installNpmPackages() {
  const print = () => readFileSync(join(root, 'package-lock.json'));
  unlessFresh(join(root, 'node_modules', '.weir-lock'), print, () => {
    say('installing npm packages');
    // No install script is run: no dependency needs one.
    run('npm', ['ci', '--ignore-scripts', '--loglevel=error']);
  });
}

const compiledFolders = ['src', 'test', 'scripts', 'bench'];

/** A deleted or renamed source must not leave a compiled test behind that still runs. */
function pruneCompiled() {
  for (const compiled of sourcesBelow(join(root, 'dist'), '.js')) {
    const source = join(root, compiled.slice(join(root, 'dist').length + 1).replace(/\.js$/, '.ts'));
    if (existsSync(source)) continue;
    for (const ending of ['.js', '.js.map', '.d.ts']) rmSync(compiled.replace(/\.js$/, ending), { force: true });
  }
}

export function compileTypeScript() {
  const sources = () => compiledFolders.flatMap((folder) => sourcesBelow(join(root, folder), '.ts'));
  const print = () =>
    [join(root, 'tsconfig.json'), join(root, 'package-lock.json'), ...sources()]
      .map((path) => `${path} ${statSync(path).mtimeMs} ${statSync(path).size}`)
      .join('\n');
  unlessFresh(join(root, 'dist', '.stamp'), print, () => {
    say('compiling TypeScript');
    run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']);
    pruneCompiled();
  });
}

async function buildNativeTargets(targets, config) {
  const sources = readdirSync(join(root, 'native'), { recursive: true }).filter((name) => /\.(cc|h)$/.test(name));
  say(`building the native part (${config}: ${targets.join(', ')}; ${sources.length} files; only what changed)`);
  const { buildNative } = await import('./native.mjs');
  buildNative(targets, config);
}

/** @param {{ native?: [config: string, targets: string[]][], packages?: import('./packages.mjs').Need[] }} [options] */
export async function setUp({ native = [['Release', ['weir', 'weir-load']]], packages = [] } = {}) {
  checkNode();
  ensurePackages([...toBuild, ...packages], say);
  installNpmPackages();
  for (const [config, targets] of native) await buildNativeTargets(targets, config);
  compileTypeScript();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setUp();
    say('ready: npm start');
  } catch (error) {
    console.error(`weir: ${error.message}`);
    process.exitCode = 1;
  }
}
