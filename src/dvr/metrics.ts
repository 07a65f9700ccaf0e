// What recordings tell Prometheus.

import type { MetricRow } from '../metric.js';
import type { DvrStats } from './feature.js';

export const dvrRows: readonly MetricRow<DvrStats>[] = [
  {
    name: 'weir_dvr_recordings',
    help: 'Streams that are being recorded.',
    type: 'gauge',
    read: ({ running }) => running,
  },
  {
    name: 'weir_dvr_files_total',
    help: 'Recorded files that were finished.',
    type: 'counter',
    read: ({ files }) => files,
  },
  {
    name: 'weir_dvr_file_bytes_total',
    help: 'Bytes of these files.',
    type: 'counter',
    read: ({ bytes }) => bytes,
  },
  {
    name: 'weir_dvr_gaps_total',
    help: 'Gaps in recordings, because a disk was too slow.',
    type: 'counter',
    read: ({ gaps }) => gaps,
  },
  {
    name: 'weir_dvr_failures_total',
    help: 'Files that could not be made, written or repaired.',
    type: 'counter',
    read: ({ failures }) => failures,
  },
];
