// Forwards: which streams are copied where, and how that goes.

import { headOf, reply } from './envelope.js';
import { route, type ForwardFacts, type Route } from './route.js';
import { integer, list, oneOf, text, object, type TypeOf } from './schema.js';
import { idOf } from './stream_id.js';

const forwardSchema = object({
  vhost: integer('The id of its vhost.'),
  vhost_name: text(),
  app: text(),
  name: text('Of the stream.'),
  stream: integer('The id of the stream.'),
  target: text('host:port/app/stream, without its query.'),
  state: oneOf(['connecting', 'forwarding', 'waiting', 'refused']),
  since_ms: integer('Unix milliseconds: since when it is in this state.'),
  attempts: integer('Connections that were tried since the stream is published.'),
  failures: integer(),
  error: text('Why the last one ended; empty when none did.'),
});

function forwardOf(facts: ForwardFacts): TypeOf<typeof forwardSchema> {
  const { vhost, app, stream, target, state, since, attempts, failures, error } = facts;
  return {
    ...{ vhost: idOf(vhost), vhost_name: vhost, app, name: stream, stream: idOf(vhost, app, stream) },
    ...{ target, state, since_ms: since, attempts, failures, error },
  };
}

export const forwardRoutes: readonly Route[] = [
  route(
    ['GET', '/api/v1/forwards'],
    { summary: 'Copies of streams to other servers (`forward`).', since: 'weir' },
    reply({ forwards: list(forwardSchema) }),
    (context) => ({ ...headOf(context), forwards: context.forwards().copies.map(forwardOf) }),
  ),
];
