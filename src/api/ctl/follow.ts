// `weir ctl events` and `top`: what goes on until somebody stops it.

import { setTimeout as sleep } from 'node:timers/promises';
import { call, callAll, Unreachable, type Server } from './client.js';
import { bytes, percent } from './table.js';
import { eventView, streamsView, type Bold } from './views.js';

export interface Output {
  readonly write: (text: string) => void;
  readonly bold: Bold;
  /** A screen that can be cleared. */
  readonly isScreen: boolean;
  readonly json: boolean;
}

/** Ends when the server does, with an Unreachable. */
export async function followEvents(server: Server, { write, json }: Output): Promise<never> {
  // A refusal has no words in a WebSocket: asked for first, it has.
  await call(server, '/api/v1/versions');
  // Not before it is needed: the server has this file loaded, too.
  const { WebSocket } = await import('undici');
  const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/api/v1/events`, { headers: server.headers });
  return new Promise((_, reject) => {
    socket.addEventListener('message', ({ data }) => {
      const text = String(data);
      write(json ? `${text}\n` : eventView(JSON.parse(text) as Record<string, unknown>));
    });
    socket.addEventListener('error', () => reject(new Unreachable(`${server.url} gives no events`)));
    socket.addEventListener('close', () => reject(new Unreachable(`${server.url} has closed the connection`)));
  });
}

export interface TopOptions {
  readonly seconds: number;
  /** Infinity: until it is stopped. */
  readonly rounds: number;
}

const clearScreen = '\u001b[H\u001b[2J';
const mostRows = 40;

/** The streams with most to send, over and over. */
export async function top(server: Server, output: Output, { seconds, rounds }: TopOptions): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    if (round > 0) await sleep(seconds * 1000);
    const [summaries, streams] = await Promise.all([
      call(server, '/api/v1/summaries'),
      callAll(server, '/api/v1/streams', 'streams', new URLSearchParams()),
    ]);
    if (output.json) output.write(`${JSON.stringify({ summaries: summaries['data'], streams: streams['streams'] })}\n`);
    else
      output.write(
        `${output.isScreen ? clearScreen : ''}${head(summaries['data'])}\n${busiest(streams, output.bold)}\n`,
      );
  }
}

interface Summaries {
  readonly self: { readonly mem_kbyte: number; readonly cpu_percent: number };
  readonly system: {
    readonly cpu_percent: number;
    readonly conn_srs: number;
    readonly srs_recv_kbps: number;
    readonly srs_send_kbps: number;
  };
}

function head(data: unknown): string {
  const { self, system } = data as Summaries;
  const clock = new Date().toISOString().slice(11, 19);
  const traffic = `in ${system.srs_recv_kbps}, out ${system.srs_send_kbps} kbit/s`;
  const load = `processor ${percent(self.cpu_percent)} of a core, memory ${bytes(self.mem_kbyte * 1024)}`;
  return `${clock}  ${system.conn_srs} connections  ${traffic}  ${load}\n`;
}

function busiest(reply: Readonly<Record<string, unknown>>, bold: Bold): string {
  type Stream = { readonly clients: number; readonly kbps: { readonly send_30s: number } };
  const all = reply['streams'] as readonly Stream[];
  const sorted = all.toSorted((a, b) => b.kbps.send_30s - a.kbps.send_30s || b.clients - a.clients);
  const more = all.length > mostRows ? `... and ${all.length - mostRows} more\n` : '';
  return streamsView({ streams: sorted.slice(0, mostRows) }, bold) + more;
}
