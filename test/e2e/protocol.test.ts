// What the server must do on the wire, seen by a client that is no part of it: handshake, commands, order, refusals.
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { decodeAll, membersOf } from './support/amf0.js';
import {
  audioFrame,
  audioOf,
  isAudioHeader,
  isKey,
  isVideoHeader,
  keyFrame,
  interFrame,
  nextPicture,
  numberOf,
  picturesOf,
  Sender,
  videoBefore,
  videoOf,
} from './support/frames.js';
import {
  codeOf,
  commandOf,
  connectRtmp,
  createStream,
  openConnection,
  openSession,
  player,
  publisher,
  type,
} from './support/rtmp_client.js';
import { startWeir, type Weir } from './support/servers.js';

/** A publisher with headers and metadata sent. */
async function publishing(port: number, stream = 's'): Promise<Sender> {
  const sender = new Sender(await publisher(port, stream));
  sender.metadata();
  sender.headers();
  return sender;
}

/** A publisher with a GOP behind it that a first player has seen, so that the server has it for sure. */
async function withPictures(
  weir: Weir,
  count: number,
): Promise<{ sender: Sender; seen: Awaited<ReturnType<typeof player>> }> {
  const seen = await player(weir.port, 's');
  const sender = await publishing(weir.port);
  sender.pictures(0, count);
  await nextPicture(seen.client, count - 1);
  return { sender, seen };
}

const userControl = (event: number) => (message: { type: number; payload: Buffer }) =>
  message.type === type.userControl && message.payload.readUInt16BE(0) === event;

describe('handshake', { concurrency: true }, () => {
  for (const handshake of ['simple', 'key-first', 'digest-first'] as const) {
    test(`${handshake} is answered in kind`, async (context) => {
      const weir = await startWeir(context);
      const { reply } = await openSession(weir.port, { handshake });
      assert.equal(reply.name, '_result');
    });
  }

  test('another version than 3 is refused', async (context) => {
    const weir = await startWeir(context);
    const client = await openConnection(weir.port);
    client.write(Buffer.concat([Buffer.from([6]), Buffer.alloc(1536)]));
    await client.closed;
    assert.equal(client.bytesReceived, 0);
  });

  test('bytes may come one by one', async (context) => {
    const weir = await startWeir(context);
    const client = await openConnection(weir.port);
    const handshake = client.shakeHands.bind(client);
    const write = client.write.bind(client);
    client.write = (bytes) => {
      for (const byte of bytes) write(Buffer.from([byte]));
    };
    await handshake();
    const transaction = client.command('connect', [
      { app: 'live', tcUrl: `rtmp://127.0.0.1:${String(weir.port)}/live` },
    ]);
    assert.equal((await client.nextReply(transaction)).name, '_result');
  });
});

describe('connect', { concurrency: true }, () => {
  test('is answered by window, bandwidth, chunk size and a result with two objects, in this order', async (context) => {
    const weir = await startWeir(context);
    const { client, reply } = await openSession(weir.port, { extra: { objectEncoding: 3 } });
    const order = client.received.slice(0, 4).map((message) => message.type);
    assert.deepEqual(order, [type.windowAck, type.peerBandwidth, type.setChunkSize, type.command]);
    const [properties, info] = reply.args;
    assert.equal(typeof membersOf(properties).fmsVer, 'string');
    assert.equal(membersOf(info).code, 'NetConnection.Connect.Success');
    assert.equal(membersOf(info).objectEncoding, 3);
    assert.equal(reply.args.length, 2);
  });

  test('to a vhost that is off is refused with a reason', async (context) => {
    const weir = await startWeir(context, { vhosts: 'vhost off.example.com { enabled off; }' });
    const { client, reply } = await openSession(weir.port, { tcUrl: 'rtmp://off.example.com/live' });
    assert.equal(reply.name, '_error');
    assert.match(codeOf(reply.message), /^NetConnection\.Connect\.(Rejected|InvalidApp)$/);
    await client.closed;
  });

  test('beyond max_connections is closed at once', async (context) => {
    const weir = await startWeir(context, { global: 'max_connections 2;' });
    await connectRtmp(weir.port);
    await connectRtmp(weir.port);
    const third = await openConnection(weir.port);
    await third.closed;
    assert.equal(third.bytesReceived, 0);
  });

  test('is acknowledged as the client asks for', async (context) => {
    const weir = await startWeir(context);
    const sender = await publishing(weir.port);
    const window = Buffer.alloc(4);
    window.writeUInt32BE(1000);
    sender.client.send({ csid: 2, type: type.windowAck, payload: window });
    sender.pictures(0, 50);
    const ack = await sender.client.next('acknowledgement', (message) => message.type === type.ack);
    assert.ok(ack.payload.readUInt32BE(0) >= 1000);
  });
});

