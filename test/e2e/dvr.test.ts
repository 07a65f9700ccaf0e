// Recordings with the real server and real clients: what is in the files is what was published, packet for packet.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  assertDecodes,
  assertSameStream,
  fixture,
  framesOf,
  hashesOf,
  packetsOf,
  publishForEver,
  publishWithFfmpeg,
} from './support/media.js';
import { readFlv } from './support/engine.js';
import { videoOf } from './support/frames.js';
import { filesAtTheEnd, filesBelow, recorder, sizeBelow, until } from './support/recordings.js';
import { player, type } from './support/rtmp_client.js';
import { startWeir, temporaryFolder, type Weir } from './support/servers.js';

const source = fixture('h264-aac');

const recorded = (weir: Weir) => weir.logged({ type: 'recorded' });

function probe(file: string, entries: string): string {
  const { stdout, stderr, status } = spawnSync(
    'ffprobe',
    ['-v', 'error', '-show_entries', entries, '-of', 'csv=p=0', file],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return stdout.trim();
}

/** Seeking to `seconds` finds the key frame there, not one at the begin. */
function assertSeeks(file: string, seconds: number): void {
  const args = ['-v', 'error', '-read_intervals', `${String(seconds)}%+#1`, '-select_streams', 'v'];
  const { stdout } = spawnSync('ffprobe', [...args, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', file], {
    encoding: 'utf8',
  });
  const at = parseFloat(stdout);
  assert.ok(at >= seconds - 1.1 && at <= seconds + 1.1, `${file}: a seek to ${String(seconds)} comes to ${stdout}`);
}

describe('recordings', { concurrency: 9 }, () => {
  test('a session is one FLV file: all that was published, its duration, an index', async (context) => {
    const weir = await recorder(context, '');
    await publishWithFfmpeg(context, source, weir.url('s')).ended;
    const line = await recorded(weir);
    const [name = '', ...others] = filesBelow(weir.root);
    assert.match(name, /^live\/s\.\d{13}\.flv$/);
    assert.deepEqual(others, []);
    const file = join(weir.root, name);
    assert.equal(line['file'], file);
    assert.equal(line['bytes'], statSync(file).size);
    assertDecodes(file);
    const published = packetsOf(source);
    const packets = packetsOf(file);
    assertSameStream(published, packets);
    for (const kind of ['video', 'audio'] as const)
      assert.deepEqual(hashesOf(packets, kind), hashesOf(published, kind), kind);
    const duration = parseFloat(probe(file, 'format=duration'));
    assert.ok(Math.abs(duration - 10) < 0.2, `duration ${String(duration)}`);
    const head = readFileSync(file).subarray(0, 4096).toString('latin1');
    for (const word of ['keyframes', 'filepositions', 'filesize']) assert.ok(head.includes(word), word);
    assertSeeks(file, 6);
  });

  for (const format of ['ts', 'mp4'] as const) {
    test(`a session as ${format} decodes to what was published`, async (context) => {
      const weir = await recorder(context, '', { path: `/[app]/[stream].${format}` });
      await publishWithFfmpeg(context, source, weir.url('s')).ended;
      await recorded(weir);
      assert.deepEqual(filesBelow(weir.root), [`live/s.${format}`]);
      const file = join(weir.root, `live/s.${format}`);
      assertDecodes(file);
      const published = framesOf(source);
      const frames = framesOf(file);
      for (const kind of ['video', 'audio'] as const)
        assert.deepEqual(hashesOf(frames, kind), hashesOf(published, kind), kind);
      const [start = '', duration = ''] = probe(file, 'format=start_time,duration').split(',');
      assert.ok(parseFloat(start) < (format === 'ts' ? 1.5 : 0.2), `it starts at ${start}`);
      assert.ok(Math.abs(parseFloat(duration) - 10) < 0.3, `duration ${duration}`);
      assertSeeks(file, 6);
    });
  }

  test('segments start near 0 and are together what was published', async (context) => {
    const weir = await recorder(context, 'dvr_plan segment; dvr_duration 3;');
    await publishWithFfmpeg(context, source, weir.url('s')).ended;
    await weir.logged({ type: 'unpublished' });
    const files = await filesAtTheEnd(weir);
    assert.ok(files.length >= 3);
    const pieces = files.map((file) => packetsOf(join(weir.root, file)));
    const published = packetsOf(source);
    for (const [index, piece] of pieces.entries()) {
      assertDecodes(join(weir.root, files[index]!));
      assertSameStream(published, piece, { atLeast: 20, startsBefore: 150 });
      assert.ok(parseFloat(probe(join(weir.root, files[index]!), 'format=start_time')) < 0.15);
    }
    for (const kind of ['video', 'audio'] as const) {
      assert.deepEqual(
        pieces.flatMap((piece) => hashesOf(piece, kind)),
        hashesOf(published, kind),
        kind,
      );
    }
  });

  for (const name of ['audio-only', 'video-only', 'sorenson-mp3'] as const) {
    test(`segments of ${name} are together what was published`, async (context) => {
      const weir = await recorder(context, 'dvr_plan segment; dvr_duration 2;');
      const file = fixture(name);
      await publishWithFfmpeg(context, file, weir.url('s')).ended;
      await weir.logged({ type: 'unpublished' });
      const files = (await filesAtTheEnd(weir)).map((piece) => join(weir.root, piece));
      files.forEach(assertDecodes);
      const pieces = files.map(packetsOf);
      assert.ok(pieces.length >= 4 && pieces.every(([first]) => first!.dts < 150));
      for (const kind of ['video', 'audio'] as const) {
        assert.deepEqual(
          pieces.flatMap((piece) => hashesOf(piece, kind)),
          hashesOf(packetsOf(file), kind),
          kind,
        );
      }
    });
  }

  test('append goes on in one file', async (context) => {
    const weir = await recorder(context, 'dvr_plan append;', { path: '/[app]/[stream].flv' });
    const file = join(weir.root, 'live/s.flv');
    const seconds = ['-t', '4'];
    await publishWithFfmpeg(context, source, weir.url('s'), seconds).ended;
    await recorded(weir);
    const first = packetsOf(file);
    const seen = weir.process.output().length;
    await publishWithFfmpeg(context, source, weir.url('s'), seconds).ended;
    await weir.process.lineFrom(seen, /"type":"recorded"/);
    assert.deepEqual(filesBelow(weir.root), ['live/s.flv']);
    assertDecodes(file);
    const packets = packetsOf(file);
    for (const kind of ['video', 'audio'] as const) {
      const once = hashesOf(first, kind);
      assert.ok(once.length >= 95, kind);
      assert.deepEqual(once, hashesOf(packetsOf(source), kind).slice(0, once.length), kind);
      assert.deepEqual(hashesOf(packets, kind), [...once, ...once], kind);
      const times = packets.filter((packet) => packet.kind === kind).map(({ dts }) => dts);
      assert.ok(
        times.every((time, index) => index === 0 || time >= times[index - 1]!),
        `${kind}: times go back`,
      );
    }
    const duration = parseFloat(probe(file, 'format=duration'));
    assert.ok(Math.abs(duration - 8) < 0.4, `duration ${String(duration)}`);
    assertSeeks(file, 6);
  });

  for (const format of ['flv', 'mp4', 'ts'] as const) {
    test(`what SIGKILL leaves of ${format} is repaired by the next start: no gap, and the last second at most is missing`, async (context) => {
      const root = temporaryFolder(context);
      const options = { vhost: `dvr { enabled on; dvr_path ${root}/[stream].[timestamp].${format}; }` };
      const first = await startWeir(context, options);
      const publisher = publishForEver(context, source, first.url('s'));
      await first.logged({ type: 'published', stream: 's' });
      const { client } = await player(first.port, 's');
      context.after(() => client.end());
      await until(() => sizeBelow(root) > 400_000);
      // What is in the file has just grown: later there is more to lose.
      const pictures = videoOf(client).length;
      await until(() => videoOf(client).length > pictures + 10);
      await first.process.stop('SIGKILL');
      await publisher.ended;
      const [left = ''] = filesBelow(root);
      assert.ok(left.endsWith(`.${format}.tmp`), left);

      const second = await startWeir(context, options);
      const line = await second.logged({ type: 'repaired' });
      const [name = '', ...others] = filesBelow(root);
      assert.deepEqual([`${name}.tmp`, others], [left, []]);
      const file = join(root, name);
      assert.equal(line['file'], file);
      assertDecodes(file);
      const published = hashesOf(framesOf(source), 'video');
      const found = hashesOf(framesOf(file), 'video');
      assert.ok(found.length > 75);
      assert.deepEqual(
        found,
        found.map((_, index) => published[index % published.length]),
      );
      const lost = lostAfter(found.length, videoOf(client).at(-1)!.payload);
      context.diagnostic(`${String(lost)} pictures less than a player saw`);
      assert.ok(lost <= 25);
      if (format === 'flv') {
        assert.ok(parseFloat(probe(file, 'format=duration')) > 3);
        assert.ok(readFileSync(file).subarray(0, 4096).toString('latin1').includes('keyframes'));
      }
    });
  }
});

/** How many pictures of the source, over and over, lie between the first `count` and the one that a player saw last. */
function lostAfter(count: number, last: Buffer): number {
  const pictures = readFlv(source).filter(({ type: kind, payload }) => kind === type.video && payload[1] === 1);
  const at = pictures.findIndex(({ payload }) => payload.equals(last));
  assert.ok(at >= 0, 'the player saw something else');
  const half = pictures.length / 2;
  // The player may be behind, too.
  return ((at + 1 - count + half + 10 * pictures.length) % pictures.length) - half;
}
