// A stream of another server that is published here: resolves the server's name, has it pulled, and tries again after each end,
// later each time.

import { errorText, reasonOf, type ErrorCode } from '../errors.js';
import type { ConnectionId, NativeEvent } from '../native.js';
import { Pauses } from '../retry.js';
import type { IngestState, Surroundings, Work, WorkFacts } from './work.js';
import type { Plan } from './plan.js';
import type { Source } from './source.js';

const longestWait = 30_000;
/** A stream that lasted so long was a good one: the next wait is the first again. */
const good = 10_000;
const connectTimeout = 5000;
const answerTimeout = 10_000;
/** For the first frame. A source that has none yet may have one any time, so that this is no long wait. */
const mediaTimeout = 20_000;

type Failure = ErrorCode | 'unresolved';

export class Pull implements Work {
  readonly plan: Plan;
  readonly #around: Surroundings;
  readonly #source: Source;
  readonly #pauses: Pauses;
  #state: IngestState = 'connecting';
  #conn: ConnectionId = 0;
  #attempts = 0;
  #failures = 0;
  #since = Date.now();
  #error = '';
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(around: Surroundings, plan: Plan, source: Source) {
    this.#around = around;
    this.plan = plan;
    this.#source = source;
    this.#pauses = new Pauses(longestWait, around.random);
    void this.#attempt();
  }

  facts(): WorkFacts {
    return {
      ...{ state: this.#state, conn: this.#conn, attempts: this.#attempts, failures: this.#failures },
      ...{ since: this.#since, error: this.#error, pid: 0, lines: [] },
    };
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    if (this.#conn !== 0) this.#around.engine.kick(this.#conn, 'finished');
  }

  handle(event: NativeEvent): void {
    if (!('conn' in event) || event.conn !== this.#conn || this.#conn === 0) return;
    if (event.type === 'published') this.#began();
    else if (event.type === 'pullEnded') this.#ended(event);
  }

  #began(): void {
    this.#enter('running');
    this.#around.log.info(this.#fields(), `ingests ${this.#what()}`);
  }

  #ended({ reason, message }: Extract<NativeEvent, { type: 'pullEnded' }>): void {
    const wasGood = this.#state === 'running' && Date.now() - this.#since >= good;
    this.#conn = 0;
    if (this.#isStopped) return;
    if (wasGood) this.#pauses.reset();
    this.#fail(reason, message === '' ? errorText(reason) : `${errorText(reason)}: ${message}`);
  }

  async #attempt(): Promise<void> {
    this.#attempts++;
    this.#enter('connecting');
    const { engine, resolve, pathInto } = this.#around;
    const { vhost, app, stream } = this.plan;
    const { host, port, tcUrl } = this.#source;
    try {
      const addresses = await resolve(host);
      if (this.#isStopped) return;
      const address = addresses[(this.#attempts - 1) % addresses.length];
      if (address === undefined) throw new Error('it has no address');
      const more = { relayPath: pathInto({ vhost, app, stream }), connectTimeout, answerTimeout };
      this.#conn = engine.pull(
        { host: address, port, tcUrl, app: this.#source.app, stream: this.#source.stream, ...more },
        { tcUrl: `rtmp://127.0.0.1/${app}?vhost=${vhost}`, app, name: stream, mediaTimeout },
      );
    } catch (error) {
      if (!this.#isStopped) this.#fail('unresolved', `${host} cannot be resolved: ${reasonOf(error)}`);
    }
  }

  #fail(reason: Failure, text: string): void {
    const { log, failed } = this.#around;
    this.#failures++;
    failed(reason);
    const isNews = text !== this.#error;
    this.#error = text;
    // A circle stays one until the configuration of some server changes.
    const isFinal = reason === 'forward_loop';
    const wait = this.#pauses.next();
    this.#enter(isFinal ? 'failed' : 'waiting');
    const then = isFinal ? 'not tried again' : `tried again in ${wait} ms`;
    log[isNews ? 'warn' : 'debug']({ ...this.#fields(), reason }, `cannot ingest ${this.#what()}: ${text}; ${then}`);
    if (isFinal) return;
    this.#timer = setTimeout(() => void this.#attempt(), wait);
    this.#timer.unref();
  }

  #enter(state: IngestState): void {
    this.#state = state;
    this.#since = Date.now();
  }

  #fields(): Readonly<Record<string, unknown>> {
    const { vhost, app, stream, id, input } = this.plan;
    return { type: 'ingest', conn: this.#conn, vhost, app, stream, ingest: id, input, state: this.#state };
  }

  #what(): string {
    const { vhost, app, stream, input } = this.plan;
    return `${input} as ${vhost}/${app}/${stream}`;
  }
}
