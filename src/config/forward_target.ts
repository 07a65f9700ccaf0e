// Where a vhost's streams are copied to: `host[:port][/app][?vhost=V&...]`, a whole `rtmp://host[:port]/app/stream`, or the URL
// of a back end that names such targets for each stream.

import { httpUrl, type ValueType } from './values.js';

export interface ForwardServer {
  readonly kind: 'server';
  /** As it was written. */
  readonly text: string;
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** It began with rtmp://: then the last level of the path is the stream's name. */
  readonly isUrl: boolean;
  /** Without the first slash; empty: as here. May have variables. */
  readonly path: string;
  readonly query: string;
}

export type ForwardTarget = ForwardServer | { readonly kind: 'backend'; readonly url: string };

const shape =
  /^(rtmp:\/\/)?(?:\[([0-9a-f]*:[0-9a-f:.]*)\]|([^\s/:?[\]]+))(?::(\d{1,5}))?(?:\/([^?\s]*))?(?:\?(\S*))?$/i;
const defaultPort = 1935;

const hasOnlyKnownVariables = (text: string): boolean => !/[[\]]/.test(text.replace(/\[(?:vhost|app|stream)\]/g, ''));

export function readForwardServer(text: string): ForwardServer | undefined {
  const match = shape.exec(text);
  if (!match) return undefined;
  const [, schema, ipv6, name = '', digits, path = '', query = ''] = match;
  const port = digits === undefined ? defaultPort : Number(digits);
  const levels = path.split('/').filter((level) => level !== '');
  if (port < 1 || port > 65535 || !hasOnlyKnownVariables(path + query)) return undefined;
  return { kind: 'server', text, host: ipv6 ?? name, port, isUrl: schema !== undefined, path: levels.join('/'), query };
}

export const forwardTarget: ValueType<ForwardTarget> = {
  usage: 'host[:port][/app][?vhost=name] | rtmp://host[:port]/app/stream',
  expects:
    'a server as host[:port][/app][?vhost=name] or rtmp://host[:port]/app/stream; variables are [vhost], [app] and [stream]',
  read: (text) => {
    if (!/^https?:/.test(text)) return readForwardServer(text);
    const url = httpUrl.read(text);
    return url === undefined ? undefined : { kind: 'backend', url };
  },
};
