// What native code cuts for HLS, with real media: every fragment decodes alone, all of them are the stream, and held ranges
// are read, written and let go.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { HlsEvent, HlsGrant } from '../../src/native/hls.js';
import { TsChecker } from '../../src/ts_info/check.js';
import { enhanced, enhancedRecipes } from './support/enhanced.js';
import { readFlv, sendTags, startEngine, type TestEngine } from './support/engine.js';
import { assertDecodes, fixture, packetsOf, sampleFile } from './support/media.js';
import { publisher } from './support/rtmp_client.js';
import { temporaryFolder } from './support/servers.js';

const ts: HlsGrant = { container: 'ts', fragment: 2000, longest: 4000, waitKeyframe: true, part: 0 };

const fmp4: HlsGrant = { ...ts, container: 'fmp4' };

const videoSources = { sample: sampleFile, 'h264-aac': fixture('h264-aac'), 'h264-mp3': fixture('h264-mp3') };
const sources: Readonly<Record<string, string>> = {
  ...videoSources,
  'video-only': fixture('video-only'),
  'audio-only': fixture('audio-only'),
};

/** The files of all fragments so far; their ranges are released. */
async function writeFragments(context: TestContext, host: TestEngine): Promise<string[]> {
  const folder = temporaryFolder(context);
  const files: string[] = [];
  for (const [index, { range, bytes }] of host.eventsOf('fragment').entries()) {
    const file = join(folder, `${String(index)}.ts`);
    assert.equal(await host.engine.writeRange(range, file), bytes);
    assert.equal(host.engine.releaseRange(range), true);
    files.push(file);
  }
  return files;
}

function assertCleanTs(files: readonly string[]): void {
  const checker = new TsChecker();
  for (const file of files) checker.push(readFileSync(file));
  assert.deepEqual(checker.report().faults, []);
}

describe('MPEG-TS fragments', { concurrency: 2 }, () => {
  for (const [name, file] of Object.entries(sources)) {
    test(`of ${name} decode each alone, and together are the stream`, async (context) => {
      const host = startEngine(context, { hls: ts });
      await host.publishFlv('s', file);
      const fragments = host.eventsOf('fragment');
      assert.ok(fragments.length >= 2);
      assert.deepEqual(
        fragments.map(({ last }) => last),
        fragments.map((_, index) => index === fragments.length - 1),
      );
      for (const [
        index,
        { start, duration, independent, discontinuity, initVersion, publish },
      ] of fragments.entries()) {
        assert.deepEqual(
          { independent, discontinuity, initVersion, publish },
          { independent: true, discontinuity: false, initVersion: 0, publish: 1 },
        );
        if (index > 0) assert.equal(start, fragments[index - 1]!.start + fragments[index - 1]!.duration);
        assert.ok(duration > 0);
      }
      const files = await writeFragments(context, host);
      files.forEach(assertDecodes);
      assertCleanTs(files);
      const joined = join(temporaryFolder(context), 'joined.ts');
      writeFileSync(joined, Buffer.concat(files.map((piece) => readFileSync(piece))));
      assertDecodes(joined);
      const count = (of: string, kind: string) => packetsOf(of).filter((packet) => packet.kind === kind).length;
      assert.equal(count(joined, 'video'), count(file, 'video'));
      assert.equal(count(joined, 'audio'), count(file, 'audio'));
    });
  }
});

/** Each fragment behind its init segment, and all of those behind the newest one. */
async function mp4Files(context: TestContext, host: TestEngine): Promise<{ files: string[]; joined: string }> {
  const folder = temporaryFolder(context);
  let init: Buffer = Buffer.alloc(0);
  const whole: Buffer[] = [];
  const files: string[] = [];
  for (const event of host.events) {
    if (event.type === 'hlsInit') init = Buffer.from(event.bytes);
    if (event.type !== 'fragment') continue;
    const bytes = await host.engine.readRange(event.range);
    const file = join(folder, `${String(files.length)}.mp4`);
    writeFileSync(file, Buffer.concat([init, bytes]));
    files.push(file);
    whole.push(Buffer.from(bytes));
  }
  const joined = join(folder, 'joined.mp4');
  writeFileSync(joined, Buffer.concat([init, ...whole]));
  return { files, joined };
}

