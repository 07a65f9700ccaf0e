// weir with its HTTP API, and calls of it.
import assert from 'node:assert/strict';
import { freePort, startWeir, type Weir, type WeirOptions } from './servers.js';
import type { TestContext } from 'node:test';

export interface WithApi extends Weir {
  readonly api: string;
  readonly http: number;
  get(path: string, init?: RequestInit): Promise<Response>;
  /** The JSON of a call that must succeed. */
  json(path: string, init?: RequestInit): Promise<Record<string, unknown>>;
  /** Asks until the reply is as wanted. */
  until<T>(path: string, wanted: (reply: T) => boolean): Promise<T>;
}

interface ApiOptions extends WeirOptions {
  /** Directives of http_api. */
  readonly api?: string;
  /** The whole of http_server. */
  readonly delivery?: string;
  /** Sent with each call. */
  readonly headers?: Record<string, string>;
}

const patience = 60_000;
const pause = 50;

export async function startWithApi(context: TestContext, options: ApiOptions = {}): Promise<WithApi> {
  const [port, http] = [await freePort(), await freePort()];
  const api = `http_api { enabled on; listen 127.0.0.1:${String(port)}; ${options.api ?? ''} }`;
  const { delivery = `http_server { enabled on; listen 127.0.0.1:${String(http)}; }` } = options;
  const weir = await startWeir(context, { ...options, global: `${api}\n${delivery}\n${options.global ?? ''}` });
  await weir.logged({ type: 'listening', service: 'api' });
  await weir.logged({ type: 'listening', service: 'rtmp' });
  const base = `http://127.0.0.1:${String(port)}`;
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${base}${path}`, { ...init, headers: { ...options.headers, ...(init.headers as Record<string, string>) } });
  const json = async (path: string, init?: RequestInit) => {
    const response = await get(path, init);
    const body = await response.text();
    assert.equal(response.status, 200, `${path}: ${body}`);
    return JSON.parse(body) as Record<string, unknown>;
  };
  const until = async <T>(path: string, wanted: (reply: T) => boolean): Promise<T> => {
    const end = Date.now() + patience;
    for (;;) {
      const reply = (await json(path)) as T;
      if (wanted(reply)) return reply;
      assert.ok(Date.now() < end, `${path} stays ${JSON.stringify(reply)}`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  return { ...weir, api: base, http, get, json, until };
}

export interface Stream {
  readonly id: number;
  readonly name: string;
  readonly app: string;
  readonly clients: number;
  readonly frames: number;
  readonly publish: { readonly active: boolean; readonly cid: number };
  readonly players: Readonly<Record<string, number>>;
  readonly video: { readonly codec: string; readonly width: number; readonly height: number } | null;
  readonly recv_bytes: number;
  readonly send_bytes: number;
  readonly kbps: { readonly recv_30s: number };
}

export interface Streams {
  readonly total: number;
  readonly streams: readonly Stream[];
}

export interface Client {
  readonly id: number;
  readonly publish: boolean;
  readonly protocol: string;
  readonly type: string;
  readonly name: string;
}

export interface Clients {
  readonly total: number;
  readonly clients: readonly Client[];
}

export interface Recording {
  readonly id: number;
  readonly name: string;
  readonly file: string;
  readonly format: string;
  readonly active: boolean;
  readonly bytes: number;
  readonly duration: number;
}

export interface Recordings {
  readonly total: number;
  readonly recordings: readonly Recording[];
}
