// Who may come in beside what the configuration grants at once, put together from the features that have a say: rules,
// limits, the program that embeds weir, HTTP hooks. In this order: what costs nothing first.

import { handleClientEvent, type Answers, type Surroundings } from './admission/clients.js';
import { checkRules } from './access/rules.js';
import { isLimited, Limits } from './access/limits.js';
import {
  allowed,
  inOrder,
  viewerId,
  type AccessControl,
  type AccessRequest,
  type Verdict,
} from './admission/access.js';
import type { Config, VhostConfig } from './config/load.js';
import { mostConnections } from './hooks/caller.js';
import { hookRows } from './hooks/metrics.js';
import { startHooks, type Hooks } from './hooks/start.js';
import type { Log } from './log.js';
import { bindMetrics, type BoundMetrics } from './metric.js';
import type { Engine, EngineStats, NativeEvent } from './native.js';
import { serverName } from './version.js';

type Answer = (request: AccessRequest) => Verdict | Promise<Verdict>;

/** What a program that embeds weir may decide. What it leaves out is allowed. */
export interface AccessCheck {
  readonly connect?: Answer;
  readonly publish?: Answer;
  readonly play?: Answer;
}

export interface Clients {
  readonly hooks: Hooks;
  readonly metrics: BoundMetrics;
  /** Every event of the engine, in order. */
  readonly handle: (event: NativeEvent) => void;
  /** Whether viewers of HLS have to be asked about in this vhost, or all may. */
  readonly asksViewers: (vhost: VhostConfig) => boolean;
  readonly stop: () => Promise<void>;
}

export interface ClientsOptions extends Surroundings {
  readonly engine: Answers & Pick<Engine, 'kick'>;
  readonly stats: () => EngineStats;
  readonly config: () => Config;
  readonly log: Log;
  readonly access: AccessCheck | undefined;
  readonly serverId: string;
}

/** Calls that hooks may have open at once: each client waits for one, and the queue has some. */
export function callsOfHooks({ vhost, max_connections }: Config): number {
  return vhost.some(({ http_hooks }) => http_hooks.enabled) ? Math.min(max_connections, mostConnections) : 0;
}

const sweepInterval = 1000;
/** What hooks are still to be told when the server stops has so long. */
const hooksGrace = 3000;

export function startClients({ engine, stats, config, log, access, serverId, ...around }: ClientsOptions): Clients {
  const limits = new Limits(() => performance.now());
  const hooks = startHooks({
    serverId,
    userAgent: serverName,
    log,
    vhost: (name) => config().vhost.find((vhost) => vhost.name === name),
    viewerOf: viewerId,
  });
  const timer = setInterval(sweep, sweepInterval);
  timer.unref();

  function sweep(): void {
    const { vhost } = config();
    if (limits.size === 0 && !vhost.some(isLimited)) return;
    for (const { conn, reason } of limits.sweep(stats().streams, vhost)) engine.kick(conn, reason);
  }

  const control: AccessControl = {
    check: inOrder([
      (request, vhost) => checkRules(request, vhost, Date.now()),
      (request, vhost) => limits.check(request, vhost),
      (request) => access?.[request.action]?.(request) ?? allowed,
      (request, vhost) => hooks.check(request, vhost),
    ]),
    admitted: (request, { stream, limits: granted }) => {
      if (stream !== undefined) limits.rename(request, stream);
      // Over HLS there is no connection that could be closed.
      if (granted && request.protocol !== 'hls') {
        limits.grant({ ...request, stream: stream ?? request.stream }, granted);
      }
    },
    denied: ({ client, protocol }) => limits.stopped(client, protocol !== 'rtmp'),
  };
  const context = { ...around, engine, config, log, access: control };
  return {
    hooks,
    metrics: bindMetrics(hookRows, hooks.stats),
    handle: (event) => {
      hooks.handle(event);
      countOut(limits, event);
      handleClientEvent(context, event);
    },
    asksViewers: (vhost) =>
      access?.play !== undefined ||
      vhost.http_hooks.enabled ||
      vhost.token.enabled ||
      vhost.security.enabled ||
      vhost.refer.length + vhost.refer_play.length > 0 ||
      isLimited(vhost),
    stop: async () => {
      clearInterval(timer);
      await hooks.stop(hooksGrace);
    },
  };
}

function countOut(limits: Limits, event: NativeEvent): void {
  if (event.type === 'closed' || event.type === 'pullEnded') limits.closed(String(event.conn));
  else if (event.type === 'viewerLeft') limits.closed(viewerId(event));
  else if (event.type === 'stopped' || event.type === 'unpublished' || event.type === 'refused') {
    limits.stopped(String(event.conn));
  }
}
