// The checker of playlists finds what players stumble over, and nothing in a good one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readAttributes } from '../../src/hls_check/attributes.js';
import { HlsChecker } from '../../src/hls_check/checker.js';

const head = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-TARGETDURATION:4'];
const numbers = ['#EXT-X-MEDIA-SEQUENCE:10', '#EXT-X-DISCONTINUITY-SEQUENCE:2'];
const segment = (n: number, duration = '4.000') => [`#EXTINF:${duration},`, `s-${n}.ts`];
const segments = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => segment(from + index)).flat();
const good = [...head, ...numbers, ...segments(10, 15)];

const textOf = (lines: readonly string[]) => `${lines.join('\n')}\n`;

/** Faults of the last one. */
function faultsOf(...lists: readonly (readonly string[])[]): readonly string[] {
  const checker = new HlsChecker();
  let faults: readonly string[] = [];
  for (const lines of lists) faults = checker.take(textOf(lines)).faults;
  return faults;
}

function assertFault(pattern: RegExp, ...lists: readonly (readonly string[])[]): void {
  const faults = faultsOf(...lists);
  assert.ok(
    faults.some((fault) => pattern.test(fault)),
    `${String(pattern)} is not among: ${faults.join('; ')}`,
  );
}

/** The good list with some lines instead of others. */
const changed = (from: string, ...to: readonly string[]) => good.flatMap((line) => (line === from ? to : [line]));

const control = '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,HOLD-BACK=12,CAN-SKIP-UNTIL=24';
const partHead = ['#EXTM3U', '#EXT-X-VERSION:9', '#EXT-X-TARGETDURATION:4', control, '#EXT-X-PART-INF:PART-TARGET=0.5'];
const part = (uri: string, duration = '0.500', more = '') => `#EXT-X-PART:DURATION=${duration},URI="${uri}"${more}`;
const hint = (uri: string) => `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${uri}"`;
const lowLatency = [...partHead, ...numbers, ...segments(10, 15), part('p0.ts'), part('p1.ts'), hint('p2.ts')];

describe('one playlist', () => {
  test('that is good has no fault', () => {
    assert.deepEqual(faultsOf(good), []);
    assert.deepEqual(faultsOf([...good, '#EXT-X-ENDLIST']), []);
    assert.deepEqual(faultsOf(good.map((line) => `${line}\r`)), []);
    assert.deepEqual(faultsOf(lowLatency), []);
  });

  const wrong: readonly (readonly [string, RegExp, readonly string[]])[] = [
    ['without its first line', /first line/, good.slice(1)],
    ['with an EXTINF as SRS 1.0 writes it', /duration and comma/, changed('#EXTINF:4.000,', '#EXTINF:4.000')],
    ['with a segment that has no EXTINF', /no EXTINF/, [...good, 's-99.ts']],
    ['with an EXTINF that has no segment', /no segment/, [...good, '#EXTINF:1.0,']],
    ['without a target duration', /TARGETDURATION is missing/, good.filter((line) => !line.includes('TARGET'))],
    ['with two target durations', /stands twice/, [...head, '#EXT-X-TARGETDURATION:4', ...segments(10, 15)]],
    ['with a segment that is too long', /longer than the target/, [...good, ...segment(15, '4.500')]],
    ['with an empty segment', /has no duration/, [...good, ...segment(15, '0.000')]],
    ['with its number behind a segment', /behind the first/, [...head, ...segment(1), '#EXT-X-MEDIA-SEQUENCE:1']],
    ['of too low a version', /VERSION is 2/, changed('#EXT-X-VERSION:6', '#EXT-X-VERSION:2')],
    [
      'with a map and version 3',
      /6 is needed/,
      [...changed(head[1]!, '#EXT-X-VERSION:3'), '#EXT-X-MAP:URI="i"', ...segment(15)],
    ],
    ['with a URI that is not encoded', /is no URI/, [...good, '#EXTINF:4.0,', 'a b.ts']],
    ['with a broken escape', /is no URI/, [...good, '#EXTINF:4.0,', 'a%2.ts']],
    [
      'with a date without a zone',
      /no date/,
      [...good, '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000', ...segment(15)],
    ],
    ['with parts and no PART-INF', /no EXT-X-PART-INF/, [...good, part('p.ts')]],
    ['with a part that is too long', /longer than 0.5/, [...lowLatency, part('p2.ts', '0.501')]],
    ['with a part that is too short', /85 %/, [...lowLatency, part('p2.ts', '0.4'), part('p3.ts')]],
    ['with two hints', /two preload hints/, [...lowLatency, hint('p3.ts')]],
    ['with a hint at its end', /has ended/, [...lowLatency, '#EXT-X-ENDLIST']],
    [
      'with too small a PART-HOLD-BACK',
      /below 3 part targets/,
      lowLatency.map((line) => line.replace('BACK=1.5', 'BACK=1.0')),
    ],
    ['with too small a HOLD-BACK', /below 3 target/, lowLatency.map((line) => line.replace('BACK=12', 'BACK=9'))],
    ['with too small a CAN-SKIP-UNTIL', /below 6 target/, lowLatency.map((line) => line.replace('L=24', 'L=20'))],
    [
      'with parts far from its end',
      /still has parts/,
      [...partHead, part('x.ts', '0.5'), ...segment(1, '0.5'), ...segments(2, 9)],
    ],
    ['whose parts are not their segment', /s off/, [...partHead, part('x.ts', '0.5'), ...segment(1)]],
    ['with a bad attribute', /no attribute list/, [...partHead, '#EXT-X-PART:DURATION=0.5,URI=x y']],
  ];
  for (const [what, pattern, lines] of wrong) test(what, () => assertFault(pattern, lines));

  test('with parts that are short because their segment ends, or begin with a key frame', () => {
    const short = [part('a.ts', '0.2', ',INDEPENDENT=YES'), part('b.ts', '0.5'), part('c.ts', '0.3')];
    assert.deepEqual(faultsOf([...partHead, ...segments(1, 4), ...short, ...segment(4, '1.000')]), []);
  });
});

