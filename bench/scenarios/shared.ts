// One copy of each log: how much memory the logs of one stream take, whoever watches it, and however many.
import { setTimeout as delay } from 'node:timers/promises';
import { faults, megabyte, viewerUrl, withSubject, type Format } from '../lib/bench.js';
import { play } from '../lib/generator.js';
import { logBlocks, pss } from '../lib/proc.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import type { Metrics } from '../lib/measurement.js';

const formats = ['rtmp', 'flv', 'ws-flv'] as const satisfies readonly Format[];
interface Point {
  readonly name: string;
  readonly formats: readonly Format[];
  readonly each: number;
}
const oneFormatFew = { name: '1 RTMP', formats: ['rtmp'], each: 1 } as const;
const oneFormatMany = { name: '600 RTMP', formats: ['rtmp'], each: 600 } as const;
const fewOfEach = { name: '1 of each', formats, each: 1 } as const;
const manyOfEach = { name: '600 of each', formats, each: 600 } as const;
const points: readonly Point[] = [oneFormatFew, oneFormatMany, fewOfEach, manyOfEach];

/** The logs grow until their segments go: what counts is the most that they take, over several of their lives. */
function measure({ formats: wanted, each }: Point, seconds: number): Promise<Metrics> {
  return withSubject('weir', { mwLatency: 350 }, async (subject) => {
    const flags = { players: each, ramp: 600, settle: 2, duration: seconds, sample: Math.min(each, 10) };
    const crowds = wanted.map((format) => play(viewerUrl(subject, format), flags));
    await Promise.all(crowds.map((crowd) => crowd.event('measuring')));
    let most = 0;
    let blocks = 0;
    let samples = 0;
    for (const end = Date.now() + seconds * 1000 - 500; Date.now() < end; samples += 1) {
      const log = logBlocks(subject.pid);
      most = Math.max(most, log);
      blocks += log;
      await delay(100);
    }
    const memory = pss(subject.pid);
    const results = await Promise.all(crowds.map((crowd) => crowd.result));
    const found = results.map((result) => faults(result, each));
    const sum = (name: string) => found.reduce((total, metrics) => total + (metrics[name] ?? 0), 0);
    const delivered = results.reduce((total, { rate }) => total + rate.total_bps, 0);
    return {
      viewers: each * wanted.length,
      mbps: delivered / 1e6,
      log_mb: most / megabyte,
      log_mean_mb: blocks / samples / megabyte,
      pss_mb: memory / megabyte,
      ...Object.fromEntries(['gaps', 'broken', 'lost', 'failed'].map((name) => [name, sum(name)])),
    };
  });
}

export const shared: Scenario = {
  name: 'shared',
  title: 'One stream over RTMP, HTTP-FLV and WebSocket-FLV: one copy of each log',
  about:
    'One publisher of 500 kbit/s, weir alone, mw_latency 350. Log is the memory of the stream logs (blocks of the process’s ' +
    'memory files), the most and the mean over the measurement. A log exists once for each wire format that is watched, and ' +
    'is the same for one viewer as for six hundred.',

  async *measure(run, { quick }) {
    for (const point of points) {
      yield { subject: 'weir', point: point.name, run, metrics: await measure(point, quick ? 12 : 30) };
    }
  },

  table: (summary) => ({
    headings: ['viewers', 'in all', 'Mbit/s', 'log MB, most', 'log MB, mean', 'PSS MB', 'gaps', 'lost'],
    rows: summary.points.map((point) => {
      const value = (metric: string, places: number) => digits(summary.value('weir', point, metric), places);
      return [
        point,
        value('viewers', 0),
        value('mbps', 0),
        value('log_mb', 2),
        value('log_mean_mb', 2),
        value('pss_mb', 1),
        value('gaps', 0),
        value('lost', 0),
      ];
    }),
  }),

  verdicts(summary) {
    const log = ({ name }: Point) => summary.value('weir', name, 'log_mean_mb');
    return [
      atMost('600 RTMP players: log memory over that of one', log(oneFormatMany) / log(oneFormatFew), 1.1),
      atMost('600 over each protocol: log memory over that of one over each', log(manyOfEach) / log(fewOfEach), 1.1),
      atMost('three formats: log memory over that of one format', log(manyOfEach) / log(oneFormatMany), 3.3),
      noFaults(summary),
    ];
  },
};
