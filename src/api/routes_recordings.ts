// Recordings: which there are, to begin and end one, to fetch and remove files.

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { headOf, reply } from './envelope.js';
import { ApiFailure } from './failure.js';
import { rangeOf } from './file_answer.js';
import { fileRoute, route, type ApiContext, type Call, type RecordingFacts, type Route } from './route.js';
import { flag, integer, list, nullable, number, object, oneOf, text, type TypeOf } from './schema.js';
import { idOf } from './stream_id.js';

const since = 'weir';
const defaultCount = 100;
const mostCount = 1000;
const whole = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
const pathId = { name: 'id', in: 'path', doc: 'As the list gives it.', schema: whole } as const;
const streamId = { ...pathId, doc: 'Of the stream.' } as const;

const contentTypes = { flv: 'video/x-flv', mp4: 'video/mp4', ts: 'video/mp2t' } as const;

const recordingSchema = object({
  id: integer('Made from the name of the file: the same after a restart.'),
  vhost: integer('The id of its vhost.'),
  vhost_name: text(),
  app: text(),
  name: text('Of the stream.'),
  stream: integer('The id of the stream.'),
  file: text(),
  format: oneOf(['flv', 'mp4', 'ts']),
  active: flag('It goes on.'),
  began_ms: integer('Unix milliseconds.'),
  ended_ms: nullable(integer('Unix milliseconds; null while it goes on.')),
  duration: number('Seconds; 0 where nobody knows.'),
  bytes: integer(),
  waiting_bytes: integer('What waits for the disk.'),
  gaps: integer('Where the disk was too slow.'),
});

function recordingOf(facts: RecordingFacts): TypeOf<typeof recordingSchema> {
  const { id, vhost, app, stream, path, format, began, ended, duration, bytes, waiting, gaps } = facts;
  return {
    ...{ id, vhost: idOf(vhost), vhost_name: vhost, app, name: stream, stream: idOf(vhost, app, stream) },
    ...{ file: path, format, active: ended === undefined, began_ms: began, ended_ms: ended ?? null },
    ...{ duration: duration / 1000, bytes, waiting_bytes: waiting, gaps },
  };
}

const missing = (what: string): ApiFailure => new ApiFailure(404, `there is no such ${what}`, { what: 'notFound' });

function found({ recordings }: ApiContext, call: Call): RecordingFacts {
  const recording = recordings.list().find(({ id }) => id === call.number('id'));
  if (!recording) throw missing('recording');
  return recording;
}

function finished(context: ApiContext, call: Call): RecordingFacts {
  const recording = found(context, call);
  if (recording.ended === undefined) throw new ApiFailure(409, 'the recording goes on: end it first');
  return recording;
}

/** Of the publishers. */
function streamOf({ snapshots }: ApiContext, call: Call) {
  const { streams } = snapshots.recent();
  const stream = streams.find(({ vhost, app, stream: name }) => idOf(vhost, app, name) === call.number('id'));
  if (!stream) throw new ApiFailure(404, 'there is no such stream', { what: 'stream' });
  return { vhost: stream.vhost, app: stream.app, stream: stream.stream };
}

const refusals: Readonly<Record<'missing' | 'running' | 'failed', readonly [status: number, why: string]>> = {
  missing: [404, 'nobody publishes the stream'],
  running: [409, 'the stream is being recorded'],
  failed: [409, 'dvr_plan append needs FLV'],
};

async function fileOf(context: ApiContext, call: Call) {
  const { path, format } = finished(context, call);
  const { size } = await stat(path).catch(() => {
    throw missing('file any more');
  });
  const range = rangeOf(call.http.headers.get('range'), size);
  if (!range) {
    throw new ApiFailure(416, 'the file has nothing there', { headers: { 'Content-Range': `bytes */${size}` } });
  }
  const { from, to, isPart } = range;
  return {
    status: isPart ? 206 : 200,
    headers: {
      'Content-Type': contentTypes[format],
      'Accept-Ranges': 'bytes',
      'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(basename(path))}`,
      ...(isPart && { 'Content-Range': `bytes ${from}-${to - 1}/${size}` }),
    },
    body: { file: path, from, to },
  };
}

export const recordingRoutes: readonly Route[] = [
  route(
    ['POST', '/api/v1/streams/{id}/recording'],
    {
      ...{ summary: 'Records a stream from now on, whatever its vhost says.', since, parameters: [streamId] },
      failures: [404, 409],
    },
    reply({}),
    (context, call) => {
      const answer = context.recordings.start(streamOf(context, call));
      if (answer !== 'started') throw new ApiFailure(...refusals[answer]);
      return headOf(context);
    },
  ),
  route(
    ['DELETE', '/api/v1/streams/{id}/recording'],
    {
      ...{ summary: 'Ends the recording of a stream until it is published again.', since },
      ...{ parameters: [streamId], failures: [404] },
    },
    reply({}),
    (context, call) => {
      if (!context.recordings.end(streamOf(context, call))) throw missing('recording');
      return headOf(context);
    },
  ),
  route(
    ['GET', '/api/v1/recordings'],
    {
      ...{ summary: 'The recordings, the newest first.', since },
      parameters: [
        { name: 'start', in: 'query', doc: 'The first one, from 0.', schema: { ...whole, default: 0 } },
        {
          ...{ name: 'count', in: 'query', doc: `So many at most, up to ${mostCount}.` },
          schema: { ...whole, minimum: 1, maximum: mostCount, default: defaultCount },
        },
        ...['vhost', 'app', 'stream'].map(
          (name) => ({ name, in: 'query', doc: `Only those of this ${name}.`, schema: { type: 'string' } }) as const,
        ),
      ],
    },
    reply({ total: integer('Of all, not only of this page.'), recordings: list(recordingSchema) }),
    (context, call) => {
      const names = ['vhost', 'app', 'stream'] as const;
      const all = context.recordings
        .list()
        .filter((recording) => names.every((name) => (call.text(name) ?? recording[name]) === recording[name]));
      const [start, count] = [call.number('start') ?? 0, call.number('count') ?? defaultCount];
      return {
        ...headOf(context),
        ...{ total: all.length, recordings: all.slice(start, start + count).map(recordingOf) },
      };
    },
  ),
  fileRoute(
    '/api/v1/recordings/{id}/file',
    {
      ...{ summary: 'The file of a finished recording; a range of it, too.', since, parameters: [pathId] },
      failures: [404, 409, 416],
    },
    fileOf,
  ),
  route(
    ['GET', '/api/v1/recordings/{id}'],
    { summary: 'One recording.', since, parameters: [pathId], failures: [404] },
    reply({ recording: recordingSchema }),
    (context, call) => ({ ...headOf(context), recording: recordingOf(found(context, call)) }),
  ),
  route(
    ['DELETE', '/api/v1/recordings/{id}'],
    { summary: 'Removes a finished recording and its file.', since, parameters: [pathId], failures: [404, 409] },
    reply({}),
    async (context, call) => {
      await context.recordings.remove(finished(context, call).id);
      return headOf(context);
    },
  ),
];
