// Connections with a role, for those who ask. Native code filters and cuts the page, so that a list of one among very many costs
// what it shows; each question still visits every connection, so that a burst of equal ones is answered by one.

import type { ConnectionQuery, ConnectionStats, Engine } from '../native.js';

export type ClientFilter = Omit<ConnectionQuery, 'start' | 'limit' | 'conn'>;

export interface ClientPage {
  readonly total: number;
  readonly items: readonly ConnectionStats[];
}

export interface ClientList {
  readonly page: (start: number, count: number, filter?: ClientFilter) => Promise<ClientPage>;
  readonly find: (conn: number) => Promise<ConnectionStats | undefined>;
}

const shared = 500;
const mostKept = 16;

export function openClientList(connections: Engine['connections'], now = (): number => performance.now()): ClientList {
  const kept = new Map<string, { readonly at: number; readonly page: Promise<ClientPage> }>();
  const ask = (query: ConnectionQuery): Promise<ClientPage> => {
    const key = JSON.stringify(query);
    const known = kept.get(key);
    if (known && now() - known.at < shared) return known.page;
    const page = connections(query);
    kept.delete(key);
    kept.set(key, { at: now(), page });
    page.catch(() => kept.delete(key));
    const [oldest = ''] = kept.keys();
    if (kept.size > mostKept) kept.delete(oldest);
    return page;
  };
  return {
    page: (start, limit, filter = {}) => ask({ start, limit, ...filter }),
    // 0 is nobody's number, and would ask for all.
    find: async (conn) => (conn === 0 ? undefined : (await ask({ start: 0, limit: 1, conn })).items[0]),
  };
}
