// Names of files that a configuration spells with variables in brackets, as SRS 2.0 does: `[app]/[stream]-[seq].ts`.

import type { ValueType } from './values.js';

/** Of the stream; then of the file; then the local date of its beginning, told by Go's reference date. */
export const templateVariables = [
  ...['vhost', 'app', 'stream'],
  ...['seq', 'duration', 'timestamp'],
  ...['2006', '01', '02', '15', '04', '05', '999'],
] as const satisfies readonly string[];

export interface TemplateRules {
  readonly ending: string;
  /** What tells the files of one stream from those of another, and these from each other: one of each list must be there. */
  readonly oneOf: readonly (readonly string[])[];
  readonly allowed?: readonly string[];
}

export const ofStream = templateVariables.slice(0, 3);

/** A relative path. It can't leave its directory, and no two files get one name. */
export function nameTemplate({ ending, oneOf, allowed = templateVariables }: TemplateRules): ValueType<string> {
  const spelled = (names: readonly string[], between: string): string => names.map((name) => `[${name}]`).join(between);
  return {
    usage: 'path',
    expects: `a path that ends with ${ending} and has ${oneOf.map((names) => spelled(names, ' or ')).join(' and ')}; known are ${spelled(allowed, ' ')}`,
    read: (text) => {
      const used = [...text.matchAll(/\[([^\]]*)\]/g)].map(([, name = '']) => name);
      const isFine =
        text.endsWith(ending) &&
        used.every((name) => allowed.includes(name)) &&
        oneOf.every((names) => used.some((name) => names.includes(name))) &&
        !text.split('/').some((level) => level === '..' || level === '.');
      return isFine ? text : undefined;
    },
  };
}
