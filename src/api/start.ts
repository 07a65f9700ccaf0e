// The HTTP API: samplers, routes, events and metrics on one listener. startApi returns what stops it.

import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import { addressOf } from '../config/address.js';
import type { Config } from '../config/load.js';
import type { Endpoint } from '../config/values.js';
import { LiveError } from '../errors.js';
import type { Log } from '../log.js';
import { bindMetrics, type BoundMetrics } from '../metric.js';
import type { Engine, NativeEvent } from '../native.js';
import { authorize, isForeign, isLoopback, needsCredentials } from './auth.js';
import { openCalls, type Calls } from './calls.js';
import { openClientList } from './client_list.js';
import { openConsole, type ConsoleFile } from './console.js';
import { openEventHub, type EventHub } from './events.js';
import { ApiFailure } from './failure.js';
import { startHistory } from './history.js';
import { engineRows, streamRows } from './metrics/engine_rows.js';
import type { Exporter } from './metrics/exporter.js';
import { loopResolution, processRows } from './metrics/process_rows.js';
import { createResponder, failureReply } from './respond.js';
import type { ApiContext, DrainControl, RecordingControl, ReloadReport } from './route.js';
import { eventsPath, routes } from './routes.js';
import { summariesOf } from './routes_system.js';
import type { Snapshots } from './snapshots.js';
import { startSampler, type Sampler } from './system/sampler.js';
import { serveHttp, type HttpHandlers, type HttpReply, type HttpRequest } from './uws.js';

export interface ApiOptions {
  /** The configuration of now; `http_api` of it says where to listen. */
  readonly config: () => Config;
  readonly log: Log;
  readonly engine: Pick<Engine, 'connections' | 'kick'>;
  readonly snapshots: Snapshots;
  /** What other features tell Prometheus. */
  readonly metrics: readonly BoundMetrics[];
  readonly reload: () => Promise<ReloadReport>;
  readonly drain: DrainControl;
  readonly serverId: string;
  readonly recordings: RecordingControl;
  readonly forwards: ApiContext['forwards'];
  readonly ingests: ApiContext['ingests'];
  readonly transcodes: ApiContext['transcodes'];
  /** The console's files. Throws when they were not built. */
  readonly console: () => readonly ConsoleFile[];
}

export interface Api {
  /** Every event of the engine, for those who listen. */
  readonly handle: (event: NativeEvent) => void;
  /** Listens where this configuration says, and no longer where it does not. Throws a LiveError; then nothing has changed. */
  readonly follow: (config: Config) => void;
  /** What /api/v1/summaries says; undefined while the API is off and nothing is measured. */
  readonly summaries: () => unknown;
  /** Another process may listen there; connections that are there stay. Nothing is listened to any more. */
  readonly leave: () => void;
  readonly stop: () => void;
}

interface Parts {
  readonly summaries: () => unknown;
  readonly events: EventHub;
  readonly handlers: HttpHandlers;
  readonly stop: () => void;
}

interface Listening {
  readonly endpoint: Endpoint;
  readonly close: () => void;
  readonly leave: () => void;
  readonly timer: NodeJS.Timeout;
}

/** The call that asked for the reload still gets its answer by a listener that is closed with it. */
const closeDelay = 1000;

/** Throws a LiveError when it cannot listen, or when others could write without credentials. */
export function startApi(options: ApiOptions): Api {
  let parts: Parts | undefined;
  let open: Omit<Listening, 'timer'> | undefined;
  const closing = createClosing();
  let hasLeft = false;
  const close = (): void => {
    if (open) closing.later(open);
    open = undefined;
  };
  const follow = ({ http_api: wanted }: Config): void => {
    if (hasLeft) return;
    if (!wanted.enabled) {
      close();
      parts?.stop();
      parts = undefined;
      return;
    }
    checkAccess(wanted);
    const endpoint = wanted.listen;
    if (open && isDeepStrictEqual(open.endpoint, endpoint)) return;
    const running = parts ?? startParts(options);
    try {
      closing.finish(endpoint);
      const opened = serveHttp(endpoint, running.handlers);
      close();
      [parts, open] = [running, { endpoint, ...opened }];
    } catch (error) {
      if (!parts) running.stop();
      throw error;
    }
    options.log.info(
      { type: 'listening', service: 'api', ...endpoint },
      `listening on ${addressOf(endpoint)} for the API`,
    );
  };
  follow(options.config());
  return {
    handle: (event) => parts?.events.handle(event),
    follow,
    summaries: () => parts?.summaries(),
    leave: () => {
      hasLeft = true;
      open?.leave();
      closing.finish();
      parts?.events.tell('draining', {});
    },
    stop: () => {
      parts?.stop();
      open?.close();
      closing.finish();
    },
  };
}

