// A subject is a server under measurement: started for one measurement, on a port of its own, and ended after it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild, type Child } from '../lib/children.js';

export interface Settings {
  /** weir's flush interval in milliseconds; absent: its default, which adapts. */
  readonly mwLatency?: number;
  readonly threads?: number;
  readonly maxConnections?: number;
  readonly queueLength?: number;
  readonly hls?: HlsSettings;
  /** Targets to which its streams are copied. */
  readonly forward?: readonly string[];
  /** Streams of `app` are recorded below `path`. */
  readonly dvr?: { readonly path: string; readonly app: string };
}

export interface HlsSettings {
  readonly storage: 'memory' | 'disk';
  /** Where files go, if they do. */
  readonly path?: string;
  readonly fragmentSeconds: number;
  readonly windowSeconds: number;
}

export interface Subject {
  readonly name: string;
  readonly pid: number;
  /** Of its one application, over RTMP. */
  readonly url: string;
  /** The same over HTTP, where the server delivers over it. */
  readonly http: string;
  readonly stop: () => Promise<void>;
}

export interface Launch {
  readonly name: string;
  readonly command: string;
  /** Arguments, given the path of the configuration. */
  readonly args: (configuration: string) => readonly string[];
  readonly configuration: (ports: Ports, folder: string) => string;
  /** Which of its ports says that it is there. */
  readonly awaits?: keyof Ports;
}

export interface Ports {
  readonly rtmp: number;
  readonly http: number;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(() => resolve(undefined)));
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
  });
}

const startTimeout = 15_000;

async function awaitListener(port: number, child: Child, name: string): Promise<void> {
  const isListening = async () => {
    const deadline = Date.now() + startTimeout;
    while (Date.now() < deadline) {
      if (await accepts(port)) return true;
      await delay(50);
    }
    return false;
  };
  if (await Promise.race([isListening(), child.ended.then(() => false)])) return;
  await child.stop();
  throw new Error(`${name} does not listen: ${child.stderr()}`);
}

/** Starts a server and waits until it accepts connections. */
export async function launch({ name, command, args, configuration, awaits = 'rtmp' }: Launch): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const file = join(folder, 'server.conf');
  const ports = { rtmp: await freePort(), http: await freePort() };
  writeFileSync(file, configuration(ports, folder));
  const child = startChild(command, args(file), { cwd: folder });
  child.process.stdout?.resume();
  await awaitListener(ports[awaits], child, name);
  const stop = async () => {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const [url, http] = [`rtmp://127.0.0.1:${ports.rtmp}/live`, `http://127.0.0.1:${ports.http}/live`];
  return { name, pid: child.pid, url, http, stop };
}
