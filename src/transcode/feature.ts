// Transcode: ffmpeg works on each published stream that a block of its vhost is meant for, from its publish to its end. What it
// makes is published like every other one. An engine that fails harms neither the publisher nor other engines.

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Child, type ChildFacts, type ChildNews } from '../child/child.js';
import { outputFileName } from '../child/output_file.js';
import type { Config } from '../config/load.js';
import type { Endpoint } from '../config/values.js';
import type { Log } from '../log.js';
import type { ConnectionId, Engine, NativeEvent, StreamKey } from '../native.js';
import { streamId, streamName } from '../native/stream_name.js';
import { cycleOf, tasksFor, type Source, type Task } from './plan.js';

export interface EngineFacts extends StreamKey, ChildFacts {
  readonly scope: string;
  readonly engine: string;
  readonly output: string;
}

export interface TranscodeStats {
  readonly engines: readonly EngineFacts[];
  readonly starts: number;
  readonly restarts: number;
  readonly failures: number;
}

export interface TranscodesOptions {
  readonly engine: Pick<Engine, 'kick'>;
  readonly config: () => Config;
  readonly log: Log;
  readonly listening: () => readonly Endpoint[];
  /** The identities that a stream has passed, its own included. */
  readonly pathThrough: (key: StreamKey, path: string) => string;
}

interface Job {
  readonly task: Task;
  /** undefined: one before it, with the same output, has not ended yet. */
  child: Child | undefined;
  isOver: boolean;
  /** The connection by which ffmpeg has the source. */
  input: ConnectionId | undefined;
}

interface Live {
  readonly source: Source;
  readonly jobs: Map<string, Job>;
}

const nowhere = '/dev/null';

export class Transcodes {
  readonly #options: TranscodesOptions;
  readonly #live = new Map<string, Live>();
  readonly #byMark = new Map<string, Job>();
  /** Those that are being ended, by what no two may have at the same time. */
  readonly #ending = new Map<string, Promise<void>>();
  readonly #totals = { starts: 0, restarts: 0, failures: 0 };
  #isStopping = false;

  constructor(options: TranscodesOptions) {
    this.#options = options;
  }

  /** Every event of the engine. */
  handle(event: NativeEvent): void {
    if (event.type === 'published') this.#begin(event);
    else if (event.type === 'unpublished') this.#end(streamId(event));
    else if (event.type === 'play' && event.protocol === 'rtmp') {
      const job = this.#byMark.get(event.relayPath);
      if (job) job.input = event.conn;
    }
  }

