// What differs between two configurations, by the names of the schema table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffConfig } from '../../src/config/diff.js';
import { parseConfig } from '../../src/config/load.js';

const read = (text: string) => parseConfig(text, 'test.conf').config;
const diff = (before: string, after: string) => diffConfig(read(before), read(after));

test('the same configuration, written another way, is no change', () => {
  assert.deepEqual(diff('listen 1935;', 'listen\n  1935;\nvhost __defaultVhost__ { }'), []);
  assert.deepEqual(diff('max_connections 1000;', ''), []);
});

test('a directive is named with its blocks and its vhost', () => {
  assert.deepEqual(diff('vhost a { hls { hls_fragment 2; } }', 'vhost a { hls { hls_fragment 3; } }'), [
    { path: 'vhost a hls hls_fragment', vhost: 'a' },
  ]);
  assert.deepEqual(diff('', 'max_connections 7;'), [{ path: 'max_connections' }]);
});

test('a vhost that comes or goes is one change', () => {
  assert.deepEqual(diff('vhost a { } vhost b { }', 'vhost b { } vhost c { gop_cache off; }'), [
    { path: 'vhost a', vhost: 'a' },
    { path: 'vhost c', vhost: 'c' },
  ]);
});

test('vhosts in another order are no change', () => {
  assert.deepEqual(diff('vhost a { } vhost b { }', 'vhost b { } vhost a { }'), []);
});

test('blocks with the same label are told apart by their order', () => {
  const transcode = (bitrate: number) => `transcode live { engine e { vbitrate ${bitrate}; } }`;
  assert.deepEqual(diff(`vhost a { ${transcode(1)} ${transcode(2)} }`, `vhost a { ${transcode(1)} ${transcode(3)} }`), [
    { path: 'vhost a transcode live (2) engine e vbitrate', vhost: 'a' },
  ]);
});

test('what only a restart applies says why', () => {
  const [change, ...others] = diff('', 'threads 2;');
  assert.equal(change?.path, 'threads');
  assert.match(change.restart ?? '', /thread/);
  assert.equal(others.length, 0);
});
