// Who may call. Without `auth` and `token` everybody who reaches the address (which then is this machine's own); with them,
// whoever shows one of them. Pages of other origins never write with what a browser adds by itself.

import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Config } from '../config/load.js';
import { ApiFailure } from './failure.js';
import type { HttpRequest } from './uws.js';

export type ApiConfig = Config['http_api'];

const challenge = { 'WWW-Authenticate': 'Basic realm="weir", charset="UTF-8"' } as const;

export const needsCredentials = ({ auth, token }: ApiConfig): boolean => auth.length > 0 || token !== undefined;

/** Who is not on this machine cannot reach it. */
export const isLoopback = (host: string): boolean =>
  host === '::1' || (isIP(host) === 4 && host.startsWith('127.')) || host === 'localhost';

/** Throws an ApiFailure unless the request may be answered. `writes`: it would change something. */
export function authorize(config: ApiConfig, request: HttpRequest, writes: boolean): void {
  const header = request.headers.get('authorization') ?? '';
  const bearer = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (needsCredentials(config)) {
    if (!isKnown(config, header, bearer))
      throw new ApiFailure(401, 'wrong or missing credentials', { headers: challenge });
  } else if (!isLoopback(hostOf(request))) {
    // A page whose name was pointed at this machine (DNS rebinding) is no caller from this machine.
    throw new ApiFailure(403, 'the Host of the request is not this machine: call it by 127.0.0.1, or configure auth');
  }
  if (writes && bearer === undefined && isForeign(request)) {
    throw new ApiFailure(403, 'pages of another origin may not do this');
  }
}

function isKnown({ auth, token }: ApiConfig, header: string, bearer: string | undefined): boolean {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1];
  const pair = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString();
  // Every one is compared, so that the time says nothing about which was near.
  const pairs = auth.filter((known) => pair !== undefined && isEqual(known, pair));
  const byToken = token !== undefined && bearer !== undefined && isEqual(token, bearer);
  return pairs.length > 0 || byToken;
}

/** In constant time, whatever the lengths. */
function isEqual(known: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(known), digest(given));
}

function hostOf({ headers }: HttpRequest): string {
  const [, ipv6, name = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(headers.get('host') ?? '') ?? [];
  return ipv6 ?? name;
}

/** Browsers say from which page a writing call comes. */
export function isForeign({ headers }: HttpRequest): boolean {
  const origin = headers.get('origin');
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get('host');
}
