// A back end of an operator: a web server that hooks call, and that remembers what it was told.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Received {
  readonly path: string;
  readonly type: string;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Backend {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** Resolves when so many were received. */
  readonly until: (count: number) => Promise<void>;
  /** The first that matches, now or later. */
  readonly first: (matches: (body: Received['body']) => boolean) => Promise<Received>;
}

export type Answer = (request: Received, response: ServerResponse) => void;

export async function backend(context: TestContext, answer: Answer, port = 0): Promise<Backend> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server: Server = createServer((request: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const type = request.headers['content-type'] ?? '';
      const body: unknown =
        type === 'application/json' ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
      const id = String(request.headers['idempotency-key']);
      const entry = { path: request.url ?? '', type, id, body: body as Record<string, unknown> };
      received.push(entry);
      answer(entry, response);
      for (const look of waiting) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const bound = (server.address() as AddressInfo).port;
  /** What `look` finds, as soon as it finds something. */
  const wait = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const again = (): void => {
        const found = look();
        if (found === undefined) return;
        waiting.delete(again);
        resolve(found);
      };
      waiting.add(again);
      again();
    });
  const until = async (count: number): Promise<void> => {
    await wait(() => (received.length >= count ? true : undefined));
  };
  const first: Backend['first'] = (matches) => wait(() => received.find(({ body }) => matches(body)));
  return { url: `http://127.0.0.1:${bound}`, port: bound, received, until, first };
}

export const yes: Answer = (_, response) => response.end('0');
