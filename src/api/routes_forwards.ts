// Forwards: which streams are copied where, and how that goes.

import type { ConnectionStats } from '../native.js';
import { headOf, reply } from './envelope.js';
import { route, type ForwardFacts, type Route } from './route.js';
import { integer, list, oneOf, text, object, type TypeOf } from './schema.js';
import { rateOf, rates } from './routes_streams.js';
import { idOf } from './stream_id.js';

/** No page of them is a part only. */
const mostConnections = 1_000_000;

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
  send_bytes: integer('To the target, since the stream is published.'),
  kbps: rates,
  lag_ms: integer('How far the target is behind.'),
  skips: integer('How often the connection that is there was skipped ahead.'),
  error: text('Why the last one ended; empty when none did.'),
});

/** `live` is the connection that is there. */
function forwardOf(facts: ForwardFacts, live?: ConnectionStats): TypeOf<typeof forwardSchema> {
  const { vhost, app, stream, target, state, since, attempts, failures, error } = facts;
  return {
    ...{ vhost: idOf(vhost), vhost_name: vhost, app, name: stream, stream: idOf(vhost, app, stream) },
    ...{ target, state, since_ms: since, attempts, failures, error },
    ...{ send_bytes: facts.bytes + (live?.bytesOut ?? 0), lag_ms: live?.lag ?? 0, skips: live?.skips ?? 0 },
    kbps: rateOf(live ?? { inRate30: 0, outRate30: 0 }),
  };
}

export const forwardRoutes: readonly Route[] = [
  route(
    ['GET', '/api/v1/forwards'],
    { summary: 'Copies of streams to other servers (`forward`).', since: 'weir' },
    reply({ forwards: list(forwardSchema) }),
    async (context) => {
      const { items } = await context.clients.page(0, mostConnections, { relays: true });
      const live = new Map(items.map((connection) => [connection.conn, connection]));
      const forwards = context.forwards().copies.map((copy) => forwardOf(copy, live.get(copy.conn)));
      return { ...headOf(context), forwards };
    },
  ),
];
