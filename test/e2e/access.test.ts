// Who is refused, over which protocol, why, and that it is counted: a server in this process, and clients of all kinds.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { makeToken } from '../../src/access/token.js';
import { errorText, type ErrorCode } from '../../src/errors.js';
import { start, type AccessCheck, type Server } from '../../src/index.js';
import { errorOf, roleOverRtmp } from './support/asking.js';
import { film, Sender } from './support/frames.js';
import { publisher } from './support/rtmp_client.js';
import { freePort } from './support/servers.js';

interface Running {
  readonly server: Server;
  readonly rtmp: number;
  readonly http: number;
  /** Connections that ended for this reason, once there are so many. */
  readonly counted: (reason: ErrorCode, count: number) => Promise<void>;
  /** Refused over HLS, where no connection ends. */
  readonly refused: (reason: ErrorCode) => number;
}

async function running(context: TestContext, vhosts: string, access: AccessCheck = {}): Promise<Running> {
  const [rtmp, http] = [await freePort(), await freePort()];
  const closed: string[] = [];
  const waiting = new Set<() => void>();
  const note = (fields: Record<string, unknown>): void => {
    if (fields['type'] !== 'closed') return;
    closed.push(String(fields['reason']));
    for (const look of waiting) look();
  };
  const log = { trace: note, debug: note, info: note, warn: note, error: note };
  const listen = `listen 127.0.0.1:${rtmp}; http_server { enabled on; listen 127.0.0.1:${http}; }`;
  const server = await start({ text: `${listen} ${vhosts}`, log, access });
  context.after(() => server.stop());
  const counted = (reason: ErrorCode, count: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (closed.filter((one) => one === reason).length < count) return;
        waiting.delete(look);
        assert.ok((server.stats().ended[reason] ?? 0) >= count);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { server, rtmp, http, counted, refused: (reason) => server.stats().refused[reason] ?? 0 };
}

interface Viewing {
  readonly query?: string;
  readonly referer?: string;
  readonly overWebSocket?: boolean;
}

/** Status and body of a viewer's answer; one who is let in is held until the test ends. */
async function view(context: TestContext, port: number, path: string, options: Viewing = {}) {
  const { query = '', referer, overWebSocket = false } = options;
  const key = randomBytes(16).toString('base64');
  const upgrade = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
  };
  const headers = { ...(referer !== undefined && { referer }), ...(overWebSocket && upgrade) };
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path: `${path}${query}`, headers, agent: false });
    context.after(() => asking.destroy());
    asking.on('error', reject);
    asking.on('upgrade', (response, socket) => {
      context.after(() => socket.destroy());
      resolve({ status: response.statusCode ?? 0, body: '' });
    });
    asking.on('response', (response) => {
      if (response.statusCode === 200) {
        resolve({ status: 200, body: '' });
        return;
      }
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asking.end();
  });
}

const secret = 'a-secret-of-16-chars';
const hour = Math.floor(Date.now() / 1000) + 3600;
const token = (stream: string, expires = hour, action: 'play' | 'publish' = 'play') =>
  `token=${makeToken(secret, { action, app: 'live', stream, expires })}`;

interface Refused {
  readonly query?: string;
  readonly page?: string;
  readonly reason: ErrorCode;
  readonly status: number;
}

interface Case extends Refused {
  readonly name: string;
  readonly vhost: string;
}

/** Vhost v has HLS: its stream s is published, so that there is a list to be refused. */
async function onAir(context: TestContext, port: number): Promise<void> {
  const name = `s?${token('s', hour, 'publish')}`;
  const sender = new Sender(await publisher(port, name, { tcUrl: 'rtmp://v/live' }));
  context.after(() => sender.client.end());
  sender.headers();
  let from = 0;
  const timer = setInterval(() => film(sender, { from: from++, pictures: 1, size: 2000 }), 40);
  context.after(() => clearInterval(timer));
}

const withHls = (rules: string): string => `vhost v { hls { enabled on; hls_fragment 1; } ${rules} }`;

