// The files of a directory as objects: which ones, under which names, and how they follow what happens to them.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { serveFolder } from '../../src/delivery/folder.js';
import { scanFolder } from '../../src/delivery/scan.js';
import { createShelf } from '../../src/delivery/shelf.js';
import type { Log } from '../../src/log.js';
import type { StoredObject } from '../../src/native.js';

function folderOf(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-dir-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const bounds = { skips: () => false, mostFiles: 1000, mostFolders: 100 };
const pathsOf = async (folder: string, options = bounds): Promise<string[]> =>
  (await scanFolder(folder, options)).files.map(({ path }) => path).sort();

describe('a directory', () => {
  test('has the regular files below it, and nothing whose name begins with a dot', async (context) => {
    const folder = folderOf(context, {
      'a.txt': '1',
      'b/c/d.html': '2',
      '.env': 'secret',
      '.git/config': 'x',
      'b/.x': '',
    });
    assert.deepEqual(await pathsOf(folder), ['/a.txt', '/b/c/d.html']);
  });

  test('is not left by a symbolic link', async (context) => {
    const outside = folderOf(context, { 'secret.txt': 'no' });
    const folder = folderOf(context, { 'a.txt': '1' });
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'out.txt'));
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync('a.txt', join(folder, 'in.txt'));
    symlinkSync('nowhere', join(folder, 'broken'));
    symlinkSync('.', join(folder, 'loop'));
    const { files } = await scanFolder(folder, bounds);
    assert.deepEqual(files.map(({ path }) => path).sort(), ['/a.txt', '/in.txt']);
    assert.equal(new Set(files.map(({ file }) => file)).size, 1, 'the link is served as what it leads to');
  });

  test('whose neighbour has a longer name of the same beginning is not left either', async (context) => {
    const parent = folderOf(context, { 'html/a.txt': '1', 'html-secret/b.txt': '2' });
    symlinkSync(join(parent, 'html-secret', 'b.txt'), join(parent, 'html', 'b.txt'));
    assert.deepEqual(await pathsOf(join(parent, 'html')), ['/a.txt']);
  });

  test('is cut at its bounds, and says so', async (context) => {
    const folder = folderOf(context, Object.fromEntries([...Array(30).keys()].map((i) => [`d${i}/f`, 'x'])));
    const few = await scanFolder(folder, { ...bounds, mostFiles: 10 });
    assert.equal(few.files.length, 10);
    assert.ok(few.cut);
    const fewFolders = await scanFolder(folder, { ...bounds, mostFolders: 5 });
    assert.equal(fewFolders.folders.length, 5);
    assert.ok(fewFolders.cut);
    assert.equal((await scanFolder(folder, bounds)).cut, false);
  });

  test('a file that changed has another version, one that did not has the same', async (context) => {
    const folder = folderOf(context, { a: '1', b: '2' });
    const before = await scanFolder(folder, bounds);
    writeFileSync(join(folder, 'a'), '11');
    const after = await scanFolder(folder, bounds);
    const versions = ({ files }: typeof before) =>
      Object.fromEntries(files.map(({ path, version }) => [path, version]));
    assert.notEqual(versions(before)['/a'], versions(after)['/a']);
    assert.equal(versions(before)['/b'], versions(after)['/b']);
  });
});

interface Watched {
  readonly keys: Map<string, StoredObject>;
  readonly lines: string[];
  /** Resolves when the store looks so. */
  readonly until: (holds: (keys: Map<string, StoredObject>) => boolean) => Promise<void>;
  readonly stop: () => void;
}

/** A directory served into a map. */
function serve(context: TestContext, folder: string, below: Readonly<Record<string, StoredObject>> = {}): Watched {
  const keys = new Map<string, StoredObject>();
  const waiting = new Set<() => void>();
  const changed = (): void => waiting.forEach((look) => look());
  const store = {
    putObject: (key: string, object: StoredObject) => {
      keys.set(key, object);
      changed();
    },
    removeObject: (key: string) => {
      const was = keys.delete(key);
      changed();
      return was;
    },
  };
  const lines: string[] = [];
  const line = (_: unknown, text: string) => {
    lines.push(text);
    changed();
  };
  const log = { info: line, warn: line, debug: line } as unknown as Log;
  const shelf = createShelf(store, new Map(Object.entries(below)));
  const stop = serveFolder({ folder, shelf, log, skips: (path) => path.endsWith('.ts'), isWanted: true });
  context.after(stop);
  const until = (holds: (all: Map<string, StoredObject>) => boolean) =>
    new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`the store has ${[...keys.keys()].join(' ')}`)), 20_000);
      const look = () => {
        if (!holds(keys)) return;
        waiting.delete(look);
        clearTimeout(limit);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { keys, lines, until, stop };
}

