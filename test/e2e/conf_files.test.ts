// Every file of conf/ runs as it stands, but for ports and folders, and does what its first line says.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { makeToken } from '../../src/access/token.js';
import { errorText } from '../../src/errors.js';
import { errorOf, roleOverRtmp } from './support/asking.js';
import { backend } from './support/backend.js';
import { sampleFile } from './support/media.js';
import { start, type Running } from './support/process.js';
import { freePort, mainFile, repository, startWeir, temporaryFolder } from './support/servers.js';
import { untilSo } from './support/transcodes.js';

const usual = ['1935', '8080', '1985', '8085', '19350', '19351'] as const;
type Usual = (typeof usual)[number];

interface Ports {
  /** What stands for a port of the file. */
  readonly of: (port: Usual) => number;
  readonly folder: string;
}

interface Place extends Ports {
  readonly context: TestContext;
  readonly weir: Running;
  readonly http: string;
  readonly api: string;
  readonly rtmp: (path: string) => string;
  /** Publishes the sample there until it is stopped. */
  readonly publish: (path: string) => Promise<Running>;
}

/** What a file of conf/ has to show, and what it needs beside it. */
interface Proof {
  readonly beside?: (context: TestContext, ports: Ports) => unknown;
  readonly shows: (place: Place) => Promise<void>;
}

const execute = promisify(execFile);
const generator = join(repository, 'build', 'Release', 'weir-load');

async function portsOf(context: TestContext): Promise<Ports> {
  const own = new Map<Usual, number>();
  for (const port of usual) own.set(port, await freePort());
  return { of: (port) => own.get(port) ?? assert.fail(port), folder: temporaryFolder(context) };
}

function ownText(name: string, { of, folder }: Ports): string {
  return readFileSync(join(repository, 'conf', name), 'utf8')
    .replace(/\b\d{4,5}\b/g, (number) =>
      (usual as readonly string[]).includes(number) ? String(of(number as Usual)) : number,
    )
    .replaceAll('http://127.0.0.1/', `http://127.0.0.1:${String(of('8085'))}/`)
    .replaceAll('192.0.2.10;', `127.0.0.1:${String(of('19350'))};`)
    .replaceAll('192.0.2.0/24', '127.0.0.0/8')
    .replaceAll(' /var/', ` ${folder}/var/`);
}

async function runFile(context: TestContext, name: string, { beside, shows }: Proof): Promise<void> {
  const ports = await portsOf(context);
  await beside?.(context, ports);
  writeFileSync(join(ports.folder, name), ownText(name, ports));
  // Relative paths of a file are relative to where the server was started.
  mkdirSync(join(ports.folder, 'share'));
  cpSync(sampleFile, join(ports.folder, 'share', 'sample.flv'));
  const weir = start(context, process.execPath, [mainFile, '-c', name], { cwd: ports.folder, seconds: 90 });
  await weir.line(/"service":"rtmp"/);
  const rtmp = (path: string): string => `rtmp://127.0.0.1:${String(ports.of('1935'))}/${path}`;
  const publish = async (path: string): Promise<Running> => {
    const options = ['--file', sampleFile, '--quiet', '--events'];
    const running = start(context, generator, ['publish', rtmp(path), ...options], { seconds: 90 });
    await running.line(/"publishing"/);
    return running;
  };
  const url = (port: Usual): string => `http://127.0.0.1:${String(ports.of(port))}`;
  await shows({ context, ...ports, weir, rtmp, publish, http: url('8080'), api: url('1985') });
  assert.doesNotMatch(weir.output(), /"level":"(error|fatal)"/);
}

/** Decodes some pictures of it; asks again while it is not there yet. */
async function plays(url: string): Promise<void> {
  const args = ['-v', 'error', '-i', url, '-frames:v', '10', '-f', 'framemd5', '-'];
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      const { stdout } = await execute('ffmpeg', args, { timeout: 20_000, killSignal: 'SIGKILL' });
      assert.equal(stdout.match(/^0,/gm)?.length, 10, url);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

const statusOf = async (url: string): Promise<number> => {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.status;
};
const textOf = async (url: string): Promise<string> => (await fetch(url)).text();
const untilText = (url: string, pattern: RegExp): Promise<void> =>
  untilSo(`${url} is not ${String(pattern)}`, async () => pattern.test(await textOf(url)));
const filesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];

async function recordsOne({ publish, folder }: Place, path: string, pattern: RegExp): Promise<void> {
  const publisher = await publish(path);
  const has = (ending: RegExp) => () => filesIn(folder).some((file) => ending.test(file));
  await untilSo('no recording begins', has(/\.tmp$/));
  await publisher.stop();
  await untilSo(`no file is ${String(pattern)}`, has(pattern));
}

const second =
  (port: Usual) =>
  (context: TestContext, { of }: Ports) =>
    startWeir(context, { port: of(port) });

