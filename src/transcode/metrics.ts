// What transcodes tell Prometheus. Labels are names of the configuration: few, whatever is published.

import type { MetricRow, Sample } from '../metric.js';
import type { EngineFacts, TranscodeStats } from './feature.js';

const states = ['running', 'waiting', 'failed'] as const;

/** One value for each vhost and engine, over all streams that run it. */
function byEngine(
  { engines }: TranscodeStats,
  value: (facts: EngineFacts) => number,
  join: (a: number, b: number) => number,
): readonly Sample[] {
  const values = new Map<string, { labels: { vhost: string; engine: string }; value: number }>();
  for (const facts of engines.filter(({ state }) => state === 'running')) {
    const { vhost, engine } = facts;
    const key = `${vhost}\n${engine}`;
    const known = values.get(key);
    values.set(key, { labels: { vhost, engine }, value: known ? join(known.value, value(facts)) : value(facts) });
  }
  return [...values.values()];
}

const sum = (a: number, b: number): number => a + b;
const labels = ['vhost', 'engine'];

export const transcodeRows: readonly MetricRow<TranscodeStats>[] = [
  {
    name: 'weir_transcode_engines',
    help: 'Engines of transcodes, by what they do.',
    type: 'gauge',
    labels: ['state'],
    read: ({ engines }) =>
      states.map((state) => ({ labels: { state }, value: engines.filter((one) => one.state === state).length })),
  },
  {
    name: 'weir_transcode_fps',
    help: 'Frames per second that ffmpeg makes, over all streams of an engine.',
    type: 'gauge',
    labels,
    read: (stats) => byEngine(stats, ({ progress }) => progress.fps, sum),
  },
  {
    name: 'weir_transcode_speed_ratio',
    help: 'Speed of the slowest ffmpeg of an engine; below 1 it cannot follow its stream.',
    type: 'gauge',
    labels,
    read: (stats) => byEngine(stats, ({ progress }) => progress.speed, Math.min),
  },
  {
    name: 'weir_transcode_bits_per_second',
    help: 'What ffmpeg writes, over all streams of an engine.',
    type: 'gauge',
    labels,
    read: (stats) => byEngine(stats, ({ progress }) => progress.bitrate, sum),
  },
  {
    name: 'weir_transcode_starts_total',
    help: 'Starts of ffmpeg by transcodes.',
    type: 'counter',
    read: ({ starts }) => starts,
  },
  {
    name: 'weir_transcode_restarts_total',
    help: 'Starts of ffmpeg by transcodes because it had ended although its stream went on.',
    type: 'counter',
    read: ({ restarts }) => restarts,
  },
  {
    name: 'weir_transcode_failures_total',
    help: 'Engines of transcodes that were given up: max_restarts was reached.',
    type: 'counter',
    read: ({ failures }) => failures,
  },
];
