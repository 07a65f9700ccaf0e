// Real clients publish and play: what they get is, packet for packet, what was published, and it decodes without a complaint.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import {
  assertDecodes,
  assertSameStream,
  fixture,
  fixtures,
  packetsOf,
  playWithFfmpeg,
  publishWithFfmpeg,
  trimFlv,
  type Fixture,
} from './support/media.js';
import { succeed, start } from './support/process.js';
import { startNginx, startWeir, temporaryFolder, type Weir } from './support/servers.js';

/** Players are closed as soon as the publisher has gone, so that those which can't be told to stop end by themselves. */
const endsWithPublisher = { vhost: 'republish_wait 0; republish_end close;' };

/** Records with rtmpdump until the server ends the stream. */
async function recordWithRtmpdump(context: TestContext, url: string): Promise<string> {
  const file = join(temporaryFolder(context), 'rtmpdump.flv');
  await start(context, 'rtmpdump', ['-q', '-v', '-r', url, '-o', file], { seconds: 40 }).ended;
  return file;
}

/**
 * Records with a GStreamer source until the publisher has gone. rtmpsrc connects again when the server ends the stream, so
 * that it must be stopped; what is in the file then ends within a tag.
 */
async function recordWithGStreamer(context: TestContext, source: string, weir: Weir, url: string): Promise<string> {
  const file = join(temporaryFolder(context), `${source}.flv`);
  const location = source === 'rtmpsrc' ? `${url} live=1` : url;
  const sink = ['filesink', 'buffer-mode=unbuffered', `location=${file}`];
  const recording = start(context, 'gst-launch-1.0', ['-q', source, `location=${location}`, '!', ...sink], {
    seconds: 40,
  });
  await weir.logged({ type: 'unpublished' });
  await weir.logged({ type: 'closed', reason: 'republish_timeout' });
  await recording.stop();
  trimFlv(file);
  return file;
}

function publishWithGStreamer(context: TestContext, sink: string, file: string, url: string) {
  const demux = ['filesrc', `location=${file}`, '!', 'flvdemux', 'name=d'];
  const video = ['d.video', '!', 'queue', '!', 'm.video'];
  const audio = ['d.audio', '!', 'queue', '!', 'm.audio'];
  const mux = ['flvmux', 'name=m', 'streamable=true', '!', sink, `location=${url}`];
  return succeed(context, 'gst-launch-1.0', ['-q', ...demux, ...video, ...audio, ...mux], { seconds: 40 });
}

async function probe(context: TestContext, url: string): Promise<string[]> {
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', url];
  const { stdout, stderr } = await succeed(context, 'ffprobe', args);
  assert.equal(stderr, '');
  return stdout.trim().split('\n').sort();
}

const codecs: Readonly<Record<Fixture, readonly string[]>> = {
  'h264-aac': ['aac', 'h264'],
  'one-gop': ['aac', 'h264'],
  'h264-mp3': ['h264', 'mp3'],
  'h264-speex': ['h264', 'speex'],
  'sorenson-mp3': ['flv1', 'mp3'],
  'audio-only': ['aac'],
  'video-only': ['h264'],
};

function assertRecorded(original: string, recorded: string, startsBefore = 500): void {
  assertDecodes(recorded);
  assertSameStream(packetsOf(original), packetsOf(recorded), { atLeast: 150, startsBefore });
}

describe('ffmpeg publishes', { concurrency: 3 }, () => {
  for (const name of fixtures) {
    test(`${name}, and ffmpeg, ffprobe and rtmpdump play it without error or gap`, async (context) => {
      const weir = await startWeir(context, endsWithPublisher);
      const url = weir.url(name);
      const file = fixture(name);
      const playing = playWithFfmpeg(context, url, 3);
      const probing = probe(context, url);
      const recording = recordWithRtmpdump(context, url);
      await weir.logged({ type: 'playing' });
      const publishing = publishWithFfmpeg(context, file, url);
      assertSameStream(packetsOf(file), await playing);
      assert.deepEqual(await probing, codecs[name]);
      assert.equal((await publishing.ended).stderr, '');
      assertRecorded(file, await recording);
    });
  }

  test('a player that comes late starts at a key frame with a clock near 0', async (context) => {
    const weir = await startWeir(context);
    const url = weir.url('late');
    const file = fixture('h264-aac');
    const publishing = publishWithFfmpeg(context, file, url);
    // The first player has seen three seconds go by when it ends.
    await playWithFfmpeg(context, url, 3);
    const late = await playWithFfmpeg(context, url, 3);
    const source = packetsOf(file).filter(({ kind }) => kind === 'video');
    const first = late.find(({ kind }) => kind === 'video');
    const index = source.findIndex(({ hash }) => hash === first?.hash);
    assert.equal(index % 25, 0, `the first picture is number ${String(index)}, and every 25th is a key frame`);
    assert.ok(index > 0);
    assertSameStream(packetsOf(file), late);
    await publishing.stop();
  });
});

