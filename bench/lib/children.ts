// Child processes that never outlive the bench, however that ends.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Resolves with the exit code when it has ended (128 + n is not told apart: -1 for a signal). */
  readonly ended: Promise<number>;
  /** What it wrote to stderr, at most the last 16 KB. */
  readonly stderr: () => string;
  /** Asks it to end, insists after some seconds, and waits for it. */
  readonly stop: () => Promise<void>;
}

const mostStderr = 16 * 1024;
const patience = 5000;

export function startChild(command: string, args: readonly string[], options: SpawnOptions = {}): Child {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${command}`);
  running.add(child);
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-mostStderr);
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => {
    running.delete(child);
    return typeof code === 'number' ? code : -1;
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const isOver = await Promise.race([ended.then(() => true), delay(patience, false, { ref: false })]);
    if (!isOver) child.kill('SIGKILL');
    await ended;
  };
  return { pid, process: child, ended, stderr: () => errors, stop };
}

/** Does something again and again until the promise is settled, whichever way. */
export async function meanwhile(promise: Promise<unknown>, everyMs: number, work: () => unknown): Promise<void> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([settled, delay(everyMs, false)]))) await work();
}
