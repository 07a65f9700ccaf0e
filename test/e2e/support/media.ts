// Test media, and the proof that what a player got is what was published: packet for packet, with the same steps in time.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, type Running } from './process.js';
import type { TestContext } from 'node:test';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const folder = join(root, 'dist', 'fixtures');

export const sampleFile = join(root, 'share', 'sample.flv');

const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=192x108:rate=25:duration=10'];
const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100:duration=10'];
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '25'];
const sorenson = ['-c:v', 'flv', '-g', '25', '-b:v', '200k'];
const aac = ['-c:a', 'aac', '-b:a', '64k'];
const mp3 = ['-c:a', 'libmp3lame', '-b:a', '64k'];

const recipes = {
  'h264-aac': [...picture, ...tone, ...h264, ...aac],
  /** Whoever joins it late gets all of it from its first picture on. */
  'one-gop': [...picture, ...tone, ...h264, '-g', '250', ...aac, '-t', '4'],
  'h264-mp3': [...picture, ...tone, ...h264, ...mp3],
  'h264-speex': [...picture, ...tone, ...h264, '-c:a', 'libspeex', '-ar', '16000', '-ac', '1'],
  'sorenson-mp3': [...picture, ...tone, ...sorenson, ...mp3],
  'audio-only': [...tone, ...aac],
  'video-only': [...picture, ...h264],
} as const;

export type Fixture = keyof typeof recipes;
/** Those of ten seconds that every player takes. */
export const fixtures = (Object.keys(recipes) as Fixture[]).filter((name) => name !== 'one-gop');

/** A FLV file of ten seconds, or of four, made by ffmpeg when it is first asked for. */
export function fixture(name: Fixture): string {
  const file = join(folder, `${name}.flv`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const making = join(folder, `${name}.${String(process.pid)}.flv`);
  const made = spawnSync('ffmpeg', ['-v', 'error', '-y', ...recipes[name], '-f', 'flv', making], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  renameSync(making, file);
  return file;
}

export type Kind = 'video' | 'audio';

export interface Packet {
  readonly kind: Kind;
  readonly dts: number;
  readonly hash: string;
}

/** Reads ffmpeg's framemd5 (of packets that were copied, in milliseconds). */
export function parsePackets(text: string): Packet[] {
  const kinds = new Map<string, Kind>();
  for (const [, index = '', kind] of text.matchAll(/^#media_type (\d+): (video|audio)$/gm))
    kinds.set(index, kind as Kind);
  return text
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const [index = '', dts = '', , , , hash = ''] = line.split(',').map((field) => field.trim());
      return { kind: kinds.get(index) ?? 'video', dts: Number(dts), hash };
    });
}

const copyAll = ['-map', '0:v?', '-map', '0:a?', '-c', 'copy', '-copyts'];

/** All packets of a file. */
export function packetsOf(file: string): Packet[] {
  const args = ['-v', 'error', '-i', file, ...copyAll, '-f', 'framemd5', '-'];
  const read = spawnSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(read.status, 0, `${file}: ${read.stderr}`);
  return parsePackets(read.stdout);
}

/** All that comes out of the decoders for a file, in order. */
export function framesOf(file: string): Packet[] {
  const args = ['-v', 'error', '-i', file, '-map', '0:v?', '-map', '0:a?', '-f', 'framemd5', '-'];
  return parsePackets(spawnSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout);
}

/** The hashes of one kind, in order. */
export const hashesOf = (packets: readonly Packet[], kind: Kind): string[] =>
  packets.filter((packet) => packet.kind === kind).map(({ hash }) => hash);

/** Cuts what is left of a tag from the end of a FLV file whose writer was stopped. */
export function trimFlv(file: string): void {
  const bytes = readFileSync(file);
  let end = 13;
  for (;;) {
    const next = end + 11 + 4 + (end + 4 <= bytes.length ? bytes.readUIntBE(end + 1, 3) : bytes.length);
    if (next > bytes.length) break;
    end = next;
  }
  truncateSync(file, end);
}

/** Decodes a whole file; ffmpeg must have nothing to say about it. */
export function assertDecodes(file: string): void {
  const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });
  assert.equal(decoded.stderr, '', `${file} does not decode cleanly`);
  assert.equal(decoded.status, 0);
}

