// From the directives of `dvr` to settings and names; the list of recordings on disk.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { ConfigError } from '../../src/config/diagnostic.js';
import { parseConfig } from '../../src/config/load.js';
import { Catalogue, type Repaired } from '../../src/dvr/catalogue.js';
import { checkDvr } from '../../src/dvr/feature.js';
import { nameOf, numbered } from '../../src/dvr/names.js';
import { dvrSettings, isRecorded, type DvrSettings } from '../../src/dvr/settings.js';
import { LiveError } from '../../src/errors.js';
import type { RepairReport } from '../../src/native.js';

const key = { vhost: 'v.example', app: 'live', stream: 's' };
const date = new Date(2026, 0, 2, 3, 4, 5, 67).getTime();

function read(dvr: string) {
  const { config, warnings } = parseConfig(`vhost v.example { dvr { enabled on; ${dvr} } }`, 'test');
  assert.deepEqual(warnings, []);
  const [vhost] = config.vhost;
  assert.ok(vhost);
  return { config, vhost, settings: dvrSettings(vhost) };
}

describe('directives of dvr', () => {
  const paths: readonly (readonly [dvr: string, root: string, template: string])[] = [
    ['', 'objs/nginx/html', '[app]/[stream].[timestamp].flv'],
    ['dvr_path ./a;', 'a', '[app]/[stream].[timestamp].flv'],
    ['dvr_path /a/b; dvr_format mp4;', '/a/b', '[app]/[stream].[timestamp].mp4'],
    ['dvr_path /a/[app]/[stream].ts;', '/a', '[app]/[stream].ts'],
    ['dvr_path /a/x-[stream].flv;', '/a', 'x-[stream].flv'],
    ['dvr_path [app]/[stream].mp4;', '.', '[app]/[stream].mp4'],
    ['dvr_path /a/one.flv; dvr_format ts;', '/a', 'one.ts'],
  ];
  for (const [dvr, root, template] of paths) {
    test(`"${dvr}" records below ${root}`, () => {
      const { settings } = read(dvr);
      assert.deepEqual([join(settings.root), settings.template], [root, template]);
    });
  }

  test('a path that leaves its directory or has an unknown variable is refused', () => {
    for (const path of ['/a/../b', '/a/[seq].flv', '/a/[stram].flv']) {
      assert.throws(() => read(`dvr_path ${path};`), ConfigError);
    }
  });

  test('dvr_apply takes all, an app, or one stream', () => {
    const applies = (words: string, app: string, stream: string) =>
      isRecorded(read(`dvr_apply ${words};`).vhost, { ...key, app, stream });
    assert.deepEqual(
      [applies('all', 'a', 'b'), applies('a', 'a', 'b'), applies('a/b x', 'a', 'b')],
      [true, true, true],
    );
    assert.deepEqual([applies('a/c', 'a', 'b'), applies('b', 'a', 'b'), applies('x', 'a', 'b')], [false, false, false]);
  });

  test('append is for FLV', () => {
    checkDvr(read('dvr_plan append;').config);
    const { config } = read('dvr_plan append; dvr_format mp4;');
    assert.throws(
      () => checkDvr(config),
      (error) => error instanceof LiveError && error.code === 'dvr_append_format',
    );
  });
});

describe('names of recordings', () => {
  test('have the variables of the stream and of the time', () => {
    assert.equal(
      nameOf('[vhost]/[2006]-[01]-[02]/[stream]_[15][04][05].flv', key, date),
      'v.example/2026-01-02/s_030405.flv',
    );
  });

  test('fit into a file system, and stay different', () => {
    const long = (end: string) =>
      nameOf('[app]/[stream].[timestamp].flv', { ...key, stream: 'ü'.repeat(127) + end }, date);
    for (const name of [long('a'), long('b')]) {
      assert.ok(Buffer.byteLength(`${numbered(name.slice(5), 9999)}.tmp`) <= 255);
      assert.match(name, /^live\/ü+~[0-9a-f]{12}\.flv$/);
    }
    assert.notEqual(long('a'), long('b'));
  });

  test('are numbered before their ending', () => {
    assert.deepEqual([numbered('a.b/c.flv', 0), numbered('a.b/c.flv', 2)], ['a.b/c.flv', 'a.b/c-2.flv']);
  });
});

