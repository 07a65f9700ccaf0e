// Streams that programs fetch: FLV files by our own publisher, all else by ffmpeg. A program that ends is started again, a reload
// touches what has changed, and none is left behind.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startWithApi, type WithApi } from './support/api.js';
import { fixture, framesOf, hashesOf, packetsOf, playWithFfmpeg } from './support/media.js';
import { succeed } from './support/process.js';
import { temporaryFolder } from './support/servers.js';
import { commandOf, ffmpeg, isGroupThere, untilSo } from './support/transcodes.js';

const short = fixture('one-gop');

interface Seen {
  readonly id: string;
  readonly state: string;
  readonly pid: number;
  readonly attempts: number;
  readonly lines: readonly string[];
  readonly error: string;
}

/** The ingest when it is as wanted. */
async function ingestIs(weir: WithApi, id: string, wanted: (seen: Seen) => boolean): Promise<Seen> {
  const found = ({ ingests }: { ingests: readonly Seen[] }) => ingests.find((one) => one.id === id && wanted(one));
  return found(
    await weir.until('/api/v1/ingests', (reply: { ingests: readonly Seen[] }) => found(reply) !== undefined),
  )!;
}

const isRunning = ({ state }: Seen): boolean => state === 'running';
const file = (id: string, url: string, more = '') =>
  `ingest ${id} { enabled on; input { type file; url ${url}; } ${more} }\n`;

describe('ingest by programs', { concurrency: 3 }, () => {
  test('an FLV file is published for ever without ffmpeg, on one clock, and comes back when it is killed', async (context) => {
    const weir = await startWithApi(context, {
      vhost: '',
      vhosts: `vhost films.example { ${file('film', short, 'output films/all/film;')} }`,
    });
    const line = await weir.logged({ type: 'ingest', ingest: 'film', state: 'running' });
    assert.deepEqual([line['vhost'], line['app'], line['stream']], ['films.example', 'films/all', 'film']);
    const url = weir.url('film', 'films/all?vhost=films.example');
    // Longer than the file: what comes behind its end goes on with its begin.
    const got = (await playWithFfmpeg(context, url, 6)).filter(({ kind }) => kind === 'video');
    const published = hashesOf(packetsOf(short), 'video');
    const first = published.indexOf(got[0]?.hash ?? '');
    assert.deepEqual(
      got.map(({ hash }) => hash),
      got.map((_, index) => published[(first + index) % published.length]),
    );
    const steps = got.slice(1).map(({ dts }, index) => dts - got[index]!.dts);
    assert.ok(got.length > 130 && Math.max(...steps) <= 80 && Math.min(...steps) > 0, steps.join(' '));

    const { pid } = await ingestIs(weir, 'film', isRunning);
    process.kill(-pid, 'SIGKILL');
    const again = await ingestIs(weir, 'film', (seen) => isRunning(seen) && seen.pid !== pid);
    assert.equal(again.attempts, 2);
    assert.match(await (await weir.get('/metrics')).text(), /^weir_ingest_failures_total\{reason="ingest_ended"\} 1$/m);
    await weir.process.stop('SIGKILL');
    await untilSo('the publisher is there still', () => !isGroupThere(again.pid));
  });

  test('a file that is none, or is not there, is told of once with the reason, and tried on', async (context) => {
    const folder = temporaryFolder(context);
    const [broken, missing] = [join(folder, 'broken.flv'), join(folder, 'missing.flv')];
    writeFileSync(broken, 'This is no film.');
    const weir = await startWithApi(context, { vhost: file('broken', broken) + file('missing', missing) });
    const untilTried = (id: string) => ingestIs(weir, id, ({ attempts }) => attempts >= 3);
    const seen = await Promise.all(['broken', 'missing'].map(untilTried));
    assert.match(seen[0]!.lines.join('\n'), /FLV/);
    assert.match(seen[1]!.lines.join('\n'), /No such file/);
    for (const id of ['broken', 'missing']) {
      const told = weir.process.output().match(new RegExp(`"ingest":"${id}".*"state":"waiting"`, 'g'));
      assert.equal(told?.length, 1, id);
    }
    // It is there now.
    writeFileSync(missing, readFileSync(short));
    await ingestIs(weir, 'missing', isRunning);
  });

  test('ffmpeg fetches what else there is; an engine that is on makes something else of it', async (context) => {
    const film = join(temporaryFolder(context), 'film.mp4');
    await succeed(context, ffmpeg, ['-v', 'error', '-i', short, '-c', 'copy', film]);
    const engine = (name: string, more: string) =>
      `engine ${name} { output rtmp://127.0.0.1:[port]/live?vhost=[vhost]/[stream]_[engine]; ${more} }`;
    const small = 'enabled on; vcodec libx264; vwidth 96; vheight 54; vparams { g 25; } acodec an;';
    const both = engine('same', '') + engine('small', small);
    const logs = temporaryFolder(context);
    const weir = await startWithApi(context, {
      global: `ff_log_dir ${logs};`,
      vhost: file('film', film, `ffmpeg ${ffmpeg}; ${both}`) + file('plain', film, `ffmpeg ${ffmpeg};`),
    });
    const names = ['film_same', 'film_small', 'plain'];
    await Promise.all(names.map((stream) => weir.logged({ type: 'ingest', stream, state: 'running' })));
    const frames = new Set(hashesOf(framesOf(short), 'video'));
    for (const name of ['film_same', 'plain']) {
      const folder = temporaryFolder(context);
      const copy = join(folder, 'copy.flv');
      await succeed(context, ffmpeg, ['-v', 'error', '-i', weir.url(name), '-t', '2', '-c', 'copy', copy]);
      const seen = hashesOf(framesOf(copy), 'video');
      assert.ok(seen.length > 40 && seen.every((hash) => frames.has(hash)), name);
    }
    const entries = ['-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0'];
    const { stdout } = await succeed(context, 'ffprobe', ['-v', 'error', ...entries, weir.url('film_small')]);
    assert.equal(stdout.trim(), 'h264,96,54');
    const { process: server } = weir;
    const pids = await Promise.all(['film', 'plain'].map((id) => ingestIs(weir, id, isRunning)));
    assert.equal((await server.stop()).status, 0);
    for (const { pid } of pids) assert.equal(isGroupThere(pid), false, 'it outlives the server');
    assert.match(readFileSync(join(logs, 'ffmpeg-ingest-__defaultVhost__-live-film_small.log'), 'utf8'), /-s 96x54/);
  });

  test('a reload restarts the ingest that has changed and no other', async (context) => {
    const weir = await startWithApi(context, { vhost: file('kept', short) + file('changed', short) });
    const [kept, changed] = await Promise.all(['kept', 'changed'].map((id) => ingestIs(weir, id, isRunning)));
    const configuration = join(weir.folder, 'weir.conf');
    const text = readFileSync(configuration, 'utf8');
    const other = fixture('video-only');
    writeFileSync(configuration, text.replace(file('changed', short), file('changed', other)));
    await weir.json('/api/v1/reload', { method: 'POST' });
    const after = await ingestIs(weir, 'changed', (seen) => isRunning(seen) && seen.pid !== changed!.pid);
    assert.ok(commandOf(after.pid).includes(other));
    const same = await ingestIs(weir, 'kept', isRunning);
    assert.deepEqual([same.pid, same.attempts], [kept!.pid, 1]);
    assert.equal(isGroupThere(changed!.pid), false);
  });
});
