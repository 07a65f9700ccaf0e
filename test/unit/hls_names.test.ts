// From directives to settings, grants and names.
import assert from 'node:assert/strict';
import { join, posix } from 'node:path';
import { describe, test } from 'node:test';
import { isName } from '../../src/admission/name.js';
import { expandTemplate } from '../../src/config/expand_template.js';
import { parseConfig } from '../../src/config/load.js';
import { namesOf } from '../../src/hls/names.js';
import { hlsSettings, isUnreachable, type HlsSettings } from '../../src/hls/settings.js';
import { encodePath, relativeUri } from '../../src/hls/template.js';

const http = 'http_server { enabled on; }';

function read(hls: string, global = http) {
  const { config, warnings } = parseConfig(`${global} vhost __defaultVhost__ { hls { enabled on; ${hls} } }`, 'test');
  assert.deepEqual(warnings, []);
  const vhost = config.vhost[0] ?? assert.fail();
  return { config, vhost, settings: hlsSettings(config, vhost) };
}

function settingsOf(hls: string, global = http): HlsSettings {
  return read(hls, global).settings ?? assert.fail('there is no HLS');
}

describe('the settings of HLS', () => {
  test('keep fragments in memory, or on disk too where hls_path is written', () => {
    const storage = (hls: string, global = http) => {
      const { served, directory } = settingsOf(hls, global);
      return [served, directory];
    };
    assert.deepEqual(storage(''), ['memory', undefined]);
    assert.deepEqual(storage('hls_path ./a;'), ['memory', './a']);
    assert.deepEqual(storage('hls_path ./a; hls_storage memory;'), ['memory', undefined]);
    assert.deepEqual(storage('hls_storage ram;'), ['memory', undefined]);
    assert.deepEqual(storage('hls_storage disk;'), ['files', './objs/nginx/html']);
    assert.deepEqual(storage('hls_storage disk; hls_low_latency on;'), ['memory', './objs/nginx/html']);
    assert.deepEqual(storage('hls_path ./a;', ''), ['no', './a']);
  });

  test('are none where nobody could fetch anything', () => {
    const { config, vhost, settings } = read('', '');
    assert.equal(settings, undefined);
    assert.equal(isUnreachable(config, vhost), true);
    const reachable = read('hls_path ./a;', '');
    assert.equal(isUnreachable(reachable.config, reachable.vhost), false);
    const off = parseConfig(http, 'test').config;
    assert.equal(hlsSettings(off, off.vhost[0] ?? assert.fail()), undefined);
  });

  test('let no fragment be longer than the target duration by itself', () => {
    for (const fragment of ['0.5', '1', '2', '3.7', '9.5', '10', '30']) {
      const { target, grant } = settingsOf(`hls_fragment ${fragment};`);
      assert.equal(target, Math.ceil(Number(fragment) * 1.5));
      // Audio can be cut once a second.
      const longest = Math.max(1000, grant.longest);
      assert.ok(Math.round((longest + 999) / 1000) <= Math.max(2, target), `${fragment}: ${grant.longest}`);
      assert.ok(grant.longest >= grant.fragment);
    }
    const own = settingsOf('hls_fragment 4; hls_aof_ratio 3; hls_td_ratio 1; hls_wait_keyframe off;');
    assert.deepEqual([own.target, own.grant.longest, own.grant.waitKeyframe], [4, 12_000, false]);
  });

  test('have parts where they are asked for and memory serves them', () => {
    assert.equal(settingsOf('hls_part 0.3;').grant.part, 0);
    assert.equal(settingsOf('hls_low_latency on; hls_part 0.3;').grant.part, 300);
    assert.equal(settingsOf('hls_low_latency on; hls_part 3; hls_fragment 2;').grant.part, 2000);
    assert.equal(settingsOf('hls_low_latency on; hls_path ./a;', '').grant.part, 0);
  });

  test('name fragments of MP4 by their kind', () => {
    const { grant, fragmentFile } = settingsOf('hls_segment_type fmp4;');
    assert.deepEqual([grant.container, fragmentFile], ['fmp4', '[app]/[stream]-[seq].m4s']);
  });

  test('refuse names that meet, or leave their directory', () => {
    for (const wrong of [
      ...['hls_ts_file [app]/[stream].ts;', 'hls_ts_file [app]/[seq].ts;', 'hls_ts_file [stream]-[seq].mp4;'],
      ...['hls_m3u8_file [app].m3u8;', 'hls_m3u8_file [stream]-[seq].m3u8;', 'hls_mount [stream].html;'],
      ...['hls_ts_file ../[stream]-[seq].ts;', 'hls_ts_file [strem]-[seq].ts;'],
    ]) {
      assert.throws(() => read(wrong), /is no value for/, wrong);
    }
  });
});

