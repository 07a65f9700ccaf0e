// Transcodes as processes: what starts and ends them, what they leave alone, and names that look like commands.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Streams } from './support/api.js';
import { fixture, playWithFfmpeg, publishForEver } from './support/media.js';
import {
  commandOf,
  engine,
  isGroupThere,
  startTranscoding,
  transcode,
  untilSo,
  type Transcodes,
} from './support/transcodes.js';

const source = fixture('h264-aac');
const running = ({ state }: { readonly state: string }) => state === 'running';

const timeOf = (line: Readonly<Record<string, unknown>>): number => new Date(line['time'] as string).getTime();

describe('transcode', { concurrency: 3 }, () => {
  test('engines start at publish, come back when they are killed, and go with the stream', async (context) => {
    const weir = await startTranscoding(context, { vhost: transcode(engine('ld')) });
    const published = publishForEver(context, source, weir.url('s'));
    const first = await weir.engineIs('ld', ({ frames }) => frames > 0);
    await weir.logged({ type: 'published', stream: 's_ld' });
    process.kill(-first.pid, 'SIGKILL');
    const { pid, restarts } = await weir.engineIs('ld', (one) => one.restarts === 1 && one.frames > 0);
    assert.ok(pid !== first.pid && restarts === 1);
    const ended = await weir.logged({ type: 'transcode', engine: 'ld', state: 'waiting' });
    const again = await weir.logged({ type: 'transcode', engine: 'ld', state: 'running', restarts: 1 });
    const wait = Number(/again in (\d+) ms/.exec(String(ended['msg']))?.[1]);
    const took = timeOf(again) - timeOf(ended);
    assert.ok(wait >= 250 && wait <= 500 && took >= wait - 2 && took < wait + 1000, `${String(wait)}, ${String(took)}`);
    assert.ok((await playWithFfmpeg(context, weir.url('s_ld'), 1)).length > 20);
    assert.equal(published.child.exitCode, null);
    assert.match(await (await weir.get('/metrics')).text(), /^weir_transcode_restarts_total 1$/m);

    await published.stop('SIGINT');
    await weir.logged({ type: 'unpublished', stream: 's' });
    const at = Date.now();
    await untilSo('ffmpeg is there still', () => !isGroupThere(pid));
    // SIGKILL comes after 1.5 s.
    assert.ok(Date.now() - at < 2_000);
    assert.deepEqual((await weir.json('/api/v1/transcodes'))['transcodes'], []);
  });

  test('what a transcode made is not made again; what another vhost makes of it is', async (context) => {
    const chain = 'rtmp://127.0.0.1:[port]/[app]?vhost=second.example/[stream]';
    const weir = await startTranscoding(context, {
      vhost: transcode(engine('ld') + engine('on', { output: chain })) + transcode(engine('hd'), 'live'),
      vhosts: `vhost second.example { ${transcode(engine('again'))} }`,
    });
    publishForEver(context, source, weir.url('s'));
    const names = ['s_ld', 's_hd', 's_again'];
    await Promise.all(names.map((stream) => weir.logged({ type: 'published', stream })));
    await weir.engineIs('again', running);
    // Its figures are those of a moment ago.
    const { streams } = await weir.until<Streams>(
      '/api/v1/streams',
      (reply) => reply.streams.length >= names.length + 2,
    );
    assert.deepEqual(streams.map(({ name }) => name).toSorted(), ['s', 's', 's_again', 's_hd', 's_ld']);
    const { transcodes } = (await weir.json('/api/v1/transcodes')) as unknown as Transcodes;
    assert.deepEqual(transcodes.map((one) => one.engine).toSorted(), ['again', 'hd', 'ld', 'on']);
  });

  test('a circle through several vhosts is refused by name, and only the last engine ends', async (context) => {
    const to = (vhost: string, app: string) => ({ output: `rtmp://127.0.0.1:[port]/${app}?vhost=${vhost}/[stream]` });
    // By the app it cannot be seen before a stream is there.
    const more = 'max_restarts 0;';
    const weir = await startTranscoding(context, {
      vhost: transcode(engine('a', to('b.example', '[app]')), 'live'),
      vhosts: `vhost b.example { ${transcode(engine('b', { ...to('__defaultVhost__', '[app]'), more }))} }`,
    });
    const published = publishForEver(context, source, weir.url('s'));
    const line = await weir.logged({ type: 'transcode', reason: 'forward_loop', stream: 's' });
    assert.deepEqual(line['blocks'], ['__defaultVhost__/live']);
    await weir.logged({ type: 'transcode', engine: 'b', state: 'failed' });
    await weir.engineIs('a', running);
    assert.equal(published.child.exitCode, null);
  });

  test('a broken filter is given up, with what ffmpeg said of it', async (context) => {
    const more = 'vbitrate 100; vfilter { vf nonsense=1; } max_restarts 1;';
    const weir = await startTranscoding(context, {
      vhost: transcode(engine('bad', { vcodec: 'libx264', more }) + engine('good')),
    });
    const published = publishForEver(context, source, weir.url('s'));
    const line = await weir.logged({ type: 'transcode', engine: 'bad', state: 'failed' });
    assert.match(JSON.stringify(line['lines']), /No such filter: 'nonsense'/);
    const { lines, restarts, pid } = await weir.engineIs('bad', ({ state }) => state === 'failed');
    assert.match(lines.join('\n'), /No such filter: 'nonsense'/);
    assert.deepEqual([restarts, pid], [1, 0]);
    const log = readFileSync(join(weir.logs, 'ffmpeg-encoder-__defaultVhost__-live-s-bad.log'), 'utf8');
    assert.match(log, /-vf nonsense=1 -vcodec libx264/);
    await weir.engineIs('good', ({ frames }) => frames > 0);
    assert.equal(published.child.exitCode, null, 'the publisher noticed nothing');
  });

  test('a reload restarts the engine that has changed and no other', async (context) => {
    const text = (rate: number) =>
      transcode(engine('kept') + engine('changed', { acodec: 'aac', more: `abitrate ${String(rate)};` }));
    const weir = await startTranscoding(context, { vhost: text(32) });
    publishForEver(context, source, weir.url('s'));
    const [kept, changed] = await Promise.all([weir.engineIs('kept', running), weir.engineIs('changed', running)]);
    assert.match(commandOf(changed.pid), /-b:a 32000/);
    const file = join(weir.folder, 'weir.conf');
    writeFileSync(file, readFileSync(file, 'utf8').replace('abitrate 32;', 'abitrate 48;'));
    assert.equal((await weir.get('/api/v1/reload', { method: 'POST' })).status, 200);
    const after = await weir.engineIs('changed', (one) => running(one) && one.pid !== changed.pid);
    assert.match(commandOf(after.pid), /-b:a 48000/);
    const same = await weir.engineIs('kept', running);
    assert.deepEqual([same.pid, same.restarts], [kept.pid, 0]);
  });

  test('no ffmpeg outlives the server, though that is killed', async (context) => {
    const weir = await startTranscoding(context, { vhost: transcode(engine('ld')) });
    publishForEver(context, source, weir.url('s'));
    const { pid } = await weir.engineIs('ld', ({ frames }) => frames > 0);
    await weir.process.stop('SIGKILL');
    const at = Date.now();
    await untilSo('ffmpeg is there still', () => !isGroupThere(pid));
    assert.ok(Date.now() - at < 5_000);
  });

  test('names that look like commands, options and paths are names', async (context) => {
    const long = '日本'.repeat(42) + 'abc';
    assert.equal(Buffer.byteLength(long), 255);
    const names = ['; rm -rf x', '$(touch x)', '-f null', 'a b/c.flv', long];
    const output = 'rtmp://127.0.0.1:[port]/out?vhost=[vhost]/[stream]';
    const weir = await startTranscoding(context, { vhost: transcode(engine('ld', { output }), 'live') });
    // Out of a URL ffmpeg would read names otherwise.
    for (const name of names) publishForEver(context, source, weir.url('x'), ['-rtmp_playpath', name]);
    await Promise.all(names.map((stream) => weir.logged({ type: 'published', app: 'out', stream })));
    assert.equal(readdirSync(weir.logs).length, names.length);
  });
});
