// Probes of the directives at the top of the file.
import {
  appendFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { roleOverRtmp } from '../asking.js';
import { isKey, numberOf } from '../frames.js';
import { connectRtmp, openConnection, type } from '../rtmp_client.js';
import {
  ask,
  fresh,
  get,
  keepDoing,
  metric,
  publish,
  toldOf,
  watch,
  type Eye,
  type Place,
  type Probe,
  type Probes,
} from './place.js';
import { transcodingVhost } from './transcode.js';

const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 20));

/** Where the line about a new player goes. */
const whereLogged = (place: Place) => async () => {
  const name = fresh();
  await ask(place, 'play', { name });
  const file = join(place.folder, place.vhost, 'weir.log');
  for (; ; await pause()) {
    if (existsSync(file) && readFileSync(file, 'utf8').includes(name)) return 'file';
    if (place.weir.output().includes(name)) return 'console';
  }
};

/** Whether a line of level debug is there when one of level info, which comes later, is. */
const isDebugLogged = (place: Place) => async () => {
  const app = fresh();
  await roleOverRtmp(place.context, place.port, { action: 'play', app, name: 's' });
  await place.weir.line(new RegExp(`plays .*${app}`));
  return new RegExp(`"type":"connect".*${app}`).test(place.weir.output());
};

const summary = (stage: string): Probe => ({
  from: '1h',
  to: '100',
  look: ({ weir }) => {
    const start = weir.output().length;
    return () => weir.output().slice(start).includes(`"stage":"${stage}"`);
  },
  before: false,
  after: true,
});

/** What the beats since now say. */
const beats = (read: (beats: readonly Readonly<Record<string, unknown>>[]) => unknown) => (place: Place) => {
  const start = toldOf(place).length;
  return () =>
    read(
      toldOf(place)
        .slice(start)
        .map(({ body }) => body),
    );
};
const heart = (more: Readonly<Record<string, string>>) => ({ heartbeat: { url: '$backend/beat', ...more } });
const often = { interval: '0.1' };

const isReachable = (port: number) => () =>
  openConnection(port).then(
    (client) => {
      client.end();
      return true;
    },
    () => false,
  );
const newPort = (base: string): Pick<Probe, 'to' | 'look' | 'before' | 'after'> => ({
  to: `${base}127.0.0.1:$spare`,
  look: ({ spare }) => isReachable(spare),
  before: false,
  after: true,
});

const allowsOthers = (url: (place: Place) => string) => (place: Place) => async () =>
  (await get(url(place), { headers: { origin: 'http://other.example' } })).headers.has('access-control-allow-origin');

const statusOf = (url: (place: Place) => string) => (place: Place) => async () => (await get(url(place))).status;
const summaries = ({ api }: Place): string => `${api}/api/v1/summaries`;
const home = ({ http }: Place): string => `http://127.0.0.1:${String(http)}/which.txt`;

