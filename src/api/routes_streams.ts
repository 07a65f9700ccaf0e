// Vhosts, streams and clients, in the shape of SRS 2 and 3 where it has the fields.

import type { ConnectionStats, EngineStats, StreamStats } from '../native.js';
import type { ClientFilter } from './client_list.js';
import { headOf, reply } from './envelope.js';
import { ApiFailure } from './failure.js';
import { route, type ApiContext, type Call, type Parameter, type Route } from './route.js';
import { kbps } from './routes_system.js';
import { flag, integer, list, map, nullable, number, object, oneOf, text, type TypeOf } from './schema.js';
import { idOf } from './stream_id.js';

const since = 'SRS 2.0';
const defaultCount = 100;
const mostCount = 1000;

const whole = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
const page: readonly Parameter[] = [
  { name: 'start', in: 'query', doc: 'The first one, from 0.', schema: { ...whole, default: 0 } },
  {
    ...{ name: 'count', in: 'query', doc: `So many at most, up to ${mostCount}.` },
    schema: { ...whole, minimum: 1, maximum: mostCount, default: defaultCount },
  },
];
const pathId: Parameter = { name: 'id', in: 'path', doc: 'As the list gives it.', schema: whole };
const filters = (...names: readonly string[]): Parameter[] =>
  names.map((name) => ({ name, in: 'query', doc: `Only those of this ${name}.`, schema: { type: 'string' } }));

export const rates = object({ recv_30s: integer('kbit/s over 30 seconds.'), send_30s: integer() });
export const rateOf = (stats: { readonly inRate30: number; readonly outRate30: number }): TypeOf<typeof rates> => ({
  recv_30s: kbps(stats.inRate30),
  send_30s: kbps(stats.outRate30),
});
const sumOf = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0);
const ranges = (call: Call): [start: number, count: number] => [
  call.number('start') ?? 0,
  call.number('count') ?? defaultCount,
];

const vhostSchema = object({
  id: integer(),
  name: text(),
  enabled: flag(),
  clients: integer('Publishers, players and viewers.'),
  streams: integer(),
  send_bytes: integer('Of all its streams that are and were.'),
  recv_bytes: integer(),
  kbps: rates,
  hls: object({ enabled: flag(), fragment: nullable(number('Seconds.')) }),
});

function vhostsOf({ config, snapshots }: ApiContext): TypeOf<typeof vhostSchema>[] {
  const stats = snapshots.recent();
  return config().vhost.map((vhost) => {
    const streams = stats.streams.filter((stream) => stream.vhost === vhost.name);
    const bytes = stats.vhosts.find((sums) => sums.vhost === vhost.name);
    return {
      ...{ id: idOf(vhost.name), name: vhost.name, enabled: vhost.enabled, clients: sumOf(streams, clientsOf) },
      streams: streams.length,
      ...{ send_bytes: bytes?.bytesOut ?? 0, recv_bytes: bytes?.bytesIn ?? 0 },
      kbps: rateOf({ inRate30: sumOf(streams, (s) => s.inRate30), outRate30: sumOf(streams, (s) => s.outRate30) }),
      hls: { enabled: vhost.hls.enabled, fragment: vhost.hls.enabled ? vhost.hls.hls_fragment / 1000 : null },
    };
  });
}

const clientsOf = ({ players, hlsViewers, publisher }: StreamStats): number =>
  players + hlsViewers + (publisher === 0 ? 0 : 1);

