// Targets of forwards as they are written, what they mean for a stream, circles, and when a copy is tried again.
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { forwardTarget, readForwardServer } from '../../src/config/forward_target.js';
import { parseConfig } from '../../src/config/load.js';
import { destinationOf } from '../../src/forward/destination.js';
import { Forwards, type ForwardsOptions } from '../../src/forward/feature.js';
import { isLoop, pathThrough } from '../../src/forward/identity.js';
import type { Log } from '../../src/log.js';
import type { NativeEvent, StreamGrant } from '../../src/native.js';
import type { RelayPeer } from '../../src/native/relay.js';

const key = { vhost: 'v.example', app: 'live', stream: 's' };
const inDefault = { ...key, vhost: '__defaultVhost__' };

function to(text: string, of = key) {
  const server = readForwardServer(text);
  assert.ok(server, text);
  return destinationOf(server, of);
}

describe('a target', () => {
  test('takes the stream as it is named here', () => {
    const { host, port, tcUrl, app, stream, name } = to('192.0.2.1');
    assert.deepEqual([host, port, tcUrl, app, stream], ['192.0.2.1', 1935, 'rtmp://v.example:1935/live', 'live', 's']);
    assert.equal(name, '192.0.2.1:1935/live/s?vhost=v.example');
    assert.equal(to('192.0.2.1:19350', inDefault).tcUrl, 'rtmp://192.0.2.1:19350/live');
  });

  test('may have an app, a vhost and parameters of its own, with variables', () => {
    const { tcUrl, app, stream, name } = to('h.example/[app]/[vhost]?vhost=w.example&token=x');
    assert.equal(tcUrl, 'rtmp://w.example:1935/live/v.example');
    assert.deepEqual([app, stream], ['live/v.example', 's?token=x']);
    assert.ok(!name.includes('token'), 'no secret in a log');
  });

  test('may be a whole URL, whose last level is the stream', () => {
    const { tcUrl, app, stream } = to('rtmp://h.example/live2/KEY');
    assert.deepEqual([tcUrl, app, stream], ['rtmp://h.example:1935/live2', 'live2', 'KEY']);
    assert.equal(to('rtmp://[2001:db8::1]:80/a/b/[stream]').tcUrl, 'rtmp://[2001:db8::1]:80/a/b');
  });

  test('that is none is refused', () => {
    for (const text of ['', 'h:0', 'h:65536', 'h:x', 'h/[file]', 'http://', '[app]', 'h h']) {
      assert.equal(forwardTarget.read(text), undefined, text);
    }
    assert.deepEqual(forwardTarget.read('http://h/f'), { kind: 'backend', url: 'http://h/f' });
  });

  test('stands in a line or in a block', () => {
    const read = (text: string) => parseConfig(`vhost v { ${text} }`, 'x.conf').config.vhost[0]?.forward;
    const [a, b] = ['192.0.2.1', 'http://h/f'].map((text) => forwardTarget.read(text));
    assert.deepEqual(read('forward 192.0.2.1 http://h/f;'), [a, b]);
    assert.deepEqual(read('forward { enabled on; destination 192.0.2.1; backend http://h/f; }'), [a, b]);
    assert.deepEqual(read('forward { enabled off; destination 192.0.2.1; }'), []);
    assert.throws(() => read('forward { destinatoin 192.0.2.1; }'), /destination/);
  });
});

test('a stream that comes back, or has passed too many servers, goes in a circle', () => {
  const path = pathThrough(key, pathThrough({ ...key, stream: 'other' }, ''));
  assert.ok(isLoop(key, path));
  assert.ok(!isLoop({ ...key, stream: 'third' }, path));
  assert.ok(!isLoop(key, Array(16).fill('x').join(',')));
  assert.ok(isLoop(key, Array(17).fill('x').join(',')));
});

type Failure = Extract<NativeEvent, { type: 'pushEnded' }>['reason'];