describe('fragments of MP4', { concurrency: 2 }, () => {
  const names = ['sample', 'h264-mp3', 'video-only', 'audio-only', ...Object.keys(enhancedRecipes)];
  for (const name of names) {
    test(`of ${name} decode each alone, and together are the stream`, async (context) => {
      const host = startEngine(context, { hls: fmp4 });
      const file = sources[name];
      const { flv, original } = file === undefined ? enhanced(name) : { flv: file, original: file };
      await host.publishFlv('s', flv);
      const fragments = host.eventsOf('fragment');
      assert.ok(fragments.length >= 2);
      for (const [index, { start, duration, independent, discontinuity, initVersion }] of fragments.entries()) {
        assert.deepEqual([independent, discontinuity, initVersion], [true, false, 1]);
        if (index > 0) assert.equal(start, fragments[index - 1]!.start + fragments[index - 1]!.duration);
        assert.ok(duration > 0);
      }
      const { files, joined } = await mp4Files(context, host);
      files.forEach(assertDecodes);
      assertDecodes(joined);
      const count = (of: string, kind: string) => packetsOf(of).filter((packet) => packet.kind === kind).length;
      assert.equal(count(joined, 'video'), count(original, 'video'));
      assert.equal(count(joined, 'audio'), count(original, 'audio'));
    });
  }

  test('of other codecs are another presentation', async (context) => {
    const host = startEngine(context, { hls: fmp4 });
    await host.publishFlv('s', enhanced('hevc-opus').flv);
    await host.publishFlv('s', enhanced('hevc-opus').flv);
    const first = host.eventsOf('fragment').length;
    await host.publishFlv('s', enhanced('av1-opus').flv);
    assert.deepEqual(
      host.eventsOf('fragment').map(({ initVersion, discontinuity }) => [initVersion, discontinuity]),
      host.eventsOf('fragment').map((_, index) => [index < first ? 1 : 2, index === first]),
    );
    assert.deepEqual(
      host.eventsOf('hlsInit').map(({ version, codecs }) => [version, codecs]),
      [
        [1, 'hvc1.1.6.L30.90,opus'],
        [1, 'hvc1.1.6.L30.90,opus'],
        [2, 'av01.0.00M.08,opus'],
      ],
    );
    (await mp4Files(context, host)).files.forEach(assertDecodes);
  });
});

describe('parts', { concurrency: 2 }, () => {
  for (const grant of [
    { ...ts, part: 400 },
    { ...fmp4, part: 400 },
  ]) {
    for (const [name, file] of Object.entries(sources)) {
      test(`of ${name} as ${grant.container} fill their fragments`, async (context) => {
        const host = startEngine(context, { hls: grant });
        await host.publishFlv('s', file);
        const fragments = host.eventsOf('fragment');
        const read = async ({ range }: { range: number }) => Buffer.from(await host.engine.readRange(range));
        let parts: Extract<HlsEvent, { type: 'part' }>[] = [];
        for (const event of host.events) {
          if (event.type === 'part') parts.push(event);
          if (event.type !== 'fragment') continue;
          assert.deepEqual(
            parts.map(({ index }) => index),
            parts.map((_, index) => index),
          );
          assert.ok((await read(event)).equals(Buffer.concat(await Promise.all(parts.map(read)))));
          assert.equal(parts[0]!.start, event.start);
          assert.equal(
            parts.reduce((sum, { duration }) => sum + duration, 0),
            event.duration,
          );
          for (const { duration } of parts) assert.ok(duration <= grant.part, String(duration));
          for (const { duration } of parts.slice(0, -1)) assert.ok(duration >= 0.85 * grant.part, String(duration));
          parts = [];
        }
        assert.ok(fragments.length >= 2 && parts.length === 0);
      });
    }
  }
});

