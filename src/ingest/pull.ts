// A stream of another server that is published here: tries to have it pulled from the start of the server to its end.

import type { ConnectionId, NativeEvent } from '../native.js';
import { RelayAttempts, relayTimeouts, type AttemptFailure, type AttemptState } from '../retry/attempts.js';
import type { Plan } from './plan.js';
import type { Source } from './source.js';
import type { IngestState, Surroundings, Work, WorkFacts } from './work.js';

const longestWait = 30_000;
/** Milliseconds for the first frame. A source that has none yet may have one any time, so that this is no long wait. */
const mediaTimeout = 20_000;

const states: Readonly<Record<AttemptState, IngestState>> = {
  connecting: 'connecting',
  up: 'running',
  waiting: 'waiting',
  refused: 'failed',
};

export class Pull implements Work {
  readonly plan: Plan;
  readonly #around: Surroundings;
  readonly #source: Source;
  readonly #attempts: RelayAttempts;

  constructor(around: Surroundings, plan: Plan, source: Source) {
    this.#around = around;
    this.plan = plan;
    this.#source = source;
    this.#attempts = new RelayAttempts({
      ...{ host: source.host, longestWait, random: around.random, resolve: around.resolve },
      connect: (address) => this.#connect(address),
      failed: (failure) => this.#failed(failure),
    });
    this.#attempts.begin();
  }

  facts(): WorkFacts {
    return { ...this.#attempts.facts(), state: states[this.#attempts.state], pid: 0, lines: [] };
  }

  stop(): void {
    const conn = this.#attempts.stop();
    if (conn !== 0) this.#around.engine.kick(conn, 'finished');
  }

  handle(event: NativeEvent): void {
    const { conn } = this.#attempts.facts();
    if (!('conn' in event) || event.conn !== conn || conn === 0) return;
    if (event.type === 'published') this.#began();
    else if (event.type === 'pullEnded') this.#attempts.ended(event.reason, event.message);
  }

  #began(): void {
    this.#attempts.began();
    this.#around.log.info(this.#fields(), `ingests ${this.#what()}`);
  }

  #connect(address: string): ConnectionId {
    const { engine, pathInto } = this.#around;
    const { vhost, app, stream } = this.plan;
    const { port, tcUrl, app: theirApp, stream: theirStream } = this.#source;
    const relayPath = pathInto({ vhost, app, stream });
    return engine.pull(
      { host: address, port, tcUrl, app: theirApp, stream: theirStream, relayPath, ...relayTimeouts },
      { tcUrl: `rtmp://127.0.0.1/${app}?vhost=${vhost}`, app, name: stream, mediaTimeout },
    );
  }

  #failed({ reason, text, then, isNews }: AttemptFailure): void {
    const { log, failed } = this.#around;
    failed(reason);
    log[isNews ? 'warn' : 'debug']({ ...this.#fields(), reason }, `cannot ingest ${this.#what()}: ${text}; ${then}`);
  }

  #fields(): Readonly<Record<string, unknown>> {
    const { vhost, app, stream, id, input } = this.plan;
    const { conn } = this.#attempts.facts();
    return { type: 'ingest', conn, vhost, app, stream, ingest: id, input, state: states[this.#attempts.state] };
  }

  #what(): string {
    const { vhost, app, stream, input } = this.plan;
    return `${input} as ${vhost}/${app}/${stream}`;
  }
}