const proofs: Readonly<Record<string, Proof>> = {
  'weir.conf': {
    shows: async ({ publish, http, rtmp }) => {
      await publish('live/mine');
      await plays(rtmp('live/mine'));
      await untilText(`${http}/streams.json`, /"stream":"mine"/);
      assert.match(await textOf(`${http}/`), /<title>/);
    },
  },
  'http.conf': {
    beside: (_, { folder }) => {
      for (const [dir, name] of Object.entries({ www: 'all.txt', files: 'own.txt' })) {
        mkdirSync(join(folder, 'objs', dir), { recursive: true });
        writeFileSync(join(folder, 'objs', dir, name), name);
      }
    },
    shows: async ({ publish, http }) => {
      await publish('live/mine');
      await Promise.all([plays(`${http}/live/mine.flv`), plays(`${http}/live/mine.ts`)]);
      await untilText(`${http}/streams.json`, /"stream":"mine"/);
      await untilText(`${http}/all.txt`, /^all\.txt$/);
      await untilText(`${http}/files/own.txt?vhost=files.example.com`, /^own\.txt$/);
      assert.equal(await statusOf(`${http}/files/own.txt`), 404);
      assert.equal(await statusOf(`${http}/live/none.flv?vhost=files.example.com`), 404);
    },
  },
  'realtime.conf': {
    shows: async ({ publish, http, rtmp }) => {
      await publish('live/mine');
      await Promise.all([plays(rtmp('live/mine')), plays(`${http}/live/mine.flv`)]);
    },
  },
  'api.conf': {
    shows: async ({ publish, api }) => {
      await publish('live/mine');
      await untilText(`${api}/api/v1/streams`, /"name":"mine"/);
      assert.match(await textOf(`${api}/metrics`), /^weir_streams\b.* 1$/m);
    },
  },
  'hls.conf': {
    shows: async ({ publish, http }) => {
      await publish('live/mine');
      await publish('live?vhost=low.latency/mine');
      await Promise.all([
        plays(`${http}/live/mine.m3u8`),
        untilText(`${http}/live/mine.m3u8?vhost=low.latency`, /^#EXT-X-PART:/m),
      ]);
    },
  },
  'dvr.conf': {
    shows: async (place) => {
      await recordsOne(place, 'live/mine', /dvr\/live\/mine\.\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d\.flv$/);
      await recordsOne(place, 'archive?vhost=mp4.recordings/mine', /mp4\.recordings\/archive\/mine\.\d+\.mp4$/);
    },
  },
  'hooks.conf': {
    beside: async (context, { of }) => {
      const args = ['hooks-demo', '--port', String(of('8085')), '--refuse', 'on_play'];
      await start(context, process.execPath, [mainFile, ...args], { seconds: 90 }).line(/http:/);
    },
    shows: async ({ context, publish, of }) => {
      await publish('live/mine');
      const told = errorOf(await roleOverRtmp(context, of('1935'), { action: 'play', name: 'mine' }));
      assert.notEqual(told[0], 'NetStream.Play.Start');
      await untilText(`http://127.0.0.1:${String(of('8085'))}/api/v1/servers`, /weir-1/);
    },
  },
  'access.conf': {
    shows: async ({ publish, http, context, of }) => {
      await publish('live/mine');
      const [, why] = errorOf(await roleOverRtmp(context, of('1935'), { action: 'play', name: 'mine' }));
      assert.ok(String(why).startsWith(errorText('token_missing')), String(why));
      const claim = {
        action: 'play',
        app: 'live',
        stream: 'mine',
        expires: Math.floor(Date.now() / 1000) + 60,
      } as const;
      await plays(`${http}/live/mine.flv?token=${makeToken('an-example-secret-replace-me', claim)}`);
    },
  },
  'forward.conf': {
    beside: async (context, ports) => {
      await second('19350')(context, ports);
      await second('19351')(context, ports);
    },
    shows: async ({ publish, of, api }) => {
      await publish('live/mine');
      const copies = [`${String(of('19350'))}/live`, `${String(of('19351'))}/backup`];
      await Promise.all(copies.map((copy) => plays(`rtmp://127.0.0.1:${copy}/mine`)));
      assert.match(await textOf(`${api}/api/v1/forwards`), /"mine"/);
    },
  },
  'ingest.conf': {
    beside: async (context, ports) => {
      const other = await second('19350')(context, ports);
      const source = ['publish', other.url('livestream'), '--file', sampleFile, '--quiet', '--events'];
      await start(context, generator, source, { seconds: 90 }).line(/"publishing"/);
    },
    shows: async ({ rtmp }) => {
      await Promise.all([plays(rtmp('live/camera')), plays(rtmp('live/film'))]);
    },
  },
  'transcode.conf': {
    shows: async ({ publish, rtmp }) => {
      await publish('live/mine');
      await Promise.all([plays(rtmp('live/mine_sd')), plays(rtmp('live/mine_ld'))]);
    },
  },
  'from-nginx-rtmp.conf': {
    beside: async (context, { of, folder }) => {
      mkdirSync(join(folder, 'var', 'rec'), { recursive: true });
      const answer = (_: unknown, response: { readonly end: () => unknown }): void => void response.end();
      await Promise.all([backend(context, answer, of('8085')), startWeir(context, { port: of('19350') })]);
    },
    shows: async (place) => {
      const { folder, of, http } = place;
      const publisher = await place.publish('live/mine');
      await Promise.all([plays(`rtmp://127.0.0.1:${String(of('19350'))}/live/mine`), plays(`${http}/live/mine.m3u8`)]);
      await publisher.stop();
      const files = (): string[] => filesIn(join(folder, 'var'));
      await untilSo('no recording', () => files().some((file) => /^rec\/mine-\d+\.flv$/.test(file)));
      assert.ok(files().includes('www/hls/live/mine.m3u8'), files().join(' '));
    },
  },
};

/** They have tests of their own. */
const elsewhere = ['full.conf', 'demo.conf', 'demo.19350.conf', 'docker.conf'];

test('every file of conf/ is proved here or in a test of its own', () => {
  const files = readdirSync(join(repository, 'conf')).filter((file) => file.endsWith('.conf'));
  assert.deepEqual(files.toSorted(), [...Object.keys(proofs), ...elsewhere].toSorted());
});

test('the files of conf/', { concurrency: 3 }, async (context) => {
  await Promise.all(
    Object.entries(proofs).map(([name, proof]) => context.test(name, (own) => runFile(own, name, proof))),
  );
});
