// Hours of media in minutes: republishes, key frames that don't come, phases without video, other codecs. Every playlist keeps
// RFC 8216, every fragment decodes alone, and all of them are one clean stream. WEIR_HLS_MINUTES says how much; 120 is the two
// hours that a release has to pass.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, test, type TestContext } from 'node:test';
import { HlsChecker } from '../../src/hls_check/checker.js';
import type { Segment } from '../../src/hls_check/list.js';
import { TsChecker } from '../../src/ts_info/check.js';
import { packetSize, readPacket } from '../../src/ts_info/packet.js';
import { readPat, readPmt, type StreamEntry } from '../../src/ts_info/tables.js';
import { sendTags, type FlvTag, type TestEngine } from './support/engine.js';
import { recordHls, type Recorder } from './support/hls_recorder.js';
import { publisher } from './support/rtmp_client.js';
import { isHeader, Tape, type ClipName } from './support/tape.js';

const minutes = Number(process.env['WEIR_HLS_MINUTES'] ?? 4);
const millis = 60_000;
/** Milliseconds of media that may be on their way, so that each fragment is in some list. */
const ahead = 1000;
/** Nanoseconds for what was sent to be taken. */
const patience = 30_000_000_000n;

/** The same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Publish {
  readonly phases: readonly Phase[];
}

interface Phase {
  readonly clip: ClipName;
  readonly tracks: 'all' | 'audio';
  readonly milliseconds: number;
}

/** Everything that happens to a stream comes early, then again and again. */
function script(total: number): Publish[] {
  const next = random(8216);
  const between = (least: number, most: number) => Math.round(least + next() * (most - least));
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const phase = (clip: ClipName, milliseconds: number, tracks: Phase['tracks'] = 'all') => ({
    clip,
    tracks,
    milliseconds,
  });
  const first: Publish[] = [
    { phases: [phase('small', 20_000), phase('small', 24_000, 'audio'), phase('small', 12_000)] },
    // The same encoder comes back.
    { phases: [phase('small', 12_000), phase('large', 24_000)] },
    { phases: [phase('drought', 24_000), phase('small', 12_000)] },
    { phases: [phase('mp3', 24_000)] },
    { phases: [phase('hevc', 24_000)] },
    { phases: [phase('small', 12_000, 'audio')] },
  ];
  const publishes = [...first];
  const length = () =>
    publishes.flatMap(({ phases }) => phases).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  while (length() < total) {
    const phases = Array.from({ length: between(1, 4) }, () =>
      phase(
        pick(['small', 'small', 'large', 'mp3', 'hevc', 'drought']),
        between(1000, 60_000),
        next() < 0.15 ? 'audio' : 'all',
      ),
    );
    publishes.push({ phases });
  }
  return publishes;
}

const framesOf = (host: TestEngine): number => {
  const stream = host.engine.stats().streams[0];
  return stream ? stream.videoFrames + stream.audioFrames : 0;
};

/** As fast as the server takes it, but no list is skipped: what was sent has been cut and told before more is sent. */
async function publish(recorder: Recorder, tape: Tape, { phases }: Publish): Promise<void> {
  const { host } = recorder;
  const ended = host.nth('unpublished', host.eventsOf('unpublished').length + 1);
  const { client, id } = await publisher(host.port, 's');
  client.setChunkSize(60_000);
  tape.restart();
  let waiting: FlvTag[] = [];
  let played = 0;
  let frames = framesOf(host);
  const flush = async () => {
    sendTags({ client, id }, waiting);
    frames += waiting.filter((tag) => !isHeader(tag)).length;
    const time = waiting.at(-1)?.timestamp ?? played;
    waiting = [];
    const until = process.hrtime.bigint() + patience;
    while (framesOf(host) < frames) {
      if (process.hrtime.bigint() > until) {
        throw new Error(`${String(framesOf(host))} of ${String(frames)} frames, ${JSON.stringify(host.events.at(-1))}`);
      }
      await turn();
    }
    // A frame is counted after its events were raised; they come with the next turn.
    await turn();
    recorder.wait(Math.max(0, time - played));
    played = Math.max(played, time);
  };
  for (const { clip, milliseconds, tracks } of phases) {
    for (const tag of tape.play(clip, milliseconds, tracks)) {
      waiting.push(tag);
      if (tag.timestamp - played > ahead) await flush();
    }
  }
  await flush();
  client.command('deleteStream', [null, id]);
  await ended;
  client.end();
}

