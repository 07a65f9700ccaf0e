// Every shape in which a client names a stream.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resolveUrl } from '../../src/admission/url.js';

interface Want {
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
  readonly params?: Readonly<Record<string, string>>;
}

const live = (vhost: string, params?: Want['params']): Want => ({
  vhost,
  app: 'live',
  stream: 's',
  ...(params && { params }),
});

/** The app of connect is what clients derive from tcUrl; it is left out where tcUrl alone decides. */
const shapes: readonly [what: string, tcUrl: string, name: string, want: Want, app?: string][] = [
  ['the host is the vhost', 'rtmp://h/live', 's', live('h')],
  ['a port does not belong to it', 'rtmp://h:1936/live', 's', live('h')],
  ['nor do a user and a password', 'rtmp://u:p@h:1936/live', 's', live('h')],
  ['an IPv6 address has brackets', 'rtmp://[::1]:1935/live', 's', live('::1')],
  ['?vhost=', 'rtmp://h/live?vhost=v', 's', live('v')],
  ['?vhost= before other parameters', 'rtmp://h/live?vhost=v&key=K', 's', live('v', { key: 'K' })],
  ['?vhost= behind other parameters', 'rtmp://h/live?key=K&vhost=v', 's', live('v', { key: 'K' })],
  ['?Vhost= in capitals', 'rtmp://h/live?Vhost=v', 's', live('v')],
  ['...vhost... of the Flash URL box', 'rtmp://h/live...vhost...v', 's', live('v')],
  ['...vhost= of the Flash URL box', 'rtmp://h/live...vhost=v', 's', live('v')],
  ['...key...K...vhost...v', 'rtmp://h/live...key...K...vhost...v', 's', live('v', { key: 'K' })],
  ['...vhost...v...key...K', 'rtmp://h/live...vhost...v...key...K', 's', live('v')],
  [',vhost,', 'rtmp://h/live,vhost,v', 's', live('v')],
  ['&&vhost=', 'rtmp://h/live&&vhost=v', 's', live('v')],
  ['?vhost=v&&token=T', 'rtmp://h/live?vhost=v&&token=T', 's', live('v', { token: 'T' })],
  ['?token=T&&vhost=v', 'rtmp://h/live?token=T&&vhost=v', 's', live('v', { token: 'T' })],
  ['the vhost in the query of the stream', 'rtmp://h/live', 's?vhost=v&a=1', live('v', { a: '1' })],
  ['the vhost of tcUrl goes before it', 'rtmp://h/live?vhost=v', 's?vhost=w', live('v')],
  ['both halves typed as one', 'rtmp://h/live?vhost=v/s', '', live('v')],
  ['both halves typed as one, split at the last slash', 'rtmp://h/live?vhost=v', 's', live('v')],
  ['levels behind the vhost belong to the stream', 'rtmp://h/live?vhost=v/a', 's', { ...live('v'), stream: 'a/s' }],
  ['parameters on the stream', 'rtmp://h/live', 's?token=x&n=', live('h', { token: 'x', n: '' })],
  ['the stream says it last', 'rtmp://h/live?token=a', 's?token=b', live('h', { token: 'b' })],
  ['a value may hold = and /', 'rtmp://h/live?t=ab/c==', 's', live('h', { t: 'ab/c==' })],
  ['values are decoded', 'rtmp://h/live', 's?t=a%2Fb%20c&u=%zz', live('h', { t: 'a/b c', u: '%zz' })],
  ['a value may hold dots', 'rtmp://h/live?t=a...b', 's', live('h', { t: 'a...b' })],
  ['an app of several levels', 'rtmp://h/live/room1', 's', { ...live('h'), app: 'live/room1' }],
  ['slashes around do not count', 'rtmp://h//live/', '/s/', live('h')],
  ['blanks around do not count', ' rtmp://h/live \r\n', ' s\n', live('h')],
  ['a stream of several levels', 'rtmp://h/live', 'a/s', { ...live('h'), stream: 'a/s' }],
  ['no tcUrl (OSEE GoStream)', '', 's', live('', { k: '1' }), 'live?k=1'],
  ['a tcUrl without a path', 'rtmp://h', 's', live('h'), 'live'],
  ['a stray quote in front (Neko)', '"rtmp://h/live', 's', live('h')],
  ['an empty key (URL pasted as the server)', 'rtmp://h/live/s', '', live('h')],
  ['a key of parameters only (multitrack OBS)', 'rtmp://h/live/s?key=v', '?id=7', live('h', { key: 'v', id: '7' })],
  ['authentication in the app', 'rtmp://h/live?authmod=adobe&user=u', 's', live('h', { authmod: 'adobe', user: 'u' })],
  ['UTF-8 names', 'rtmp://h/живое', '直播 1', { vhost: 'h', app: 'живое', stream: '直播 1' }],
  ['a name of 255 bytes', 'rtmp://h/live', 'x'.repeat(255), { ...live('h'), stream: 'x'.repeat(255) }],
  ['shell-like names', 'rtmp://h/live', '; rm -rf $(x)', { ...live('h'), stream: '; rm -rf $(x)' }],
];

