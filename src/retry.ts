// How other servers are reached: all addresses of a name, and pauses between attempts that grow, with some chance in them so that
// nobody is stormed.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

const firstWait = 500;

export async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

export class Pauses {
  readonly #longest: number;
  readonly #random: () => number;
  #inRow = 0;

  /** `longest` in milliseconds. */
  constructor(longest: number, random: () => number) {
    this.#longest = longest;
    this.#random = random;
  }

  /** The next one, in milliseconds. */
  next(): number {
    const full = Math.min(this.#longest, firstWait * 2 ** this.#inRow++);
    return Math.round(full * (0.5 + this.#random() / 2));
  }

  /** The next one is the first again. */
  reset(): void {
    this.#inRow = 0;
  }
}
