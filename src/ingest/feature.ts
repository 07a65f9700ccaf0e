// Ingest: what the vhosts name is fetched and published here, from the start of the server to its end. One that fails harms
// neither the others nor anybody else.

import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/load.js';
import type { Endpoint } from '../config/values.js';
import { errorText, type ErrorCode } from '../errors.js';
import type { Log } from '../log.js';
import type { Engine, NativeEvent, StreamKey } from '../native.js';
import { addressesOf } from '../retry/addresses.js';
import { planName, plansOf, type Plan } from './plan.js';
import { Pull } from './pull.js';
import { RunningProgram } from './run.js';
import type { Surroundings, Work, WorkFacts } from './work.js';

export interface IngestFacts extends StreamKey, WorkFacts {
  readonly id: string;
  readonly engine: string;
  readonly input: string;
}

export interface IngestStats {
  readonly ingests: readonly IngestFacts[];
  readonly attempts: number;
  readonly failures: ReadonlyMap<string, number>;
}

export interface IngestsOptions {
  readonly engine: Pick<Engine, 'pull' | 'kick'>;
  readonly config: () => Config;
  readonly log: Log;
  readonly listening: () => readonly Endpoint[];
  readonly pathInto: (key: StreamKey) => string;
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly random?: () => number;
}

export class Ingests {
  readonly #around: Surroundings;
  readonly #works = new Map<string, Work>();
  readonly #failures = new Map<string, number>();
  readonly #listening: () => readonly Endpoint[];
  /** Those that are being ended. */
  readonly #ending = new Map<string, Promise<void>>();
  #endedAttempts = 0;

  constructor(options: IngestsOptions) {
    const { engine, config, log, listening, pathInto, resolve = addressesOf, random = Math.random } = options;
    const failed = (reason: ErrorCode | 'unresolved'): void => {
      this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
    };
    const logFolder = (): string => config().ff_log_dir;
    this.#around = { engine, log, pathInto, resolve, random, failed, logFolder };
    this.#listening = listening;
  }

  /** What has not changed goes on. */
  apply(config: Config): void {
    const wanted = new Map(plansOf(config, this.#listening()).map((plan) => [planName(plan), plan]));
    for (const [name, work] of this.#works) {
      const plan = wanted.get(name);
      if (plan && isDeepStrictEqual(plan, work.plan)) continue;
      this.#end(name, work);
    }
    for (const [name, plan] of wanted) {
      if (!this.#works.has(name)) this.#works.set(name, this.#begin(plan));
    }
  }

  handle(event: NativeEvent): void {
    for (const work of this.#works.values()) work.handle(event);
  }

  readonly stats = (): IngestStats => {
    const ingests = [...this.#works.values()].map((work) => {
      const { vhost, id, engine, app, stream, input } = work.plan;
      return { vhost, id, engine, app, stream, input, ...work.facts() };
    });
    const attempts = ingests.reduce((sum, work) => sum + work.attempts, this.#endedAttempts);
    return { ingests, attempts, failures: this.#failures };
  };

  /** Resolves when no process is left. */
  readonly stop = async (): Promise<void> => {
    for (const [name, work] of this.#works) this.#end(name, work);
    await Promise.all(this.#ending.values());
  };

  #begin(plan: Plan): Work {
    const { means } = plan;
    if (means?.type === 'pull') return new Pull(this.#around, plan, means.source);
    if (means)
      return new RunningProgram(this.#around, plan, means, this.#ending.get(planName(plan)) ?? Promise.resolve());
    this.#around.failed('ingest_input');
    return unusable(plan, this.#around.log);
  }

  #end(name: string, work: Work): void {
    this.#works.delete(name);
    this.#endedAttempts += work.facts().attempts;
    const ended = Promise.all([this.#ending.get(name), work.stop()]).then(() => {
      if (this.#ending.get(name) === ended) this.#ending.delete(name);
    });
    this.#ending.set(name, ended);
  }
}

/** Others go on without it. */
function unusable(plan: Plan, log: Log): Work {
  const { vhost, app, stream, id, input } = plan;
  const error = errorText('ingest_input');
  const nothing = { conn: 0, pid: 0, lines: [], attempts: 0 };
  const facts: WorkFacts = { ...nothing, state: 'failed', failures: 1, since: Date.now(), error };
  const fields = { type: 'ingest', vhost, app, stream, ingest: id, input, state: 'failed', reason: 'ingest_input' };
  log.warn(fields, `cannot ingest ${input} as ${vhost}/${app}/${stream}: ${error}`);
  return { plan, facts: () => facts, handle: () => undefined, stop: () => undefined };
}
