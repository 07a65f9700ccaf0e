// Connections with a role, for those who ask. A list costs the reactors a visit of every connection, so that a burst of
// equal questions is answered by one.

import type { ConnectionStats, Engine } from '../native.js';

export interface ClientFilter {
  readonly vhost?: string;
  readonly app?: string;
  readonly stream?: string;
  readonly ip?: string;
  readonly role?: string;
  readonly protocol?: string;
}

export interface ClientPage {
  readonly total: number;
  readonly items: readonly ConnectionStats[];
}

export interface ClientList {
  readonly page: (start: number, count: number, filter?: ClientFilter) => Promise<ClientPage>;
  readonly find: (conn: number) => Promise<ConnectionStats | undefined>;
}

const everybody = 1_000_000;
const shared = 500;
const mostKept = 16;

export function openClientList(connections: Engine['connections'], now = (): number => performance.now()): ClientList {
  const kept = new Map<string, { readonly at: number; readonly page: Promise<ClientPage> }>();
  const ask = (start: number, count: number): Promise<ClientPage> => {
    const key = `${start} ${count}`;
    const known = kept.get(key);
    if (known && now() - known.at < shared) return known.page;
    const page = connections(start, count);
    kept.delete(key);
    kept.set(key, { at: now(), page });
    page.catch(() => kept.delete(key));
    const [oldest = ''] = kept.keys();
    if (kept.size > mostKept) kept.delete(oldest);
    return page;
  };
  return {
    page: async (start, count, filter = {}) => {
      const wanted = Object.entries(filter);
      if (wanted.length === 0) return ask(start, count);
      const { items } = await ask(0, everybody);
      const matching = items.filter((item) =>
        wanted.every(([name, value]) => item[name as keyof ClientFilter] === value),
      );
      return { total: matching.length, items: matching.slice(start, start + count) };
    },
    find: async (conn) => (await ask(0, everybody)).items.find((item) => item.conn === conn),
  };
}