/** A disk whose figures move when we write, if there is one. */
function ownDisk(folder: string): string {
  const written = (): Map<string, string> =>
    new Map(
      readFileSync('/proc/diskstats', 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .map((fields) => [fields[2] ?? '', fields[9] ?? '']),
    );
  const before = written();
  writeThrough(folder);
  return [...written()].find(([name, sectors]) => name !== '' && before.get(name) !== sectors)?.[0] ?? '';
}

function writeThrough(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = openSync(join(folder, 'written'), 'w');
  writeSync(file, Buffer.alloc(2 ** 20, 1));
  fsyncSync(file);
  closeSync(file);
}

/** On a machine that has an address of the outside. */
export const networkProbe = (): Probe | undefined => {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const [first, second] = all
    .filter(({ family }) => family === 'IPv4')
    .toSorted((a, b) => Number(a.internal) - Number(b.internal))
    .map(({ address }) => address);
  if (second === undefined) return undefined;
  return {
    beside: heart({ enabled: 'on', ...often }),
    look: beats((told) => told.at(-1)?.['ip']),
    before: first,
    after: second,
  };
};

export const diskProbe = (folder: string): Probe | undefined => {
  const disk = existsSync('/proc/diskstats') ? ownDisk(folder) : '';
  if (disk === '') return undefined;
  return {
    to: disk,
    look: (place) => async () => {
      writeThrough(folder);
      const { text } = await get(summaries(place));
      return /"disk_write_KBps":[1-9]/.test(text);
    },
    before: false,
    after: true,
  };
};

/** Whether who comes to a stream of 1.25 MB a second that had one key frame gets that one. */
const holdsGop = async (place: Place): Promise<Eye> => {
  const name = fresh();
  const sender = await publish(place, name);
  let number = 0;
  keepDoing(place, () => sender.pictures(number, ++number, { size: 50_000, gop: 1_000_000 }));
  return async () => {
    const late = await watch(place, name);
    const first = await late.next('picture', (message) => numberOf(message) !== undefined);
    late.end();
    return isKey(first.payload);
  };
};

export const serverProbes: Probes = {
  listen: newPort('127.0.0.1:$port '),
  max_connections: {
    to: '1',
    look: (place) => async () => {
      const client = await openConnection(place.port);
      const came = await client.shakeHands().then(
        () => true,
        () => false,
      );
      client.end();
      return came;
    },
    before: true,
    after: false,
  },
  chunk_size: {
    look: (place) => async () => {
      const client = await connectRtmp(place.port);
      client.end();
      return client.received.find((message) => message.type === type.setChunkSize)?.payload.readUInt32BE();
    },
    before: 60_000,
    after: 4096,
  },
  log: { to: '$folder/weir.log', look: whereLogged, before: 'console', after: 'file' },
  log_level: { look: isDebugLogged, before: false, after: true },
  srs_log_tank: {
    beside: { srs_log_file: '$folder/weir.log' },
    from: 'file',
    look: whereLogged,
    before: 'file',
    after: 'console',
  },
  srs_log_level: { to: 'info', look: isDebugLogged, before: false, after: true },
  srs_log_file: { to: '$folder/weir.log', look: whereLogged, before: 'console', after: 'file' },
  watch_config: {
    look: ({ weir, folder }) => {
      const start = weir.output().length;
      let touched = -Infinity;
      return () => {
        // It is read when it was left alone.
        if (performance.now() - touched > 2500) {
          appendFileSync(join(folder, 'weir.conf'), '\n');
          touched = performance.now();
        }
        return weir.output().slice(start).includes('"type":"watch"');
      };
    },
    before: false,
    after: true,
  },
  drain_wait: {
    to: '77',
    look:
      ({ api }) =>
      async () =>
        ((await (await fetch(`${api}/api/v1/drain`)).json()) as { data: { wait_ms: number } }).data.wait_ms,
    before: 30_000,
    after: 77_000,
  },
  log_memory: { to: '1m', look: holdsGop, before: true, after: false },
  memory_limit: {
    from: '256m',
    to: '128m',
    look: (place) => () => metric(place, 'weir_log_limit_bytes'),
    before: 256 * 2 ** 20,
    after: 128 * 2 ** 20,
  },
  'pithy_print publish': summary('publish'),
  'pithy_print play': summary('play'),
  'pithy_print hls': {
    ...summary('hls'),
    look: async (place) => {
      await publish({ ...place, vhost: 'cleaned' }, fresh());
      return summary('hls').look(place);
    },
  },
  'pithy_print forwarder': {
    ...summary('forwarder'),
    beside: { 'vhost forwards.example': { forward: '127.0.0.1:9' } },
    look: async (place) => {
      await publish({ ...place, vhost: 'forwards.example' }, fresh());
      return summary('forwarder').look(place);
    },
  },
  'pithy_print encoder': {
    ...summary('encoder'),
    beside: transcodingVhost,
    look: async (place) => {
      await publish({ ...place, vhost: 'transcodes.example' }, fresh());
      return summary('encoder').look(place);
    },
  },
  'pithy_print ingester': {
    ...summary('ingester'),
    beside: { 'vhost ingests.example': { ingest: { enabled: 'on', output: 'live/x', input: { type: 'stream' } } } },
  },
  'heartbeat enabled': {
    beside: heart(often),
    look: beats((told) => told.length > 0),
    before: false,
    after: true,
  },
  'heartbeat interval': {
    beside: heart({}),
    from: '1h',
    to: '0.1',
    look: beats((told) => told.length > 2),
    before: false,
    after: true,
  },
  'heartbeat url': {
    beside: { heartbeat: often },
    from: '$away/beat',
    to: '$backend/beat',
    look: beats((told) => told.length > 0),
    before: false,
    after: true,
  },
  'heartbeat device_id': {
    beside: heart(often),
    look: beats((told) => told.at(-1)?.['device_id']),
    before: '',
    after: 'device-1',
  },
  'heartbeat summaries': {
    beside: heart(often),
    look: beats((told) => told.length > 0 && told.at(-1)?.['summaries'] !== undefined),
    before: false,
    after: true,
  },
  'http_api enabled': {
    to: 'off',
    look: ({ api }) => isReachable(Number(new URL(api).port)),
    before: true,
    after: false,
  },
  'http_api listen': newPort(''),
  'http_api crossdomain': { look: allowsOthers(summaries), before: true, after: false },
  'http_api auth': { look: statusOf(summaries), before: 200, after: 401 },
  'http_api token': { look: statusOf(summaries), before: 200, after: 401 },
  'http_api metrics_per_stream': {
    look: (place) => async () => (await metric(place, 'weir_stream_players')) > 0,
    before: false,
    after: true,
  },
  'http_server enabled': { to: 'off', look: ({ http }) => isReachable(http), before: true, after: false },
  'http_server listen': newPort(''),
  'http_server dir': {
    from: '$folder/a',
    to: '$folder/b',
    look: (place) => {
      const folder = join(place.folder, place.vhost);
      for (const name of ['a', 'b']) {
        mkdirSync(join(folder, name), { recursive: true });
        writeFileSync(join(folder, name, 'which.txt'), name);
      }
      return async () => (await get(home(place))).text;
    },
    before: 'a',
    after: 'b',
  },
  'http_server stream_list': {
    look: (place) => async () => (await get(home(place).replace('which.txt', 'streams.json'))).status,
    before: 404,
    after: 200,
  },
  'http_server crossdomain': { look: allowsOthers(home), before: true, after: false },
};
