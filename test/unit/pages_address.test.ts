// Addresses of the viewers' pages: queries of today and of SRS's pages, typed text, and the URLs that follow.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pageQuery, parseTyped, readPlace, streamUrls, type Place } from '../../src/pages/web/model/address.js';
import { parseStreams, vhostToName } from '../../src/pages/web/model/streams.js';
import { mostOnWall, nameOnWall, parseWall, wallQuery } from '../../src/pages/web/model/wall.js';

const page = { protocol: 'http:', hostname: 'tv.example', port: '8080' };
const read = (query: string, from = page): Place => readPlace(new URLSearchParams(query), from);

describe('a page’s query', () => {
  test('without parameters it is live/livestream of the page’s own server', () => {
    assert.deepEqual(streamUrls(read('')), {
      rtmp: 'rtmp://tv.example/live/livestream',
      flv: 'http://tv.example:8080/live/livestream.flv',
      wsFlv: 'ws://tv.example:8080/live/livestream.flv',
      ts: 'http://tv.example:8080/live/livestream.ts',
      hls: 'http://tv.example:8080/live/livestream.m3u8',
    });
  });

  test('server, port, vhost, app and stream mean what they mean on SRS’s pages', () => {
    const place = read('server=10.0.0.5&port=1936&vhost=demo.srs.com&app=a/b&stream=s&hls_port=80&autostart=true');
    assert.equal(streamUrls(place).rtmp, 'rtmp://10.0.0.5:1936/a/b/s?vhost=demo.srs.com');
    assert.equal(streamUrls(place).hls, 'http://10.0.0.5:80/a/b/s.m3u8?vhost=demo.srs.com');
  });

  test('a vhost that is the server’s name goes without saying', () => {
    assert.equal(streamUrls(read('server=h&vhost=h')).flv, 'http://h:8080/live/livestream.flv');
  });

  test('what is not the page’s own goes with every request', () => {
    const place = read('stream=s&token=a%26b&expires=9&protocol=flv&muted=true&delay=steady');
    assert.equal(streamUrls(place).wsFlv, 'ws://tv.example:8080/live/s.flv?token=a%26b&expires=9');
  });

  test('a page over TLS plays over TLS, on the usual port', () => {
    const { wsFlv, hls } = streamUrls(read('stream=s', { protocol: 'https:', hostname: 'h', port: '' }));
    assert.deepEqual([wsFlv, hls], ['wss://h/live/s.flv', 'https://h/live/s.m3u8']);
  });

  test('an IPv6 address has brackets in every URL', () => {
    assert.equal(streamUrls(read('server=::1')).flv, 'http://[::1]:8080/live/livestream.flv');
    assert.equal(streamUrls(read('', { ...page, hostname: '[::1]' })).rtmp, 'rtmp://[::1]/live/livestream');
  });

  test('names are encoded in web addresses', () => {
    assert.equal(streamUrls(read('app=живое&stream=a?b')).flv.slice(22), '/%D0%B6%D0%B8%D0%B2%D0%BE%D0%B5/a%3Fb.flv');
  });

  test('what pageQuery writes, readPlace reads', () => {
    for (const query of ['', 'app=a/b&stream=c d&token=x&token=y', 'server=h&port=1&http_port=2&vhost=v&stream=s']) {
      const place = read(query);
      assert.deepEqual(readPlace(new URLSearchParams(pageQuery(place, page)), page), place);
    }
    assert.equal(pageQuery(read('stream=s'), page, { autostart: 'true' }), '?app=live&stream=s&autostart=true');
  });
});

describe('typed text', () => {
  const base = read('app=studio');
  const cases: readonly [typed: string, flv: string, rtmp: string][] = [
    ['s', 'http://tv.example:8080/studio/s.flv', 'rtmp://tv.example/studio/s'],
    ['/live/s.m3u8 ', 'http://tv.example:8080/live/s.flv', 'rtmp://tv.example/live/s'],
    ['live/room/s', 'http://tv.example:8080/live/room/s.flv', 'rtmp://tv.example/live/room/s'],
    ['rtmp://h:1936/live/s', 'http://h:8080/live/s.flv', 'rtmp://h:1936/live/s'],
    ['rtmp://h/live/s?vhost=v&k=1', 'http://h:8080/live/s.flv?vhost=v&k=1', 'rtmp://h/live/s?vhost=v&k=1'],
    ['http://h/live/s.flv', 'http://h/live/s.flv', 'rtmp://h/live/s'],
    ['WS://h:81/live/a%20b.flv?t=1', 'http://h:81/live/a%20b.flv?t=1', 'rtmp://h/live/a b?t=1'],
    ['http://h:81/player.html?app=x&stream=y', 'http://h:81/x/y.flv', 'rtmp://h/x/y'],
  ];
  for (const [typed, flv, rtmp] of cases) {
    test(`${typed} is an address`, () => {
      const place = parseTyped(typed, base);
      assert.ok(place);
      assert.deepEqual([streamUrls(place).flv, streamUrls(place).rtmp], [flv, rtmp]);
    });
  }

  for (const typed of [
    '',
    '/',
    'http://h/only',
    'rtmp://h',
    'http://:x/live/s',
    'ftp://h/live/s',
    'a b',
    's?x',
    '.flv',
  ]) {
    test(`'${typed}' is none`, () => assert.equal(parseTyped(typed, base), undefined));
  }
});

describe('the wall’s query', () => {
  const walled = (query: string): string[] => parseWall(new URLSearchParams(query), read(query)).map(nameOnWall);

  test('lists streams, each once, with their vhosts', () => {
    const query = 'streams=live/a,b,live/a,c?vhost%3Dv,,%20';
    assert.deepEqual(walled(query), ['live/a', 'live/b', 'live/c?vhost=v']);
  });

  test('holds no more than fits', () => {
    const many = Array.from({ length: 20 }, (_, index) => `live/s${String(index)}`).join(',');
    assert.equal(walled(`streams=${many}`).length, mostOnWall);
  });

  test('may be that of a player page', () => assert.deepEqual(walled('app=x&stream=y'), ['x/y']));

  test('keeps what else it says', () => {
    const written = wallQuery(new URLSearchParams('server=h&stream=s&token=t'), ['live/a', 'live/b?vhost=v']);
    assert.equal(written, '?server=h&token=t&streams=live/a,live/b%3Fvhost%3Dv');
    assert.equal(wallQuery(new URLSearchParams('streams=a'), []), '');
  });
});

describe('/streams.json', () => {
  test('what does not fit is left out', () => {
    const streams = parseStreams({
      streams: [{ app: 'live', stream: 's', kbps: 'x', extra: 1 }, { app: 'live' }, null, 7],
    });
    assert.equal(streams.length, 1);
    assert.deepEqual([streams[0]?.kbps, streams[0]?.protocols], [0, []]);
    for (const nothing of [null, [], 'x', { streams: {} }]) assert.deepEqual(parseStreams(nothing), []);
  });

  test('a link names the vhost only where the server would take another', () => {
    const [byDefault, named] = parseStreams({
      streams: [
        { vhost: '__defaultVhost__', app: 'live', stream: 's' },
        { vhost: 'v.example', app: 'live', stream: 's' },
      ],
    });
    assert.ok(byDefault && named);
    const all = [byDefault, named];
    assert.deepEqual(
      all.map((stream) => vhostToName(stream, all, 'h')),
      ['', 'v.example'],
    );
    assert.deepEqual(
      all.map((stream) => vhostToName(stream, all, 'v.example')),
      ['__defaultVhost__', ''],
    );
  });
});
