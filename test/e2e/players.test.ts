// Real players play every stream as .flv, .ts and .m3u8: without a complaint, without a gap, also while its publisher comes
// back with other pictures and other sound.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fixture, publishWithFfmpeg } from './support/media.js';
import { start, type Running } from './support/process.js';
import {
  gstreamer,
  probe,
  realPlayers,
  type Play,
  type Played,
  type Shown,
  watchWithMpv,
} from './support/real_players.js';
import { freePort, startWeir, type Weir } from './support/servers.js';

const cases = {
  'h264-aac': { video: 'h264', audio: 'aac' },
  'h264-mp3': { video: 'h264', audio: 'mp3' },
  'audio-only': { audio: 'aac' },
  'video-only': { video: 'h264' },
} as const;

type Tracks = Partial<Record<'video' | 'audio', string>>;

/** Seconds that are published, and that are played at least. */
const published = 5;
const played = 3;
/** Pictures of a second. */
const rate = 25;

interface WithHttp extends Weir {
  readonly http: string;
  readonly file: string;
}

async function startServer(context: TestContext, wait: number): Promise<WithHttp> {
  const port = await freePort();
  const global = `http_server { enabled on; listen 127.0.0.1:${String(port)}; }`;
  const vhost = `republish_wait ${String(wait)};\nhls { enabled on; hls_fragment 1; hls_window 30; }`;
  const weir = await startWeir(context, { global, vhost });
  return { ...weir, http: `http://127.0.0.1:${String(port)}`, file: join(weir.folder, 'weir.conf') };
}

/** Until the log has so many lines like that. */
async function nthLine(weir: Weir, pattern: RegExp, count: number): Promise<void> {
  for (let seen = 0, found = 0; found < count; found++) {
    const line = await weir.process.lineFrom(seen, pattern);
    seen = weir.process.output().indexOf(line, seen) + line.length;
  }
}

/** Until so many play this stream over HTTP. */
const untilWatched = (weir: Weir, stream: string, viewers: number): Promise<void> =>
  nthLine(weir, new RegExp(`"type":"playing".*"stream":"${stream}"`), viewers);

/** An encoder with larger pictures and other sound than the fixtures have. */
function publishOther(context: TestContext, url: string, seconds: number): Running {
  const picture = ['-re', '-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=${String(rate)}`];
  const sound = ['-re', '-f', 'lavfi', '-i', 'sine=frequency=880:sample_rate=48000'];
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '25'];
  const audio = ['-c:a', 'aac', '-ac', '2', '-t', String(seconds)];
  const args = ['-nostdin', '-v', 'error', ...picture, ...sound, ...video, ...audio, '-f', 'flv', url];
  return start(context, 'ffmpeg', args, { seconds: 120 });
}

const playersOf = (tracks: Tracks): Record<string, Play> => ({
  ffmpeg: realPlayers.ffmpeg,
  curl: realPlayers.curl,
  GStreamer: gstreamer((['video', 'audio'] as const).filter((track) => track in tracks)),
});

/** Steps between what is shown that are not as long as what is shown, more or less. */
function stepsOff(shown: readonly Shown[], duration: (one: Shown) => number, tolerance: number): string[] {
  return shown.slice(1).flatMap((one, index) => {
    const before = shown[index]!;
    const step = one.time - before.time;
    return Math.abs(step - duration(before)) <= tolerance ? [] : [`${String(before.time)} + ${String(step)} ms`];
  });
}

/** `breaks`: how often a publisher came back; players that resample then fill and empty a buffer, less than a frame. */
function assertGapless(what: string, tracks: Tracks, { video, audio }: Played, breaks = 0): void {
  const lengths: Readonly<Record<string, number>> = {
    video: video.length / rate,
    audio: audio.reduce((sum, { duration }) => sum + duration, 0) / 1000,
  };
  for (const [kind, seconds] of Object.entries(lengths)) {
    assert.ok(kind in tracks ? seconds > played - 0.5 : seconds === 0, `${what}: ${String(seconds)} s of ${kind}`);
  }
  for (const [kind, off] of [
    ['video', stepsOff(video, () => 1000 / rate, 3)],
    ['audio', stepsOff(audio, ({ duration }) => duration, breaks > 0 ? 15 : 3)],
  ] as const) {
    assert.ok(off.length <= breaks, `${what}: ${kind} has gaps: ${off.join(', ')}`);
  }
}

