// Transcodes as they are written: what is told of them before anything is published, and what ffmpeg is given.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEncoders } from '../../src/config/encoders.js';
import { ConfigError, formatDiagnostic } from '../../src/config/diagnostic.js';
import { parseConfig } from '../../src/config/load.js';
import { tasksFor } from '../../src/transcode/plan.js';

const to = (vhost: string, app = 'live') => `rtmp://127.0.0.1:[port]/${app}?vhost=${vhost}/[stream]_[engine]`;

const block = (engine: string, label = '') =>
  `transcode ${label} { enabled on; ffmpeg /usr/bin/ffmpeg; engine e { enabled on; ${engine} } }`;

const copying = (output: string) => `vcodec copy; acodec copy; output ${output};`;

function problems(text: string): string[] {
  try {
    parseConfig(text, 'x');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.diagnostics.map(formatDiagnostic);
  }
}

describe('circles of transcodes', () => {
  test('are refused by name', () => {
    const text = `vhost a { ${block(copying(to('b')))} }\nvhost b { ${block(copying(to('a')))} }`;
    const [told = '', ...more] = problems(text);
    assert.match(told, /^x:\d:\d+: transcodes lead back to each other: (a -> b -> a|b -> a -> b)$/);
    assert.deepEqual(more, []);
  });

  test('are refused whatever their length', () => {
    const ring = ['a', 'b', 'c', 'd'];
    const text = ring.map((name, at) => `vhost ${name} { ${block(copying(to(ring[(at + 1) % 4] ?? '')))} }`);
    assert.match(problems(text.join('\n')).join('\n'), /a -> b -> c -> d -> a/);
  });

  test('a chain is none, nor is what goes back to its own vhost', () => {
    const chain = `vhost a { ${block(copying(to('b')))} }\nvhost b { ${block(copying(to('c')))} }\nvhost c { }`;
    assert.deepEqual(problems(chain), []);
    assert.deepEqual(problems(`vhost a { ${block(copying(to('[vhost]', '[app]')))} }`), []);
  });
});

describe('an engine', () => {
  test('that lacks something, or leaves nothing, is told', () => {
    assert.deepEqual(problems(`vhost a { ${block('vcodec vn; acodec an;')} }`), [
      'x:1:60: engine e lacks "output"',
      'x:1:60: engine e leaves neither picture nor sound',
    ]);
  });

  test('whose encoder this ffmpeg lacks is told with the nearest one', () => {
    const [told = ''] = problems(`vhost a { ${block(`vcodec libx246; acodec copy; output ${to('a')};`)} }`);
    assert.match(told, /^x:1:\d+: this ffmpeg has no encoder "libx246"; .*did you mean "libx264"\?$/);
  });

  test('gives ffmpeg its arguments in the order of SRS', () => {
    const engine = `vfilter { vf hflip; } vcodec libx264; vbitrate 300; vfps 20; vwidth 321; vheight 240; vthreads 2;
      vprofile baseline; vpreset superfast; vparams { t 100; } acodec aac; abitrate 45; asample_rate 44100; achannels 2;
      aparams { profile:a aac_low; } output rtmp://127.0.0.1:[port]/[app]?vhost=[vhost]/[stream]_[engine];`;
    const { config } = parseConfig(`vhost a { ${block(engine)} }`, 'x');
    const source = { vhost: 'a', app: 'live', stream: 's', tcUrl: 'rtmp://a/live', path: 'p' };
    const [task] = tasksFor(config, source, [{ host: '0.0.0.0', port: 1935 }]);
    const args = (task?.args ?? []).join(' ').replace(/weirPath:\S+/g, 'weirPath:X');
    assert.equal(
      args,
      '-hide_banner -nostdin -nostats -progress pipe:3 -f flv -rtmp_conn O:1 NS:weirPath:X O:0 ' +
        '-i rtmp://127.0.0.1:1935/live?vhost=a/s -vf hflip -vcodec libx264 -b:v 300000 -r 20.00 -s 320x240 -aspect 320:240 ' +
        '-threads 2 -profile:v baseline -preset superfast -t 100 -acodec aac -b:a 45000 -ar 44100 -ac 2 -profile:a aac_low ' +
        '-f flv -rtmp_conn O:1 NS:weirPath:X O:0 -y rtmp://127.0.0.1:1935/live?vhost=a/s_e',
    );
  });
});

test('encoders are known by their own names and those of their codecs', () => {
  const text = `Encoders:
 V..... = Video
 ------
 V....D libx264              libx264 H.264 / AVC / MPEG-4 AVC / MPEG-4 part 10 (codec h264)
 A....D aac                  AAC (Advanced Audio Coding)
`;
  assert.deepEqual([...readEncoders(text)], ['libx264', 'h264', 'aac']);
});
