// The configuration -> what is to be fetched, and how. Pure. Two plans that are equal are the same work: a reload leaves it alone.

import { addressOf, reachable } from '../config/address.js';
import { defaultVhostName } from '../config/default_vhost.js';
import type { Config, VhostConfig } from '../config/load.js';
import type { Endpoint } from '../config/values.js';
import { engineArguments, inputFormat, type EngineSettings } from '../ffmpeg/arguments.js';
import { outputAddress } from '../ffmpeg/output.js';
import { readSource, type Source } from './source.js';

export interface Plan {
  readonly vhost: string;
  readonly id: string;
  /** Of several that fetch for one id; empty: there is one. */
  readonly engine: string;
  /** As which stream it is published. */
  readonly app: string;
  readonly stream: string;
  /** What logs, API and metrics call the source: without secrets. */
  readonly input: string;
  /** undefined: it can't be fetched. */
  readonly means: Means | undefined;
}

export type Means = { readonly type: 'pull'; readonly source: Source } | Run;

/** A process that publishes. */
export interface Run {
  readonly type: 'ffmpeg' | 'file';
  /** undefined: the one of ours that publishes FLV files. */
  readonly program: string | undefined;
  readonly args: readonly string[];
  readonly nice: number;
  readonly maxRestarts: number;
  /** Whether it publishes here; else it goes to another server. */
  readonly isHere: boolean;
}

type IngestConfig = VhostConfig['ingest'][number];
type EngineConfig = IngestConfig['engine'][number];
type Named = Pick<Plan, 'vhost' | 'id' | 'app' | 'stream' | 'input'>;

export const planName = ({ vhost, id, engine }: Plan): string => `${vhost}/${id}/${engine}`;

/** `listening`: where RTMP clients find us. */
export function plansOf(config: Config, listening: readonly Endpoint[]): readonly Plan[] {
  const vhosts = config.vhost.filter(({ enabled }) => enabled);
  const here: Here = {
    place: reachable(listening[0] ?? { host: '127.0.0.1', port: 1935 }),
    vhosts: new Set(vhosts.map(({ name }) => name)),
  };
  return vhosts.flatMap((vhost) =>
    vhost.ingest.filter(({ enabled }) => enabled).flatMap((ingest) => plansFor(vhost.name, ingest, here)),
  );
}

interface Here {
  readonly place: Endpoint;
  readonly vhosts: ReadonlySet<string>;
}

function plansFor(vhost: string, ingest: IngestConfig, here: Here): readonly Plan[] {
  const { name: id, input, output = `live/${ingest.name}` } = ingest;
  const { url = '' } = input;
  const source = input.type === 'stream' ? readSource(url) : undefined;
  const slash = output.lastIndexOf('/');
  const named: Named = {
    ...{ vhost, id, app: output.slice(0, slash), stream: output.slice(slash + 1) },
    input: source?.name ?? withoutSecrets(url),
  };
  if (ingest.ffmpeg !== undefined) return ffmpegPlans(named, ingest, here);
  return [{ ...named, engine: '', means: source ? { type: 'pull', source } : fileOf(named, ingest, here) }];
}

/** A name and a password before the host, and queries. */
const withoutSecrets = (url: string): string => url.replace(/\?.*$/s, '').replace(/\/\/[^/@]*@/, '//');

const forEver = Number.MAX_SAFE_INTEGER;

function fileOf({ vhost, app, stream }: Named, { input: { type, url = '' } }: IngestConfig, { place }: Here) {
  if (type !== 'file' || !/\.flv$/i.test(url)) return undefined;
  const target = `rtmp://${addressOf(place)}/${app}/${stream}?vhost=${vhost}`;
  const args = ['publish', target, '--file', url, '--quiet'];
  return { type: 'file', program: undefined, args, nice: 0, maxRestarts: forEver, isHere: true } as const;
}

const copied: Omit<EngineSettings, 'oformat'> = {
  ...{ vfilter: [], vcodec: 'copy', vbitrate: 0, vfps: 0, vwidth: 0, vheight: 0, vthreads: 0 },
  ...{ vprofile: undefined, vpreset: undefined, vparams: [] },
  ...{ acodec: 'copy', abitrate: 0, asample_rate: 0, achannels: 0, aparams: [] },
};

/** As SRS: an engine that is off copies both tracks to its output. */
function ffmpegPlans(named: Named, ingest: IngestConfig, here: Here): readonly Plan[] {
  if (ingest.engine.length === 0) return [ffmpegPlan(named, ingest, here)];
  return ingest.engine.map((engine) => ffmpegPlan(named, ingest, here, engine));
}

function ffmpegPlan(named: Named, ingest: IngestConfig, here: Here, engine?: EngineConfig): Plan {
  const { place } = here;
  const { vhost, app, stream } = named;
  const { type, url = '' } = ingest.input;
  const { name = '', iformat = 'off', oformat = 'flv', nice = 5, max_restarts: maxRestarts = forEver } = engine ?? {};
  const usual = `rtmp://${addressOf(place)}/[app]?vhost=[vhost]/[stream]`;
  const variables = { vhost, app, stream, port: String(place.port), engine: name };
  const output = outputAddress(engine?.output ?? usual, variables);
  const repeated = type === 'file' ? ['-re', '-stream_loop', '-1'] : [];
  const settings = engine?.enabled === true ? engine : { ...copied, oformat };
  const input = [...repeated, ...inputFormat(iformat), '-i', url];
  const target = hereOf(output.name, here);
  return {
    ...named,
    ...(target ?? {}),
    engine: name,
    means: {
      ...{ type: 'ffmpeg', program: ingest.ffmpeg, nice, maxRestarts, isHere: target !== undefined },
      args: engineArguments(settings, { input, options: output.options, output: output.url }),
    },
  };
}

const own = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The stream of ours that an URL names; undefined: it leads elsewhere. */
function hereOf(url: string, { place, vhosts }: Here): Pick<Plan, 'vhost' | 'app' | 'stream'> | undefined {
  const target = readSource(url);
  if (target?.port !== place.port || !(own.has(target.host) || target.host === place.host)) return undefined;
  const named = /^rtmp:\/\/(.*):\d+\//.exec(target.tcUrl)?.[1] ?? '';
  const vhost = vhosts.has(named) ? named : defaultVhostName;
  return { vhost, app: target.app, stream: target.stream };
}
