// What forwards tell Prometheus.

import type { MetricRow } from '../metric.js';
import type { ForwardStats } from './feature.js';

const states = ['connecting', 'forwarding', 'waiting', 'refused'] as const;

export const forwardRows: readonly MetricRow<ForwardStats>[] = [
  {
    name: 'weir_forwards',
    help: 'Copies of streams to other servers, by what they do.',
    type: 'gauge',
    labels: ['state'],
    read: ({ copies }) =>
      states.map((state) => ({ labels: { state }, value: copies.filter((copy) => copy.state === state).length })),
  },
  {
    name: 'weir_forward_attempts_total',
    help: 'Connections to targets of forwards that were tried.',
    type: 'counter',
    read: ({ attempts }) => attempts,
  },
  {
    name: 'weir_forward_failures_total',
    help: 'Forwards that ended although their streams went on, by reason.',
    type: 'counter',
    labels: ['reason'],
    read: ({ failures }) => [...failures].map(([reason, value]) => ({ labels: { reason }, value })),
  },
];
