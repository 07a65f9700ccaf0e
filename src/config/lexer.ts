// Text -> words and terminators of an nginx-style configuration, after the grammar of SRS.
// Its traps are kept on purpose, because old files rely on them: `#` and `}` and quotes are special only where a token
// starts, so `45}` is a word; there are no escapes; an empty quoted string is no argument.

export interface Place {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Word extends Place {
  readonly kind: 'word';
  readonly text: string;
  /** Nothing but white space stands before it on its line. */
  readonly startsLine: boolean;
}

export interface Terminator extends Place {
  readonly kind: ';' | '{' | '}' | 'end';
}

export type Token = Word | Terminator;

/** Called for what is wrong; reading goes on behind it. */
export type Report = (place: Place, message: string, expected: string) => void;

const isSpace = (c: string | undefined): boolean => c === ' ' || c === '\t' || c === '\r' || c === '\n';
const isTerminator = (c: string | undefined): boolean => c === ';' || c === '{' || c === '}';
const endsWord = (c: string | undefined): boolean => c === undefined || isSpace(c) || c === ';' || c === '{';

class Cursor {
  readonly #text: string;
  #at: number;
  #line = 1;
  #column = 1;
  #lineIsBlank = true;

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  get next(): string | undefined {
    return this.#text[this.#at];
  }

  get place(): Place {
    return { line: this.#line, column: this.#column };
  }

  get lineIsBlank(): boolean {
    return this.#lineIsBlank;
  }

  /** Goes on until `stop` holds or the text ends, and gives what it went over. */
  takeUntil(stop: (c: string) => boolean): string {
    const from = this.#at;
    for (let c = this.next; c !== undefined && !stop(c); c = this.next) this.step();
    return this.#text.slice(from, this.#at);
  }

  step(): void {
    const c = this.#text[this.#at++];
    if (c === '\n') {
      this.#line++;
      this.#column = 1;
      this.#lineIsBlank = true;
      return;
    }
    this.#column++;
    if (!isSpace(c)) this.#lineIsBlank = false;
  }
}

/** Every token of the text, the last one of kind `end`. */
export function tokenize(text: string, report: Report): Token[] {
  const cursor = new Cursor(text);
  const tokens: Token[] = [];
  for (;;) {
    cursor.takeUntil((c) => !isSpace(c));
    const place = cursor.place;
    const c = cursor.next;
    if (c === undefined) {
      tokens.push({ kind: 'end', ...place });
      return tokens;
    }
    if (c === '#') {
      cursor.takeUntil((x) => x === '\n');
    } else if (isTerminator(c)) {
      cursor.step();
      tokens.push({ kind: c as ';' | '{' | '}', ...place });
    } else {
      tokens.push(c === '"' || c === "'" ? quoted(cursor, c, report) : bare(cursor));
    }
  }
}

function bare(cursor: Cursor): Word {
  const { place, lineIsBlank } = cursor;
  const text = cursor.takeUntil(endsWord);
  return { kind: 'word', text, startsLine: lineIsBlank, ...place };
}

function quoted(cursor: Cursor, quote: string, report: Report): Word {
  const { place, lineIsBlank } = cursor;
  cursor.step();
  const text = cursor.takeUntil((c) => c === quote);
  if (cursor.next === undefined) {
    report(place, 'this quote is never closed', `a closing ${quote}`);
  } else {
    cursor.step();
    if (!endsWord(cursor.next)) {
      report(cursor.place, `unexpected "${cursor.next}" behind a closing quote`, 'white space, ";" or "{"');
      cursor.takeUntil(endsWord);
    }
  }
  return { kind: 'word', text, startsLine: lineIsBlank, ...place };
}
