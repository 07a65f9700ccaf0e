// What every reply of SRS has around its content.

import type { ApiContext } from './route.js';
import { integer, object, text, type Schema, type TypeOf } from './schema.js';

const head = {
  code: integer('0: done.'),
  server: text('The server, the same after a restart.'),
  service: text('This start of the server.'),
  pid: text('Its process.'),
};

type Head = TypeOf<Schema<{ [K in keyof typeof head]: TypeOf<(typeof head)[K]> }>>;

export function headOf({ server, service }: ApiContext): Head {
  return { code: 0, server, service, pid: String(process.pid) };
}

type Members = Parameters<typeof object>[0];

/** A reply with these members beside the head. */
export function reply<const M extends Members>(members: M) {
  return object({ ...head, ...members });
}
