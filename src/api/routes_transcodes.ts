// Transcodes: which engines work on which streams, and how they do.

import { headOf, reply } from './envelope.js';
import { route, type EngineFacts, type Route } from './route.js';
import { integer, list, number, oneOf, text, object, type TypeOf } from './schema.js';
import { idOf } from './stream_id.js';

const engineSchema = object({
  vhost: integer('The id of its vhost.'),
  vhost_name: text(),
  app: text(),
  name: text('Of the stream that it works on.'),
  stream: integer('The id of that stream.'),
  scope: text('The label of the block `transcode`: empty, an app, or an app and a stream.'),
  engine: text(),
  output: text('Where the result goes, without its query.'),
  state: oneOf(['running', 'waiting', 'failed', 'stopped']),
  since_ms: integer('Unix milliseconds: since when it is in this state.'),
  pid: integer('The process group of ffmpeg; 0 when it does not run.'),
  restarts: integer(),
  error: text('Why ffmpeg ended last; empty when it never did.'),
  lines: list(text(), 'The last lines that it printed.'),
  fps: number(),
  speed: number('1 is as fast as the stream.'),
  kbps: number('Of what it writes.'),
  frames: integer(),
  dropped: integer('Frames that ffmpeg left out to keep the frame rate.'),
  duplicated: integer('Frames that ffmpeg doubled for that.'),
  out_time_ms: integer('How much it has written.'),
});

function engineOf(facts: EngineFacts): TypeOf<typeof engineSchema> {
  const { vhost, app, stream, scope, engine, output, state, since, pid, restarts, error, lines, progress } = facts;
  const { fps, speed, bitrate, frames, dropped, duplicated, outTime } = progress;
  return {
    ...{ vhost: idOf(vhost), vhost_name: vhost, app, name: stream, stream: idOf(vhost, app, stream) },
    ...{ scope, engine, output, state, since_ms: since, pid, restarts, error, lines },
    ...{ fps, speed, kbps: bitrate / 1000, frames, dropped, duplicated, out_time_ms: Math.round(outTime) },
  };
}

export const transcodeRoutes: readonly Route[] = [
  route(
    ['GET', '/api/v1/transcodes'],
    { summary: 'Engines of transcodes (`transcode`).', since: 'weir' },
    reply({ transcodes: list(engineSchema) }),
    (context) => ({ ...headOf(context), transcodes: context.transcodes().engines.map(engineOf) }),
  ),
];