  /** Whether a stream with this path has been through a transcode that it would come to again. Says by which. */
  readonly isCycle = (key: StreamKey, path: string): boolean => {
    const blocks = cycleOf(this.#options.config(), key, path);
    if (blocks.length === 0) return false;
    const { vhost, app, stream } = key;
    const fields = { type: 'transcode', vhost, app, stream, reason: 'forward_loop', blocks };
    const what = `${streamName(key)} is refused: it comes back to "transcode" of ${blocks.join(', ')}, which has made it`;
    this.#options.log.warn(fields, what);
    return true;
  };

  /** Engines that stay as they are are not touched. */
  readonly follow = (): void => {
    for (const live of this.#live.values()) this.#apply(live);
  };

  readonly stats = (): TranscodeStats => {
    const engines = [...this.#live.values()].flatMap(({ source, jobs }) =>
      [...jobs.values()].flatMap((job) => (job.child ? [factsOf(source, job.task, job.child.facts())] : [])),
    );
    return { engines, ...this.#totals };
  };

  /** Resolves when no process is left. */
  readonly stop = async (): Promise<void> => {
    this.#isStopping = true;
    for (const name of [...this.#live.keys()]) this.#end(name);
    await Promise.all(this.#ending.values());
  };

  #begin(event: Extract<NativeEvent, { type: 'published' }>): void {
    const { tcUrl, vhost, app, stream, relayPath } = event;
    const name = streamId(event);
    this.#end(name);
    if (this.#isStopping) return;
    const path = this.#options.pathThrough(event, relayPath);
    const live: Live = { source: { tcUrl, vhost, app, stream, path }, jobs: new Map() };
    this.#live.set(name, live);
    this.#apply(live);
  }

  #end(name: string): void {
    const live = this.#live.get(name);
    if (!live) return;
    this.#live.delete(name);
    for (const job of live.jobs.values()) this.#stopJob(live, job);
  }

  /** Starts and stops engines until they are what the configuration names. */
  #apply(live: Live): void {
    const tasks = tasksFor(this.#options.config(), live.source, this.#options.listening());
    const wanted = new Map(tasks.map((task) => [task.id, task]));
    for (const [id, job] of live.jobs) {
      if (isDeepStrictEqual(job.task, wanted.get(id))) continue;
      live.jobs.delete(id);
      this.#stopJob(live, job);
    }
    for (const [id, task] of wanted) {
      if (!live.jobs.has(id)) live.jobs.set(id, this.#startJob(live, task));
    }
  }

  #startJob(live: Live, task: Task): Job {
    const job: Job = { task, child: undefined, isOver: false, input: undefined };
    this.#byMark.set(task.mark, job);
    const start = (): void => {
      if (!job.isOver) job.child = this.#childOf(live.source, task);
    };
    const before = this.#ending.get(jobName(live, task));
    if (before) void before.then(start);
    else start();
    return job;
  }

  #stopJob(live: Live, job: Job): void {
    job.isOver = true;
    if (this.#byMark.get(job.task.mark) === job) this.#byMark.delete(job.task.mark);
    if (!job.child) return;
    const name = jobName(live, job.task);
    const ended = Promise.all([this.#ending.get(name), job.child.stop()]).then(() => {
      if (this.#ending.get(name) === ended) this.#ending.delete(name);
    });
    this.#ending.set(name, ended);
    // When it is asked to end ffmpeg goes on waiting for what comes next. The end of its input it takes at once.
    if (job.input !== undefined) this.#options.engine.kick(job.input, 'finished');
  }

  #childOf(source: Source, task: Task): Child {
    const { program, args, nice, maxRestarts, engine } = task;
    const { vhost, app, stream } = source;
    const folder = this.#options.config().ff_log_dir;
    const file = outputFileName('ffmpeg-encoder', vhost, app, stream, engine);
    const logFile = folder === nowhere ? undefined : join(folder, file);
    const told = (facts: ChildFacts, news: ChildNews): void => this.#told(source, task, facts, news);
    return new Child({ program, args, nice, maxRestarts, logFile, told });
  }

  #told(source: Source, task: Task, facts: ChildFacts, news: ChildNews): void {
    const { log } = this.#options;
    const { vhost, app, stream } = source;
    const { engine, output } = task;
    const { state, pid, restarts, error, lines } = facts;
    const fields = { type: 'transcode', vhost, app, stream, engine, output, state, pid, restarts };
    const what = `engine ${engine} of ${streamName(source)}`;
    if (news.type === 'started') {
      this.#totals.starts++;
      if (restarts > 0) this.#totals.restarts++;
      log.info(fields, `${what} runs: ${output}`);
    } else if (news.type === 'stopped') log.info(fields, `${what} has ended`);
    else if (news.type === 'ended') {
      log.warn({ ...fields, error, lines: lines.slice(-3) }, `${what}: ${error}; started again in ${news.wait} ms`);
    } else {
      this.#totals.failures++;
      log.error({ ...fields, error, lines }, `${what} is given up: ${error}; ${lines.at(-1) ?? 'it said nothing'}`);
    }
  }
}

/** What has the same name has the same output and log. */
const jobName = ({ source }: Live, { id }: Task): string => `${streamId(source)}\n${id}`;

function factsOf({ vhost, app, stream }: Source, { scope, engine, output }: Task, facts: ChildFacts): EngineFacts {
  return { vhost, app, stream, scope, engine, output, ...facts };
}
