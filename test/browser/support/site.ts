// weir with its pages.
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { start } from '../../e2e/support/process.js';
import { freePort, mainFile, startWeir, type Weir } from '../../e2e/support/servers.js';

export interface Site extends Weir {
  readonly http: number;
  /** The server again, at the same place, after its process has ended. */
  restart(context: TestContext): Promise<void>;
  /** The address of a page; the port that its addresses tell encoders goes with it. */
  page(name: string, query?: Readonly<Record<string, string>>): string;
}

export interface SiteOptions {
  readonly vhost?: string;
  readonly vhosts?: string;
}

export async function startSite(context: TestContext, { vhost = '', vhosts = '' }: SiteOptions = {}): Promise<Site> {
  const http = await freePort();
  const global = `http_server { enabled on; listen 127.0.0.1:${String(http)}; stream_list on; }`;
  const weir = await startWeir(context, { global, vhost, vhosts });
  const page = (name: string, query: Readonly<Record<string, string>> = {}): string =>
    `http://127.0.0.1:${String(http)}/${name}?${new URLSearchParams({ port: String(weir.port), ...query }).toString()}`;
  const restart = async (context: TestContext): Promise<void> => {
    const again = start(context, process.execPath, [mainFile, '-c', join(weir.folder, 'weir.conf')]);
    await again.line(/listening.*HTTP/);
  };
  return { ...weir, http, page, restart };
}
