// The text of playlists, which fragments a window lists, and their dates. Every text goes through our own checker, too.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fragment, Part } from '../../src/hls/fragment.js';
import { deltaText, firstWithParts, playlistText, type Playlist } from '../../src/hls/playlist.js';
import { ProgramClock } from '../../src/hls/program_clock.js';
import { mostListed, Window } from '../../src/hls/window.js';
import { HlsChecker } from '../../src/hls_check/checker.js';

const fragment = (sequence: number, more: Partial<Fragment> = {}): Fragment => ({
  ...{ sequence, uri: `s-${sequence}.ts`, duration: 2000, date: sequence * 2000 },
  ...{ discontinuity: false, independent: true, map: '', parts: [], ...more },
});
const fragments = (count: number, more: Partial<Fragment> = {}) =>
  Array.from({ length: count }, (_, sequence) => fragment(sequence, more));
const part = (uri: string, duration = 500, independent = false): Part => ({ uri, duration, independent });

const plain: Playlist = {
  ...{ targetDuration: 3, discontinuitySequence: 0, isIndependent: true, isEnded: false },
  fragments: [fragment(7), fragment(8, { discontinuity: true, duration: 1480 })],
};

function assertFine(text: string): void {
  assert.deepEqual(new HlsChecker().take(text).faults, []);
}

