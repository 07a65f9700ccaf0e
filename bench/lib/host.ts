// The engine alone, in this process, with handlers that accept everything: what the micro-benchmarks of the boundary call.
import {
  native,
  type Engine,
  type NativeEvent,
  type PlayGrant,
  type PublishGrant,
  type StreamKey,
} from '../../src/native.js';

const key = { vhost: 'bench', app: 'live' };
const common = {
  chunkSize: 60_000,
  gopCache: true,
  queueLength: 30_000,
  mwLatency: 350,
  minLatency: false,
  tcpNodelay: true,
  sendTimeout: 30_000,
  timeJitter: 'full',
  atc: false,
  atcAuto: false,
  logMemory: 64 * 2 ** 20,
} as const;

const publishGrant = (stream: StreamKey): PublishGrant => ({
  ...common,
  ...stream,
  takeover: true,
  firstPacketTimeout: 20_000,
  normalTimeout: 7_000,
  republishWait: 10_000,
  republishEnd: 'close',
  hls: null,
});
const playGrant = (stream: StreamKey): PlayGrant => ({ ...common, ...stream, whenMissing: 'wait', tracks: 'all' });

export interface Host {
  readonly engine: Engine;
  readonly url: string;
  readonly port: number;
  /** Called with each array of events, after it was answered. */
  onEvents: (events: readonly NativeEvent[]) => void;
  readonly stop: () => Promise<void>;
}

function answer(engine: Engine, event: NativeEvent): void {
  if (event.type === 'connect') engine.acceptConnect(event.conn);
  if (event.type === 'publish') engine.acceptPublish(event.conn, publishGrant({ ...key, stream: event.name }));
  if (event.type === 'play') engine.acceptPlay(event.conn, playGrant({ ...key, stream: event.name }));
}

export function startHost(): Host {
  let tellStopped: () => void = () => undefined;
  const stopped = new Promise<undefined>((resolve) => {
    tellStopped = () => resolve(undefined);
  });
  const options = {
    threads: 1,
    server: 'weir/bench',
    maxConnections: 10_000,
    memoryLimit: 2 ** 30,
    handshakeTimeout: 10_000,
    identifyTimeout: 10_000,
    decisionTimeout: 10_000,
    crossDomain: true,
    keepAliveTimeout: 30_000,
    objectTimeout: 30_000,
    chunkSize: 60_000,
  };
  const engine = native().createEngine(options, (events) => {
    for (const event of events) {
      if (event.type === 'stopped-engine') tellStopped();
      else answer(engine, event);
    }
    host.onEvents(events);
  });
  const { port } = engine.listen('127.0.0.1', 0, 'rtmp');
  const host: Host = {
    engine,
    port,
    url: `rtmp://127.0.0.1:${port}/live/stream`,
    onEvents: () => undefined,
    stop: async () => {
      engine.stop(0);
      await stopped;
    },
  };
  return host;
}
