// The engine alone, in the test's own process: grants are the test's, and every event is kept.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { native, type Engine, type NativeEvent, type PublishGrant } from '../../../src/native.js';
import { publisher, type as messageType, type RtmpClient } from './rtmp_client.js';

type EventOf<T extends NativeEvent['type']> = Extract<NativeEvent, { readonly type: T }>;

export interface TestEngine {
  readonly engine: Engine;
  readonly port: number;
  /** For publishers that come from now on. */
  grant: Partial<PublishGrant>;
  /** The whole of it, for a stream. */
  grantOf(stream: string): PublishGrant;
  /** All that came, in order. */
  readonly events: readonly NativeEvent[];
  eventsOf<T extends NativeEvent['type']>(type: T): EventOf<T>[];
  /** The n-th event of a type, from 1; waited for. */
  nth<T extends NativeEvent['type']>(type: T, n: number): Promise<EventOf<T>>;
  /** So many pictures of a stream have come. */
  pictures(stream: string, count: number): Promise<void>;
  /** Publishes a FLV file as fast as it is accepted; resolves when `unpublished` has come. */
  publishFlv(stream: string, file: string | readonly FlvTag[]): Promise<void>;
}

const common = {
  chunkSize: 60_000,
  gopCache: true,
  queueLength: 30_000,
  mwLatency: -1,
  minLatency: false,
  tcpNodelay: true,
  sendTimeout: 30_000,
  timeJitter: 'full',
  atc: false,
  atcAuto: false,
  logMemory: 64 * 2 ** 20,
} as const;
const publishing = {
  takeover: true,
  firstPacketTimeout: 20_000,
  normalTimeout: 20_000,
  republishWait: 10_000,
  republishEnd: 'close',
  hls: null,
} as const;
const patience = 30_000;

export function startEngine(context: TestContext, grant: Partial<PublishGrant> = {}): TestEngine {
  const events: NativeEvent[] = [];
  const waiters = new Set<() => void>();
  const options = {
    threads: 2,
    server: 'weir/test',
    maxConnections: 1000,
    memoryLimit: 2 ** 30,
    handshakeTimeout: 10_000,
    identifyTimeout: 10_000,
    decisionTimeout: 10_000,
    crossDomain: true,
    keepAliveTimeout: 30_000,
    objectTimeout: 30_000,
    chunkSize: 60_000,
  };
  const engine = native().createEngine(options, (some) => {
    for (const event of some) {
      events.push(event);
      answer(event);
    }
    for (const wake of [...waiters]) wake();
  });
  const answer = (event: NativeEvent) => {
    if (event.type === 'connect') engine.acceptConnect(event.conn);
    if (event.type === 'publish') engine.acceptPublish(event.conn, host.grantOf(event.name));
    if (event.type === 'play') {
      engine.acceptPlay(event.conn, { ...host.grantOf(event.name), whenMissing: 'wait', tracks: 'all' });
    }
  };
  const host: TestEngine = {
    engine,
    port: engine.listen('127.0.0.1', 0, 'rtmp').port,
    grant,
    grantOf: (stream) => ({ ...common, vhost: 'v', app: 'live', stream, ...publishing, ...host.grant }),
    events,
    eventsOf: <T extends NativeEvent['type']>(type: T) =>
      events.filter((event): event is EventOf<T> => event.type === type),
    nth: <T extends NativeEvent['type']>(type: T, n: number) =>
      new Promise<EventOf<T>>((resolve, reject) => {
        const fail = () => settle(() => reject(new Error(`no ${String(n)} of ${type}`)));
        const timer = setTimeout(fail, patience);
        const settle = (act: () => void) => {
          clearTimeout(timer);
          waiters.delete(look);
          act();
        };
        const look = () => {
          const found = host.eventsOf(type)[n - 1];
          if (found) settle(() => resolve(found));
        };
        waiters.add(look);
        look();
      }),
    pictures: async (stream, count) => {
      const has = () => engine.stats().streams.some((of) => of.stream === stream && of.videoFrames >= count);
      for (const until = Date.now() + patience; !has();) {
        if (Date.now() > until) throw new Error(`no ${String(count)} pictures of ${stream}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    publishFlv: async (stream, file) => {
      const ended = host.nth('unpublished', host.eventsOf('unpublished').length + 1);
      const { client, id } = await publisher(host.port, stream);
      sendTags({ client, id }, typeof file === 'string' ? readFlv(file) : file);
      client.command('deleteStream', [null, id]);
      await ended;
      client.end();
    },
  };
  context.after(async () => {
    engine.stop(0);
    await host.nth('stopped-engine', 1);
  });
  return host;
}

export function sendTags(
  { client, id }: { readonly client: RtmpClient; readonly id: number },
  tags: readonly FlvTag[],
): void {
  for (const { type, timestamp, payload } of tags) {
    client.send({ type, csid: type === messageType.video ? 6 : 4, streamId: id, timestamp, payload });
  }
}

export interface FlvTag {
  readonly type: number;
  readonly timestamp: number;
  readonly payload: Buffer;
}

export function readFlv(file: string): FlvTag[] {
  const bytes = readFileSync(file);
  assert.equal(bytes.toString('latin1', 0, 3), 'FLV');
  const tags: FlvTag[] = [];
  for (let at = 13; at + 11 < bytes.length;) {
    const size = bytes.readUIntBE(at + 1, 3);
    const timestamp = bytes.readUIntBE(at + 4, 3) + bytes.readUInt8(at + 7) * 2 ** 24;
    const payload = bytes.subarray(at + 11, at + 11 + size);
    if (bytes.readUInt8(at) !== messageType.data) tags.push({ type: bytes.readUInt8(at), timestamp, payload });
    at += 11 + size + 4;
  }
  return tags;
}
