// A subject is a server under measurement: started for one measurement, on a port of its own, and ended after it.
import { once } from 'node:events';
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

/** Different ones: all are taken before the first is given back. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
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
  const [rtmp = 0, http = 0] = await freePorts(2);
  const ports = { rtmp, http };
  writeFileSync(file, configuration(ports, folder));
  const child = startChild(command, args(file), { cwd: folder });
  child.process.stdout?.resume();
  await awaitListener(ports[awaits], child, name);
  const stop = async () => {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const host = '127.0.0.1';
  return { name, pid: child.pid, url: `rtmp://${host}:${rtmp}/live`, http: `http://${host}:${http}/live`, stop };
}
