// Hosts and ports as URLs and people write them.

import type { Endpoint } from './values.js';

/** IPv6 addresses have colons of their own. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

export const addressOf = ({ host, port }: Endpoint): string => `${bracketed(host)}:${port}`;
