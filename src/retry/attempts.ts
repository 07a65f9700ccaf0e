// Attempts to reach another server for one stream: resolves its name, connects, and after each end tries again, later each time.
// Who pushes or pulls says how to connect, and what to log.

import { errorText, reasonOf, type ErrorCode } from '../errors.js';
import { Pauses } from './pauses.js';

/** `up`: the connection does what it is for. `refused`: it is not tried again. */
export type AttemptState = 'connecting' | 'up' | 'waiting' | 'refused';
export type AttemptReason = ErrorCode | 'unresolved';

export interface AttemptFailure {
  readonly reason: AttemptReason;
  readonly text: string;
  /** What happens next, in words. */
  readonly then: string;
  /** It is another one than last time. */
  readonly isNews: boolean;
}

export interface AttemptOptions {
  readonly host: string;
  /** Milliseconds. */
  readonly longestWait: number;
  readonly random: () => number;
  /** All addresses of a host; they are taken in turn. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Begins a connection to one of them; its number. */
  readonly connect: (address: string) => number;
  readonly failed: (failure: AttemptFailure) => void;
}

export interface AttemptFacts {
  /** Of the connection that is there, or 0. */
  readonly conn: number;
  readonly attempts: number;
  readonly failures: number;
  /** Unix milliseconds: since when it is in its state. */
  readonly since: number;
  /** Why the last attempt ended; empty: none did. */
  readonly error: string;
}

/** A connection that lasted so long was a good one: the next wait is the first again. Milliseconds, here and below. */
const good = 10_000;

/** What engine.push and engine.pull take: for the connection, and for each answer of the other server. */
export const relayTimeouts = { connectTimeout: 5000, answerTimeout: 10_000 } as const;

export class RelayAttempts {
  readonly #options: AttemptOptions;
  readonly #pauses: Pauses;
  #state: AttemptState = 'connecting';
  #conn = 0;
  #attempts = 0;
  #failures = 0;
  #since = Date.now();
  #error = '';
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#pauses = new Pauses(options.longestWait, options.random);
  }

  get state(): AttemptState {
    return this.#state;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  facts(): AttemptFacts {
    const [conn, attempts, failures] = [this.#conn, this.#attempts, this.#failures];
    return { conn, attempts, failures, since: this.#since, error: this.#error };
  }

  /** The connection that must still be ended, or 0. */
  stop(): number {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    return this.#conn;
  }

  begin(): void {
    void this.#attempt();
  }

  began(): void {
    this.#enter('up');
  }

  ended(reason: ErrorCode, message: string): void {
    const wasGood = this.#state === 'up' && Date.now() - this.#since >= good;
    this.#conn = 0;
    if (this.#isStopped) return;
    if (wasGood) this.#pauses.reset();
    this.#fail(reason, message === '' ? errorText(reason) : `${errorText(reason)}: ${message}`);
  }

  async #attempt(): Promise<void> {
    const { host, resolve, connect } = this.#options;
    this.#attempts++;
    this.#enter('connecting');
    try {
      const addresses = await resolve(host);
      if (this.#isStopped) return;
      const address = addresses[(this.#attempts - 1) % addresses.length];
      if (address === undefined) throw new Error('it has no address');
      this.#conn = connect(address);
    } catch (error) {
      if (!this.#isStopped) this.#fail('unresolved', `${host} cannot be resolved: ${reasonOf(error)}`);
    }
  }

  #fail(reason: AttemptReason, text: string): void {
    this.#failures++;
    const isNews = text !== this.#error;
    this.#error = text;
    // A circle stays one until the configuration of some server changes.
    const isFinal = reason === 'forward_loop';
    const wait = this.#pauses.next();
    this.#enter(isFinal ? 'refused' : 'waiting');
    this.#options.failed({ reason, text, isNews, then: isFinal ? 'not tried again' : `tried again in ${wait} ms` });
    if (isFinal) return;
    this.#timer = setTimeout(() => void this.#attempt(), wait);
    this.#timer.unref();
  }

  #enter(state: AttemptState): void {
    this.#state = state;
    this.#since = Date.now();
  }
}
