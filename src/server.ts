// The composition root: a configuration in, a running server out. start() returns what stops it.

import { availableParallelism } from 'node:os';
import { handleClientEvent } from './admission/clients.js';
import type { Config } from './config/load.js';
import type { Endpoint } from './config/values.js';
import { LiveError, reasonOf } from './errors.js';
import type { Log } from './log.js';
import { native, type Engine, type EngineStats } from './native.js';
import { memoryLimitBytes } from './process/memory.js';
import { startSummaries } from './summaries.js';
import { serverName } from './version.js';

export interface Server {
  /** Where RTMP clients connect. */
  readonly listening: readonly Endpoint[];
  readonly stats: () => EngineStats;
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
/** Descriptors beside the connections: streams' segments, epoll sets, listeners, logs, Node itself. */
const filesReserved = 256;

export function startServer(config: Config, log: Log): Server {
  checkFileLimit(config.max_connections);
  let engineStopped: () => void = () => undefined;
  const engine: Engine = native().createEngine(engineOptions(config), (events) => {
    for (const event of events) {
      handleClientEvent({ engine, config: () => config, log }, event);
      if (event.type === 'stopped-engine') engineStopped();
    }
  });
  const stopEngine = (): Promise<void> =>
    new Promise((resolve) => {
      engineStopped = resolve;
      engine.stop(stopGrace);
    });
  let listening: Endpoint[];
  let http: Endpoint | undefined;
  try {
    listening = config.listen.map((endpoint) => listen(engine, endpoint, 'rtmp'));
    if (config.http_server.enabled) http = listen(engine, config.http_server.listen, 'http');
  } catch (error) {
    void stopEngine();
    throw error;
  }
  for (const endpoint of listening) {
    log.info({ type: 'listening', service: 'rtmp', ...endpoint }, `listening on ${addressOf(endpoint)}`);
  }
  if (http) log.info({ type: 'listening', service: 'http', ...http }, `listening on ${addressOf(http)} for HTTP`);
  const stopSummaries = startSummaries(log, config.pithy_print, () => engine.stats());
  return {
    listening,
    stats: () => engine.stats(),
    stop: async () => {
      stopSummaries();
      await stopEngine();
      log.info({ type: 'stopped' }, 'stopped');
    },
  };
}

function engineOptions(config: Config): Parameters<ReturnType<typeof native>['createEngine']>[0] {
  return {
    threads: config.threads === 'auto' ? Math.min(availableParallelism(), mostThreads) : config.threads,
    server: serverName,
    maxConnections: config.max_connections,
    memoryLimit: memoryLimitBytes(config.memory_limit),
    handshakeTimeout,
    identifyTimeout,
    decisionTimeout,
    crossDomain: config.http_server.crossdomain,
    keepAliveTimeout,
    objectTimeout,
    chunkSize: config.chunk_size,
  };
}

/** A server that runs out of descriptors in its best hour is worse than one that says so at once. */
function checkFileLimit(connections: number): void {
  const limit = native().raiseFileLimit();
  const needed = connections + filesReserved;
  if (limit < needed) throw new LiveError('file_limit_low', { connections, needed, limit });
}

function listen(engine: Engine, endpoint: Endpoint, service: 'rtmp' | 'http'): Endpoint {
  try {
    return engine.listen(endpoint.host, endpoint.port, service);
  } catch (error) {
    throw new LiveError('listen_failed', { address: addressOf(endpoint), why: reasonOf(error) });
  }
}

function addressOf({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
