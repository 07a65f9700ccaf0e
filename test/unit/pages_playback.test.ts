// What the viewers' pages decide: which protocol, how near to live, when to try again, and how they say it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { retryDelay } from '../../src/pages/web/model/backoff.js';
import { boundedDelay, chaseStep, delays, noChase, type Chase, type Delay } from '../../src/pages/web/model/chase.js';
import { faultOfStatus, faultText, isPassing, isProtocols, type FaultKind } from '../../src/pages/web/model/faults.js';
import { bitrate, codecName, dropped, duration, resolution, seconds } from '../../src/pages/web/model/figures.js';
import { curve, Rate, Series } from '../../src/pages/web/model/meter.js';
import { attempts, type Abilities } from '../../src/pages/web/model/protocols.js';
import { countdown, describeState } from '../../src/pages/web/model/state.js';

const short = delays.short ?? assert.fail();

/** Plays for some seconds at what the chase advises; `network` says how much arrives in each step. */
function simulate(
  behind: number,
  duration: number,
  delay: Delay,
  network: (time: number) => number = () => 1,
): { behind: number; jumps: number; dry: number } {
  const step = 0.2;
  let chase: Chase = noChase;
  let rate = 1;
  let jumps = 0;
  let dry = 0;
  let stalled = false;
  for (let time = 0; time < duration; time += step) {
    behind += network(time) * step - rate * step;
    if (behind < 0) {
      behind = 0;
      dry += 1;
      stalled = true;
    }
    const advice = chaseStep(chase, { behind, elapsed: step, stalled }, delay);
    stalled = false;
    ({ chase, rate } = advice);
    if (advice.jumpTo === undefined) continue;
    behind = advice.jumpTo;
    jumps += 1;
  }
  return { behind, jumps, dry };
}

describe('chasing live', () => {
  test('what is a little late catches up without a jump, and then stays', () => {
    const { behind, jumps } = simulate(1.8, 30, short);
    assert.equal(jumps, 0);
    assert.ok(Math.abs(behind - short.target) < 0.2, String(behind));
  });

  test('what is too early slows down', () => {
    const { behind } = simulate(0.1, 30, short);
    assert.ok(Math.abs(behind - short.target) < 0.2, String(behind));
  });

  test('what is very late jumps, once', () => {
    const { behind, jumps } = simulate(8, 10, short);
    assert.equal(jumps, 1);
    assert.ok(Math.abs(behind - short.target) < 0.2, String(behind));
  });

  test('pieces of a third of a second do not make it restless', () => {
    const inPieces = (time: number): number => (Math.round(time / 0.2) % 2 === 0 ? 2 : 0);
    const { dry, jumps } = simulate(0.5, 60, short, inPieces);
    assert.deepEqual([dry, jumps], [0, 0]);
  });

  test('a network that stutters gets a larger distance', () => {
    // Nothing for a second out of every five, then all at once.
    const stutter = (time: number): number => (time % 5 < 1 ? 0 : time % 5 < 1.2 ? 6 : 1);
    const first = simulate(0.5, 20, short, stutter).dry;
    const all = simulate(0.5, 120, short, stutter).dry;
    assert.ok(first > 0, 'it runs dry at first');
    assert.ok(all < first * 4, `${String(all)} times dry in two minutes, ${String(first)} in the first twenty seconds`);
  });

  test('a speed of 1 never hurries', () => {
    assert.equal(chaseStep(noChase, { behind: 1.5, elapsed: 0.2, stalled: false }, { ...short, rate: 1 }).rate, 1);
  });

  test('what a person asks for is brought within bounds', () => {
    assert.deepEqual(boundedDelay({ target: Number.NaN, jump: 0, rate: 9 }), { target: 0.1, jump: 0.6, rate: 2 });
    assert.deepEqual(boundedDelay({ target: 5, jump: 1, rate: 0 }), { target: 5, jump: 5.5, rate: 1 });
  });
});

describe('the choice of a protocol', () => {
  const all: Abilities = { mediaSource: true, streamingFetch: true, webSocket: true, nativeHls: true };
  test('auto begins with the least delay', () => {
    assert.deepEqual(attempts('auto', all), ['ws-flv', 'flv', 'll-hls', 'native']);
  });
  test('a browser without Media Source plays HLS itself', () => {
    assert.deepEqual(attempts('auto', { ...all, mediaSource: false }), ['native']);
    assert.deepEqual(attempts('auto', { ...all, mediaSource: false, nativeHls: false }), []);
  });
  test('what the viewer chose is tried alone, or not at all', () => {
    assert.deepEqual(attempts('hls', all), ['hls']);
    assert.deepEqual(attempts('native', { ...all, nativeHls: false }), []);
  });
});

