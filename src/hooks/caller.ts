// HTTP calls of hooks: one pool of kept connections for each origin, a limit for each answer and each wait.

import type { Pool } from 'undici';
import { reasonOf } from '../errors.js';
import type { HttpAnswer } from './answer.js';
import type { Body } from './body.js';

/** Many clients may wait for one slow server at once; the others must not wait for them. */
export const mostConnections = 1024;
const keepAlive = 10_000;
/** No answer that means anything is longer. */
const longestAnswer = 64 * 1024;

export type CallResult =
  | ({ readonly ok: true; readonly milliseconds: number } & HttpAnswer)
  | { readonly ok: false; readonly milliseconds: number; readonly why: string };

export interface Call {
  readonly url: string;
  readonly body: Body;
  /** Milliseconds for all of it: connection, request and answer. */
  readonly timeout: number;
  /** The same for every attempt of one event, so that a server can tell a repeated call from a new one. */
  readonly id: string;
}

export interface Caller {
  /** Never rejects. */
  readonly call: (call: Call) => Promise<CallResult>;
  readonly close: () => Promise<void>;
}

export function createCaller(userAgent: string): Caller {
  const pools = new Map<string, Pool>();
  const poolOf = async (origin: string): Promise<Pool> => {
    // 10 MB: not before somebody is called.
    const { Pool } = await import('undici');
    const known = pools.get(origin);
    if (known) return known;
    const pool = new Pool(origin, { connections: mostConnections, keepAliveTimeout: keepAlive, pipelining: 1 });
    pools.set(origin, pool);
    return pool;
  };
  return {
    call: async ({ url, body, timeout, id }) => {
      const start = performance.now();
      const took = (): number => performance.now() - start;
      try {
        const { origin, pathname, search } = new URL(url);
        const pool = await poolOf(origin);
        const {
          statusCode,
          headers,
          body: answer,
        } = await pool.request({
          path: `${pathname}${search}`,
          method: 'POST',
          headers: { 'content-type': body.contentType, 'user-agent': userAgent, 'idempotency-key': id },
          body: body.text,
          signal: AbortSignal.timeout(timeout),
        });
        const text = await readBounded(answer);
        const location = typeof headers['location'] === 'string' ? headers['location'] : '';
        return { ok: true, milliseconds: took(), status: statusCode, location, text };
      } catch (error) {
        const isLate = error instanceof Error && error.name === 'TimeoutError';
        return { ok: false, milliseconds: took(), why: isLate ? `no answer within ${timeout} ms` : whyOf(error) };
      }
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

async function readBounded(answer: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer) {
    size += part.length;
    if (size > longestAnswer) throw new Error(`the answer is longer than ${longestAnswer} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Several addresses of one name fail together: the sum says nothing, its first part does. */
function whyOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return reasonOf(error);
}
