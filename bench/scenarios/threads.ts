// One reactor against two: the same crowd, the same bytes.
import { measurePlay, withSubject } from '../lib/bench.js';
import { digits, noFaults, type Scenario } from '../lib/scenario.js';

const players = 5000;

export const threads: Scenario = {
  name: 'threads',
  title: 'One reactor and two',
  about:
    `${players} players of one 500 kbit/s stream, default settings, threads 1 and threads 2. On a machine of two cores the ` +
    'generator wants one of them for itself, so a second reactor shows in latency rather than in what is delivered.',

  async *measure(run, { quick, subjects }) {
    for (const name of subjects.filter((subject) => subject === 'weir')) {
      for (const count of [1, 2]) {
        const plan = { players, seconds: quick ? 4 : 20, flags: { ramp: 1000 } };
        const metrics = await withSubject(name, { threads: count }, (subject, url) => measurePlay(subject, url, plan));
        yield { subject: name, point: `${count}`, run, metrics };
      }
    }
  },

  table: (summary) => ({
    headings: [
      'threads',
      'Mbit/s',
      'CPU %',
      's per Gbit',
      'interval ms',
      'latency p50 ms',
      'p99 ms',
      'uneven',
      'gaps',
      'memory MB',
    ],
    rows: summary.points.map((point) => {
      const value = (metric: string, places = 1) => digits(summary.value('weir', point, metric), places);
      return [
        point,
        value('mbps', 0),
        value('cpu_percent'),
        value('cpu_s_per_gbit', 4),
        value('interval_ms'),
        value('latency_p50_ms'),
        value('latency_p99_ms'),
        value('outside_2_percent', 0),
        value('gaps', 0),
        value('memory_mb'),
      ];
    }),
  }),

  verdicts: (summary) => [noFaults(summary)],
};
