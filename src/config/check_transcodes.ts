// What the table cannot say of what runs ffmpeg, `transcode` and `ingest`: encoders that the ffmpeg lacks, engines that lack
// something, and transcodes that lead back to each other.

import type { Diagnostics } from './diagnostic.js';
import { encodersOf, type Encoders } from './encoders.js';
import type { Place } from './lexer.js';
import { nearest } from './nearest.js';
import type { Directive } from './parser.js';
import type { rootSchema } from './schema/root.js';
import type { Values } from './table.js';
import { cyclesAmong, type BlockRoute } from './transcode_cycles.js';

type Read = Values<typeof rootSchema>;
type Block = Read['vhost'][number]['transcode'][number];
type Ingest = Read['vhost'][number]['ingest'][number];
type Engine = Block['engine'][number];

/** A block and where it stands; those that are off are left out. */
interface Found<B = Block> {
  readonly vhost: string;
  readonly block: B;
  readonly tree: Directive;
}

export function checkTranscodes(tree: readonly Directive[], values: Read, diagnostics: Diagnostics): void {
  const found = blocksOf<Block>(tree, values, 'transcode');
  for (const one of found) checkBlock(one, ['output', 'vcodec', 'acodec'], diagnostics);
  for (const one of blocksOf<Ingest>(tree, values, 'ingest')) {
    if (one.block.ffmpeg !== undefined || one.block.engine.length > 0) checkBlock(one, [], diagnostics);
  }
  const routes = found.flatMap(routesOf);
  for (const { place, names } of cyclesAmong(routes, values)) {
    diagnostics.error(place, `transcodes lead back to each other: ${names.join(' -> ')}`);
  }
}

const below = (directives: readonly Directive[] | undefined, name: string): readonly Directive[] =>
  (directives ?? []).filter((directive) => directive.name === name);

function blocksOf<B extends Block | Ingest>(
  tree: readonly Directive[],
  { vhost: vhosts }: Read,
  which: 'transcode' | 'ingest',
): Found<B>[] {
  const trees = below(tree, 'vhost');
  return vhosts.flatMap((vhost, index) => {
    const lines = below(trees[index]?.block, which);
    return (vhost[which] as readonly B[]).flatMap((block, at) => {
      const line = lines[at];
      return vhost.enabled && block.enabled && line ? [{ vhost: vhost.name, block, tree: line }] : [];
    });
  });
}

type Wanted = readonly ('output' | 'vcodec' | 'acodec')[];

/** `wanted`: what no engine may lack. */
function checkBlock({ block, tree }: Found<Block | Ingest>, wanted: Wanted, diagnostics: Diagnostics): void {
  const program = below(tree.block, 'ffmpeg')[0];
  if (block.ffmpeg === undefined || !program) {
    diagnostics.error(tree, `"${tree.name}" lacks the path of its program`, { expected: 'ffmpeg PATH' });
    return;
  }
  const encoders = encodersOf(block.ffmpeg);
  if (encoders === 'missing') diagnostics.warn(program, `there is no ${block.ffmpeg}: nothing is made until it is`);
  const lines = below(tree.block, 'engine');
  for (const [index, engine] of block.engine.entries()) {
    const line = lines[index];
    if (engine.enabled && line) checkEngine({ engine, tree: line }, wanted, encoders, diagnostics);
  }
}

function checkEngine(
  { engine, tree }: { readonly engine: Engine; readonly tree: Directive },
  wanted: Wanted,
  encoders: Encoders,
  diagnostics: Diagnostics,
): void {
  const name = engine.name === '' ? 'an engine' : `engine ${engine.name}`;
  for (const one of wanted) {
    if (engine[one] === undefined) diagnostics.error(tree, `${name} lacks "${one}"`);
  }
  const { vcodec = 'copy', acodec = 'copy' } = engine;
  if (vcodec === 'vn' && acodec === 'an') diagnostics.error(tree, `${name} leaves neither picture nor sound`);
  if (typeof encoders === 'string') return;
  const plain = { vcodec: ['copy', 'vn'], acodec: ['copy', 'an'] };
  for (const [which, codec] of [['vcodec', vcodec] as const, ['acodec', acodec] as const]) {
    if (plain[which].includes(codec) || encoders.has(codec)) continue;
    const place: Place = below(tree.block, which)[0]?.args[0] ?? tree;
    const more = { expected: `one that "ffmpeg -encoders" lists, ${plain[which].join(' or ')}` };
    diagnostics.error(place, `this ffmpeg has no encoder "${codec}"`, { ...more, nearest: nearest(codec, encoders) });
  }
}

function routesOf({ vhost, block, tree }: Found): BlockRoute[] {
  const lines = below(tree.block, 'engine');
  return block.engine.flatMap((engine, index) => {
    if (!engine.enabled || engine.output === undefined) return [];
    const place = below(lines[index]?.block, 'output')[0] ?? tree;
    return [{ vhost, scope: block.name, output: engine.output, place }];
  });
}
