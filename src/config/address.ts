// Hosts and ports as URLs and people write them.

import type { Endpoint } from './values.js';

/** IPv6 addresses have colons of their own. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

export const addressOf = ({ host, port }: Endpoint): string => `${bracketed(host)}:${port}`;

const wildcards: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where we reach what listens there ourselves. */
export const reachable = ({ host, port }: Endpoint): Endpoint => ({ host: wildcards[host] ?? host, port });
