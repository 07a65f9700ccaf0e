// The composition root: a configuration in, a running server out. start() returns what stops it.

import { availableParallelism } from 'node:os';
import { openSnapshots } from './api/snapshots.js';
import { startApi, type Api } from './api/start.js';
import { playGrant } from './admission/grant.js';
import type { Surroundings } from './admission/clients.js';
import { callsOfHooks, startClients, type AccessCheck, type ClientsOptions } from './clients.js';
import type { Config, LoadedConfig } from './config/load.js';
import { startDelivery } from './delivery/start.js';
import { checkDvr, Dvr } from './dvr/feature.js';
import { dvrRows } from './dvr/metrics.js';
import type { Endpoint } from './config/values.js';
import { drainRows, startDrain } from './drain/start.js';
import { LiveError, reasonOf } from './errors.js';
import { Forwards } from './forward/feature.js';
import { identityOf, pathThrough } from './forward/identity.js';
import { forwardRows } from './forward/metrics.js';
import { Relays } from './forward/relays.js';
import { startHeartbeat } from './heartbeat/start.js';
import { startHls } from './hls/feature.js';
import { hlsRows } from './hls/metrics.js';
import { hlsGrant } from './hls/settings.js';
import { Ingests } from './ingest/feature.js';
import { ingestRows } from './ingest/metrics.js';
import { createListeners } from './listeners.js';
import type { Log } from './log.js';
import { bindMetrics } from './metric.js';
import {
  native,
  type Engine,
  type EngineOptions,
  type EngineStats,
  type EngineTuning,
  type NativeEvent,
  type StreamKey,
} from './native.js';
import { loadConsole, loadPages } from './pages/files.js';
import { memoryLimitBytes } from './process/memory.js';
import { followVhosts, reloadConfig, reloadFile, type Follower, type Reloading, type ReloadReport } from './reload.js';
import { Transcodes } from './transcode/feature.js';
import { sourcesOf } from './transcode/identity.js';
import { transcodeRows } from './transcode/metrics.js';
import { startSummaries, type SummarySources } from './summaries.js';
import { serverId, serverName } from './version.js';
import { startConfigWatch } from './watch/start.js';

export interface Server {
  /** Where RTMP clients connect. */
  readonly listening: readonly Endpoint[];
  readonly stats: () => EngineStats;
  /** Applies this configuration, or its own file read again. One that is broken changes nothing and is reported. */
  readonly reload: (next?: LoadedConfig) => Promise<ReloadReport>;
  /** Takes nobody new and asks clients to reconnect. False: it does so already. `drained` says when to stop. */
  readonly drain: () => boolean;
  /** All clients have gone after a drain (POST /api/v1/drain begins one, too), or drain_wait is over. */
  readonly drained: Promise<void>;
  /** Tells everybody, closes everything, joins the threads. */
  readonly stop: () => Promise<void>;
}

/** Real clients take milliseconds; who needs longer than this only holds a place. */
const handshakeTimeout = 10_000;
/** SRS waits 30 s for every message. */
const identifyTimeout = 30_000;
const decisionTimeout = 30_000;
/** Longer than the longest usual fragment: a viewer comes back for each. */
const keepAliveTimeout = 30_000;
const objectTimeout = 30_000;
/** The engine's own bound; no machine that serves video needs more. */
const mostThreads = 64;
/** How long sockets may drain after everybody was told that the server stops. */
const stopGrace = 1000;
/** Descriptors beside the connections: streams' segments, files that are served, epoll sets, listeners, logs, Node itself. */
const filesReserved = 512;

export interface ServerOptions {
  /** Told of a new configuration before anything else is changed, and may refuse it. */
  readonly followLog?: Follower;
  /** Told when a drain begins: nothing is listened to any more. */
  readonly drains?: () => void;
  /** Asked about every client, behind the configuration's rules and before HTTP hooks. */
  readonly access?: AccessCheck;
}

