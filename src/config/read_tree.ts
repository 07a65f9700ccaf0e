// The tree of directives + the schema table -> the values of the configuration, everything wrong reported.

import { isDeepStrictEqual } from 'node:util';
import type { Diagnostics } from './diagnostic.js';
import type { Place, Word } from './lexer.js';
import { homesOf, knownNames, type Known } from './names.js';
import { nearest } from './nearest.js';
import type { Directive } from './parser.js';
import { readLeaf } from './read_leaf.js';
import type { Blocks, Children, Entry, FreeDirective } from './table.js';

/** So many places are named where a misplaced directive belongs. */
const maxHomes = 3;

export type ReadValues = Readonly<Record<string, unknown>>;

export class TreeReader {
  readonly #root: Children;
  readonly #diagnostics: Diagnostics;
  readonly #asked = new Map<string, { place: Place; name: string; times: number }>();

  constructor(root: Children, diagnostics: Diagnostics) {
    this.#root = root;
    this.#diagnostics = diagnostics;
  }

  /** Reads a whole file, and warns once for each feature that it asks for and that is not built. */
  read(tree: readonly Directive[]): ReadValues {
    const values = this.#readBlock(tree, this.#root, '');
    for (const [feature, { place, name, times }] of this.#asked) {
      const more = times > 1 ? ` (asked for in ${times} places)` : '';
      this.#diagnostics.warn(place, `"${name}" is parsed, but ${feature} is not built yet${more}`);
    }
    return values;
  }

  #readBlock(directives: readonly Directive[], children: Children, where: string): ReadValues {
    const known = knownNames(children);
    const found = new Map<string, Directive[]>();
    for (const directive of directives.flatMap((d) => this.#splitAtMissingSemicolon(d, known))) {
      const match = known.get(directive.name);
      if (match) found.set(match.name, [...(found.get(match.name) ?? []), directive]);
      else this.#unknown(directive, known, where);
    }
    const values: Record<string, unknown> = {};
    for (const [name, entry] of Object.entries(children)) {
      values[name] = this.#readEntry(name, entry, found.get(name) ?? [], where);
    }
    return values;
  }

  #readEntry(name: string, entry: Entry, lines: readonly Directive[], where: string): unknown {
    const path = where === '' ? name : `${where} ${name}`;
    if (entry.kind === 'blocks') return this.#readBlocks(name, entry, lines, path);
    const [first, ...others] = lines;
    if (entry.kind !== 'leaf' || !entry.repeats) this.#onlyOnce(first, others);

    if (entry.kind === 'leaf') {
      if (!first) return entry.fallback;
      const opened = entry.opens ? lines.map((line) => this.#open(line, entry.opens ?? [])) : lines;
      const value = readLeaf(entry, opened, this.#diagnostics);
      if (!entry.tunes && !isDeepStrictEqual(value, entry.fallback)) this.#asksFor(entry, name, first);
      return value;
    }
    if (first) this.#needsBlock(first, 0);
    if (entry.kind === 'free') return this.#readFree(first?.block ?? []);
    const values = this.#readBlock(first?.block ?? [], entry.children, path);
    if (first && values['enabled'] === true) this.#asksFor(entry, name, first);
    return values;
  }

  #readBlocks(name: string, entry: Blocks<Children>, lines: readonly Directive[], path: string): unknown[] {
    const labels = new Map<string, Directive>();
    return lines.map((line) => {
      this.#needsBlock(line, 1);
      const label = line.args[0]?.text ?? '';
      if (entry.label.required && label === '') {
        this.#diagnostics.error(line, `"${name}" lacks its name`, { expected: entry.label.usage });
      }
      const first = labels.get(label);
      if (entry.label.unique && first) {
        const place = this.#diagnostics.at(first);
        this.#diagnostics.error(line, `"${name}${label && ` ${label}`}" stands already at ${place}`);
      }
      labels.set(label, first ?? line);
      const values = this.#readBlock(line.block ?? [], entry.children, path);
      if (values['enabled'] === true) this.#asksFor(entry, name, line);
      return { name: label, ...values };
    });
  }

  #readFree(directives: readonly Directive[]): FreeDirective[] {
    return directives.map((d) => {
      if (d.block) this.#diagnostics.error(d, `"${d.name}" takes no block here`, { expected: '";"' });
      return { name: d.name, args: d.args.map((word) => word.text) };
    });
  }

  /** `name { destination a b; backend c; }` is `name a b c;`. */
  #open(line: Directive, names: readonly string[]): Directive {
    if (!line.block) return line;
    const { block, ...own } = line;
    const known = ['enabled', ...names];
    for (const inner of block.filter(({ name }) => !known.includes(name))) {
      this.#diagnostics.error(inner, `unknown directive "${inner.name}" in ${line.name}`, {
        nearest: nearest(inner.name, known),
      });
    }
    const isOff = block.some(({ name, args }) => name === 'enabled' && args[0]?.text === 'off');
    const args = isOff ? [] : block.filter(({ name }) => names.includes(name)).flatMap((inner) => inner.args);
    return { ...own, args: [...line.args, ...args], hasEmptyArgument: isOff };
  }

  #needsBlock(line: Directive, maxArguments: number): void {
    if (!line.block) this.#diagnostics.error(line, `"${line.name}" lacks its block`, { expected: '"{"' });
    const surplus = line.args[maxArguments];
    if (surplus) this.#diagnostics.error(surplus, `unexpected "${surplus.text}"`, { expected: '"{"' });
  }

  #onlyOnce(first: Directive | undefined, others: readonly Directive[]): void {
    if (!first) return;
    for (const other of others) {
      this.#diagnostics.error(other, `"${other.name}" is set already at ${this.#diagnostics.at(first)}`);
    }
  }

  #asksFor(entry: Entry, name: string, place: Place): void {
    if (entry.needs === undefined) return;
    const asked = this.#asked.get(entry.needs);
    if (asked) asked.times++;
    else this.#asked.set(entry.needs, { place, name, times: 1 });
  }

  #unknown(directive: Directive, known: ReadonlyMap<string, Known>, where: string): void {
    const place = where === '' ? 'at the top of the file' : `in ${where}`;
    const homes = homesOf(directive.name, this.#root).map((home) => (home === '' ? 'the top of the file' : home));
    if (homes.length > 0) {
      const expected = `it in ${homes.slice(0, maxHomes).join(', ')}${homes.length > maxHomes ? ', ...' : ''}`;
      this.#diagnostics.error(directive, `"${directive.name}" does not belong ${place}`, { expected });
      return;
    }
    this.#diagnostics.error(directive, `unknown directive "${directive.name}" ${place}`, {
      nearest: nearest(directive.name, known.keys()),
    });
  }

  /** Without its `;` a directive swallows the next lines as arguments: the commonest slip, so it is told as what it is. */
  #splitAtMissingSemicolon(directive: Directive, known: ReadonlyMap<string, Known>): Directive[] {
    const at = directive.args.findIndex((word) => word.startsLine && known.has(word.text));
    const next = directive.args[at];
    if (!next) return [directive];
    const before: Word | Directive = directive.args[at - 1] ?? directive;
    const text = 'text' in before ? before.text : before.name;
    const end = { line: before.line, column: before.column + text.length };
    this.#diagnostics.error(end, `";" is missing behind "${text}"`);
    const { block, ...own } = directive;
    const rest = { ...own, name: next.text, line: next.line, column: next.column, args: directive.args.slice(at + 1) };
    const tail = this.#splitAtMissingSemicolon(block ? { ...rest, block } : rest, known);
    return [{ ...own, args: directive.args.slice(0, at) }, ...tail];
  }
}
