// All addresses of a name, found without holding up anybody.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

export async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
