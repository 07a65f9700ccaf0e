// Viewers over HTTP and WebSocket beside RTMP players: the same stream to as many, over each protocol, in the same run.
import { measureFloor, measurePlay, viewerUrl, withSubject, type Format } from '../lib/bench.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import type { Measurement, Metrics, Summary } from '../lib/measurement.js';

const intervalMs = 350;
const allViewers = [600, 1200, 1800];
const largest = '1800';
const formats = ['rtmp', 'flv', 'ws-flv', 'ts'] as const satisfies readonly Format[];
const peer = 'node-media-server';
const peerFormats = ['flv', 'ws-flv'] as const satisfies readonly Format[];
const names = { rtmp: 'RTMP', flv: 'HTTP-FLV', 'ws-flv': 'WS-FLV', ts: 'HTTP-TS', hls: 'HLS' } as const;
const subjectOf = (server: string, format: Format) => `${server} ${names[format]}`;
const cost = 'cpu_s_per_gbit';

interface Plan {
  readonly server: 'weir' | typeof peer;
  readonly formats: readonly Format[];
  readonly viewers: number;
  readonly seconds: number;
}

/** One server, one stream, and a crowd for each protocol, one after the other. */
function measureFormats({ server, formats: wanted, viewers, seconds }: Plan): Promise<[Format, Metrics][]> {
  return withSubject(server, { mwLatency: intervalMs }, async (subject) => {
    const found: [Format, Metrics][] = [];
    for (const format of wanted) {
      const flags = { settle: 4, 'join-timeout': 30 };
      found.push([
        format,
        await measurePlay(subject, viewerUrl(subject, format), { players: viewers, seconds, flags }),
      ]);
    }
    return found;
  });
}

async function* measurePoint(run: number, viewers: number, seconds: number): AsyncIterable<Measurement> {
  const point = String(viewers);
  // Each run begins with another protocol, so that none is always the first on a young process.
  const turned = formats.map((_, i) => formats[(i + run) % formats.length] ?? 'rtmp');
  let kbps = 510;
  for (const [format, metrics] of await measureFormats({ server: 'weir', formats: turned, viewers, seconds })) {
    if (format === 'rtmp') kbps = metrics['player_kbps'] ?? kbps;
    yield { subject: subjectOf('weir', format), point, run, metrics };
  }
  yield { subject: 'floor', point, run, metrics: await measureFloor({ players: viewers, seconds, kbps, intervalMs }) };
  for (const [format, metrics] of await measureFormats({ server: peer, formats: peerFormats, viewers, seconds })) {
    yield { subject: subjectOf(peer, format), point, run, metrics };
  }
}

const own = (format: Format) => subjectOf('weir', format);
const to = (summary: Summary, point: string, subject: string, other: string) =>
  summary.ratio(point, [subject, cost], [other, cost]);

function rows(summary: Summary): string[][] {
  return summary.points.flatMap((point) =>
    summary.subjects.map((subject) => {
      const value = (metric: string, places = 1) => digits(summary.value(subject, point, metric), places);
      const same = peerFormats.find((format) => subject === own(format));
      return [
        subject,
        point,
        value('mbps', 0),
        value('cpu_percent'),
        value(cost, 4),
        digits(to(summary, point, subject, 'floor'), 2),
        digits(to(summary, point, subject, own('rtmp')), 2),
        same === undefined ? '-' : digits(to(summary, point, subject, subjectOf(peer, same)), 3),
        value('memory_mb'),
        value('join_p99_ms'),
        value('latency_p99_ms'),
        value('gaps', 0),
        value('lost', 0),
        value('generator_cpu_percent'),
      ];
    }),
  );
}

export const viewers: Scenario = {
  name: 'viewers',
  title: 'Viewers over HTTP-FLV, WebSocket-FLV and HTTP-TS beside RTMP players',
  about:
    'One publisher of 500 kbit/s, N viewers over loopback over one protocol after the other, mw_latency 350; 20 of them prove ' +
    'every byte. The floor sends the same bytes to as many sockets every 350 ms. node-media-server sends every frame by ' +
    'itself and has no setting for that: at 1800 viewers its one thread is nearly full, so that its cost per Gbit is the ' +
    'figure to compare and not its latency.',

  takesPoints: true,

  async *measure(run, { quick, points }) {
    const usual = quick ? [Number(largest)] : allViewers;
    for (const count of points.length > 0 ? points : usual) yield* measurePoint(run, count, quick ? 6 : 12);
  },

  table: (summary) => ({
    headings: [
      'server and protocol',
      'viewers',
      'Mbit/s',
      'CPU %',
      's per Gbit',
      '/ floor',
      '/ RTMP',
      `/ ${peer}`,
      'memory MB',
      'join p99 ms',
      'latency p99 ms',
      'gaps',
      'lost',
      'generator CPU %',
    ],
    rows: rows(summary),
  }),

  plots(summary) {
    if (summary.points.length < 2) return [];
    const series = summary.subjects.map((name) => ({
      name,
      points: summary.points.map((point) => [Number(point), summary.value(name, point, 'cpu_percent')] as const),
      role: name.startsWith('weir') ? ('own' as const) : name === 'floor' ? ('floor' as const) : ('peer' as const),
    }));
    return [
      {
        file: 'viewers-cpu',
        title: 'Viewers of one 500 kbit/s stream, by protocol: CPU of one core',
        subtitle: 'Loopback, one publisher, mw_latency 350. The floor is a bare loop of send().',
        x: { label: 'viewers' },
        y: { label: 'CPU of one core (%)', limit: 100 },
        series,
      },
    ];
  },

  verdicts: (summary) => [
    ...peerFormats.flatMap((format) => [
      atMost(
        `1800 over ${names[format]}: CPU per Gbit at most 1.25 times that of RTMP players`,
        to(summary, largest, own(format), own('rtmp')),
        1.25,
      ),
      atMost(
        `1800 over ${names[format]}: CPU per Gbit at most 0.2 times that of ${peer}`,
        to(summary, largest, own(format), subjectOf(peer, format)),
        0.2,
        3,
      ),
    ]),
    ...formats.map((format) => noFaults(summary, own(format))),
  ],
};
