// The answer of a hook's server -> what it means. Its text comes from outside: everything is checked, and bounded.

export interface HttpAnswer {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

export interface GrantedLimits {
  readonly players?: number;
  readonly bitrate?: number;
  readonly seconds?: number;
}

export type Meaning =
  | {
      readonly kind: 'allow';
      readonly stream?: string;
      readonly limits?: GrantedLimits;
      readonly vars?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'deny'; readonly message?: string }
  /** Neither yes nor no: the server is in trouble, and may be asked again. */
  | { readonly kind: 'failed'; readonly why: string };

const longestMessage = 200;
const mostVars = 16;
const longestVar = 256;

/** Status 200 and `0`, or an object with `code` 0. Anything else that a healthy server says is a no. */
export function readSrs({ status, text }: HttpAnswer): Meaning {
  if (status >= 500) return { kind: 'failed', why: `status ${status}` };
  if (status !== 200) return { kind: 'deny', message: `status ${status}` };
  const body = text.trim();
  if (body === '0') return { kind: 'allow' };
  const object = parseObject(body);
  if (!object) return { kind: 'deny', ...messageOf(/^\d{1,9}$/.test(body) ? `code ${body}` : undefined) };
  if (object['code'] !== 0) return { kind: 'deny', ...messageOf(object['message'] ?? object['msg']) };
  // Some back ends keep what they say in `data`, as SRS's own API does.
  const said = asObject(object['data']) ?? object;
  return readGrant(said);
}

/** Any status of 2xx is a yes, 3xx a yes with another name, anything else a no. */
export function readNginx({ status, location }: HttpAnswer): Meaning {
  if (status >= 500) return { kind: 'failed', why: `status ${status}` };
  if (status >= 200 && status < 300) return { kind: 'allow' };
  if (status < 300 || status >= 400) return { kind: 'deny', message: `status ${status}` };
  if (location === '') return { kind: 'deny', message: `status ${status} without Location` };
  // nginx-rtmp would relay to or from that server.
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return { kind: 'deny', message: 'it names another server' };
  return { kind: 'allow', stream: location.replace(/^\/+/, '') };
}

function readGrant(said: Readonly<Record<string, unknown>>): Meaning {
  const { stream, limits, vars } = said;
  if (stream !== undefined && typeof stream !== 'string') return { kind: 'failed', why: '`stream` is no text' };
  const granted = limits === undefined ? {} : readLimits(limits);
  if (granted === undefined) return { kind: 'failed', why: '`limits` are not positive numbers' };
  const read = vars === undefined ? {} : readVars(vars);
  if (read === undefined) return { kind: 'failed', why: `\`vars\` are not up to ${mostVars} short texts` };
  return {
    kind: 'allow',
    ...(typeof stream === 'string' && stream !== '' && { stream }),
    ...(Object.keys(granted).length > 0 && { limits: granted }),
    ...(Object.keys(read).length > 0 && { vars: read }),
  };
}

/** A limit that can't be read must not become no limit. */
function readLimits(value: unknown): GrantedLimits | undefined {
  const object = asObject(value);
  if (!object) return undefined;
  const limits: { players?: number; bitrate?: number; seconds?: number } = {};
  for (const name of ['players', 'bitrate', 'seconds'] as const) {
    const limit = object[name];
    if (limit === undefined || limit === null) continue;
    if (typeof limit !== 'number' || !Number.isFinite(limit) || limit <= 0) return undefined;
    limits[name] = limit;
  }
  return limits;
}

function readVars(value: unknown): Record<string, string> | undefined {
  const object = asObject(value);
  if (!object) return undefined;
  const entries = Object.entries(object).map(([name, item]): [string, string] => [name, String(item)]);
  const fits = entries.every(([name, item]) => name.length <= longestVar && item.length <= longestVar);
  return entries.length <= mostVars && fits ? Object.fromEntries(entries) : undefined;
}

function messageOf(message: unknown): { message?: string } {
  return typeof message === 'string' && message !== '' ? { message: printable(message).slice(0, longestMessage) } : {};
}

const printable = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}
