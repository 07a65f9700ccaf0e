// 9000 players for a minute: everybody is served evenly, at a cost near the floor.
import { measureFloor, measurePlay, withSubject } from '../lib/bench.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';

const intervalMs = 350;
const players = 9000;
const point = String(players);

export const players9000: Scenario = {
  name: '9000',
  title: '9000 players of one 500 kbit/s stream for a minute',
  about:
    'One publisher, 9000 players over loopback (4.5 Gbit/s), mw_latency 350. "Uneven" are the players whose rate is more ' +
    'than 2 % from the mean; gaps are looked for byte by byte in 20 of them.',

  async *measure(run, { quick, subjects }) {
    const seconds = quick ? 6 : 60;
    let kbps = 510;
    for (const name of subjects) {
      const metrics = await withSubject(name, { mwLatency: intervalMs }, (subject, url) =>
        measurePlay(subject, url, { players, seconds, flags: { ramp: 1000, settle: 6 } }),
      );
      if (name === 'weir') kbps = metrics['player_kbps'] ?? kbps;
      yield { subject: name, point, run, metrics };
    }
    const floorSeconds = Math.min(seconds, 20);
    yield {
      subject: 'floor',
      point,
      run,
      metrics: await measureFloor({ players, seconds: floorSeconds, kbps, intervalMs }),
    };
  },

  table(summary) {
    const value = (subject: string, metric: string, places = 1) =>
      digits(summary.value(subject, point, metric), places);
    return {
      headings: [
        'server',
        'Mbit/s',
        'CPU %',
        's per Gbit',
        '/ floor',
        'min kbit/s',
        'mean',
        'max',
        'uneven',
        'gaps',
        'lost',
        'memory MB',
      ],
      rows: summary.subjects.map((subject) => [
        subject,
        value(subject, 'mbps', 0),
        value(subject, 'cpu_percent'),
        value(subject, 'cpu_s_per_gbit', 4),
        digits(summary.ratio(point, [subject, 'cpu_s_per_gbit'], ['floor', 'cpu_s_per_gbit']), 2),
        value(subject, 'player_kbps_min'),
        value(subject, 'player_kbps'),
        value(subject, 'player_kbps_max'),
        value(subject, 'outside_2_percent', 0),
        value(subject, 'gaps', 0),
        value(subject, 'lost', 0),
        value(subject, 'memory_mb'),
      ]),
    };
  },

  verdicts: (summary) => [
    atMost(
      'CPU per Gbit at most 1.5 times the floor',
      summary.ratio(point, ['weir', 'cpu_s_per_gbit'], ['floor', 'cpu_s_per_gbit']),
      1.5,
    ),
    atMost('every player within 2 % of the mean rate', summary.value('weir', point, 'outside_2_percent'), 0, 0),
    atMost('at most 96 MiB in all', summary.value('weir', point, 'memory_mb'), 96, 1),
    noFaults(summary),
  ],
};
