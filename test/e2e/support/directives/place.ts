// Where the probe of a directive looks: a running server, a vhost of its own, a back end, and what clients there do.
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { errors, errorText, type ErrorCode } from '../../../../src/errors.js';
import { errorOf, roleOverRtmp } from '../asking.js';
import type { Backend, Received } from '../backend.js';
import { Sender } from '../frames.js';
import type { Running } from '../process.js';
import { player, publisher, type RtmpClient } from '../rtmp_client.js';

/** Directives as they are written: a value, or a block of them. */
export interface Tree {
  readonly [name: string]: string | Tree;
}

/** What is seen now. */
export type Eye = () => unknown;

export interface Probe {
  /** Directives of its vhost, or at the top of the file, that stand beside it before and after. */
  readonly beside?: Tree;
  /** Its value before; it is not written otherwise. */
  readonly from?: string;
  /** Its value after, where that of the table is no use here: ports, paths, times that are long. */
  readonly to?: string;
  /** Prepares clients; what it returns is asked until it sees `before`, and after the reload until it sees `after`. */
  readonly look: (place: Place) => Promise<Eye> | Eye;
  readonly before: unknown;
  readonly after: unknown;
}

export type Probes = Readonly<Record<string, Probe>>;

export interface Place {
  readonly context: TestContext;
  /** Of this probe alone; the default one for directives at the top of the file. */
  readonly vhost: string;
  readonly port: number;
  readonly http: number;
  /** A port that is free. */
  readonly spare: number;
  readonly api: string;
  readonly folder: string;
  readonly weir: Running;
  readonly backend: Backend;
}

/** A name that no stream had before. */
export const fresh = (): string => `s${randomUUID().slice(0, 8)}`;

const tcUrl = ({ vhost }: Place): string => `rtmp://${vhost}/live`;

interface Asking {
  readonly name?: string;
  readonly query?: string;
  readonly page?: string;
}

/** `Start`, or the reason of the refusal. The client stays until the test is over. */
export async function ask(
  place: Place,
  action: 'publish' | 'play',
  { name = fresh(), query = '', page = '' }: Asking = {},
): Promise<string> {
  const app = `live?vhost=${place.vhost}`;
  const role = { action, app, name: `${name}${query}`, pageUrl: page };
  const [code, text] = errorOf(await roleOverRtmp(place.context, place.port, role));
  if (String(code).endsWith('.Start')) return 'Start';
  const codes = Object.keys(errors) as ErrorCode[];
  return codes.find((candidate) => String(text).startsWith(errorText(candidate))) ?? String(code);
}

export async function watch(place: Place, name: string): Promise<RtmpClient> {
  const { client } = await player(place.port, name, { tcUrl: tcUrl(place) });
  place.context.after(() => client.end());
  return client;
}

/** A publisher; its headers are sent. */
export async function publish(place: Place, name: string): Promise<Sender> {
  const sender = new Sender(await publisher(place.port, name, { tcUrl: tcUrl(place) }));
  place.context.after(() => sender.client.end());
  sender.client.setChunkSize(65_536);
  sender.headers();
  return sender;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export async function get(url: string, init: RequestInit = {}): Promise<Answer> {
  const headers = new Headers(init.headers);
  headers.set('connection', 'close');
  const response = await fetch(url, { ...init, headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** From the delivery server, as a client of the vhost. */
export const fetchFrom = ({ http, vhost }: Place, path: string): Promise<Answer> =>
  get(`http://127.0.0.1:${String(http)}${path}?vhost=${vhost}`);

/** The sum of a metric's values, of those with this label. */
export async function metric({ api }: Place, name: string, label = ''): Promise<number> {
  const { text } = await get(`${api}/metrics`);
  const lines = text.split('\n').filter((line) => /^[^{ ]+/.exec(line)?.[0] === name && line.includes(label));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Whether somebody's connection ended for a reason that no other probe has. */
export const hasEnded = async (place: Place, reason: ErrorCode): Promise<boolean> =>
  (await metric(place, 'weir_connections_ended_total', `"${reason}"`)) > 0;

/** What the back end was told of this vhost. */
export const toldOf = ({ backend, vhost }: Place): Received[] =>
  backend.received.filter(({ path }) => path.startsWith(`/${vhost}/`));

/** Calls it again and again while the test runs. */
export function keepDoing(place: Place, action: () => void, every = 40): void {
  const timer = setInterval(action, every);
  place.context.after(() => clearInterval(timer));
}

export const lines = (text: string, pattern: RegExp): string[] => text.split('\n').filter((line) => pattern.test(line));
