// Time and chunks: clocks beyond 24 bits in both dialects, private messages beside the log's, skips, absolute times.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeAll } from './support/amf0.js';
import {
  interFrame,
  isKey,
  isVideoHeader,
  keyFrame,
  nextPicture,
  numberOf,
  picturesOf,
  Sender,
  videoHeader,
  videoOf,
} from './support/frames.js';
import { connectRtmp, createStream, openConnection, player, publisher, type } from './support/rtmp_client.js';
import { startWeir } from './support/servers.js';

const extended = 0xffffff;

describe('a clock beyond 24 bits', { concurrency: true }, () => {
  for (const repeatExtended of [true, false]) {
    test(`with${repeatExtended ? '' : 'out'} extended timestamps in type-3 chunks is understood`, async (context) => {
      const weir = await startWeir(context);
      const { client } = await player(weir.port, 's');
      const sender = new Sender(await publisher(weir.port, 's'));
      const origin = extended - 400;
      sender.video(videoHeader, origin);
      // 1000 bytes are eight chunks of 128, so that seven of them are of type 3.
      for (let number = 0; number < 40; number += 1) {
        const payload = number % 10 === 0 ? keyFrame(number, 1000) : interFrame(number, 1000);
        sender.video(payload, origin + number * 40, { repeatExtended });
      }
      await nextPicture(client, 39);
      const pictures = videoOf(client).filter((message) => numberOf(message) !== undefined);
      assert.deepEqual(pictures.map(numberOf), [...Array(40).keys()]);
      const steps = pictures.slice(1).map(({ timestamp }, index) => timestamp - pictures[index]!.timestamp);
      assert.deepEqual(new Set(steps), new Set([40]));
      assert.ok(pictures[0]!.timestamp < 500);
    });
  }

  test('reaches players whole with atc on, repeated in every type-3 chunk', async (context) => {
    const weir = await startWeir(context, { vhost: 'atc on; chunk_size 128;' });
    const sender = new Sender(await publisher(weir.port, 's'));
    const origin = 18_000_000;
    sender.metadata({ width: 192, note: 'x'.repeat(500) });
    sender.headers(origin);
    sender.pictures(0, 5, { size: 500, origin });
    const { client } = await player(weir.port, 's');
    await nextPicture(client, 4);
    const times = videoOf(client)
      .filter((message) => numberOf(message) !== undefined)
      .map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times,
      [0, 40, 80, 120, 160].map((time) => time + origin),
    );
  });

  test('after five hours needs no extended timestamp for players', async (context) => {
    const weir = await startWeir(context);
    const { client } = await player(weir.port, 's');
    const sender = new Sender(await publisher(weir.port, 's'));
    sender.headers(18_000_000);
    sender.pictures(0, 30, { origin: 18_000_000 });
    await nextPicture(client, 29);
    assert.ok(client.received.every((message) => !message.extended));
  });
});

describe('chunk streams', { concurrency: true }, () => {
  test('carry media as deltas on 6 and 7, and private messages as type 0 elsewhere', async (context) => {
    const weir = await startWeir(context);
    const { client, id } = await player(weir.port, 's');
    const sender = new Sender(await publisher(weir.port, 's'));
    sender.metadata();
    sender.headers();
    sender.pictures(0, 30);
    await nextPicture(client, 29);
    client.command('pause', [null, true, 0], id, 0);
    await client.nextStatus('NetStream.Pause.Notify');
    const media = client.received.filter((message) => numberOf(message) !== undefined && message.type === type.video);
    assert.ok(media.every(({ csid }) => csid === 6));
    assert.deepEqual(new Set(media.slice(1).map(({ format }) => format)), new Set([1]));
    const mediaStreams = [4, 6, 7];
    const own = client.received.filter(({ csid }) => !mediaStreams.includes(csid));
    assert.ok(own.every(({ csid, format }) => [2, 3, 5, 8].includes(csid) && format === 0));
  });

  test('a jump of the clock within a publish starts a new prelude, and time goes on', async (context) => {
    const weir = await startWeir(context, { vhost: 'time_jitter off;' });
    const { client } = await player(weir.port, 's');
    const sender = new Sender(await publisher(weir.port, 's'));
    sender.headers();
    sender.pictures(0, 10);
    sender.pictures(10, 20, { origin: 3_600_000 });
    await nextPicture(client, 19);
    assert.deepEqual(picturesOf(client), [...Array(20).keys()]);
  });

  test('a changed sequence header reaches players, the same one again does not', async (context) => {
    const weir = await startWeir(context);
    const { client } = await player(weir.port, 's');
    const sender = new Sender(await publisher(weir.port, 's'));
    sender.headers();
    sender.pictures(0, 10);
    sender.video(videoHeader, 400);
    sender.pictures(10, 20);
    await nextPicture(client, 19);
    const headers = () => videoOf(client).filter(({ payload }) => payload.length > 0 && isVideoHeader(payload)).length;
    assert.equal(headers(), 1);
    const other = Buffer.from(videoHeader);
    other[other.length - 1] = 0xc9;
    sender.video(other, 800);
    sender.pictures(20, 30);
    await nextPicture(client, 29);
    assert.equal(headers(), 2);
  });
});