/** ffmpeg, and who uses it, calls the end of an answer without a length an error. */
const secondsOf = (url: string): number | undefined => (url.endsWith('.m3u8') ? undefined : played);

function playOne(context: TestContext, url: string, name: string, play: Play): Promise<Played> {
  return play(context, url, name === 'ffmpeg' || name === 'mpv' ? secondsOf(url) : undefined);
}

/** All players of these URLs; each is checked when it has ended. `breaks`: as above. */
function playAll(context: TestContext, urls: readonly string[], tracks: Tracks, breaks = 0): Promise<void>[] {
  const players = { ...playersOf(tracks), ...(breaks === 0 ? { mpv: realPlayers.mpv } : {}) };
  return urls.flatMap((url) => [
    ...Object.entries(players).map(async ([name, play]) =>
      assertGapless(`${name} ${url}`, tracks, await playOne(context, url, name, play), breaks),
    ),
    ...(breaks === 0 ? [] : [watchWithMpv(context, url, secondsOf(url))]),
    probe(context, url).then((found) => assert.deepEqual(found, Object.values(tracks).sort())),
  ]);
}

/** Players who see both publishers. */
function playAcross(context: TestContext, url: string, tracks: Tracks) {
  const of = (ending: string) => [
    ...Object.entries(playersOf(tracks)).map(async ([name, play]) => {
      const got = await playOne(context, `${url}.${ending}`, name, play);
      assertGapless(`${name} .${ending}`, tracks, got, 1);
      if (name !== 'GStreamer')
        assert.equal(new Set(got.video.map(({ bytes }) => bytes)).size, 2, `${name} .${ending}`);
    }),
    watchWithMpv(context, `${url}.${ending}`, secondsOf(`${url}.${ending}`)),
  ];
  return { live: [...of('flv'), ...of('ts')], hls: of('m3u8') };
}

describe('players', { concurrency: 2 }, () => {
  for (const [name, tracks] of Object.entries(cases)) {
    test(`play ${name}`, async (context) => {
      const weir = await startServer(context, 0);
      const url = `${weir.http}/live/${name}`;
      const live = playAll(context, [`${url}.flv`, `${url}.ts`], tracks);
      await Promise.race([untilWatched(weir, name, live.length), Promise.all(live)]);
      const from = publishWithFfmpeg(context, fixture(name as keyof typeof cases), weir.url(name), [
        '-t',
        String(published),
      ]);
      await weir.logged({ type: 'hls', stream: name });
      const hls = playAll(context, [`${url}.m3u8`], tracks);
      await Promise.all([...live, ...hls]);
      assert.equal((await from.ended).stderr, '');
    });
  }

  test('play on when the publisher comes back with other pictures and other sound', async (context) => {
    const weir = await startServer(context, 60);
    const url = `${weir.http}/live/s`;
    const tracks = cases['h264-aac'];
    const first = publishWithFfmpeg(context, fixture('h264-aac'), weir.url('s'), ['-t', '2']);
    await weir.logged({ type: 'hls', stream: 's' });
    const across = playAcross(context, url, tracks);
    await Promise.race([untilWatched(weir, 's', across.live.length), Promise.all(across.live)]);
    assert.equal((await first.ended).stderr, '');
    const second = publishOther(context, weir.url('s'), published);
    await nthLine(weir, /"type":"published"/, 2);
    // Who joins before the first key frame begins with the last one of the first publisher.
    const after = playAll(
      context,
      ['flv', 'ts', 'm3u8'].map((ending) => `${url}.${ending}`),
      tracks,
      1,
    );
    // It is over for good when this one leaves.
    const seen = weir.process.output().length;
    writeFileSync(weir.file, readFileSync(weir.file, 'utf8').replace('republish_wait 60', 'republish_wait 0'));
    weir.process.child.kill('SIGHUP');
    await weir.process.lineFrom(seen, /"type":"reload"/);
    await Promise.all([...across.live, ...across.hls, ...after]);
    assert.equal((await second.ended).stderr, '');
  });
});