interface Opened {
  readonly catalogue: Catalogue;
  readonly repaired: Repaired[];
}

function open(directory: string, repair: RepairReport = { error: '', bytes: 9, duration: 8, cut: 7 }): Opened {
  const repaired: Repaired[] = [];
  const catalogue = new Catalogue({
    directory,
    repair: () => Promise.resolve(repair),
    repaired: (result) => void repaired.push(result),
    failed: (error) => assert.ifError(error),
  });
  return { catalogue, repaired };
}

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'weir-dvr-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('the list of recordings', () => {
  const { settings } = read('dvr_path /x/[stream].flv;');

  /** A finished one. */
  async function record(catalogue: Catalogue, of: DvrSettings = settings) {
    const entry = await catalogue.begin(key, of, date);
    writeFileSync(entry.path, 'x');
    return catalogue.end(entry, { bytes: 1, duration: 2 });
  }

  test('outlives its server, and names nothing twice', async (context) => {
    const directory = folder(context);
    const before = open(directory).catalogue;
    const entries = [await record(before), await record(before)];
    writeFileSync(join(directory, 's-2.flv'), 'not ours');
    entries.push(await record(before));
    assert.deepEqual(
      entries.map(({ file }) => file),
      ['s.flv', 's-1.flv', 's-3.flv'],
    );
    const after = open(directory).catalogue;
    await after.drained();
    assert.deepEqual(after.entries, entries);
    await after.remove(entries[0]!);
    assert.equal(existsSync(entries[0]!.path), false);
    assert.equal(readFileSync(join(directory, 's-2.flv'), 'utf8'), 'not ours');
    const last = open(directory).catalogue;
    await last.drained();
    assert.deepEqual(last.entries, entries.slice(1));
  });

  test('append takes the same name again, but not while it is written', async (context) => {
    const { catalogue } = open(folder(context));
    const { settings: appending } = read('dvr_path /x/[stream].flv; dvr_plan append;');
    const { file } = await record(catalogue, appending);
    const again = await catalogue.begin(key, appending, date);
    const other = await catalogue.begin({ ...key, app: 'other' }, appending, date);
    assert.deepEqual([file, again.file, other.file], ['s.flv', 's.flv', 's-1.flv']);
  });

  test('knows what a crash left, and passes over lines that it cannot read', async (context) => {
    const directory = folder(context);
    const { catalogue } = open(directory);
    const [left, gone] = [await catalogue.begin(key, settings, date), await catalogue.begin(key, settings, date)];
    writeFileSync(`${left.path}.tmp`, 'x');
    const outside = { ...key, file: '../outside', format: 'flv', began: 1 };
    appendFileSync(join(directory, '.weir-recordings.jsonl'), `${JSON.stringify(outside)}\nnull\n{"file":`);
    const { catalogue: next, repaired } = open(directory);
    await next.drained();
    assert.deepEqual(
      next.entries.map(({ file, done }) => [file, done?.bytes, done?.duration]),
      [['s.flv', 9, 8]],
    );
    assert.deepEqual(
      repaired.map(({ entry, error, cut }) => [entry.file, error, cut]),
      [['s.flv', '', 7]],
    );
    assert.notEqual(gone.file, left.file);
  });

  test('a directory that can not be written refuses new recordings', async (context) => {
    const directory = join(folder(context), 'file');
    writeFileSync(directory, '');
    const told: unknown[] = [];
    const catalogue = new Catalogue({
      directory,
      repair: () => Promise.reject(new Error('nothing to repair')),
      repaired: () => undefined,
      failed: (error) => void told.push(error),
    });
    await assert.rejects(catalogue.begin(key, settings, date), /EEXIST|ENOTDIR/);
    rmSync(directory);
    mkdirSync(directory);
    assert.equal((await catalogue.begin(key, settings, date)).file, 's.flv');
  });
});
