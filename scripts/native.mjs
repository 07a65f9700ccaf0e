// Builds native targets: `node scripts/native.mjs [--config Release|Debug|Asan|Tsan] [TARGET...]` (default: weir).
// gyp knows the configurations; make then builds just the named targets of one configuration into build/CONFIG.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sourcesBelow } from './sources.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'build', '.configured');

/** The configuration's compiler: libFuzzer comes with clang, and the targets of Asan share its objects. */
function compilerArguments(config) {
  if (config !== 'Asan') return [];
  const clang = ['clang++-14', 'clang++'].find((name) => spawnSync(name, ['--version']).status === 0) ?? 'clang++';
  const cached = process.env.CXX?.startsWith('ccache ') ? `ccache ${clang}` : clang;
  // By both names: a CXX of the environment goes into the makefile as CXX.target.
  return [`CXX=${cached}`, `CXX.target=${cached}`, `LINK=${clang}`, `LINK.target=${clang}`];
}

/** What the makefiles depend on: when it is unchanged they are still right. */
function fingerprint() {
  const sources = ['native', 'bench', 'test/native', 'test/fuzz', 'test/tools'].flatMap((folder) =>
    sourcesBelow(join(root, folder)),
  );
  const recipe = readFileSync(join(root, 'binding.gyp'), 'utf8');
  return createHash('sha256')
    .update(JSON.stringify([process.version, process.execPath, recipe, sources]))
    .digest('hex');
}

function run(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed (exit ${status ?? 'by a signal'})`);
}

/** Node's headers when they lie beside node, so that node-gyp need not download them. */
function nodeHeaders() {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

function configure() {
  mkdirSync(dirname(stamp), { recursive: true });
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(join(root, 'build', 'Makefile')))
    return;
  const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  run(process.execPath, [gyp, 'configure', '--loglevel=warn', ...nodeHeaders()]);
  writeFileSync(stamp, wanted);
}

/** Builds targets of one configuration; returns the folder that holds them. */
export function buildNative(targets, config = 'Release') {
  configure();
  const warnings = process.env.CI ? { CXXFLAGS: '-Werror' } : {};
  const jobs = `-j${availableParallelism()}`;
  const make = ['make', '--silent', '--no-print-directory', '-C', 'build', jobs, `BUILDTYPE=${config}`];
  // flock: two builds at once in one tree would write each other's objects.
  run('flock', ['build/.lock', ...make, ...compilerArguments(config), ...targets], { ...process.env, ...warnings });
  return join(root, 'build', config);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: { config: { type: 'string', default: 'Release' } },
    allowPositionals: true,
  });
  try {
    buildNative(positionals.length > 0 ? positionals : ['weir'], values.config);
  } catch (error) {
    console.error(`native: ${error.message}`);
    process.exitCode = 1;
  }
}
