// SRS 1.0's heartbeat: tells another server regularly that this one lives.

import { networkInterfaces } from 'node:os';
import type { Config } from '../config/load.js';
import { reasonOf } from '../errors.js';
import type { Log } from '../log.js';

export interface HeartbeatOptions {
  /** The configuration of now: each beat reads it. */
  readonly config: () => Config;
  readonly log: Log;
  /** What /api/v1/summaries of the HTTP API says. */
  readonly summaries: () => unknown;
}

const callTimeout = 5000;
/** While it is off: how soon it is seen that a reload has switched it on. */
const idle = 1000;

/** Returns what stops it. */
export function startHeartbeat({ config, log, summaries }: HeartbeatOptions): () => void {
  let timer: NodeJS.Timeout;
  let isStopped = false;
  // Said when it changes, not each time.
  let failure = '';

  const beat = async (): Promise<void> => {
    const { heartbeat, stats } = config();
    if (heartbeat.enabled) {
      const why = await post(heartbeat.url, {
        device_id: heartbeat.device_id ?? '',
        ip: localAddress(stats.network),
        ...(heartbeat.summaries && { summaries: summaries() }),
      });
      if (why !== failure && why !== '') log.warn({ type: 'heartbeat', why }, `the heartbeat was not taken: ${why}`);
      if (why === '' && failure !== '') log.info({ type: 'heartbeat' }, 'the heartbeat is taken again');
      failure = why;
    }
    if (!isStopped) plan(heartbeat.enabled ? heartbeat.interval : idle);
  };
  const plan = (wait: number): void => {
    timer = setTimeout(() => void beat(), wait);
    timer.unref();
  };
  plan(0);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

/** Empty: it was taken. */
async function post(url: string, body: unknown): Promise<string> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(callTimeout),
    });
    await answer.body?.cancel();
    return answer.ok ? '' : `status ${answer.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return reasonOf(cause);
  }
}

/** The index-th IPv4 address of this machine, as `stats { network }` counts them: those of the outside first. */
function localAddress(index: number): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const ipv4 = all.filter(({ family }) => family === 'IPv4');
  const sorted = [...ipv4.filter(({ internal }) => !internal), ...ipv4.filter(({ internal }) => internal)];
  return (sorted[index] ?? sorted[0])?.address ?? '';
}
