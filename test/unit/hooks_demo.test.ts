// The back end to try hooks with: SRS's sinks, answers that refuse, the chat and the heartbeats.
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { parseConfig } from '../../src/config/load.js';
import { startHeartbeat } from '../../src/heartbeat/start.js';
import { Chats } from '../../src/hooks_demo/chats.js';
import { startDemo } from '../../src/hooks_demo/server.js';
import type { Log } from '../../src/log.js';

async function demo(context: TestContext, refuse: readonly string[] = [], renames: readonly [string, string][] = []) {
  const said: string[] = [];
  const options = { host: '127.0.0.1', port: 0, refuse, renames: new Map(renames), delay: 0 };
  const server = await startDemo({ ...options, say: (line) => said.push(line) });
  context.after(() => server.stop());
  const base = `http://127.0.0.1:${server.port}/api/v1`;
  const call = async (method: string, path: string, body?: unknown) => {
    const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const answer = await fetch(`${base}/${path}`, { method, ...text });
    const got = await answer.text();
    return { status: answer.status, body: got.startsWith('{') ? (JSON.parse(got) as Record<string, unknown>) : got };
  };
  return { call, said, base };
}

describe('hooks-demo', () => {
  for (const [path, action] of [
    ['clients', 'on_connect'],
    ['clients', 'on_close'],
    ['streams', 'on_publish'],
    ['sessions', 'on_stop'],
    ['dvrs', 'on_dvr'],
    ['hls', 'on_hls'],
  ] as const) {
    test(`takes ${action} at /${path}`, async (context) => {
      const { call, said } = await demo(context);
      assert.deepEqual(await call('POST', path, { action }), { status: 200, body: '0' });
      assert.equal(said.length, 1);
      assert.deepEqual((await call('GET', path)).body, {});
    });
  }

  test('tells bad JSON and wrong actions by the codes of SRS', async (context) => {
    const { call } = await demo(context);
    assert.equal((await call('POST', 'clients', '{')).body, '100');
    assert.equal((await call('POST', 'clients', { action: 'on_play' })).body, '200');
    assert.equal((await call('GET', 'nothing')).status, 404);
  });

  test('refuses and renames what it is told to', async (context) => {
    const { call } = await demo(context, ['on_play'], [['key', 'public']]);
    const refused = (await call('POST', 'sessions', { action: 'on_play' })).body;
    assert.equal((refused as { code: number }).code, 403);
    const renamed = (await call('POST', 'streams', { action: 'on_publish', stream: 'key' })).body;
    assert.deepEqual(renamed, { code: 0, stream: 'public' });
  });

  test('keeps a chat: entered, listed, renewed, left', async (context) => {
    const { call } = await demo(context);
    const { body } = await call('POST', 'chats', { username: 'u', url: 'http://u/' });
    const id = (body as { data: number }).data;
    const listed = (await call('GET', 'chats')).body as { data: { chats: Record<string, unknown>[] } };
    assert.deepEqual(Object.keys(listed.data.chats[0] ?? {}), ['id', 'username', 'url', 'join_date_str', 'heartbeat']);
    assert.deepEqual((await call('PUT', `chats/${id}`)).body, { code: 0, data: null });
    assert.equal((await call('DELETE', `chats/${id}`)).status, 200);
    assert.equal((await call('PUT', `chats/${id}`)).status, 405);
    assert.equal((await call('DELETE', `chats/${id}`)).status, 405);
  });

  test('forgets who is not heard of for 15 s', () => {
    const chats = new Chats();
    const id = chats.add({ username: 'u' }, 100);
    assert.equal(chats.list(115).length, 1);
    assert.ok(chats.renew(id, 115));
    assert.equal(chats.list(130).length, 1);
    assert.equal(chats.list(131).length, 0);
  });
});

test('the heartbeat is heard by hooks-demo, with the summaries if asked for', async (context) => {
  const { call, base } = await demo(context);
  const text = `heartbeat { enabled on; interval 100ms; url ${base}/servers; device_id weir-1; summaries on; }`;
  const { config } = parseConfig(text, 'x.conf');
  const log = { warn() {}, info() {} } as unknown as Log;
  const beaten = new Promise<void>((resolve) => {
    let beats = 0;
    const summaries = () => {
      if (++beats === 2) resolve();
      return { ok: true };
    };
    context.after(startHeartbeat({ config: () => config, log, summaries }).stop);
  });
  await beaten;
  const { data } = (await call('GET', 'servers')).body as { data: Record<string, unknown>[] };
  assert.equal(data.length, 1);
  assert.equal(data[0]?.['device_id'], 'weir-1');
});
