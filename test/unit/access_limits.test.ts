// Limits: who is counted, and until when.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Limits, type LimitQuestion } from '../../src/access/limits.js';
import { parseConfig } from '../../src/config/load.js';
import type { StreamStats } from '../../src/native.js';

const configOf = (text: string) => parseConfig(`vhost v { ${text} }`, 'x.conf').config.vhost;

let connections = 0;
function asks(more: Partial<LimitQuestion> = {}): LimitQuestion {
  const conn = more.conn ?? ++connections;
  const stream = { vhost: 'v', app: 'live', stream: 's' };
  return { action: 'play', protocol: 'flv', client: String(conn), ip: '192.0.2.1', ...stream, ...more, conn };
}

function limitsOf(text: string) {
  const vhosts = configOf(text);
  let now = 0;
  const limits = new Limits(() => now);
  const check = (question: LimitQuestion) => {
    const verdict = limits.check(question, vhosts[0] ?? assert.fail());
    return verdict.allow ? 'allowed' : verdict.reason;
  };
  return { limits, check, vhosts, pass: (milliseconds: number) => (now += milliseconds) };
}

function stats(more: Partial<StreamStats>): StreamStats {
  return { vhost: 'v', app: 'live', stream: 's', publisher: 9, inRate3: 0, outRate3: 0, ...more } as StreamStats;
}

describe('a limit', () => {
  test('of a vhost is for its connections, and free again when one closes', () => {
    const { limits, check } = limitsOf('max_connections 2;');
    const first = asks({ action: 'connect', protocol: 'rtmp', stream: '' });
    assert.equal(check(first), 'allowed');
    assert.equal(check(asks()), 'allowed');
    assert.equal(check(asks()), 'vhost_full');
    assert.equal(check({ ...first, action: 'play', stream: 's' }), 'allowed', 'who is in already is no second one');
    limits.closed(first.client);
    assert.equal(check(asks()), 'allowed');
  });

  test('of a stream is for its players, and free again when one stops', () => {
    const { limits, check } = limitsOf('max_players 1;');
    const first = asks();
    assert.equal(check(first), 'allowed');
    assert.equal(check(asks()), 'stream_full');
    assert.equal(check(asks({ stream: 't' })), 'allowed');
    assert.equal(check(asks({ action: 'publish' })), 'allowed');
    limits.stopped(first.client);
    assert.equal(check(asks()), 'allowed');
  });

  test('of an address is for that address', () => {
    const { check } = limitsOf('max_per_ip 1;');
    assert.equal(check(asks()), 'allowed');
    assert.equal(check(asks()), 'address_full');
    assert.equal(check(asks({ ip: '192.0.2.2' })), 'allowed');
  });

  test('leaves nothing behind when everybody has gone, however often each end is told', () => {
    const { limits, check } = limitsOf('max_per_ip 1000; max_players 1000;');
    const all = Array.from({ length: 500 }, (_, i) => asks({ stream: `s${i % 7}`, ip: `192.0.2.${i % 9}` }));
    for (const question of all) assert.equal(check(question), 'allowed');
    for (const question of all) limits.rename(question, 'other');
    for (const { client } of all) {
      limits.stopped(client);
      limits.closed(client);
      limits.closed(client);
    }
    assert.equal(limits.size, 0);
    const tight = limitsOf('max_players 1; max_per_ip 1;');
    assert.equal(tight.check(asks()), 'allowed');
  });

  test('is no reason to keep a record where there is none', () => {
    const { limits, check } = limitsOf('');
    assert.equal(check(asks()), 'allowed');
    assert.equal(limits.size, 0);
  });

  test('of the output counts those who just came', () => {
    const { limits, check, vhosts } = limitsOf('max_output_bitrate 1000;');
    limits.sweep([stats({ inRate3: 400_000, outRate3: 400_000 })], vhosts);
    assert.equal(check(asks()), 'allowed');
    assert.equal(check(asks()), 'output_limit');
    limits.sweep([stats({ inRate3: 400_000, outRate3: 300_000 })], vhosts);
    assert.equal(check(asks()), 'allowed');
  });

  test('of the bitrate ends a publisher who is above it', () => {
    const { limits, vhosts } = limitsOf('max_bitrate 1000;');
    const streams = [stats({ inRate3: 999_000 }), stats({ stream: 't', publisher: 8, inRate3: 1_100_000 })];
    assert.deepEqual(limits.sweep(streams, vhosts), [{ conn: 8, reason: 'bitrate_limit' }]);
  });
});

describe('what a hook grants', () => {
  test('ends a client when its seconds are over', () => {
    const { limits, vhosts, pass } = limitsOf('');
    const question = asks();
    limits.grant(question, { seconds: 2 });
    pass(1999);
    assert.deepEqual(limits.sweep([], vhosts), []);
    pass(1);
    assert.deepEqual(limits.sweep([], vhosts), [{ conn: question.conn, reason: 'time_limit' }]);
  });

  test('limits players and bitrate of the stream that it let publish, until that ends', () => {
    const { limits, check, vhosts } = limitsOf('');
    const publisher = asks({ action: 'publish', conn: 9001 });
    limits.grant(publisher, { players: 1, bitrate: 500 });
    assert.equal(check(asks()), 'allowed');
    assert.equal(check(asks()), 'stream_full');
    const tooMuch = [stats({ publisher: 9001, inRate3: 600_000 })];
    assert.deepEqual(limits.sweep(tooMuch, vhosts), [{ conn: 9001, reason: 'bitrate_limit' }]);
    limits.stopped(publisher.client);
    assert.equal(check(asks()), 'allowed');
  });
});
