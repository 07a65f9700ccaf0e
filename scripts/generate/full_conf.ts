// The schema table -> conf/full.conf: every directive with its default, or as a comment where it has none.

import type { Children, Entry, Leaf } from '../../src/config/table.js';

const textWidth = 100;

export function fullConf(schema: Children): string {
  const lines = [
    '# Every directive that weir knows, with its default. Made from the schema table by `npm run generate`; do not edit.',
    '# Directives that stand in comments have no default; the comment shows an example.',
    '# Durations take a unit: 500ms, 30s, 5m, 1h. Without one they count in the unit that SRS uses for the directive.',
    '# Sizes take k, m or g.',
  ];
  return [...lines, ...children(schema, '')].join('\n') + '\n';
}

function children(schema: Children, indent: string): string[] {
  return Object.entries(schema).flatMap(([name, entry]) => [
    '',
    ...wrap(comment(entry), textWidth).map((line) => `${indent}# ${line}`),
    ...body(name, entry, indent),
  ]);
}

function comment(entry: Entry): string {
  const waits = entry.needs === undefined ? '' : ` (${entry.needs} is not built yet.)`;
  return `${entry.doc}${waits}`;
}

function body(name: string, entry: Entry, indent: string): string[] {
  const inner = `${indent}    `;
  if (entry.kind === 'leaf') return [`${indent}${leafLine(name, entry)}`];
  if (entry.kind === 'free') {
    return [`${indent}${name} {`, ...entry.example.map((line) => `${inner}# ${line};`), `${indent}}`];
  }
  const label = entry.kind === 'blocks' ? ` ${entry.label.example}` : '';
  return [`${indent}${name}${label} {`, ...children(entry.children, inner).slice(1), `${indent}}`];
}

export function leafLine(name: string, leaf: Leaf<unknown>): string {
  return leaf.default === undefined ? `# ${name} ${leaf.probe};` : `${name} ${leaf.default};`;
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
