// Events of the engine -> decisions of admission -> commands to the engine, and a line of the log for each.
// Nothing is kept for a client here: the engine has it all.

import type { Config } from '../config/load.js';
import { errors, errorText, reasonOf, type ErrorCode, type ErrorEntry } from '../errors.js';
import type { Log } from '../log.js';
import type { ConnectionId, Engine, NativeEvent } from '../native.js';
import { decideConnect, decideHttpPlay, decidePlay, decidePublish, type Decision, type Refusal } from './decide.js';

/** The commands that answer requests. */
export type Answers = Pick<
  Engine,
  'acceptConnect' | 'rejectConnect' | 'acceptPublish' | 'rejectPublish' | 'acceptPlay' | 'rejectPlay' | 'acceptView'
>;

export interface ClientContext {
  readonly engine: Answers;
  /** The configuration of now. */
  readonly config: () => Config;
  readonly log: Log;
}

type RequestEvent = Extract<NativeEvent, { type: 'connect' | 'publish' | 'play' }>;

/** Handles one event. A failure inside refuses that one request and never ends the process. */
export function handleClientEvent(context: ClientContext, event: NativeEvent): void {
  try {
    if (event.type === 'connect' || event.type === 'publish' || event.type === 'play') answer(context, event);
    else logEvent(context.log, event);
  } catch (error) {
    context.log.error({ type: 'failure', event: event.type, error: reasonOf(error) }, 'handling an event failed');
    if ('conn' in event) refuseAfterFailure(context.engine, event);
  }
}

function answer({ engine, config, log }: ClientContext, event: RequestEvent): void {
  const { conn, tcUrl, app } = event;
  const told = <G>(decision: Decision<G>): Decision<G> => {
    if (!decision.granted) logRefusal(log, event, decision);
    return decision;
  };
  if (event.type === 'connect') {
    log.debug({ type: 'connect', conn, ip: event.ip, tcUrl, app, flashVer: event.flashVer }, 'connects');
    const decision = told(decideConnect(config(), { tcUrl, app }));
    if (decision.granted) engine.acceptConnect(conn);
    else engine.rejectConnect(conn, decision.reason, decision.code, errorText(decision.reason));
  } else if (event.type === 'publish') {
    const decision = told(decidePublish(config(), { tcUrl, app, name: event.name }));
    if (decision.granted) engine.acceptPublish(conn, decision.grant);
    else engine.rejectPublish(conn, decision.reason, decision.code, errorText(decision.reason));
  } else if (event.protocol === 'hls') {
    engine.acceptView(conn);
  } else {
    const { name, query, host } = event;
    const asked =
      event.protocol === 'rtmp'
        ? decidePlay(config(), { tcUrl, app, name })
        : decideHttpPlay(config(), { path: name, query, host });
    const decision = told(asked);
    if (decision.granted) engine.acceptPlay(conn, decision.grant);
    else engine.rejectPlay(conn, decision.reason, decision.code, errorText(decision.reason));
  }
}

function logRefusal(log: Log, { type: asked, conn, ip }: RequestEvent, { reason }: Refusal): void {
  log.warn({ type: 'refused', conn, ip, asked, reason }, `${asked} refused: ${errorText(reason)}`);
}

/** The request would otherwise wait for its time-out. */
function refuseAfterFailure(engine: Answers, event: { readonly type: string; readonly conn: ConnectionId }): void {
  const why = errorText('rejected');
  if (event.type === 'connect') engine.rejectConnect(event.conn, 'rejected', 'NetConnection.Connect.Rejected', why);
  if (event.type === 'publish') engine.rejectPublish(event.conn, 'rejected', 'NetStream.Publish.Denied', why);
  if (event.type === 'play') engine.rejectPlay(event.conn, 'rejected', 'NetStream.Play.Failed', why);
}

function logEvent(log: Log, event: Exclude<NativeEvent, RequestEvent>): void {
  switch (event.type) {
    case 'published':
      log.info(event, `${nameOf(event)} is published`);
      break;
    case 'unpublished':
      log.info(event, `${nameOf(event)} is no longer published: ${errorText(event.reason)}`);
      break;
    case 'playing':
      log.info(event, `plays ${nameOf(event)}`);
      break;
    case 'stopped':
      log.debug(event, `stops playing ${nameOf(event)}: ${errorText(event.reason)}`);
      break;
    case 'viewerLeft':
      log.debug(event, `no longer watches ${nameOf(event)}`);
      break;
    case 'refused':
      log.warn(event, `refused: ${errorText(event.reason)}`);
      break;
    case 'closed':
      // A refusal had its line when it was spoken.
      log[refusals.has(event.reason) ? 'debug' : severityOf(event.reason)](event, `closed: ${errorText(event.reason)}`);
      break;
    case 'turnedAway':
      // Health checks and port scanners come and go all day: no news. Garbage and overload are.
      log[isOrdinary(event.reason) ? 'debug' : 'warn'](event, `turned away before connect: ${errorText(event.reason)}`);
      break;
    case 'notice':
      log.warn(event, `${nameOf(event)}: ${notices[event.what]}`);
      break;
    case 'streamEnded':
      log.debug(event, `${nameOf(event)} has ended`);
      break;
    case 'fragment':
    case 'part':
    case 'hlsInit':
      break; // no client's: told by what lists them
    case 'stopped-engine':
      log.debug(event, 'the engine has stopped');
      break;
  }
}

const refusals: ReadonlySet<ErrorCode> = new Set([
  'name_invalid',
  'vhost_not_found',
  'rejected',
  'stream_busy',
  'stream_not_found',
  'memory_limit',
] satisfies ErrorCode[]);

const notices = {
  skipped: 'players fell behind and were skipped ahead',
  gopDropped: 'the GOP does not fit log_memory',
  dataDropped: 'data messages that cannot be read were dropped',
  codecUnsupported: 'MPEG-TS cannot carry one of its codecs; it goes on without that track there',
} as const;

/** That a peer left is news; that the server closed it for a reason wants a look. */
function severityOf(reason: ErrorCode): 'info' | 'warn' {
  return isOrdinary(reason) ? 'info' : 'warn';
}

function isOrdinary(reason: ErrorCode): boolean {
  const entry: ErrorEntry = errors[reason];
  return entry.ordinary === true;
}

const nameOf = ({ vhost, app, stream }: { readonly vhost: string; readonly app: string; readonly stream: string }) =>
  `${vhost}/${app}/${stream}`;
