// A deciding event -> the verdict of all its URLs: in their order, the first refusal stops. Calls that failed are made again,
// within one deadline that lies below the engine's own.

import type { VhostConfig } from '../config/load.js';
import type { Log } from '../log.js';
import { readNginx, readSrs, type GrantedLimits, type Meaning } from './answer.js';
import { nginxBody, srsBody, type Body } from './body.js';
import type { Caller } from './caller.js';
import type { DecidingEvent, HookClient, HookDetails, HookEvent } from './event.js';
import { countCall, type HookStats } from './stats.js';

export interface Asking {
  readonly caller: Caller;
  readonly serverId: string;
  readonly log: Log;
  readonly stats: HookStats;
  readonly now: () => number;
  readonly nextId: () => string;
}

export type HookSettings = VhostConfig['http_hooks'];

export type HookVerdict =
  | {
      readonly allow: true;
      readonly stream?: string;
      readonly limits?: GrantedLimits;
      readonly vars: Readonly<Record<string, string>>;
    }
  | { readonly allow: false; readonly reason: 'hook_denied' | 'hook_failed'; readonly message?: string };

/** Below the engine's decision time-out of 30 s. */
const deadline = 25_000;
const firstWait = 100;

export async function askHooks(
  asking: Asking,
  settings: HookSettings,
  event: DecidingEvent,
  client: HookClient,
  known: Readonly<Record<string, string>>,
): Promise<HookVerdict> {
  const end = asking.now() + deadline;
  let sum: Extract<HookVerdict, { allow: true }> = { allow: true, vars: known };
  for (const url of settings[event]) {
    const body = bodyOf(asking.serverId, settings.style, event, client, { vars: sum.vars });
    const meaning = await askOne({ ...asking, settings, event, end }, url, body);
    if (meaning.kind === 'deny') {
      asking.stats[event].denied++;
      const { message } = meaning;
      return { allow: false, reason: 'hook_denied', ...(message !== undefined && { message }) };
    }
    if (meaning.kind === 'failed') {
      const { on_error: rule } = settings;
      const where = hideQuery(url);
      asking.log.warn(
        { type: 'hook', event, conn: client.conn, url: where, why: meaning.why },
        `${event} could not be asked (on_error ${rule}): ${meaning.why}`,
      );
      if (rule === 'deny') return { allow: false, reason: 'hook_failed' };
      continue;
    }
    const { stream, limits, vars } = meaning;
    sum = {
      ...sum,
      ...(stream !== undefined && { stream }),
      ...(limits && { limits: { ...sum.limits, ...limits } }),
      vars: { ...sum.vars, ...vars },
    };
  }
  return sum;
}

interface OneAsking extends Asking {
  readonly settings: HookSettings;
  readonly event: DecidingEvent;
  readonly end: number;
}

async function askOne(asking: OneAsking, url: string, body: Body): Promise<Meaning> {
  const { settings, event, end, now, caller, stats, nextId } = asking;
  const id = nextId();
  let wait = firstWait;
  let last: Meaning = { kind: 'failed', why: 'there was no time left' };
  for (let attempt = 0; attempt <= settings.retries; attempt++) {
    const left = end - now();
    if (left <= 0) break;
    const result = await caller.call({ url, body, timeout: Math.min(settings.timeout, left), id });
    countCall(stats[event], result.milliseconds);
    last = result.ok ? read(settings.style)(result) : { kind: 'failed', why: result.why };
    if (last.kind !== 'failed') return last;
    stats[event].failed++;
    if (attempt < settings.retries) await delay(Math.min(wait, Math.max(0, end - now())));
    wait *= 2;
  }
  return last;
}

export const read = (style: HookSettings['style']): typeof readSrs => (style === 'nginx' ? readNginx : readSrs);

export function bodyOf(
  serverId: string,
  style: HookSettings['style'],
  event: HookEvent,
  client: HookClient,
  details: HookDetails,
): Body {
  return style === 'nginx' ? nginxBody(event, client, details) : srsBody(serverId, event, client, details);
}

/** Keys of a back end may stand in the query, and no secret stands in the log. */
export const hideQuery = (url: string): string => url.replace(/\?.*$/s, '');

const delay = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