export function startServer(config: Config, log: Log, options: ServerOptions = {}): Server {
  for (const check of checks) check(config, config);
  let current = config;
  const common = { config: () => current, log, serverId: serverId(config.file) };
  const ended = createSignal();
  let api: Api | undefined;
  const engine: Engine = native().createEngine(engineOptions(config), (events) => {
    for (const event of events) {
      streams.handle(event);
      api?.handle(event);
      if (event.type === 'stopped-engine') ended.fire();
    }
  });
  const snapshots = openSnapshots(() => engine.stats());
  const listeners = createListeners(engine, log);
  const streams = startStreams({ ...common, engine, listeners, stats: snapshots.recent, access: options.access });
  const leave = (): void => [listeners.close, api?.leave, options.drains].forEach((close) => close?.());
  const drain = startDrain({ ...common, engine, stats: snapshots.fresh, begun: leave });
  const reload = inTurn((next?: LoadedConfig) => (next ? reloadConfig(reloading, next) : reloadFile(reloading)));
  try {
    const metrics = [...streams.metrics, bindMetrics(drainRows, drain.state)];
    const features = { metrics, recordings: streams.recordings, reload, drain };
    api = startApi({ ...common, ...features, ...streams.relays, engine, snapshots, console: loadConsole });
    listeners.apply(config);
    streams.begin(config);
  } catch (error) {
    api?.stop();
    streams.stopDelivery();
    void end(engine, ended).then(streams.stop);
    throw error;
  }
  const started = api;
  const regulars: readonly Regular[] = [
    runSummaries(config, log, { engine: snapshots.fresh, hls: streams.hlsStats, ...streams.relays }),
    startConfigWatch({ ...common, changed: () => reloadUnasked(reload, log) }),
    startHeartbeat({ ...common, summaries: started.summaries }),
  ];
  const reloading: Reloading = {
    log,
    current: () => current,
    adopt: (next) => void (current = next),
    risky: [...checks, (_, after) => listeners.apply(after), (_, after) => started.follow(after), followLog(options)],
    followers: followersOf(engine, streams, regulars),
  };
  return {
    get listening() {
      return listeners.bound('rtmp');
    },
    stats: snapshots.fresh,
    reload,
    drain: drain.begin,
    drained: drain.drained,
    stop: async () => {
      for (const { stop } of [drain, ...regulars, started]) stop();
      streams.stopDelivery();
      await end(engine, ended).then(streams.stop);
      log.info({ type: 'stopped' }, 'stopped');
    },
  };
}

const followLog = (options: ServerOptions): Follower => options.followLog ?? (() => undefined);

const checks: readonly ((before: Config, after: Config) => void)[] = [
  (_, after) => checkFileLimit(after),
  (_, after) => checkDvr(after),
];

/** Nobody waits for what comes of it: the log has it. */
function reloadUnasked(reload: Server['reload'], log: Log): void {
  reload().catch((error: unknown) => log.error({ type: 'failure', error: reasonOf(error) }, 'reload failed'));
}

/** What does something from time to time. */
interface Regular {
  readonly follow: Follower;
  readonly stop: () => void;
}

function followersOf(
  engine: Engine,
  streams: ReturnType<typeof startStreams>,
  regulars: readonly Regular[],
): Follower[] {
  return [
    (_, after) => engine.configure(engineTuning(after)),
    followVhosts(engine),
    ...streams.followers,
    ...regulars.map(({ follow }) => follow),
  ];
}

type StreamsOptions = Omit<ClientsOptions, keyof Surroundings> & {
  readonly engine: Engine;
  readonly listeners: ReturnType<typeof createListeners>;
};

function forwardGrant(config: Config, key: StreamKey) {
  const vhost = config.vhost.find(({ name, enabled }) => name === key.vhost && enabled);
  return vhost && playGrant(config, vhost, key);
}

/** A transcode is asked first: it says which blocks the circle is made of. */
const loopsOf =
  (relays: Relays, transcodes: Transcodes): Relays['isLoop'] =>
  (action, key, path) =>
    (action === 'publish' && transcodes.isCycle(key, path)) || relays.isLoop(action, key, path);

