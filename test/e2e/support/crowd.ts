// People who come and go at random: publishers who come again under names that others have, players of every protocol who
// leave in the middle, and an operator who reloads. It counts what they got, so that a run in which nobody got in is seen.
import { once, setMaxListeners } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { errorOf, askRole } from './asking.js';
import { film, Sender } from './frames.js';
import type { Random } from './random.js';
import { frameOf, upgradeOf } from './raw_http.js';

export interface CrowdOptions {
  readonly port: number;
  readonly http: number;
  readonly random: Random;
  readonly publishers: number;
  readonly players: number;
  /** Called now and then: changes the configuration and reloads. */
  readonly reload: () => Promise<void>;
}

export type Counts = Readonly<Record<string, number>>;

export interface Crowd {
  /** How often each thing was done and answered. */
  readonly counts: () => Counts;
  /** All leave; resolves when they have. Rejects with what went wrong for one of them. */
  readonly leave: () => Promise<void>;
}

interface Scene extends CrowdOptions {
  readonly count: (what: string) => void;
  /** Some time, or until all leave. */
  readonly stay: (from: number, to: number) => Promise<void>;
  readonly isOver: () => boolean;
}

const names = ['s0', 's1', 's2', 's3', 's4', 's5'];

export function crowd(options: CrowdOptions): Crowd {
  const counts: Record<string, number> = {};
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const scene: Scene = {
    ...options,
    count: (what) => (counts[what] = (counts[what] ?? 0) + 1),
    isOver: () => over.signal.aborted,
    stay: async (from, to) => {
      await pause(options.random.between(from, to), undefined, { signal: over.signal }).catch(() => undefined);
    },
  };
  const forEver = async (act: (scene: Scene) => Promise<void>): Promise<void> => {
    while (!scene.isOver()) await act(scene);
  };
  const several = (count: number, act: (scene: Scene) => Promise<void>) =>
    Array.from({ length: count }, () => forEver(act));
  const all = [
    ...several(options.publishers, publishOnce),
    ...several(options.players, ({ random }) => random.pick(viewings)(scene)),
    forEver(reloadOnce),
  ];
  return {
    counts: () => ({ ...counts }),
    leave: async () => {
      over.abort();
      const failed = (await Promise.allSettled(all)).find((one) => one.status === 'rejected');
      if (failed) throw failed.reason as Error;
    },
  };
}

let others = 0;

/** Mostly a name that others have too, else one that was never there before. */
const nameOf = ({ random }: Scene): string => (random.next() < 0.75 ? random.pick(names) : `once${String(others++)}`);

async function publishOnce(scene: Scene): Promise<void> {
  const { port, random, count, stay } = scene;
  const name = nameOf(scene);
  const told = await askRole(port, { action: 'publish', name });
  const [code] = errorOf(told);
  count(`publish ${String(code)}`);
  if (code === 'NetStream.Publish.Start') {
    const sender = new Sender({ client: told.client, id: 1 });
    sender.headers();
    const pictures = Math.floor(random.between(5, 60));
    for (let from = 0; from < pictures && !scene.isOver(); from++) {
      film(sender, { from, pictures: 1, size: 2000 });
      await stay(38, 42);
    }
    // Politely, or as who pulls the plug.
    if (random.next() < 0.5) told.client.command('FCUnpublish', [null, name]);
    if (random.next() < 0.5) told.client.command('deleteStream', [null, 1]);
  }
  told.client.end();
  await stay(0, 300);
}

async function playRtmp(scene: Scene): Promise<void> {
  const { port, random, count, stay } = scene;
  const told = await askRole(port, { action: 'play', name: random.pick(names) });
  count(`rtmp ${String(errorOf(told)[0])}`);
  await stay(50, 1500);
  if (random.next() < 0.5) told.client.command('deleteStream', [null, 1]);
  told.client.end();
}

const playHttp =
  (ending: 'flv' | 'ts') =>
  async ({ http, random, count, stay }: Scene): Promise<void> => {
    const path = `/live/${random.pick(names)}.${ending}`;
    const asking = request({ host: '127.0.0.1', port: http, path, agent: false });
    asking.on('error', () => undefined);
    asking.on('response', (response) => {
      count(`${ending} ${String(response.statusCode)}`);
      response.on('error', () => undefined).resume();
    });
    asking.end();
    await stay(50, 1500);
    asking.destroy();
  };

async function playWs({ http, random, count, stay }: Scene): Promise<void> {
  const socket = connect(http, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.once('data', (head: Buffer) => {
    count(`ws ${head.toString('latin1', 9, 12)}`);
    socket.resume();
  });
  socket.write(upgradeOf(`/live/${random.pick(names)}.flv`), 'latin1');
  await stay(50, 1500);
  if (random.next() < 0.5) socket.write(frameOf(8, Buffer.from([3, 232])));
  socket.destroy();
}

/** A list, some of what it lists, and the list again. */
async function playHls({ http, random, count, stay }: Scene): Promise<void> {
  const list = `/live/${random.pick(names)}.m3u8?viewer=${String(random.next())}`;
  for (let i = 0; i < 3; i++) {
    const { status, body } = await fetched(http, list);
    count(`hls ${String(status)}`);
    const pieces = status === 200 ? body.split('\n').filter((line) => /^[^#]/.test(line)) : [];
    for (const piece of pieces.slice(-2)) {
      const { pathname, search } = new URL(piece, `http://h${list}`);
      count(`fragment ${String((await fetched(http, pathname + search)).status)}`);
    }
    await stay(100, 400);
  }
}

async function fetched(port: number, path: string): Promise<{ status: number; body: string }> {
  const asking = request({ host: '127.0.0.1', port, path, agent: false }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  let body = '';
  response.setEncoding('latin1').on('data', (text: string) => (body += text));
  await once(response, 'end');
  return { status: response.statusCode ?? 0, body };
}

const viewings = [playRtmp, playHttp('flv'), playHttp('ts'), playWs, playHls];

async function reloadOnce({ reload, count, stay }: Scene): Promise<void> {
  await stay(200, 2000);
  await reload();
  count('reload');
}
