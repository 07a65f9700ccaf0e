// The API, called from outside. What went wrong is one of two things, which scripts want to tell apart.

export interface Server {
  /** Without a slash at the end and without credentials. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The server said no. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Nobody answers there, or not in HTTP. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

const patience = 10_000;

/** `http://USER:PASSWORD@host:port`; a token goes before that. Throws a TypeError for what is no such URL. */
export function serverOf(url: string, token: string | undefined): Server {
  const parsed = new URL(url);
  if (!/^https?:$/.test(parsed.protocol)) throw new TypeError(`${url} is no http URL`);
  const { username, password, origin, pathname } = parsed;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const basic = username === '' ? undefined : `Basic ${Buffer.from(pair).toString('base64')}`;
  const authorization = token === undefined ? basic : `Bearer ${token}`;
  return {
    url: origin + pathname.replace(/\/$/, ''),
    headers: authorization === undefined ? {} : { authorization },
  };
}

export type Reply = Readonly<Record<string, unknown>>;

export async function call(server: Server, path: string, method = 'GET'): Promise<Reply> {
  let response: Response;
  let text: string;
  try {
    const signal = AbortSignal.timeout(patience);
    response = await fetch(server.url + path, { method, headers: server.headers, signal });
    text = await response.text();
  } catch (error) {
    throw new Unreachable(`${server.url} does not answer: ${causeOf(error)}`);
  }
  const body = parse(text);
  if (body === undefined) throw new Unreachable(`${server.url} is no API of weir (status ${response.status})`);
  if (!response.ok) throw new Refused(messageOf(body) ?? `${method} ${path}: status ${response.status}`);
  return body;
}

function parse(text: string): Reply | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Reply) : undefined;
  } catch {
    return undefined;
  }
}

function messageOf({ data }: Reply): string | undefined {
  const message = (data as { readonly message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : undefined;
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

const page = 1000;

/** Every item of a list, page by page, as one reply. */
export async function callAll(server: Server, path: string, name: string, query: URLSearchParams): Promise<Reply> {
  const items: unknown[] = [];
  for (;;) {
    const where = new URLSearchParams([...query, ['start', String(items.length)], ['count', String(page)]]);
    const reply = await call(server, `${path}?${where.toString()}`);
    const found = reply[name];
    if (Array.isArray(found)) items.push(...(found as unknown[]));
    if (!Array.isArray(found) || found.length < page) return { ...reply, [name]: items };
  }
}
