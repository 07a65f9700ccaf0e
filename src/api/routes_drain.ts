// How an operator lets a server run empty.

import { headOf, reply } from './envelope.js';
import { route, type ApiContext, type Route } from './route.js';
import { flag, integer, nullable, object } from './schema.js';

const since = 'weir';

const schema = reply({
  data: object({
    draining: flag('It takes nobody new and ends when its clients have gone.'),
    clients: integer('Connections that are there.'),
    wait_ms: integer('How long they may stay: drain_wait.'),
    left_ms: nullable(integer('What is left of it.')),
  }),
});

function answer(context: ApiContext) {
  const { draining, clients, wait, left } = context.drain.state();
  return { ...headOf(context), data: { draining, clients, wait_ms: wait, left_ms: left } };
}

export const drainRoutes: readonly Route[] = [
  route(['GET', '/api/v1/drain'], { summary: 'Whether the server drains, and who is left.', since }, schema, answer),
  route(
    ['POST', '/api/v1/drain'],
    {
      summary: 'Takes nobody new, asks clients to reconnect, and ends when they have gone or drain_wait is over.',
      since,
    },
    schema,
    (context) => {
      context.drain.begin();
      return answer(context);
    },
  ),
];
