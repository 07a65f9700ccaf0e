// Servers for tests: weir itself with a configuration of the test, and nginx-rtmp as a neighbour.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atEnd } from './endings.js';
import { start, type Running } from './process.js';
import type { TestContext } from 'node:test';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
export const mainFile = join(repository, 'dist', 'src', 'main.js');

/** A folder that goes with its test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-'));
  atEnd(context, () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Below the ports that Linux gives to clients: one of these could take it before the server does. */
const [firstPort, lastPort] = [12_000, 32_000];

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** One after the other, so that none is given twice; from anywhere, so that test files that run at the same time rarely meet. */
let nextPort = firstPort + Math.floor(Math.random() * (lastPort - firstPort));

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort;
    nextPort = port + 1 < lastPort ? port + 1 : firstPort;
    if (await isFree(port)) return port;
  }
}

export interface WeirOptions {
  /** Where it listens; absent: at any free port. */
  readonly port?: number;
  /** A second address where it listens. */
  readonly secondPort?: number;
  /** Directives outside of any vhost. */
  readonly global?: string;
  /** Directives of the default vhost. */
  readonly vhost?: string;
  /** More vhosts, whole. */
  readonly vhosts?: string;
  /** It is killed after so long. */
  readonly seconds?: number;
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Weir {
  readonly port: number;
  readonly process: Running;
  readonly folder: string;
  url(stream: string, app?: string): string;
  /** A line of the log that has all these fields. */
  logged(fields: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
}

/** Starts the real server and waits until it says that it listens. */
export async function startWeir(context: TestContext, options: WeirOptions = {}): Promise<Weir> {
  const { global = '', vhost = '', vhosts = '', seconds = 120 } = options;
  const folder = temporaryFolder(context);
  const { port = await freePort(), secondPort } = options;
  const file = join(folder, 'weir.conf');
  const second = secondPort === undefined ? '' : ` 127.0.0.1:${String(secondPort)}`;
  const own = `listen 127.0.0.1:${String(port)}${second};\npid ${join(folder, 'weir.pid')};\nlog console;\n`;
  writeFileSync(file, `${own}${global}\nvhost __defaultVhost__ {\n${vhost}\n}\n${vhosts}\n`);
  const process = start(context, globalThis.process.execPath, [mainFile, '-c', file], {
    seconds,
    env: { ...globalThis.process.env, ...options.env },
  });
  await process.line(/listening/);
  const logged = async (fields: Readonly<Record<string, unknown>>) => {
    const parts = Object.entries(fields).map(
      ([name, value]) => `(?=.*${escape(`"${name}":${JSON.stringify(value)}`)})`,
    );
    return JSON.parse(await process.line(new RegExp(`^${parts.join('')}\\{`))) as Record<string, unknown>;
  };
  const url = (stream: string, app = 'live') => `rtmp://127.0.0.1:${String(port)}/${app}/${stream}`;
  return { port, process, folder, url, logged };
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Starts nginx-rtmp with an application `live`; `directives` are added to it. */
export async function startNginx(
  context: TestContext,
  directives = '',
): Promise<{ port: number; url(stream: string): string }> {
  const folder = temporaryFolder(context);
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr notice;
events { worker_connections 64; }
rtmp { access_log off; server { listen 127.0.0.1:${String(port)}; application live { live on; ${directives} } } }
`,
  );
  const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
  const nginx = start(context, 'nginx', ['-p', folder, '-c', file, '-e', 'stderr'], { env: environment, seconds: 120 });
  await nginx.line(/getrlimit/);
  return { port, url: (stream) => `rtmp://127.0.0.1:${String(port)}/live/${stream}` };
}
