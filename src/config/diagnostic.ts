// What can be wrong in a configuration file, said so that it can be put right: where, what was expected, and which name
// was probably meant. Everything that is wrong is collected, then thrown at once as one ConfigError.

import type { Place } from './lexer.js';

/** A line of 0 means the file as a whole. */
export interface Diagnostic extends Place {
  readonly file: string;
  readonly message: string;
  readonly expected?: string;
  /** The known name nearest to what was written. */
  readonly nearest?: string;
}

export function formatDiagnostic(d: Diagnostic): string {
  const expected = d.expected === undefined ? '' : `; expected ${d.expected}`;
  const nearest = d.nearest === undefined ? '' : `; did you mean "${d.nearest}"?`;
  const place = d.line === 0 ? d.file : `${d.file}:${d.line}:${d.column}`;
  return `${place}: ${d.message}${expected}${nearest}`;
}

/** Errors beyond this many are counted, not printed: the first ones explain a broken file. */
const maxPrinted = 50;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const lines = diagnostics.slice(0, maxPrinted).map(formatDiagnostic);
    const more = diagnostics.length - lines.length;
    if (more > 0) lines.push(`... and ${more} more`);
    super(lines.join('\n'));
    this.diagnostics = diagnostics;
  }
}

/** Collects diagnostics of one file. */
export class Diagnostics {
  readonly errors: Diagnostic[] = [];
  readonly warnings: Diagnostic[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  error(place: Place, message: string, more: { expected?: string; nearest?: string | undefined } = {}): void {
    this.errors.push(this.#make(place, message, more));
  }

  warn(place: Place, message: string): void {
    this.warnings.push(this.#make(place, message, {}));
  }

  /** `line:column` with the file, to name another place in a message. */
  at(place: Place): string {
    return `${this.#file}:${place.line}:${place.column}`;
  }

  #make(place: Place, message: string, more: { expected?: string; nearest?: string | undefined }): Diagnostic {
    const { expected, nearest } = more;
    return {
      file: this.#file,
      line: place.line,
      column: place.column,
      message,
      ...(expected !== undefined && { expected }),
      ...(nearest !== undefined && { nearest }),
    };
  }
}

/** In the order of the file. */
export function byPlace(a: Place, b: Place): number {
  return a.line - b.line || a.column - b.column;
}
