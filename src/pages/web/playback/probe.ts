// Asks the server about a stream where a player's library could not say what is wrong: a browser hides the status of a
// refused WebSocket.

import { faultOfStatus, type Fault } from '../model/faults.js';

const patience = 5000;

/** undefined: the server is there and would give the stream. */
export async function probe(url: string): Promise<Fault | undefined> {
  try {
    const response = await fetch(url, {
      method: 'HEAD',
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
    });
    return faultOfStatus(response.status);
  } catch {
    return { kind: 'network' };
  }
}