/** All segments that were listed, each playlist checked. */
function checkLists(lists: readonly string[]): { segments: Segment[]; raises: number } {
  const checker = new HlsChecker();
  const segments: Segment[] = [];
  for (const text of lists) {
    const { faults, added } = checker.take(text);
    assert.deepEqual(faults, [], text);
    segments.push(...added);
  }
  assert.ok(lists.at(-1)?.endsWith('#EXT-X-ENDLIST\n') === false, 'it waits for the next publisher');
  for (const [index, { sequence }] of segments.entries()) assert.equal(sequence, segments[0]!.sequence + index);
  return { segments, raises: checker.counts.raises };
}

/** What ffmpeg has to say about a file. */
function complaints(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-f', 'mpegts', '-i', file, '-f', 'null', '-'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? text : `${text} (status ${String(code)})`));
  });
}

async function assertEachDecodes(files: readonly string[]): Promise<void> {
  const left = [...files];
  const bad: string[] = [];
  const worker = async () => {
    for (let file = left.pop(); file; file = left.pop()) {
      const text = await complaints(file);
      if (text) bad.push(`${file}: ${text.slice(0, 500)}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  assert.deepEqual(bad, []);
}

function assertCleanTs(files: readonly string[]): void {
  const checker = new TsChecker();
  for (const file of files) checker.push(readFileSync(file));
  const { faults, faultCount } = checker.report();
  assert.deepEqual(faults, [], `${String(faultCount)} faults`);
}

/** What the PMTs of a file list, in order: also a track without a frame, for which ffmpeg opens a decoder too. */
function listed(file: string): StreamEntry[] {
  const bytes = readFileSync(file);
  const entries: StreamEntry[] = [];
  let pmtPid = -1;
  for (let at = 0; at < bytes.length; at += packetSize) {
    const packet = readPacket(bytes.subarray(at));
    assert.ok(typeof packet !== 'string', file);
    if (packet.pid === 0) pmtPid = Number(readPat(packet.payload));
    if (packet.pid !== pmtPid) continue;
    const pmt = readPmt(packet.payload);
    assert.ok(typeof pmt !== 'string', file);
    entries.push(...pmt.streams);
  }
  return entries;
}

/** ffmpeg opens one decoder for each PID: where a PID gets another codec, another file begins. */
function runsOfOneCodec(files: readonly string[]): string[][] {
  const runs: string[][] = [];
  const codecs = new Map<number, string>();
  for (const file of files) {
    const entries = listed(file);
    const changes = entries.some(({ pid, codec }) => (codecs.get(pid) ?? codec) !== codec);
    if (changes || runs.length === 0) {
      runs.push([]);
      codecs.clear();
    }
    for (const { pid, codec } of entries) codecs.set(pid, codec);
    runs.at(-1)?.push(file);
  }
  return runs;
}

async function play(context: TestContext, directives: string): Promise<Recorder> {
  const recorder = recordHls(context, directives);
  const tape = new Tape();
  for (const each of script(minutes * millis)) await publish(recorder, tape, each);
  await recorder.written();
  return recorder;
}

describe('HLS of a stream that has seen everything', () => {
  test(`${String(minutes)} minutes keep RFC 8216, and decode`, async (context) => {
    const recorder = await play(context, 'hls_fragment 3; hls_window 30;');
    const { segments, raises } = checkLists(recorder.lists);
    const length = segments.reduce((sum, { duration }) => sum + duration, 0);
    assert.ok(length > minutes * 60 * 0.98, `${length.toFixed(0)} s are listed`);
    assert.ok(segments.some(({ discontinuity }) => discontinuity));
    const breaks = segments.filter(({ discontinuity }) => discontinuity).length;
    context.diagnostic(
      `${recorder.lists.length} playlists, ${segments.length} fragments of ${length.toFixed(0)} s, ${breaks} discontinuities, ${raises} raises`,
    );
    const files = segments.map(({ uri }) => recorder.files.get(uri.replace(/\?.*/, '')) ?? assert.fail(uri));
    assertCleanTs(files);
    await assertEachDecodes(files);
    const runs = runsOfOneCodec(files);
    assert.ok(runs.length > 3 && runs.length < files.length / 3);
    const joined = runs.map((run, index) => {
      const whole = join(recorder.folder, `run-${String(index)}.ts`);
      for (const file of run) appendFileSync(whole, readFileSync(file));
      return whole;
    });
    await assertEachDecodes(joined);
  });
});