/** Whom each protocol refuses, and why: of a vhost whose stream s is on the air. */
async function assertRefused(context: TestContext, server: Running, { query = '', page, reason, status }: Refused) {
  const { rtmp, http, counted, refused } = server;
  const name = `s${query === '' ? '' : `?${query.slice(1)}`}`;
  const before = server.server.stats().ended[reason] ?? 0;
  const told = await roleOverRtmp(context, rtmp, { action: 'play', app: 'live?vhost=v', name, pageUrl: page ?? '' });
  assert.equal(errorOf(told)[1], errorText(reason), 'RTMP');
  const asked = { query: `?vhost=v${query}`, ...(page !== undefined && { referer: page }) };
  const flv = await view(context, http, '/live/s.flv', asked);
  assert.deepEqual([flv.status, flv.body.includes(errorText(reason))], [status, true], `HTTP-FLV: ${flv.body}`);
  const ws = await view(context, http, '/live/s.flv', { ...asked, overWebSocket: true });
  assert.deepEqual([ws.status, ws.body.includes(errorText(reason))], [status, true], `WS-FLV: ${ws.body}`);
  const hls = await view(context, http, '/live/s.m3u8', asked);
  assert.deepEqual([hls.status, hls.body.includes(reason)], [status, true], `HLS: ${hls.body}`);
  await counted(reason, before + 3);
  assert.ok(refused(reason) > 0, 'HLS is counted');
}

const tokens = `token { enabled on; secret ${secret}; }`;
const cases: readonly Case[] = [
  { name: 'no token', vhost: tokens, query: '', reason: 'token_missing', status: 403 },
  { name: 'a wrong token', vhost: tokens, query: '&token=abc', reason: 'token_invalid', status: 403 },
  { name: 'an expired token', vhost: tokens, query: `&${token('s', 1000)}`, reason: 'token_expired', status: 403 },
  {
    name: 'a right token for another stream',
    vhost: tokens,
    query: `&${token('t')}`,
    reason: 'token_invalid',
    status: 403,
  },
  {
    name: 'a denied address',
    vhost: 'security { enabled on; allow all; deny play 127.0.0.0/8; }',
    query: '',
    reason: 'address_denied',
    status: 403,
  },
  {
    name: 'a wrong page',
    vhost: 'refer_play github.com;',
    query: '',
    page: 'http://evilgithub.com/',
    reason: 'refer_denied',
    status: 403,
  },
];

describe('a player', { concurrency: 2 }, () => {
  for (const { name, vhost, ...refused } of cases) {
    test(`with ${name} is refused with ${refused.reason} by every protocol, and counted`, async (context) => {
      const server = await running(context, withHls(vhost));
      await onAir(context, server.rtmp);
      await assertRefused(context, server, refused);
    });
  }

  test('with a token, from the right page and address, is let in', async (context) => {
    const rules = 'security { enabled on; allow play 127.0.0.1; } refer_play github.com;';
    const { rtmp, http } = await running(context, `vhost v { ${tokens} ${rules} }`);
    const pageUrl = 'https://www.github.com/x';
    const name = `s?${token('s')}`;
    const played = await roleOverRtmp(context, rtmp, { action: 'play', app: 'live?vhost=v', name, pageUrl });
    assert.equal(errorOf(played)[0], 'NetStream.Play.Start');
    const asked = { query: `?vhost=v&${token('s')}`, referer: pageUrl };
    assert.equal((await view(context, http, '/live/s.flv', asked)).status, 200);
    assert.equal((await view(context, http, '/live/s.flv', { ...asked, overWebSocket: true })).status, 101);
  });
});

describe('a publisher', () => {
  test("with a player's token, from a wrong page or address is refused; with its own token it publishes", async (context) => {
    const { rtmp, counted } = await running(
      context,
      `vhost v { ${tokens} }
       vhost a { security { enabled on; allow publish 192.0.2.0/24; } }
       vhost r { refer_publish github.com; }
       vhost c { refer github.com; }`,
    );
    const publish = async (vhost: string, name: string, pageUrl = '') =>
      errorOf(await roleOverRtmp(context, rtmp, { action: 'publish', app: `live?vhost=${vhost}`, name, pageUrl }));
    const denied = 'NetStream.Publish.Denied';
    assert.deepEqual(await publish('v', `s?${token('s')}`), [denied, errorText('token_invalid')]);
    assert.deepEqual(await publish('a', 's'), [denied, errorText('address_denied')]);
    assert.deepEqual(await publish('r', 's', 'http://evilgithub.com/'), [denied, errorText('refer_denied')]);
    const connect = ['NetConnection.Connect.Rejected', errorText('refer_denied')];
    assert.deepEqual(await publish('c', 's', 'http://evilgithub.com/'), connect);
    await counted('refer_denied', 2);
    const [code] = await publish('v', `s?${token('s', hour, 'publish')}`);
    assert.equal(code, 'NetStream.Publish.Start');
  });
});

