// One stream copied to 100 targets: what it costs the source, beside 100 players.
import { measurePlay, withSubject } from '../lib/bench.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import type { Metrics } from '../lib/measurement.js';
import { startWeir } from '../subjects/weir.js';

const count = 100;
const point = String(count);
const mwLatency = 350;
const toPlayers = 'weir to players';
const toTargets = 'weir to targets';
const cost = 'cpu_s_per_gbit';

const measurePlayers = (seconds: number): Promise<Metrics> =>
  withSubject('weir', { mwLatency }, (subject, url) => measurePlay(subject, url, { players: count, seconds }));

/** Each target is an app of one other server, and has one player: what that gets has come through the source. */
async function measureTargets(seconds: number): Promise<Metrics> {
  const target = await startWeir({ mwLatency });
  try {
    const place = new URL(target.url.replace('rtmp:', 'http:')).host;
    const forward = Array.from({ length: count }, (_, i) => `${place}/copy${i}`);
    return await withSubject('weir', { mwLatency, forward }, (subject, url) => {
      const copies = url.replace(subject.url, target.url.replace(/live$/, 'copy{i}'));
      return measurePlay(subject, copies, { players: count, seconds });
    });
  } finally {
    await target.stop();
  }
}

export const forwardScenario: Scenario = {
  name: 'forward',
  title: 'One stream copied to 100 targets, beside 100 players',
  about:
    'One publisher of 500 kbit/s, mw_latency 350. The CPU is that of the source alone. The targets are 100 apps of a second weir, ' +
    'and one player of each counts what came through; so latency there is that of both servers.',

  async *measure(run, { quick }) {
    const seconds = quick ? 8 : 30;
    yield { subject: toPlayers, point, run, metrics: await measurePlayers(seconds) };
    yield { subject: toTargets, point, run, metrics: await measureTargets(seconds) };
  },

  table: (summary) => ({
    headings: ['', 'CPU %', 'CPU s/Gbit', 'Mbit/s', 'PSS MB', 'p99 ms', 'gaps', 'lost'],
    rows: summary.subjects.map((subject) => {
      const value = (metric: string, places = 1) => digits(summary.value(subject, point, metric), places);
      const load = [value('cpu_percent', 2), value(cost, 3), value('mbps'), value('pss_mb')];
      return [subject, ...load, value('latency_p99_ms'), value('gaps', 0), value('lost', 0)];
    }),
  }),

  verdicts: (summary) => [
    atMost(
      'CPU per Gbit to targets over that to players',
      summary.ratio(point, [toTargets, cost], [toPlayers, cost]),
      1.25,
    ),
    noFaults(summary, toPlayers),
    noFaults(summary, toTargets),
  ],
};
