// One stream on its way to one target: tries to have it pushed there as long as it is published.

import type { Log } from '../log.js';
import type { ConnectionId, Engine, NativeEvent, StreamGrant } from '../native.js';
import {
  RelayAttempts,
  relayTimeouts,
  type AttemptFacts,
  type AttemptFailure,
  type AttemptReason,
} from '../retry/attempts.js';
import type { Destination } from './destination.js';

export type CopyState = 'connecting' | 'forwarding' | 'waiting' | 'refused';

export interface CopyFacts extends AttemptFacts {
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
  readonly target: string;
  readonly state: CopyState;
  /** Of connections that have ended. */
  readonly bytes: number;
}

export interface Surroundings {
  readonly engine: Pick<Engine, 'push' | 'kick'>;
  readonly log: Log;
  /** All addresses of a host. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly random: () => number;
  /** Its connections, so that events find it. */
  readonly running: Map<ConnectionId, Copy>;
  readonly failed: (reason: AttemptReason) => void;
}

const longestWait = 10_000;

export class Copy {
  readonly destination: Destination;
  readonly #around: Surroundings;
  readonly #grant: StreamGrant;
  readonly #path: string;
  readonly #attempts: RelayAttempts;
  #bytes = 0;

  /** `path`: the identities that the target is to know. */
  constructor(around: Surroundings, grant: StreamGrant, destination: Destination, path: string) {
    this.#around = around;
    this.#grant = grant;
    this.destination = destination;
    this.#path = path;
    this.#attempts = new RelayAttempts({
      ...{ host: destination.host, longestWait, random: around.random, resolve: around.resolve },
      connect: (address) => this.#connect(address),
      failed: (failure) => this.#failed(failure),
    });
    this.#attempts.begin();
  }

  facts(): CopyFacts {
    const { vhost, app, stream } = this.#grant;
    const own = { vhost, app, stream, target: this.destination.name, state: this.#state(), bytes: this.#bytes };
    return { ...this.#attempts.facts(), ...own };
  }

  /** What the stream has so far is sent still. */
  stop(): void {
    const conn = this.#attempts.stop();
    if (conn !== 0) this.#around.engine.kick(conn, 'finished');
  }

  began(): void {
    this.#attempts.began();
    this.#around.log.info(this.#fields(), `forwards ${this.#what()}`);
  }

  ended({ conn, reason, message, bytesOut }: Extract<NativeEvent, { type: 'pushEnded' }>): void {
    this.#around.running.delete(conn);
    this.#bytes += bytesOut;
    if (this.#attempts.isStopped) {
      this.#around.log.info({ ...this.#fields(), reason }, `no longer forwards ${this.#what()}`);
    }
    this.#attempts.ended(reason, message);
  }

  #connect(address: string): ConnectionId {
    const { port, tcUrl, app, stream } = this.destination;
    const target = { host: address, port, tcUrl, app, stream, relayPath: this.#path, ...relayTimeouts };
    const conn = this.#around.engine.push(this.#grant, target);
    this.#around.running.set(conn, this);
    return conn;
  }

  #failed({ reason, text, then, isNews }: AttemptFailure): void {
    const { log, failed } = this.#around;
    failed(reason);
    log[isNews ? 'warn' : 'debug']({ ...this.#fields(), reason }, `cannot forward ${this.#what()}: ${text}; ${then}`);
  }

  #state(): CopyState {
    const { state } = this.#attempts;
    return state === 'up' ? 'forwarding' : state;
  }

  #fields(): Readonly<Record<string, unknown>> {
    const { vhost, app, stream } = this.#grant;
    const { conn } = this.#attempts.facts();
    return { type: 'forward', conn, vhost, app, stream, target: this.destination.name, state: this.#state() };
  }

  #what(): string {
    const { vhost, app, stream } = this.#grant;
    return `${vhost}/${app}/${stream} to ${this.destination.name}`;
  }
}
