// Forward: each published stream of a vhost is copied to the targets that the vhost names, from its publish to its end. A
// target that fails harms neither the publisher nor the other targets.

import { readForwardServer, type ForwardServer, type ForwardTarget } from '../config/forward_target.js';
import type { Config } from '../config/load.js';
import type { ErrorCode } from '../errors.js';
import type { Log } from '../log.js';
import type { ConnectionId, Engine, NativeEvent, StreamGrant, StreamKey } from '../native.js';
import { streamId } from '../native/stream_name.js';
import { addressesOf } from '../retry/addresses.js';
import { Copy, type CopyFacts } from './copy.js';
import { destinationOf } from './destination.js';
import { pathThrough } from './identity.js';

export interface Publisher extends StreamKey {
  readonly conn: ConnectionId;
  readonly ip: string;
  readonly tcUrl: string;
}

export interface ForwardStats {
  readonly copies: readonly CopyFacts[];
  readonly attempts: number;
  readonly bytes: number;
  readonly failures: ReadonlyMap<string, number>;
}

export interface ForwardsOptions {
  readonly engine: Pick<Engine, 'push' | 'kick'>;
  readonly config: () => Config;
  readonly log: Log;
  /** What holds for a stream's readers; undefined: its vhost is gone. */
  readonly grantOf: (key: StreamKey) => StreamGrant | undefined;
  /** Asks a back end for a stream's targets. Rejects when there is no usable answer. */
  readonly ask: (url: string, publisher: Publisher) => Promise<readonly string[]>;
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly random?: () => number;
}

interface Live {
  readonly publisher: Publisher;
  /** The identities that it has passed, this server's included. */
  readonly path: string;
  /** By the name of the destination, so that no target is pushed to twice. */
  readonly copies: Map<string, Copy>;
  /** What back ends said, by their URL. */
  readonly answers: Map<string, readonly ForwardServer[]>;
  readonly timers: Map<string, NodeJS.Timeout>;
  isOver: boolean;
}

/** More are a mistake of the back end. */
const mostTargets = 64;
const backendWait = 3000;

export class Forwards {
  readonly #options: ForwardsOptions;
  readonly #live = new Map<string, Live>();
  readonly #running = new Map<ConnectionId, Copy>();
  readonly #failures = new Map<string, number>();
  readonly #ended = { attempts: 0, bytes: 0 };
  #isStopping = false;

  constructor(options: ForwardsOptions) {
    this.#options = options;
  }

  /** Every event of the engine. */
  handle(event: NativeEvent): void {
    if (event.type === 'published') this.#begin(event);
    else if (event.type === 'unpublished') this.#end(streamId(event));
    else if (event.type === 'pushing') this.#running.get(event.conn)?.began();
    else if (event.type === 'pushEnded') this.#running.get(event.conn)?.ended(event);
  }

  /** Targets that stay are not touched. */
  readonly follow = (): void => {
    for (const live of this.#live.values()) this.#apply(live);
  };

  readonly stats = (): ForwardStats => {
    const copies = [...this.#live.values()].flatMap((live) => [...live.copies.values()].map((copy) => copy.facts()));
    const sum = (value: (facts: CopyFacts) => number): number => copies.reduce((all, facts) => all + value(facts), 0);
    return {
      copies,
      attempts: this.#ended.attempts + sum(({ attempts }) => attempts),
      bytes: this.#ended.bytes + sum(({ bytes }) => bytes),
      failures: this.#failures,
    };
  };

  readonly stop = (): void => {
    this.#isStopping = true;
    for (const name of [...this.#live.keys()]) this.#end(name);
  };

  #begin(event: Extract<NativeEvent, { type: 'published' }>): void {
    const { conn, ip, tcUrl, vhost, app, stream, relayPath } = event;
    const name = streamId(event);
    this.#end(name);
    if (this.#isStopping) return;
    const publisher = { conn, ip, tcUrl, vhost, app, stream };
    const live: Live = {
      ...{ publisher, path: pathThrough(event, relayPath), isOver: false },
      ...{ copies: new Map(), answers: new Map(), timers: new Map() },
    };
    this.#live.set(name, live);
    this.#apply(live);
  }

  #end(name: string): void {
    const live = this.#live.get(name);
    if (!live) return;
    live.isOver = true;
    this.#live.delete(name);
    for (const timer of live.timers.values()) clearTimeout(timer);
    for (const copy of live.copies.values()) this.#stopCopy(copy);
  }

  #stopCopy(copy: Copy): void {
    const { attempts, bytes } = copy.facts();
    this.#ended.attempts += attempts;
    this.#ended.bytes += bytes;
    copy.stop();
  }

  /** Starts and stops copies until they are what the configuration and the back ends name. */
  #apply(live: Live): void {
    if (live.isOver) return;
    const { publisher, copies } = live;
    const grant = this.#options.grantOf(publisher);
    const servers = grant ? this.#targets(publisher.vhost).flatMap((target) => this.#serversOf(live, target)) : [];
    const wanted = new Map(servers.map((server) => destinationOf(server, publisher)).map((to) => [to.name, to]));
    for (const [name, copy] of copies) {
      const to = wanted.get(name);
      if (to && to.stream === copy.destination.stream) continue;
      copies.delete(name);
      this.#stopCopy(copy);
    }
    if (!grant) return;
    for (const [name, to] of wanted) {
      if (!copies.has(name)) copies.set(name, new Copy(this.#around(), grant, to, live.path));
    }
  }

  #targets(vhost: string): readonly ForwardTarget[] {
    return this.#options.config().vhost.find(({ name, enabled }) => name === vhost && enabled)?.forward ?? [];
  }

  #serversOf(live: Live, target: ForwardTarget): readonly ForwardServer[] {
    if (target.kind === 'server') return [target];
    const known = live.answers.get(target.url);
    if (!known) {
      live.answers.set(target.url, []);
      void this.#askBackend(live, target.url);
    }
    return known ?? [];
  }

  async #askBackend(live: Live, url: string): Promise<void> {
    const { ask, log } = this.#options;
    const { vhost, app, stream } = live.publisher;
    const fields = { type: 'forward', vhost, app, stream, backend: url.replace(/\?.*$/s, '') };
    try {
      const texts = await ask(url, live.publisher);
      if (live.isOver) return;
      const servers = texts.slice(0, mostTargets).map(readForwardServer);
      const fine = servers.filter((server) => server !== undefined);
      const unusable = texts.length - fine.length;
      if (unusable > 0) log.warn({ ...fields, unusable }, 'a back end named targets of a forward that are none');
      live.answers.set(url, fine);
      this.#apply(live);
    } catch (error) {
      if (live.isOver) return;
      const why = error instanceof Error ? error.message : String(error);
      this.#count('hook_failed');
      log.warn({ ...fields, why }, `a back end could not be asked for the targets of a forward: ${why}`);
      const timer = setTimeout(() => void this.#askBackend(live, url), backendWait);
      timer.unref();
      live.timers.set(url, timer);
    }
  }

  #count(reason: ErrorCode | 'unresolved'): void {
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
  }

  #around() {
    const { engine, log, resolve = addressesOf, random = Math.random } = this.#options;
    return {
      ...{ engine, log, resolve, random, running: this.#running },
      failed: (reason: ErrorCode | 'unresolved') => this.#count(reason),
    };
  }
}
