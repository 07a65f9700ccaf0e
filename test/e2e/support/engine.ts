// The engine alone, in the test's own process: grants are the test's, and every event is kept.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { native, type Engine, type NativeEvent, type PublishGrant } from '../../../src/native.js';
import { publisher, type as messageType, type RtmpClient } from './rtmp_client.js';

type EventOf<T extends NativeEvent['type']> = Extract<NativeEvent, { readonly type: T }>;

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

export const engineOptions = {
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
} as const;

export class TestEngine {
  readonly engine: Engine;
  readonly port: number;
  /** All that came, in order. */
  readonly events: NativeEvent[] = [];
  /** For publishers that come from now on. */
  grant: Partial<PublishGrant>;
  /** Told of each event when it comes. */
  readonly listeners: ((event: NativeEvent) => void)[] = [];
  private readonly waiters = new Set<() => void>();

  constructor(grant: Partial<PublishGrant>) {
    this.grant = grant;
    this.engine = native().createEngine(engineOptions, (events) => {
      for (const event of events) {
        this.events.push(event);
        this.answer(event);
        for (const listener of this.listeners) listener(event);
      }
      for (const wake of [...this.waiters]) wake();
    });
    this.port = this.engine.listen('127.0.0.1', 0, 'rtmp').port;
  }

  private answer(event: NativeEvent): void {
    if (event.type === 'connect') this.engine.acceptConnect(event.conn);
    if (event.type === 'publish') this.engine.acceptPublish(event.conn, this.grantOf(event.name));
    if (event.type === 'play') {
      this.engine.acceptPlay(event.conn, { ...this.grantOf(event.name), whenMissing: 'wait', tracks: 'all' });
    }
  }

  /** The whole grant of a stream. */
  grantOf(stream: string): PublishGrant {
    return { ...common, vhost: 'v', app: 'live', stream, ...publishing, ...this.grant };
  }

  eventsOf<T extends NativeEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** The n-th event of a type, from 1; waited for. */
  nth<T extends NativeEvent['type']>(type: T, n: number): Promise<EventOf<T>> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.waiters.delete(look);
        act();
      };
      const timer = setTimeout(() => settle(() => reject(new Error(`no ${String(n)} of ${type}`))), patience);
      const look = () => {
        const found = this.eventsOf(type)[n - 1];
        if (found) settle(() => resolve(found));
      };
      this.waiters.add(look);
      look();
    });
  }

  /** So many pictures of a stream have come. */
  async pictures(stream: string, count: number): Promise<void> {
    const has = () => this.engine.stats().streams.some((of) => of.stream === stream && of.videoFrames >= count);
    for (const until = Date.now() + patience; !has();) {
      if (Date.now() > until) throw new Error(`no ${String(count)} pictures of ${stream}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Publishes a FLV file as fast as it is accepted; resolves when `unpublished` has come. */
  async publishFlv(stream: string, file: string | readonly FlvTag[]): Promise<void> {
    const ended = this.nth('unpublished', this.eventsOf('unpublished').length + 1);
    const { client, id } = await publisher(this.port, stream);
    sendTags({ client, id }, typeof file === 'string' ? readFlv(file) : file);
    client.command('deleteStream', [null, id]);
    await ended;
    client.end();
  }
}

export function startEngine(context: TestContext, grant: Partial<PublishGrant> = {}): TestEngine {
  const host = new TestEngine(grant);
  context.after(async () => {
    host.engine.stop(0);
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
