// Going to the background. Node cannot fork, so a second process is started in a session of its own; the first waits until
// that one listens or has failed, tells the terminal, and ends with the matching status.

import { spawn } from 'node:child_process';
import { LiveError } from '../errors.js';

/** Marks the process in the background. */
const mark = 'WEIR_IN_BACKGROUND';

type Report = { readonly ready: true } | { readonly failed: string };

export const isInBackground = (): boolean => process.env[mark] !== undefined;

/** Starts this program again in the background; resolves with its process id once it listens. */
export function startInBackground(): Promise<number> {
  const args = [...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, [mark]: '1' },
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new LiveError('daemon_failed', { why }));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (status, signal) => fail(`it ended with ${signal ?? `status ${status ?? '?'}`}`));
    child.once('message', (report: Report) => {
      if ('failed' in report) fail(report.failed);
      else resolve(child.pid ?? 0);
      if (child.connected) child.disconnect();
      child.unref();
    });
  });
}

/** What the process in the background tells the one that started it; elsewhere nothing. */
export function reportToForeground(report: Report): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      if (process.connected) process.disconnect();
      resolve();
    };
    if (isInBackground() && process.send) process.send(report, done);
    else resolve();
  });
}
