// The configuration -> what is to be fetched, and how. Pure. Two plans that are equal are the same work: a reload leaves it alone.

import type { Config, VhostConfig } from '../config/load.js';
import { readSource, type Source } from './source.js';

export interface Plan {
  readonly vhost: string;
  readonly id: string;
  /** As which stream it is published. */
  readonly app: string;
  readonly stream: string;
  /** What logs, API and metrics call the source: without secrets. */
  readonly input: string;
  /** undefined: it can't be fetched. */
  readonly source: Source | undefined;
}

type IngestConfig = VhostConfig['ingest'][number];

export const planName = ({ vhost, id }: Plan): string => `${vhost}/${id}`;

export function plansOf(config: Config): readonly Plan[] {
  return config.vhost.filter(({ enabled }) => enabled).flatMap((vhost) => ingestsOf(vhost).map(planOf));
}

const ingestsOf = (vhost: VhostConfig) =>
  vhost.ingest
    .filter(({ enabled, ffmpeg }) => enabled && ffmpeg === undefined)
    .map((ingest) => ({ vhost: vhost.name, ingest }));

function planOf({ vhost, ingest }: { readonly vhost: string; readonly ingest: IngestConfig }): Plan {
  const id = ingest.name;
  const { url = '' } = ingest.input;
  const source = ingest.input.type === 'stream' ? readSource(url) : undefined;
  const output = ingest.output ?? `live/${id}`;
  const slash = output.lastIndexOf('/');
  return {
    vhost,
    id,
    app: output.slice(0, slash),
    stream: output.slice(slash + 1),
    input: source?.name ?? url.replace(/\?.*$/s, ''),
    source,
  };
}
