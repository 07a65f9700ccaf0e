// weir with HTTP, and the built pages beside it on a port of their own.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { loadPages } from '../../../src/pages/files.js';
import { start } from '../../e2e/support/process.js';
import { freePort, mainFile, startWeir, type Weir } from '../../e2e/support/servers.js';

export interface Site extends Weir {
  readonly http: number;
  /** The server again, at the same place, after its process has ended. */
  restart(context: TestContext): Promise<void>;
  /** The address of a page, with the parameters that lead it to this server. */
  page(name: string, query?: Readonly<Record<string, string>>): string;
}

export interface SiteOptions {
  readonly vhost?: string;
  readonly vhosts?: string;
}

export async function startSite(context: TestContext, options: SiteOptions = {}): Promise<Site> {
  const http = await freePort();
  const global = `http_server { enabled on; listen 127.0.0.1:${String(http)}; }`;
  const weir = await startWeir(context, { global, vhost: options.vhost ?? '', vhosts: options.vhosts ?? '' });
  const port = await servePages(context);
  const own = { http_port: String(http), port: String(weir.port) };
  const page = (name: string, query: Readonly<Record<string, string>> = {}): string =>
    `http://127.0.0.1:${String(port)}/${name}?${new URLSearchParams({ ...own, ...query }).toString()}`;
  const restart = async (context: TestContext): Promise<void> => {
    const again = start(context, process.execPath, [mainFile, '-c', join(weir.folder, 'weir.conf')]);
    await again.line(/listening.*HTTP/);
  };
  return { ...weir, http, page, restart };
}

async function servePages(context: TestContext): Promise<number> {
  const files = new Map(loadPages().map((file) => [file.path, file]));
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://h').pathname;
    const file = files.get(path);
    if (file) response.writeHead(200, { 'Content-Type': file.contentType }).end(file.body);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address() as AddressInfo | null;
  assert.ok(address);
  return address.port;
}
