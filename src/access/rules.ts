// What the configuration alone says about a request: refer, security, token. Pure but for the clock, which is passed in.

import type { VhostConfig } from '../config/load.js';
import type { ErrorCode } from '../errors.js';
import { isReferAllowed } from './refer.js';
import { isAddressAllowed } from './security.js';
import { checkToken } from './token.js';

export interface RuleQuestion {
  readonly action: 'connect' | 'publish' | 'play';
  readonly protocol: string;
  readonly ip: string;
  readonly app: string;
  readonly stream: string;
  readonly params: ReadonlyMap<string, string>;
  readonly pageUrl: string;
}

export type RuleVerdict = { readonly allow: true } | { readonly allow: false; readonly reason: ErrorCode };

/** `now` in Unix milliseconds. */
export function checkRules(question: RuleQuestion, vhost: VhostConfig, now: number): RuleVerdict {
  const reason = problemOf(question, vhost, now);
  return reason === undefined ? { allow: true } : { allow: false, reason };
}

function problemOf(question: RuleQuestion, vhost: VhostConfig, now: number): ErrorCode | undefined {
  const { action, protocol, ip, app, stream, params, pageUrl } = question;
  // Over HTTP nobody connects: the first request is to play.
  const isFirst = action === 'connect' || protocol !== 'rtmp';
  if (isFirst && !isReferAllowed(vhost.refer, pageUrl)) return 'refer_denied';
  if (action === 'connect') return undefined;
  if (!isAddressAllowed(vhost.security, action, ip)) return 'address_denied';
  if (!isReferAllowed(action === 'publish' ? vhost.refer_publish : vhost.refer_play, pageUrl)) return 'refer_denied';
  if (!vhost.token.enabled || !vhost.token[action]) return undefined;
  const asked = { action, app, stream, ip, now: Math.floor(now / 1000) };
  return checkToken(vhost.token.secret, params.get('token'), asked);
}
