// HLS from memory, over a native engine that is none: what is put into the store, when it goes, what it is called.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HlsChecker } from '../../src/hls_check/checker.js';
import { stream } from './support/hls_engine.js';
import {
  configOf,
  ended,
  firstSequence,
  startFeature as start,
  unpublished,
  type Running,
} from './support/hls_running.js';

const first = firstSequence;

/** The checker over every playlist that was put, from the `from`-th on. */
function assertConform({ engine }: Running, from = 0): void {
  const checker = new HlsChecker();
  for (const { text } of engine.lists.slice(from)) assert.deepEqual(checker.take(text).faults, [], text);
}

describe('HLS from memory', () => {
  test('lists fragments that can be fetched, and lets go of their ranges', async (context) => {
    const running = start(context);
    const { engine, cuts, turn, publish } = running;
    await publish();
    assert.deepEqual([...engine.promised], ['__defaultVhost__/live/s.m3u8'], 'who comes early waits');
    for (let n = 0; n < 3; n += 1) await turn(cuts.fragment());
    assert.deepEqual(
      engine.pieces,
      [0, 1, 2].map((n) => `/live/s-${first + n}.ts`),
    );
    assert.equal(engine.lists.length, 3);
    assert.match(engine.list(), new RegExp(`MEDIA-SEQUENCE:${first}\n[^]*s-${first + 2}\\.ts\n$`));
    const list = engine.objects.get('__defaultVhost__/live/s.m3u8') ?? assert.fail();
    assert.equal(list.contentType, 'application/vnd.apple.mpegurl');
    assert.deepEqual([list.role, list.cacheControl, list.live], ['list', 'no-cache', undefined]);
    assert.equal(engine.objects.get(`__defaultVhost__/live/s-${first}.ts`)?.role, 'piece');
    assert.equal(engine.ranges.size, 0);
    const { file, url, m3u8Url, duration, sequence } = running.finished[1] ?? assert.fail();
    assert.deepEqual(
      [file, url, m3u8Url, duration, sequence],
      ['', `live/s-${first + 1}.ts`, 'live/s.m3u8', 2, first + 1],
    );
    assertConform(running);
  });

  test('puts one list for all events of a turn', async (context) => {
    const { engine, cuts, turn, publish } = start(context);
    await publish();
    await turn(cuts.fragment(), cuts.fragment(), cuts.fragment());
    assert.equal(engine.lists.length, 1);
  });

  test('keeps a fragment that left the list as long as RFC 8216 asks, then it is gone for good', async (context) => {
    const running = start(context);
    const { engine, cuts, turn, publish, wait, hls } = running;
    await publish();
    for (let n = 0; n < 8; n += 1) {
      await turn(cuts.fragment());
      wait(2000);
    }
    // Five are listed; the one that left at 10 s stays for 2 s and the 10 s of the list.
    assert.equal(engine.pieces.length, 8);
    const path = `/live/s-${first}.ts`;
    assert.equal(hls.isExpired(stream.vhost, path), false);
    wait(6000);
    assert.ok(!engine.pieces.includes(path));
    assert.equal(hls.isExpired(stream.vhost, path), true);
    assert.equal(hls.isExpired('other', path), false);
    assertConform(running);
  });

  test('goes on when the publisher returns, with the same headers or with others', async (context) => {
    const running = start(context);
    const { engine, cuts, turn, publish, wait } = running;
    await publish();
    await turn(cuts.fragment(), cuts.fragment({ last: true, duration: 840 }), unpublished);
    wait(3000);
    cuts.publish = 2;
    await publish();
    await turn(cuts.fragment());
    assert.doesNotMatch(engine.list(), /#EXT-X-DISCONTINUITY\n/);
    await turn(cuts.fragment({ discontinuity: true }));
    assert.match(engine.list(), new RegExp(`#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM.*\n#EXTINF:2\\.000,\ns-${first + 3}`));
    assertConform(running);
  });

  test('ends with the stream, stays as long as it takes to play it, and is forgotten', async (context) => {
    const running = start(context);
    const { engine, cuts, turn, publish, wait, hls } = running;
    await publish();
    await turn(cuts.fragment(), cuts.fragment({ last: true }), unpublished);
    await turn(ended);
    assert.match(engine.list(), /#EXT-X-ENDLIST\n$/);
    assertConform(running);
    wait(5000);
    assert.equal(engine.pieces.length, 2);
    wait(2000);
    assert.deepEqual([engine.objects.size, engine.views.size, hls.stats().streams], [0, 0, 0]);
    assert.equal(hls.isExpired(stream.vhost, `/live/s-${first}.ts`), true);
  });

  test('begins another presentation when it is published after its end', async (context) => {
    const running = start(context);
    const { engine, cuts, turn, publish } = running;
    await publish();
    await turn(cuts.fragment(), cuts.fragment({ last: true }), ended, unpublished);
    await publish();
    assert.ok(!engine.objects.has('__defaultVhost__/live/s.m3u8'), 'nobody is told again that it is over');
    await turn(cuts.fragment());
    const list = engine.list();
    assert.match(list, new RegExp(`MEDIA-SEQUENCE:${first + 2}\n[^]*#EXT-X-DISCONTINUITY\n`));
    assert.doesNotMatch(list, new RegExp(`s-${first + 1}|ENDLIST`));
    assertConform(running, engine.lists.length - 1);
  });

  test('makes names that nobody can guess where viewers are asked for', async (context) => {
    const { engine, cuts, turn, publish } = start(context, 'hls_low_latency on; hls_grant 5;', { asks: true });
    await publish();
    await turn(cuts.part(), cuts.part(), cuts.fragment(), cuts.part());
    for (const piece of engine.pieces) assert.match(piece, /^\/live\/s-\d+-[0-9a-f]{32}(\.part\d)?\.ts$/);
    const tokens = new Set(engine.pieces.map((piece) => piece.slice(18, 50)));
    assert.equal(tokens.size, 2);
    assert.deepEqual(
      [...engine.views.values()].map(({ ask, grant }) => [ask, grant]),
      [[true, 5000]],
    );
    assert.match(engine.objects.get([...engine.objects.keys()][0] ?? '')?.cacheControl ?? '', /private/);
  });

  test('is none where it is switched off, and ends where a reload switches it off', async (context) => {
    const running = start(context);
    const { engine, cuts, turn, publish, hls } = running;
    await turn({ type: 'published', conn: 1, ip: '', tcUrl: '', relayPath: '', ...stream, vhost: 'other' });
    assert.equal(hls.stats().streams, 0);
    await publish();
    await turn(cuts.fragment());
    running.config = configOf('', 'off');
    hls.follow();
    assert.deepEqual([engine.objects.size, engine.views.size], [0, 0]);
    await turn(cuts.fragment());
    assert.equal(engine.ranges.size, 0, 'what nobody wants is released');
  });

  test('takes new rules at once; where names change, another list goes on in its numbers', async (context) => {
    const running = start(context, 'hls_window 60;');
    const { engine, cuts, turn, publish, hls } = running;
    await publish();
    await turn(...Array.from({ length: 10 }, () => cuts.fragment({ discontinuity: true })));
    running.config = configOf('hls_window 10;');
    hls.follow();
    await turn(cuts.fragment());
    assert.equal(engine.list().match(/EXTINF/g)?.length, 5);
    assertConform(running);
    running.config = configOf('hls_mount /[app]/[stream]/list.m3u8;');
    hls.follow();
    assert.ok(!engine.objects.has('__defaultVhost__/live/s.m3u8'));
    await turn(cuts.fragment());
    assert.match(
      engine.list('/live/s/list.m3u8'),
      new RegExp(`MEDIA-SEQUENCE:${first + 11}\n#EXT-X-DISCONTINUITY-SEQUENCE:10\n#EXT-X-DISCONTINUITY\n`),
    );
  });

  test('begins where a reload switches it on, and anew where viewers are asked for from now on', async (context) => {
    const running = start(context);
    const { engine, cuts, turn, publish, hls } = running;
    running.config = configOf('', 'off');
    await publish();
    running.config = configOf('hls_low_latency on;');
    hls.follow();
    await turn(cuts.part(), cuts.part(), cuts.fragment(), cuts.part());
    running.asks = true;
    hls.follow();
    // The rest of a fragment whose first part is gone is listed whole only.
    await turn(cuts.part(), cuts.part(), cuts.fragment(), cuts.part());
    assert.equal(engine.pieces.length, 2);
    for (const piece of engine.pieces) assert.match(piece, /-[0-9a-f]{32}/);
    assertConform(running, engine.lists.length - 1);
  });
});

describe('memory that is short', () => {
  const limits = {
    hls_memory_limit: (running: Running) => {
      running.config = configOf('hls_memory_limit 1m;');
      return { bytes: 300 * 1024 };
    },
    log_memory: () => ({ logBytes: 55 * 2 ** 20, bytes: 300 * 1024 }),
    memory_limit: ({ engine }: Running) => {
      engine.used = 900;
      return {};
    },
  };
  for (const [limit, prepare] of Object.entries(limits)) {
    test(`${limit}: the oldest fragments go, and it is told once`, async (context) => {
      const running = start(context);
      const { engine, cuts, turn, publish, logged } = running;
      const more = prepare(running);
      await publish();
      for (let n = 0; n < 12; n += 1) await turn(cuts.fragment(more));
      assert.ok(engine.pieces.length <= 4 && engine.pieces.length >= 1, engine.pieces.join(' '));
      const told = logged.filter(({ reason }) => reason === 'hls_memory_short');
      assert.equal(told.length, 1);
      assert.ok(told[0]?.text.includes(`because ${limit} is near`));
      for (const uri of engine.list().match(/^s-.*$/gm) ?? []) assert.ok(engine.pieces.includes(`/live/${uri}`));
    });
  }
});

describe('fragmented MP4', () => {
  test('names its init segments, and keeps them as long as a fragment needs them', async (context) => {
    const running = start(context, 'hls_segment_type fmp4;');
    const { engine, cuts, turn, publish, wait } = running;
    await publish();
    await turn(cuts.init(1), cuts.fragment({ initVersion: 1 }));
    await turn(cuts.init(2), cuts.fragment({ initVersion: 2, discontinuity: true }));
    const [one, two] = [`s-${first}-init1.mp4`, `s-${first + 1}-init2.mp4`];
    const lines = engine.list().split('\n');
    assert.deepEqual(
      lines.filter((line) => /MAP|m4s|DISCONTINUITY$/.test(line)),
      [
        `#EXT-X-MAP:URI="${one}"`,
        `s-${first}.m4s`,
        '#EXT-X-DISCONTINUITY',
        `#EXT-X-MAP:URI="${two}"`,
        `s-${first + 1}.m4s`,
      ],
    );
    assert.equal(engine.objects.get(`__defaultVhost__/live/${one}`)?.contentType, 'video/mp4');
    for (let n = 0; n < 12; n += 1) {
      await turn(cuts.fragment({ initVersion: 2 }));
      wait(2000);
    }
    assert.ok(!engine.pieces.includes(`/live/${one}`) && engine.pieces.includes(`/live/${two}`));
    assertConform(running);
  });
});

describe('low latency', () => {
  test('tells parts as they come, promises the next one, and says what can be waited for', async (context) => {
    const running = start(context, 'hls_low_latency on; hls_part 0.5;');
    const { engine, cuts, turn, publish } = running;
    await publish();
    await turn(cuts.part(), cuts.part(), cuts.part(), cuts.part());
    assert.equal(engine.lists.length, 0, 'a list without a whole fragment is none that players take');
    await turn(cuts.fragment());
    await turn(cuts.part());
    const { live, text } = engine.lists.at(-1) ?? assert.fail();
    assert.deepEqual(live, { msn: first + 1, part: 0, previousParts: 4, ended: false, hold: 9000, partLimit: 6 });
    const hint = `s-${first + 1}.part1.ts`;
    assert.match(text, new RegExp(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${hint}"\n$`));
    assert.deepEqual([...engine.promised], [`__defaultVhost__/live/${hint}`]);
    assertConform(running);
  });

  test('takes a hint back that did not come true', async (context) => {
    const { engine, cuts, turn, publish } = start(context, 'hls_low_latency on;');
    await publish();
    await turn(cuts.part(), cuts.part(), cuts.part(), cuts.part(), cuts.fragment());
    await turn(cuts.part());
    await turn(cuts.fragment({ duration: 500, last: true }));
    assert.deepEqual([...engine.promised], [`__defaultVhost__/live/s-${first + 2}.part0.ts`]);
    await turn(unpublished, ended);
    assert.deepEqual([...engine.promised], []);
    assert.equal(engine.lists.at(-1)?.live?.ended, true);
  });

  test('keeps parts near the end of the list, and some time more', async (context) => {
    const running = start(context, 'hls_low_latency on; hls_window 60;');
    const { engine, cuts, turn, publish, wait } = running;
    await publish();
    for (let n = 0; n < 20; n += 1) {
      for (let index = 0; index < 4; index += 1) {
        await turn(cuts.part());
        wait(500);
      }
      await turn(cuts.fragment());
    }
    assertConform(running);
    assert.ok(engine.lists.some(({ live }) => live?.delta !== undefined));
    const parts = engine.pieces.filter((piece) => piece.includes('part'));
    // 9 s and what begins there are listed, 9 s more are kept.
    assert.ok(parts.length >= 4 * 9 && parts.length <= 4 * 11, String(parts.length));
    assert.equal(engine.pieces.length - parts.length, 20);
  });
});
