// What crosses the boundary between TypeScript and C++: commands, statistics, and a request's way through both.
import { connect } from 'node:net';
import { Bench } from 'tinybench';
import { play, publish } from '../lib/generator.js';
import { startHost, type Host } from '../lib/host.js';

const players = 1000;

function amfString(text: string): Buffer {
  const head = Buffer.from([2, 0, 0]);
  head.writeUInt16BE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** Handshake and connect in one piece, as a client sends them that waits for nothing. */
function openingBytes(): Buffer {
  const handshake = Buffer.alloc(1 + 1536 + 1536);
  handshake[0] = 3;
  const one = Buffer.from([0, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]);
  const member = (name: string, value: string) => Buffer.concat([amfString(name).subarray(1), amfString(value)]);
  const object = [Buffer.from([3]), member('app', 'live'), member('tcUrl', 'rtmp://h/live'), Buffer.from([0, 0, 9])];
  const body = Buffer.concat([amfString('connect'), one, ...object]);
  return Buffer.concat([handshake, Buffer.from([3, 0, 0, 0, 0, 0, body.length, 20, 0, 0, 0, 0]), body]);
}

/** TCP connect, handshake, connect command, event, answer, close, event: the whole way once. */
function roundTrip(host: Host, opening: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(host.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(opening);
    socket.resume();
    host.onEvents = (events) => {
      if (events.some(({ type }) => type === 'connect')) socket.destroy();
      if (events.some(({ type }) => type === 'closed')) resolve();
    };
  });
}

async function main(): Promise<void> {
  const host = startHost();
  const { engine } = host;
  const opening = openingBytes();
  const lonely = new Bench({ time: 500 });
  lonely
    .add('command with a stale handle', () => void engine.kick(1))
    .add('stats() of an idle engine', () => void engine.stats())
    .add('connect event, answer, closed event', () => roundTrip(host, opening));
  await lonely.run();
  host.onEvents = () => undefined;

  const publisher = publish(host.url, {});
  await publisher.event('publishing');
  const crowd = play(host.url, { players, ramp: 2000, settle: 1, sample: 0 });
  await crowd.event('measuring');
  const crowded = new Bench({ time: 500 });
  crowded
    .add(`stats() with ${players} players`, () => void engine.stats())
    .add(`connections(0, 100) of ${players}`, () => engine.connections({ start: 0, limit: 100 }));
  await crowded.run();
  await crowd.stop();
  await publisher.stop();
  await host.stop();
  console.table([...lonely.table(), ...crowded.table()]);
}

await main();
