// A new configuration for a running server: read, checked, compared with the running one, applied. Whatever fails before
// the first change leaves everything as it was.

import { publishGrant } from './admission/grant.js';
import { hlsGrant } from './hls/settings.js';
import { isDeepStrictEqual } from 'node:util';
import { ConfigError, formatDiagnostic } from './config/diagnostic.js';
import { diffConfig } from './config/diff.js';
import { loadConfig, type Config, type LoadedConfig, type VhostConfig } from './config/load.js';
import { LiveError } from './errors.js';
import type { Log } from './log.js';
import type { Engine, StreamKey } from './native.js';

export interface ReloadReport {
  /** False: the running configuration stays, for the reasons in `errors`. */
  readonly ok: boolean;
  /** Paths of the directives that hold from now on: `vhost live.example.com hls hls_fragment`. */
  readonly applied: readonly string[];
  /** Those that differ but need a new start, and why. */
  readonly restart: readonly { readonly path: string; readonly why: string }[];
  /** Each as `file:line:column: what is wrong`. */
  readonly errors: readonly string[];
}

/** A part of the server that follows the configuration. */
export type Follower = (before: Config, after: Config) => void | Promise<void>;

export interface Reloading {
  readonly log: Log;
  readonly current: () => Config;
  readonly adopt: (config: Config) => void;
  /** What can fail and then changes nothing (listeners, log files): called first, in order. */
  readonly risky: readonly Follower[];
  readonly followers: readonly Follower[];
}

/** Reads the file of the running configuration again. Never throws for what the file says. */
export async function reloadFile(reloading: Reloading): Promise<ReloadReport> {
  const { file } = reloading.current();
  try {
    return await reloadConfig(reloading, loadConfig(file));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return refuse(reloading.log, file, error.diagnostics.map(formatDiagnostic));
  }
}

export async function reloadConfig(reloading: Reloading, next: LoadedConfig): Promise<ReloadReport> {
  const { log, risky, followers, adopt } = reloading;
  const before = reloading.current();
  const after = next.config;
  const changes = diffConfig(before, after);
  for (const warning of next.warnings) log.warn({ type: 'config' }, formatDiagnostic(warning));
  const done: Follower[] = [];
  try {
    for (const follower of risky) {
      await follower(before, after);
      done.push(follower);
    }
  } catch (error) {
    if (!(error instanceof LiveError)) throw error;
    for (const follower of done.reverse()) await follower(after, before);
    return refuse(log, after.file, [error.message]);
  }
  adopt(after);
  for (const follower of followers) await follower(before, after);
  const restart = changes.flatMap(({ path, restart: why }) => (why === undefined ? [] : [{ path, why }]));
  const applied = changes.filter(({ restart: why }) => why === undefined).map(({ path }) => path);
  for (const { path, why } of restart) log.warn({ type: 'reload', path }, `"${path}" needs a restart: ${why}`);
  log.info({ type: 'reload', applied }, describe(after.file, applied.length));
  return { ok: true, applied, restart, errors: [] };
}

function refuse(log: Log, file: string, errors: readonly string[]): ReloadReport {
  for (const error of errors) log.error({ type: 'reload' }, error);
  log.error({ type: 'reload' }, `${file} is not applied; the running configuration stays`);
  return { ok: false, applied: [], restart: [], errors };
}

function describe(file: string, count: number): string {
  if (count === 0) return `${file} is read again; nothing that a reload can apply has changed`;
  return `${file} is read again and applied (${count} ${count === 1 ? 'change' : 'changes'})`;
}

/** Vhosts that are gone or off lose their clients; streams of the others get the rules of now. */
export function followVhosts(engine: Pick<Engine, 'stats' | 'regrant' | 'closeVhost'>): Follower {
  return (before, after) => {
    for (const { name } of before.vhost.filter(({ enabled }) => enabled)) {
      if (!vhostOf(after, name)) engine.closeVhost(name);
    }
    for (const { vhost, app, stream } of engine.stats().streams) {
      const key: StreamKey = { vhost, app, stream };
      const [was, is] = [vhostOf(before, vhost), vhostOf(after, vhost)];
      if (!is) continue;
      const grant = publishGrant(after, is, key, hlsGrant);
      if (!was || !isDeepStrictEqual(publishGrant(before, was, key, hlsGrant), grant)) engine.regrant(grant);
    }
  };
}

const vhostOf = (config: Config, name: string): VhostConfig | undefined =>
  config.vhost.find((vhost) => vhost.name === name && vhost.enabled);
