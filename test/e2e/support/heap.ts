// Collects the garbage of a Node process that a test started: resident memory says little of what it holds before that, since V8
// collects when it likes. Node's inspector does it, whose connection is one descriptor more of that process.
import assert from 'node:assert/strict';
import { WebSocket } from 'undici';
import type { Running } from './process.js';

/** For the environment of a process that will be asked. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

export interface Collector {
  /** Resolves when all that nobody holds any more is gone. */
  readonly collect: () => Promise<void>;
  /** Before the process may end: Node waits for its debugger to leave. */
  readonly leave: () => void;
}

export async function collectorOf(process: Running): Promise<Collector> {
  const line = await process.line(/Debugger listening on ws:/);
  const socket = new WebSocket(/ws:\/\/\S+/.exec(line)?.[0] ?? assert.fail(line));
  await heard(socket, 'open');
  let id = 0;
  const collect = async () => {
    const answered = heard(socket, 'message');
    socket.send(JSON.stringify({ id: ++id, method: 'HeapProfiler.collectGarbage' }));
    // No domain is enabled: nothing comes but answers.
    assert.deepEqual(JSON.parse(await answered), { id, result: {} });
  };
  return { collect, leave: () => socket.close() };
}

/** The text of the next such event. */
function heard(socket: WebSocket, type: 'open' | 'message'): Promise<string> {
  return new Promise((resolve, reject) => {
    const over = () => reject(new Error('the inspector went away'));
    socket.addEventListener('close', over, { once: true });
    socket.addEventListener(
      type,
      (event) => {
        socket.removeEventListener('close', over);
        resolve('data' in event ? String(event.data) : '');
      },
      { once: true },
    );
  });
}