/** Frames that make a player's backlog large in bytes and in time. */
const many = 500;
const large = 60_000;

describe('a player that falls behind', () => {
  test('is skipped ahead to a key frame, keeps its clock, and others miss nothing', async (context) => {
    const weir = await startWeir(context, { vhost: 'queue_length 2; send_timeout 60;' });
    const slow = await player(weir.port, 's');
    const fast = await player(weir.port, 's');
    const source = await publisher(weir.port, 's');
    source.client.setChunkSize(65_536);
    const sender = new Sender(source);
    sender.headers();
    sender.pictures(0, 5, { size: large });
    await nextPicture(slow.client, 4);
    slow.client.pauseReading();
    for (let from = 5; from < many; from += 5) {
      sender.pictures(from, from + 5, { size: large });
      await nextPicture(fast.client, from + 4);
    }
    await weir.logged({ type: 'notice', what: 'skipped' });
    slow.client.resumeReading();
    sender.pictures(many, many + 10, { size: large });
    await nextPicture(slow.client, many + 9);
    await nextPicture(fast.client, many + 9);
    assert.deepEqual(picturesOf(fast.client), [...Array(many + 10).keys()]);
    const pictures = videoOf(slow.client).filter((message) => numberOf(message) !== undefined);
    assert.ok(pictures.length < many, 'the slow player was skipped');
    for (const [index, picture] of pictures.entries()) {
      const before = pictures[index - 1];
      if (!before) continue;
      const gap = numberOf(picture)! - numberOf(before)!;
      assert.ok(gap === 1 || (gap > 1 && isKey(picture.payload)), `${String(gap)} after ${String(numberOf(before))}`);
      assert.ok(picture.timestamp > before.timestamp, 'time goes on');
    }
  });

  test('and takes nothing for send_timeout is closed', async (context) => {
    // As fast as the loop publishes, the log's memory could be at its limit before the time-out.
    const weir = await startWeir(context, { global: 'log_memory 1g;', vhost: 'queue_length 1; send_timeout 1;' });
    const stuck = await player(weir.port, 's');
    const fast = await player(weir.port, 's');
    const source = await publisher(weir.port, 's');
    source.client.setChunkSize(65_536);
    const sender = new Sender(source);
    sender.headers();
    stuck.client.pauseReading();
    let number = 0;
    const closed = weir.logged({ type: 'closed', reason: 'send_timeout' }).then(() => true);
    while (!(await Promise.race([closed, nextPictures(number)]))) number += 5;
    async function nextPictures(from: number): Promise<boolean> {
      sender.pictures(from, from + 5, { size: large });
      await nextPicture(fast.client, from + 4);
      return false;
    }
  });
});

/** The same random bytes at every run. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

describe('limits', { concurrency: true }, () => {
  test('a message that is announced larger than allowed ends the connection', async (context) => {
    const weir = await startWeir(context);
    const client = await connectRtmp(weir.port);
    client.write(Buffer.from([3, 0, 0, 0, 0xff, 0xff, 0xff, type.command, 0, 0, 0, 0]));
    await client.closed;
  });

  test('a chunk size of 2 GB is refused', async (context) => {
    const weir = await startWeir(context);
    const client = await connectRtmp(weir.port);
    client.setChunkSize(0x7fffffff);
    await client.closed;
    await weir.logged({ type: 'closed', reason: 'chunk_size_invalid' });
  });

  test('AMF that is nested too deeply ends the connection', async (context) => {
    const weir = await startWeir(context);
    const client = await openConnection(weir.port);
    await client.shakeHands();
    const deep = Buffer.concat(Array.from({ length: 1000 }, () => Buffer.from([3, 0, 1, 0x61])));
    client.send({ type: type.command, payload: Buffer.concat([encodeAll('connect', 1), deep]) });
    await client.closed;
    await weir.logged({ type: 'turnedAway', reason: 'amf_too_deep' });
  });

  test('garbage ends the connection and nobody else', async (context) => {
    const weir = await startWeir(context);
    const bystander = await connectRtmp(weir.port);
    const client = await connectRtmp(weir.port);
    client.write(noise(100_000));
    await client.closed;
    await createStream(bystander);
  });
});
