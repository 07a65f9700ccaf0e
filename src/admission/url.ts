// What a client sent at connect and at publish or play -> which stream it means.
//
// tcUrl and the stream name come in many shapes: the vhost as the host, as a parameter, or spelled for Flash's URL box,
// which can hold no `?`; parameters on either half; a key that was pasted into the server's field. All of them end here.
// Unlike SRS, `s?token=x` is the stream `s` with a parameter, not a stream of that name.

import { isName } from './name.js';

export interface StreamUrl {
  readonly schema: string;
  /** As typed, without brackets; empty when the client sent no tcUrl. */
  readonly host: string;
  readonly port: number;
  /** The one that was asked for, or empty; which one serves is for the configuration to say. */
  readonly vhost: string;
  readonly app: string;
  /** Empty while only connect was seen. */
  readonly stream: string;
  /** Of both halves; where both have one of the same name, the stream's. Without the vhost. */
  readonly params: ReadonlyMap<string, string>;
}

export interface Asked {
  readonly tcUrl: string;
  readonly app: string;
  /** The stream name of publish or play; absent at connect. */
  readonly name?: string;
}

/** The query as it came, with its `?`: of the stream name, or of tcUrl when that has none. */
export function rawQuery({ tcUrl, app, name = '' }: Asked): string {
  const queryOf = (text: string): string => /\?.*$/s.exec(text)?.[0] ?? '';
  return queryOf(name) || queryOf(tcUrl) || queryOf(app);
}

/** undefined: no stream can have that name. */
export function resolveUrl({ tcUrl, app, name }: Asked): StreamUrl | undefined {
  const server = splitServer(tcUrl);
  // OSEE GoStream connects without a tcUrl: then all there is to know is the app.
  const first = splitHalf(server.path === '' ? app : server.path);
  const second = splitHalf(name ?? '');
  const levels = [...first.path];
  const stream = [...first.behindVhost, ...second.path, ...second.behindVhost];
  if (name !== undefined && stream.length === 0 && levels.length > 1) {
    // An empty key: the whole URL was pasted as the server (OBS), or the key has parameters only (multitrack OBS).
    stream.push(levels.pop() ?? '');
  }
  const vhost = first.vhost || second.vhost || server.host;
  const { schema, host, port } = server;
  const params = new Map([...first.params, ...second.params]);
  const url = { schema, host, port, vhost, app: levels.join('/'), stream: stream.join('/'), params };
  if (name === undefined) url.stream = '';
  const names = [url.app, vhost || 'none', name === undefined ? 'none' : url.stream];
  return names.every(isName) ? url : undefined;
}

interface Server {
  readonly schema: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const defaultPorts: Readonly<Record<string, number>> = { rtmps: 443, http: 80, ws: 80, https: 443, wss: 443 };

/** `schema://[user@]host[:port]` and the rest. Neko puts a stray quote in front. */
function splitServer(tcUrl: string): Server {
  const match = /^["'\s]*([a-z][a-z0-9+.-]*):\/\/([^/?]*)(.*)$/is.exec(tcUrl);
  const [, schema = 'rtmp', authority = '', path = ''] = match ?? [];
  const place = /^(?:.*@)?(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?/.exec(authority);
  const [, ipv6, name = '', digits] = place ?? [];
  const lower = schema.toLowerCase();
  const port = digits === undefined ? (defaultPorts[lower] ?? 1935) : Number(digits);
  return { schema: lower, host: ipv6 ?? name.trim(), port, path };
}

interface Half {
  /** Its levels, none of them empty. */
  readonly path: readonly string[];
  readonly vhost: string;
  /** What stood behind the vhost where both halves were typed as one URL: `app?vhost=V/stream`. */
  readonly behindVhost: readonly string[];
  readonly params: readonly (readonly [string, string])[];
}

/** `...vhost...V`, `,vhost,V`, `&&vhost=V`, `?Vhost?V`: what SRS takes for `?vhost=V`. */
const vhostSpellings = /(?:\.\.\.|&&|[?&,])vhost(?:\.\.\.|[=,?])/i;
const queryStart = /\?|&&|\.\.\./;

/** A path and its query, of tcUrl or of the stream name. */
function splitHalf(text: string): Half {
  const plain = text.trim().replace(vhostSpellings, '?vhost=');
  const start = queryStart.exec(plain);
  const query = start ? plain.slice(start.index + start[0].length) : '';
  const pairs = query
    .split(/[?&]+/)
    .filter((pair) => pair !== '')
    .map(splitPair);
  const isVhost = ([key]: readonly [string, string]): boolean => key.toLowerCase() === 'vhost';
  const vhost = pairs.find(isVhost)?.[1] ?? '';
  const end = vhost.search(/\.\.\.|[/,]/);
  return {
    path: levelsOf(start ? plain.slice(0, start.index) : plain),
    vhost: end < 0 ? vhost : vhost.slice(0, end),
    behindVhost: vhost[end] === '/' ? levelsOf(vhost.slice(end)) : [],
    params: pairs.filter((pair) => !isVhost(pair)),
  };
}

/** `key=value`, or for Flash `key...value`; a key alone has an empty value. */
function splitPair(pair: string): readonly [string, string] {
  const separator = pair.includes('=') ? '=' : '...';
  const [key = '', ...rest] = pair.split(separator);
  return [decode(key), decode(rest.join(separator))];
}

/** Browsers encode what RTMP clients send as it is; both mean the same. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const levelsOf = (path: string): string[] => path.split('/').filter((level) => level !== '');
