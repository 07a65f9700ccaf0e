// What moves streams elsewhere or makes others of them, as the API lists it and the console tells it. Pure.

interface Moved {
  readonly vhost_name: string;
  readonly app: string;
  readonly name: string;
}

interface Worked extends Moved {
  readonly state: string;
  /** Unix milliseconds. */
  readonly since_ms: number;
  readonly error: string;
}

export interface ApiTranscode extends Worked {
  readonly scope: string;
  readonly engine: string;
  readonly output: string;
  readonly restarts: number;
  readonly fps: number;
  readonly speed: number;
  readonly kbps: number;
  readonly lines: readonly string[];
}

export interface ApiForward extends Worked {
  readonly target: string;
  readonly attempts: number;
  readonly lag_ms: number;
  readonly skips: number;
  readonly kbps: { readonly send_30s: number };
}

export interface ApiIngest extends Worked {
  readonly id: string;
  readonly engine: string;
  readonly input: string;
  readonly attempts: number;
  readonly lines: readonly string[];
}

export interface ApiRecording extends Moved {
  readonly id: number;
  readonly file: string;
  readonly active: boolean;
  readonly duration: number;
  readonly bytes: number;
  readonly gaps: number;
}

export const nameOf = ({ vhost_name, app, name }: Moved): string => `${vhost_name}/${app}/${name}`;

const good = new Set(['running', 'forwarding', 'connecting']);

/** `waiting: connection refused`: why it does not run, where something is known about that. */
export const stateText = ({ state, error }: Worked): string =>
  good.has(state) || error === '' ? state : `${state}: ${error}`;

/** Someone should look. */
export const isTroubled = ({ state }: Worked): boolean => !good.has(state) && state !== 'stopped';

/** `1.00 ×`; 0 is what an engine has before it said anything. */
export const speedText = (speed: number): string => (speed > 0 ? `${speed.toFixed(2)} ×` : '–');

/** The part of a long path that tells files apart. */
export const fileName = (path: string): string => path.split('/').slice(-2).join('/');
