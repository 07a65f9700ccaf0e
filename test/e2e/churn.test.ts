// Coming and going for ever: publishers, players of every protocol, reloads and hooks at random. Now and then all leave, and
// then the server must hold what it held before: no descriptor more, no stream, no client, and memory that does not grow.
// WEIR_CHURN_MINUTES=30 for so long; then the slope of its memory is asserted too, and a table of it printed.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startWithApi, type WithApi } from './support/api.js';
import { crowd, type Counts } from './support/crowd.js';
import { footprintOf, lineThrough, type Footprint } from './support/footprint.js';
import { collectorOf, inspectable, type Collector } from './support/heap.js';
import { randomFrom, type Random } from './support/random.js';
import { temporaryFolder } from './support/servers.js';

const minutes = Number(process.env['WEIR_CHURN_MINUTES'] ?? 0);
const isLong = minutes > 0;
const seed = Number(process.env['WEIR_CHURN_SEED'] ?? (process.env['CI'] ? 1 : Date.now() % 1_000_000));
/** Seconds of coming and going before all leave. */
const actLength = isLong ? 15 : 1.5;
const acts = isLong ? Math.ceil((minutes * 60) / actLength) : 2;
/** Memory is judged when caches, pools and V8's heap have their size. */
const settled = 1 / 3;
/**
 * MiB: what the memory of this server moves by though the same is held. malloc keeps up to 128 KiB free at the end of each thread's
 * arena (mallopt(3), M_TRIM_THRESHOLD), V8 part of a page of 256 KiB in each of its spaces. Over the judged twenty minutes some
 * 80 000 connections come and go: if one in two left malloc's smallest piece behind, 32 bytes, that would be more than this.
 */
const noise = 1;
const patience = 20_000;
const MiB = 2 ** 20;

/** Each is off or on by the throw of a coin. */
const changes = [
  ...[
    'gop_cache off;',
    'queue_length 5;',
    'chunk_size 4096;',
    'mw_latency 0;',
    'publish_takeover on;',
    'play_wait off;',
  ],
  ...[
    'republish_wait 0.3;',
    'max_players 3;',
    'max_per_ip 500;',
    'republish_end keep;',
    'atc on;',
    'time_jitter zero;',
  ],
];

