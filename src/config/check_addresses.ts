// That no two services listen on one address: the kernel would share it among them, and each client get the one or the other.

import { addressOf } from './address.js';
import type { Diagnostics } from './diagnostic.js';
import type { Place } from './lexer.js';
import type { Directive } from './parser.js';
import type { rootSchema } from './schema/root.js';
import type { Values } from './table.js';
import type { Endpoint } from './values.js';

type Read = Pick<Values<typeof rootSchema>, 'listen' | 'http_server' | 'http_api'>;

interface Taken {
  readonly service: string;
  readonly endpoint: Endpoint;
  /** undefined: it is a default. */
  readonly place: Place | undefined;
}

export function checkAddresses(tree: readonly Directive[], values: Read, diagnostics: Diagnostics): void {
  const lines = tree.filter(({ name }) => name === 'listen').flatMap(({ args }) => args);
  const taken: Taken[] = values.listen.map((endpoint, at) => ({ service: 'listen', endpoint, place: lines[at] }));
  for (const { service, names } of httpBlocks) {
    const { enabled, listen: endpoint } = values[service];
    const block = tree.findLast(({ name }) => names.includes(name));
    if (!enabled || !block) continue;
    const place = block.block?.find(({ name }) => name === 'listen')?.args[0] ?? block;
    const other = taken.find((before) => meet(before.endpoint, endpoint));
    if (other) {
      const where = other.place ? ` at ${diagnostics.at(other.place)}` : ', where nothing else is written';
      diagnostics.error(place, `${addressOf(other.endpoint)} is taken by ${other.service}${where}`);
    }
    taken.push({ service, endpoint, place });
  }
}

const httpBlocks: readonly { readonly service: 'http_server' | 'http_api'; readonly names: readonly string[] }[] = [
  { service: 'http_server', names: ['http_server', 'http_stream'] },
  { service: 'http_api', names: ['http_api'] },
];

const everyAddress = ['0.0.0.0', '::'];

/** One of them may be every address of its family. */
function meet(a: Endpoint, b: Endpoint): boolean {
  if (a.port !== b.port) return false;
  const hosts = [a.host, b.host];
  const isSameFamily = new Set(hosts.map((host) => host.includes(':'))).size === 1;
  return a.host === b.host || (isSameFamily && hosts.some((host) => everyAddress.includes(host)));
}
