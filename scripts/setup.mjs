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
async function unlessFresh(stamp, print, build) {
  const wanted = createHash('sha256').update(print()).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await build();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

async function installNpmPackages() {
  const print = () => readFileSync(join(root, 'package-lock.json'));
  await unlessFresh(join(root, 'node_modules', '.weir-lock'), print, () => {
    say('installing npm packages');
    // No install script is run: no dependency needs one.
    run('npm', ['ci', '--ignore-scripts', '--loglevel=error']);
  });
}

const compiledFolders = ['src', 'test', 'scripts', 'bench'];

/** A deleted or renamed source must not leave a compiled test behind that still runs. */
function pruneCompiled() {
  const compiledFiles = compiledFolders.flatMap((folder) => sourcesBelow(join(root, 'dist', folder), '.js'));
  for (const compiled of compiledFiles) {
    const source = join(root, compiled.slice(join(root, 'dist').length + 1).replace(/\.js$/, '.ts'));
    if (existsSync(source)) continue;
    for (const ending of ['.js', '.js.map', '.d.ts']) rmSync(compiled.replace(/\.js$/, ending), { force: true });
  }
}

async function compileTypeScript() {
  const sources = () => compiledFolders.flatMap((folder) => sourcesBelow(join(root, folder), '.ts'));
  const print = () =>
    ['tsconfig.json', 'test/browser/tsconfig.json', 'package-lock.json']
      .map((path) => join(root, path))
      .concat(sources())
      .map((path) => `${path} ${statSync(path).mtimeMs} ${statSync(path).size}`)
      .join('\n');
  await unlessFresh(join(root, 'dist', '.stamp'), print, () => {
    say('compiling TypeScript');
    tsc('tsconfig.json');
    // Its functions run in a browser, in part.
    tsc(join('test', 'browser', 'tsconfig.json'));
    pruneCompiled();
  });
}

const tsc = (project) => run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', project]);

/** What runs in browsers: checked by itself, since a browser has other types than Node, then bundled. */
async function buildViewerPages() {
  const web = join(root, 'src', 'pages', 'web');
  const inputs = readdirSync(web, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const print = () =>
    ['scripts/pages.mjs', 'package-lock.json', 'tsconfig.json']
      .map((path) => join(root, path))
      .concat(inputs.sort())
      .map((path) => `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
      .join('\n');
  await unlessFresh(join(root, 'dist', 'pages', '.stamp'), print, async () => {
    say("building the viewers' pages");
    tsc(join('src', 'pages', 'web', 'tsconfig.json'));
    const { buildPages } = await import('./pages.mjs');
    await buildPages();
  });
}

async function buildNativeTargets(targets, config) {
  const sources = readdirSync(join(root, 'native'), { recursive: true }).filter((name) => /\.(cc|h)$/.test(name));
  say(`building the native part (${config}: ${targets.join(', ')}; ${sources.length} files; only what changed)`);
  const { buildNative } = await import('./native.mjs');
  buildNative(targets, config);
}

/** @param {{ native?: [config: string, targets: string[]][], packages?: import('./packages.mjs').Need[] }} [options] */
export async function setUp({ native = [['Release', ['weir', 'weir-launch', 'weir-load']]], packages = [] } = {}) {
  checkNode();
  ensurePackages([...toBuild, ...packages], say);
  await installNpmPackages();
  for (const [config, targets] of native) await buildNativeTargets(targets, config);
  await compileTypeScript();
  await buildViewerPages();
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
