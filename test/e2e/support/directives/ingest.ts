// Probes of ingests: those that pull are seen to try, of those that run a program the command line is looked at.
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import type { Place, Probe, Probes, Tree } from './place.js';
import { another, engine, program, without } from './transcode.js';

/** Whether that was tried. */
const triesToIngest = (what: string) => (place: Place) => () =>
  place.weir.output().includes(`cannot ingest rtmp://127.0.0.1:9/${what} as ${place.vhost}/live/`);
const somewhere: Tree = { url: 'rtmp://127.0.0.1:9/live/one' };

const input: Tree = { type: 'stream', url: 'rtsp://127.0.0.1:9/one' };

/** The block with the directives of an engine but for one of them. */
const block = (left?: string, more: Tree = {}): Tree => ({
  ingest: { enabled: 'on', input, ffmpeg: program, engine: { ...without(engine, left), ...more } },
});

interface Told {
  readonly type: string;
  readonly vhost: string;
  readonly state: string;
  readonly pid?: number;
}

/** What the log said last of an ingest of the vhost that is in this state. */
const lastOf = ({ weir, vhost }: Place, state: string): Told | undefined =>
  weir
    .output()
    .split('\n')
    .filter((line) => line.includes('"type":"ingest"'))
    .map((line) => JSON.parse(line) as Told)
    .findLast((told) => told.vhost === vhost && told.state === state);

function commandOf(place: Place): string {
  const pid = lastOf(place, 'running')?.pid;
  return pid === undefined ? '' : readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

/** Whether the command line has this part. */
const has = (part: string, more: Partial<Probe> = {}): Probe => ({
  beside: block(),
  look: (place) => () => commandOf(place).includes(part),
  before: false,
  after: true,
  ...more,
});

const hadNot = (part: string): Probe => ({ ...has(part), before: true, after: false });

export const ingestProbes: Probes = {
  'vhost ingest enabled': {
    beside: { ingest: { input: { type: 'stream', ...somewhere }, output: 'live/x' } },
    look: triesToIngest('live/one'),
    before: false,
    after: true,
  },
  'vhost ingest input type': {
    beside: { ingest: { enabled: 'on', input: somewhere, output: 'live/x' } },
    look: (place) => () => place.weir.output().includes(`live/one as ${place.vhost}/live/x: the other server`),
    before: false,
    after: true,
  },
  'vhost ingest input url': {
    beside: { ingest: { enabled: 'on', input: { type: 'stream' }, output: 'live/x' } },
    ...{ from: 'rtmp://127.0.0.1:9/live/one', to: 'rtmp://127.0.0.1:9/live/two' },
    look: triesToIngest('live/two'),
    before: false,
    after: true,
  },
  'vhost ingest output': {
    beside: { ingest: { enabled: 'on', input: { type: 'stream', ...somewhere } } },
    ...{ from: 'live/first', to: 'live/second' },
    look: (place) => () => place.weir.output().includes(`as ${place.vhost}/live/second:`),
    before: false,
    after: true,
  },
  'vhost ingest ffmpeg': has(another, {
    beside: { ingest: { enabled: 'on', input, engine } },
    ...{ from: program, to: another },
  }),
  // Off it copies.
  'vhost ingest engine enabled': has('-vcodec libx264', { beside: block('enabled') }),
  'vhost ingest engine iformat': has('-f flv -i rtsp:'),
  'vhost ingest engine vcodec': has('-vcodec libx264', { from: 'copy', beside: block('vcodec') }),
  'vhost ingest engine vbitrate': has('-b:v 300000'),
  'vhost ingest engine vfps': has('-r 20.00'),
  'vhost ingest engine vwidth': has('-s 768x320', { beside: block('', { vheight: '320' }) }),
  'vhost ingest engine vheight': has('-s 768x320', { beside: block('', { vwidth: '768' }) }),
  'vhost ingest engine vthreads': has('-threads 2'),
  'vhost ingest engine vprofile': has('-profile:v baseline'),
  'vhost ingest engine vpreset': has('-preset superfast'),
  'vhost ingest engine acodec': has('-acodec aac', { from: 'copy', beside: block('acodec') }),
  'vhost ingest engine abitrate': has('-b:a 45000'),
  'vhost ingest engine asample_rate': has('-ar 44100'),
  'vhost ingest engine achannels': has('-ac 2'),
  'vhost ingest engine oformat': hadNot('-acodec aac -f flv'),
  'vhost ingest engine output': has('/a/c', {
    ...{ from: 'rtmp://127.0.0.1:9/a/b', to: 'rtmp://127.0.0.1:9/a/c', beside: block('output') },
  }),
  'vhost ingest engine nice': {
    beside: block(),
    look: (place) => () => getPriority(lastOf(place, 'running')?.pid),
    ...{ before: 5, after: 10 },
  },
  'vhost ingest engine max_restarts': {
    beside: { ingest: { enabled: 'on', input, ffmpeg: '/bin/false', engine } },
    ...{ from: '1000', to: '1' },
    look: (place) => () => lastOf(place, 'failed') !== undefined,
    ...{ before: false, after: true },
  },
};
