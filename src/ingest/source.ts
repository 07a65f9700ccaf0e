// The URL of a stream at another server -> where to connect and what to say there: rtmp://host[:port]/app/stream?query, where the
// app may have several levels, or SRS's rtmp://host[:port]/app?vhost=V/stream.

import { bracketed } from '../config/address.js';
import { readForwardServer } from '../config/forward_target.js';

export interface Source {
  /** What logs, API and metrics call it: without its query, which may hold a secret. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tcUrl: string;
  readonly app: string;
  /** With its query. */
  readonly stream: string;
}

/** undefined: it is no such URL. */
export function readSource(url: string): Source | undefined {
  const server = readForwardServer(url);
  if (!server?.isUrl) return undefined;
  const { host, port } = server;
  const levels = server.path.split('/').filter((level) => level !== '');
  const { vhost = host, query, behind } = splitQuery(server.query, levels.length < 2);
  const stream = behind ?? levels.pop() ?? '';
  const path = levels.join('/');
  if (path === '' || stream === '') return undefined;
  const place = `${bracketed(host)}:${port}`;
  // Where the query stood between app and stream it is the app's.
  const app = behind === undefined || query === '' ? path : `${path}?${query}`;
  return {
    name: `rtmp://${place}/${path}/${stream.replace(/\?.*$/s, '')}${vhost === host ? '' : `?vhost=${vhost}`}`,
    ...{ host, port, app },
    tcUrl: `rtmp://${bracketed(vhost)}:${port}/${app}`,
    stream: behind === undefined && query !== '' ? `${stream}?${query}` : stream,
  };
}

interface Query {
  readonly vhost?: string | undefined;
  /** The rest of it, as it was written. */
  readonly query: string;
  /** The stream, where that is behind it. */
  readonly behind?: string | undefined;
}

function splitQuery(text: string, isOfApp: boolean): Query {
  const parts = text.split('&').filter((part) => part !== '');
  const isVhost = (part: string): boolean => /^vhost=/i.test(part);
  // No vhost has a slash: what is behind one is the stream. Other values may have slashes.
  const holder = isOfApp ? parts.findLastIndex((part) => part.includes('/')) : parts.findIndex(isVhostWithSlash);
  let behind: string | undefined;
  if (holder >= 0) {
    const [head, tail] = cutAt(parts[holder] ?? '');
    behind = [tail, ...parts.splice(holder + 1)].join('&');
    parts[holder] = head;
  }
  const vhost = parts.find(isVhost)?.slice('vhost='.length);
  return { vhost: vhost === '' ? undefined : vhost, query: parts.filter((part) => !isVhost(part)).join('&'), behind };
}

const isVhostWithSlash = (part: string): boolean => /^vhost=[^/]*\/./i.test(part);

function cutAt(text: string): readonly [string, string] {
  const slash = text.indexOf('/');
  return [text.slice(0, slash), text.slice(slash + 1)];
}
