// /streams.json as the server writes it: what is live. Pure; what does not fit is left out rather than shown wrong.

export interface LiveStream {
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
  readonly videoCodec: string;
  readonly audioCodec: string;
  readonly width: number;
  readonly height: number;
  readonly kbps: number;
  readonly viewers: number;
  /** Seconds. */
  readonly uptime: number;
  readonly protocols: readonly string[];
}

export const defaultVhost = '__defaultVhost__';

export function parseStreams(body: unknown): LiveStream[] {
  const list = isRecord(body) && Array.isArray(body['streams']) ? (body['streams'] as unknown[]) : [];
  return list
    .filter(isRecord)
    .map(parseStream)
    .filter(({ app, stream }) => app !== '' && stream !== '');
}

function parseStream(from: Readonly<Record<string, unknown>>): LiveStream {
  const text = (name: string): string => (typeof from[name] === 'string' ? from[name] : '');
  const number = (name: string): number => (typeof from[name] === 'number' ? from[name] : 0);
  const protocols = Array.isArray(from['protocols']) ? (from['protocols'] as unknown[]) : [];
  return {
    vhost: text('vhost'),
    app: text('app'),
    stream: text('stream'),
    videoCodec: text('videoCodec'),
    audioCodec: text('audioCodec'),
    width: number('width'),
    height: number('height'),
    kbps: number('kbps'),
    viewers: number('viewers'),
    uptime: number('uptime'),
    protocols: protocols.filter((protocol) => typeof protocol === 'string'),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The vhost that a link must name: not the default one, unless the page's own host name is a vhost too. */
export function vhostToName(stream: LiveStream, all: readonly LiveStream[], hostname: string): string {
  if (stream.vhost === hostname) return '';
  const hostIsVhost = all.some(({ vhost }) => vhost === hostname);
  return stream.vhost === defaultVhost && !hostIsVhost ? '' : stream.vhost;
}
