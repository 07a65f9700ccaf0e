// Variables of name templates -> paths. Pure. Names of streams may be anything that RTMP lets through
// (src/admission/name.ts): a path keeps them as they are.

import type { templateVariables } from './name_template.js';

/** Whose names they are. */
export interface NamedStream {
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
}

export interface NameFacts extends NamedStream {
  readonly sequence: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Milliseconds since 1970. */
  readonly date: number;
}

type Variable = (typeof templateVariables)[number];

/** A relative path: no level of it is empty, `.` or `..`, whatever the names are. */
export function expandTemplate(template: string, facts: NameFacts): string {
  const { vhost, app, stream, sequence, duration, date } = facts;
  const at = new Date(date);
  const padded = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  const values: Readonly<Partial<Record<string, string>>> = {
    vhost,
    app,
    stream,
    seq: String(sequence),
    duration: String(Math.round(duration)),
    timestamp: String(date),
    '2006': padded(at.getFullYear(), 4),
    '01': padded(at.getMonth() + 1),
    '02': padded(at.getDate()),
    '15': padded(at.getHours()),
    '04': padded(at.getMinutes()),
    '05': padded(at.getSeconds()),
    '999': padded(at.getMilliseconds(), 3),
  } satisfies Record<Variable, string>;
  const expanded = template.replace(/\[([^\]]*)\]/g, (whole, name: string) => values[name] ?? whole);
  return expanded
    .split('/')
    .filter((level) => level !== '' && level !== '.' && level !== '..')
    .join('/');
}

/** Names of a stream alone. */
export function expandForStream(template: string, key: NamedStream): string {
  return expandTemplate(template, { ...key, sequence: 0, duration: 0, date: 0 });
}
