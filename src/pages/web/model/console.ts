// What the console reads of the API, and how it is told. Pure.

export interface ApiStream {
  readonly id: number;
  readonly name: string;
  readonly vhost_name: string;
  readonly app: string;
  readonly uptime_ms: number;
  readonly clients: number;
  readonly skips: number;
  readonly drops: number;
  readonly kbps: Rates;
  readonly video: { readonly codec: string; readonly width: number; readonly height: number } | null;
  readonly audio: { readonly codec: string } | null;
}

export interface ApiClient {
  readonly id: number;
  readonly vhost_name: string;
  readonly app: string;
  readonly name: string;
  readonly ip: string;
  readonly type: string;
  readonly alive: number;
  readonly lag_ms: number;
  readonly skips: number;
  readonly kbps: Rates;
}

export interface Rates {
  readonly recv_30s: number;
  readonly send_30s: number;
}

export interface ApiSummary {
  readonly self: {
    readonly version: string;
    readonly pid: number;
    readonly mem_kbyte: number;
    readonly cpu_percent: number;
    readonly srs_uptime: number;
  };
  readonly system: {
    readonly cpu_percent: number;
    readonly conn_srs: number;
    readonly srs_recv_kbps: number;
    readonly srs_send_kbps: number;
  };
}

/** A sample of the last hour. */
export interface Sample {
  readonly at: number;
  readonly in_kbps: number;
  readonly out_kbps: number;
  readonly cpu: number;
  readonly system_cpu: number;
  readonly rss: number;
  readonly log_bytes: number;
  readonly round_ms: number;
  readonly round_max_ms: number;
}

export interface ReloadReport {
  readonly applied: readonly string[];
  readonly restart: readonly { readonly path: string; readonly why: string }[];
}

export function reloadText({ applied, restart }: ReloadReport): string {
  if (applied.length + restart.length === 0) return 'Nothing has changed.';
  return [
    ...applied.map((path) => `Applied: ${path}`),
    ...restart.map(({ path, why }) => `Waits for a restart: ${path} (${why})`),
  ].join('\n');
}

/** `1.2 GB`, `34 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** step;
  return `${scaled < 10 && step > 0 ? scaled.toFixed(1) : scaled.toFixed(0)} ${units[step] ?? ''}`;
}

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

export const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;

/** Points of a line through the values, `width` by `height`, from 0 at the bottom to `top`. */
export function linePoints(values: readonly number[], [width, height]: readonly [number, number], top: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const scale = top > 0 ? height / top : 0;
  const point = (value: number, index: number): string =>
    `${(index * step).toFixed(1)},${(height - Math.min(top, Math.max(0, value)) * scale).toFixed(1)}`;
  return values.map(point).join(' ');
}

export interface EventText {
  readonly type: string;
  readonly at: number;
  /** Of which stream; empty: of none. */
  readonly stream: string;
  readonly facts: string;
}

const named = new Set(['type', 'at', 'vhost', 'app', 'stream']);

/** undefined: it is no event. */
export function eventText(json: string): EventText | undefined {
  const event: unknown = JSON.parse(json);
  if (typeof event !== 'object' || event === null) return undefined;
  const read = new Map(Object.entries(event));
  const text = (name: string): string => {
    const value: unknown = read.get(name);
    return typeof value === 'string' ? value : '';
  };
  const facts = [...read].filter(([name]) => !named.has(name));
  const stream = text('stream');
  return {
    type: text('type'),
    at: Number(read.get('at')),
    stream: stream === '' ? '' : `${text('vhost')}/${text('app')}/${stream}`,
    facts: facts.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(' '),
  };
}
