// Probes of transcodes: each looks at the command line of the process that works on a stream. What runs is no ffmpeg, which
// would cost much for nothing.
import { mkdtempSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fresh, keepDoing, publish, type Eye, type Place, type Probe, type Probes, type Tree } from './place.js';

const folder = mkdtempSync(join(tmpdir(), 'weir-stand-in-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Stays until it is ended; of encoders it says nothing. */
function standIn(name: string): string {
  const file = join(folder, name);
  const script = '#!/bin/sh\ncase "$*" in *-encoders*) exit;; esac\nsleep 300 &\nwait\n';
  writeFileSync(file, script, { mode: 0o755 });
  return file;
}

export const [program, another] = [standIn('one'), standIn('another')];
const output = 'rtmp://127.0.0.1:9/a/b';
export const engine: Tree = { enabled: 'on', vcodec: 'libx264', acodec: 'aac', output };

export const without = (tree: Tree, name = ''): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([directive]) => directive !== name));

/** The block with the directives that an engine needs, but for one of these. */
const block = (left?: string, more: Tree = {}): Tree => ({
  transcode: { enabled: 'on', ffmpeg: program, engine: { ...without(engine, left), ...more } },
});

interface Told {
  readonly vhost: string;
  readonly state: string;
  readonly pid: number;
  readonly restarts: number;
}

/** What the log said last of an engine of the vhost that is in this state. */
const lastOf = ({ weir, vhost }: Place, state: string): Told | undefined =>
  weir
    .output()
    .split('\n')
    .filter((line) => line.includes('"type":"transcode"'))
    .map((line) => JSON.parse(line) as Told)
    .findLast((told) => told.vhost === vhost && told.state === state);

function commandOf(place: Place): string {
  const pid = lastOf(place, 'running')?.pid;
  return pid === undefined ? '' : readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

const looking =
  (see: (place: Place) => unknown) =>
  async (place: Place): Promise<Eye> => {
    const sender = await publish(place, fresh());
    let number = 0;
    // A publisher that is silent is closed, and its engines go with it.
    keepDoing(place, () => sender.pictures(number, ++number), 500);
    return () => see(place);
  };

/** Whether the command line has this part. */
const has = (part: string, more: Partial<Probe> = {}): Probe => ({
  beside: block(),
  look: looking((place) => commandOf(place).includes(part)),
  before: false,
  after: true,
  ...more,
});

const hadNot = (part: string): Probe => ({ ...has(part), before: true, after: false });
const runs = looking((place) => lastOf(place, 'running') !== undefined);
export const transcodingVhost: Tree = { 'vhost transcodes.example': block() };

export const transcodeProbes: Probes = {
  ff_log_dir: {
    beside: transcodingVhost,
    to: '$folder/logs',
    look: (place) => async () => {
      await publish({ ...place, vhost: 'transcodes.example' }, fresh());
      return existsSync(join(place.folder, place.vhost, 'logs'));
    },
    before: false,
    after: true,
  },
  'vhost transcode enabled': {
    beside: { transcode: { ffmpeg: program, engine } },
    ...{ look: runs, before: false, after: true },
  },
  'vhost transcode ffmpeg': {
    beside: { transcode: { enabled: 'on', engine } },
    ...{ from: program, to: another },
    ...{ look: looking((place) => commandOf(place).includes(another)), before: false, after: true },
  },
  'vhost transcode engine enabled': { beside: block('enabled'), look: runs, before: false, after: true },
  'vhost transcode engine iformat': hadNot('pipe:3 -f flv'),
  'vhost transcode engine vcodec': has('-vcodec libx264', { from: 'copy', beside: block('vcodec') }),
  'vhost transcode engine vbitrate': has('-b:v 300000'),
  'vhost transcode engine vfps': has('-r 20.00'),
  'vhost transcode engine vwidth': has('-s 768x320', { beside: block('', { vheight: '320' }) }),
  'vhost transcode engine vheight': has('-s 768x320', { beside: block('', { vwidth: '768' }) }),
  'vhost transcode engine vthreads': has('-threads 2'),
  'vhost transcode engine vprofile': has('-profile:v baseline'),
  'vhost transcode engine vpreset': has('-preset superfast'),
  'vhost transcode engine acodec': has('-acodec aac', { from: 'copy', beside: block('acodec') }),
  'vhost transcode engine abitrate': has('-b:a 45000'),
  'vhost transcode engine asample_rate': has('-ar 44100'),
  'vhost transcode engine achannels': has('-ac 2'),
  'vhost transcode engine oformat': hadNot('-acodec aac -f flv'),
  'vhost transcode engine output': has('/a/c', { from: output, to: 'rtmp://127.0.0.1:9/a/c', beside: block('output') }),
  'vhost transcode engine nice': {
    beside: block(),
    look: looking((place) => getPriority(lastOf(place, 'running')?.pid)),
    ...{ before: 5, after: 10 },
  },
  'vhost transcode engine max_restarts': {
    beside: { transcode: { enabled: 'on', ffmpeg: '/bin/false', engine } },
    ...{ from: '0', to: '1' },
    look: looking((place) => lastOf(place, 'failed')?.restarts),
    ...{ before: 0, after: 1 },
  },
};
