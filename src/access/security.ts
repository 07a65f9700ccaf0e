// `security`: who may publish and play, by address. A deny that matches goes before every allow, whatever their order. Where
// there is an allow, who is not allowed is denied, as in SRS 2; where there are only denies, all others may, as in SRS since 4.

import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { VhostConfig } from '../config/load.js';

type Security = VhostConfig['security'];
type Rules = Security['allow'];
export type Action = 'publish' | 'play';

interface Compiled {
  readonly allow: Matcher;
  readonly deny: Matcher;
  readonly onlyDenies: boolean;
}

type Matcher = (action: Action, ip: string) => boolean;

/** A configuration never changes; what was made of it lives as long as it. */
const compiled = new WeakMap<Security, Compiled>();

export function isAddressAllowed(security: Security, action: Action, ip: string): boolean {
  if (!security.enabled) return true;
  let rules = compiled.get(security);
  if (!rules) {
    const { allow, deny } = security;
    rules = { allow: compile(allow), deny: compile(deny), onlyDenies: allow.length === 0 && deny.length > 0 };
    compiled.set(security, rules);
  }
  return !rules.deny(action, ip) && (rules.onlyDenies || rules.allow(action, ip));
}

function compile(rules: Rules): Matcher {
  const of = { publish: listFor('publish', rules), play: listFor('play', rules) };
  return (action, ip) => of[action](ip);
}

function listFor(action: Action, rules: Rules): (ip: string) => boolean {
  const list = new BlockList();
  let everybody = false;
  for (const rule of rules) {
    const actions = rule.filter((word) => word.kind === 'action');
    if (actions.length > 0 && !actions.some((word) => word.action === action)) continue;
    const places = rule.filter((word) => word.kind !== 'action');
    // `deny publish;` can only mean everybody.
    if (places.length === 0 || places.some((word) => word.kind === 'all')) everybody = true;
    for (const word of places) {
      if (word.kind === 'network') list.addSubnet(word.address, word.bits, isIPv6(word.address) ? 'ipv6' : 'ipv4');
    }
  }
  return (ip) => everybody || (isIPv4(ip) ? list.check(ip) : isIPv6(ip) && list.check(ip, 'ipv6'));
}
