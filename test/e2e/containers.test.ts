// What the muxers make of real encoders' output: other people's readers must find every frame in it, at its time, and decode it to
// the same pictures and samples; and our own checker must find no fault.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { TsChecker } from '../../src/ts_info/check.js';
import { enhanced, enhancedRecipes, type Source } from './support/enhanced.js';
import { assertDecodes, fixture, sampleFile } from './support/media.js';
import { succeed } from './support/process.js';
import { repository, temporaryFolder } from './support/servers.js';

const remuxer = join(repository, 'build', 'Asan', 'weir-remux');

const legacy = (flv: string): Source => ({ flv, original: flv });
const sources: Readonly<Record<string, () => Source>> = {
  sample: () => legacy(sampleFile),
  'h264-aac': () => legacy(fixture('h264-aac')),
  'h264-mp3': () => legacy(fixture('h264-mp3')),
  'audio-only': () => legacy(fixture('audio-only')),
  'video-only': () => legacy(fixture('video-only')),
  ...Object.fromEntries(Object.keys(enhancedRecipes).map((name) => [name, () => enhanced(name)])),
};

async function kindsOf(context: TestContext, file: string): Promise<string> {
  const args = ['-v', 'error', '-show_entries', 'stream=codec_type', '-of', 'csv=p=0', file];
  return (await succeed(context, 'ffprobe', args)).stdout;
}

interface Decoded {
  readonly time: number;
  readonly hash: string;
}

/** The pictures that come out of ffmpeg's decoder; it must have nothing to say. */
async function decode(context: TestContext, file: string): Promise<Decoded[]> {
  const args = ['-v', 'error', '-copyts', '-i', file, '-map', '0:v', '-f', 'framemd5', '-'];
  const { stdout, stderr } = await succeed(context, 'ffmpeg', args);
  assert.equal(stderr, '', file);
  const base = /^#tb 0: (\d+)\/(\d+)/m.exec(stdout);
  const unit = base ? (1000 * Number(base[1])) / Number(base[2]) : 1;
  return stdout
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(',').map((field) => field.trim()))
    .map(([, , pts = '', , , hash = '']) => ({ time: Number(pts) * unit, hash }));
}

async function assertSamePictures(context: TestContext, original: string, muxed: string): Promise<void> {
  if (!(await kindsOf(context, original)).includes('video')) return;
  const [expected, got] = [await decode(context, original), await decode(context, muxed)];
  assert.deepEqual(
    got.map(({ hash }) => hash),
    expected.map(({ hash }) => hash),
  );
  for (const [index, { time }] of got.entries()) {
    const step = time - got[0]!.time - (expected[index]!.time - expected[0]!.time);
    assert.ok(Math.abs(step) <= 2, `picture ${String(index)} is off by ${String(step)} ms`);
  }
}

/** Samples are cut into frames differently when a container tells of priming, so all of them are compared at once. */
async function assertSameSound(context: TestContext, original: string, muxed: string): Promise<void> {
  if (!(await kindsOf(context, original)).includes('audio')) return;
  const sound = async (file: string) => {
    const args = ['-v', 'error', '-flags2', '+skip_manual', '-i', file, '-map', '0:a', '-f', 'md5', '-'];
    const { stdout, stderr } = await succeed(context, 'ffmpeg', args);
    assert.equal(stderr, '', file);
    return stdout;
  };
  assert.equal(await sound(muxed), await sound(original));
}

async function remux(
  context: TestContext,
  format: 'ts' | 'fmp4',
  flv: string,
): Promise<{ readonly muxed: string; readonly codecs: string }> {
  const muxed = join(temporaryFolder(context), `muxed.${format === 'ts' ? 'ts' : 'mp4'}`);
  const { stdout, stderr } = await succeed(context, remuxer, [format, flv, muxed]);
  assert.equal(stderr, '');
  return { muxed, codecs: stdout.trim() };
}