/** Publishes a file in real time, as encoders do; `input` are ffmpeg's options for reading it. */
export function publishWithFfmpeg(
  context: TestContext,
  file: string,
  url: string,
  options: readonly string[] = [],
  input: readonly string[] = [],
): Running {
  const from = ['-re', ...input, '-i', file];
  return start(context, 'ffmpeg', ['-v', 'error', ...from, '-c', 'copy', ...options, '-f', 'flv', url]);
}

/** The same over and over, for tests that take as long as they take. */
export function publishForEver(
  context: TestContext,
  file: string,
  url: string,
  options: readonly string[] = [],
): Running {
  const loop = ['-v', 'error', '-re', '-stream_loop', '-1', '-i', file, '-c', 'copy', ...options, '-f', 'flv', url];
  return start(context, 'ffmpeg', loop, { seconds: 120 });
}

/** Plays some seconds with ffmpeg: all of it is decoded, and the packets are returned. Any complaint is a failure. */
export async function playWithFfmpeg(context: TestContext, url: string, seconds: number): Promise<Packet[]> {
  const duration = ['-t', String(seconds)];
  const decode = ['-map', '0:v?', '-map', '0:a?', ...duration, '-f', 'null', '-'];
  const args = ['-v', 'error', '-copyts', '-i', url, ...copyAll, ...duration, '-f', 'framemd5', 'pipe:1', ...decode];
  const { status, stdout, stderr, signal } = await start(context, 'ffmpeg', args, { seconds: seconds + 25 }).ended;
  assert.equal(stderr, '', `ffmpeg complains about ${url}`);
  assert.equal(status, 0, `ffmpeg ended by ${signal ?? 'its status'}`);
  return parsePackets(stdout);
}

interface Expectation {
  /** Fewest packets of each kind that make the test mean something. */
  readonly atLeast?: number;
  /** What a client may round. */
  readonly tolerance?: number;
  /** The latest first timestamp; players' clocks start near 0. */
  readonly startsBefore?: number;
}

/** Proves that `got` is a piece of `published` without a gap, error, or step in time. */
export function assertSameStream(
  published: readonly Packet[],
  got: readonly Packet[],
  expectation: Expectation = {},
): void {
  const { atLeast = 25, tolerance = 1, startsBefore = 500 } = expectation;
  for (const kind of ['video', 'audio'] as const) {
    const source = published.filter((packet) => packet.kind === kind);
    if (source.length === 0) continue;
    const copy = got.filter((packet) => packet.kind === kind);
    assert.ok(copy.length >= atLeast, `${kind}: only ${String(copy.length)} packets`);
    assert.ok(copy[0]!.dts < startsBefore && copy[0]!.dts >= 0, `${kind} starts at ${String(copy[0]!.dts)} ms`);
    const at = findPiece(source, copy);
    assert.ok(at >= 0, `${kind}: the ${String(copy.length)} packets are no gap-free piece of what was published`);
    const steps = copy.map((packet, index) => packet.dts - copy[0]!.dts - (source[at + index]!.dts - source[at]!.dts));
    const worst = Math.max(...steps.map(Math.abs));
    assert.ok(worst <= tolerance, `${kind}: timestamps are off by up to ${String(worst)} ms`);
  }
}

function findPiece(source: readonly Packet[], piece: readonly Packet[]): number {
  for (let at = 0; at + piece.length <= source.length; at += 1) {
    if (piece.every((packet, index) => packet.hash === source[at + index]!.hash)) return at;
  }
  return -1;
}
