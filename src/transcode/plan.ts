// Which engines work on a stream, and what each of them is to run. Pure: the same stream of the same configuration gets the same.

import { addressOf, reachable } from '../config/address.js';
import { blockName } from '../config/transcode_cycles.js';
import type { Config, VhostConfig } from '../config/load.js';
import type { Endpoint } from '../config/values.js';
import { engineArguments, inputFormat } from '../ffmpeg/arguments.js';
import { outputAddress, rtmpOptions } from '../ffmpeg/output.js';
import type { StreamKey } from '../native.js';
import { streamId } from '../native/stream_name.js';
import { connectArgument, inputMarkOf, pathOfProduct, relationOf } from './identity.js';

export interface Task {
  /** Unique among the tasks of a stream: the block's label and the engine's name. */
  readonly id: string;
  /** The block's label: empty, `app` or `app/stream`. */
  readonly scope: string;
  readonly engine: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly nice: number;
  readonly maxRestarts: number;
  /** By this its connection for the source is known. */
  readonly mark: string;
  /** Where it goes, without secrets. */
  readonly output: string;
}

export interface Source extends StreamKey {
  readonly tcUrl: string;
  /** The identities that it has passed, its own included. */
  readonly path: string;
}

type Block = VhostConfig['transcode'][number];

/** All blocks that are meant for the stream: those of the vhost, of the app and of the stream. */
export function blocksFor(config: Config, { vhost, app, stream }: StreamKey): readonly Block[] {
  const scopes = ['', app, `${app}/${stream}`];
  const found = config.vhost.find(({ name, enabled }) => name === vhost && enabled);
  return (found?.transcode ?? []).filter(
    ({ name, enabled, ffmpeg }) => enabled && ffmpeg !== undefined && scopes.includes(name),
  );
}

/** The blocks that it has passed before, with another one between: a circle. */
export function cycleOf(config: Config, key: StreamKey, path: string): readonly string[] {
  const names = blocksFor(config, key).map(({ name }) => blockName(key.vhost, name));
  return names.filter((name) => relationOf(path, name) === 'cycle');
}

export function tasksFor(config: Config, source: Source, listening: readonly Endpoint[]): readonly Task[] {
  const fresh = blocksFor(config, source).filter(
    ({ name }) => relationOf(source.path, blockName(source.vhost, name)) === 'new',
  );
  const names = fresh.map(({ name }) => blockName(source.vhost, name));
  const place = placeOf(source, listening);
  const around = { source, place, path: pathOfProduct(source.path, names) };
  return fresh.flatMap((block, index) =>
    block.engine.filter(({ enabled }) => enabled).map((engine) => taskOf(around, { block, index }, engine)),
  );
}

interface Around {
  readonly source: Source;
  readonly place: Endpoint;
  /** What the results have passed. */
  readonly path: string;
}

function taskOf(around: Around, of: { block: Block; index: number }, engine: Block['engine'][number]): Task {
  const { source, place, path } = around;
  const { vhost, app, stream } = source;
  const variables = { vhost, app, stream, port: String(place.port), engine: engine.name };
  const output = outputAddress(engine.output ?? '', variables);
  const inputApp = `${app}?vhost=${vhost}`;
  // Blocks of the same scope add up, and may have engines of the same name.
  const id = `${of.block.name} ${engine.name} ${of.index}`;
  const mark = inputMarkOf(streamId(source), id);
  const input = [
    ...inputFormat(engine.iformat),
    ...rtmpOptions(inputApp, stream),
    ...['-rtmp_conn', connectArgument(mark)],
    ...['-i', `rtmp://${addressOf(place)}/${inputApp}/${stream}`],
  ];
  const identity = output.isRtmp ? ['-rtmp_conn', connectArgument(path)] : [];
  return {
    ...{ id, mark, scope: of.block.name, engine: engine.name, program: of.block.ffmpeg ?? '' },
    args: engineArguments(engine, { input, options: [...output.options, ...identity], output: output.url }),
    ...{ nice: engine.nice, maxRestarts: engine.max_restarts, output: output.name },
  };
}

/** Where we are reached: at the port that the publisher used, if it is one of ours (behind a NAT it is not), else at the first. */
function placeOf({ tcUrl }: Source, listening: readonly Endpoint[]): Endpoint {
  const asked = Number(/^[a-z]+:\/\/[^/?]*:(\d+)/i.exec(tcUrl)?.[1] ?? 1935);
  return reachable(listening.find(({ port }) => port === asked) ?? listening[0] ?? { host: '127.0.0.1', port: asked });
}