describe('publish', { concurrency: true }, () => {
  test('of a busy stream is refused with BadName at once, and the first goes on', async (context) => {
    const weir = await startWeir(context);
    const { sender, seen } = await withPictures(weir, 10);
    const second = await connectRtmp(weir.port);
    second.command('publish', [null, 's', 'live'], await createStream(second));
    const status = await second.nextStatus('NetStream.Publish.BadName');
    assert.equal(membersOf(commandOf(status)?.args[1]).level, 'error');
    await second.closed;
    sender.pictures(10, 20);
    await nextPicture(seen.client, 19);
    assert.deepEqual(picturesOf(seen.client), [...Array(20).keys()]);
  });

  test('takes over with publish_takeover on, and players stay', async (context) => {
    const weir = await startWeir(context, { vhost: 'publish_takeover on;' });
    const { sender, seen } = await withPictures(weir, 10);
    const second = await publishing(weir.port);
    await sender.client.closed;
    second.pictures(100, 110);
    await nextPicture(seen.client, 109);
  });

  test('as FMLE does it gets every reply that FMLE waits for', async (context) => {
    const weir = await startWeir(context);
    const client = await connectRtmp(weir.port);
    for (const name of ['releaseStream', 'FCPublish']) {
      const transaction = client.command(name, [null, 's']);
      assert.equal((await client.nextReply(transaction)).name, '_result');
    }
    const id = await createStream(client);
    client.command('publish', [null, 's', 'live'], id);
    const status = await client.nextStatus('NetStream.Publish.Start');
    assert.equal(status.streamId, id);
    const [wait] = client.received.filter((message) => commandOf(message)?.name === 'onFCPublish');
    assert.ok(wait, 'onFCPublish came');
    client.command('FCUnpublish', [null, 's'], 0);
    await client.nextStatus('NetStream.Unpublish.Success');
  });

  test('may follow an unpublish on the same connection', async (context) => {
    const weir = await startWeir(context);
    const { client, id } = await publisher(weir.port, 's');
    client.command('FCUnpublish', [null, 's']);
    await client.nextStatus('NetStream.Unpublish.Success');
    client.command('deleteStream', [null, id], 0, 0);
    const again = await createStream(client);
    client.command('publish', [null, 's', 'live'], again);
    await client.nextStatus('NetStream.Publish.Start');
  });

  test('that sends nothing ends by publish_1stpkt_timeout', async (context) => {
    const weir = await startWeir(context, { vhost: 'publish_1stpkt_timeout 300;' });
    const { client } = await publisher(weir.port, 's');
    await client.closed;
  });

  test('that goes quiet ends by publish_normal_timeout, and its players stay for the next', async (context) => {
    const weir = await startWeir(context, { vhost: 'publish_normal_timeout 300;' });
    const { sender, seen } = await withPictures(weir, 5);
    await sender.client.closed;
    const again = await publishing(weir.port);
    again.pictures(50, 60);
    await nextPicture(seen.client, 59);
  });
});

