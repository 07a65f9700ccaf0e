// 5000 hostile connections while players play: each is ended, and nobody else notices.
import { setTimeout as delay } from 'node:timers/promises';
import { faults, megabyte, readMemory, withSubject, type SubjectName } from '../lib/bench.js';
import { meanwhile } from '../lib/children.js';
import { attack as attackWith, play } from '../lib/generator.js';
import type { Metrics } from '../lib/measurement.js';
import { atMost, digits, type Scenario } from '../lib/scenario.js';

const players = 300;
const connections = 5000;
const point = `${connections}`;

async function measure(name: SubjectName, quick: boolean): Promise<Metrics> {
  return withSubject(name, {}, async (subject, url) => {
    const audience = play(url, { players, duration: 0, sample: 50 });
    await audience.event('measuring');
    await delay(2000);
    const read = () => {
      const { pss, log } = readMemory(subject.pid);
      return (pss + log) / megabyte;
    };
    const before = read();
    const duration = quick ? 20 : 60;
    const assault = attackWith(url, { connections, ramp: 1000, duration });
    let peak = before;
    await meanwhile(assault.result, 250, () => (peak = Math.max(peak, read())));
    const { still_open, sent_bytes } = await assault.result;
    await delay(1000);
    const after = read();
    await audience.stop();
    const result = await audience.result;
    return {
      connections,
      still_open,
      sent_mb: sent_bytes / megabyte,
      memory_before_mb: before,
      memory_peak_mb: peak,
      memory_after_mb: after,
      latency_p99_ms: result.sample.latency_ms.p99,
      latency_max_ms: result.sample.latency_ms.max,
      outside_2_percent: result.rate.outside_2_percent,
      ...faults(result, players),
    };
  });
}

export const attack: Scenario = {
  name: 'attack',
  title: '5000 hostile connections while 300 players play',
  about:
    'Garbage, half a handshake, one byte a second, a chunk size of 2 GB, a 16 MB message whose string claims 1 GB, and AMF ' +
    'nested ten thousand deep, mixed, a thousand connections a second. "Left open" are those that the server had not ended ' +
    'when the time was over.',

  async *measure(run, { quick, subjects }) {
    for (const subject of subjects) yield { subject, point, run, metrics: await measure(subject, quick) };
  },

  table: (summary) => ({
    headings: ['server', 'left open', 'memory MB before', 'peak', 'after', 'latency p99 ms', 'max ms', 'gaps', 'lost'],
    rows: summary.subjects.map((subject) => {
      const value = (metric: string, places = 1) => digits(summary.value(subject, point, metric), places);
      return [
        subject,
        value('still_open', 0),
        value('memory_before_mb'),
        value('memory_peak_mb'),
        value('memory_after_mb'),
        value('latency_p99_ms'),
        value('latency_max_ms'),
        value('gaps', 0),
        value('lost', 0),
      ];
    }),
  }),

  verdicts: (summary) => {
    const harm = ['gaps', 'broken', 'lost', 'failed'].flatMap((metric) => summary.values('weir', point, metric));
    return [
      atMost('every hostile connection is ended', summary.value('weir', point, 'still_open'), 0, 0),
      atMost(
        'no player loses a byte',
        harm.reduce((sum, value) => sum + value, 0),
        0,
        0,
      ),
      atMost(
        'memory after it, over memory before it',
        summary.ratio(point, ['weir', 'memory_after_mb'], ['weir', 'memory_before_mb']),
        1.15,
      ),
    ];
  },
};
