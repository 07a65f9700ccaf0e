// Child processes of tests: each has a time limit and ends with its test, by its own process id.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import type { TestContext } from 'node:test';
import { atEnd } from './endings.js';

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first line of stdout or stderr that matches; rejects when none came in time or before the end. */
  line(pattern: RegExp): Promise<string>;
  /** The same in what comes after the first `seen` characters of output(). */
  lineFrom(seen: number, pattern: RegExp): Promise<string>;
  output(): string;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface RunOptions {
  readonly seconds?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const afterTerm = 5000;
const patience = 60_000;

/** Starts a process. When its time is up it is killed and the test sees the signal. */
export function start(
  context: TestContext,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Running {
  const { seconds = 60, env = process.env, cwd } = options;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, ...(cwd ? { cwd } : {}) });
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (data: string) => {
      text[name] += data;
      for (const listener of [...listeners]) listener();
    });
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(limit);
      resolve({ status, signal, ...text });
    });
  });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!isOver()) child.kill(signal);
    const hard = setTimeout(() => child.kill('SIGKILL'), afterTerm);
    const result = await ended;
    clearTimeout(hard);
    return result;
  };
  const name = [command, ...args].join(' ');
  const lineFrom = lineFinder(name, { text: () => text.stdout + text.stderr, listeners, ended });
  atEnd(context, () => stop('SIGKILL'));
  return {
    child,
    ended,
    line: (pattern) => lineFrom(0, pattern),
    lineFrom,
    output: () => text.stdout + text.stderr,
    stop,
  };
}

interface Output {
  readonly text: () => string;
  /** Called when there is more of it. */
  readonly listeners: Set<() => void>;
  readonly ended: Promise<Ended>;
}

function lineFinder(name: string, { text, listeners, ended }: Output): Running['lineFrom'] {
  return (seen, pattern) =>
    new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${name} ${why} ${String(pattern)}:\n${text()}`));
      const timer = setTimeout(() => fail('has not written'), patience);
      const look = () => {
        const lines = text().slice(seen).split('\n');
        const found = lines.find((candidate) => pattern.test(candidate));
        if (found === undefined) return;
        listeners.delete(look);
        clearTimeout(timer);
        resolve(found);
      };
      listeners.add(look);
      look();
      ended.then(() => {
        clearTimeout(timer);
        fail('ended without');
      }, reject);
    });
}

/** Runs a process to its end. */
export function run(
  context: TestContext,
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<Ended> {
  return start(context, command, args, options).ended;
}

/** Runs a process to its end and expects success. */
export async function succeed(
  context: TestContext,
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<Ended> {
  const result = await run(context, command, args, options);
  assert.equal(
    result.status,
    0,
    `${[command, ...args].join(' ')} (${result.signal ?? 'no signal'})\n${result.stdout}${result.stderr}`,
  );
  return result;
}
