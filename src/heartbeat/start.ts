// SRS 1.0's heartbeat: tells another server regularly that this one lives.

import { networkInterfaces } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
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

export interface Heartbeat {
  /** Where it has changed, the next beat comes at once. */
  readonly follow: (before: Config, after: Config) => void;
  readonly stop: () => void;
}

const callTimeout = 5000;

export function startHeartbeat({ config, log, summaries }: HeartbeatOptions): Heartbeat {
  let timer: NodeJS.Timeout | undefined;
  /** Beats of an earlier round, of which one may be on its way, plan no more. */
  let round = 0;
  // Said when it changes, not each time.
  let failure = '';

  const beat = async (own: number): Promise<void> => {
    const { heartbeat, stats } = config();
    if (!heartbeat.enabled) return;
    const why = await post(heartbeat.url, {
      device_id: heartbeat.device_id ?? '',
      ip: localAddress(stats.network),
      ...(heartbeat.summaries && { summaries: summaries() }),
    });
    if (why !== failure && why !== '') log.warn({ type: 'heartbeat', why }, `the heartbeat was not taken: ${why}`);
    if (why === '' && failure !== '') log.info({ type: 'heartbeat' }, 'the heartbeat is taken again');
    failure = why;
    if (own === round) plan(heartbeat.interval);
  };
  const plan = (wait: number): void => {
    const own = round;
    timer = setTimeout(() => void beat(own), wait);
    timer.unref();
  };
  const stop = (): void => {
    round += 1;
    clearTimeout(timer);
  };
  plan(0);
  return {
    follow: (before, after) => {
      const relevant = ({ heartbeat, stats }: Config): unknown => [heartbeat, stats.network];
      if (isDeepStrictEqual(relevant(before), relevant(after))) return;
      stop();
      plan(0);
    },
    stop,
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
