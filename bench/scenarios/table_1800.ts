// The 1800 table: the measurement that SRS published in 2013, today: 300, 600, ... 1800 players of one 500 kbit/s stream.
import { measureFloor, measurePlay, withSubject } from '../lib/bench.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import type { Summary } from '../lib/measurement.js';
import type { Series } from '../lib/plot.js';

const intervalMs = 350;

/** CPU of a core in percent and memory in MB, as SRS's README had them in January 2014 (its machine, its time). */
const published: Readonly<Record<string, readonly [percent: number, megabytes: number]>> = {
  '300': [18.8, 5956 / 1024],
  '600': [32.1, 9808 / 1024],
  '900': [49.9, 11],
  '1200': [72.4, 15],
  '1500': [81.9, 28],
  '1800': [90.2, 41],
};
const allPlayers = Object.keys(published).map(Number);
const largest = '1800';

function series(summary: Summary, subject: string, metric: string): Series {
  const points = summary.points.map((point) => [Number(point), summary.value(subject, point, metric)] as const);
  const role = subject === 'weir' ? 'own' : subject === 'floor' ? 'floor' : 'peer';
  return { name: subject, points: points.filter(([, y]) => Number.isFinite(y)), role };
}

const servers = (summary: Summary) => summary.subjects.filter((subject) => subject !== 'floor');

export const table1800: Scenario = {
  name: '1800',
  title: 'The 1800 table: players of one 500 kbit/s stream',
  about:
    'One publisher, N players over loopback, mw_latency 350 (what SRS calls merged write). CPU is of one core, in percent. ' +
    'Memory is PSS plus the blocks of the stream logs. The floor sends the same bytes to as many sockets every 350 ms. ' +
    "SRS's figures are those that it published in January 2014, measured on its machine of 2013.",

  takesPoints: true,

  async *measure(run, { quick, points, subjects }) {
    const seconds = quick ? 4 : 15;
    // Long enough for V8 to give back what the joining took: the table is of players that have settled.
    const flags = { settle: quick ? 4 : 14 };
    const usual = quick ? [300, 1800] : allPlayers;
    for (const players of points.length > 0 ? points : usual) {
      const point = String(players);
      let kbps = 510;
      for (const name of subjects) {
        const metrics = await withSubject(name, { mwLatency: intervalMs }, (subject, url) =>
          measurePlay(subject, url, { players, seconds, flags }),
        );
        if (name === 'weir') kbps = metrics['player_kbps'] ?? kbps;
        yield { subject: name, point, run, metrics };
      }
      yield { subject: 'floor', point, run, metrics: await measureFloor({ players, seconds, kbps, intervalMs }) };
    }
  },

  table(summary) {
    const own = servers(summary);
    return {
      headings: [
        'players',
        'Mbit/s',
        ...own.flatMap((name) => [`${name} CPU %`, `${name} memory MB`, `${name} / floor`]),
        'floor CPU %',
        'generator CPU %',
        'SRS 2013 CPU %',
        'SRS 2013 memory MB',
      ],
      rows: summary.points.map((point) => [
        point,
        digits(summary.value(own[0] ?? 'floor', point, 'mbps'), 0),
        ...own.flatMap((name) => [
          digits(summary.value(name, point, 'cpu_percent')),
          digits(summary.value(name, point, 'memory_mb')),
          digits(summary.ratio(point, [name, 'cpu_s_per_gbit'], ['floor', 'cpu_s_per_gbit']), 2),
        ]),
        digits(summary.value('floor', point, 'cpu_percent')),
        digits(summary.value(own[0] ?? 'floor', point, 'generator_cpu_percent')),
        digits(published[point]?.[0] ?? NaN),
        digits(published[point]?.[1] ?? NaN),
      ]),
    };
  },

  plots(summary) {
    const old = (column: 0 | 1): Series => ({
      name: 'SRS, published 2013',
      points: allPlayers.map((players) => [players, published[String(players)]?.[column] ?? NaN]),
      role: 'published',
    });
    const x = { label: 'players' };
    return [
      {
        file: '1800-cpu',
        title: 'Players of one 500 kbit/s stream: CPU of one core',
        subtitle: 'Loopback, one publisher, sent every 350 ms. The floor is a bare loop of send().',
        x,
        y: { label: 'CPU of one core (%)', limit: 100 },
        series: [...summary.subjects.map((subject) => series(summary, subject, 'cpu_percent')), old(0)],
      },
      {
        file: '1800-memory',
        title: 'Players of one 500 kbit/s stream: memory',
        subtitle: 'All memory of the process and its stream logs; what an empty Node takes is in it.',
        x,
        y: { label: 'memory (MB)' },
        series: [...servers(summary).map((subject) => series(summary, subject, 'memory_mb')), old(1)],
      },
    ];
  },

  verdicts: (summary) => [
    atMost(
      '1800 players at mw_latency 350: CPU per Gbit at most 1.3 times the floor',
      summary.ratio(largest, ['weir', 'cpu_s_per_gbit'], ['floor', 'cpu_s_per_gbit']),
      1.3,
    ),
    atMost('at most 64 MiB in all at 1800 players', summary.value('weir', largest, 'memory_mb'), 64, 1),
    noFaults(summary),
  ],
};