const streamSchema = object({
  id: integer('Made from vhost, app and name: the same after a restart.'),
  name: text(),
  vhost: integer('The id of its vhost.'),
  vhost_name: text(),
  app: text(),
  tcUrl: text(),
  url: text(),
  live_ms: integer('Unix milliseconds: now.'),
  uptime_ms: integer('How long it has been published; 0: nobody does.'),
  clients: integer('Publisher, players and viewers.'),
  players: map(integer(), 'By protocol.'),
  frames: integer(),
  skips: integer('Players that fell behind and jumped ahead.'),
  drops: integer('Messages that could not be used.'),
  send_bytes: integer(),
  recv_bytes: integer(),
  kbps: rates,
  log_bytes: integer('Memory that its logs take.'),
  publish: object({ active: flag(), cid: integer('The client that publishes; 0: none.'), ip: text() }),
  video: nullable(object({ codec: text(), width: integer(), height: integer() })),
  audio: nullable(object({ codec: text() })),
});

function streamOf(stream: StreamStats): TypeOf<typeof streamSchema> {
  const { vhost, app, publisher, videoCodec, audioCodec, width, height } = stream;
  return {
    ...{ id: idOf(vhost, app, stream.stream), name: stream.stream, vhost: idOf(vhost), vhost_name: vhost, app },
    ...{ tcUrl: `rtmp://${vhost}/${app}`, url: `/${app}/${stream.stream}`, live_ms: Date.now() },
    ...{ uptime_ms: stream.uptime, clients: clientsOf(stream) },
    players: { ...stream.playersByProtocol, hls: stream.hlsViewers },
    frames: stream.videoFrames + stream.audioFrames,
    ...{ skips: stream.skips, drops: stream.drops, send_bytes: stream.bytesOut, recv_bytes: stream.bytesIn },
    ...{ kbps: rateOf(stream), log_bytes: stream.logBytes },
    publish: { active: publisher !== 0, cid: publisher, ip: stream.publisherIp },
    video: videoCodec === '' ? null : { codec: videoCodec, width, height },
    audio: audioCodec === '' ? null : { codec: audioCodec },
  };
}

const matches = (call: Call, values: Readonly<Record<string, string>>): boolean =>
  Object.entries(values).every(([name, value]) => (call.text(name) ?? value) === value);

