// The end without haste: nobody new is taken, clients that can are asked to reconnect, the others may stay for `drain_wait`.
// What happens when they have gone, or the time is over, is up to who waits for `drained`.

import type { Config } from '../config/load.js';
import type { Log } from '../log.js';
import type { MetricRow } from '../metric.js';
import type { Engine, EngineStats } from '../native.js';

export interface DrainOptions {
  /** The configuration of now: a reload may change how long it lasts. */
  readonly config: () => Config;
  readonly log: Log;
  readonly engine: Pick<Engine, 'drain'>;
  readonly stats: () => Pick<EngineStats, 'connections'>;
  /** Closes what listens. Called once. */
  readonly begun: () => void;
}

export interface DrainState {
  readonly draining: boolean;
  /** Connections that are there. */
  readonly clients: number;
  /** Milliseconds: of the whole, and what is left of it. */
  readonly wait: number;
  readonly left: number | null;
}

export interface Drain {
  /** False: it has begun before. */
  readonly begin: () => boolean;
  readonly state: () => DrainState;
  /** Everybody has gone, or the time is over. */
  readonly drained: Promise<void>;
  readonly stop: () => void;
}

export const drainRows: readonly MetricRow<DrainState>[] = [
  {
    ...{
      name: 'weir_draining',
      type: 'gauge',
      help: '1 while the server takes nobody and waits for its clients to go.',
    },
    read: ({ draining }) => (draining ? 1 : 0),
  },
];

/** Nobody is told of each connection that goes: look. */
const lookInterval = 100;
const sayInterval = 10_000;
const seconds = (millis: number): number => Math.ceil(millis / 1000);
const count = (clients: number): string => `${clients} ${clients === 1 ? 'client' : 'clients'}`;

export function startDrain({ config, log, engine, stats, begun }: DrainOptions): Drain {
  let began: number | undefined;
  let said = 0;
  let timer: NodeJS.Timeout | undefined;
  let tell = (): void => undefined;
  const drained = new Promise<void>((resolve) => (tell = resolve));

  const state = (): DrainState => {
    const wait = config().drain_wait;
    const left = began === undefined ? null : Math.max(0, Math.round(began + wait - performance.now()));
    return { draining: began !== undefined, clients: stats().connections, wait, left };
  };
  const say = (clients: number, text: string): void => {
    said = performance.now();
    log.info({ type: 'draining', clients }, text);
  };
  const look = (): void => {
    const { clients, left } = state();
    if (clients > 0 && left !== 0) {
      if (performance.now() - said >= sayInterval)
        say(clients, `${count(clients)} left, ${seconds(left ?? 0)} s to go`);
      return;
    }
    clearInterval(timer);
    say(clients, clients === 0 ? 'drained: all clients have gone' : `drain_wait is over: ${count(clients)} left`);
    tell();
  };
  return {
    begin: () => {
      if (began !== undefined) return false;
      began = performance.now();
      begun();
      engine.drain();
      const { clients, wait } = state();
      say(clients, `draining: nobody new is taken; ${count(clients)} may stay for ${seconds(wait)} s`);
      timer = setInterval(look, lookInterval);
      return true;
    },
    state,
    drained,
    stop: () => clearInterval(timer),
  };
}
