// A program that shall run: started, its output kept, started again when it ends, later each time, until its budget is spent.
// Lives until stop(), which ends it; its process never outlives this one.

import { cannotStart, launch, type Launched } from './launch.js';
import { lineReader } from './lines.js';
import { OutputFile } from './output_file.js';
import { noProgress, progressReader, type Progress } from './progress.js';

/** `waiting`: for its next start. `failed`: it is not started again. */
export type ChildState = 'running' | 'waiting' | 'failed' | 'stopped';

export interface ChildFacts {
  readonly state: ChildState;
  /** Its process group; 0: it does not run. */
  readonly pid: number;
  /** Unix milliseconds: since when it is in this state. */
  readonly since: number;
  /** Starts after the first one. */
  readonly restarts: number;
  /** Why it ended last; empty: it never did. */
  readonly error: string;
  /** The last lines that it printed. */
  readonly lines: readonly string[];
  /** Of the run that goes on, or of the last one. */
  readonly progress: Progress;
}

export interface ChildOptions {
  /** A path. No shell sees it or the arguments. */
  readonly program: string;
  readonly args: readonly string[];
  /** What it prints is kept there; undefined: nowhere but for the last lines. */
  readonly logFile?: string | undefined;
  /** 0..19: how much others go before it. */
  readonly nice: number;
  /** So often it is started again without a good run between; then it has failed. */
  readonly maxRestarts: number;
  /** Called at each start, end and failure, never while the constructor runs. */
  readonly told: (facts: ChildFacts, news: ChildNews) => void;
  readonly random?: () => number;
}

/** `wait`: milliseconds until it is started again. */
export type ChildNews =
  | { readonly type: 'started' }
  | { readonly type: 'ended'; readonly wait: number }
  | { readonly type: 'failed' }
  | { readonly type: 'stopped' };

const firstWait = 500;
const longestWait = 30_000;
/** A run of this length was a good one: the budget is whole again, the next wait the first one. */
const good = 20_000;
/** From SIGINT to SIGKILL; with a margin for both, it is gone within two seconds. */
const grace = 1500;
const mostLines = 20;

export class Child {
  readonly #options: ChildOptions;
  readonly #file: OutputFile | undefined;
  #running: Launched | undefined;
  #state: ChildState = 'waiting';
  #since = Date.now();
  #starts = 0;
  #inRow = 0;
  #error = '';
  readonly #lines: string[] = [];
  #progress = noProgress;
  #timer: NodeJS.Timeout | undefined;
  #over: Promise<void> = Promise.resolve();

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#file = options.logFile === undefined ? undefined : new OutputFile(options.logFile);
    this.#timer = setTimeout(() => this.#start(), 0);
  }

  facts(): ChildFacts {
    return {
      ...{ state: this.#state, pid: this.#running?.pid ?? 0, since: this.#since },
      ...{ restarts: Math.max(0, this.#starts - 1), error: this.#error, lines: [...this.#lines] },
      progress: this.#progress,
    };
  }

  /** SIGINT, SIGKILL a little later. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    const wasStopped = this.#state === 'stopped';
    this.#enter('stopped');
    this.#running?.end();
    await this.#over;
    await this.#file?.flush();
    if (!wasStopped) this.#tell({ type: 'stopped' });
  }

  #start(): void {
    const { program, args, nice } = this.#options;
    this.#starts++;
    this.#progress = noProgress;
    this.#file?.write(`starts: ${[program, ...args].join(' ')}`);
    const running = launch({ program, args, nice, grace });
    this.#running = running;
    for (const output of running.outputs) this.#follow(output, (line) => this.#print(line));
    this.#follow(
      running.progress,
      progressReader((progress) => (this.#progress = progress)),
    );
    this.#over = running.ended.then((why) => this.#ended(why));
    this.#enter('running');
    this.#tell({ type: 'started' });
  }

  #follow(stream: Launched['progress'], take: (line: string) => void): void {
    const reader = lineReader(take);
    stream.setEncoding('utf8').on('data', reader.push).on('end', reader.end);
  }

  #print(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > mostLines) this.#lines.shift();
    this.#file?.write(line);
  }

  #ended(why: string): void {
    this.#running = undefined;
    this.#file?.write(why);
    if (this.#state === 'stopped') return;
    this.#error = why;
    if (Date.now() - this.#since >= good) this.#inRow = 0;
    if (this.#inRow >= this.#options.maxRestarts || cannotStart(why)) {
      this.#enter('failed');
      this.#tell({ type: 'failed' });
      return;
    }
    const { random = Math.random } = this.#options;
    const wait = Math.round(Math.min(longestWait, firstWait * 2 ** this.#inRow) * (0.5 + random() / 2));
    this.#inRow++;
    this.#enter('waiting');
    this.#timer = setTimeout(() => this.#start(), wait);
    this.#tell({ type: 'ended', wait });
  }

  #enter(state: ChildState): void {
    this.#state = state;
    this.#since = Date.now();
  }

  #tell(news: ChildNews): void {
    this.#options.told(this.facts(), news);
  }
}
