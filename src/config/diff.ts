// Two configurations -> what differs, directive by directive, as the schema table names them. What a reload has to do, and
// what it reports, comes from here.

import { isDeepStrictEqual } from 'node:util';
import type { Config } from './load.js';
import { rootSchema } from './schema/root.js';
import type { Children, Entry, Row } from './table.js';

export interface Change {
  /** `vhost live.example.com hls hls_fragment`: the blocks with their labels, then the directive. */
  readonly path: string;
  /** The vhost that it belongs to; absent at the top of the file. */
  readonly vhost?: string;
  /** Why only a new start can apply it; absent: a reload does. */
  readonly restart?: string;
}

type Fields = Readonly<Record<string, unknown>>;

export function diffConfig(before: Config, after: Config): readonly Change[] {
  return diffBlock(rootSchema, before, after, '');
}

function diffBlock(children: Children, before: Fields, after: Fields, where: string): Change[] {
  return Object.entries(children).flatMap(([name, entry]) =>
    diffEntry(entry, before[name], after[name], where === '' ? name : `${where} ${name}`),
  );
}

function diffEntry(entry: Entry, before: unknown, after: unknown, path: string): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (entry.kind === 'block') return diffBlock(entry.children, before as Fields, after as Fields, path);
  if (entry.kind === 'blocks') return diffBlocks(entry.children, before as Labelled, after as Labelled, path);
  return [{ path, ...(entry.kind === 'leaf' && restartOf(entry)) }];
}

type Labelled = readonly (Fields & { readonly name: string })[];

/** Blocks are the same when they have the same label and stand at the same place among those of that label. */
function diffBlocks(children: Children, before: Labelled, after: Labelled, path: string): Change[] {
  const old = byLabel(before);
  const now = byLabel(after);
  const labels = [...new Set([...old.keys(), ...now.keys()])];
  return labels.flatMap((label) => {
    const [was, is] = [old.get(label), now.get(label)];
    const own = path === 'vhost' ? { vhost: is?.name ?? was?.name ?? '' } : {};
    const where = label === '' ? path : `${path} ${label}`;
    const changes = was && is ? diffBlock(children, was, is, where) : [{ path: where }];
    return changes.map((change) => ({ ...change, ...own }));
  });
}

function byLabel(blocks: Labelled): Map<string, Labelled[number]> {
  const found = new Map<string, Labelled[number]>();
  for (const block of blocks) {
    let label = block.name;
    for (let n = 2; found.has(label); n++) label = `${block.name} (${n})`;
    found.set(label, block);
  }
  return found;
}

function restartOf({ reload }: Row): { readonly restart?: string } {
  return reload === 'live' ? {} : { restart: reload.replace(/^restart: /, '') };
}
