// Joining: how long until the first key frame in a crowd of 1800, and whether a thousand joins a second lose anybody.
import { faults, measurePlay, withSubject, type SubjectName } from '../lib/bench.js';
import { play, type PlayResult } from '../lib/generator.js';
import type { Metrics } from '../lib/measurement.js';
import { atMost, digits, type Scenario } from '../lib/scenario.js';

const crowd = 1800;
const calm = 'calm';
const churn = 'churn';
const storm = 'storm';

function joinMetrics(result: PlayResult, players: number): Metrics {
  return {
    joins: result.joins,
    connect_p99_ms: result.connect_ms.p99,
    start_p50_ms: result.start_ms.p50,
    start_p99_ms: result.start_ms.p99,
    join_p50_ms: result.join_ms.p50,
    join_p99_ms: result.join_ms.p99,
    join_max_ms: result.join_ms.max,
    ...faults(result, players),
  };
}

/** Some hundred players join one after the other while a crowd is being served. */
function calmJoins(name: SubjectName, quick: boolean): Promise<Metrics> {
  return withSubject(name, {}, async (_subject, url) => {
    const background = play(url, { players: crowd, ramp: 600, duration: 0, sample: 0 });
    await background.event('measuring');
    const players = quick ? 60 : 300;
    const joins = await play(url, { players, ramp: 30, settle: 0.5, duration: 0.5, sample: 0 }).result;
    await background.stop();
    return joinMetrics(joins, players);
  });
}

/** A thousand of the crowd leave and come back in each second. */
function churnJoins(name: SubjectName, seconds: number): Promise<Metrics> {
  return withSubject(name, {}, async (_subject, url) => {
    const flags = { players: crowd, ramp: 600, settle: 2, duration: seconds, churn: 1000, sample: 20 };
    return joinMetrics(await play(url, flags).result, crowd);
  });
}

/** A thousand new players in each second. */
function stormJoins(name: SubjectName, seconds: number): Promise<Metrics> {
  return withSubject(name, {}, async (subject, url) => {
    const players = seconds * 1000;
    const metrics = await measurePlay(subject, url, { players, seconds: 5, flags: { ramp: 1000, settle: 3 } });
    return { ...metrics, joins: players };
  });
}

export const join: Scenario = {
  name: 'join',
  title: 'Joining: from connect to the first key frame',
  about:
    `Default settings. Calm: players join one after the other (30 a second) while ${crowd} are served. Churn: of ${crowd} ` +
    'players a thousand leave and come back in each second, for ten seconds. Storm: a thousand new players a second, for ' +
    'ten seconds. The time is from the connect call to the complete first key frame: TCP, handshake, commands and GOP.',

  async *measure(run, { quick, subjects }) {
    const seconds = quick ? 3 : 10;
    for (const name of subjects) {
      yield { subject: name, point: calm, run, metrics: await calmJoins(name, quick) };
      yield { subject: name, point: churn, run, metrics: await churnJoins(name, seconds) };
      yield { subject: name, point: storm, run, metrics: await stormJoins(name, seconds) };
    }
  },

  table: (summary) => ({
    headings: ['server', 'joins', 'number', 'p50 ms', 'p99 ms', 'max ms', 'failed', 'lost'],
    rows: summary.subjects.flatMap((subject) =>
      summary.points.map((point) => {
        const value = (metric: string, places = 0) => digits(summary.value(subject, point, metric), places);
        const times = [value('join_p50_ms', 1), value('join_p99_ms', 1), value('join_max_ms', 1)];
        return [subject, point, value('joins'), ...times, value('failed'), value('lost')];
      }),
    ),
  }),

  verdicts: (summary) => {
    const gone = [calm, churn, storm].flatMap((point) =>
      ['failed', 'lost', 'absent'].flatMap((metric) => summary.values('weir', point, metric)),
    );
    return [
      atMost('first key frame p99 below 50 ms at 1800 players', summary.value('weir', calm, 'join_p99_ms'), 50, 1),
      atMost(
        'a thousand joins a second for ten seconds lose nobody',
        gone.reduce((sum, count) => sum + count, 0),
        0,
        0,
      ),
    ];
  },
};
