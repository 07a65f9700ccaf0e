// Players that people have: each plays a URL over HTTP to its end, or for some seconds, and tells when what it decoded is shown.
// Anything that it has to say on the way is a failure.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { assertDecodes } from './media.js';
import { start, succeed } from './process.js';
import { temporaryFolder } from './servers.js';

/** What was decoded, in the order in which it came. */
export interface Shown {
  /** Milliseconds; a duration is 0 where the player does not say. */
  readonly time: number;
  readonly duration: number;
  /** Tells one size of pictures from another; 0 where the player does not say. */
  readonly bytes: number;
}

export interface Played {
  readonly video: readonly Shown[];
  readonly audio: readonly Shown[];
}

/** Seconds to play; absent: until the stream has ended. */
export type Play = (context: TestContext, url: string, seconds?: number) => Promise<Played>;

const patience = { seconds: 120 };
/** FLV and TS may get further tracks at any time; who waits for them five seconds sees the end of a short stream. */
const brief = ['-analyzeduration', '1500000'];

/** Reads ffmpeg's framemd5 of decoded frames. */
function readFrames(text: string): Played {
  const kinds = new Map<string, string>();
  const units = new Map<string, number>();
  for (const [, index = '', kind = ''] of text.matchAll(/^#media_type (\d+): (\w+)$/gm)) kinds.set(index, kind);
  for (const [, index = '', above, below] of text.matchAll(/^#tb (\d+): (\d+)\/(\d+)$/gm))
    units.set(index, (1000 * Number(above)) / Number(below));
  const of = (wanted: string): Shown[] =>
    text
      .split('\n')
      .map((line) => line.split(',').map((field) => field.trim()))
      .filter(([index = '']) => kinds.get(index) === wanted)
      .map(([index = '', , pts = '', duration = '', bytes = '']) => {
        const unit = units.get(index) ?? 0;
        return { time: Number(pts) * unit, duration: Number(duration) * unit, bytes: Number(bytes) };
      });
  return { video: of('video'), audio: of('audio') };
}

/**
 * What a player had to say. ffmpeg, and who uses it, calls the end of an answer without a length premature, which is how a live
 * stream ends: on a slow machine they get there although they were asked to play less.
 */
const complaints = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/Stream ends prematurely at \d+, should be 18446744073709551615/.test(line))
    .join('\n');

const ffmpeg: Play = async (context, url, seconds) => {
  const from = url.endsWith('.m3u8') ? ['-live_start_index', '0'] : [];
  const length = seconds === undefined ? [] : ['-t', String(seconds)];
  // Nothing is made up or left out to keep a rate, and pictures keep the size that they have.
  const timing = ['-fps_mode', 'passthrough', '-enc_time_base:v', '1:90000', '-autoscale', '0'];
  const args = ['-nostdin', '-v', 'error', ...brief, ...from, '-i', url, ...length, ...timing, '-f', 'framemd5', '-'];
  const { stdout, stderr } = await succeed(context, 'ffmpeg', args, patience);
  assert.equal(complaints(stderr), '', `ffmpeg complains about ${url}`);
  const { video, audio } = readFrames(stdout);
  // Its HLS reader (that of 5.1) has no duration for the first packet of sound that it finds in TS, also in lists that ffmpeg made.
  return { video, audio: audio.slice(url.endsWith('.m3u8') ? 5 : 0) };
};

// Its core warns of a slow machine only; what is wrong with a stream is told by other parts, or as an error.
const quietly = ['--no-config', '--msg-level=all=warn,cplayer=error', '--demuxer-lavf-analyzeduration=1.5'];

const mpv: Play = async (context, url, seconds) => {
  const file = join(temporaryFolder(context), 'frames');
  const output = [`--o=${file}`, '--of=framemd5', '--ovc=rawvideo', '--oac=pcm_s16le'];
  const length = seconds === undefined ? [] : [`--length=${String(seconds)}`];
  const args = [...quietly, ...length, ...output, url];
  const { stdout, stderr } = await succeed(context, 'mpv', args, patience);
  assert.equal(complaints(stdout + stderr), '', `mpv complains about ${url}`);
  return readFrames(readFileSync(file, 'utf8'));
};

/** mpv as people see it; as an encoder it knows one size of pictures only. Nobody is told what it shows. */
export async function watchWithMpv(context: TestContext, url: string, seconds?: number): Promise<void> {
  const length = seconds === undefined ? [] : [`--length=${String(seconds)}`];
  const args = [...quietly, '--vo=null', '--ao=null', '--untimed', ...length, url];
  const { stdout, stderr } = await succeed(context, 'mpv', args, patience);
  assert.equal(complaints(stdout + stderr), '', `mpv complains about ${url}`);
}

const converters = { video: 'videoconvert', audio: 'audioconvert' } as const;

const milliseconds = (clock: string): number => {
  const [hours, minutes, seconds] = clock.split(':').map(Number);
  return 1000 * ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0));
};

/**
 * GStreamer must be told which tracks there are. Of FLV they are taken by name: decodebin waits six seconds for a second
 * one. Otherwise it finds tsdemux or hlsdemux.
 */
export function gstreamer(tracks: readonly (keyof typeof converters)[]): Play {
  return async (context, url) => {
    const isFlv = url.endsWith('.flv');
    const pipeline = ['souphttpsrc', `location=${url}`, '!', isFlv ? 'flvdemux' : 'decodebin', 'name=d'];
    const outputs = tracks.flatMap((track) => {
      const decoded = isFlv ? [`d.${track}`, '!', 'queue', '!', 'decodebin'] : ['d.', '!', 'queue'];
      return [...decoded, '!', converters[track], '!', 'fakesink', `name=${track}`];
    });
    const args = ['-q', ...pipeline, ...outputs];
    // What the sinks themselves write as each buffer comes. (What -v shows may skip one and show the next one twice.)
    const log = join(temporaryFolder(context), 'log');
    const env = { ...process.env, GST_DEBUG: '1,basesink:5', GST_DEBUG_NO_COLOR: '1', GST_DEBUG_FILE: log };
    const { stdout, stderr } = await succeed(context, 'gst-launch-1.0', args, { ...patience, env });
    const text = readFileSync(log, 'utf8');
    const errors = text.split('\n').filter((line) => / (ERROR|WARN) /.test(line) && !/ basesink /.test(line));
    assert.equal(stdout + stderr + errors.join('\n'), '', `GStreamer complains about ${url}`);
    const pattern = /chain_unlocked:<(\w+)> got times start: ([\d:.]+), end: ([\d:.]+)/g;
    const shown = [...text.matchAll(pattern)].map(([, track, from = '', to = '']) => {
      return { track, time: milliseconds(from), duration: milliseconds(to) - milliseconds(from), bytes: 0 };
    });
    const of = (wanted: string) => shown.filter(({ track }) => track === wanted);
    return { video: of('video'), audio: of('audio') };
  };
}

/** Every fragment of a playlist, in its order; curl follows the list until the stream has ended. Then each decodes alone. */
async function fetchHls(context: TestContext, url: string, folder: string): Promise<Buffer> {
  const fragments = new Map<string, string>();
  for (;;) {
    const list = (await succeed(context, 'curl', ['-sSf', url], patience)).stdout;
    for (const uri of list.split('\n').filter((line) => line !== '' && !line.startsWith('#'))) {
      if (fragments.has(uri)) continue;
      const file = join(folder, `${String(fragments.size)}.ts`);
      await succeed(context, 'curl', ['-sSf', '-o', file, new URL(uri, url).href], patience);
      fragments.set(uri, file);
    }
    if (list.includes('#EXT-X-ENDLIST')) break;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const files = [...fragments.values()];
  files.forEach(assertDecodes);
  return Buffer.concat(files.map((file) => readFileSync(file)));
}

const curl: Play = async (context, url) => {
  const folder = join(temporaryFolder(context), 'fetched');
  mkdirSync(folder);
  const file = join(folder, 'all');
  if (url.endsWith('.m3u8')) writeFileSync(file, await fetchHls(context, url, folder));
  else await succeed(context, 'curl', ['-sSf', '-o', file, url], patience);
  return await ffmpeg(context, file);
};

/** Those that play whatever they find. */
export const realPlayers = { ffmpeg, mpv, curl } as const;

/** What ffprobe finds, sorted. */
export async function probe(context: TestContext, url: string): Promise<string[]> {
  const args = ['-v', 'error', ...brief, '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', url];
  const { stdout, stderr } = await start(context, 'ffprobe', args, patience).ended;
  assert.equal(stderr, '', `ffprobe complains about ${url}`);
  return [...new Set(stdout.trim().split('\n'))].filter((name) => name !== '').sort();
}
