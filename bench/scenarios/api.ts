// The API under load: whether a thousand requests a second delay the rounds that serve players.
import { join } from 'node:path';
import { Pool } from 'undici';
import { faults, streamKbps } from '../lib/bench.js';
import { play, publish } from '../lib/generator.js';
import type { Metrics } from '../lib/measurement.js';
import { root } from '../lib/paths.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import { launch, type Ports, type Subject } from '../subjects/subject.js';

const players = 300;
const requestsPerSecond = 1000;
const calm = 'no requests';
const busy = `${requestsPerSecond}/s`;
const paths = ['summaries', 'streams', 'clients', 'vhosts', 'history', 'self_proc_stats', 'clients?count=10'];
const slice = 10;
const histogram = 'weir_reactor_start_delay_seconds_bucket';

function start(): Promise<Subject & { readonly api: string }> {
  let api = '';
  const configuration = ({ rtmp, http }: Ports, folder: string): string => {
    api = `http://127.0.0.1:${http}`;
    return [
      `listen 127.0.0.1:${rtmp};`,
      `http_api { enabled on; listen 127.0.0.1:${http}; }`,
      `log ${join(folder, 'weir.log')};`,
      'vhost __defaultVhost__ { }',
      '',
    ].join('\n');
  };
  const args = (file: string): string[] => [join(root, 'dist', 'src', 'main.js'), '-c', file];
  return launch({ name: 'weir', command: process.execPath, args, configuration }).then((subject) => ({
    ...subject,
    api,
  }));
}

/** Upper bound and rounds that began at most so late, in all. */
async function delays(pool: Pool): Promise<ReadonlyMap<number, number>> {
  const { body } = await pool.request({ path: '/metrics', method: 'GET' });
  const lines = [...(await body.text()).matchAll(new RegExp(`^${histogram}\\{.*le="([^"]+)"\\} (\\S+)$`, 'gm'))];
  return new Map(lines.map(([, bound, count]) => [bound === '+Inf' ? Infinity : Number(bound), Number(count)]));
}

/** The bound below which 99 % of the rounds between two readings lie, as Prometheus takes it. */
function percentile99(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const);
  const wanted = 0.99 * (counts.at(-1)?.[1] ?? 0);
  let [from, below] = [0, 0];
  for (const [bound, count] of counts) {
    if (count >= wanted) return count === below ? bound : from + ((bound - from) * (wanted - below)) / (count - below);
    [from, below] = [bound, count];
  }
  return NaN;
}

interface Asked {
  readonly failed: number;
  readonly done: number;
  readonly p99: number;
}

/** Asks in slices, whatever the answers take, until `ended`. */
async function askFor(pool: Pool, ended: Promise<unknown>): Promise<Asked> {
  const times: number[] = [];
  let [failed, asked] = [0, 0];
  const ask = async (): Promise<void> => {
    const begun = performance.now();
    const path = `/api/v1/${paths[asked++ % paths.length] ?? ''}`;
    const { statusCode, body } = await pool.request({ path, method: 'GET' });
    await body.dump();
    if (statusCode !== 200) failed++;
    times.push(performance.now() - begun);
  };
  const began = performance.now();
  const pending = new Set<Promise<unknown>>();
  const timer = setInterval(() => {
    const due = ((performance.now() - began) * requestsPerSecond) / 1000;
    while (asked < due) {
      const one = ask()
        .catch(() => (failed += 1))
        .finally(() => pending.delete(one));
      pending.add(one);
    }
  }, slice);
  await ended;
  clearInterval(timer);
  await Promise.all(pending);
  times.sort((a, b) => a - b);
  return { failed, done: times.length, p99: times[Math.floor(times.length * 0.99)] ?? NaN };
}

async function measure(seconds: number, asks: boolean): Promise<Metrics> {
  const subject = await start();
  const url = `${subject.url}/stream`;
  const publisher = publish(url, { bitrate: streamKbps });
  const pool = new Pool(subject.api, { connections: 16 });
  try {
    await publisher.event('publishing');
    const flags = { players, duration: seconds, ramp: 600, settle: 3, sample: 20, watch: subject.pid };
    const run = play(url, flags);
    await run.event('measuring');
    const before = await delays(pool);
    const measured = run.event('measured');
    const asked = asks ? await askFor(pool, measured) : await measured.then(() => ({ failed: 0, done: 0, p99: NaN }));
    const after = await delays(pool);
    const result = await run.result;
    return {
      start_delay_p99_ms: 1000 * percentile99(before, after),
      requests_per_second: asked.done / seconds,
      request_p99_ms: asked.p99,
      requests_failed: asked.failed,
      latency_p99_ms: result.sample.latency_ms.p99,
      cpu_percent: (100 * (result.cpu.watched_s ?? NaN)) / result.seconds,
      ...faults(result, players),
    };
  } finally {
    await pool.close();
    await publisher.stop();
    await subject.stop();
  }
}

export const api: Scenario = {
  name: 'api',
  title: 'A thousand API requests a second',
  about:
    `${players} players of one 500 kbit/s stream, default settings, without and with ${requestsPerSecond} requests a second ` +
    'of the HTTP API (streams, clients, summaries, history, ...). The start delay is how late a flush round began, from the ' +
    'histogram of /metrics.',

  async *measure(run, { quick, subjects }) {
    if (!subjects.includes('weir')) return;
    for (const point of [calm, busy]) {
      yield { subject: 'weir', point, run, metrics: await measure(quick ? 4 : 20, point === busy) };
    }
  },

  table: (summary) => ({
    headings: [
      'requests',
      'start delay p99 ms',
      'latency p99 ms',
      'requests/s',
      'answered p99 ms',
      'failed',
      'CPU %',
      'gaps',
    ],
    rows: summary.points.map((point) => {
      const value = (metric: string, places = 1) => digits(summary.value('weir', point, metric), places);
      const delay = [value('start_delay_p99_ms', 2), value('latency_p99_ms')];
      const asked = [value('requests_per_second', 0), value('request_p99_ms', 2), value('requests_failed', 0)];
      return [point, ...delay, ...asked, value('cpu_percent'), value('gaps', 0)];
    }),
  }),

  verdicts: (summary) => {
    const delay = (point: string): number => summary.value('weir', point, 'start_delay_p99_ms');
    return [
      atMost('requests move the start delay p99 by at most 5 ms', delay(busy) - delay(calm), 5),
      atMost('no request fails', summary.value('weir', busy, 'requests_failed'), 0, 0),
      noFaults(summary),
    ];
  },
};