/** Who may come in, what is made of what they publish, and what is served beside it. */
function startStreams(options: StreamsOptions) {
  const isExpired = (vhost: string, path: string): boolean => hls.isExpired(vhost, path);
  const relays = new Relays();
  const rtmp = () => options.listeners.bound('rtmp');
  const transcodes = new Transcodes({ ...options, pathThrough, listening: rtmp });
  const clients = startClients({ ...options, hls: hlsGrant, isExpired, isLoop: loopsOf(relays, transcodes) });
  const made = { identityOf, sourcesOf };
  const hls = startHls({ ...options, ...made, asksViewers: clients.asksViewers, finished: clients.hooks.fragment });
  const grantOf = (key: StreamKey) => forwardGrant(options.config(), key);
  const forwards = new Forwards({ ...options, grantOf, ask: clients.hooks.forward });
  const dvr = new Dvr({ ...options, finished: clients.hooks.recording });
  const ingests = new Ingests({ ...options, listening: rtmp, pathInto: (key) => relays.pathInto(key) });
  const delivery = startDelivery({ ...options, pages: loadPages });
  return {
    hlsStats: hls.stats,
    recordings: dvr,
    relays: { forwards: forwards.stats, ingests: ingests.stats, transcodes: transcodes.stats },
    metrics: [
      clients.metrics,
      bindMetrics(hlsRows, hls.stats),
      bindMetrics(dvrRows, dvr.stats),
      bindMetrics(forwardRows, forwards.stats),
      bindMetrics(ingestRows, ingests.stats),
      bindMetrics(transcodeRows, transcodes.stats),
    ],
    /** When clients can come. */
    begin: (config: Config): void => ingests.apply(config),
    handle: (event: NativeEvent): void => {
      relays.handle(event);
      clients.handle(event);
      hls.handle(event);
      dvr.handle(event);
      forwards.handle(event);
      ingests.handle(event);
      transcodes.handle(event);
    },
    followers: [
      delivery.follow,
      hls.follow,
      dvr.follow,
      forwards.follow,
      (_: Config, after: Config) => ingests.apply(after),
      transcodes.follow,
    ],
    stopDelivery: (): void => {
      delivery.stop();
      void ingests.stop();
      forwards.stop();
      void transcodes.stop();
    },
    /** When the engine has stopped. */
    stop: async (): Promise<void> => {
      await Promise.all([dvr.stop().then(clients.stop), hls.stop(), transcodes.stop(), ingests.stop()]);
    },
  };
}

function runSummaries(config: Config, log: Log, stats: SummarySources) {
  let stop = startSummaries(log, config.pithy_print, stats);
  return {
    follow: (_: Config, after: Config): void => {
      stop();
      stop = startSummaries(log, after.pithy_print, stats);
    },
    stop: () => stop(),
  };
}

function end(engine: Engine, { fired }: Signal): Promise<void> {
  engine.stop(stopGrace);
  return fired;
}

interface Signal {
  readonly fire: () => void;
  readonly fired: Promise<void>;
}

function createSignal(): Signal {
  let fire = (): void => undefined;
  const fired = new Promise<void>((resolve) => (fire = resolve));
  return { fire, fired };
}

/** Calls of it run one after the other, also where one fails. */
function inTurn<A, T>(action: (argument?: A) => Promise<T>): (argument?: A) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (argument) => {
    const result = last.then(() => action(argument));
    last = result.catch(() => undefined);
    return result;
  };
}

function engineTuning(config: Config): EngineTuning {
  return {
    maxConnections: config.max_connections,
    memoryLimit: memoryLimitBytes(config.memory_limit),
    crossDomain: config.http_server.crossdomain,
    chunkSize: config.chunk_size,
  };
}

function engineOptions(config: Config): EngineOptions {
  return {
    ...engineTuning(config),
    threads: config.threads === 'auto' ? Math.min(availableParallelism(), mostThreads) : config.threads,
    server: serverName,
    handshakeTimeout,
    identifyTimeout,
    decisionTimeout,
    keepAliveTimeout,
    objectTimeout,
  };
}

/** A server that runs out of descriptors in its best hour is worse than one that says so at once. */
function checkFileLimit(config: Config): void {
  const limit = native().raiseFileLimit();
  const connections = config.max_connections;
  const needed = connections + filesReserved + callsOfHooks(config);
  if (limit < needed) throw new LiveError('file_limit_low', { connections, needed, limit });
}
