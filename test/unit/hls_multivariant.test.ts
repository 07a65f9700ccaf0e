// What a multivariant playlist says of its variants.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { multivariantText } from '../../src/hls/multivariant.js';
import { ratesOf } from '../../src/hls/rates.js';

describe('the rates of a playlist', () => {
  test('the peak is that of its densest fragment, the average that of all', () => {
    const pieces = [
      { duration: 2000, bytes: 100_000 },
      { duration: 2000, bytes: 300_000 },
    ];
    assert.deepEqual(ratesOf(pieces, 2000), { average: 800_000, peak: 1_200_000 });
  });

  test('a fragment of less than half a target duration is no peak', () => {
    const pieces = [
      { duration: 2000, bytes: 100_000 },
      { duration: 100, bytes: 50_000 },
    ];
    assert.deepEqual(ratesOf(pieces, 2000), { average: 571_429, peak: 571_429 });
  });

  test('of nothing there is no rate', () => assert.equal(ratesOf([], 2000), undefined));
});

test('what is not known is left out', () => {
  const rates = { peak: 900_000, average: 700_000 };
  const variants = [
    { ...rates, uri: '../s.m3u8', codecs: 'avc1.64001f,mp4a.40.2', width: 1280, height: 720 },
    { ...rates, uri: '../s_sound.m3u8', codecs: 'mp4a.40.2', width: 0, height: 0 },
    { ...rates, uri: '../s_odd.m3u8', codecs: '', width: 0, height: 0 },
  ];
  assert.equal(
    multivariantText(variants),
    `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=700000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720
../s.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=700000,CODECS="mp4a.40.2"
../s_sound.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=700000
../s_odd.m3u8
`,
  );
});
