// The demo's web server: sinks for every hook, a list of servers that send heartbeats, and the chat of the demo pages.
// Nothing is kept beyond its process.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Chats } from './chats.js';

export interface DemoOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Events that are answered with a refusal. */
  readonly refuse: readonly string[];
  /** Keys of publishers and the public names that they get. */
  readonly renames: ReadonlyMap<string, string>;
  /** Milliseconds before each answer. */
  readonly delay: number;
  readonly say: (line: string) => void;
}

export interface Demo {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** SRS's demo answers with these. */
const codes = { ok: 0, badJson: 100, wrongAction: 200, refused: 403 } as const;
const largestBody = 64 * 1024;
const serverLifetime = 20;

/** Which events each path takes. */
const sinks: Readonly<Record<string, readonly string[]>> = {
  clients: ['on_connect', 'on_close'],
  streams: ['on_publish', 'on_unpublish'],
  sessions: ['on_play', 'on_stop'],
  dvrs: ['on_dvr'],
  hls: ['on_hls'],
};

export async function startDemo(options: DemoOptions): Promise<Demo> {
  const answer = createAnswers(options);
  const server = createServer((request, response) => {
    readBody(request)
      .then(async (text) => {
        if (options.delay > 0) await new Promise((resolve) => setTimeout(resolve, options.delay));
        send(response, answer(request.method ?? '', new URL(request.url ?? '/', 'http://demo').pathname, text));
      })
      .catch(() => send(response, { status: 413, body: { code: codes.badJson } }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createAnswers(options: DemoOptions): (method: string, path: string, text: string) => Reply {
  const chats = new Chats();
  const servers = createServers();
  return (method, path, text) => {
    if (method === 'OPTIONS') return { status: 200, body: '' };
    const [, name = '', id] = /^\/api\/v1\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (name === 'chats') return answerChats(chats, method, id, text);
    if (name === 'servers' && id === undefined) return servers(method, text);
    const events = sinks[name];
    if (events && id === undefined) return method === 'POST' ? take(options, events, text) : ok({});
    if (/^\/(?:api(?:\/v1)?)?\/?$/.test(path))
      return ok({ code: codes.ok, urls: [...Object.keys(sinks), 'servers', 'chats'] });
    return { status: 404, body: { code: 404 } };
  };
}

const ok = (body: unknown): Reply => ({ status: 200, body });

function take({ refuse, renames, say }: DemoOptions, events: readonly string[], text: string): Reply {
  const fields = parse(text);
  if (!fields) return ok(String(codes.badJson));
  const { action, stream } = fields;
  if (typeof action !== 'string' || !events.includes(action)) return ok(String(codes.wrongAction));
  say(`${action} ${JSON.stringify(fields)}`);
  if (refuse.includes(action)) return ok({ code: codes.refused, message: 'hooks-demo refuses it' });
  const renamed = action === 'on_publish' && typeof stream === 'string' ? renames.get(stream) : undefined;
  return ok(renamed === undefined ? String(codes.ok) : { code: codes.ok, stream: renamed });
}

function answerChats(chats: Chats, method: string, id: string | undefined, text: string): Reply {
  const now = Date.now() / 1000;
  const unknown = { status: 405, body: { code: 405 } };
  if (method === 'GET') return ok({ code: codes.ok, data: { now, chats: chats.list(now) } });
  if (method === 'POST') {
    const fields = parse(text);
    return ok(fields ? { code: codes.ok, data: chats.add(fields, now) } : { code: codes.badJson });
  }
  if (method === 'PUT' && chats.renew(Number(id), now)) return ok({ code: codes.ok, data: null });
  if (method === 'DELETE' && chats.remove(Number(id))) return ok({ code: codes.ok, data: null });
  return unknown;
}

/** Who sent a heartbeat lately. */
function createServers(): (method: string, text: string) => Reply {
  const known = new Map<string, { readonly ip: string; readonly device_id: string; readonly heartbeat: number }>();
  const mostServers = 1000;
  return (method, text) => {
    const now = Date.now() / 1000;
    for (const [key, { heartbeat }] of known) if (now - heartbeat > serverLifetime) known.delete(key);
    if (method !== 'POST') return ok({ code: codes.ok, data: [...known.values()] });
    const { ip, device_id } = parse(text) ?? {};
    if (typeof ip !== 'string' || typeof device_id !== 'string') return ok({ code: codes.badJson, data: null });
    const key = `${device_id} ${ip}`;
    if (known.has(key) || known.size < mostServers) known.set(key, { ip, device_id, heartbeat: now });
    return ok({ code: codes.ok, data: device_id });
  };
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > largestBody) throw new Error('too large');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString();
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain' : 'application/json',
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
    'access-control-allow-headers': 'content-type',
  });
  response.end(isText ? body : JSON.stringify(body));
}
