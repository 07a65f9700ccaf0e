// Ingests: what is fetched from where, and how that goes.

import { headOf, reply } from './envelope.js';
import { route, type IngestFacts, type Route } from './route.js';
import { integer, list, oneOf, text, object, type TypeOf } from './schema.js';
import { idOf } from './stream_id.js';

const ingestSchema = object({
  vhost: integer('The id of its vhost.'),
  vhost_name: text(),
  id: text('As the configuration names it.'),
  app: text(),
  name: text('Of the stream that it becomes.'),
  stream: integer('The id of that stream.'),
  input: text('What is fetched, without its query.'),
  state: oneOf(['connecting', 'running', 'waiting', 'failed']),
  since_ms: integer('Unix milliseconds: since when it is in this state.'),
  attempts: integer('How often it was tried.'),
  failures: integer(),
  error: text('Why the last attempt ended; empty when none did.'),
});

function ingestOf(facts: IngestFacts): TypeOf<typeof ingestSchema> {
  const { vhost, id, app, stream, input, state, since, attempts, failures, error } = facts;
  return {
    ...{ vhost: idOf(vhost), vhost_name: vhost, id, app, name: stream, stream: idOf(vhost, app, stream), input },
    ...{ state, since_ms: since, attempts, failures, error },
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
