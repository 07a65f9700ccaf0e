// Arguments of one directive -> its value, every wrong argument reported.

import type { Diagnostics } from './diagnostic.js';
import type { Word } from './lexer.js';
import { nearest } from './nearest.js';
import type { Directive } from './parser.js';
import type { Leaf } from './table.js';
import type { ValueType } from './values.js';

/** `lines` are all directives of that name in their block, at least one. */
export function readLeaf(leaf: Leaf<unknown>, lines: readonly Directive[], diagnostics: Diagnostics): unknown {
  const said = lines.filter((line) => hasArguments(line, leaf, diagnostics));
  if (said.length === 0) return leaf.fallback;
  if (leaf.arity === 'lists') return said.map((line) => readWords(leaf, line.name, line.args, diagnostics));
  if (leaf.arity === 'list') {
    const name = said[0]?.name ?? '';
    const words = said.flatMap((line) => line.args);
    return readWords(leaf, name, words, diagnostics);
  }
  return readSingle(leaf, said[0], diagnostics);
}

/** A directive whose only argument is empty quotes means its default, as in SRS. */
function hasArguments(line: Directive, leaf: Leaf<unknown>, diagnostics: Diagnostics): boolean {
  const { expects } = leaf.type;
  if (line.block) diagnostics.error(line, `"${line.name}" takes no block`, { expected: '";"' });
  if (line.args.length > 0) return true;
  if (!line.hasEmptyArgument) diagnostics.error(line, `"${line.name}" lacks its argument`, { expected: expects });
  return false;
}

function readSingle(leaf: Leaf<unknown>, line: Directive | undefined, diagnostics: Diagnostics): unknown {
  const [word, surplus] = line?.args ?? [];
  if (!line || !word) return leaf.fallback;
  if (surplus) {
    diagnostics.error(surplus, `"${line.name}" takes one argument, "${surplus.text}" is too much`, { expected: '";"' });
  }
  return readWord(leaf.type, line.name, word, diagnostics) ?? leaf.fallback;
}

function readWords(leaf: Leaf<unknown>, name: string, words: readonly Word[], diagnostics: Diagnostics): unknown[] {
  const values: unknown[] = [];
  const seen = new Map<string, Word>();
  for (const word of words) {
    const value = readWord(leaf.type, name, word, diagnostics);
    if (value === undefined) continue;
    const key = JSON.stringify(value);
    const first = seen.get(key);
    if (leaf.distinct && first) {
      diagnostics.error(word, `"${word.text}" is the same as "${first.text}" at ${diagnostics.at(first)}`);
    }
    seen.set(key, word);
    values.push(value);
  }
  return values;
}

function readWord<T>(type: ValueType<T>, name: string, word: Word, diagnostics: Diagnostics): T | undefined {
  const value = type.read(word.text);
  if (value === undefined) {
    diagnostics.error(word, `"${word.text}" is no value for "${name}"`, {
      expected: type.expects,
      nearest: nearest(word.text, type.names ?? []),
    });
  }
  return value;
}