const key = { vhost: 'v.example', app: 'live', stream: 's' };
const facts = { sequence: 17, duration: 2040, date: new Date(2026, 0, 2, 3, 4, 5, 67).getTime(), token: '' };

describe('names', () => {
  test('replace every variable', () => {
    const template = '[vhost]/[app]/[2006]-[01]-[02]/[15].[04].[05].[999]/[stream]_[seq]_[duration].ts';
    assert.equal(expandTemplate(template, { ...key, ...facts }), 'v.example/live/2026-01-02/03.04.05.067/s_17_2040.ts');
    assert.equal(expandTemplate('[stream]-[timestamp].ts', { ...key, ...facts }), `s-${facts.date}.ts`);
  });

  test('lie beside each other on disk and in the store', () => {
    const names = namesOf(key, settingsOf(''));
    assert.equal(names.playlistFile, 'live/s.m3u8');
    assert.equal(names.playlistKey, 'v.example/live/s.m3u8');
    assert.equal(names.sharedKey('c0ffee'), 'v.example/live/s-c0ffee.m3u8');
    assert.equal(names.uriFor(names.multivariantKey), `../s.m3u8${names.query}`);
    assert.equal(names.uriFor(names.multivariantKey, 'c0ffee'), `../s-c0ffee.m3u8${names.query}`);
    assert.deepEqual(names.fragment(facts), { uri: 's-17.ts', file: 'live/s-17.ts', key: 'v.example/live/s-17.ts' });
    const guarded = { ...facts, token: 'c0ffee' };
    assert.equal(names.fragment(guarded).file, 'live/s-17-c0ffee.ts');
    assert.deepEqual(names.part(guarded, 3), {
      uri: 's-17-c0ffee.part3.ts',
      key: 'v.example/live/s-17-c0ffee.part3.ts',
    });
    assert.equal(names.init(facts, 2).file, 'live/s-17-init2.mp4');
  });

  test('lie where the mount says, for one host or for any', () => {
    const folders = 'hls_ts_file [app]/[stream]/[seq].ts; hls_m3u8_file [app]/[stream]/index.m3u8;';
    const deep = namesOf(key, settingsOf(`${folders} hls_mount /[vhost]/hls/[app]/[stream].m3u8;`));
    assert.equal(deep.playlistKey, 'v.example/hls/live/s.m3u8');
    assert.deepEqual(deep.fragment(facts), { uri: '17.ts', file: 'live/s/17.ts', key: 'v.example/hls/live/17.ts' });
    const anyHost = namesOf(key, settingsOf('hls_mount [app]/[stream].m3u8;'));
    assert.deepEqual([anyHost.playlistKey, anyHost.query, deep.query], ['/live/s.m3u8', '', '?vhost=v.example']);
    assert.equal(namesOf({ ...key, vhost: '__defaultVhost__' }, settingsOf('')).query, '');
    const above = namesOf(key, settingsOf('hls_ts_file ts/[stream]-[seq].ts; hls_mount [stream].m3u8;'));
    assert.equal(above.fragment(facts).uri, '../ts/s-17.ts');
    assert.equal(above.fragment(facts).key, '/ts/s-17.ts');
  });

  test('are safe and can be fetched, whatever a stream is called', () => {
    const settings = settingsOf('hls_ts_file [app]/[stream]/[stream]-[seq].ts;');
    for (const stream of [
      ...[
        'a b',
        '100%',
        'x#y',
        'what?',
        'ü/日本',
        'q"uote',
        "it's",
        'a&b=c',
        '%2e%2e',
        '.hidden',
        'a:b',
        '-rf',
        '~',
        '*',
      ],
      ...['con', 'a\\b', 'x;y', 's-17', '[seq]', '$HOME', '`id`', 'a|b', '<script>'],
    ]) {
      assert.ok(isName(stream), stream);
      const names = namesOf({ ...key, stream }, settings);
      const { uri, file, key: stored } = names.fragment(facts);
      assert.ok(join('/html', file).startsWith('/html/live/'), file);
      assert.match(uri, /^[\w.~!*'()%/-]+$/);
      // What a client fetches is what the store has.
      const url = new URL(uri, `http://h/${encodePath(names.playlistFile)}`);
      assert.equal(decodeURIComponent(url.pathname), stored.slice('v.example'.length));
      assert.equal(posix.join(posix.dirname(names.playlistFile), decodeURIComponent(uri)), file);
    }
  });

  test('never leave their folder', () => {
    const escaping = { ...key, app: '../..', stream: '../../etc/passwd' };
    assert.equal(namesOf(escaping, settingsOf('')).playlistFile, 'etc/passwd.m3u8');
    assert.equal(relativeUri('live/s.m3u8', 'other/s-1.ts'), '../other/s-1.ts');
  });
});
