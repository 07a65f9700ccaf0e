// The metrics of the process, its main thread and the machine. `process_...` are names that every dashboard knows.

import type { IntervalHistogram } from 'node:perf_hooks';
import type { MetricRow } from '../../metric.js';
import type { SystemSample } from '../system/sampler.js';
import { version } from '../../version.js';

export interface ProcessSource {
  readonly system: SystemSample;
  /** Of the main thread, since the last scrape. */
  readonly loop: IntervalHistogram;
  readonly startedAt: number;
  readonly subscribers: number;
  readonly calls: { readonly open: () => number; readonly refused: () => number };
}

/** The histogram counts the timer's own interval in. */
export const loopResolution = 10;
const kilobyte = 1024;

const loopDelay = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - loopResolution / 1000) || 0;

export const processRows: readonly MetricRow<ProcessSource>[] = [
  {
    ...{ name: 'weir_info', type: 'gauge', labels: ['version', 'node'], help: 'Always 1: the version as a label.' },
    read: () => [{ labels: { version, node: process.versions.node }, value: 1 }],
  },
  {
    ...{ name: 'weir_event_loop_delay_seconds', type: 'gauge', labels: ['point'] },
    help: 'How late the main thread, which decides, came to its work since the last scrape.',
    read: ({ loop }) => [
      { labels: { point: 'p50' }, value: loopDelay(loop.percentile(50)) },
      { labels: { point: 'p99' }, value: loopDelay(loop.percentile(99)) },
      { labels: { point: 'max' }, value: loopDelay(loop.max) },
    ],
  },
  {
    ...{ name: 'weir_api_event_subscribers', type: 'gauge', help: 'WebSockets at /api/v1/events.' },
    read: ({ subscribers }) => subscribers,
  },
  {
    ...{ name: 'weir_api_calls', type: 'gauge', help: 'Calls of the API that are on their way; 256 at most.' },
    read: ({ calls }) => calls.open(),
  },
  {
    ...{ name: 'weir_api_refused_total', type: 'counter', help: 'Calls of the API that were one too many (503).' },
    read: ({ calls }) => calls.refused(),
  },
  {
    ...{ name: 'weir_system_cpu_ratio', type: 'gauge', help: 'What of all cores of the machine is in use, 0 to 1.' },
    read: ({ system }) => system.cpuShare,
  },
  {
    ...{ name: 'weir_system_memory_available_bytes', type: 'gauge', help: 'Memory that the machine could hand out.' },
    read: ({ system }) => system.memory.available * kilobyte,
  },
  {
    ...{ name: 'process_cpu_seconds_total', type: 'counter', help: 'Processor time of the process.' },
    read: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  },
  {
    ...{ name: 'process_resident_memory_bytes', type: 'gauge', help: 'Resident memory of the process.' },
    read: () => process.memoryUsage.rss(),
  },
  {
    ...{ name: 'process_open_fds', type: 'gauge', help: 'Open file descriptors.' },
    read: ({ system }) => system.openFiles,
  },
  {
    ...{ name: 'process_start_time_seconds', type: 'gauge', help: 'When the server started, in Unix time.' },
    read: ({ startedAt }) => startedAt / 1000,
  },
];