describe('a stream is named by', () => {
  for (const [what, tcUrl, name, want, app = ''] of shapes) {
    test(what, () => {
      const url = resolveUrl({ tcUrl, app, name });
      assert.ok(url);
      const { vhost, app: found, stream, params } = url;
      assert.deepEqual({ vhost, app: found, stream }, { vhost: want.vhost, app: want.app, stream: want.stream });
      if (want.params) assert.deepEqual(Object.fromEntries(params), want.params);
    });
  }

  const refused: readonly [what: string, tcUrl: string, name: string][] = [
    ['an empty app', 'rtmp://h/', 's'],
    ['an empty stream', 'rtmp://h/live', ''],
    ['a stream of parameters only', 'rtmp://h/live', '?a=1'],
    ['a name of 256 bytes', 'rtmp://h/live', 'é'.repeat(128)],
    ['a control character', 'rtmp://h/live', 'a\u0000b'],
    ['a line end inside', 'rtmp://h/live', 'a\nb'],
    ['a way up in the stream', 'rtmp://h/live', '../s'],
    ['a way up in the app', 'rtmp://h/live/..', 's'],
    ['a way up in the vhost', 'rtmp://h/live?vhost=..', 's'],
    ['a way to itself', 'rtmp://h/live/.', 's'],
    ['what was no UTF-8', 'rtmp://h/live', 'a\uFFFDb'],
    ['half a surrogate', 'rtmp://h/live', 'a\uD800b'],
  ];
  for (const [what, tcUrl, name] of refused) {
    test(`${what} names nothing`, () => assert.equal(resolveUrl({ tcUrl, app: '', name }), undefined));
  }
});

describe('tcUrl', () => {
  const cases: readonly [tcUrl: string, schema: string, host: string, port: number][] = [
    ['rtmp://h/live', 'rtmp', 'h', 1935],
    ['RTMP://h/live', 'rtmp', 'h', 1935],
    ['rtmps://h/live', 'rtmps', 'h', 443],
    ['rtmp://h:19350/live?vhost=v', 'rtmp', 'h', 19350],
    ['rtmp://[2001:db8::1]/live', 'rtmp', '2001:db8::1', 1935],
  ];
  for (const [tcUrl, schema, host, port] of cases) {
    test(`${tcUrl} has its schema, host and port`, () => {
      const url = resolveUrl({ tcUrl, app: 'live' });
      assert.deepEqual([url?.schema, url?.host, url?.port, url?.stream], [schema, host, port, '']);
    });
  }

  test('at connect no stream is needed', () => {
    assert.equal(resolveUrl({ tcUrl: 'rtmp://h/live/s', app: '' })?.app, 'live/s');
  });

  test('any text gives an answer and takes no time', () => {
    const parts = ['rtmp://', '...', 'vhost', '=', '?', '&', ',', '/', '[', ']', ':', '@', '%', 'a', '\uD83D'];
    let state = 7;
    const pick = (): string => parts[(state = (state * 48271) % 2147483647) % parts.length] ?? '';
    for (let round = 0; round < 5000; round++) {
      const text = Array.from({ length: round % 40 }, pick).join('');
      resolveUrl({ tcUrl: text, app: text, name: text });
    }
    const long = '?vhost...'.repeat(450);
    resolveUrl({ tcUrl: `rtmp://${long}`, app: long, name: long });
  });
});