/** Forwards whose engine is the test. */
function running(context: TestContext, forward: string) {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let config = parseConfig(`vhost v.example { forward ${forward}; }`, 'x.conf').config;
  const pushed: (RelayPeer & { readonly conn: number })[] = [];
  const kicked: number[] = [];
  const ignore = (): void => undefined;
  const options: ForwardsOptions = {
    engine: {
      push: (_, target) => pushed.push({ ...target, conn: pushed.length + 1 }),
      kick: (conn) => kicked.push(conn) > 0,
    },
    config: () => config,
    log: { info: ignore, warn: ignore, debug: ignore } as unknown as Log,
    grantOf: () => key as StreamGrant,
    ask: () => Promise.resolve([]),
    resolve: (host) => Promise.resolve([host]),
    random: () => 1,
  };
  const forwards = new Forwards(options);
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    ...{ pushed, kicked, forwards },
    tell: async (event: NativeEvent) => {
      forwards.handle(event);
      await settle();
    },
    publish: () => ({ type: 'published', conn: 100, ip: '', tcUrl: '', relayPath: '', ...key }) as const,
    ended: (conn: number, reason: Failure): NativeEvent => {
      const sums = { bytesIn: 0, bytesOut: 7, duration: 0 };
      return { type: 'pushEnded', conn, reason, message: '', ip: '', ...key, ...sums };
    },
    pass: async (milliseconds: number) => {
      context.mock.timers.tick(milliseconds);
      await settle();
    },
    reload: async (next: string) => {
      config = parseConfig(`vhost v.example { forward ${next}; }`, 'x.conf').config;
      forwards.follow();
      await settle();
    },
  };
}

describe('a copy', () => {
  test('is tried again after pauses that grow to ten seconds', async (context) => {
    const { tell, publish, ended, pass, pushed, forwards } = running(context, '192.0.2.1');
    await tell(publish());
    for (const [i, wait] of [500, 1000, 2000, 4000, 8000, 10_000, 10_000].entries()) {
      await tell(ended(i + 1, 'connect_failed'));
      assert.equal(forwards.stats().copies[0]?.state, 'waiting');
      await pass(wait - 1);
      assert.equal(pushed.length, i + 1, `${wait} ms`);
      await pass(1);
      assert.equal(pushed.length, i + 2, `${wait} ms`);
    }
    assert.equal(forwards.stats().failures.get('connect_failed'), 7);
    await tell({ type: 'pushing', conn: 8, ...key });
    await pass(10_000);
    await tell(ended(8, 'peer_closed'));
    await pass(500);
    assert.equal(pushed.length, 9, 'after a good connection the pause is the first again');
  });

  test('in a circle is not tried again', async (context) => {
    const { tell, publish, ended, pass, pushed, forwards } = running(context, '192.0.2.1');
    await tell(publish());
    await tell(ended(1, 'forward_loop'));
    await pass(60_000);
    assert.equal(pushed.length, 1);
    assert.equal(forwards.stats().copies[0]?.state, 'refused');
  });

  test('ends with its stream', async (context) => {
    const { tell, publish, ended, pass, pushed, kicked, forwards } = running(context, '192.0.2.1 192.0.2.2');
    await tell(publish());
    await tell(ended(2, 'connect_failed'));
    await tell({ type: 'unpublished', conn: 100, reason: 'finished', ...key });
    assert.deepEqual(kicked, [1]);
    await tell(ended(1, 'finished'));
    await pass(60_000);
    assert.equal(pushed.length, 2);
    const { copies, attempts } = forwards.stats();
    assert.deepEqual([copies.length, attempts], [0, 2]);
  });

  test('that a reload does not name is ended, and others stay', async (context) => {
    const { tell, publish, reload, pushed, kicked } = running(context, '192.0.2.1 192.0.2.2');
    await tell(publish());
    await reload('192.0.2.2 192.0.2.3');
    assert.deepEqual(kicked, [1]);
    assert.deepEqual(
      pushed.map(({ host }) => host),
      ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
    );
  });
});
