// Memory: what a settled player costs, from 300 to 9000 of them.
import { measurePlay, megabyte, streamKbps, withSubject } from '../lib/bench.js';
import { play, publish } from '../lib/generator.js';
import { startHost } from '../lib/host.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import type { Metrics, Summary } from '../lib/measurement.js';

const allPlayers = [300, 1800, 5000, 9000];
const first = '300';
const last = '9000';
const kilobytesPerMegabyte = 1024;
// V8 gives back what the joining took only when it has been idle for some seconds.
const settleSeconds = 25;
const columns = ['pss_mb', 'private_mb', 'log_mb', 'memory_mb', 'socket_mb', 'native_mb'];

const engine = 'engine alone';

/** Heap that the native engine has handed out, in this process, where its allocator's counter can be read. */
async function measureEngine(players: number): Promise<Metrics> {
  const host = startHost();
  const publisher = publish(host.url, { bitrate: streamKbps });
  await publisher.event('publishing');
  const crowd = play(host.url, { players, ramp: 1000, settle: 3, duration: 0, sample: 0 });
  await crowd.event('measuring');
  const { heapBytes, players: playing } = host.engine.stats();
  await crowd.stop();
  await publisher.stop();
  await host.stop();
  return { players: playing, native_mb: heapBytes / megabyte };
}

function perPlayer(summary: Summary, subject: string, metric: string): number {
  const grown = summary.value(subject, last, metric) - summary.value(subject, first, metric);
  return (grown * kilobytesPerMegabyte) / (Number(last) - Number(first));
}

export const memory: Scenario = {
  name: 'memory',
  title: 'Memory of settled players',
  about:
    'One publisher of 500 kbit/s, mw_latency 350, players that joined 25 s ago and read. PSS is the process’s memory, with ' +
    'all of node’s text although other processes may share it; log is the blocks of the stream logs, which no process ' +
    'maps. Socket memory is the kernel’s, as it accounts for it, both ends of every connection. Per player: the growth from ' +
    '300 to 9000 players. "Engine alone" runs in the bench’s own process, where the allocator’s counter can be read.',

  async *measure(run, { quick, subjects }) {
    const seconds = quick ? 4 : 10;
    for (const players of quick ? [300, 9000] : allPlayers) {
      for (const name of subjects) {
        const metrics = await withSubject(name, { mwLatency: 350 }, (subject, url) =>
          measurePlay(subject, url, { players, seconds, flags: { ramp: 1000, settle: settleSeconds } }),
        );
        yield { subject: name, point: String(players), run, metrics };
      }
      if (!subjects.includes('weir')) continue;
      yield { subject: engine, point: String(players), run, metrics: await measureEngine(players) };
    }
  },

  table: (summary) => ({
    headings: [
      'server',
      'players',
      'PSS MB',
      'of it private MB',
      'log MB',
      'PSS and log MB',
      'sockets MB',
      'native heap MB',
    ],
    rows: summary.subjects.flatMap((subject) => [
      ...summary.points.map((point) => {
        const value = (metric: string) => digits(summary.value(subject, point, metric));
        return [subject, point, ...columns.map((metric) => value(metric))];
      }),
      [subject, 'per player, KB', ...columns.map((metric) => digits(perPlayer(summary, subject, metric), 2))],
    ]),
  }),

  verdicts: (summary) => [
    atMost('native: at most 512 bytes a player', perPlayer(summary, engine, 'native_mb') * 1024, 512, 0),
    atMost('PSS and log grow by at most 1 KiB a player', perPlayer(summary, 'weir', 'memory_mb'), 1),
    atMost('at most 64 MiB at 1800 players', summary.value('weir', '1800', 'memory_mb'), 64, 1),
    atMost('at most 96 MiB at 9000 players', summary.value('weir', last, 'memory_mb'), 96, 1),
    noFaults(summary),
  ],
};
