// What a configuration means, and what is said about a wrong one.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConfigError, formatDiagnostic } from '../../src/config/diagnostic.js';
import { loadConfig, parseConfig, type Config } from '../../src/config/load.js';
import { logSettings } from '../../src/config/log_settings.js';

const top = fileURLToPath(new URL('../../../', import.meta.url));
const vectors = `${top}test/vectors/conf/`;

const config = (text: string): Config => parseConfig(text, 'x.conf').config;

/** What is wrong with the text, one line each. */
function problems(text: string): string[] {
  try {
    parseConfig(text, 'x.conf');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.diagnostics.map(formatDiagnostic);
  }
}

describe('values', () => {
  test('an empty file is a server on port 1935 with one vhost', () => {
    const empty = config('');
    assert.deepEqual(empty.listen, [{ host: '0.0.0.0', port: 1935 }]);
    assert.equal(empty.max_connections, 1000);
    assert.equal(empty.chunk_size, 60000);
    assert.equal(empty.daemon, false);
    assert.deepEqual(empty.memory_limit, { kind: 'percent', percent: 40 });
    assert.deepEqual(
      empty.vhost.map((vhost) => vhost.name),
      ['__defaultVhost__'],
    );
    const [vhost] = empty.vhost;
    assert.equal(vhost?.gop_cache, true);
    assert.equal(vhost.queue_length, 30_000);
    assert.equal(vhost.mw_latency, undefined);
    assert.equal(vhost.hls.enabled, false);
  });

  test('a file with vhosts has no other ones', () => {
    assert.deepEqual(
      config('vhost a { } vhost b { enabled off; }').vhost.map(({ name, enabled }) => [name, enabled]),
      [
        ['a', true],
        ['b', false],
      ],
    );
  });

  test('listen takes ports and addresses, in one line or several', () => {
    assert.deepEqual(config('listen 1935 127.0.0.1:1936; listen [::]:1935 [::1]:65535;').listen, [
      { host: '0.0.0.0', port: 1935 },
      { host: '127.0.0.1', port: 1936 },
      { host: '::', port: 1935 },
      { host: '::1', port: 65535 },
    ]);
  });

  test('durations count in the unit of their directive, or in a written one', () => {
    const vhost = (text: string) => config(`vhost v { ${text} }`).vhost[0];
    assert.equal(vhost('queue_length 10;')?.queue_length, 10_000);
    assert.equal(vhost('queue_length 1500ms;')?.queue_length, 1500);
    assert.equal(vhost('mw_latency 350;')?.mw_latency, 350);
    assert.equal(vhost('mw_latency 1s;')?.mw_latency, 1000);
    assert.equal(vhost('hls { hls_fragment 9.5; }')?.hls.hls_fragment, 9500);
    assert.equal(vhost('publish_1stpkt_timeout 2m;')?.publish_1stpkt_timeout, 120_000);
  });

  test('sizes take k, m and g', () => {
    assert.equal(config('log_memory 2m;').log_memory, 2 * 1024 * 1024);
    assert.deepEqual(config('memory_limit 1G;').memory_limit, { kind: 'bytes', bytes: 1024 ** 3 });
    assert.deepEqual(config('memory_limit 25%;').memory_limit, { kind: 'percent', percent: 25 });
  });

  test('threads is a number or auto', () => {
    assert.equal(config('threads 4;').threads, 4);
    assert.equal(config('threads auto;').threads, 'auto');
  });

  test('empty quotes mean the default', () => {
    assert.equal(config('max_connections "";').max_connections, 1000);
  });

  test('free blocks keep names and arguments as they are', () => {
    const { vhost } = config("vhost v { transcode { engine e { vfilter { i a.png; vf 'b c'; vf d; } } } }");
    assert.deepEqual(vhost[0]?.transcode[0]?.engine[0]?.vfilter, [
      { name: 'i', args: ['a.png'] },
      { name: 'vf', args: ['b c'] },
      { name: 'vf', args: ['d'] },
    ]);
  });

  test('other names of a directive fill the same value', () => {
    assert.equal(config('log_dir /tmp/x;').ff_log_dir, '/tmp/x');
    assert.equal(config('http_stream { listen 8081; }').http_server.listen.port, 8081);
  });

  test('a rule list keeps its lines apart', () => {
    const { vhost } = config('vhost v { security { deny play 192.0.2.7; allow play all; deny publish all; } }');
    assert.deepEqual(vhost[0]?.security.deny, [
      [
        { kind: 'action', action: 'play' },
        { kind: 'network', address: '192.0.2.7', bits: 32 },
      ],
      [{ kind: 'action', action: 'publish' }, { kind: 'all' }],
    ]);
  });

  test('the loaded config is frozen to its leaves', () => {
    const { vhost, listen } = config('');
    assert.ok([vhost, vhost[0], vhost[0]?.hls, listen[0]].every((part) => Object.isFrozen(part)));
  });
});

