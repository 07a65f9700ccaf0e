// What other servers say about the way of a stream: one that hands it to us says what it has passed through, one that pulls it
// from us says what it goes into. From both it is known where a circle would close.

import type { ConnectionId, NativeEvent, StreamKey } from '../native.js';
import { streamId } from '../native/stream_name.js';
import { hopSeparator } from '../native/relay_path.js';
import { identityOf, isLoop } from './identity.js';

interface Taker {
  readonly path: readonly string[];
  /** Once it plays. */
  stream: string | undefined;
}

/** More fit into no argument of connect (4096 bytes). */
const mostIdentities = 200;

export class Relays {
  /** Servers that pull from us. */
  readonly #takers = new Map<ConnectionId, Taker>();

  /** Every event of the engine. */
  handle(event: NativeEvent): void {
    if (event.type === 'play' && event.protocol === 'rtmp' && event.relayPath !== '') {
      this.#takers.set(event.conn, { path: event.relayPath.split(hopSeparator), stream: undefined });
    } else if (event.type === 'playing') {
      const taker = this.#takers.get(event.conn);
      if (taker) taker.stream = streamId(event);
    } else if (event.type === 'closed' || event.type === 'stopped' || event.type === 'refused') {
      this.#takers.delete(event.conn);
    }
  }

  /** What a pull for a stream of ours tells its source: the stream, and all that is fed by it. */
  pathInto(key: StreamKey): string {
    return [identityOf(key), ...this.#fedBy(key)].slice(0, mostIdentities).join(hopSeparator);
  }

  readonly isLoop = (action: 'publish' | 'play', key: StreamKey, path: string): boolean => {
    const identities = path.split(hopSeparator);
    if (action === 'play') return identities.includes(identityOf(key));
    const fed = this.#fedBy(key);
    return isLoop(key, path) || identities.some((identity) => fed.has(identity));
  };

  #fedBy(key: StreamKey): ReadonlySet<string> {
    const name = streamId(key);
    return new Set([...this.#takers.values()].flatMap(({ path, stream }) => (stream === name ? path : [])));
  }
}
