// A process that fetches a stream or a file and publishes it, here or elsewhere: ffmpeg, or our own publisher of FLV files. It is
// started again when it ends, later each time.

import { join } from 'node:path';
import { Child, type ChildFacts, type ChildNews } from '../child/child.js';
import { outputFileName } from '../child/output_file.js';
import { programOfOurs } from '../child/programs.js';
import { streamId } from '../native/stream_name.js';
import type { NativeEvent } from '../native.js';
import type { Plan, Run } from './plan.js';
import type { IngestState, Surroundings, Work, WorkFacts } from './work.js';

const nowhere = '/dev/null';

export class RunningProgram implements Work {
  readonly plan: Plan;
  readonly #around: Surroundings;
  readonly #run: Run;
  readonly #ready: Promise<void>;
  #child: Child | undefined;
  #isStopped = false;
  #isPublished = false;
  #publishedAt = 0;
  #failures = 0;
  /** What was told last: a source that is away is told of once. */
  #told = '';

  /** `after`: the one before it with the same output has ended. */
  constructor(around: Surroundings, plan: Plan, run: Run, after: Promise<void>) {
    this.#around = around;
    this.plan = plan;
    this.#run = run;
    this.#ready = after.then(() => {
      if (!this.#isStopped) this.#child = this.#launch();
    });
  }

  facts(): WorkFacts {
    const facts = this.#child?.facts();
    const state = this.#stateOf(facts);
    const since = state === 'running' && this.#run.isHere ? this.#publishedAt : (facts?.since ?? Date.now());
    return {
      ...{ state, since, conn: 0, attempts: (facts?.restarts ?? -1) + 1, failures: this.#failures },
      ...{ error: facts?.error ?? '', pid: facts?.pid ?? 0, lines: facts?.lines ?? [] },
    };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ready;
    await this.#child?.stop();
  }

  handle(event: NativeEvent): void {
    if (event.type !== 'published' && event.type !== 'unpublished') return;
    if (!this.#run.isHere || streamId(event) !== streamId(this.plan)) return;
    const isNew = event.type === 'published' && !this.#isPublished && this.#child?.facts().state === 'running';
    this.#isPublished = event.type === 'published';
    if (!isNew) return;
    this.#publishedAt = Date.now();
    this.#began();
  }

  #launch(): Child {
    const { program = programOfOurs('weir-load'), args, nice, maxRestarts, type } = this.#run;
    const { vhost, app, stream } = this.plan;
    const folder = this.#around.logFolder();
    const file = outputFileName(`${type}-ingest`, vhost, app, stream);
    const logFile = folder === nowhere ? undefined : join(folder, file);
    const told = (facts: ChildFacts, news: ChildNews): void => this.#take(facts, news);
    return new Child({ program, args, nice, maxRestarts, logFile, told });
  }

  #take(facts: ChildFacts, news: ChildNews): void {
    if (news.type === 'started' && !this.#run.isHere) this.#began();
    if (news.type !== 'ended' && news.type !== 'failed') return;
    this.#isPublished = false;
    this.#failures++;
    this.#around.failed('ingest_ended');
    const { error, lines } = facts;
    const reason = `${error}: ${lines.at(-1) ?? 'it said nothing'}`;
    if (news.type === 'failed') {
      const fields = { ...this.#fields('failed'), error, lines };
      this.#around.log.error(fields, `cannot ingest ${this.#what()}: ${reason}; it is given up`);
    } else if (this.#told !== error) {
      const fields = { ...this.#fields('waiting'), error, lines: lines.slice(-3) };
      this.#around.log.warn(fields, `cannot ingest ${this.#what()}: ${reason}; tried on`);
    }
    this.#told = error;
  }

  #began(): void {
    this.#told = '';
    this.#around.log.info({ ...this.#fields('running'), pid: this.#child?.facts().pid }, `ingests ${this.#what()}`);
  }

  #stateOf(facts: ChildFacts | undefined): IngestState {
    if (facts === undefined) return 'waiting';
    if (facts.state === 'running') return this.#isPublished || !this.#run.isHere ? 'running' : 'connecting';
    return facts.state === 'failed' ? 'failed' : 'waiting';
  }

  #fields(state: IngestState) {
    const { vhost, app, stream, id, engine, input } = this.plan;
    const reason = state === 'running' ? {} : { reason: 'ingest_ended' };
    return { type: 'ingest', vhost, app, stream, ingest: id, engine, input, state, ...reason };
  }

  #what(): string {
    const { vhost, app, stream, input } = this.plan;
    return `${input} as ${vhost}/${app}/${stream}`;
  }
}