describe('log settings', () => {
  const cases: readonly [text: string, target: string, level: string][] = [
    ['', 'console', 'info'],
    ['log console; log_level debug;', 'console', 'debug'],
    ['log ./a.log;', './a.log', 'info'],
    ['srs_log_tank file;', './objs/srs.log', 'info'],
    ['srs_log_file ./b.log;', './b.log', 'info'],
    ['srs_log_tank console; srs_log_file ./b.log;', 'console', 'info'],
    ['daemon on;', './objs/weir.log', 'info'],
    ['daemon on; srs_log_file ./b.log;', './b.log', 'info'],
    ['srs_log_level trace;', 'console', 'info'],
    ['srs_log_level info;', 'console', 'debug'],
    ['srs_log_level verbose;', 'console', 'trace'],
    ['log console; srs_log_tank file; log_level error; srs_log_level info;', 'console', 'error'],
  ];
  for (const [text, target, level] of cases) {
    test(`"${text}" logs to ${target} from ${level} on`, () => {
      const settings = logSettings(config(text));
      assert.equal(settings.target.kind === 'file' ? settings.target.path : 'console', target);
      assert.equal(settings.level, level);
    });
  }
});

describe('mistakes', () => {
  const cases: readonly [what: string, text: string, problem: string][] = [
    [
      'an unknown name is told with the nearest known one',
      'vhost v {\n  gop_cahe on;\n}',
      'x.conf:2:3: unknown directive "gop_cahe" in vhost; did you mean "gop_cache"?',
    ],
    [
      'a name that resembles nothing gets no guess',
      'frobnicate 1;',
      'x.conf:1:1: unknown directive "frobnicate" at the top of the file',
    ],
    [
      'a directive in the wrong place is told where it belongs',
      'gop_cache on;',
      'x.conf:1:1: "gop_cache" does not belong at the top of the file; expected it in vhost',
    ],
    ['a flag is on or off', 'daemon yes;', 'x.conf:1:8: "yes" is no value for "daemon"; expected "on" or "off"'],
    [
      'a word of a list gets the nearest one',
      'vhost v { time_jitter ful; }',
      'x.conf:1:23: "ful" is no value for "time_jitter"; expected "full" or "zero" or "off"; did you mean "full"?',
    ],
    [
      'a number has no garbage behind it',
      'max_connections 10x;',
      'x.conf:1:17: "10x" is no value for "max_connections"; expected a whole number from 1 to 10000000 (connections)',
    ],
    [
      'a number stays in its range',
      'chunk_size 64;',
      'x.conf:1:12: "64" is no value for "chunk_size"; expected a whole number from 128 to 65536 (bytes)',
    ],
    [
      'a port is no name',
      'listen localhost:1935;',
      'x.conf:1:8: "localhost:1935" is no value for "listen"; expected a port from 1 to 65535, or an address and a port as 127.0.0.1:1935 or [::]:1935',
    ],
    [
      'nothing listens twice at one place',
      'listen 1935; listen 0.0.0.0:1935;',
      'x.conf:1:21: "0.0.0.0:1935" is the same as "1935" at x.conf:1:8',
    ],
    [
      'a second directive names the first',
      'daemon on;\ndaemon off;',
      'x.conf:2:1: "daemon" is set already at x.conf:1:1',
    ],
    [
      'a second vhost of a name names the first',
      'vhost a { }\nvhost a { }',
      'x.conf:2:1: "vhost a" stands already at x.conf:1:1',
    ],
    ['a vhost has a name', 'vhost { }', 'x.conf:1:1: "vhost" lacks its name; expected name'],
    ['a directive has its argument', 'daemon;', 'x.conf:1:1: "daemon" lacks its argument; expected "on" or "off"'],
    [
      'a directive has no second argument',
      'daemon on off;',
      'x.conf:1:11: "daemon" takes one argument, "off" is too much; expected ";"',
    ],
    ['a directive has no block', 'daemon on { }', 'x.conf:1:1: "daemon" takes no block; expected ";"'],
    ['a block is a block', 'pithy_print on;', 'x.conf:1:1: "pithy_print" lacks its block; expected "{"'],
    [
      'a missing semicolon is told as one',
      'listen 1935\nmax_connections 1000;',
      'x.conf:1:12: ";" is missing behind "1935"',
    ],
  ];
  for (const [what, text, problem] of cases) {
    test(what, () => assert.equal(problems(text)[0], problem));
  }

  test('a missing semicolon does not hide what follows', () => {
    assert.deepEqual(problems('listen 1935\nmax_connections 1000;\nvhost v { gop_cache on\nmw_latency 10; }'), [
      'x.conf:1:12: ";" is missing behind "1935"',
      'x.conf:3:23: ";" is missing behind "on"',
    ]);
  });

  test('a file with five mistakes reports all five, in order', () => {
    const file = `${vectors}five-mistakes.conf`;
    assert.throws(
      () => loadConfig(file),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError);
        const told = error.message.split('\n').map((line) => line.slice(file.length));
        assert.deepEqual(told, [
          ':3:1: unknown directive "max_conections" at the top of the file; did you mean "max_connections"?',
          ':4:21: "64" is no value for "chunk_size"; expected a whole number from 128 to 65536 (bytes)',
          ':6:21: "onn" is no value for "gop_cache"; expected "on" or "off"; did you mean "on"?',
          ':7:23: ";" is missing behind "30"',
          ':9:5: "listen" does not belong in vhost; expected it in the top of the file, http_api, http_server',
        ]);
        return true;
      },
    );
  });

  test('a file that is not there is one error', () => {
    assert.throws(
      () => loadConfig('/nonexistent/weir.conf'),
      /^ConfigError: \/nonexistent\/weir.conf: the file cannot/,
    );
  });
});

