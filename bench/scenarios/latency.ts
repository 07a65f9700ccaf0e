// Added latency with default settings, and what it costs: beside the floor at 350 ms and at the server's own interval.
import { measureFloor, measurePlay, withSubject } from '../lib/bench.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';

const lazyMs = 350;
const lazyFloor = 'floor, 350 ms';
const ownFloor = 'floor, same interval';
const cost = 'cpu_s_per_gbit';

export const latency: Scenario = {
  name: 'latency',
  title: 'Added latency with default settings',
  about:
    'The publisher stamps each frame with the time of its send; 20 players of the crowd read the stamps. Latency is from ' +
    'that send to the read: both socket hops, the server, and the reader’s wake-up. The interval is how often something ' +
    'arrived at a player, in the mean; one floor sends at that interval, the other every 350 ms.',

  async *measure(run, { quick, subjects }) {
    const seconds = quick ? 5 : 20;
    for (const players of [300, 1800]) {
      const point = String(players);
      let [kbps, intervalMs] = [510, lazyMs];
      for (const name of subjects) {
        const metrics = await withSubject(name, {}, (subject, url) => measurePlay(subject, url, { players, seconds }));
        if (name === subjects[0]) {
          kbps = metrics['player_kbps'] ?? kbps;
          intervalMs = metrics['interval_ms'] ?? intervalMs;
        }
        yield { subject: name, point, run, metrics };
      }
      const lazy = await measureFloor({ players, seconds, kbps, intervalMs: lazyMs });
      yield { subject: lazyFloor, point, run, metrics: lazy };
      const same = await measureFloor({ players, seconds, kbps, intervalMs: Math.max(intervalMs, 1) });
      yield { subject: ownFloor, point, run, metrics: same };
    }
  },

  table(summary) {
    return {
      headings: [
        'players',
        'sender',
        'p50 ms',
        'p99 ms',
        'max ms',
        'interval ms',
        'CPU %',
        's per Gbit',
        '/ floor, 350 ms',
        '/ floor, same interval',
      ],
      rows: summary.points.flatMap((point) =>
        summary.subjects.map((subject) => {
          const value = (metric: string, places = 1) => digits(summary.value(subject, point, metric), places);
          return [
            point,
            subject,
            value('latency_p50_ms'),
            value('latency_p99_ms'),
            value('latency_max_ms'),
            value('interval_ms'),
            value('cpu_percent'),
            value(cost, 4),
            digits(summary.ratio(point, [subject, cost], [lazyFloor, cost]), 2),
            digits(summary.ratio(point, [subject, cost], [ownFloor, cost]), 2),
          ];
        }),
      ),
    };
  },

  verdicts: (summary) => [
    atMost('300 players: p99 below 30 ms', summary.value('weir', '300', 'latency_p99_ms'), 30, 1),
    atMost('1800 players: p99 below 150 ms', summary.value('weir', '1800', 'latency_p99_ms'), 150, 1),
    atMost(
      '1800 players: at most 3 times the floor at 350 ms',
      summary.ratio('1800', ['weir', cost], [lazyFloor, cost]),
      3,
    ),
    atMost(
      '1800 players: at most 1.3 times the floor at the same interval',
      summary.ratio('1800', ['weir', cost], [ownFloor, cost]),
      1.3,
    ),
    noFaults(summary),
  ],
};
