// The metrics of the engine: one snapshot for each scrape. Labels are bounded: vhosts stand in the configuration, apps are
// counted up to a cap, reasons and protocols are ours. Streams are told one by one only where `metrics_per_stream` says so.

import { startDelayBounds } from '../../native/stats.js';
import type { EngineStats, ReactorStats, StreamStats } from '../../native.js';
import { errors, type ErrorCode, type ErrorEntry } from '../../errors.js';
import type { MetricRow, Sample } from '../../metric.js';
import type { Peaks } from '../snapshots.js';

export interface EngineSource {
  readonly stats: EngineStats;
  /** Since the last scrape. */
  readonly peaks: Peaks;
}

/** More apps than this are summed up as `other`. */
const mostApps = 100;
const micro = 1e-6;

type Row = MetricRow<EngineSource>;

const byVhost =
  (name: 'bytesIn' | 'bytesOut' | 'skips' | 'drops'): Row['read'] & (({ stats }: EngineSource) => Sample[]) =>
  ({ stats }) =>
    stats.vhosts.map((sums) => ({ labels: { vhost: sums.vhost }, value: sums[name] }));

const byReactor =
  (read: (reactor: ReactorStats) => number) =>
  ({ stats }: EngineSource): Sample[] =>
    stats.reactors.map((reactor, index) => ({ labels: { reactor: String(index) }, value: read(reactor) }));

/** Sums of `value` over streams with the same labels. */
function sums(streams: readonly StreamStats[], pieces: (stream: StreamStats) => readonly Sample[]): Sample[] {
  const found = new Map<string, { labels: Readonly<Record<string, string>>; value: number }>();
  for (const { labels = {}, value } of streams.flatMap(pieces)) {
    const key = Object.values(labels).join('\0');
    const known = found.get(key);
    if (known) known.value += value;
    else found.set(key, { labels, value });
  }
  return [...found.values()];
}

const players = ({ stats }: EngineSource): Sample[] =>
  sums(stats.streams, ({ vhost, playersByProtocol, hlsViewers }) =>
    Object.entries({ ...playersByProtocol, hls: hlsViewers }).map(([protocol, value]) => ({
      labels: { vhost, protocol },
      value,
    })),
  );

function appPlayers({ stats }: EngineSource): Sample[] {
  const all = sums(stats.streams, ({ vhost, app, players: value }) => [{ labels: { vhost, app }, value }]);
  const largest = all.toSorted((a, b) => b.value - a.value);
  const rest = largest.slice(mostApps);
  if (rest.length === 0) return all;
  const value = rest.reduce((total, sample) => total + sample.value, 0);
  return [...largest.slice(0, mostApps), { labels: { vhost: 'other', app: 'other' }, value }];
}

function ended({ stats }: EngineSource): Sample[] {
  return Object.entries(stats.ended).map(([reason, value]) => {
    const entry: ErrorEntry = errors[reason as ErrorCode];
    return { labels: { reason, kind: entry.ordinary ? 'ordinary' : 'error' }, value };
  });
}

const traffic: readonly Row[] = [
  {
    ...{ name: 'weir_received_bytes_total', type: 'counter', help: 'Bytes received from all clients.' },
    read: ({ stats }) => stats.bytesIn,
  },
  {
    ...{ name: 'weir_sent_bytes_total', type: 'counter', help: 'Bytes sent to all clients.' },
    read: ({ stats }) => stats.bytesOut,
  },
  {
    ...{ name: 'weir_receive_bytes_per_second', type: 'gauge', help: 'Received in a second, over 3 seconds.' },
    read: ({ stats }) => stats.inRate3 / 8,
  },
  {
    ...{ name: 'weir_send_bytes_per_second', type: 'gauge', help: 'Sent in a second, over 3 seconds.' },
    read: ({ stats }) => stats.outRate3 / 8,
  },
  {
    ...{ name: 'weir_vhost_received_bytes_total', type: 'counter', help: 'Media bytes published.' },
    ...{ labels: ['vhost'], read: byVhost('bytesIn') },
  },
  {
    ...{ name: 'weir_vhost_sent_bytes_total', type: 'counter', help: 'Media bytes sent to players.' },
    ...{ labels: ['vhost'], read: byVhost('bytesOut') },
  },
  {
    ...{
      name: 'weir_skips_total',
      type: 'counter',
      help: 'Players that fell behind and were put to a newer key frame.',
    },
    ...{ labels: ['vhost'], read: byVhost('skips') },
  },
  {
    ...{ name: 'weir_drops_total', type: 'counter', help: 'Published messages that could not be used.' },
    ...{ labels: ['vhost'], read: byVhost('drops') },
  },
];