test('a drought of key frames is cut by length where that is wished', async (context) => {
  const tags = readFlv(fixture('h264-aac')).map((tag) => {
    const isLaterKey = tag.type === 9 && tag.payload[0] === 0x17 && tag.payload[1] === 1 && tag.timestamp > 500;
    return isLaterKey ? { ...tag, payload: notAKey(tag.payload) } : tag;
  });
  for (const waitKeyframe of [true, false]) {
    const host = startEngine(context, { hls: { ...ts, waitKeyframe } });
    await host.publishFlv('s', tags);
    const fragments = host.eventsOf('fragment');
    assert.deepEqual(
      fragments.map(({ duration, independent }) => [Math.round(duration / 1000), independent]),
      waitKeyframe
        ? [[10, true]]
        : [
            [4, true],
            [4, false],
            [2, false],
          ],
    );
    assertCleanTs(await writeFragments(context, host));
  }
});

/** A picture whose slices are no longer those of an IDR, and which does not say that it is a key frame. */
function notAKey(payload: Buffer): Buffer {
  const changed = Buffer.from(payload);
  changed.writeUInt8(0x27, 0);
  for (let at = 5; at + 4 < changed.length; at += 4 + changed.readUInt32BE(at)) {
    if ((changed.readUInt8(at + 4) & 0x1f) === 5) changed.writeUInt8(0x41, at + 4);
  }
  return changed;
}

