// A target of the configuration, for one stream -> where to connect and what to say there.

import { bracketed } from '../config/address.js';
import type { ForwardServer } from '../config/forward_target.js';
import { defaultVhostName } from '../config/default_vhost.js';
import type { StreamKey } from '../native.js';

export interface Destination {
  /** What logs, API and metrics call it: without the query, which may hold a secret. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tcUrl: string;
  readonly app: string;
  /** With its query. */
  readonly stream: string;
}

/** Without an app of its own the target gets the stream as it is named here: app, stream and, unless it is the default one, vhost. */
export function destinationOf(target: ForwardServer, key: StreamKey): Destination {
  const { host, port, isUrl } = target;
  const levels = fill(target.path, key).split('/');
  const stream = isUrl && levels.length > 1 ? (levels.pop() ?? '') : key.stream;
  const app = levels.join('/') || key.app;
  const query = new URLSearchParams(fill(target.query, key));
  const own = isUrl || key.vhost === defaultVhostName ? host : key.vhost;
  const vhost = query.get('vhost') ?? own;
  query.delete('vhost');
  const rest = query.toString();
  const place = `${bracketed(host)}:${port}`;
  return {
    name: `${place}/${app}/${stream}${vhost === host ? '' : `?vhost=${vhost}`}`,
    ...{ host, port, app },
    tcUrl: `rtmp://${bracketed(vhost)}:${port}/${app}`,
    stream: rest === '' ? stream : `${stream}?${rest}`,
  };
}

function fill(text: string, { vhost, app, stream }: StreamKey): string {
  const values: Readonly<Record<string, string>> = { vhost, app, stream };
  return text.replace(/\[(vhost|app|stream)\]/g, (_, name: string) => values[name] ?? '');
}
