// Where a stream is: what a page's query says, what a person types, and the URLs and links that follow from it. Pure.

/** Where a stream is, as far as a page knows. */
export interface Place {
  /** The page came over TLS, so a browser lets it fetch from TLS only. */
  readonly secure: boolean;
  /** A host name or address; IPv6 in brackets. */
  readonly server: string;
  /** Empty: the scheme's own. */
  readonly httpPort: string;
  readonly rtmpPort: string;
  /** Empty: the one of the server's name. */
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
  /** Parameters of the page that are not its own, such as a token: they go with every request for the stream. */
  readonly extra: readonly (readonly [string, string])[];
}

/** The part of `location` that matters. */
export interface PageLocation {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

export const defaultApp = 'live';
export const defaultStream = 'livestream';
export const defaultRtmpPort = '1935';

/** Parameters that are the page's own. The first nine are those of SRS's pages. */
const own = new Set([
  ...['server', 'port', 'vhost', 'app', 'stream', 'hls_vhost', 'hls_port', 'autostart', 'hls_autostart'],
  ...['rtmp_autostart', 'http_port', 'protocol', 'delay', 'muted', 'streams'],
]);

export function readPlace(query: URLSearchParams, page: PageLocation): Place {
  const first = (...names: string[]): string => names.map((name) => query.get(name)).find((value) => value) ?? '';
  const server = bracketed(first('server') || page.hostname);
  const vhost = first('vhost', 'hls_vhost');
  return {
    secure: page.protocol === 'https:',
    server,
    httpPort: first('http_port', 'hls_port') || page.port,
    rtmpPort: first('port') || defaultRtmpPort,
    vhost: vhost === server ? '' : vhost,
    app: first('app') || defaultApp,
    stream: first('stream') || defaultStream,
    extra: [...query].filter(([name]) => !own.has(name)),
  };
}

export interface StreamUrls {
  readonly rtmp: string;
  readonly flv: string;
  readonly wsFlv: string;
  readonly ts: string;
  readonly hls: string;
}

export function streamUrls(place: Place): StreamUrls {
  const path = `/${[...place.app.split('/'), place.stream].map(encodeURIComponent).join('/')}`;
  const query = queryText(place, encodeURIComponent);
  const host = place.httpPort === '' ? place.server : `${place.server}:${place.httpPort}`;
  const http = `${place.secure ? 'https' : 'http'}://${host}${path}`;
  const ws = `${place.secure ? 'wss' : 'ws'}://${host}${path}`;
  const port = place.rtmpPort === defaultRtmpPort ? '' : `:${place.rtmpPort}`;
  // RTMP clients send the name as it is typed.
  const rtmp = `rtmp://${place.server}${port}/${place.app}/${place.stream}${queryText(place, (text) => text)}`;
  return {
    rtmp,
    flv: `${http}.flv${query}`,
    wsFlv: `${ws}.flv${query}`,
    ts: `${http}.ts${query}`,
    hls: `${http}.m3u8${query}`,
  };
}

function queryText({ vhost, extra }: Place, encode: (text: string) => string): string {
  const pairs = [...(vhost === '' ? [] : [['vhost', vhost] as const]), ...extra];
  return pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')}`;
}

/** The query of a page that plays `place`: what it would take as its defaults is left out. */
export function pageQuery(place: Place, page: PageLocation, options: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string, usual: string): void => {
    if (value !== usual) query.set(name, value);
  };
  put('server', place.server, bracketed(page.hostname));
  put('port', place.rtmpPort, defaultRtmpPort);
  put('http_port', place.httpPort, page.port);
  put('vhost', place.vhost, '');
  query.set('app', place.app);
  query.set('stream', place.stream);
  for (const [name, value] of place.extra) query.append(name, value);
  for (const [name, value] of Object.entries(options)) query.set(name, value);
  return `?${query.toString().replaceAll('%2F', '/')}`;
}

/**
 * What a person typed or pasted: `stream`, `app/stream`, any URL of a stream, or the address of a player page.
 * undefined: none of these.
 */
export function parseTyped(text: string, base: Place): Place | undefined {
  const typed = text.trim();
  const [, scheme = '', rest = ''] = /^(\w+):\/\/(.*)$/.exec(typed) ?? [];
  if (scheme !== '') return parseUrl(scheme.toLowerCase(), rest, base);
  if (/[?#\s]/.test(typed)) return undefined;
  const levels = typed.split('/').filter((level) => level !== '');
  const stream = levels.pop()?.replace(/\.(?:flv|ts|m3u8)$/, '');
  if (!stream) return undefined;
  return { ...base, app: levels.length > 0 ? levels.join('/') : base.app, stream };
}

function parseUrl(scheme: string, rest: string, base: Place): Place | undefined {
  const web = /^(?:http|ws)(s?)$/.exec(scheme);
  if (!web && !/^rtmps?$/.test(scheme)) return undefined;
  // URL gives only schemes that it knows a host with a port.
  let url: URL;
  try {
    url = new URL(`http://${rest}`);
  } catch {
    return undefined;
  }
  if (web && /\.html?$/.test(url.pathname)) {
    return readPlace(url.searchParams, { protocol: `${scheme}:`, hostname: url.hostname, port: url.port });
  }
  const levels = url.pathname
    .split('/')
    .filter((level) => level !== '')
    .map(decode);
  const stream = levels.pop()?.replace(web ? /\.(?:flv|ts|m3u8)$/ : /$^/, '');
  if (!stream || levels.length === 0) return undefined;
  const vhost = url.searchParams.get('vhost') ?? '';
  url.searchParams.delete('vhost');
  const place = { ...base, server: url.hostname, vhost, app: levels.join('/'), stream, extra: [...url.searchParams] };
  return web
    ? { ...place, secure: base.secure || web[1] === 's', httpPort: url.port }
    : { ...place, rtmpPort: url.port || defaultRtmpPort };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);