/** A back end that allows all, and remembers nothing. */
async function yesSayer(context: TestContext): Promise<string> {
  const server = createServer({ keepAliveTimeout: 1000 }, (asked, answer) => {
    asked.resume().on('end', () => answer.end('0'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

interface Server extends WithApi {
  /** Where its HLS is. */
  readonly files: string;
  readonly collector: Collector;
}

async function startServer(context: TestContext): Promise<Server> {
  const url = await yesSayer(context);
  const files = temporaryFolder(context);
  const events = ['on_connect', 'on_publish', 'on_unpublish', 'on_play', 'on_stop', 'on_close'];
  const hooks = `http_hooks { enabled on; ${events.map((event) => `${event} ${url};`).join(' ')} }`;
  const hls = `hls { enabled on; hls_path ${files}; hls_fragment 0.4; hls_window 2; hls_dispose 0.5; hls_grant 1; }`;
  const vhost = `republish_wait 0; ${hooks} ${hls}`;
  const weir = await startWithApi(context, { vhost, env: inspectable, seconds: minutes * 60 * 2 + 120 });
  return { ...weir, files, collector: await collectorOf(weir.process) };
}

function reloader(weir: WithApi, random: Random): () => Promise<void> {
  const file = join(weir.folder, 'weir.conf');
  const text = `log_level error;\n${readFileSync(file, 'utf8')}`;
  return async () => {
    const some = changes.filter(() => random.next() < 0.3);
    // What stands there must not stand there twice.
    const rest = some.some((line) => line.startsWith('republish_wait')) ? text.replace('republish_wait 0;', '') : text;
    writeFileSync(file, rest.replace('vhost __defaultVhost__ {', `$&\n${some.join(' ')}`));
    await weir.json('/api/v1/reload', { method: 'POST' });
  };
}

/** Until nobody is there and descriptors are back to `most`; then what the server holds. */
async function calm(weir: Server, pid: number, most: number): Promise<Footprint> {
  await weir.until<{ total: number }>('/api/v1/streams', ({ total }) => total === 0);
  await weir.until<{ total: number }>('/api/v1/clients', ({ total }) => total === 0);
  const end = Date.now() + patience;
  for (;;) {
    await weir.collector.collect();
    const now = footprintOf(pid);
    const left = readdirSync(weir.files, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    if (now.fds <= most && now.logs === 0 && left.length === 0) return now;
    const what = `${now.fds} descriptors of ${most}, ${now.logs} bytes of logs, files: ${left.map(({ name }) => name).join(' ')}`;
    assert.ok(Date.now() < end, `left when all had gone: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Sample {
  readonly minute: number;
  readonly busy: Footprint;
  readonly calm: Footprint;
}

const inMiB = (bytes: number): string => (bytes / MiB).toFixed(1);

function rowOf({ minute, busy, ...sample }: Sample): string {
  const quiet = sample.calm;
  const { fds, memory, logs } = busy;
  const figures = [minute.toFixed(1), fds, inMiB(memory), inMiB(logs), quiet.fds, inMiB(quiet.memory)];
  return `${figures.map((figure) => String(figure).padStart(9)).join('')}  ${'#'.repeat(quiet.memory / MiB / 2)}`;
}

function assertGotIn(counts: Counts): void {
  for (const what of ['publish NetStream.Publish.Start', 'rtmp NetStream.Play.Start', 'flv 200', 'ts 200', 'ws 101']) {
    assert.ok((counts[what] ?? 0) >= acts, `${what}: ${JSON.stringify(counts)}`);
  }
  assert.ok((counts['fragment 200'] ?? 0) > 0 && (counts['reload'] ?? 0) > 0, JSON.stringify(counts));
}

/** Nothing is left of those who have gone that grows with their number. */
function assertNoGrowth(samples: readonly Sample[]): string {
  const judged = samples.slice(Math.floor(samples.length * settled));
  const { slope, error, spread } = lineThrough(judged.map(({ minute, calm: { memory } }) => [minute, memory / MiB]));
  const length = judged.at(-1)!.minute - judged[0]!.minute;
  const said = `${(slope * length).toFixed(2)} MiB in ${length.toFixed(0)} minutes: ${slope.toFixed(4)} +- ${(2 * error).toFixed(4)} MiB a minute, values spread by ${spread.toFixed(2)} MiB`;
  assert.ok(slope * length < noise, `memory grows: ${said}`);
  return said;
}

const limit = (minutes * 2 + 3) * 60_000;
test('who comes and goes leaves nothing behind', { timeout: limit }, async (context) => {
  const weir = await startServer(context);
  const pid = weir.process.child.pid ?? assert.fail();
  const random = randomFrom(seed);
  const reload = reloader(weir, random);
  const { port, http } = weir;
  const act = async (seconds: number) => {
    const people = crowd({ port, http, random, publishers: 6, players: 24, reload });
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const busy = footprintOf(pid);
    await people.leave();
    return { busy, counts: people.counts() };
  };
  const start = await calm(weir, pid, Infinity);
  const total: Record<string, number> = {};
  const samples: Sample[] = [];
  const began = performance.now();
  for (let i = 0; i < acts; i++) {
    const { busy, counts } = await act(actLength);
    for (const [what, count] of Object.entries(counts)) total[what] = (total[what] ?? 0) + count;
    samples.push({ minute: (performance.now() - began) / 60_000, busy, calm: await calm(weir, pid, start.fds) });
    if (isLong) console.log(rowOf(samples.at(-1)!));
  }
  context.diagnostic(`seed ${seed}: ${JSON.stringify(total)}`);
  assertGotIn(total);
  const last = samples.at(-1)!.calm;
  assert.ok(last.memory < start.memory + 48 * MiB, `${inMiB(start.memory)} MiB became ${inMiB(last.memory)}`);
  if (isLong) context.diagnostic(assertNoGrowth(samples));
  weir.collector.leave();
  const { status, stdout } = await weir.process.stop();
  assert.equal(status, 0, stdout);
});
