// What hooks post and how their answers are read.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readNginx, readSrs } from '../../src/hooks/answer.js';
import { nginxBody, srsBody } from '../../src/hooks/body.js';
import { decidingEvents, tellingEvents, type HookClient } from '../../src/hooks/event.js';

const client: HookClient = {
  conn: 7,
  ip: '192.0.2.1',
  vhost: '__defaultVhost__',
  app: 'live',
  stream: 'live"stream',
  param: '?token=a&x=1',
  tcUrl: 'rtmp://h/live?key=1',
  pageUrl: 'http://a.com/p',
  swfUrl: 'http://a.com/x.swf',
  flashVer: 'LNX',
};

describe("SRS's body", () => {
  const keys: Readonly<Record<string, string>> = {
    on_connect: 'server_id action client_id ip vhost app tcUrl pageUrl',
    on_close: 'server_id action client_id ip vhost app send_bytes recv_bytes',
    on_publish: 'server_id action client_id ip vhost app tcUrl stream param stream_url stream_id',
    on_unpublish: 'server_id action client_id ip vhost app tcUrl stream param stream_url stream_id',
    on_play: 'server_id action client_id ip vhost app tcUrl stream param pageUrl stream_url stream_id',
    on_stop: 'server_id action client_id ip vhost app tcUrl stream param stream_url stream_id',
    on_dvr: 'server_id action client_id ip vhost app tcUrl stream param cwd file stream_url stream_id',
    on_hls:
      'server_id action client_id ip vhost app tcUrl stream param duration cwd file url m3u8 m3u8_url seq_no stream_url stream_id',
  };
  const more: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
    on_close: { send_bytes: 1, recv_bytes: 2 },
    on_dvr: { cwd: '/', file: 'a.flv' },
    on_hls: { duration: 9.36, cwd: '/', file: 'a', url: 'u', m3u8: 'm', m3u8_url: 'mu', seq_no: 3 },
  };

  for (const event of [...decidingEvents, ...tellingEvents]) {
    test(`of ${event} has its keys in order`, () => {
      const own = more[event];
      const body = srsBody('vid-0', event, client, own ? { more: own } : {});
      assert.equal(Object.keys(JSON.parse(body.text) as object).join(' '), keys[event]);
      assert.equal(body.contentType, 'application/json');
    });
  }

  test('escapes what the client sent, and keeps its query', () => {
    const body = JSON.parse(srsBody('vid-0', 'on_publish', client).text) as Record<string, unknown>;
    assert.equal(body['stream'], 'live"stream');
    assert.equal(body['param'], '?token=a&x=1');
    assert.equal(body['tcUrl'], 'rtmp://h/live?key=1');
    assert.equal(body['client_id'], 7);
    assert.equal(body['stream_url'], '/live/live"stream');
    assert.match(String(body['stream_id']), /^vid-[0-9a-f]{7}$/);
  });

  test('says what an earlier answer had set', () => {
    const body = srsBody('vid-0', 'on_stop', client, { vars: { user: '42' }, renamed: 'public' });
    const { vars, renamed } = JSON.parse(body.text) as Record<string, unknown>;
    assert.deepEqual([vars, renamed], [{ user: '42' }, 'public']);
  });
});

describe("nginx-rtmp's body", () => {
  test('is a form with its names, and the parameters of the client behind them', () => {
    const { text, contentType } = nginxBody('on_publish', { ...client, param: '?token=a&addr=1.1.1.1' });
    assert.equal(contentType, 'application/x-www-form-urlencoded');
    const form = new URLSearchParams(text);
    assert.equal(
      [...form.keys()].join(' '),
      'app flashver swfurl tcurl pageurl addr clientid call name type token',
      'a parameter of the client takes no place of ours',
    );
    assert.deepEqual([form.get('call'), form.get('name'), form.get('addr')], ['publish', 'live"stream', '192.0.2.1']);
  });
});

describe("an answer in SRS's style", () => {
  const read = (text: string, status = 200) => readSrs({ status, location: '', text });
  test('of 0 allows', () => assert.deepEqual(read('0'), { kind: 'allow' }));
  test('of 0 and a line end allows', () => assert.deepEqual(read('0\r\n'), { kind: 'allow' }));
  test('of code 0 allows', () => assert.deepEqual(read('{"code":0}'), { kind: 'allow' }));
  test('of another number denies and says it', () =>
    assert.deepEqual(read('100'), { kind: 'deny', message: 'code 100' }));
  test('of another code denies with its message, on one line', () =>
    assert.deepEqual(read('{"code":3,"message":"no\\ncredit"}'), { kind: 'deny', message: 'no credit' }));
  for (const text of ['', 'ok', '00', '{"code":"0"}', '[0]', 'null', '{"code":0']) {
    test(`of "${text}" denies`, () => assert.equal(read(text).kind, 'deny'));
  }
  test('with status 500 has failed, whatever its body', () => assert.equal(read('0', 500).kind, 'failed'));
  test('with status 403 denies', () => assert.equal(read('0', 403).kind, 'deny'));
  test('may rename, limit and set', () => {
    const text = '{"code":0,"stream":"public","limits":{"players":3,"seconds":60},"vars":{"user":42}}';
    const limits = { players: 3, seconds: 60 };
    assert.deepEqual(read(text), { kind: 'allow', stream: 'public', limits, vars: { user: '42' } });
  });
  test('may say so in data', () =>
    assert.deepEqual(read('{"code":0,"data":{"stream":"p"}}'), { kind: 'allow', stream: 'p' }));
  for (const text of [
    '{"code":0,"limits":{"players":-1}}',
    '{"code":0,"limits":{"players":"3"}}',
    '{"code":0,"limits":3}',
    '{"code":0,"stream":3}',
    `{"code":0,"vars":{"a":"${'x'.repeat(300)}"}}`,
  ]) {
    test(`of ${text.slice(0, 40)} is no yes`, () => assert.equal(read(text).kind, 'failed'));
  }
});

describe("an answer in nginx-rtmp's style", () => {
  const read = (status: number, location = '') => readNginx({ status, location, text: '' });
  test('of 2xx allows', () => assert.deepEqual(read(204), { kind: 'allow' }));
  test('of 3xx renames', () => assert.deepEqual(read(302, 'public'), { kind: 'allow', stream: 'public' }));
  test('of 3xx to another server denies', () => assert.equal(read(302, 'rtmp://h/live/s').kind, 'deny'));
  test('of 4xx denies', () => assert.equal(read(404).kind, 'deny'));
  test('of 5xx has failed', () => assert.equal(read(502).kind, 'failed'));
});
