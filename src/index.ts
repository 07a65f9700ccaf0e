// weir as a library: `import { start } from 'weir'`.

import { parseConfig, loadConfig } from './config/load.js';
import { formatDiagnostic } from './config/diagnostic.js';
import { logSettings } from './config/log_settings.js';
import { openLog, type Log } from './log.js';
import type { AccessCheck } from './clients.js';
import { startServer, type Server } from './server.js';

export type { Config } from './config/load.js';
export { ConfigError } from './config/diagnostic.js';
export { LiveError } from './errors.js';
export type { EngineStats } from './native.js';
export type { AccessRequest, Allow, Deny, Verdict } from './admission/access.js';
export type { AccessCheck } from './clients.js';
export type { Log, Server };

export interface StartOptions {
  /** Path of a configuration file. */
  readonly file?: string;
  /** Or the configuration itself: `listen 1935;`. Without both, the defaults. */
  readonly text?: string;
  /** Where the log goes instead of where the configuration says: anything with pino's five methods. */
  readonly log?: Log;
  /** Decides about clients beside the configuration: connect, publish and play, each `{ allow: true }` or `{ allow: false, reason }`. */
  readonly access?: AccessCheck;
}

/** Starts a server in this process. Throws a ConfigError or a LiveError that says why it cannot. */
export async function start({ file, text = '', log, access }: StartOptions = {}): Promise<Server> {
  const { config, warnings } = file === undefined ? parseConfig(text, 'config') : loadConfig(file);
  if (log) return startLogged(log);
  const own = await openLog(logSettings(config));
  const server = startLogged(own.log);
  return {
    get listening() {
      return server.listening;
    },
    stats: server.stats,
    reload: server.reload,
    drain: server.drain,
    drained: server.drained,
    stop: async () => {
      await server.stop();
      own.close();
    },
  };

  function startLogged(to: Log): Server {
    for (const warning of warnings) to.warn({ type: 'config' }, formatDiagnostic(warning));
    return startServer(config, to, access ? { access } : {});
  }
}
