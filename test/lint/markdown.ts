// What the tests of the documentation look at: code, links and headings of a Markdown text.

export interface Piece {
  readonly line: number;
  readonly text: string;
}

/** Indented and fenced blocks, cut at empty lines where no brace is open: two examples may share a block. */
export function codeBlocks(markdown: string): Piece[] {
  const found: Piece[] = [];
  let own: { line: number; lines: string[] } | undefined;
  let isFenced = false;
  const end = (): void => {
    if (own && own.lines.some((line) => line.trim() !== '')) found.push({ line: own.line, text: own.lines.join('\n') });
    own = undefined;
  };
  markdown.split('\n').forEach((line, at) => {
    const isFence = line.startsWith('```');
    if (isFence) isFenced = !isFenced;
    const isCode = !isFence && (isFenced || /^ {4}/.test(line) || (own !== undefined && line === ''));
    if (!isCode || (line === '' && own && depth(own.lines) === 0)) end();
    if (!isCode || (line === '' && !own)) return;
    own ??= { line: at + 1, lines: [] };
    own.lines.push(line);
  });
  end();
  return found;
}

const depth = (lines: readonly string[]): number => {
  const code = lines.map((line) => line.replace(/(^|\s)#.*/, '')).join('\n');
  return (code.match(/\{/g) ?? []).length - (code.match(/\}/g) ?? []).length;
};

/** `like this`, outside of blocks. */
export function codeSpans(markdown: string): Piece[] {
  return markdown.split('\n').flatMap((line, at) => {
    if (/^ {4}/.test(line)) return [];
    return [...line.matchAll(/`([^`]+)`/g)].map(([, text = '']) => ({ line: at + 1, text }));
  });
}

/** Where the links of the text lead, without those to other hosts. */
export function links(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to).filter((to) => !/^\w+:/.test(to));
}

export const headings = (markdown: string): string[] => markdown.match(/^#+ .*$/gm) ?? [];

/** As GitHub makes them. */
export const anchorOf = (heading: string): string =>
  heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replace(/ /g, '-');
