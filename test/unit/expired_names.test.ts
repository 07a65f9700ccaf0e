import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpiredNames } from '../../src/hls/expired_names.js';

const minute = 60_000;

test('a fragment that is gone is known by its path, with and without its vhost', () => {
  const names = new ExpiredNames();
  names.add('one.example/live/s-1.ts');
  names.add('/any/s-2.ts');
  assert.ok(names.has('one.example', '/live/s-1.ts'));
  assert.ok(!names.has('two.example', '/live/s-1.ts'));
  assert.ok(names.has('two.example', '/any/s-2.ts'));
});

test('what cannot be taken for a live stream is not kept', () => {
  const names = new ExpiredNames();
  names.add('/live/s-1.m4s');
  assert.ok(!names.has('', '/live/s-1.m4s'));
});

test('a name is known for two minutes, and forgotten after four', () => {
  let now = 0;
  const names = new ExpiredNames(() => now);
  names.add('/live/s-0.ts');
  for (let i = 1; i <= 240; i++) {
    now += 1000;
    names.add(`/live/s-${i}.ts`);
    if (now < 2 * minute) assert.ok(names.has('', '/live/s-0.ts'), `at ${now} ms`);
  }
  assert.ok(!names.has('', '/live/s-0.ts'));
  assert.ok(names.has('', '/live/s-240.ts'));
});

test('however many there are, no more than twenty thousand are kept', () => {
  const names = new ExpiredNames(() => 0);
  for (let i = 0; i < 50_000; i++) names.add(`/live/s-${i}.ts`);
  const known = Array.from({ length: 50_000 }, (_, i) => names.has('', `/live/s-${i}.ts`)).filter(Boolean);
  assert.ok(known.length >= 10_000 && known.length <= 20_000, String(known.length));
});
