// What a row of the schema table is. From these rows come parsing, checking, defaults, the type of the loaded config,
// conf/full.conf and docs/config.md; reload will read `reload` and `probe`.

import type { ValueType } from './values.js';

/** Who had the directive first. */
export type Era = 'SRS 0.9' | 'SRS 1.0' | 'SRS 2.0' | 'weir';

interface RowBase {
  /** One or two sentences for docs/config.md and conf/full.conf. */
  readonly doc: string;
  readonly since: Era;
  /** The feature that it waits for, when that is not built yet. Asking for it earns a warning. */
  readonly needs?: string;
  /** Other names under which old files know it. */
  readonly aliases?: readonly string[];
}

export interface Row extends RowBase {
  /** As it would be written. Absent: the directive has no default. */
  readonly default?: string;
  /** Whether a reload applies it to a running server. */
  readonly reload: 'live' | `restart: ${string}`;
  /** Another legal value, as it would be written: what a reload test changes it to; docs use it as the example. */
  readonly probe: string;
  /** It only tunes its feature: writing it alone does not ask for the feature. */
  readonly tunes?: true;
  /** Old files have it; it does nothing here. */
  readonly inert?: true;
  /** Nobody is shown its value. */
  readonly secret?: true;
  /** It may stand in several lines, which add up. */
  readonly repeats?: true;
  /** It may be a block instead, whose directives of these names bring the arguments; `enabled off` in it leaves them out. */
  readonly opens?: readonly string[];
  /** No two arguments may mean the same. */
  readonly distinct?: true;
}

export interface Leaf<V> extends Row {
  readonly kind: 'leaf';
  readonly type: ValueType<unknown>;
  /** One argument; a list of them; or a directive that may stand several times, each with `rule` arguments. */
  readonly arity: 'one' | 'list' | 'lists';
  /** The default, read. */
  readonly fallback: V;
}

export interface Block<C extends Children> extends RowBase {
  readonly kind: 'block';
  readonly children: C;
}

/** Blocks of which a file may have several, most with a name: vhost, engine, ... */
export interface Blocks<C extends Children> extends RowBase {
  readonly kind: 'blocks';
  readonly children: C;
  readonly label: Label;
}

export interface Label {
  /** What docs call it. */
  readonly usage: string;
  readonly required: boolean;
  /** Two blocks with the same label are an error. */
  readonly unique: boolean;
  /** What full.conf writes. */
  readonly example: string;
}

/** A block whose children are not known to us: arguments for ffmpeg. */
export interface FreeBlock extends RowBase {
  readonly kind: 'free';
  readonly example: readonly string[];
}

export type Entry = Leaf<unknown> | Block<Children> | Blocks<Children> | FreeBlock;
export type Children = { readonly [name: string]: Entry };

export interface FreeDirective {
  readonly name: string;
  readonly args: readonly string[];
}

/** The type of the loaded configuration, made from the table. Names stay as files write them. */
export type Values<C> = { readonly [K in keyof C]: ValueOf<C[K]> };
type ValueOf<E> =
  E extends Leaf<infer V>
    ? V
    : E extends Block<infer C>
      ? Values<C>
      : E extends Blocks<infer C>
        ? readonly (Values<C> & Named)[]
        : E extends FreeBlock
          ? readonly FreeDirective[]
          : never;

export interface Named {
  /** The label of the block; empty when it has none. */
  readonly name: string;
}

/** A directive with exactly one argument. */
export function one<T>(type: ValueType<T>, row: Row & { readonly default: string }): Leaf<T>;
export function one<T>(type: ValueType<T>, row: Row): Leaf<T | undefined>;
export function one<T>(type: ValueType<T>, row: Row): Leaf<T | undefined> {
  const fallback = row.default === undefined ? undefined : readDefault(type, row.default);
  return { kind: 'leaf', type, arity: 'one', fallback, ...row };
}

/** A directive with one argument or more. */
export function list<T>(type: ValueType<T>, row: Row): Leaf<readonly T[]> {
  const words = row.default === undefined ? [] : row.default.split(' ');
  return { kind: 'leaf', type, arity: 'list', fallback: words.map((word) => readDefault(type, word)), ...row };
}

/** A directive that may stand several times, each time with its own list of arguments. */
export function lists<T>(type: ValueType<T>, row: Row): Leaf<readonly (readonly T[])[]> {
  return { kind: 'leaf', type, arity: 'lists', fallback: [], ...row };
}

export function block<const C extends Children>(row: RowBase, children: C): Block<C> {
  return { kind: 'block', children, ...row };
}

export function blocks<const C extends Children>(label: Label, row: RowBase, children: C): Blocks<C> {
  return { kind: 'blocks', label, children, ...row };
}

export function freeBlock(row: RowBase & { readonly example: readonly string[] }): FreeBlock {
  return { kind: 'free', ...row };
}

function readDefault<T>(type: ValueType<T>, text: string): T {
  const value = type.read(text);
  if (value === undefined) throw new TypeError(`the schema's default "${text}" is not ${type.expects}`);
  return value;
}
