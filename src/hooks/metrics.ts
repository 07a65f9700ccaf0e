// What hooks tell Prometheus.

import type { MetricRow } from '../metric.js';
import type { QueueStats } from './queue.js';
import { latencyBounds, type EventStats, type HookStats } from './stats.js';

interface Source {
  readonly events: HookStats;
  readonly queue: QueueStats;
}

const byEvent =
  (value: (stats: EventStats) => number) =>
  ({ events }: Source) =>
    Object.entries(events).map(([event, stats]) => ({ labels: { event }, value: value(stats) }));

export const hookRows: readonly MetricRow<Source>[] = [
  {
    type: 'histogram',
    name: 'weir_hook_duration_seconds',
    help: 'How long calls of HTTP hooks took, answered or not.',
    labels: ['event'],
    bounds: latencyBounds,
    read: ({ events }) =>
      Object.entries(events).map(([event, { latency, seconds }]) => ({
        labels: { event },
        counts: latency,
        sum: seconds,
      })),
  },
  {
    type: 'counter',
    name: 'weir_hook_failures_total',
    help: 'Calls of HTTP hooks without a usable answer: no connection, too late, a status of 500 or more.',
    labels: ['event'],
    read: byEvent(({ failed }) => failed),
  },
  {
    type: 'counter',
    name: 'weir_hook_denials_total',
    help: 'Clients that a hook refused.',
    labels: ['event'],
    read: byEvent(({ denied }) => denied),
  },
  {
    type: 'gauge',
    name: 'weir_hook_queue_length',
    help: 'Calls that only tell and wait for their server.',
    read: ({ queue }) => queue.waiting,
  },
  {
    type: 'counter',
    name: 'weir_hook_lost_total',
    help: 'Calls that only tell and were given up after keep_trying, or after five answers with an error.',
    read: ({ queue }) => queue.lost,
  },
  {
    type: 'counter',
    name: 'weir_hook_overflow_total',
    help: 'Calls that only tell and were dropped because too many waited.',
    read: ({ queue }) => queue.overflow,
  },
];
