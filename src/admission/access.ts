// What else may have a say about a request that the configuration would grant: rules, limits, HTTP hooks, the program that
// embeds weir. Each is an AccessCheck; admission asks them in order, before the client is told Start.

import type { VhostConfig } from '../config/load.js';
import type { ErrorCode } from '../errors.js';
import type { ConnectionId, PlayProtocol } from '../native.js';

/** Who asks for what. */
export interface AccessRequest {
  readonly action: 'connect' | 'publish' | 'play';
  readonly protocol: PlayProtocol | 'hls';
  readonly conn: ConnectionId;
  /** The same for all requests of one viewer: the connection's id, or over HLS what he is known by. */
  readonly client: string;
  readonly ip: string;
  /** The vhost that serves it, not the one that was asked for. */
  readonly vhost: string;
  readonly app: string;
  /** Empty at connect. */
  readonly stream: string;
  /** The query of its URL as it came, with its `?`; empty when there is none. */
  readonly param: string;
  readonly params: ReadonlyMap<string, string>;
  readonly tcUrl: string;
  readonly pageUrl: string;
  readonly swfUrl: string;
  /** Over HTTP the user agent. */
  readonly flashVer: string;
}

/** What an allowed client may, beside the configuration. */
export interface ClientLimits {
  /** Of a publisher's stream. */
  readonly players?: number;
  /** Of a publisher, kbps. */
  readonly bitrate?: number;
  readonly seconds?: number;
}

export interface Allow {
  readonly allow: true;
  /** The name under which the stream is published or played, instead of the one that was asked for. */
  readonly stream?: string;
  readonly limits?: ClientLimits;
}

export interface Deny {
  readonly allow: false;
  readonly reason: ErrorCode;
  /** Told to the client behind the text of the reason. */
  readonly message?: string;
}

export type Verdict = Allow | Deny;

/** A check that needs to wait returns a promise; the connection waits natively, and nobody else does. */
export type Check = (request: AccessRequest, vhost: VhostConfig) => Verdict | Promise<Verdict>;

export const allowed: Allow = { allow: true };

/** What admission consults, and tells what became of it. */
export interface AccessControl {
  readonly check: Check;
  /** It has its role now. Not called when the client left while its check took time. */
  readonly admitted: (request: AccessRequest, verdict: Allow) => void;
  readonly denied: (request: AccessRequest) => void;
}

/** A viewer over HLS has no connection of his own: he is who asks from one address with one query. */
export const viewerId = (of: { readonly view: number; readonly ip: string; readonly query: string }): string =>
  `hls ${of.view} ${of.ip} ${of.query}`;

/** Asks one after the other until one denies; what they say adds up, the later one counts. */
export function inOrder(checks: readonly Check[]): Check {
  return (request, vhost) => {
    const ask = (at: number, sum: Allow): Verdict | Promise<Verdict> => {
      const check = checks[at];
      if (!check) return sum;
      const next = (verdict: Verdict): Verdict | Promise<Verdict> =>
        verdict.allow ? ask(at + 1, { ...sum, ...verdict }) : verdict;
      const verdict = check(request, vhost);
      return verdict instanceof Promise ? verdict.then(next) : next(verdict);
    };
    return ask(0, allowed);
  };
}
