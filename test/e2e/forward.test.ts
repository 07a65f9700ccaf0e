// Streams that are copied to other servers: what comes out there is what was published here, a target that is away or stuck
// harms nobody, and a stream that goes in a circle is refused.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { startWithApi } from './support/api.js';
import { backend } from './support/backend.js';
import { nextPicture, picturesOf, Sender } from './support/frames.js';
import {
  assertDecodes,
  assertSameStream,
  fixture,
  framesOf,
  hashesOf,
  packetsOf,
  playWithFfmpeg,
  publishForEver,
  publishWithFfmpeg,
} from './support/media.js';
import { until } from './support/recordings.js';
import { player, publisher } from './support/rtmp_client.js';
import { freePort, startNginx, startWeir, temporaryFolder, type Weir } from './support/servers.js';

const source = fixture('h264-aac');
const copyOf = (stream: string) => ({ type: 'forward', stream, state: 'forwarding' });
/** How many seconds a target is away. */
const away = Number(process.env['WEIR_AWAY_SECONDS'] ?? 2);

/** What it recorded of its only stream, when that has ended. */
async function recordingOf(weir: Weir): Promise<string> {
  await weir.logged({ type: 'recorded' });
  const [name = ''] = readdirSync(join(weir.folder, 'dvr')).filter((file) => file.endsWith('.flv'));
  return join(weir.folder, 'dvr', name);
}

/** A FLV file without the sound that comes before its first picture. */
function fromKeyFrame(context: TestContext, file: string): string {
  const bytes = readFileSync(file);
  const kept = [bytes.subarray(0, 13)];
  let isOver = false;
  for (let at = 13, end = 0; at < bytes.length; at = end) {
    end = at + 11 + bytes.readUIntBE(at + 1, 3) + 4;
    const [type, isFrame] = [bytes[at], bytes[at + 12] === 1];
    isOver ||= type === 9 && isFrame;
    if (isOver || type !== 8 || !isFrame) kept.push(bytes.subarray(at, end));
  }
  const cut = join(temporaryFolder(context), 'cut.flv');
  writeFileSync(cut, Buffer.concat(kept));
  return cut;
}

async function recordingTarget(context: TestContext): Promise<Weir> {
  const folder = temporaryFolder(context);
  const vhost = `dvr { enabled on; dvr_path ${folder}/dvr/[stream].flv; }`;
  return { ...(await startWeir(context, { vhost })), folder };
}

