// Events of the engine -> decisions of admission -> commands to the engine, and a line of the log for each.
// Nothing is kept for a client here: the engine has it all.

import type { Config } from '../config/load.js';
import { errors, errorText, reasonOf, type ErrorCode, type ErrorEntry } from '../errors.js';
import type { Log } from '../log.js';
import type { ConnectionId, NativeEvent } from '../native.js';
import { streamName } from '../native/stream_name.js';
import { allowed, type AccessControl, type Verdict } from './access.js';
import type { Refusal } from './decide.js';
import { isName } from './name.js';
import { decideRequest, type Answers, type AskedFor, type RequestEvent, type Surroundings } from './request.js';

export type { Answers, Surroundings } from './request.js';

export interface ClientContext extends Surroundings {
  readonly engine: Answers;
  /** The configuration of now. */
  readonly config: () => Config;
  readonly log: Log;
  /** Who else is asked. */
  readonly access?: AccessControl;
}

/** Handles one event. A failure inside refuses that one request and never ends the process. */
export function handleClientEvent(context: ClientContext, event: NativeEvent): void {
  try {
    if (event.type === 'connect' || event.type === 'publish' || event.type === 'play') answer(context, event);
    else logEvent(context.log, event);
  } catch (error) {
    fail(context, event, error);
  }
}

function fail({ engine, log }: ClientContext, event: NativeEvent, error: unknown): void {
  log.error({ type: 'failure', event: event.type, error: reasonOf(error) }, 'handling an event failed');
  if ('conn' in event) refuseAfterFailure(engine, event);
}

function answer(context: ClientContext, event: RequestEvent): void {
  const { log } = context;
  if (event.type === 'connect') {
    const { conn, ip, tcUrl, app, flashVer } = event;
    log.debug({ type: 'connect', conn, ip, tcUrl, app, flashVer }, 'connects');
  }
  const asked = decideRequest(context.config(), event, context);
  if (!asked.granted) {
    refuse(context, event, asked);
    return;
  }
  const verdict = context.access?.check(asked.request, asked.vhost) ?? allowed;
  if (!(verdict instanceof Promise)) {
    conclude(context, event, asked, verdict);
    return;
  }
  verdict
    .then((late) => conclude(context, event, asked, late))
    .catch((error: unknown) => {
      context.access?.denied(asked.request);
      fail(context, event, error);
    });
}

function conclude(context: ClientContext, event: RequestEvent, asked: AskedFor, verdict: Verdict): void {
  const { access, engine } = context;
  const code = codeOfRefusal[event.type];
  if (verdict.allow && (verdict.stream === undefined || isName(verdict.stream))) {
    if (asked.accept(engine, verdict.stream)) access?.admitted(asked.request, verdict);
    return;
  }
  access?.denied(asked.request);
  // A name that no stream can have comes from whoever renamed.
  const reason = verdict.allow ? 'name_invalid' : verdict.reason;
  refuse(context, event, { granted: false, reason, code }, verdict.allow ? undefined : verdict.message);
}

const codeOfRefusal = {
  connect: 'NetConnection.Connect.Rejected',
  publish: 'NetStream.Publish.Denied',
  play: 'NetStream.Play.Failed',
} as const;

function refuse({ engine, log }: ClientContext, event: RequestEvent, refusal: Refusal, message?: string): void {
  logRefusal(log, event, refusal, message);
  const { reason, code } = refusal;
  const text = message === undefined ? errorText(reason) : `${errorText(reason)}: ${message}`;
  if (event.type === 'connect') engine.rejectConnect(event.conn, reason, code, text);
  else if (event.type === 'publish') engine.rejectPublish(event.conn, reason, code, text);
  else engine.rejectPlay(event.conn, reason, code, text);
}

function logRefusal(log: Log, { type: asked, conn, ip }: RequestEvent, { reason }: Refusal, message?: string): void {
  const said = message === undefined ? {} : { message };
  log.warn({ type: 'refused', conn, ip, asked, reason, ...said }, `${asked} refused: ${errorText(reason)}`);
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
      log.info(event, `${streamName(event)} is published`);
      break;
    case 'unpublished':
      log.info(event, `${streamName(event)} is no longer published: ${errorText(event.reason)}`);
      break;
    case 'playing':
      log.info(event, `plays ${streamName(event)}`);
      break;
    case 'stopped':
      log.debug(event, `stops playing ${streamName(event)}: ${errorText(event.reason)}`);
      break;
    case 'viewerLeft':
      log.debug(event, `no longer watches ${streamName(event)}`);
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
      log.warn(event, `${streamName(event)}: ${notices[event.what]}`);
      break;
    case 'streamEnded':
      log.debug(event, `${streamName(event)} has ended`);
      break;
    case 'fragment':
    case 'part':
    case 'hlsInit':
    case 'pushing':
    case 'pushEnded':
    case 'pullEnded':
    case 'recordNext':
    case 'recordFile':
    case 'recordGap':
    case 'recordEnd':
      break; // no client's: told by those whose they are
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
  'refer_denied',
  'address_denied',
  'token_missing',
  'token_invalid',
  'token_expired',
  'vhost_full',
  'stream_full',
  'address_full',
  'output_limit',
  'hook_denied',
  'hook_failed',
  'forward_loop',
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
