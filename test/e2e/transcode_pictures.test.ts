// What transcodes make, by its pixels and samples: filters, pictures left out, and streams that are copied.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { Streams } from './support/api.js';
import { fixture, packetsOf, publishForEver, type Kind } from './support/media.js';
import { start } from './support/process.js';
import { temporaryFolder } from './support/servers.js';
import { engine, startTranscoding, transcode } from './support/transcodes.js';

const run = promisify(execFile);
const patient = { encoding: 'buffer', timeout: 60_000, killSignal: 'SIGKILL', maxBuffer: 1 << 26 } as const;
const [width, height] = [160, 90];
/** Else ffmpeg looks for pictures for seconds where there is only sound. */
const soon = ['-analyzeduration', '500000'];
const cheap = 'vpreset ultrafast; vparams { g 10; } ';

type Colour = readonly [number, number, number];

/** Left half red, right half blue, and a tone of 440 Hz. */
function publishHalves(context: TestContext, url: string): void {
  const halves = `color=red:s=160x90:r=10,drawbox=x=80:y=0:w=80:h=90:color=blue:t=fill`;
  const input = ['-re', '-f', 'lavfi', '-i', halves, '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '10', '-c:a', 'aac'];
  start(context, 'ffmpeg', ['-v', 'error', ...input, ...codecs, '-f', 'flv', url], { seconds: 120 });
}

/** The first picture that a player gets. */
async function pictureOf(url: string, wide = width): Promise<(x: number, y: number) => Colour> {
  const args = ['-v', 'error', ...soon, '-i', url, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
  const { stdout } = await run('ffmpeg', args, patient);
  assert.equal(stdout.length, wide * height * 3, 'the picture has another size');
  return (x, y) => [...stdout.subarray((y * wide + x) * 3, (y * wide + x) * 3 + 3)] as unknown as Colour;
}

function nameOf([red, green, blue]: Colour): string {
  const [isRed, isGreen, isBlue] = [red > 128, green > 96, blue > 128];
  if (isRed && isGreen && isBlue) return 'white';
  return isRed ? 'red' : isGreen ? 'green' : isBlue ? 'blue' : 'black';
}

async function logoOf(context: TestContext): Promise<string> {
  const file = join(temporaryFolder(context), 'logo.png');
  await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=0x00ff00:s=20x20', '-frames:v', '1', file], patient);
  return file;
}

describe('transcode: pictures and sound', { concurrency: 2 }, () => {
  test('a logo, a piece, a text, a mirror and the sound alone are what was asked for', async (context) => {
    const filtered = (name: string, filter: string) =>
      engine(name, { vcodec: 'libx264', more: `vfilter { ${filter} } ${cheap}` });
    const sound = { vcodec: 'vn', acodec: 'aac', more: 'asample_rate 22050; achannels 1; abitrate 48;' };
    const engines = [
      filtered('logo', `i ${await logoOf(context)}; filter_complex 'overlay=10:10';`),
      filtered('crop', "vf 'crop=80:90:0:0';"),
      filtered('text', "vf 'drawtext=text=LIVE:x=4:y=20:fontsize=60:fontcolor=white';"),
      filtered('mirror', 'vf hflip;'),
      engine('sound', sound),
    ];
    const weir = await startTranscoding(context, { vhost: transcode(engines.join('')) });
    publishHalves(context, weir.url('s'));
    const made = ['logo', 'crop', 'text', 'mirror', 'sound'].map((name) => `s_${name}`);
    await Promise.all(made.map((stream) => weir.logged({ type: 'published', stream })));

    const [logo, crop, text, mirror] = await Promise.all([
      ...['s_logo'].map((stream) => pictureOf(weir.url(stream))),
      pictureOf(weir.url('s_crop'), 80),
      ...['s_text', 's_mirror'].map((stream) => pictureOf(weir.url(stream))),
    ]);
    const names = (picture: typeof logo, ...places: [number, number][]) =>
      places.map(([x, y]) => nameOf(picture!(x, y)));
    assert.deepEqual(names(logo, [20, 20], [40, 40], [120, 45]), ['green', 'red', 'blue']);
    assert.deepEqual(names(crop, [5, 5], [75, 85]), ['red', 'red']);
    assert.deepEqual(names(mirror, [40, 45], [120, 45]), ['blue', 'red']);
    const places = Array.from({ length: width * height }, (_, at): [number, number] => [
      at % width,
      Math.floor(at / width),
    ]);
    const white = names(text, ...places).filter((name) => name === 'white').length;
    assert.ok(white > 300 && white < (width * height) / 2, `${String(white)} pixels are white`);
    assert.deepEqual(names(text, [2, 2], [157, 2]), ['red', 'blue']);

    await assertTone(weir.url('s_sound'));
    // Its figures are those of a moment ago.
    const sounding = ({ streams }: Streams) => streams.find(({ name, frames }) => name === 's_sound' && frames > 0);
    const reply = await weir.until<Streams>('/api/v1/streams', (streams) => sounding(streams) !== undefined);
    assert.equal(sounding(reply)?.video, null);
  });

  test('what is copied is the source packet for packet, also into a file', async (context) => {
    const source = fixture('h264-aac');
    const folder = temporaryFolder(context);
    const weir = await startTranscoding(context, {
      vhost: transcode(engine('file', { output: `${folder}/[stream]-[engine].flv` })),
    });
    const published = publishForEver(context, source, weir.url('a b'), ['-rtmp_playpath', 'a b']);
    await weir.engineIs('file', ({ frames }) => frames > 50);
    await published.stop('SIGINT');
    await weir.logged({ type: 'transcode', engine: 'file', state: 'stopped' });
    const file = join(folder, 'a b-file.flv');
    const printed = readFileSync(join(weir.logs, 'ffmpeg-encoder-__defaultVhost__-live-a_b-file.log'), 'utf8');
    assert.ok(statSync(file).size > 1000, printed);
    for (const kind of ['video', 'audio'] as const) assertCopied(kind, source, file);
  });

  test('sound that is MP3 or Speex becomes AAC beside the picture as it was', async (context) => {
    const folder = temporaryFolder(context);
    const sound = { acodec: 'aac', more: 'abitrate 64; asample_rate 22050; achannels 1;' };
    const weir = await startTranscoding(context, {
      vhost: transcode(engine('sound', { ...sound, output: `${folder}/[stream].flv` })),
    });
    for (const name of ['h264-mp3', 'h264-speex'] as const) {
      const published = publishForEver(context, fixture(name), weir.url(name));
      await weir.engineIs('sound', (one) => one.name === name && one.frames > 60);
      await published.stop('SIGINT');
      await weir.logged({ type: 'transcode', engine: 'sound', stream: name, state: 'stopped' });
      const file = join(folder, `${name}.flv`);
      const { stdout } = await run('ffprobe', [
        '-v',
        'error',
        '-show_entries',
        'stream=codec_name',
        '-of',
        'csv=p=0',
        file,
      ]);
      assert.deepEqual(stdout.trim().split('\n').sort(), ['aac', 'h264']);
      assertCopied('video', fixture(name), file);
      await assertTone(file, 1);
    }
  });
});

/** The file has a piece of the source, which was published in a loop, packet for packet. */
function assertCopied(kind: Kind, source: string, file: string): void {
  const hashes = (of: string) => packetsOf(of).flatMap((one) => (one.kind === kind ? [one.hash] : []));
  const [given, got] = [hashes(source), hashes(file)];
  const all = [...given, ...given, ...given].join(' ');
  assert.ok(got.length > 30 && all.includes(got.join(' ')), `the ${kind} of the copy is not that of the source`);
}

/** `from`: seconds into it. */
async function assertTone(url: string, from = 0): Promise<void> {
  const args = [
    '-v',
    'error',
    ...soon,
    '-i',
    url,
    '-ss',
    String(from),
    '-t',
    '1.2',
    '-map',
    '0:a',
    '-f',
    's16le',
    'pipe:1',
  ];
  const { stdout } = await run('ffmpeg', args, patient);
  const samples = new Int16Array(new Uint8Array(stdout).buffer).subarray(2205, 2205 + 22050);
  assert.equal(samples.length, 22050, 'a second of one channel at 22050 Hz');
  const crossings = samples.filter((sample, at) => at > 0 && sample >= 0 && samples[at - 1]! < 0).length;
  assert.ok(Math.abs(crossings - 440) < 10, `the tone has ${String(crossings)} Hz`);
}