describe('a playlist and the next', () => {
  const next = [...head, '#EXT-X-MEDIA-SEQUENCE:11', numbers[1]!, ...segments(11, 16)];

  test('that goes on has no fault', () => {
    assert.deepEqual(faultsOf(good, next), []);
    assert.deepEqual(faultsOf(good, good), []);
    assert.deepEqual(faultsOf(good, [...next, '#EXT-X-ENDLIST'], [...next, '#EXT-X-ENDLIST']), []);
  });

  const replace = (from: string | RegExp, to: string) => next.map((line) => line.replace(from, to));
  const wrong: readonly (readonly [string, RegExp, readonly string[]])[] = [
    ['goes back', /goes back/, good.map((line) => line.replace('SEQUENCE:10', 'SEQUENCE:9'))],
    ['calls a segment by another name', /the uri of segment 12/, replace('s-12.ts', 'x.ts')],
    ['gives a segment another duration', /the duration of segment 11/, replace('#EXTINF:4.000,', '#EXTINF:3.900,')],
    [
      'puts a discontinuity where there was none',
      /the discontinuity of segment 12/,
      next.flatMap((line) => (line === 's-11.ts' ? [line, '#EXT-X-DISCONTINUITY'] : [line])),
    ],
    [
      'forgets a discontinuity that it removed',
      /number of discontinuities/,
      replace('DISCONTINUITY-SEQUENCE:2', 'DISCONTINUITY-SEQUENCE:3'),
    ],
    ['changes its target duration for nothing', /TARGETDURATION changes/, replace('DURATION:4', 'DURATION:5')],
    ['lowers its target duration', /TARGETDURATION changes/, replace('DURATION:4', 'DURATION:3')],
    ['changes its version', /VERSION changes/, replace('VERSION:6', 'VERSION:7')],
    ['loses its end', /at the end are gone/, [...head, ...numbers, ...segments(10, 14)]],
    [
      'is too short after a removal',
      /shorter than 12 s/,
      [...head, '#EXT-X-MEDIA-SEQUENCE:13', numbers[1]!, ...segments(13, 15)],
    ],
    ['says of itself what it did not say', /INDEPENDENT/, [...head, '#EXT-X-INDEPENDENT-SEGMENTS', ...next.slice(3)]],
  ];
  for (const [what, pattern, lines] of wrong) test(what, () => assertFault(pattern, good, lines));

  test('changes after its end', () => {
    assertFault(/after its end/, [...good, '#EXT-X-ENDLIST'], next);
  });

  test('may raise its target duration for a segment that is longer', () => {
    const longer = [...replace('DURATION:4', 'DURATION:6'), ...segment(16, '6.2')];
    const checker = new HlsChecker();
    for (const lines of [good, longer]) assert.deepEqual(checker.take(textOf(lines)).faults, []);
    assert.equal(checker.counts.raises, 1);
  });

  test('must keep the parts that it told, and the one that it promised', () => {
    const more = [
      ...partHead,
      ...numbers,
      ...segments(10, 15),
      part('p0.ts'),
      part('p1.ts'),
      part('p2.ts'),
      hint('p3.ts'),
    ];
    assert.deepEqual(faultsOf(lowLatency, more), []);
    assertFault(
      /announced as p2/,
      lowLatency,
      more.map((line) => line.replace('p2', 'q2')),
    );
    assertFault(
      /part p0.ts changes/,
      lowLatency,
      more.map((line) => line.replace('p0', 'q0')),
    );
    assertFault(
      /PART-TARGET changes/,
      lowLatency,
      more.map((line) => line.replace('TARGET=0.5', 'TARGET=0.6')),
    );
  });

  test('is whole again after a delta update, or that is a fault', () => {
    const rest = [...segments(12, 16), hint('p0.ts')];
    const delta = [...partHead, ...numbers, '#EXT-X-SKIP:SKIPPED-SEGMENTS=2', ...rest];
    const before = [...partHead, ...numbers, ...segments(10, 15), hint('x.ts')];
    assert.deepEqual(faultsOf(before, delta), []);
    assertFault(
      /does not have/,
      before,
      delta.map((line) => line.replace('SEGMENTS=2', 'SEGMENTS=9')),
    );
    assertFault(/does not have/, delta);
  });

  test('tells what is new in it', () => {
    const checker = new HlsChecker();
    const added = [good, next].map((lines) => checker.take(textOf(lines)).added.map(({ uri }) => uri));
    assert.deepEqual(added, [[10, 11, 12, 13, 14].map((n) => `s-${n}.ts`), ['s-15.ts']]);
  });
});

describe('attribute lists', () => {
  test('are read strictly', () => {
    const read = (text: string) => {
      const { values, faults } = readAttributes(text);
      return [Object.fromEntries(values), faults.length];
    };
    assert.deepEqual(read('A=1,B="x, y=z",C=YES'), [{ A: '1', B: 'x, y=z', C: 'YES' }, 0]);
    assert.deepEqual(read('A=1,A=2'), [{ A: '2' }, 1]);
    assert.deepEqual(read('A=1,'), [{ A: '1' }, 1]);
    assert.deepEqual(read('a=1'), [{}, 1]);
    assert.deepEqual(read('A="x'), [{}, 1]);
  });
});
