// Which vhost serves a client: the one of exactly that name, else __defaultVhost__. No wildcards, no folding of case.

import { defaultVhostName } from '../config/default_vhost.js';
import type { Config, VhostConfig } from '../config/load.js';

/** undefined: refuse. A vhost that is switched off refuses its own clients, they don't fall to the default one. */
export function findVhost(config: Config, name: string): VhostConfig | undefined {
  const named = (wanted: string): VhostConfig | undefined => config.vhost.find((vhost) => vhost.name === wanted);
  const found = named(name) ?? named(defaultVhostName);
  return found?.enabled ? found : undefined;
}
