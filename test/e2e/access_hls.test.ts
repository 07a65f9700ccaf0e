// Viewers of guarded lists (HLS): the same checks as players, asked once for each viewer, told when he has left.
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { makeToken } from '../../src/access/token.js';
import { startClients } from '../../src/clients.js';
import { parseConfig } from '../../src/config/load.js';
import type { Log } from '../../src/log.js';
import { native } from '../../src/native.js';
import { backend } from './support/backend.js';
import { engineOptions } from './support/engine.js';

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} } as unknown as Log;
const secret = 'a-secret-of-16-chars';

/** An engine with the checks of this vhost, and a guarded list at /live/s.m3u8. */
function guarded(context: TestContext, vhost: string) {
  const { config } = parseConfig(`vhost v { ${vhost} }`, 'x.conf');
  let stopped = (): void => undefined;
  const engine = native().createEngine(engineOptions, (events) => {
    for (const event of events) {
      clients.handle(event);
      if (event.type === 'stopped-engine') stopped();
    }
  });
  const stats = () => engine.stats();
  const common = {
    stats,
    config: () => config,
    log: silent,
    access: undefined,
    hls: () => null,
    isExpired: () => false,
    serverId: 'vid-0000000',
  };
  const clients = startClients({ ...common, engine });
  context.after(async () => {
    const ended = new Promise<void>((resolve) => (stopped = resolve));
    engine.stop(0);
    await ended;
    await clients.stop();
  });
  engine.setVhosts(['v'], 'v');
  const [of] = config.vhost;
  assert.ok(of && clients.asksViewers(of));
  const view = engine.openView({ vhost: 'v', app: 'live', stream: 's' }, { ask: true, grant: 300, idle: 300 });
  engine.putObject('v/live/s.m3u8', {
    ...{ cacheControl: 'no-cache', etag: '', view },
    body: Buffer.from('#EXTM3U\n'),
    contentType: 'application/vnd.apple.mpegurl',
  });
  const { port } = engine.listen('127.0.0.1', 0, 'http');
  const fetchList = async (query = '', referer = 'http://a.com/') => {
    const answer = await fetch(`http://127.0.0.1:${port}/live/s.m3u8${query}`, { headers: { referer } });
    return { status: answer.status, body: await answer.text() };
  };
  return fetchList;
}

describe('a viewer of HLS', { concurrency: 2 }, () => {
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const token = (stream: string, until = expires) =>
    `?token=${makeToken(secret, { action: 'play', app: 'live', stream, expires: until })}`;
  const tokens = `token { enabled on; secret ${secret}; }`;
  const cases: readonly [name: string, vhost: string, query: string, text: RegExp][] = [
    ['without a token', tokens, '', /token_missing/],
    ['with a wrong token', tokens, '?token=x', /token_invalid/],
    ['with a token for another stream', tokens, token('t'), /token_invalid/],
    ['with an expired token', tokens, token('s', 1000), /token_expired/],
    ['from a denied address', 'security { enabled on; deny play 127.0.0.1; }', '', /address_denied/],
    ['from another page', 'refer_play github.com;', '', /refer_denied/],
  ];
  for (const [name, vhost, query, text] of cases) {
    test(`${name} is refused, and told why`, async (context) => {
      const fetchList = guarded(context, vhost);
      const { status, body } = await fetchList(query, 'http://evilgithub.com/');
      assert.equal(status, 403);
      assert.match(body, text);
    });
  }

  test('with his token is served', async (context) => {
    const fetchList = guarded(context, tokens);
    assert.deepEqual(await fetchList(token('s')), { status: 200, body: '#EXTM3U\n' });
  });

  test('over max_players is refused, and served when another has left', async (context) => {
    const server = await backend(context, (_, response) => response.end('0'));
    const on = `http_hooks { enabled on; on_stop ${server.url}/; }`;
    const fetchList = guarded(context, `max_players 1; ${on}`);
    assert.equal((await fetchList('?viewer=1')).status, 200);
    const { status, body } = await fetchList('?viewer=2');
    assert.equal(status, 503);
    assert.match(body, /stream_full/);
    await server.first((fields) => fields['action'] === 'on_stop');
    assert.equal((await fetchList('?viewer=3')).status, 200);
  });

  test('is one on_play, however often he asks, and one on_stop', async (context) => {
    const server = await backend(context, (_, response) => response.end('0'));
    const on = `http_hooks { enabled on; on_play ${server.url}/; on_stop ${server.url}/; }`;
    const fetchList = guarded(context, on);
    for (let i = 0; i < 5; i++) assert.equal((await fetchList('?viewer=1')).status, 200);
    const { body } = await server.first((fields) => fields['action'] === 'on_stop');
    assert.deepEqual([body['stream'], body['param']], ['s', '?viewer=1']);
    assert.deepEqual(
      server.received.map((call) => call.body['action']),
      ['on_play', 'on_stop'],
    );
  });
});