describe('forward', { concurrency: 2 }, () => {
  test('what weir, nginx-rtmp and a second port of its own decode is the source, frame for frame', async (context) => {
    const target = await recordingTarget(context);
    const folder = temporaryFolder(context);
    const nginx = await startNginx(context, `record all; record_path ${folder};`);
    const own = temporaryFolder(context);
    const secondPort = await freePort();
    const targets = [
      ...[target, nginx].map(({ port }) => `127.0.0.1:${String(port)}`),
      `127.0.0.1:${String(secondPort)}/copied?vhost=copies.example`,
    ];
    const weir = await startWeir(context, {
      secondPort,
      vhost: `forward ${targets.join(' ')};`,
      vhosts: `vhost copies.example { dvr { enabled on; dvr_path ${own}/[app]/[stream].flv; } }`,
    });
    // One GOP: a target that is slow to answer misses nothing. nginx-rtmp records from the first picture on.
    const file = fromKeyFrame(context, fixture('one-gop'));
    const [published, frames] = [packetsOf(file), framesOf(file)];
    await publishWithFfmpeg(context, file, weir.url('s')).ended;
    const copies = [await recordingOf(target), join(folder, 's.flv'), join(own, 'copied/s.flv')];
    await weir.logged({ type: 'recorded', vhost: 'copies.example' });
    // nginx has no word for the end of a recording.
    await until(() => packetsOf(copies[1]!).length === published.length);
    for (const copy of copies) {
      assertDecodes(copy);
      assertSameStream(published, packetsOf(copy), { atLeast: 90 });
      for (const kind of ['video', 'audio'] as const) {
        assert.deepEqual(hashesOf(framesOf(copy), kind), hashesOf(frames, kind), `${kind} of ${copy}`);
      }
    }
  });

  test('a target that is away is tried until it is there, and again when it was lost', async (context) => {
    const port = await freePort();
    const weir = await startWithApi(context, { vhost: `forward 127.0.0.1:${String(port)};` });
    const published = publishForEver(context, source, weir.url('s'));
    await weir.logged({ type: 'forward', state: 'waiting', reason: 'connect_failed' });
    const first = await startWeir(context, { port });
    await first.logged({ type: 'published', stream: 's' });
    await first.process.stop('SIGKILL');
    const lost = await weir.until<Forwards>('/api/v1/forwards', ({ forwards: [copy] }) => copy?.state === 'waiting');
    const sent = lost.forwards[0]!.send_bytes + 50_000;
    // Whoever watches here meanwhile gets all of it.
    const seen = await playWithFfmpeg(context, weir.url('s'), away);
    assert.ok(hashesOf(seen, 'video').length >= 25 * (away - 1));
    const second = await startWeir(context, { port });
    const { forwards: before } = (await weir.json('/api/v1/forwards')) as unknown as Forwards;
    await second.logged({ type: 'published', stream: 's' });
    const after = await weir.until<Forwards>(
      '/api/v1/forwards',
      ({ forwards: [copy] }) => (copy?.send_bytes ?? 0) > sent,
    );
    assert.equal(after.forwards[0]?.state, 'forwarding');
    const retries = after.forwards[0].attempts - before[0]!.attempts;
    assert.ok(retries <= 1, `it took ${String(retries)} attempts`);
    assert.ok((await playWithFfmpeg(context, second.url('s'), 2)).length > 50);
    assert.equal(published.child.exitCode, null, 'the publisher noticed nothing');
    const { forwards } = (await weir.json('/api/v1/forwards')) as unknown as Forwards;
    assert.equal(forwards[0]?.target, `127.0.0.1:${String(port)}/live/s`);
    assert.match(await (await weir.get('/metrics')).text(), /^weir_forwards\{state="forwarding"\} 1$/m);
  });

  for (const count of [1, 2, 3]) {
    test(`a circle of ${String(count)} is refused where it closes, and only the forward ends`, async (context) => {
      const ports: number[] = [];
      for (let i = 0; i < count; i++) ports.push(await freePort());
      const servers: Weir[] = [];
      for (const [i, port] of ports.entries()) {
        const next = String(ports[(i + 1) % count]);
        // A stream that may be taken over would be, if the circle were not seen.
        servers.push(await startWeir(context, { port, vhost: `forward 127.0.0.1:${next}; publish_takeover on;` }));
      }
      const [first, last] = [servers[0]!, servers.at(-1)!];
      const published = publishForEver(context, source, first.url('s'));
      const line = await last.logged({ type: 'forward', state: 'refused', reason: 'forward_loop' });
      assert.match(String(line['msg']), /circle.*not tried again/);
      await first.logged({ type: 'refused', asked: 'publish', reason: 'forward_loop' });
      assert.ok((await playWithFfmpeg(context, last.url('s'), 2)).length > 50);
      assert.equal(published.child.exitCode, null, 'the publisher goes on');
    });
  }

  test('a target that reads nothing is skipped ahead; players lose nothing', async (context) => {
    const target = await startWeir(context);
    const weir = await startWeir(context, { vhost: `forward 127.0.0.1:${String(target.port)}; queue_length 1;` });
    const sender = new Sender(await publisher(weir.port, 's'));
    const { client } = await player(weir.port, 's');
    context.after(() => client.end());
    context.after(() => sender.client.end());
    sender.metadata();
    sender.headers();
    sender.pictures(0, 10);
    await weir.logged(copyOf('s'));
    await nextPicture(client, 9);
    target.process.child.kill('SIGSTOP');
    const size = 100_000;
    let count = 10;
    const skipped = weir.logged({ type: 'notice', what: 'skipped' });
    const state = { isOver: false };
    void skipped.then(() => (state.isOver = true));
    // As much as sockets hold, and more; each batch is with the player before the next one.
    for (; !state.isOver && count < 3000; count += 10) {
      sender.pictures(count, count + 10, { size });
      await nextPicture(client, count + 9);
    }
    await skipped;
    assert.deepEqual(
      picturesOf(client),
      Array.from({ length: count }, (_, number) => number),
    );
    target.process.child.kill('SIGCONT');
    const seen = await player(target.port, 's');
    context.after(() => seen.client.end());
    sender.pictures(count, count + 20, { size });
    await nextPicture(seen.client, count + 19);
  });

  test('a back end names the targets', async (context) => {
    const target = await startWeir(context);
    const urls = [`rtmp://127.0.0.1:${String(target.port)}/other/name`];
    const asked = await backend(context, (_, response) => response.end(JSON.stringify({ code: 0, data: { urls } })));
    const weir = await startWeir(context, { vhost: `forward { enabled on; backend ${asked.url}/forwards; }` });
    publishForEver(context, source, weir.url('s'));
    await target.logged({ type: 'published', app: 'other', stream: 'name' });
    const { body } = await asked.first(({ action }) => action === 'on_forward');
    assert.deepEqual([body['vhost'], body['app'], body['stream']], ['__defaultVhost__', 'live', 's']);
  });

  test('a reload starts and ends what has changed and leaves the rest', async (context) => {
    const [kept, old, added] = [await startWeir(context), await startWeir(context), await startWeir(context)];
    const forward = (...targets: readonly Weir[]) =>
      `forward ${targets.map(({ port }) => `127.0.0.1:${String(port)}`).join(' ')};`;
    const weir = await startWeir(context, { vhost: forward(kept, old) });
    publishForEver(context, source, weir.url('s'));
    await Promise.all([kept, old].map((target) => target.logged({ type: 'published', stream: 's' })));
    const text = `listen 127.0.0.1:${String(weir.port)};\npid ${join(weir.folder, 'weir.pid')};\nlog console;\n`;
    writeFileSync(join(weir.folder, 'weir.conf'), `${text}vhost __defaultVhost__ { ${forward(kept, added)} }`);
    weir.process.child.kill('SIGHUP');
    await Promise.all([
      old.logged({ type: 'unpublished', reason: 'finished' }),
      added.logged({ type: 'published', stream: 's' }),
    ]);
    assert.doesNotMatch(kept.process.output(), /"type":"unpublished"/);
  });
});

interface Forwards {
  readonly forwards: readonly {
    readonly state: string;
    readonly target: string;
    readonly attempts: number;
    readonly send_bytes: number;
  }[];
}
