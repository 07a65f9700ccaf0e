// `npm start`: all twelve streams of the demo, the source and what ffmpeg makes of it, here and at the second server, over RTMP and
// HLS, are what the configuration asks for; and nothing of it is left behind.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { start } from './support/process.js';
import { freePort, repository, temporaryFolder } from './support/servers.js';
import { untilSo } from './support/transcodes.js';

const run = promisify(execFile);
/** From `npm start` on, on a built clone. */
const limit = 30_000;
const ports = ['1935', '8080', '1985', '19350', '8081', '1986', '8085'] as const;

const source = ['h264,320,180,25/1', 'aac,48000,1'];
const ld = ['h264,256,144,20/1', 'aac,44100,2'];
const sd = ['h264,640,360,25/1', 'aac,44100,1'];

/** The first seconds decoded; what the streams are. Rejects while there is nothing to decode. */
async function decoded(url: string): Promise<string[]> {
  const patient = { timeout: 15_000, killSignal: 'SIGKILL' } as const;
  const entries = 'stream=codec_name,width,height,r_frame_rate,sample_rate,channels,nb_read_frames';
  const count = ['-count_frames', '-read_intervals', '%+2', '-show_entries', entries, '-of', 'json'];
  const { stdout, stderr } = await run('ffprobe', ['-v', 'error', ...count, url], patient);
  assert.equal(stderr, '', url);
  const { streams } = JSON.parse(stdout) as { streams: Record<string, string>[] };
  for (const one of streams) assert.ok(Number(one['nb_read_frames']) >= 20, `${url}: ${stdout}`);
  return streams.map(({ codec_name: codec, width, height, r_frame_rate: rate, sample_rate: hertz, channels }) =>
    width === undefined ? [codec, hertz, channels].join() : [codec, width, height, rate].join(),
  );
}

/** A playlist is there when its first fragment is. */
async function untilDecoded(url: string, wanted: readonly string[], end: number): Promise<void> {
  for (;;) {
    try {
      assert.deepEqual(await decoded(url), wanted, url);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The demo's files with ports that are free, and a folder of their own. */
function ownFiles(folder: string, own: ReadonlyMap<string, string>): string[] {
  return ['demo.conf', 'demo.19350.conf'].map((name) => {
    const text = readFileSync(join(repository, 'conf', name), 'utf8')
      .replace(/\b\d{4,5}\b/g, (number) => own.get(number) ?? number)
      .replace('pid ', `ff_log_dir ${folder};\npid `)
      .replaceAll('./objs', folder);
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
}

/** Processes with this in their command line. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

test('npm start has the twelve streams of the demo on the air within 30 s, and leaves nothing behind', async (context) => {
  const folder = temporaryFolder(context);
  const own = new Map<string, string>();
  for (const port of ports) own.set(port, String(await freePort()));
  const port = (usual: (typeof ports)[number]): string => own.get(usual) ?? '';
  const files = ownFiles(folder, own);
  const began = Date.now();
  const demo = start(context, process.execPath, [join('scripts', 'start.mjs'), '--demo', ...files], {
    cwd: repository,
    seconds: 120,
  });
  await demo.line(/the demo is on the air/);
  const wanted = { livestream: source, livestream_ld: ld, livestream_sd: sd };
  const all = Object.entries(wanted).flatMap(([name, streams]) => [
    { url: `rtmp://127.0.0.1:${port('1935')}/live?vhost=demo/${name}`, streams },
    { url: `http://127.0.0.1:${port('8080')}/live/${name}.m3u8?vhost=demo`, streams },
    { url: `rtmp://127.0.0.1:${port('19350')}/live/${name}`, streams },
    { url: `http://127.0.0.1:${port('8081')}/live/${name}.m3u8`, streams },
  ]);
  assert.equal(all.length, 12);
  await Promise.all(all.map(({ url, streams }) => untilDecoded(url, streams, began + limit)));
  const took = Date.now() - began;
  context.diagnostic(`all twelve after ${(took / 1000).toFixed(1)} s`);
  assert.ok(took < limit, `${String(took)} ms`);
  for (const { url } of all) assert.ok(demo.output().includes(url), `it does not name ${url}:\n${demo.output()}`);

  const told = readFileSync(join(folder, 'hooks-demo.log'), 'utf8');
  for (const name of Object.keys(wanted)) assert.match(told, new RegExp(`^on_publish .*"stream":"${name}"`, 'm'));
  const list = await (await fetch(`http://127.0.0.1:${port('8080')}/live/demo.m3u8?vhost=players_pub`)).text();
  assert.match(list, /^#EXTM3U/);
  assert.match(await (await fetch(`http://127.0.0.1:${port('1985')}/console/`)).text(), /<title>/);

  // Nobody who watches is cut without a word, and no process stays.
  assert.ok(processesWith(port('1935')).length >= 5);
  const { status, stdout, stderr } = await demo.stop('SIGINT');
  assert.equal(status, 0, stdout + stderr);
  assert.equal(stderr, '');
  assert.doesNotMatch(stdout, /"level":"(warn|error|fatal)"/);
  await untilSo('something of it is there still', () => processesWith(port('1935')).length === 0);
});