describe('GStreamer', { concurrency: 3 }, () => {
  for (const source of ['rtmpsrc', 'rtmp2src']) {
    test(`${source} plays`, async (context) => {
      const weir = await startWeir(context, endsWithPublisher);
      const url = weir.url('gst');
      const file = fixture('h264-aac');
      const recording = recordWithGStreamer(context, source, weir, url);
      await weir.logged({ type: 'playing' });
      publishWithFfmpeg(context, file, url);
      assertRecorded(file, await recording);
    });
  }

  for (const sink of ['rtmpsink', 'rtmp2sink']) {
    test(`${sink} publishes`, async (context) => {
      const weir = await startWeir(context, endsWithPublisher);
      const url = weir.url('gst');
      const file = fixture('h264-aac');
      const recording = recordWithRtmpdump(context, url);
      await weir.logged({ type: 'playing' });
      await publishWithGStreamer(context, sink, file, url);
      assertRecorded(file, await recording);
    });
  }
});

describe('nginx-rtmp', { concurrency: 2 }, () => {
  test('pulls from weir', async (context) => {
    const weir = await startWeir(context);
    const nginx = await startNginx(context, `pull ${weir.url('s')} name=s live=1;`);
    const file = fixture('h264-aac');
    const publishing = publishWithFfmpeg(context, file, weir.url('s'));
    await weir.logged({ type: 'published' });
    assertSameStream(packetsOf(file), await playWithFfmpeg(context, nginx.url('s'), 3), { startsBefore: 5000 });
    await publishing.stop();
  });

  test('pushes to weir', async (context) => {
    const weir = await startWeir(context, endsWithPublisher);
    const nginx = await startNginx(context, `push rtmp://127.0.0.1:${String(weir.port)}/live;`);
    const file = fixture('h264-aac');
    const recording = recordWithRtmpdump(context, weir.url('s'));
    await weir.logged({ type: 'playing' });
    publishWithFfmpeg(context, file, nginx.url('s'));
    // nginx-rtmp sends sound at once, pictures from the next key frame on.
    assertRecorded(file, await recording, 1500);
  });
});

/** Where 24 bits of milliseconds are about to run out, and after five hours. */
const clocks = { '16 777 000 ms': 16_777, '5 hours': 18_000 } as const;

async function playEverywhere(context: TestContext, weir: Weir, file: string, offset: number): Promise<void> {
  const url = weir.url('clock');
  const nginx = await startNginx(context, `pull ${url} name=clock live=1;`);
  const recordings = [
    recordWithRtmpdump(context, url),
    recordWithGStreamer(context, 'rtmpsrc', weir, url),
    recordWithGStreamer(context, 'rtmp2src', weir, url),
  ];
  const playing = playWithFfmpeg(context, url, 3);
  const relayed = playWithFfmpeg(context, nginx.url('clock'), 3);
  await weir.logged({ type: 'playing' });
  publishWithFfmpeg(context, file, url, ['-output_ts_offset', String(offset)]);
  const published = packetsOf(file);
  assertSameStream(published, await playing);
  assertSameStream(published, await relayed, { startsBefore: 5000 });
  for (const recorded of await Promise.all(recordings)) assertRecorded(file, recorded);
}

describe('a publisher whose clock starts at', { concurrency: 2 }, () => {
  for (const [name, offset] of Object.entries(clocks)) {
    test(`${name} plays everywhere with a clock near 0`, async (context) => {
      const weir = await startWeir(context, endsWithPublisher);
      await playEverywhere(context, weir, fixture('h264-aac'), offset);
    });
  }
});
