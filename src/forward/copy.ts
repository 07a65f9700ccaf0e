// One stream on its way to one target: resolves the target's name, connects, and after a failure tries again, later each time.

import { errorText, reasonOf, type ErrorCode } from '../errors.js';
import type { Log } from '../log.js';
import type { ConnectionId, Engine, NativeEvent, StreamGrant } from '../native.js';
import { Pauses } from '../retry.js';
import type { Destination } from './destination.js';

export type CopyState = 'connecting' | 'forwarding' | 'waiting' | 'refused';

export interface CopyFacts {
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
  readonly target: string;
  readonly state: CopyState;
  /** Of the connection that is there, or 0. */
  readonly conn: ConnectionId;
  /** Attempts so far. */
  readonly attempts: number;
  readonly failures: number;
  /** Unix milliseconds: since when it is in this state. */
  readonly since: number;
  /** Of connections that have ended. */
  readonly bytes: number;
  /** Why the last attempt ended; empty: none did. */
  readonly error: string;
}

export interface Surroundings {
  readonly engine: Pick<Engine, 'push' | 'kick'>;
  readonly log: Log;
  /** All addresses of a host. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly random: () => number;
  /** Its connections, so that events find it. */
  readonly running: Map<ConnectionId, Copy>;
  readonly failed: (reason: ErrorCode | 'unresolved') => void;
}

const longestWait = 10_000;
/** A connection that lasted so long was a good one: the next wait is the first again. */
const good = 10_000;
const connectTimeout = 5000;
const answerTimeout = 10_000;

export class Copy {
  readonly destination: Destination;
  readonly #around: Surroundings;
  readonly #grant: StreamGrant;
  readonly #path: string;
  #state: CopyState = 'connecting';
  #conn: ConnectionId = 0;
  #attempts = 0;
  #failures = 0;
  readonly #pauses: Pauses;
  #since = Date.now();
  #bytes = 0;
  #error = '';
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** `path`: the identities that the target is to know. */
  constructor(around: Surroundings, grant: StreamGrant, destination: Destination, path: string) {
    this.#around = around;
    this.#grant = grant;
    this.destination = destination;
    this.#path = path;
    this.#pauses = new Pauses(longestWait, around.random);
    void this.#attempt();
  }

  facts(): CopyFacts {
    const { vhost, app, stream } = this.#grant;
    return {
      ...{ vhost, app, stream, target: this.destination.name, state: this.#state, conn: this.#conn },
      ...{ attempts: this.#attempts, failures: this.#failures, since: this.#since, bytes: this.#bytes },
      error: this.#error,
    };
  }

  /** What the stream has so far is sent still. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    if (this.#conn !== 0) this.#around.engine.kick(this.#conn, 'finished');
  }

  began(): void {
    this.#enter('forwarding');
    this.#around.log.info(this.#fields(), `forwards ${this.#what()}`);
  }

  ended(event: Extract<NativeEvent, { type: 'pushEnded' }>): void {
    const { reason, message, bytesOut } = event;
    this.#around.running.delete(this.#conn);
    this.#bytes += bytesOut;
    const text = message === '' ? errorText(reason) : `${errorText(reason)}: ${message}`;
    if (this.#isStopped) {
      this.#around.log.info({ ...this.#fields(), reason }, `no longer forwards ${this.#what()}`);
      return;
    }
    if (this.#state === 'forwarding' && Date.now() - this.#since >= good) this.#pauses.reset();
    this.#conn = 0;
    this.#fail(reason, text);
  }

  async #attempt(): Promise<void> {
    this.#attempts++;
    this.#enter('connecting');
    const { engine, resolve, running } = this.#around;
    const { host, port, tcUrl, app, stream } = this.destination;
    try {
      const addresses = await resolve(host);
      if (this.#isStopped) return;
      const address = addresses[(this.#attempts - 1) % addresses.length];
      if (address === undefined) throw new Error('it has no address');
      const more = { relayPath: this.#path, connectTimeout, answerTimeout };
      this.#conn = engine.push(this.#grant, { host: address, port, tcUrl, app, stream, ...more });
      running.set(this.#conn, this);
    } catch (error) {
      if (!this.#isStopped) this.#fail('unresolved', `${host} cannot be resolved: ${reasonOf(error)}`);
    }
  }

  #fail(reason: ErrorCode | 'unresolved', text: string): void {
    const { log, failed } = this.#around;
    this.#failures++;
    failed(reason);
    const isNews = text !== this.#error;
    this.#error = text;
    // A circle stays one until the configuration of some server changes.
    const isFinal = reason === 'forward_loop';
    const wait = this.#pauses.next();
    this.#enter(isFinal ? 'refused' : 'waiting');
    const then = isFinal ? 'not tried again' : `tried again in ${wait} ms`;
    log[isNews ? 'warn' : 'debug']({ ...this.#fields(), reason }, `cannot forward ${this.#what()}: ${text}; ${then}`);
    if (isFinal) return;
    this.#timer = setTimeout(() => void this.#attempt(), wait);
    this.#timer.unref();
  }

  #enter(state: CopyState): void {
    this.#state = state;
    this.#since = Date.now();
  }

  #fields(): Readonly<Record<string, unknown>> {
    const { vhost, app, stream } = this.#grant;
    return { type: 'forward', conn: this.#conn, vhost, app, stream, target: this.destination.name, state: this.#state };
  }

  #what(): string {
    const { vhost, app, stream } = this.#grant;
    return `${vhost}/${app}/${stream} to ${this.destination.name}`;
  }
}