describe('a playlist', () => {
  test('has each tag that it needs, once and in its place', () => {
    const text = playlistText(plain);
    assert.equal(
      text,
      [
        ...['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-INDEPENDENT-SEGMENTS', '#EXT-X-TARGETDURATION:3'],
        ...['#EXT-X-MEDIA-SEQUENCE:7', '#EXT-X-DISCONTINUITY-SEQUENCE:0'],
        ...['#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:14.000Z', '#EXTINF:2.000,', 's-7.ts'],
        ...[
          '#EXT-X-DISCONTINUITY',
          '#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:16.000Z',
          '#EXTINF:1.480,',
          's-8.ts',
          '',
        ],
      ].join('\n'),
    );
    assertFine(text);
  });

  test('ends when its stream is over', () => {
    const text = playlistText({ ...plain, isEnded: true });
    assert.match(text, /s-8\.ts\n#EXT-X-ENDLIST\n$/);
    assertFine(text);
  });

  test('names the init segment where it changes, and is of version 6 then', () => {
    const maps = ['a.mp4', 'a.mp4', 'b.mp4'].map((map, sequence) => fragment(sequence, { map }));
    const text = playlistText({ ...plain, fragments: maps });
    assert.deepEqual(
      text.split('\n').filter((line) => /MAP|VERSION|\.ts/.test(line)),
      ['#EXT-X-VERSION:6', '#EXT-X-MAP:URI="a.mp4"', 's-0.ts', 's-1.ts', '#EXT-X-MAP:URI="b.mp4"', 's-2.ts'],
    );
    assertFine(text);
  });

  test('has a gap where a file is missing', () => {
    const text = playlistText({ ...plain, missing: new Set([8]) });
    assert.match(text, /#EXTINF:1\.480,\n#EXT-X-GAP\ns-8\.ts/);
    assertFine(text);
  });

  test('names its vhost in every URI where the host may be another one', () => {
    const text = playlistText({ ...plain, query: '?vhost=v', fragments: [fragment(1, { map: 'i.mp4' })] });
    assert.ok(text.includes('\ns-1.ts?vhost=v\n') && text.includes('URI="i.mp4?vhost=v"'));
    assertFine(text);
  });

  test('has comments that players pass over', () => {
    const text = playlistText({ ...plain, comments: ['weir live/s.m3u8'] });
    assert.match(text, /\n## weir live\/s\.m3u8\n/);
    assertFine(text);
  });
});

describe('a low-latency playlist', () => {
  const pieces = (name: string) => [0, 1, 2, 3].map((index) => part(`${name}.${index}.ts`, 500, index === 0));
  const withParts = fragments(20).map((each) => ({ ...each, parts: pieces(`s-${each.sequence}`) }));
  const next = { ...fragment(20), parts: [part('s-20.0.ts', 500, true)], hint: 's-20.1.ts' };
  const list: Playlist = { ...plain, fragments: withParts, lowLatency: { partTarget: 500, next } };

  test('tells what a server can do, parts near its end, and the next one', () => {
    const text = playlistText(list);
    assert.match(text, /^#EXT-X-VERSION:9$/m);
    const control = 'CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.500,HOLD-BACK=9,CAN-SKIP-UNTIL=18';
    assert.ok(text.includes(`#EXT-X-SERVER-CONTROL:${control}\n#EXT-X-PART-INF:PART-TARGET=0.500\n`));
    const end = [
      '#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:40.000Z',
      '#EXT-X-PART:DURATION=0.500,URI="s-20.0.ts",INDEPENDENT=YES',
      '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="s-20.1.ts"',
    ].join('\n');
    assert.ok(text.endsWith(`${end}\n`), text);
    // 0.5 s of the pending one, then fragments that begin less than 9 s before the end.
    assert.equal(firstWithParts(list), 15);
    assert.ok(!text.includes('s-14.0.ts') && text.includes('s-15.0.ts'));
    assertFine(text);
  });

  test('skips what a client has, and is whole again with that', () => {
    const checker = new HlsChecker();
    assert.deepEqual(checker.take(playlistText(list)).faults, []);
    const later: Playlist = {
      ...list,
      fragments: [...withParts.slice(1), { ...fragment(20), parts: pieces('s-20') }],
      lowLatency: { partTarget: 500, next: { ...fragment(21), parts: [], hint: 's-21.0.ts' } },
    };
    const delta = deltaText(later) ?? assert.fail();
    // 20 fragments of 2 s: those that end at least 18 s before the end.
    assert.match(delta, /#EXT-X-DISCONTINUITY-SEQUENCE:0\n#EXT-X-SKIP:SKIPPED-SEGMENTS=11\n/);
    assert.ok(!delta.includes('\ns-11.ts') && delta.includes('\ns-12.ts'));
    const { faults, added } = checker.take(delta);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      added.map(({ uri }) => uri),
      ['s-20.ts'],
    );
  });

  test('has no delta while there is nothing to skip, nor at its end', () => {
    assert.equal(deltaText({ ...list, fragments: withParts.slice(11) }), undefined);
    assert.equal(deltaText({ ...list, isEnded: true }), undefined);
  });

  test('has no parts and no hint at its end', () => {
    const text = playlistText({ ...list, isEnded: true });
    assert.doesNotMatch(text, /EXT-X-PART:|PRELOAD/);
    assertFine(text);
  });

  test('says what a fragment in the making begins with only when a part of it is there', () => {
    const pending = { ...fragment(20, { discontinuity: true, map: 'b.mp4' }), parts: [], hint: 'h' };
    const text = playlistText({ ...list, lowLatency: { partTarget: 500, next: pending } });
    assert.doesNotMatch(text, /DISCONTINUITY$|b\.mp4/m);
  });
});

describe('a window', () => {
  const windowOf = (length: number, target = 3) => new Window<Fragment>({ length: () => length, target });
  const sequences = (list: readonly Fragment[]) => list.map(({ sequence }) => sequence);

  test('lists its length, and not less than three target durations', () => {
    for (const [length, expected] of [
      [20_000, 10],
      [1000, 5],
    ] as const) {
      const window = windowOf(length);
      for (const each of fragments(30)) window.append(each, 0);
      assert.equal(window.listed.length, expected);
      assert.equal(window.length, expected * 2000);
      assert.equal(window.listed[0]?.sequence, 30 - expected);
    }
  });

  test('keeps what left it as long as it lasts and the longest list did', () => {
    const window = windowOf(10_000);
    fragments(6).forEach((each) => window.append(each, 1000));
    assert.deepEqual(sequences(window.kept), [0]);
    // It was in lists of up to 10 s.
    assert.deepEqual(sequences(window.expire(12_999)), []);
    assert.deepEqual(sequences(window.expire(13_000)), [0]);
    assert.deepEqual(sequences(window.kept), []);
  });

  test('counts the discontinuities that left it', () => {
    const window = windowOf(10_000);
    for (const each of fragments(12)) window.append({ ...each, discontinuity: each.sequence % 3 === 0 }, 0);
    assert.equal(window.listed[0]?.sequence, 7);
    assert.equal(window.discontinuitySequence, 3);
  });

  test('raises its target duration for a longer fragment, and never lowers it', () => {
    const window = windowOf(10_000);
    window.append(fragment(0, { duration: 3499 }), 0);
    assert.equal(window.targetDuration, 3);
    window.append(fragment(1, { duration: 3500 }), 0);
    assert.equal(window.targetDuration, 4);
    for (const each of fragments(30)) window.append(each, 0);
    assert.equal(window.targetDuration, 4);
    assert.ok(window.length >= 12_000);
  });

  test('gives up the oldest, those that left the list first, and never the newest', () => {
    const window = windowOf(6000, 2);
    fragments(5).forEach((each) => window.append(each, 0));
    const given: (number | undefined)[] = [];
    for (let one = window.giveUp(0, 1); one; one = window.giveUp(0, 1)) given.push(one.sequence);
    assert.deepEqual(given, [0, 1, 2, 3]);
    assert.deepEqual(sequences(window.listed), [4]);
    fragments(2).forEach((each) => window.append(each, 0));
    assert.equal(window.giveUp(0, 3), undefined);
  });

  test('begins again, with the count of its discontinuities', () => {
    const window = windowOf(10_000);
    fragments(3, { discontinuity: true, duration: 9000 }).forEach((each) => window.append(each, 0));
    window.restart(0);
    assert.deepEqual([window.listed.length, window.discontinuitySequence, window.targetDuration], [0, 3, 3]);
    assert.equal(window.kept.length, 3);
  });

  test('is bounded in number', () => {
    const window = windowOf(7 * 24 * 3600_000, 1);
    for (let sequence = 0; sequence < mostListed + 3; sequence += 1)
      window.append(fragment(sequence, { duration: 100 }), 0);
    assert.equal(window.listed.length, mostListed);
  });
});

describe('dates', () => {
  const piece = (start: number, publish = 1, duration = 2000) => ({ publish, start, duration });

  test('run with the time of the stream within a publish', () => {
    const clock = new ProgramClock();
    assert.equal(clock.dateOf(piece(100), false, 50_000), 48_000);
    // It came late.
    assert.equal(clock.dateOf(piece(2100), false, 59_000), 50_000);
    assert.equal(clock.dateOf(piece(4100), false, 60_000), 52_000);
  });

  test('begin at the clock with each publish, but never before what was', () => {
    const clock = new ProgramClock();
    clock.dateOf(piece(0), false, 50_000);
    assert.equal(clock.dateOf(piece(2040, 2), false, 70_000), 68_000);
    // Published faster than it plays.
    clock.dateOf(piece(4040, 2), false, 70_100);
    assert.equal(clock.dateOf(piece(6040, 3), false, 70_200), 72_000);
  });

  test('begin at the clock where the time line is broken', () => {
    const clock = new ProgramClock();
    clock.dateOf(piece(0), false, 50_000);
    assert.equal(clock.dateOf(piece(900_000), true, 61_000), 59_000);
  });
});
