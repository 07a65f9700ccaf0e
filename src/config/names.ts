// Finding directives by name: in a block, under their other names, and anywhere in the table.

import type { Children, Entry } from './table.js';

export interface Known {
  /** The name that the table gives it. */
  readonly name: string;
  readonly entry: Entry;
}

/** Every legal name in a block, aliases too. */
export function knownNames(children: Children): Map<string, Known> {
  const names = new Map<string, Known>();
  for (const [name, entry] of Object.entries(children)) {
    for (const spelling of [name, ...(entry.aliases ?? [])]) names.set(spelling, { name, entry });
  }
  return names;
}

/** The blocks that know `name`, as paths: ["vhost", "vhost hls"]; "" is the top of the file. */
export function homesOf(name: string, children: Children, path = ''): string[] {
  const here = knownNames(children).has(name) ? [path] : [];
  const below = Object.entries(children).flatMap(([child, entry]) =>
    'children' in entry ? homesOf(name, entry.children, path === '' ? child : `${path} ${child}`) : [],
  );
  return [...here, ...below];
}
