// Memory: what a settled player costs, from 300 to 9000 of them.
import { measurePlay, withSubject } from '../lib/bench.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import type { Summary } from '../lib/measurement.js';

const allPlayers = [300, 1800, 5000, 9000];
const first = '300';
const last = '9000';
const kilobytesPerMegabyte = 1024;

function perPlayer(summary: Summary, subject: string, metric: string): number {
  const grown = summary.value(subject, last, metric) - summary.value(subject, first, metric);
  return (grown * kilobytesPerMegabyte) / (Number(last) - Number(first));
}

export const memory: Scenario = {
  name: 'memory',
  title: 'Memory of settled players',
  about:
    'One publisher of 500 kbit/s, mw_latency 350, players that have joined and read. PSS is the process’s own memory (half ' +
    'of an empty one is Node), log is the blocks of the stream logs, which no process maps. Socket memory is the kernel’s, ' +
    'as it accounts for it, both ends of every connection. Per player: the growth from 300 to 9000 players.',

  async *measure(run, { quick, subjects }) {
    const seconds = quick ? 4 : 10;
    for (const players of quick ? [300, 9000] : allPlayers) {
      for (const name of subjects) {
        const metrics = await withSubject(name, { mwLatency: 350 }, (subject, url) =>
          measurePlay(subject, url, { players, seconds, flags: { ramp: 1000, settle: 8 } }),
        );
        yield { subject: name, point: String(players), run, metrics };
      }
    }
  },

  table: (summary) => ({
    headings: ['server', 'players', 'PSS MB', 'log MB', 'together MB', 'RSS MB', 'sockets MB'],
    rows: summary.subjects.flatMap((subject) => [
      ...summary.points.map((point) => {
        const value = (metric: string) => digits(summary.value(subject, point, metric));
        return [
          subject,
          point,
          ...['pss_mb', 'log_mb', 'memory_mb', 'rss_mb', 'socket_mb'].map((metric) => value(metric)),
        ];
      }),
      [
        subject,
        'per player, KB',
        ...['pss_mb', 'log_mb', 'memory_mb', 'rss_mb', 'socket_mb'].map((metric) =>
          digits(perPlayer(summary, subject, metric), 2),
        ),
      ],
    ]),
  }),

  verdicts: (summary) => [
    atMost('PSS and log grow by at most 1 KiB a player', perPlayer(summary, 'weir', 'memory_mb'), 1),
    atMost('at most 64 MiB at 1800 players', summary.value('weir', '1800', 'memory_mb'), 64, 1),
    atMost('at most 96 MiB at 9000 players', summary.value('weir', last, 'memory_mb'), 96, 1),
    noFaults(summary),
  ],
};