const clients: readonly Row[] = [
  {
    ...{ name: 'weir_connections', type: 'gauge', help: 'Connections that are open.' },
    read: ({ stats }) => stats.connections,
  },
  {
    ...{ name: 'weir_connections_accepted_total', type: 'counter', help: 'Connections that were taken.' },
    read: ({ stats }) => stats.accepted,
  },
  {
    ...{ name: 'weir_connections_ended_total', type: 'counter', labels: ['reason', 'kind'], read: ended },
    help: 'Connections that ended or were refused, by reason (docs/errors.md). kind is ordinary or error.',
  },
  {
    ...{ name: 'weir_publishers', type: 'gauge', help: 'Clients that publish.' },
    read: ({ stats }) => stats.publishers,
  },
  {
    ...{ name: 'weir_players', type: 'gauge', labels: ['vhost', 'protocol'], read: players },
    help: 'Clients that play; for hls, viewers of its lists.',
  },
  {
    ...{ name: 'weir_app_players', type: 'gauge', labels: ['vhost', 'app'], read: appPlayers },
    help: `Players of live connections by app: the ${mostApps} largest, then other.`,
  },
  {
    ...{ name: 'weir_streams', type: 'gauge', labels: ['vhost'], help: 'Streams that somebody publishes or plays.' },
    read: ({ stats }) => sums(stats.streams, ({ vhost }) => [{ labels: { vhost }, value: 1 }]),
  },
  {
    ...{ name: 'weir_events_missed_total', type: 'counter' },
    help: 'Events that were counted instead of reported, in a flood of clients.',
    read: ({ stats }) => stats.eventsMissed,
  },
  {
    ...{ name: 'weir_http_responses_total', type: 'counter', labels: ['status'] },
    help: 'Answers of http_server, by status.',
    read: ({ stats }) => Object.entries(stats.responses).map(([status, value]) => ({ labels: { status }, value })),
  },
  {
    ...{ name: 'weir_http_refusals_total', type: 'counter', labels: ['reason'] },
    help: 'HTTP requests that were refused, by reason; their connections may have lived on.',
    read: ({ stats }) => Object.entries(stats.refused).map(([reason, value]) => ({ labels: { reason }, value })),
  },
];

const memory: readonly Row[] = [
  {
    ...{ name: 'weir_log_bytes', type: 'gauge', help: 'Memory of all stream logs.' },
    read: ({ stats }) => stats.logBytes,
  },
  {
    ...{ name: 'weir_log_limit_bytes', type: 'gauge', help: 'What they may take (memory_limit).' },
    read: ({ stats }) => stats.memoryLimit,
  },
  {
    ...{ name: 'weir_native_heap_bytes', type: 'gauge', help: 'What the C++ heap has handed out.' },
    read: ({ stats }) => stats.heapBytes,
  },
  {
    ...{ name: 'weir_objects', type: 'gauge', help: 'Objects that http_server serves beside the streams.' },
    read: ({ stats }) => stats.objects,
  },
  {
    ...{ name: 'weir_object_bytes', type: 'gauge', help: 'What of them is kept as bytes.' },
    read: ({ stats }) => stats.objectBytes,
  },
];

const labels = ['reactor'];

const reactors: readonly Row[] = [
  {
    ...{ name: 'weir_reactor_connections', type: 'gauge', help: 'Connections of a reactor thread.', labels },
    read: byReactor((reactor) => reactor.connections),
  },
  {
    ...{ name: 'weir_reactor_rounds_total', type: 'counter', help: 'Flush rounds over all players.', labels },
    read: byReactor((reactor) => reactor.rounds),
  },
  {
    ...{ name: 'weir_reactor_round_seconds_total', type: 'counter', help: 'Time that the rounds took.', labels },
    read: byReactor((reactor) => reactor.roundTime * micro),
  },
  {
    ...{ name: 'weir_reactor_round_interval_seconds_total', type: 'counter', labels },
    help: 'Time between the starts of rounds.',
    read: byReactor((reactor) => reactor.roundIntervals * micro),
  },
  {
    ...{ name: 'weir_reactor_round_max_seconds', type: 'gauge', help: 'The longest round since the last scrape.' },
    read: ({ peaks }) => peaks.round * micro,
  },
  {
    ...{ name: 'weir_reactor_start_delay_seconds', type: 'histogram', labels },
    help: 'How much later than due a round began: what players feel of a busy thread.',
    bounds: startDelayBounds.map((bound) => bound / 1e6),
    read: ({ stats }) =>
      stats.reactors.map(({ startDelays, startDelay }, index) => ({
        ...{ labels: { reactor: String(index) }, counts: startDelays, sum: startDelay * micro },
      })),
  },
  {
    ...{ name: 'weir_reactor_start_delay_max_seconds', type: 'gauge' },
    help: 'The latest beginning of a round since the last scrape.',
    read: ({ peaks }) => peaks.startDelay * micro,
  },
];

export const engineRows: readonly Row[] = [...traffic, ...clients, ...memory, ...reactors];

const perStream =
  (read: (stream: StreamStats) => number) =>
  (streams: readonly StreamStats[]): Sample[] =>
    streams.map((stream) => ({
      labels: { vhost: stream.vhost, app: stream.app, stream: stream.stream },
      value: read(stream),
    }));

const streamLabels = ['vhost', 'app', 'stream'];

/** With `metrics_per_stream on` only. A stream's counters begin again when it does. */
export const streamRows: readonly MetricRow<readonly StreamStats[]>[] = [
  {
    ...{
      name: 'weir_stream_players',
      type: 'gauge',
      labels: streamLabels,
      help: 'Players and HLS viewers of a stream.',
    },
    read: perStream((stream) => stream.players + stream.hlsViewers),
  },
  {
    ...{ name: 'weir_stream_received_bytes_total', type: 'counter', labels: streamLabels, help: 'Bytes published.' },
    read: perStream((stream) => stream.bytesIn),
  },
  {
    ...{
      name: 'weir_stream_sent_bytes_total',
      type: 'counter',
      labels: streamLabels,
      help: 'Bytes sent to its players.',
    },
    read: perStream((stream) => stream.bytesOut),
  },
  {
    ...{ name: 'weir_stream_frames_total', type: 'counter', labels: streamLabels, help: 'Audio and video frames.' },
    read: perStream((stream) => stream.videoFrames + stream.audioFrames),
  },
  {
    ...{
      name: 'weir_stream_skips_total',
      type: 'counter',
      labels: streamLabels,
      help: 'Players that were skipped ahead.',
    },
    read: perStream((stream) => stream.skips),
  },
  {
    ...{ name: 'weir_stream_log_bytes', type: 'gauge', labels: streamLabels, help: 'Memory of its logs.' },
    read: perStream((stream) => stream.logBytes),
  },
];
