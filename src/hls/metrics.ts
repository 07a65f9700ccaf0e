// What HLS tells Prometheus.

import type { MetricRow } from '../metric.js';
import type { HlsStats } from './feature.js';

export const hlsRows: readonly MetricRow<HlsStats>[] = [
  {
    name: 'weir_hls_streams',
    help: 'Streams that have HLS playlists, those included that are over and can still be fetched.',
    type: 'gauge',
    read: ({ streams }) => streams,
  },
  {
    name: 'weir_hls_fragments_total',
    help: 'Fragments that were cut.',
    type: 'counter',
    read: ({ fragments }) => fragments,
  },
  {
    name: 'weir_hls_fragment_bytes_total',
    help: 'Bytes of these fragments.',
    type: 'counter',
    read: ({ bytes }) => bytes,
  },
  {
    name: 'weir_hls_failures_total',
    help: 'Files that could not be written, fragments that were left out or given up before their time.',
    type: 'counter',
    read: ({ failures }) => failures,
  },
];