function findStreams(stats: EngineStats, call: Call): readonly StreamStats[] {
  return stats.streams
    .filter(({ vhost, app }) => matches(call, { vhost, app }))
    .toSorted((a, b) => order(a.vhost, b.vhost) || order(a.app, b.app) || order(a.stream, b.stream));
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const clientSchema = object({
  id: integer('As `conn` in the log.'),
  vhost: integer('The id of its vhost.'),
  vhost_name: text(),
  app: text(),
  name: text('Of the stream.'),
  stream: integer('The id of the stream.'),
  ip: text(),
  tcUrl: text(),
  url: text(),
  type: text('fmle-publish, rtmp-play, flv-play, ts-play or hls-play.'),
  protocol: text('rtmp, flv, ws-flv, ts or hls.'),
  publish: flag('It publishes.'),
  alive: number('Seconds.'),
  frames: integer(),
  send_bytes: integer('To the client.'),
  recv_bytes: integer('From the client.'),
  kbps: rates,
  lag_ms: integer('How far a player is behind.'),
  lag_bytes: integer(),
  skips: integer(),
  tcp: object({ rtt_ms: number(), retransmits: integer(), unacked: integer(), nodelay: flag('TCP_NODELAY is set.') }),
});

/** Called for each of a thousand clients a page: no spreads, which make V8 build an object property by property. */
function clientOf(client: ConnectionStats): TypeOf<typeof clientSchema> {
  const { vhost, app, stream, protocol, role, tcp } = client;
  const play = protocol === 'ws-flv' ? 'flv-play' : `${protocol}-play`;
  return {
    id: client.conn,
    vhost: idOf(vhost),
    vhost_name: vhost,
    app,
    name: stream,
    stream: idOf(vhost, app, stream),
    ip: client.ip,
    tcUrl: `rtmp://${vhost}/${app}`,
    url: `/${app}/${stream}`,
    type: role === 'publisher' ? 'fmle-publish' : play,
    protocol,
    publish: role === 'publisher',
    alive: client.uptime / 1000,
    frames: client.frames,
    send_bytes: client.bytesOut,
    recv_bytes: client.bytesIn,
    kbps: rateOf(client),
    lag_ms: client.lag,
    lag_bytes: client.lagBytes,
    skips: client.skips,
    tcp: { rtt_ms: tcp.rtt / 1000, retransmits: tcp.retransmits, unacked: tcp.unacked, nodelay: tcp.nodelay },
  };
}

function filterOf(call: Call): ClientFilter {
  const names = ['vhost', 'app', 'stream', 'ip', 'role', 'protocol'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = call.text(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const total = integer('Of all, not only of this page.');
const noStream = (): ApiFailure => new ApiFailure(404, 'there is no such stream', { what: 'stream' });
const noClient = (): ApiFailure => new ApiFailure(404, 'there is no such client', { what: 'client' });
const missing = [404];

export const streamRoutes: readonly Route[] = [
  route(
    ['GET', '/api/v1/vhosts'],
    { summary: 'The vhosts.', since },
    reply({ vhosts: list(vhostSchema) }),
    (context) => ({ ...headOf(context), vhosts: vhostsOf(context) }),
  ),
  route(
    ['GET', '/api/v1/vhosts/{id}'],
    { summary: 'One vhost.', since, parameters: [pathId], failures: missing },
    reply({ vhost: vhostSchema }),
    (context, call) => {
      const vhost = vhostsOf(context).find(({ id }) => id === call.number('id'));
      if (!vhost) throw new ApiFailure(404, 'there is no such vhost', { what: 'notFound' });
      return { ...headOf(context), vhost };
    },
  ),
  route(
    ['GET', '/api/v1/streams'],
    { summary: 'The streams, by vhost, app and name.', since, parameters: [...page, ...filters('vhost', 'app')] },
    reply({ total, streams: list(streamSchema) }),
    (context, call) => {
      const found = findStreams(context.snapshots.recent(), call);
      const [start, count] = ranges(call);
      return { ...headOf(context), total: found.length, streams: found.slice(start, start + count).map(streamOf) };
    },
  ),
  route(
    ['GET', '/api/v1/streams/{id}'],
    { summary: 'One stream.', since, parameters: [pathId], failures: missing },
    reply({ stream: streamSchema }),
    (context, call) => {
      const { streams } = context.snapshots.recent();
      const found = streams.find(({ vhost, app, stream }) => idOf(vhost, app, stream) === call.number('id'));
      if (!found) throw noStream();
      return { ...headOf(context), stream: streamOf(found) };
    },
  ),
  route(
    ['GET', '/api/v1/clients'],
    {
      ...{ summary: 'Who publishes and plays.', since },
      parameters: [
        ...[...page, ...filters('vhost', 'app', 'stream', 'ip', 'protocol')],
        { name: 'role', in: 'query', doc: 'Only these.', schema: oneOf(['publisher', 'player']).json },
      ],
    },
    reply({ total, clients: list(clientSchema) }),
    async (context, call) => {
      const found = await context.clients.page(...ranges(call), filterOf(call));
      return { ...headOf(context), total: found.total, clients: found.items.map(clientOf) };
    },
  ),
  route(
    ['GET', '/api/v1/clients/{id}'],
    { summary: 'One client.', since, parameters: [pathId], failures: missing },
    reply({ client: clientSchema }),
    async (context, call) => {
      const found = await context.clients.find(call.number('id') ?? 0);
      if (!found) throw noClient();
      return { ...headOf(context), client: clientOf(found) };
    },
  ),
  route(
    ['DELETE', '/api/v1/clients/{id}'],
    { summary: 'Tells a client that it is ended, and closes it.', since, parameters: [pathId], failures: missing },
    reply({}),
    (context, call) => {
      if (!context.kick(call.number('id') ?? 0)) throw noClient();
      return headOf(context);
    },
  ),
];
