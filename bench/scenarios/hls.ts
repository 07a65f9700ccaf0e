// HLS: viewers of weir's fragments in memory, of its files, and of the same files served by nginx, in the same run.
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { measurePlay, viewerUrl, withSubject, type PlayPlan } from '../lib/bench.js';
import { cpuTime } from '../lib/proc.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import { startNginxFiles } from '../subjects/nginx_files.js';
import type { Subject } from '../subjects/subject.js';
import type { Metrics, Summary } from '../lib/measurement.js';

const fragmentSeconds = 2;
const windowSeconds = 12;
const allViewers = [1000, 2000, 3000];
const largest = '3000';
const playlistTimeout = 30_000;
const cost = 'cpu_s_per_gbit';
const ofMemory = 'weir (memory)';
const ofFiles = 'weir (disk)';

/** Waits until the playlist is as long as it becomes: a young one is read more cheaply. */
async function awaitPlaylist(read: () => Promise<string>): Promise<void> {
  const wanted = windowSeconds / fragmentSeconds - 1;
  for (const deadline = Date.now() + playlistTimeout; Date.now() < deadline;) {
    const text = await read().catch(() => '');
    if ((text.match(/#EXTINF/g) ?? []).length >= wanted) return;
    await delay(250);
  }
  throw new Error('no HLS playlist came');
}

/** CPU percent of a process while nobody watches. */
async function idle(pid: number): Promise<number> {
  const seconds = 4;
  const total = () => {
    const { user, system } = cpuTime(pid);
    return user + system;
  };
  const before = total();
  await delay(seconds * 1000);
  return (100 * (total() - before)) / seconds;
}

const plan = (viewers: number, seconds: number): PlayPlan => ({
  players: viewers,
  seconds,
  flags: { settle: 6, 'join-timeout': 30 },
});

async function measureServer(subject: Subject, viewers: number, seconds: number): Promise<Metrics> {
  const idle_percent = await idle(subject.pid);
  return { ...(await measurePlay(subject, viewerUrl(subject, 'hls'), plan(viewers, seconds))), idle_percent };
}

/** weir takes the stream, cuts it, and serves it from memory; nothing touches a disk. */
function measureMemory(viewers: number, seconds: number): Promise<Metrics> {
  const settings = { hls: { storage: 'memory', fragmentSeconds, windowSeconds } } as const;
  return withSubject('weir', settings, async (subject) => {
    await awaitPlaylist(async () => (await fetch(viewerUrl(subject, 'hls'))).text());
    return measureServer(subject, viewers, seconds);
  });
}

interface OfFiles {
  readonly weir: Metrics;
  readonly nginx: Metrics;
}

/** weir writes files, and both serve these: first weir itself, then nginx. */
async function measureFiles(viewers: number, seconds: number): Promise<OfFiles> {
  const path = mkdtempSync(join(tmpdir(), 'weir-bench-hls-'));
  const settings = { hls: { storage: 'disk', path, fragmentSeconds, windowSeconds } } as const;
  try {
    return await withSubject('weir', settings, async (subject) => {
      await awaitPlaylist(() => readFile(join(path, 'live', 'stream.m3u8'), 'utf8'));
      const weir = await measureServer(subject, viewers, seconds);
      const nginx = await startNginxFiles({ root: path });
      try {
        return { weir, nginx: await measureServer(nginx, viewers, seconds) };
      } finally {
        await nginx.stop();
      }
    });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

const ratio = (summary: Summary, point: string, subject: string) =>
  summary.ratio(point, [subject, cost], ['nginx', cost]);

export const hls: Scenario = {
  name: 'hls',
  title: 'HLS viewers: weir from memory and from disk, nginx from disk',
  about:
    'One publisher of 500 kbit/s, 2 s fragments, N viewers over loopback, each with one keep-alive connection, who reload ' +
    'and fetch as RFC 8216 asks; 20 of them prove every fragment. weir takes the stream, cuts it and serves it, with ' +
    'hls_storage memory and with disk; nginx (one worker, sendfile, tcp_nopush) serves the files that weir has written, and ' +
    'only nginx is measured. Idle is the CPU before anybody watches: of weir, what taking and cutting the stream costs.',

  takesPoints: true,

  async *measure(run, { quick, points }) {
    const seconds = quick ? 12 : 24;
    const usual = quick ? [Number(largest)] : allViewers;
    for (const viewers of points.length > 0 ? points : usual) {
      const point = String(viewers);
      yield { subject: ofMemory, point, run, metrics: await measureMemory(viewers, seconds) };
      const { weir, nginx } = await measureFiles(viewers, seconds);
      yield { subject: ofFiles, point, run, metrics: weir };
      yield { subject: 'nginx', point, run, metrics: nginx };
    }
  },

  table: (summary) => ({
    headings: [
      'viewers',
      'server',
      'Mbit/s',
      'CPU %',
      'idle CPU %',
      's per Gbit',
      '/ nginx',
      'playlist p99 ms',
      'fragment p99 ms',
      'stalls',
      'missed',
      'lost',
      'memory MB',
      'generator CPU %',
    ],
    rows: summary.points.flatMap((point) =>
      summary.subjects.map((subject) => {
        const value = (metric: string, places = 1) => digits(summary.value(subject, point, metric), places);
        return [
          point,
          subject,
          value('mbps', 0),
          value('cpu_percent'),
          value('idle_percent'),
          value(cost, 4),
          digits(ratio(summary, point, subject), 2),
          value('playlist_p99_ms'),
          value('fragment_p99_ms'),
          value('stalls', 0),
          value('missed', 0),
          value('lost', 0),
          value('memory_mb'),
          value('generator_cpu_percent'),
        ];
      }),
    ),
  }),

  plots(summary) {
    if (summary.points.length < 2) return [];
    const series = summary.subjects.map((name) => ({
      name,
      points: summary.points.map((point) => [Number(point), summary.value(name, point, 'cpu_percent')] as const),
      role: name.startsWith('weir') ? ('own' as const) : ('peer' as const),
    }));
    return [
      {
        file: 'hls-cpu',
        title: 'HLS viewers of one 500 kbit/s stream: CPU of one core',
        subtitle: 'Loopback, 2 s fragments. weir with ingest and cutting; nginx serves its files.',
        x: { label: 'viewers' },
        y: { label: 'CPU of one core (%)' },
        series,
      },
    ];
  },

  verdicts: (summary) => [
    ...[ofMemory, ofFiles].map((subject) =>
      atMost(
        `3000 viewers of ${subject}: CPU per Gbit at most 1.1 times nginx’s`,
        ratio(summary, largest, subject),
        1.1,
      ),
    ),
    ...[ofMemory, ofFiles, 'nginx'].map((subject) => noFaults(summary, subject)),
  ],
};