describe('an address for two services', () => {
  const http = (address: string) => `http_server { enabled on; listen ${address}; }`;

  test('is told with both places', () => {
    assert.deepEqual(problems(`listen 1935;\n${http('0.0.0.0:1935')}`), [
      'x.conf:2:34: 0.0.0.0:1935 is taken by listen at x.conf:1:8',
    ]);
    assert.deepEqual(problems(`${http('8080')} http_api { enabled on; listen 127.0.0.1:8080; }`), [
      'x.conf:1:72: 0.0.0.0:8080 is taken by http_server at x.conf:1:34',
    ]);
  });

  test('may be the default of one', () => {
    assert.deepEqual(problems(http('1935')), [
      'x.conf:1:34: 0.0.0.0:1935 is taken by listen, where nothing else is written',
    ]);
  });

  test('is none where they differ, or one of them is off', () => {
    assert.deepEqual(problems(`listen 1935 127.0.0.1:1935 [::]:1935; ${http('127.0.0.1:8080')}`), []);
    assert.deepEqual(problems(`listen 127.0.0.1:1935; ${http('127.0.0.2:1935')}`), []);
    assert.deepEqual(problems('listen 1935; http_server { enabled off; listen 1935; }'), []);
  });
});

describe('old files', () => {
  const waits: Readonly<Record<string, readonly string[]>> = {
    'default.conf': [],
    'edge.conf': ['edge'],
    'forward.conf': [],
    'transcode.conf': ['there is no ./objs/ffmpeg/bin/ffmpeg: nothing is made until it is'],
    'ingest.conf': ['there is no ./objs/ffmpeg/bin/ffmpeg: nothing is made until it is'],
    'hls.conf': [],
    'dvr.conf': [],
    'hooks.conf': [],
    'bandwidth.conf': ['bandwidth test'],
  };
  for (const [file, features] of Object.entries(waits)) {
    test(`${file} loads with one warning for each feature that is not built, or program that is not there`, () => {
      const { warnings } = loadConfig(vectors + file);
      const told = warnings.map(({ message }) => /, but (.*) is not built yet/.exec(message)?.[1] ?? message);
      assert.deepEqual(told.toSorted(), features.toSorted());
    });
  }

  test('every sample is tested', () => {
    const files = readdirSync(vectors).filter((name) => name !== 'five-mistakes.conf');
    assert.deepEqual(files.toSorted(), Object.keys(waits).toSorted());
  });

  test('a feature that is switched off earns no warning', () => {
    const text = 'heartbeat { enabled off; } vhost v { hls { enabled off; hls_fragment 5; } mode local; }';
    assert.deepEqual(parseConfig(text, 'x').warnings, []);
  });
});

describe('any input', () => {
  const alphabet = ['{', '}', ';', '"', "'", '#', '\n', ' ', 'on', 'off', 'vhost', 'listen', '1', 'hls', '\u0000', 'é'];

  /** A small generator of our own, so that a failure can be repeated by its seed. */
  function random(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  function mutate(text: string, pick: (below: number) => number): string {
    const at = pick(text.length + 1);
    const cut = pick(8);
    const insert = Array.from({ length: pick(4) }, () => alphabet[pick(alphabet.length)]).join('');
    return text.slice(0, at) + insert + text.slice(at + cut);
  }

  test('gives a config or a ConfigError with places inside the text, never another exception', () => {
    const seeds = readdirSync(vectors).map((name) => readFileSync(vectors + name, 'utf8'));
    const pick = random(20140119);
    for (let round = 0; round < 3000; round++) {
      let text = seeds[round % seeds.length] ?? '';
      for (let times = 1 + pick(6); times > 0; times--) text = mutate(text, pick);
      try {
        parseConfig(text, 'x.conf');
      } catch (error) {
        assert.ok(error instanceof ConfigError, `round ${round}: ${String(error)}`);
        const lines = text.split('\n').length;
        assert.ok(error.diagnostics.every(({ line, column }) => line >= 1 && line <= lines && column >= 1));
      }
    }
  });

  test('deep nesting and long words are no trouble', () => {
    assert.ok(problems('vhost a {'.repeat(50_000)).length > 0);
    assert.equal(problems(`${'x'.repeat(1_000_000)} 1;`).length, 1);
  });
});

describe('the examples in conf/', () => {
  for (const file of readdirSync(`${top}conf`).filter((name) => name.endsWith('.conf'))) {
    test(`${file} loads without a warning`, () => assert.deepEqual(loadConfig(`${top}conf/${file}`).warnings, []));
  }
});