const textOf = (object: StoredObject | undefined): string =>
  object?.body instanceof Uint8Array ? Buffer.from(object.body).toString() : '';

describe('a directory that is served', () => {
  test('is loaded, and follows new, changed, renamed and removed files', async (context) => {
    const folder = folderOf(context, { 'a.txt': 'one', 'sub/b.txt': 'b', 'x.ts': 'of others' });
    const { until, keys } = serve(context, folder);
    await until((all) => all.size === 2);
    assert.equal(textOf(keys.get('/a.txt')), 'one');
    writeFileSync(join(folder, 'a.txt'), 'two!');
    await until((all) => textOf(all.get('/a.txt')) === 'two!');
    mkdirSync(join(folder, 'new/deep'), { recursive: true });
    writeFileSync(join(folder, 'new/deep/c.txt'), 'c');
    await until((all) => textOf(all.get('/new/deep/c.txt')) === 'c');
    renameSync(join(folder, 'sub'), join(folder, 'other'));
    await until((all) => !all.has('/sub/b.txt') && textOf(all.get('/other/b.txt')) === 'b');
    rmSync(join(folder, 'other/b.txt'));
    await until((all) => !all.has('/other/b.txt'));
    // Another directory of the same name.
    rmSync(join(folder, 'new'), { recursive: true });
    mkdirSync(join(folder, 'new'));
    writeFileSync(join(folder, 'new/d.txt'), 'd');
    await until((all) => textOf(all.get('/new/d.txt')) === 'd');
    writeFileSync(join(folder, 'new/d.txt'), 'dd');
    await until((all) => textOf(all.get('/new/d.txt')) === 'dd');
  });

  test('has its index under its own name, and leads there', async (context) => {
    const folder = folderOf(context, { 'index.html': 'home', 'p q/index.html': 'inner' });
    const { until, keys } = serve(context, folder);
    await until((all) => all.has('/p q') && all.has('/'));
    assert.equal(textOf(keys.get('/')), 'home');
    assert.equal(textOf(keys.get('/p q/')), 'inner');
    assert.equal(keys.get('/p q')?.location, '/p%20q/');
    assert.deepEqual([...keys.keys()].sort(), ['/', '/index.html', '/p q', '/p q/', '/p q/index.html']);
    rmSync(join(folder, 'p q/index.html'));
    await until((all) => all.size === 2);
  });

  test('hides a page, which is there again when the file goes', async (context) => {
    const page = { body: Buffer.from('ours'), contentType: 'text/html', cacheControl: '', etag: '' };
    const folder = folderOf(context, { 'index.html': 'theirs' });
    const { until, stop, keys } = serve(context, folder, { '/': page, '/index.html': page, '/player.html': page });
    await until((all) => textOf(all.get('/')) === 'theirs');
    rmSync(join(folder, 'index.html'));
    await until((all) => textOf(all.get('/')) === 'ours' && textOf(all.get('/index.html')) === 'ours');
    stop();
    assert.equal(textOf(keys.get('/player.html')), 'ours');
  });

  test('large files are served from where they lie', async (context) => {
    const folder = folderOf(context, { 'movie.mp4': '' });
    truncateSync(join(folder, 'movie.mp4'), 3_000_000);
    const { until, keys } = serve(context, folder);
    await until((all) => all.size === 1);
    assert.deepEqual(Object.keys(keys.get('/movie.mp4')?.body ?? {}), ['file']);
  });

  test('that is not there is said once, and served when it comes', async (context) => {
    const parent = folderOf(context, {});
    const { until, lines } = serve(context, join(parent, 'later'));
    await until(() => lines.length > 0);
    assert.match(lines[0] ?? '', /cannot be served over HTTP: ENOENT/);
    mkdirSync(join(parent, 'later'));
    writeFileSync(join(parent, 'later/a.txt'), 'a');
    await until((all) => all.has('/a.txt'));
    rmSync(join(parent, 'later'), { recursive: true });
    await until((all) => all.size === 0);
  });

  test('leaves nothing behind when it stops', async (context) => {
    const folder = folderOf(context, { 'a.txt': '1', 'index.html': '2' });
    const { until, stop, keys } = serve(context, folder);
    await until((all) => all.size === 3);
    stop();
    assert.equal(keys.size, 0);
  });
});
