// The pid file, and the lock that goes with it: a second server with the same file does not start.
//
// Node can lock no file, and a file that merely exists proves nothing after a crash. The lock is an abstract UNIX socket
// named after the file: the kernel frees it with the process, however that ends.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { LiveError, reasonOf } from '../errors.js';

/** Returns what removes the file and gives the lock back. */
export async function lockPidFile(file: string): Promise<() => void> {
  const lock = await takeLock(file);
  try {
    writeFileSync(file, `${process.pid}\n`);
  } catch (error) {
    lock.close();
    throw new LiveError('pid_file_failed', { file, why: reasonOf(error) });
  }
  return () => {
    rmSync(file, { force: true });
    lock.close();
  };
}

function takeLock(file: string): Promise<Server> {
  const name = lockName(file);
  return new Promise((resolve, reject) => {
    const lock = createServer((socket) => socket.destroy());
    lock.unref();
    lock.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') reject(new LiveError('already_running', { file, who: holder(file) }));
      else reject(new LiveError('pid_file_failed', { file, why: reasonOf(error) }));
    });
    lock.listen(name, () => resolve(lock));
  });
}

/** The same for every spelling of the path. */
function lockName(file: string): string {
  try {
    const folder = dirname(file);
    mkdirSync(folder, { recursive: true });
    const path = join(realpathSync(folder), basename(file));
    return `\0weir-pid-${createHash('sha256').update(path).digest('hex')}`;
  } catch (error) {
    throw new LiveError('pid_file_failed', { file, why: reasonOf(error) });
  }
}

function holder(file: string): string {
  try {
    return ` (process ${readFileSync(file, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
