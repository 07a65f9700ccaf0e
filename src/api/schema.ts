// Shapes of replies: a TypeScript type and its JSON Schema in one, so that a handler cannot answer what the document does not say.

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Schema<T> {
  readonly json: JsonSchema;
  /** Never there: it carries the type. */
  readonly type?: T;
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never;

const described = (json: JsonSchema, description?: string): JsonSchema =>
  description === undefined ? json : { ...json, description };

export const text = (doc?: string): Schema<string> => ({ json: described({ type: 'string' }, doc) });
export const integer = (doc?: string): Schema<number> => ({ json: described({ type: 'integer' }, doc) });
export const number = (doc?: string): Schema<number> => ({ json: described({ type: 'number' }, doc) });
export const flag = (doc?: string): Schema<boolean> => ({ json: described({ type: 'boolean' }, doc) });
/** JSON of any kind: what the configuration or a feature puts there. */
export const anything = (doc?: string): Schema<unknown> => ({ json: described({}, doc) });

export function oneOf<const W extends string>(words: readonly W[], doc?: string): Schema<W> {
  return { json: described({ enum: words }, doc) };
}

export function list<T>(item: Schema<T>, doc?: string): Schema<readonly T[]> {
  return { json: described({ type: 'array', items: item.json }, doc) };
}

export function map<T>(item: Schema<T>, doc?: string): Schema<Readonly<Record<string, T>>> {
  return { json: described({ type: 'object', additionalProperties: item.json }, doc) };
}

export function nullable<T>(schema: Schema<T>, doc?: string): Schema<T | null> {
  return { json: described({ anyOf: [schema.json, { type: 'null' }] }, doc) };
}

type Members = Readonly<Record<string, Schema<unknown>>>;
type ObjectOf<M extends Members> = { readonly [K in keyof M]: TypeOf<M[K]> };

/** Every member is there, and no other. */
export function object<const M extends Members>(members: M, doc?: string): Schema<ObjectOf<M>> {
  const properties = Object.fromEntries(Object.entries(members).map(([name, { json }]) => [name, json]));
  const json = { type: 'object', properties, required: Object.keys(members), additionalProperties: false };
  return { json: described(json, doc) };
}
