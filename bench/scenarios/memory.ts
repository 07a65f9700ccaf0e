// Memory: what a settled player costs, from 300 to 9000 of them.
import { spawnSync } from 'node:child_process';
import { measurePlay, megabyte, withSubject } from '../lib/bench.js';
import { engineDriver } from '../lib/paths.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import type { Metrics, Summary } from '../lib/measurement.js';

const allPlayers = [300, 1800, 5000, 9000];
const first = '300';
const last = '9000';
const kilobytesPerMegabyte = 1024;
// V8 gives back what the joining took only when it has been idle for some seconds.
const settleSeconds = 25;
const columns = ['pss_mb', 'private_mb', 'log_mb', 'memory_mb', 'socket_mb', 'native_mb'];

const engine = 'engine alone';

/** What the engine without Node has allocated, by malloc's own sizes, at 300 and at 9000 settled players. */
function measureEngine(): { readonly point: string; readonly metrics: Metrics }[] {
  const { stdout, stderr, error } = spawnSync(engineDriver(), ['--memory'], { encoding: 'utf8' });
  const lines = [...stdout.matchAll(/^(\d+) players: .*, (\d+) usable$/gm)];
  if (lines.length === 0) throw error ?? new Error(`weir-driver --memory: ${stderr}`);
  return lines.map(([, point = '', usable]) => ({
    point,
    metrics: { players: Number(point), native_mb: Number(usable) / megabyte },
  }));
}

function perPlayer(summary: Summary, subject: string, metric: string): number {
  const grown = summary.value(subject, last, metric) - summary.value(subject, first, metric);
  return (grown * kilobytesPerMegabyte) / (Number(last) - Number(first));
}

export const memory: Scenario = {
  name: 'memory',
  title: 'Memory of settled players',
  about:
    'One publisher of 500 kbit/s, mw_latency 350, players that joined 25 s ago and read. PSS is the process’s memory, with ' +
    'all of node’s text although other processes may share it; log is the blocks of the stream logs, which no process ' +
    'maps. Socket memory is the kernel’s, as it accounts for it, both ends of every connection. Per player: the growth from ' +
    '300 to 9000 players. "Engine alone" is the engine without Node (weir-driver --memory), which counts every allocation with malloc’s rounding.',

  async *measure(run, { quick, subjects }) {
    const seconds = quick ? 4 : 10;
    for (const players of quick ? [300, 9000] : allPlayers) {
      for (const name of subjects) {
        const metrics = await withSubject(name, { mwLatency: 350 }, (subject, url) =>
          measurePlay(subject, url, { players, seconds, flags: { ramp: 1000, settle: settleSeconds } }),
        );
        yield { subject: name, point: String(players), run, metrics };
      }
    }
    if (!subjects.includes('weir')) return;
    for (const { point, metrics } of measureEngine()) yield { subject: engine, point, run, metrics };
  },

  table: (summary) => ({
    headings: [
      'server',
      'players',
      'PSS MB',
      'of it private MB',
      'log MB',
      'PSS and log MB',
      'sockets MB',
      'native heap MB',
    ],
    rows: summary.subjects.flatMap((subject) => [
      ...summary.points.map((point) => {
        const value = (metric: string) => digits(summary.value(subject, point, metric));
        return [subject, point, ...columns.map((metric) => value(metric))];
      }),
      [subject, 'per player, KB', ...columns.map((metric) => digits(perPlayer(summary, subject, metric), 2))],
    ]),
  }),

  verdicts: (summary) => [
    atMost('native: at most 512 bytes a player', perPlayer(summary, engine, 'native_mb') * 1024, 512, 0),
    atMost('PSS and log grow by at most 1 KiB a player', perPlayer(summary, 'weir', 'memory_mb'), 1),
    atMost('at most 64 MiB at 1800 players', summary.value('weir', '1800', 'memory_mb'), 64, 1),
    atMost('at most 96 MiB at 9000 players', summary.value('weir', last, 'memory_mb'), 96, 1),
    noFaults(summary),
  ],
};