describe('over its limit', () => {
  test('of a stream a player is refused on every protocol, and let in when another has gone', async (context) => {
    const { rtmp, http, counted } = await running(context, 'vhost v { max_players 2; }');
    const play = () => roleOverRtmp(context, rtmp, { action: 'play', app: 'live?vhost=v', name: 's' });
    const first = await play();
    assert.equal((await view(context, http, '/live/s.flv', { query: '?vhost=v' })).status, 200);
    assert.deepEqual(errorOf(await play()), ['NetStream.Play.Failed', errorText('stream_full')]);
    const { status, body } = await view(context, http, '/live/s.flv', { query: '?vhost=v' });
    assert.equal(status, 503);
    assert.ok(body.includes(errorText('stream_full')));
    const ws = await view(context, http, '/live/s.flv', { query: '?vhost=v', overWebSocket: true });
    assert.equal(ws.status, 503);
    await counted('stream_full', 3);
    first.client.end();
    await counted('peer_closed', 1);
    assert.equal(errorOf(await play())[0], 'NetStream.Play.Start');
  });

  for (const [directive, reason, players] of [
    ['max_players 1;', 'stream_full', 1],
    ['max_connections 2;', 'vhost_full', 1],
    ['max_per_ip 2;', 'address_full', 1],
    ['max_output_bitrate 10;', 'output_limit', 0],
  ] as const) {
    test(`${directive} one player more is refused by every protocol, and counted`, async (context) => {
      const server = await running(context, withHls(directive));
      await onAir(context, server.rtmp);
      const play = () => roleOverRtmp(context, server.rtmp, { action: 'play', app: 'live?vhost=v', name: 's' });
      for (let i = 0; i < players; i++) await play();
      // The rate is known when it was measured.
      for (let isRefused = players > 0; !isRefused;) {
        const told = await play();
        told.client.end();
        isRefused = errorOf(told)[1] === errorText(reason);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await assertRefused(context, server, { reason, status: 503 });
    });
  }
});

describe('a program that embeds weir', () => {
  test('decides about players of every protocol, and may give them another stream', async (context) => {
    const { rtmp, http } = await running(context, 'vhost v { }', {
      play: ({ params }) =>
        Promise.resolve(
          params.get('user') === 'me'
            ? { allow: true, stream: 'real' }
            : { allow: false, reason: 'rejected', message: 'not you' },
        ),
    });
    const play = (name: string) => roleOverRtmp(context, rtmp, { action: 'play', app: 'live?vhost=v', name });
    assert.deepEqual(errorOf(await play('s')), ['NetStream.Play.Failed', `${errorText('rejected')}: not you`]);
    assert.equal((await view(context, http, '/live/s.flv', { query: '?vhost=v' })).status, 403);
    assert.equal(errorOf(await play('s?user=me'))[0], 'NetStream.Play.Start');
    assert.equal((await view(context, http, '/live/s.flv', { query: '?vhost=v&user=me' })).status, 200);
  });

  test('that fails refuses that one client', async (context) => {
    const failing = () => Promise.reject(new Error('broken on purpose'));
    const { rtmp } = await running(context, 'vhost v { }', { play: failing });
    const play = () => roleOverRtmp(context, rtmp, { action: 'play', app: 'live?vhost=v', name: 's' });
    assert.deepEqual(errorOf(await play()), ['NetStream.Play.Failed', errorText('rejected')]);
    assert.deepEqual(errorOf(await play()), ['NetStream.Play.Failed', errorText('rejected')]);
  });
});
