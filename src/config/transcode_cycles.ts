// Whether transcodes lead back to each other, as far as the file shows: an output with variables may go to many places, and
// only those are followed that are certain. What is not seen here is seen when it is published.

import { defaultVhostName } from './default_vhost.js';
import type { Place } from './lexer.js';
import type { rootSchema } from './schema/root.js';
import type { Values } from './table.js';

/** One output of one block. */
export interface BlockRoute {
  readonly vhost: string;
  readonly scope: string;
  readonly output: string;
  readonly place: Place;
}

type Read = Pick<Values<typeof rootSchema>, 'listen' | 'vhost'>;

interface Target {
  readonly vhost: string;
  /** undefined: not known before a stream is there. */
  readonly app: string | undefined;
  readonly stream: string | undefined;
}

interface Cycle {
  readonly place: Place;
  readonly names: readonly string[];
}

/** As people are told of a block: its vhost, and its label if it has one. */
export const blockName = (vhost: string, scope: string): string => (scope === '' ? vhost : `${vhost}/${scope}`);

const nameOf = ({ vhost, scope }: BlockRoute): string => blockName(vhost, scope);

/** Each is told once, at an output that is part of it. */
export function cyclesAmong(routes: readonly BlockRoute[], config: Read): readonly Cycle[] {
  const next = new Map<string, { readonly to: string; readonly place: Place }[]>();
  for (const route of routes) {
    const target = targetOf(route, config);
    if (!target) continue;
    const reached = new Set(routes.filter((other) => isReached(route, target, other)).map(nameOf));
    const edges = [...reached].map((to) => ({ to, place: route.place }));
    next.set(nameOf(route), [...(next.get(nameOf(route)) ?? []), ...edges]);
  }
  const found = new Map<string, Cycle>();
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): void => {
    if (done.has(name)) return;
    for (const { to, place } of next.get(name) ?? []) {
      const at = [...way, name].indexOf(to);
      if (at < 0) visit(to, [...way, name]);
      else {
        const names = [...way, name].slice(at);
        const key = names.toSorted().join(' ');
        if (!found.has(key)) found.set(key, { place, names: [...names, to] });
      }
    }
    done.add(name);
  };
  for (const name of next.keys()) visit(name, []);
  return [...found.values()];
}

/** undefined: it goes elsewhere, or that cannot be told. */
function targetOf({ vhost, scope, output }: BlockRoute, config: Read): Target | undefined {
  const [scopeApp, ...rest] = scope.split('/');
  const scopeStream = rest.length > 0 ? rest.join('/') : undefined;
  const known: Readonly<Record<string, string | undefined>> = {
    ...{ vhost, app: scope === '' ? undefined : scopeApp, stream: scopeStream },
    port: String(config.listen[0]?.port ?? ''),
  };
  const text = output.replace(/\[(vhost|app|stream|port)\]/g, (variable, name: string) => known[name] ?? variable);
  const match = /^rtmp:\/\/([^/:]+|\[[^\]]*\])(?::(\d+))?\/([^?]*?)(?:\?vhost=([^/&]*))?\/([^/?]*)$/i.exec(text);
  const [, host = '', port = '1935', app = '', asked, stream = ''] = match ?? [];
  const isHere = /^(127\.|localhost$|\[::1\]$)/.test(host) && config.listen.some((one) => String(one.port) === port);
  if (!match || !isHere) return undefined;
  const sure = (part: string): string | undefined => (part.includes('[') ? undefined : part);
  const wanted = asked ?? host;
  const found =
    config.vhost.find(({ name }) => name === wanted) ?? config.vhost.find(({ name }) => name === defaultVhostName);
  return found && { vhost: found.name, app: sure(app), stream: sure(stream) };
}

/** Blocks that had the source already are not asked again: their streams are no way back. */
function isReached(from: BlockRoute, target: Target, to: BlockRoute): boolean {
  if (to.vhost !== target.vhost || nameOf(from) === nameOf(to)) return false;
  const isOfSource = to.vhost === from.vhost && `${from.scope}/`.startsWith(to.scope === '' ? '' : `${to.scope}/`);
  if (isOfSource) return false;
  if (to.scope === '') return true;
  return to.scope === target.app || to.scope === `${target.app ?? '['}/${target.stream ?? '['}`;
}
