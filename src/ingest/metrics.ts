// What ingests tell Prometheus.

import type { MetricRow } from '../metric.js';
import type { IngestStats } from './feature.js';

const states = ['connecting', 'running', 'waiting', 'failed'] as const;

export const ingestRows: readonly MetricRow<IngestStats>[] = [
  {
    name: 'weir_ingests',
    help: 'Ingests, by what they do.',
    type: 'gauge',
    labels: ['state'],
    read: ({ ingests }) =>
      states.map((state) => ({ labels: { state }, value: ingests.filter((one) => one.state === state).length })),
  },
  {
    name: 'weir_ingest_attempts_total',
    help: 'Connections to sources of ingests that were tried, and starts of their programs.',
    type: 'counter',
    read: ({ attempts }) => attempts,
  },
  {
    name: 'weir_ingest_failures_total',
    help: 'Attempts of ingests that ended, by reason.',
    type: 'counter',
    labels: ['reason'],
    read: ({ failures }) => [...failures].map(([reason, value]) => ({ labels: { reason }, value })),
  },
];
