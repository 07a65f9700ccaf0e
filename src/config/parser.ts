// Words -> a tree of directives. A directive is `name argument ...` closed by `;`, or by a block in braces.
// Every error is reported and the reading goes on, so that one run names all of them.

import { tokenize, type Place, type Report, type Word } from './lexer.js';

export interface Directive extends Place {
  readonly name: string;
  readonly args: readonly Word[];
  /** True when an empty quoted string stood among the arguments: such a directive means its default. */
  readonly hasEmptyArgument: boolean;
  /** Absent for a directive that ends with `;`. */
  readonly block?: readonly Directive[];
}

interface OpenBlock {
  readonly opened: Place;
  readonly directives: Directive[];
}

export function parse(text: string, report: Report): readonly Directive[] {
  const root: Directive[] = [];
  const open: OpenBlock[] = [];
  let words: Word[] = [];
  const current = (): Directive[] => open.at(-1)?.directives ?? root;

  for (const token of tokenize(text, report)) {
    if (token.kind === 'word') {
      words.push(token);
    } else if (token.kind === ';' || token.kind === '{') {
      const block = token.kind === '{' ? [] : undefined;
      if (words.length === 0) report(token, `unexpected "${token.kind}"`, 'the name of a directive');
      else current().push(directive(words, block));
      if (block) open.push({ opened: token, directives: block });
      words = [];
    } else {
      if (words.length > 0) {
        const what = token.kind === 'end' ? 'the file ends' : 'a block ends';
        report(token, `${what} inside the directive "${words[0]?.text}"`, '";" or "{"');
        current().push(directive(words, undefined));
        words = [];
      }
      if (token.kind === '}' && !open.pop()) report(token, 'unexpected "}": no block is open', 'a directive');
    }
  }
  for (const { opened } of open) report(opened, 'this block is never closed', '"}"');
  return root;
}

function directive(words: readonly Word[], block: Directive[] | undefined): Directive {
  const [name, ...rest] = words as [Word, ...Word[]];
  const args = rest.filter((word) => word.text !== '');
  return {
    name: name.text,
    line: name.line,
    column: name.column,
    args,
    hasEmptyArgument: args.length < rest.length,
    ...(block && { block }),
  };
}
