// The sockets that the server listens on: those of the configuration, and after a reload those of the new one. All of the
// wanted ones open, or none of them changes.

import { addressOf } from './config/address.js';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config/load.js';
import type { Endpoint } from './config/values.js';
import { LiveError, reasonOf } from './errors.js';
import type { Log } from './log.js';
import type { Engine } from './native.js';

type Service = 'rtmp' | 'http';

interface Wanted {
  readonly service: Service;
  /** As configured: the port may be 0. */
  readonly endpoint: Endpoint;
}

interface Open extends Wanted {
  readonly bound: Endpoint;
}

export interface Listeners {
  /** Where clients connect, as bound. */
  readonly bound: (service: Service) => readonly Endpoint[];
  /** Throws a LiveError that names the address; then nothing has changed. */
  readonly apply: (config: Config) => void;
  /** All of them, for good: what is applied later opens none. */
  readonly close: () => void;
}

export function createListeners(engine: Pick<Engine, 'listen' | 'unlisten'>, log: Log): Listeners {
  let open: readonly Open[] = [];
  let isOver = false;
  const leave = (listener: Open): void => {
    close(engine, listener);
    tell(log, listener, 'no longer listening on');
  };
  return {
    bound: (service) => open.filter((listener) => listener.service === service).map(({ bound }) => bound),
    apply: (config) => {
      if (isOver) return;
      const wanted = wantedBy(config);
      const kept = open.filter((listener) => wanted.some((want) => isSame(want, listener)));
      const fresh = openAll(
        engine,
        wanted.filter((want) => !open.some((listener) => isSame(want, listener))),
      );
      open.filter((candidate) => !kept.includes(candidate)).forEach(leave);
      for (const listener of fresh) tell(log, listener, 'listening on');
      open = [...kept, ...fresh];
    },
    close: () => {
      isOver = true;
      open.forEach(leave);
      open = [];
    },
  };
}

function wantedBy({ listen, http_server: http }: Config): Wanted[] {
  const rtmp = listen.map((endpoint): Wanted => ({ service: 'rtmp', endpoint }));
  return http.enabled ? [...rtmp, { service: 'http', endpoint: http.listen }] : rtmp;
}

const isSame = (a: Wanted, b: Wanted): boolean =>
  a.service === b.service && isDeepStrictEqual({ ...a.endpoint }, { ...b.endpoint });

function openAll(engine: Pick<Engine, 'listen' | 'unlisten'>, wanted: readonly Wanted[]): Open[] {
  const opened: Open[] = [];
  for (const { service, endpoint } of wanted) {
    try {
      opened.push({ service, endpoint, bound: engine.listen(endpoint.host, endpoint.port, service) });
    } catch (error) {
      for (const listener of opened) close(engine, listener);
      throw new LiveError('listen_failed', { address: addressOf(endpoint), why: reasonOf(error) });
    }
  }
  return opened;
}

function close(engine: Pick<Engine, 'unlisten'>, { bound, service }: Open): void {
  engine.unlisten(bound.host, bound.port, service);
}

function tell(log: Log, { service, bound }: Open, what: string): void {
  const type = what === 'listening on' ? 'listening' : 'unlistening';
  log.info({ type, service, ...bound }, `${what} ${addressOf(bound)}${service === 'http' ? ' for HTTP' : ''}`);
}
