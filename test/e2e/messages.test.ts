// The stranger forms of input that clients send: aggregates, AMF3 framing, chunks in turns, aborted messages, many streams.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeAll } from './support/amf0.js';
import { writeMessage } from './support/chunks.js';
import {
  audioFrame,
  audioOf,
  interFrame,
  keyFrame,
  nextPicture,
  numberOf,
  picturesOf,
  Sender,
  videoOf,
} from './support/frames.js';
import { codeOf, connectRtmp, createStream, player, publisher, type, type RtmpClient } from './support/rtmp_client.js';
import { startWeir } from './support/servers.js';
import type { TestContext } from 'node:test';

const aggregate = 22;
const abort = 2;
const amf3Command = 17;

interface Scene {
  readonly port: number;
  readonly seen: RtmpClient;
  readonly sender: Sender;
}

/** A server with a player and a publisher whose headers are sent. */
async function scene(context: TestContext): Promise<Scene> {
  const { port } = await startWeir(context);
  const { client: seen } = await player(port, 's');
  const sender = new Sender(await publisher(port, 's'));
  sender.headers();
  return { port, seen, sender };
}

/** A message inside an aggregate: FLV's tag header, payload, and the size of both. */
function subMessage(kind: number, timestamp: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(11);
  header.writeUInt8(kind, 0);
  header.writeUIntBE(payload.length, 1, 3);
  header.writeUIntBE(timestamp & 0xffffff, 4, 3);
  header.writeUInt8(timestamp >>> 24, 7);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(11 + payload.length);
  return Buffer.concat([header, payload, size]);
}

describe('a publisher may', { concurrency: true }, () => {
  test('send aggregates, whose first time is that of the message', async (context) => {
    const { seen, sender } = await scene(context);
    sender.video(keyFrame(0), 1000);
    const parts = [1, 2, 3].map((number) => subMessage(type.video, 5000 + number * 40, interFrame(number)));
    const payload = Buffer.concat([...parts, subMessage(type.audio, 5130, audioFrame(9))]);
    sender.client.send({ type: aggregate, csid: 6, streamId: sender.id, timestamp: 1040, payload });
    sender.video(interFrame(4), 1160);
    await nextPicture(seen, 4);
    assert.deepEqual(picturesOf(seen), [0, 1, 2, 3, 4]);
    const times = videoOf(seen)
      .filter((message) => numberOf(message) !== undefined)
      .map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times.map((time) => time - times[0]!),
      [0, 40, 80, 120, 160],
    );
    assert.ok(audioOf(seen).some((message) => numberOf(message) === 9));
  });

  test('send chunks of audio and video in turns', async (context) => {
    const { seen, sender } = await scene(context);
    sender.pictures(0, 1);
    const stream = { streamId: sender.id, timestamp: 40 };
    const video = writeMessage({ ...stream, csid: 6, type: type.video, payload: interFrame(1, 300) }, 128);
    const audio = writeMessage({ ...stream, csid: 4, type: type.audio, payload: audioFrame(7) }, 128);
    const firstChunk = 12 + 128;
    sender.client.write(Buffer.concat([video.subarray(0, firstChunk), audio, video.subarray(firstChunk)]));
    await nextPicture(seen, 1);
    assert.ok(audioOf(seen).some((message) => numberOf(message) === 7));
  });

  test('abort a message, which then nobody sees', async (context) => {
    const { seen, sender } = await scene(context);
    sender.pictures(0, 1);
    const half = writeMessage(
      { csid: 6, type: type.video, streamId: sender.id, timestamp: 40, payload: interFrame(1, 300) },
      128,
    );
    sender.client.write(half.subarray(0, 12 + 128));
    sender.client.send({ type: abort, csid: 2, payload: Buffer.from([0, 0, 0, 6]) });
    sender.video(interFrame(2), 80);
    await nextPicture(seen, 2);
    assert.deepEqual(picturesOf(seen), [0, 2]);
  });

  test('use chunk streams of every basic header form', async (context) => {
    const { seen, sender } = await scene(context);
    for (const [number, csid] of [63, 64, 319, 320, 65_599].entries()) {
      const payload = number === 0 ? keyFrame(number) : interFrame(number);
      sender.client.send({ type: type.video, csid, streamId: sender.id, timestamp: number * 40, payload });
    }
    await nextPicture(seen, 4);
    assert.deepEqual(picturesOf(seen), [0, 1, 2, 3, 4]);
  });

  test('send deltas, and type-3 chunks that begin messages', async (context) => {
    const { seen, sender } = await scene(context);
    sender.video(keyFrame(0), 0);
    sender.video(interFrame(1), 0, { format: 1, delta: 40 });
    sender.video(interFrame(2), 0, { format: 2, delta: 40 });
    sender.video(interFrame(3), 0, { format: 3 });
    await nextPicture(seen, 3);
    const pictures = videoOf(seen).filter((message) => numberOf(message) !== undefined);
    assert.deepEqual(
      pictures.map(({ timestamp }) => timestamp - pictures[0]!.timestamp),
      [0, 40, 80, 120],
    );
  });

  test('announce a chunk size of one byte', async (context) => {
    const { seen, sender } = await scene(context);
    sender.client.setChunkSize(1);
    sender.pictures(0, 3);
    await nextPicture(seen, 2);
  });
});

describe('a client may', { concurrency: true }, () => {
  test('frame its commands as AMF3', async (context) => {
    const { port } = await startWeir(context);
    const client = await connectRtmp(port, { extra: { objectEncoding: 3 } });
    const send = (streamId: number, ...values: Parameters<typeof encodeAll>) =>
      client.send({ type: amf3Command, streamId, payload: Buffer.concat([Buffer.from([0]), encodeAll(...values)]) });
    send(0, 'createStream', 2, null);
    const [, id] = (await client.nextReply(2)).args;
    assert.ok(typeof id === 'number');
    send(id, 'play', 0, null, 's');
    await client.nextStatus('NetStream.Play.Start');
  });

  test('create several streams and use the second', async (context) => {
    const { port } = await startWeir(context);
    const client = await connectRtmp(port);
    const first = await createStream(client);
    const second = await createStream(client);
    assert.notEqual(first, second);
    client.command('play', [null, 's', -2000], second, 0);
    const status = await client.nextStatus('NetStream.Play.Start');
    assert.equal(status.streamId, second);
    const sender = new Sender(await publisher(port, 's'));
    sender.headers();
    sender.pictures(0, 3);
    const picture = await nextPicture(client, 2);
    assert.equal(picture.streamId, second);
  });

  test('ask for what is unknown, and go on', async (context) => {
    const { port } = await startWeir(context);
    const client = await connectRtmp(port);
    for (const name of ['_checkbw', 'getStreamLength', 'FCSubscribe', 'somethingElse'])
      client.command(name, [null, 's']);
    await createStream(client);
    assert.ok(client.received.every((message) => codeOf(message) !== 'NetConnection.Connect.Closed'));
  });

  test('ping and be answered', async (context) => {
    const { port } = await startWeir(context);
    const client = await connectRtmp(port);
    client.send({ type: type.userControl, csid: 2, payload: Buffer.from([0, 6, 1, 2, 3, 4]) });
    const isPong = (message: { type: number; payload: Buffer }) =>
      message.type === type.userControl && message.payload.readUInt16BE(0) === 7;
    const pong = await client.next('pong', isPong);
    assert.deepEqual([...pong.payload.subarray(2)], [1, 2, 3, 4]);
  });
});
