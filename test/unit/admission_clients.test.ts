// Events of the engine, decided and logged, with an engine that only remembers what it was told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { handleClientEvent, type Answers } from '../../src/admission/clients.js';
import { parseConfig } from '../../src/config/load.js';
import type { Log } from '../../src/log.js';
import type { NativeEvent } from '../../src/native.js';

interface Line {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What an event leads to: the command that the engine got, and the lines of the log. */
function handle(text: string, event: NativeEvent, broken = false): { told: unknown[]; lines: Line[] } {
  const told: unknown[] = [];
  const lines: Line[] = [];
  const command =
    (name: keyof Answers) =>
    (...args: unknown[]): boolean => {
      told.push(name, ...args);
      return true;
    };
  const engine: Answers = {
    acceptConnect: command('acceptConnect'),
    rejectConnect: command('rejectConnect'),
    acceptPublish: command('acceptPublish'),
    rejectPublish: command('rejectPublish'),
    acceptPlay: command('acceptPlay'),
    rejectPlay: command('rejectPlay'),
    acceptView: command('acceptView'),
  };
  const at = (level: string) => (fields: Record<string, unknown>) => lines.push({ level, fields });
  const log = {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  } as unknown as Log;
  const { config } = parseConfig(text, 'x.conf');
  const failing = (): never => {
    throw new Error('broken on purpose');
  };
  const context = { engine, log, hls: () => null, isExpired: (_: string, path: string) => path === '/live/s-17.ts' };
  handleClientEvent({ ...context, config: broken ? failing : () => config }, event);
  return { told, lines };
}

const facts = { tcUrl: 'rtmp://h/live', app: 'live', pageUrl: '', swfUrl: '', flashVer: '' };
const connect: NativeEvent = { type: 'connect', conn: 7, ip: '192.0.2.1', port: 5000, ...facts };
const publish: Extract<NativeEvent, { type: 'publish' }> = {
  ...{ type: 'publish', conn: 7, ip: '192.0.2.1', name: 's?token=x', relayPath: '' },
  ...facts,
};
const overRtmp = { protocol: 'rtmp', relayPath: '', query: '', host: '' } as const;
const play: NativeEvent = { type: 'play', conn: 7, ip: '192.0.2.1', name: 's', ...overRtmp, ...facts };

describe('a request', () => {
  test('to connect to a known vhost is accepted', () => {
    assert.deepEqual(handle('', connect).told, ['acceptConnect', 7]);
  });

  test('to connect to an unknown vhost is refused with a reason', () => {
    const { told, lines } = handle('vhost a { }', connect);
    assert.deepEqual(told.slice(0, 4), ['rejectConnect', 7, 'vhost_not_found', 'NetConnection.Connect.Rejected']);
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields['type'], fields['conn'], fields['reason']]),
      [
        ['debug', 'connect', 7, undefined],
        ['warn', 'refused', 7, 'vhost_not_found'],
      ],
    );
  });

  test('to connect without an app is refused', () => {
    const told = handle('', { ...connect, tcUrl: 'rtmp://h', app: '' }).told;
    assert.deepEqual(told.slice(0, 4), ['rejectConnect', 7, 'name_invalid', 'NetConnection.Connect.InvalidApp']);
  });

  test('to publish gets the grant of its vhost', () => {
    const [command, conn, grant] = handle('vhost h { chunk_size 4096; publish_takeover on; }', publish).told;
    assert.deepEqual([command, conn], ['acceptPublish', 7]);
    const { vhost, app, stream, chunkSize, takeover } = grant as Record<string, unknown>;
    assert.deepEqual([vhost, app, stream, chunkSize, takeover], ['h', 'live', 's', 4096, true]);
  });

  test('under an unknown vhost is served by the default one', () => {
    const [, , grant] = handle('', play).told;
    assert.equal((grant as { vhost: string }).vhost, '__defaultVhost__');
  });

  test('to publish a bad name is refused with BadName', () => {
    const told = handle('', { ...publish, name: '../s' }).told;
    assert.deepEqual(told.slice(0, 4), ['rejectPublish', 7, 'name_invalid', 'NetStream.Publish.BadName']);
  });

  test('to play under a vhost that was switched off is refused', () => {
    const told = handle('vhost h { enabled off; }', play).told;
    assert.deepEqual(told.slice(0, 4), ['rejectPlay', 7, 'vhost_not_found', 'NetStream.Play.Failed']);
  });

  for (const [event, command] of [
    [connect, 'rejectConnect'],
    [publish, 'rejectPublish'],
    [play, 'rejectPlay'],
  ] as const) {
    test(`to ${event.type} that fails inside is refused, and the server lives on`, () => {
      const { told, lines } = handle('', event, true);
      assert.deepEqual(told.slice(0, 3), [command, 7, 'rejected']);
      assert.ok(lines.some(({ level, fields }) => level === 'error' && fields['error'] === 'broken on purpose'));
    });
  }

  test('shows no parameter of its URL at info level', () => {
    const secret = 'topsecret';
    for (const event of [
      { ...connect, tcUrl: `rtmp://h/live?key=${secret}` },
      { ...publish, name: `s?t=${secret}` },
    ]) {
      const { lines } = handle('', event);
      const visible = lines.filter(({ level }) => level !== 'debug' && level !== 'trace');
      assert.ok(!JSON.stringify(visible).includes(secret));
    }
  });
});

describe('an event', () => {
  const stream = { vhost: 'v', app: 'live', stream: 's' };
  const closed = { type: 'closed', conn: 7, ip: '192.0.2.1', bytesIn: 1, bytesOut: 2, duration: 3 } as const;
  const cases: readonly [level: string, event: NativeEvent][] = [
    ['info', { type: 'published', conn: 7, ip: '192.0.2.1', tcUrl: '', relayPath: '', ...stream }],
    ['info', { type: 'unpublished', conn: 7, reason: 'finished', ...stream }],
    ['info', { type: 'playing', conn: 7, protocol: 'rtmp', ...stream }],
    ['debug', { type: 'stopped', conn: 7, protocol: 'rtmp', reason: 'finished', ...stream }],
    ['warn', { type: 'refused', conn: 7, reason: 'stream_busy' }],
    ['info', { ...closed, reason: 'peer_closed' }],
    ['warn', { ...closed, reason: 'send_timeout' }],
    ['warn', { type: 'turnedAway', conn: 7, ip: '192.0.2.1', reason: 'handshake_version', missed: 3 }],
    ['warn', { type: 'notice', conn: 7, what: 'skipped', count: 5, ...stream }],
  ];
  for (const [level, event] of cases) {
    const reason = 'reason' in event ? ` (${event.reason})` : '';
    test(`${event.type}${reason} is one line at ${level}, with the connection's id`, () => {
      const { lines, told } = handle('', event);
      assert.deepEqual(told, []);
      assert.deepEqual(
        lines.map((line) => [line.level, line.fields['type'], line.fields['conn']]),
        [[level, event.type, 7]],
      );
    });
  }
});