describe('MPEG-TS', { concurrency: 2 }, () => {
  for (const [name, source] of Object.entries(sources)) {
    if (name === 'av1-opus') continue;
    test(`of ${name} has every frame of it`, async (context) => {
      const { flv, original } = source();
      const { muxed } = await remux(context, 'ts', flv);
      const checker = new TsChecker();
      checker.push(readFileSync(muxed));
      const { faults, clock } = checker.report();
      assert.deepEqual(faults, []);
      assert.ok(clock.longestGap <= 100);
      await assertSamePictures(context, original, muxed);
      await assertSameSound(context, original, muxed);
    });
  }

  test('is read by GStreamer without a complaint', async (context) => {
    const { muxed } = await remux(context, 'ts', fixture('h264-aac'));
    const video = ['d.', '!', 'queue', '!', 'h264parse', '!', 'avdec_h264', '!', 'fakesink'];
    const audio = ['d.', '!', 'queue', '!', 'aacparse', '!', 'avdec_aac', '!', 'fakesink'];
    const args = ['-q', 'filesrc', `location=${muxed}`, '!', 'tsdemux', 'name=d', ...video, ...audio];
    const { stderr } = await succeed(context, 'gst-launch-1.0', args);
    assert.equal(stderr, '');
  });

  test('can be cut before every PAT: each piece decodes alone, and all of them are one stream', async (context) => {
    const { muxed } = await remux(context, 'ts', enhanced('b-frames-surround').flv);
    const bytes = readFileSync(muxed);
    const cuts: number[] = [];
    for (let at = 0; at < bytes.length; at += 188) if ((bytes.readUInt16BE(at + 1) & 0x1fff) === 0) cuts.push(at);
    assert.ok(cuts.length >= 6 && cuts[0] === 0);
    const checker = new TsChecker();
    for (const [index, cut] of cuts.entries()) {
      const piece = join(temporaryFolder(context), `${String(index)}.ts`);
      writeFileSync(piece, bytes.subarray(cut, cuts[index + 1]));
      checker.push(readFileSync(piece));
      assertDecodes(piece);
    }
    assert.deepEqual(checker.report().faults, []);
  });

  test('leaves out what it can not carry, says so, and goes on', async (context) => {
    const file = join(temporaryFolder(context), 'muxed.ts');
    const { stderr } = await succeed(context, remuxer, ['ts', fixture('sorenson-mp3'), file]);
    assert.equal(stderr, 'write: codec_unsupported\n');
    await assertSameSound(context, fixture('sorenson-mp3'), file);
  });
});

describe('fragmented MP4', { concurrency: 2 }, () => {
  const codecs: Readonly<Record<string, string>> = {
    sample: 'avc1.42C015,mp4a.40.2',
    'h264-mp3': 'avc1.42C00B,mp4a.40.34',
    'hevc-opus': 'hvc1.1.6.L30.90,opus',
    'av1-opus': 'av01.0.00M.08,opus',
    'opus-only': 'opus',
    'video-only': 'avc1.42C00B',
  };
  for (const [name, source] of Object.entries(sources)) {
    test(`of ${name} has every frame of it`, async (context) => {
      const { flv, original } = source();
      const result = await remux(context, 'fmp4', flv);
      if (codecs[name] !== undefined) assert.equal(result.codecs, codecs[name]);
      await assertSamePictures(context, original, result.muxed);
      await assertSameSound(context, original, result.muxed);
    });
  }

  test('is read by GStreamer without a complaint', async (context) => {
    const { muxed } = await remux(context, 'fmp4', fixture('h264-aac'));
    const video = ['d.', '!', 'queue', '!', 'h264parse', '!', 'avdec_h264', '!', 'fakesink'];
    const audio = ['d.', '!', 'queue', '!', 'aacparse', '!', 'avdec_aac', '!', 'fakesink'];
    const args = ['-q', 'filesrc', `location=${muxed}`, '!', 'qtdemux', 'name=d', ...video, ...audio];
    const { stderr } = await succeed(context, 'gst-launch-1.0', args);
    assert.equal(stderr, '');
  });
});
