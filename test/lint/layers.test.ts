// Includes and imports point one way: the table of docs/architecture.md, checked on every file.
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { describe, test } from 'node:test';
import { filesBelow, read } from './tree.js';

/** Which layers a native layer may include. A layer that is not named may include nothing of ours but itself. */
const nativeMayInclude: Readonly<Record<string, readonly string[]>> = {
  base: [],
  sys: ['base'],
  media: ['base'],
  // sans-IO: protocols see bytes and their meaning, no system call.
  proto: ['media', 'base'],
  log: ['media', 'sys', 'base'],
  net: ['media', 'sys', 'base'],
  live: ['proto', 'log', 'net', 'media', 'sys', 'base'],
  binding: ['live', 'proto', 'log', 'net', 'media', 'sys', 'base'],
  driver: ['live', 'proto', 'log', 'net', 'media', 'sys', 'base'],
  launch: [],
};

/** Bytes in, results out: no header of the C library's system part, and none of these of C++. */
const pureLayers = ['base', 'media', 'proto'];
const impureHeaders = ['chrono', 'ctime', 'random', 'thread', 'mutex', 'iostream', 'fstream', 'cstdio', 'filesystem'];
/** Only these may include headers of the system: `sys` wraps its calls for all others. */
const systemLayers = ['sys', 'binding', 'driver', 'launch'];
/** Headers of the system that others may include for a type or for flags, never for a call. */
const forTypes: Readonly<Record<string, string>> = {
  'sys/uio.h': 'iovec, the pieces of an entry',
  'sys/epoll.h': 'EPOLLIN and the like, which a connection is told',
};

interface Include {
  readonly from: string;
  readonly layer: string;
  readonly target: string;
  readonly quoted: boolean;
}

function nativeIncludes(): Include[] {
  return filesBelow('native', '.h', '.cc').flatMap((from) => {
    const layer = from.split('/')[1] ?? '';
    const found = read(from).matchAll(/^\s*#\s*include\s*(["<])([^">]+)[">]/gm);
    return [...found].map(([, bracket, target = '']) => ({ from, layer, target, quoted: bracket === '"' }));
  });
}

describe('native layers', () => {
  const includes = nativeIncludes();

  test('every folder of native/ is a known layer', () => {
    const unknown = includes.filter(({ layer }) => !(layer in nativeMayInclude)).map(({ from }) => from);
    assert.deepEqual(unknown, []);
  });

  test('a layer includes only itself and the layers below it', () => {
    const wrong = includes.filter(({ layer, target, quoted }) => {
      const wanted = target.split('/')[0] ?? '';
      return quoted && wanted !== layer && !(nativeMayInclude[layer] ?? []).includes(wanted);
    });
    assert.deepEqual(wrong, []);
  });

  test('includes are relative to native/', () => {
    const paths = new Set(filesBelow('native', '.h').map((path) => path.slice('native/'.length)));
    const wrong = includes.filter(({ target, quoted }) => quoted && !paths.has(target));
    assert.deepEqual(wrong, []);
  });

  test('only binding knows Node', () => {
    const wrong = includes.filter(
      ({ layer, target }) => layer !== 'binding' && /^(napi|node|uv|v8|js_native)/.test(target),
    );
    assert.deepEqual(wrong, []);
  });

  test('base, media and proto read no clock, make no system call, take no randomness', () => {
    const impure = (target: string) => target.endsWith('.h') || impureHeaders.includes(target);
    const wrong = includes.filter(
      ({ layer, target, quoted }) => !quoted && pureLayers.includes(layer) && impure(target),
    );
    assert.deepEqual(wrong, []);
  });

  test('system headers are included by sys alone', () => {
    const wrong = includes.filter(
      ({ layer, target, quoted }) =>
        !quoted && !systemLayers.includes(layer) && target.endsWith('.h') && !(target in forTypes),
    );
    assert.deepEqual(wrong, []);
  });

  test('no file of a layer is included by its own folder name going up', () => {
    assert.deepEqual(
      includes.filter(({ target }) => target.includes('..')),
      [],
    );
  });
});

/** Foundation: what every feature may use. Of these, `errors` is the only one that the others may import too. */
const foundation = ['config', 'native', 'log', 'errors', 'version', 'metric', 'child', 'retry', 'ffmpeg'];
/** The composition root, in the files that it is made of: they alone know several features. */
const composition = ['server', 'clients', 'summaries', 'reload'];
const entries = ['main', 'index'];

/** The unit of src/ that a file belongs to: its folder below src/, or its own name. */
function unitOf(path: string): string {
  const [, first = ''] = path.split('/');
  return first.replace(/\.ts$/, '');
}

function mayImport(from: string, to: string): boolean {
  if (from === to || to === 'errors') return true;
  if (entries.includes(from)) return !entries.includes(to);
  if (composition.includes(from)) return !entries.includes(to);
  if (foundation.includes(from)) return false;
  return foundation.includes(to);
}

describe('TypeScript layers', () => {
  const imports = filesBelow('src', '.ts').flatMap((from) => {
    const found = read(from).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
    return [...found].map(([, target = '']) => ({ from, target }));
  });

  test('main imports server, server imports features, features import only the foundation', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .map(({ from, target }) => ({ from, to: posix.join(posix.dirname(from), target) }))
      .filter(({ from, to }) => !mayImport(unitOf(from), unitOf(to).replace(/\.js$/, '')));
    assert.deepEqual(wrong, []);
  });

  test('what runs in browsers imports itself and packages, and its model nothing else', () => {
    const web = imports
      .filter(({ from }) => from.startsWith('src/pages/web/'))
      .map(({ from, target }) => ({
        from,
        to: target.startsWith('.') ? posix.join(posix.dirname(from), target) : target,
      }));
    assert.ok(web.length > 0);
    const leaves = web.filter(({ to }) => to.startsWith('src/') && !to.startsWith('src/pages/web/'));
    const knowsNode = web.filter(({ to }) => to.startsWith('node:'));
    const impure = web.filter(({ from, to }) => {
      return from.startsWith('src/pages/web/model/') && !to.startsWith('src/pages/web/model/');
    });
    assert.deepEqual([...leaves, ...knowsNode, ...impure], []);
  });

  test('only native.ts loads the addon', () => {
    const wrong = filesBelow('src', '.ts').filter((path) => path !== 'src/native.ts' && /\.node['"`]/.test(read(path)));
    assert.deepEqual(wrong, []);
  });

  test('imports name a file of ours with its ending, or a package', () => {
    const wrong = imports.filter(({ target }) => target.startsWith('.') && !target.endsWith('.js'));
    assert.deepEqual(wrong, []);
  });
});