describe('a publisher who comes back', () => {
  test('with the same headers goes on', async (context) => {
    const host = startEngine(context, { hls: ts });
    await host.publishFlv('s', fixture('h264-aac'));
    const first = host.eventsOf('fragment').length;
    await host.publishFlv('s', fixture('h264-aac'));
    const fragments = host.eventsOf('fragment');
    assert.deepEqual(
      fragments.filter(({ discontinuity }) => discontinuity),
      [],
    );
    assert.deepEqual(
      fragments.map(({ publish }) => publish),
      fragments.map((_, index) => (index < first ? 1 : 2)),
    );
    const [before, after] = [fragments[first - 1]!, fragments[first]!];
    assert.ok(Math.abs(after.start - before.start - before.duration) <= 100);
    const files = await writeFragments(context, host);
    assertCleanTs(files);
    files.forEach(assertDecodes);
  });

  test('with others begins with a discontinuity', async (context) => {
    const host = startEngine(context, { hls: ts });
    await host.publishFlv('s', fixture('h264-aac'));
    const first = host.eventsOf('fragment').length;
    await host.publishFlv('s', fixture('video-only'));
    const second = host.eventsOf('fragment').length;
    await host.publishFlv('s', sampleFile);
    assert.deepEqual(
      host.eventsOf('fragment').flatMap(({ discontinuity }, index) => (discontinuity ? [index] : [])),
      [first, second],
    );
    const files = await writeFragments(context, host);
    assertCleanTs(files);
    files.forEach(assertDecodes);
  });

  test('is waited for, and then the stream has ended', async (context) => {
    const host = startEngine(context, { hls: ts, republishWait: 300 });
    await host.publishFlv('s', fixture('video-only'));
    const ended = await host.nth('streamEnded', 1);
    assert.deepEqual([ended.vhost, ended.app, ended.stream], ['v', 'live', 's']);
    const order = host.events.map(({ type }) => type).filter((type) => /fragment|unpublished|streamEnded/.test(type));
    assert.deepEqual(order.slice(-3), ['fragment', 'unpublished', 'streamEnded']);
    // The stream itself goes a moment later.
    while (host.engine.stats().streams.length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

/** The stream itself goes a moment after it was said to have ended. Fails by the test's time-out. */
async function untilFree(engine: TestEngine['engine']): Promise<void> {
  while (engine.logMemory().used > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a grant that is changed changes the cuts of a stream that is published', async (context) => {
  const host = startEngine(context, { hls: null });
  const tags = readFlv(fixture('h264-aac'));
  const sent = await publisher(host.port, 's');
  const sendUntil = (from: number, to: number) =>
    sendTags(
      sent,
      tags.filter(({ timestamp }) => timestamp >= from && timestamp < to),
    );
  const regrant = (hls: HlsGrant | null) => host.engine.regrant({ ...host.grantOf('s'), hls });
  sendUntil(0, 2500);
  await host.pictures('s', 60);
  regrant(ts);
  sendUntil(2500, 5500);
  // It began in the middle of a GOP: nobody can begin with it.
  const first = await host.nth('fragment', 1);
  assert.equal(first.independent, false);
  regrant({ ...ts, fragment: 1000 });
  sendUntil(5500, 8500);
  await host.nth('fragment', 4);
  regrant(null);
  await host.nth('streamEnded', 1);
  sendUntil(8500, 9500);
  const fragments = host.eventsOf('fragment');
  assert.deepEqual(
    fragments.map(({ independent, last }) => [independent, last]),
    [
      [false, false],
      [true, false],
      [true, false],
      [true, false],
      [true, true],
    ],
  );
  assert.deepEqual(
    fragments.slice(1, -1).map(({ duration }) => duration),
    [2000, 1000, 1000],
  );
});

describe('a held range', { timeout: 60_000 }, () => {
  /** An engine with fragments of a stream that is over. */
  async function withFragments(context: TestContext) {
    const host = startEngine(context, { hls: ts, republishWait: 0 });
    await host.publishFlv('s', fixture('h264-aac'));
    await host.nth('streamEnded', 1);
    return { engine: host.engine, fragments: host.eventsOf('fragment') };
  }

  test('is read and written the same, and counted until it is released', async (context) => {
    const { engine, fragments } = await withFragments(context);
    const file = join(temporaryFolder(context), 'a.ts');
    const { range, bytes } = fragments[1]!;
    writeFileSync(file, Buffer.alloc(10_000_000)); // what was there before is no part of it
    const writing = engine.writeRange(range, file);
    const read = await engine.readRange(range);
    assert.equal(await writing, bytes);
    assert.ok(readFileSync(file).equals(read));
    const { used, limit } = engine.logMemory();
    assert.equal(limit, 2 ** 30);
    assert.ok(used >= fragments.reduce((sum, fragment) => sum + fragment.bytes, 0));
    for (const fragment of fragments) assert.equal(engine.releaseRange(fragment.range), true);
    await untilFree(engine);
    assert.equal(engine.releaseRange(range), false);
    await assert.rejects(engine.readRange(range), { code: 'ESTALE' });
    await assert.rejects(engine.writeRange(range, file), { code: 'ESTALE' });
    await assert.rejects(engine.readRange(NaN), { code: 'ESTALE' });
  });

  test('that is released while it is written is written whole', async (context) => {
    const { engine, fragments } = await withFragments(context);
    const folder = temporaryFolder(context);
    const writing = fragments.map(({ range }, index) => engine.writeRange(range, join(folder, String(index))));
    for (const { range } of fragments) engine.releaseRange(range);
    assert.deepEqual(
      await Promise.all(writing),
      fragments.map(({ bytes }) => bytes),
    );
    await untilFree(engine);
  });

  test('that cannot be written says why, and leaves nothing', async (context) => {
    const { engine, fragments } = await withFragments(context);
    const { range } = fragments[0]!;
    const folder = temporaryFolder(context);
    await assert.rejects(engine.writeRange(range, join(folder, 'missing', 'a.ts')), {
      code: 'ENOENT',
      message: /missing\/a\.ts/,
    });
    await assert.rejects(engine.writeRange(range, folder), { code: 'EISDIR' });
    assert.ok(existsSync(folder));
  });
});