/** Listeners that are about to be closed. */
function createClosing() {
  let closing: Listening[] = [];
  /** Its address is wanted again, or the server stops. */
  const finish = (endpoint?: Endpoint): void => {
    const ending = closing.filter((one) => endpoint === undefined || isDeepStrictEqual(one.endpoint, endpoint));
    closing = closing.filter((one) => !ending.includes(one));
    for (const { timer, close } of ending) {
      clearTimeout(timer);
      close();
    }
  };
  const later = (last: Omit<Listening, 'timer'>): void => {
    closing.push({ ...last, timer: setTimeout(() => finish(last.endpoint), closeDelay) });
  };
  return { finish, later };
}

function checkAccess(config: Config['http_api']): void {
  if (isLoopback(config.listen.host) || needsCredentials(config)) return;
  throw new LiveError('api_needs_auth', { address: addressOf(config.listen) });
}

function startParts(options: ApiOptions): Parts {
  const { config, log, engine, snapshots, reload, drain, serverId } = options;
  const { recordings, forwards, ingests, transcodes } = options;
  const startedAt = Date.now();
  const system = startSampler(() => config().stats.disk);
  const history = startHistory(snapshots, system.last);
  const events = openEventHub();
  const calls = openCalls();
  const exporter = openExporter({ ...options, system, events, calls, startedAt });
  const context: ApiContext = {
    ...{ config, snapshots, system, history, events, startedAt, reload, drain, metrics: exporter.text },
    clients: openClientList((query) => engine.connections(query)),
    kick: (conn) => engine.kick(conn),
    recordings,
    forwards,
    ingests,
    transcodes,
    lastReload: { report: null },
    server: serverId,
    service: randomBytes(4).toString('hex'),
  };
  return {
    events,
    summaries: () => summariesOf(context),
    handlers: {
      calls,
      answer: createResponder(routes, { context, console: openConsole(options.console, log), log }),
      socketPath: eventsPath,
      refuseUpgrade: (request) => refuseSubscriber(config().http_api, events, request),
      opened: (socket) => events.add(socket),
      closed: (socket) => events.remove(socket),
    },
    stop: () => {
      events.stop();
      history.stop();
      system.stop();
      exporter.stop();
    },
  };
}

interface Measured extends ApiOptions {
  readonly system: Sampler;
  readonly events: EventHub;
  readonly calls: Calls;
  readonly startedAt: number;
}

function openExporter({ config, snapshots, metrics, system, events, calls, startedAt }: Measured): Exporter & {
  readonly stop: () => void;
} {
  const loop = monitorEventLoopDelay({ resolution: loopResolution });
  loop.enable();
  const takePeaks = snapshots.watchPeaks();
  const take = () => ({ stats: snapshots.fresh(), peaks: takePeaks() });
  let scrape = take();
  const sources = [
    bindMetrics(engineRows, () => scrape),
    bindMetrics(streamRows, () => (config().http_api.metrics_per_stream ? scrape.stats.streams : [])),
    bindMetrics(processRows, () => ({
      system: system.last(),
      loop,
      startedAt,
      subscribers: events.subscribers(),
      calls,
    })),
    ...metrics,
  ];
  let exporter: Promise<Exporter> | undefined;
  // prom-client takes 6 MB: not before somebody scrapes.
  const open = async (): Promise<Exporter> =>
    (await import('./metrics/exporter.js')).createExporter(sources, () => (scrape = take()));
  return {
    text: async () => {
      exporter ??= open();
      const told = await (await exporter).text();
      loop.reset();
      return told;
    },
    stop: () => loop.disable(),
  };
}

/** Browsers send their stored credentials to any WebSocket: a page of another origin gets no events then. */
function refuseSubscriber(config: Config['http_api'], events: EventHub, request: HttpRequest): HttpReply | undefined {
  try {
    authorize(config, request, false);
    if (isForeign(request) && (needsCredentials(config) || !config.crossdomain)) {
      throw new ApiFailure(403, 'pages of another origin may not do this');
    }
    if (events.isFull()) throw new ApiFailure(503, 'too many subscribers');
    return undefined;
  } catch (error) {
    if (error instanceof ApiFailure) return failureReply(error, request, {});
    throw error;
  }
}
