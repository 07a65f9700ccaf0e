// Ingests: what is fetched from where, and how that goes.

import { headOf, reply } from './envelope.js';
import { route, type IngestFacts, type Route } from './route.js';
import { integer, list, oneOf, text, object, type TypeOf } from './schema.js';
import { idOf } from './stream_id.js';

const ingestSchema = object({
  vhost: integer('The id of its vhost.'),
  vhost_name: text(),
  id: text('As the configuration names it.'),
  engine: text('Of ffmpeg, where it has a name.'),
  app: text(),
  name: text('Of the stream that it becomes.'),
  stream: integer('The id of that stream.'),
  input: text('What is fetched, without its query.'),
  state: oneOf(['connecting', 'running', 'waiting', 'failed']),
  since_ms: integer('Unix milliseconds: since when it is in this state.'),
  attempts: integer('How often it was tried.'),
  failures: integer(),
  error: text('Why the last attempt ended; empty when none did.'),
  pid: integer('The process group of the program that fetches it; 0 when there is none.'),
  lines: list(text(), 'The last lines that it printed.'),
});

function ingestOf(facts: IngestFacts): TypeOf<typeof ingestSchema> {
  const { vhost, id, engine, app, stream, input, state, since, attempts, failures, error, pid, lines } = facts;
  return {
    ...{
      vhost: idOf(vhost),
      vhost_name: vhost,
      id,
      engine,
      app,
      name: stream,
      stream: idOf(vhost, app, stream),
      input,
    },
    ...{ state, since_ms: since, attempts, failures, error, pid, lines },
  };
}

export const ingestRoutes: readonly Route[] = [
  route(
    ['GET', '/api/v1/ingests'],
    { summary: 'Streams and files that are fetched and published here (`ingest`).', since: 'weir' },
    reply({ ingests: list(ingestSchema) }),
    (context) => ({ ...headOf(context), ingests: context.ingests().ingests.map(ingestOf) }),
  ),
];
