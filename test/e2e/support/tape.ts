// Endless media out of short clips, as fast as they can be sent: clips are made by ffmpeg once and played in a loop, in any order,
// with or without one of their tracks, on one clock.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { readFlv, type FlvTag } from './engine.js';
import { writeEnhancedFlv } from './flv_writer.js';
import { type as messageType } from './rtmp_client.js';
import { repository } from './servers.js';

const picture = (size: string, seconds: number) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=size=${size}:rate=25:duration=${seconds}`,
];
const tone = (rate: number, seconds: number) => [
  '-f',
  'lavfi',
  '-i',
  `sine=frequency=330:sample_rate=${rate}:duration=${seconds}`,
];
const h264 = (gop: number) => {
  const speed = ['-preset', 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-crf', '38'];
  return ['-c:v', 'libx264', ...speed, '-g', `${gop}`, '-keyint_min', `${gop}`, '-sc_threshold', '0'];
};
const hevc = ['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '38', '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1'];
const quiet = ['-x265-params', 'log-level=none:keyint=50:bframes=0'];
const aac = ['-c:a', 'aac', '-b:a', '32k'];
const mp3 = ['-c:a', 'libmp3lame', '-b:a', '32k', '-write_xing', '0'];

/** Seconds, and the arguments of ffmpeg. */
const recipes = {
  small: [...picture('192x108', 12), ...tone(44100, 12), ...h264(25), ...aac],
  large: [...picture('320x180', 12), ...tone(48000, 12), ...h264(50), ...aac],
  mp3: [...picture('192x108', 12), ...tone(44100, 12), ...h264(25), ...mp3],
  hevc: [...picture('192x108', 12), ...tone(44100, 12), ...hevc, ...quiet, ...aac],
  /** One key frame. */
  drought: [...picture('192x108', 24), ...tone(44100, 24), ...h264(1000), ...aac],
} as const;

export type ClipName = keyof typeof recipes;

export interface Clip {
  readonly name: ClipName;
  /** Decoder configurations. */
  readonly headers: readonly FlvTag[];
  readonly frames: readonly FlvTag[];
  /** Milliseconds until it can begin again. */
  readonly length: number;
}

/** Decoder configurations, which are no frames. */
export function isHeader({ type, payload }: FlvTag): boolean {
  const first = payload.readUInt8(0);
  if (type === messageType.audio) return first >> 4 === 9 ? (first & 15) === 0 : first >> 4 === 10 && payload[1] === 0;
  return first & 0x80 ? (first & 15) === 0 : payload[1] === 0;
}

/** ffmpeg's last tag of H.264 and HEVC, which is no frame either and would come at the end of each loop. */
function isSequenceEnd({ type, payload }: FlvTag): boolean {
  if (type === messageType.audio) return false;
  const first = payload.readUInt8(0);
  return first & 0x80 ? (first & 15) === 2 : payload[1] === 2;
}

const clips = new Map<ClipName, Clip>();

export function clip(name: ClipName): Clip {
  const known = clips.get(name);
  if (known) return known;
  const tags = readFlv(made(name)).filter((tag) => !isSequenceEnd(tag));
  const frames = tags.filter((tag) => !isHeader(tag));
  const end = (type: number) => {
    const times = frames.filter((frame) => frame.type === type).map(({ timestamp }) => timestamp);
    const [before, last] = times.slice(-2);
    assert.ok(before !== undefined && last !== undefined, name);
    return last + (last - before);
  };
  const length = Math.max(end(messageType.video), end(messageType.audio));
  const made_: Clip = { name, headers: tags.filter(isHeader), frames, length };
  clips.set(name, made_);
  return made_;
}

function made(name: ClipName): string {
  const folder = join(repository, 'dist', 'fixtures');
  const file = join(folder, `clip-${name}.flv`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const making = join(folder, `clip-${name}.${String(process.pid)}`);
  const isEnhanced = name === 'hevc';
  const target = isEnhanced ? `${making}.mp4` : `${making}.flv`;
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...recipes[name], target], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  if (isEnhanced) writeEnhancedFlv(target, `${making}.flv`);
  renameSync(`${making}.flv`, file);
  return file;
}

/** Plays clips one after the other; its clock goes on. */
export class Tape {
  time = 0;
  /** Whose headers were sent last, for each track. */
  private readonly headersOf = new Map<number, ClipName>();

  /** At least so many milliseconds of a clip, whole loops, with all tracks or one. Headers come with every other clip. */
  *play(name: ClipName, milliseconds: number, tracks: 'all' | 'audio' | 'video' = 'all'): Generator<FlvTag> {
    const { headers, frames, length } = clip(name);
    const wanted = ({ type }: FlvTag) => tracks === 'all' || (tracks === 'audio') === (type === messageType.audio);
    for (const tag of headers.filter((header) => wanted(header) && this.headersOf.get(header.type) !== name)) {
      this.headersOf.set(tag.type, name);
      yield { ...tag, timestamp: this.time };
    }
    for (const end = this.time + milliseconds; this.time < end; this.time += length) {
      for (const tag of frames) if (wanted(tag)) yield { ...tag, timestamp: this.time + tag.timestamp };
    }
  }

  /** As an encoder that was started anew: from 0, headers first. */
  restart(): void {
    this.time = 0;
    this.headersOf.clear();
  }
}