describe('faults', () => {
  const kinds: readonly FaultKind[] = [
    'off-air',
    'ended',
    'network',
    'refused',
    'busy',
    'codec',
    'decode',
    'blocked',
    'autoplay',
    'unsupported',
  ];

  test('each has words of its own, without jargon', () => {
    const texts = kinds.map(faultText);
    assert.equal(new Set(texts.map(({ title }) => title)).size, kinds.length);
    for (const { title, advice } of texts) {
      assert.ok(title.length < 30 && advice.length < 140);
      assert.doesNotMatch(title + advice, /\b(MSE|SourceBuffer|WebSocket|HTTP|404|403|undefined)\b/);
    }
  });

  test('those that pass are tried again, those of a protocol by another', () => {
    assert.deepEqual(kinds.filter(isPassing), ['off-air', 'ended', 'network', 'busy', 'decode']);
    assert.deepEqual(kinds.filter(isProtocols), ['codec', 'blocked', 'unsupported']);
  });

  test('a status says what is wrong', () => {
    const kindsOf = [200, 204, 401, 403, 404, 429, 400, 500, 503].map((status) => faultOfStatus(status)?.kind);
    const wanted = [undefined, undefined, 'refused', 'refused', 'off-air', 'busy', 'network', 'busy', 'busy'];
    assert.deepEqual(kindsOf, wanted);
  });

  test('attempts come ever later, up to a bound, and never all at once', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 50].map((attempt) => retryDelay(attempt, 0)),
      [1000, 2000, 4000, 8000, 15_000, 15_000],
    );
    assert.equal(retryDelay(50, 1), 10_500);
  });

  test('a state tells what helps', () => {
    const words = describeState({ kind: 'fault', fault: { kind: 'network' }, retryAt: 3200 });
    assert.deepEqual([words.wantsPlay, words.canRetry, words.short], [false, true, 'Connection lost']);
    assert.equal(countdown({ kind: 'fault', fault: { kind: 'network' }, retryAt: 3200 }, 1000), 'Next attempt in 3 s');
    assert.equal(describeState({ kind: 'fault', fault: { kind: 'autoplay' } }).wantsPlay, true);
    assert.equal(describeState({ kind: 'playing', protocol: 'flv' }).title, '');
  });
});

describe('figures', () => {
  test('are written as people read them', () => {
    assert.deepEqual([bitrate(830.4), bitrate(1254), bitrate(undefined)], ['830 kbit/s', '1.25 Mbit/s', '–']);
    assert.deepEqual([seconds(0.456), seconds(12.34), seconds(undefined)], ['0.46 s', '12.3 s', '–']);
    assert.deepEqual([7, 754, 11_045, 183_600].map(duration), ['0:07', '12:34', '3:04:05', '2 d 3 h']);
    assert.deepEqual([resolution(1280, 720), resolution(0, 0)], ['1280 × 720', '–']);
    assert.deepEqual([dropped(3, 600), dropped(0, 0)], ['3 (0.5 %)', '–']);
  });

  test('codecs have the names on the box', () => {
    const codecs = [
      'avc1.64001f',
      'avc1.42C015',
      'hvc1.1.6.L93.B0',
      'av01.0.05M.08',
      'mp4a.40.2',
      'mp4a.40.5',
      'mp4a.40.34',
      'Opus',
      'h264',
      '',
      'x',
    ];
    const wanted = [
      'H.264 High 3.1',
      'H.264 Baseline 2.1',
      'H.265',
      'AV1',
      'AAC',
      'HE-AAC',
      'MP3',
      'Opus',
      'H.264',
      '–',
      'x',
    ];
    assert.deepEqual(codecs.map(codecName), wanted);
  });

  test('a rate is over its window, and begins anew with its counter', () => {
    const rate = new Rate(3000);
    assert.equal(rate.perSecond, undefined);
    for (let second = 0; second <= 10; second += 1) rate.add(second * 1000, second < 5 ? 0 : (second - 5) * 25);
    assert.equal(rate.perSecond, 25);
    rate.add(11_000, 3);
    assert.equal(rate.perSecond, undefined);
  });

  test('a curve ends at the right, and holds what fits', () => {
    const series = new Series(3);
    assert.equal(curve(series), '');
    for (const value of [9, 1, 2, 1]) series.push(value);
    assert.deepEqual(series.values, [1, 2, 1]);
    assert.deepEqual(
      curve(series)
        .split(' ')
        .map((point) => point.split(',')[0]),
      ['0.0', '50.0', '100.0'],
    );
  });
});
