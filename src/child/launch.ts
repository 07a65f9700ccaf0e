// Starts a program without a shell, as a process group that ends with this process, whatever ends that: by weir-launch
// (native/launch), whose standard input is the leash.

import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

import { programOfOurs } from './programs.js';

export interface Command {
  /** A path; it is looked for nowhere else. */
  readonly program: string;
  readonly args: readonly string[];
  readonly nice: number;
  /** Milliseconds from SIGINT to SIGKILL. */
  readonly grace: number;
}

export interface Launched {
  /** Of the launcher, which is the process group, too; 0: it could not be started. */
  readonly pid: number;
  readonly outputs: readonly Readable[];
  /** What the program writes to descriptor 3. */
  readonly progress: Readable;
  /** SIGINT to all of it, SIGKILL later. */
  readonly end: () => void;
  /** Why it ended, when all that it started has. Never rejects. */
  readonly ended: Promise<string>;
}

const signalStatus = 128;
const launcherStatus: Readonly<Record<number, string>> = {
  125: 'weir-launch was called in a wrong way',
  126: 'it cannot be run',
  127: 'there is no such program',
};

/** Trying again does not help. */
export const cannotStart = (why: string): boolean => Object.values(launcherStatus).includes(why);

/** Descriptor of the program that progress is written to. */
export const progressDescriptor = 3;

export function launch({ program, args, nice, grace }: Command): Launched {
  const child = spawn(programOfOurs('weir-launch'), [String(grace), String(nice), program, ...args], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // A group of its own, which Ctrl-C on a terminal does not reach: it is ended in order.
    detached: true,
  });
  const [leash, stdout, stderr, progress] = child.stdio as unknown as [Writable, Readable, Readable, Readable];
  // The launcher is gone before it could read: its exit says so.
  for (const stream of [leash, stdout, stderr, progress]) stream.on('error', () => undefined);
  return {
    ...{ pid: child.pid ?? 0, outputs: [stdout, stderr], progress },
    end: () => leash.end(),
    ended: endOf(child),
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    // Not `exit`: what it printed last is the reason.
    child.on('close', (status, signal) => resolve(describe(status, signal)));
  });
}

function describe(status: number | null, signal: string | null): string {
  if (status === null) return `it was ended by ${signal ?? 'a signal'}`;
  const told = launcherStatus[status];
  if (told !== undefined) return told;
  return status > signalStatus ? `it was ended by signal ${status - signalStatus}` : `it ended with status ${status}`;
}
