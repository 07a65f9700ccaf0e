// 500 of 1800 players stop reading: the others must not notice.
import { measurePlay, withSubject, type SubjectName } from '../lib/bench.js';
import type { Metrics } from '../lib/measurement.js';
import { atMost, digits, type Scenario } from '../lib/scenario.js';

const players = 1800;
const stalled = 500;
const without = 'all read';
const withSlow = '500 stopped';

function measure(name: SubjectName, slow: number, seconds: number): Promise<Metrics> {
  // A short queue_length, so that within the measurement the stopped ones are skipped ahead too.
  return withSubject(name, { queueLength: 10 }, (subject, url) =>
    measurePlay(subject, url, { players, seconds, flags: { slow } }),
  );
}

export const slow: Scenario = {
  name: 'slow',
  title: '500 of 1800 players stop reading',
  about:
    'Default settings but queue_length 10. When the measurement begins 500 players stop reading for good (their receive ' +
    'buffers are 16 KB: more would be the clients’ memory, made in the server’s send over loopback). The table shows ' +
    'the 1300 others, beside a run in which all read. Socket memory is what the kernel accounts for (a page of the log that ' +
    'waits in many sockets counts for each); machine memory is how much less the machine has available, generator included.',

  async *measure(run, { quick, subjects }) {
    const seconds = quick ? 6 : 40;
    for (const subject of subjects) {
      yield { subject, point: without, run, metrics: await measure(subject, 0, seconds) };
      yield { subject, point: withSlow, run, metrics: await measure(subject, stalled, seconds) };
    }
  },

  table: (summary) => ({
    headings: [
      'server',
      'players',
      'p50 ms',
      'p99 ms',
      'min kbit/s',
      'mean',
      'uneven',
      'gaps',
      'lost',
      'CPU %',
      'memory MB',
      'sockets MB',
      'machine MB',
    ],
    rows: summary.subjects.flatMap((subject) =>
      summary.points.map((point) => {
        const value = (metric: string, places = 1) => digits(summary.value(subject, point, metric), places);
        return [
          subject,
          point,
          value('latency_p50_ms'),
          value('latency_p99_ms'),
          value('player_kbps_min'),
          value('player_kbps'),
          value('outside_2_percent', 0),
          value('gaps', 0),
          value('lost', 0),
          value('cpu_percent'),
          value('memory_mb'),
          value('socket_mb', 0),
          value('machine_mb', 0),
        ];
      }),
    ),
  }),

  verdicts: (summary) => {
    const sum = (metrics: readonly string[]) =>
      metrics.flatMap((metric) => summary.values('weir', withSlow, metric)).reduce((total, value) => total + value, 0);
    return [
      atMost('the others: no gap, no harmed frame', sum(['gaps', 'broken']), 0, 0),
      atMost(
        'the others: p99 latency at most 1.5 times that of the run in which all read',
        summary.value('weir', withSlow, 'latency_p99_ms') / summary.value('weir', without, 'latency_p99_ms'),
        1.5,
      ),
    ];
  },
};