describe('play', { concurrency: true }, () => {
  test('before publish gets Play.Reset and Play.Start, then silence, then the stream', async (context) => {
    const weir = await startWeir(context);
    const { client, id } = await player(weir.port, 's');
    const codes = client.received.map(codeOf).filter((code) => code.startsWith('NetStream.'));
    assert.deepEqual(codes, ['NetStream.Play.Reset', 'NetStream.Play.Start']);
    const sender = await publishing(weir.port);
    sender.pictures(0, 5);
    await nextPicture(client, 4);
    assert.deepEqual(picturesOf(client), [0, 1, 2, 3, 4]);
    assert.ok(videoOf(client).every(({ streamId }) => streamId === id));
  });

  test('of nothing is refused with StreamNotFound where play_wait is off', async (context) => {
    const weir = await startWeir(context, { vhost: 'play_wait off;' });
    const client = await connectRtmp(weir.port);
    client.command('play', [null, 'nothing', -2000], await createStream(client));
    await client.nextStatus('NetStream.Play.StreamNotFound');
  });

  test('begins with metadata and headers, then a key frame, with a clock near 0 that never goes back', async (context) => {
    const weir = await startWeir(context);
    const sender = await publishing(weir.port);
    const seen = await player(weir.port, 's');
    for (let number = 0; number < 25; number += 1) {
      sender.audio(audioFrame(number), number * 40);
      sender.pictures(number, number + 1);
    }
    await nextPicture(seen.client, 24);
    const { client } = await player(weir.port, 's');
    sender.pictures(25, 30);
    await nextPicture(client, 29);
    assert.deepEqual(picturesOf(client), [20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
    const media = client.received.filter((message) => [type.data, type.audio, type.video].includes(message.type));
    const isMetadata = media.findIndex(
      (message) => message.type === type.data && decodeAll(message.payload)[0] === 'onMetaData',
    );
    const firstHeader = media.findIndex((message) => message.payload.length > 0 && isVideoHeader(message.payload));
    const sound = media.findIndex((message) => message.type === type.audio && isAudioHeader(message.payload));
    const picture = media.findIndex((message) => message.type === type.video && isKey(message.payload));
    assert.ok(isMetadata >= 0 && isMetadata < picture, 'metadata come before the picture');
    assert.ok(firstHeader >= 0 && firstHeader < picture, 'the video header comes before the picture');
    assert.ok(sound >= 0 && sound < picture, 'the audio header comes before the picture');
    const times = videoOf(client).map(({ timestamp }) => timestamp);
    assert.ok(times[0]! < 100, `starts at ${String(times[0])}`);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  });

  test('with gop_cache off begins with what is new', async (context) => {
    const weir = await startWeir(context, { vhost: 'gop_cache off;' });
    const { sender, seen } = await withPictures(weir, 15);
    const { client } = await player(weir.port, 's');
    sender.pictures(15, 25);
    await nextPicture(client, 24);
    await nextPicture(seen.client, 24);
    const [first] = picturesOf(client);
    assert.ok(first !== undefined && first >= 15, `begins with ${String(first)}`);
    assert.ok(videoOf(client).some(({ payload }) => isVideoHeader(payload)));
  });

  test('twice on one connection after closeStream works', async (context) => {
    const weir = await startWeir(context);
    const { sender } = await withPictures(weir, 5);
    const { client, id } = await player(weir.port, 's');
    await nextPicture(client, 4);
    client.command('closeStream', [null], id, 0);
    client.command('play', [null, 's', -2000], id);
    await client.nextStatus('NetStream.Play.Start');
    await nextPicture(client, 4);
    sender.pictures(5, 8);
    await nextPicture(client, 7);
  });

  test('pauses and goes on', async (context) => {
    const weir = await startWeir(context);
    const { sender, seen } = await withPictures(weir, 5);
    const { client, id } = await player(weir.port, 's');
    await nextPicture(client, 4);
    client.command('pause', [null, true, 0], id, 0);
    await client.nextStatus('NetStream.Pause.Notify');
    assert.ok(client.received.some(userControl(1)), 'StreamEOF came');
    const before = videoOf(client).length;
    sender.pictures(5, 20);
    await nextPicture(seen.client, 19);
    client.command('pause', [null, false, 0], id, 0);
    // The GOP may come in the same segment as the notice, so that it is here when the notice is looked at.
    const notice = await client.nextStatus('NetStream.Unpause.Notify');
    assert.equal(videoBefore(client, notice).length, before, 'nothing came while it was paused');
    sender.pictures(20, 25);
    await nextPicture(client, 24);
    const resumed = videoOf(client).slice(before);
    const first = resumed.find((message) => numberOf(message) !== undefined);
    assert.ok(first && isKey(first.payload), 'goes on at a key frame');
  });

  test('without video gets audio alone, and the other way round', async (context) => {
    const weir = await startWeir(context);
    const deaf = await player(weir.port, 's');
    const blind = await player(weir.port, 's');
    deaf.client.command('receiveAudio', [null, false], deaf.id, 0);
    blind.client.command('receiveVideo', [null, false], blind.id, 0);
    // A reply to a later command proves that the earlier one was read.
    for (const { client } of [deaf, blind]) await createStream(client);
    const sender = await publishing(weir.port);
    for (let number = 0; number < 10; number += 1) {
      sender.video(number === 0 ? keyFrame(number) : interFrame(number), number * 40);
      sender.audio(audioFrame(number), number * 40 + 20);
    }
    await nextPicture(deaf.client, 9);
    await blind.client.next('audio 9', (message) => message.type === type.audio && numberOf(message) === 9);
    assert.deepEqual(
      audioOf(deaf.client)
        .map(numberOf)
        .filter((number) => number !== undefined),
      [],
    );
    assert.deepEqual(picturesOf(blind.client), []);
  });
});

describe('metadata', { concurrency: true }, () => {
  for (const wrapper of [true, false]) {
    test(`${wrapper ? 'in @setDataFrame' : 'bare'} reach players as onMetaData with the server's name, at time 0`, async (context) => {
      const weir = await startWeir(context);
      const { client } = await player(weir.port, 's');
      const sender = new Sender(await publisher(weir.port, 's'));
      sender.metadata({ width: 192, height: 108, encoder: 'test' }, wrapper);
      sender.headers();
      sender.pictures(0, 2);
      const isMetadata = (message: { type: number; payload: Buffer }) =>
        message.type === type.data && decodeAll(message.payload)[0] === 'onMetaData';
      const message = await client.next('metadata', isMetadata);
      const members = membersOf(decodeAll(message.payload)[1]);
      assert.ok(typeof members.server === 'string');
      assert.match(members.server, /^weir\//);
      assert.equal(members.width, 192);
      assert.equal(members.encoder, 'test');
      assert.equal(message.timestamp, 0);
    });
  }
});

describe('a publisher that leaves', { concurrency: true }, () => {
  test('may return within republish_wait, and players go on without a step back in time', async (context) => {
    const weir = await startWeir(context, { vhost: 'republish_wait 30;' });
    const { sender, seen } = await withPictures(weir, 10);
    sender.client.end();
    await weir.logged({ type: 'unpublished' });
    const again = await publishing(weir.port);
    again.pictures(100, 110, { origin: -4000 });
    await nextPicture(seen.client, 109);
    const times = videoOf(seen.client).map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.ok(times.at(-1)! < 2000, `the clock stands at ${String(times.at(-1))}`);
  });

  test('and does not return ends its players with republish_end close', async (context) => {
    const weir = await startWeir(context, { vhost: 'republish_wait 0; republish_end close;' });
    const { sender, seen } = await withPictures(weir, 3);
    sender.client.end();
    await seen.client.closed;
    const codes = seen.client.received.map(codeOf);
    assert.ok(
      codes.some((code) => /^NetStream\.Play\.(UnpublishNotify|Stop)$/.test(code)),
      codes.join(),
    );
  });
});

/** URL shapes that name the same stream: app `live`, vhost `v.example.com`. */
const shapes = [
  { app: 'live', tcUrl: 'rtmp://v.example.com/live', stream: 's' },
  { app: 'live?vhost=v.example.com', tcUrl: 'rtmp://127.0.0.1/live?vhost=v.example.com', stream: 's' },
  { app: 'live...vhost...v.example.com', tcUrl: 'rtmp://127.0.0.1/live...vhost...v.example.com', stream: 's' },
  { app: 'live?token=1&vhost=v.example.com', tcUrl: 'rtmp://127.0.0.1/live?token=1&vhost=v.example.com', stream: 's' },
  { app: 'live', tcUrl: 'rtmp://127.0.0.1/live', stream: 's?vhost=v.example.com' },
  { app: 'live', tcUrl: 'rtmp://v.example.com/live', stream: 's?token=x' },
] as const;

async function playsShape(context: TestContext): Promise<void> {
  const weir = await startWeir(context, { vhosts: 'vhost v.example.com { }' });
  const players = await Promise.all(shapes.map(({ stream, ...where }) => player(weir.port, stream, where)));
  const elsewhere = await player(weir.port, 's', { tcUrl: 'rtmp://unknown.example.com/live' });
  const plain = new Sender(await publisher(weir.port, 's', { tcUrl: 'rtmp://v.example.com/live' }));
  plain.headers();
  plain.pictures(0, 3);
  await Promise.all(players.map(({ client }) => nextPicture(client, 2)));
  const other = new Sender(await publisher(weir.port, 's', { tcUrl: 'rtmp://127.0.0.1/live' }));
  other.headers();
  other.pictures(50, 53);
  await nextPicture(elsewhere.client, 52);
  assert.deepEqual(picturesOf(elsewhere.client), [50, 51, 52], 'unknown names reach the default vhost');
}

describe('URLs', () => {
  test('of every shape name the same stream, unknown names the default vhost', playsShape);
});
