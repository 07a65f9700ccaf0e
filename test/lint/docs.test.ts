// What the documentation shows is true: every piece of configuration in it is legal, and every link leads somewhere.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';
import { ConfigError } from '../../src/config/diagnostic.js';
import { parseConfig } from '../../src/config/load.js';
import { homesOf } from '../../src/config/names.js';
import { parse } from '../../src/config/parser.js';
import { rootSchema } from '../../src/config/schema/root.js';
import { anchorOf, codeBlocks, codeSpans, headings, links, type Piece } from './markdown.js';
import { filesBelow, read, root } from './tree.js';

const pages = ['README.md', 'README.zh.md', 'CONTRIBUTING.md', ...filesBelow('docs', '.md')].filter((path) =>
  existsSync(join(root, path)),
);
const generated = ['docs/config.md', 'docs/api.md', 'docs/metrics.md', 'docs/errors.md'];

/** What stands for something of the reader's. */
const filled = (text: string): string =>
  text
    .replace(/\bHOST\b/g, '127.0.0.1')
    .replace(/\[:PORT\]/g, ':1935')
    .replace(/\bURL\b/g, 'http://127.0.0.1:8085/x')
    .replace(/\bSECRET\b/g, 'sixteen-characters')
    .replace(/\bUSER:PASSWORD\b/g, 'user:a-long-password');

/** The blocks in which all these directives may stand together; '' is the top of a file. */
function homesOfAll(names: readonly string[]): readonly string[] {
  const [first = [], ...others] = names.map((name) => homesOf(name, rootSchema));
  return first.filter((home) => others.every((homes) => homes.includes(home)));
}

/** A piece of a configuration as whole files, one for each place where it may stand; none: it is something else. */
function filesOf(piece: string): readonly string[] {
  const text = filled(piece);
  const names = parse(text, () => undefined).map(({ name }) => name);
  if (homesOf(names[0] ?? '', rootSchema).length === 0) return [];
  const homes = homesOfAll(names);
  return (homes.length === 0 ? [''] : homes).map((home) => {
    const blocks = home === '' ? [] : home.split(' ');
    const opened = blocks.map((name) => `${name}${name === 'vhost' ? ' example.com' : ''} {\n`).join('');
    return `${opened}${text}\n${'}'.repeat(blocks.length)}\n`;
  });
}

function mistakes(file: string): readonly string[] {
  try {
    parseConfig(file, 'example');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.diagnostics.map(({ message }) => `${message}\n${file}`);
  }
}

/** Nothing, or what is wrong with it where it fits best. */
function problems(page: string, { line, text }: Piece): readonly string[] {
  const [fewest = []] = filesOf(text)
    .map(mistakes)
    .toSorted((a, b) => a.length - b.length);
  return fewest.map((mistake) => `${page}:${line}: ${mistake}`);
}

const isConfig = ({ text }: Piece): boolean => filesOf(text).length > 0;

describe('configuration in the documentation', () => {
  const own = pages.filter((page) => !generated.includes(page));

  test('examples are legal', () => {
    const all = own.flatMap((page) => codeBlocks(read(page)).map((piece) => ({ page, piece })));
    assert.ok(all.filter(({ piece }) => isConfig(piece)).length >= 12, 'there are some');
    assert.deepEqual(
      all.flatMap(({ page, piece }) => problems(page, piece)),
      [],
    );
  });

  test('directives in the text are legal', () => {
    const isWhole = ({ text }: Piece): boolean => /[;}]$/.test(text) && !text.includes('...');
    const all = own.flatMap((page) =>
      codeSpans(read(page))
        .filter(isWhole)
        .map((piece) => ({ page, piece })),
    );
    assert.ok(all.filter(({ piece }) => isConfig(piece)).length >= 12, 'there are some');
    assert.deepEqual(
      all.flatMap(({ page, piece }) => problems(page, piece)),
      [],
    );
  });
});

describe('the README in Chinese', () => {
  const [english, chinese] = [read('README.md'), read('README.zh.md')];
  const levels = (text: string): string[] => headings(text).map((heading) => heading.replace(/ .*/, ''));
  const rows = (text: string): string[] => text.match(/^\|.*\|$/gm) ?? [];
  /** Behind the first cell, which is words. */
  const figures = (row: string): string[] => row.split('|').slice(2);

  test('has the sections of the English one', () => assert.deepEqual(levels(chinese), levels(english)));

  test('has its commands and configuration', () => {
    const codeOf = (text: string): string[] => codeBlocks(text).map((piece) => piece.text);
    assert.deepEqual(codeOf(chinese), codeOf(english));
    // Words of the language may stand between what is code, in another order.
    const spansOf = (text: string): string[] => codeSpans(text).map((piece) => piece.text);
    assert.deepEqual(spansOf(chinese).toSorted(), spansOf(english).toSorted());
  });

  test('has its links', () => {
    const own = (text: string): string[] => links(text).filter((link) => !link.startsWith('README'));
    assert.deepEqual(own(chinese).toSorted(), own(english).toSorted());
  });

  test('has its figures', () => {
    const [, ...wanted] = rows(english).map(figures);
    assert.ok(wanted.length >= 10);
    assert.deepEqual(rows(chinese).slice(1).map(figures), wanted);
  });
});

describe('links', () => {
  for (const page of pages) {
    test(`of ${page} lead to files and headings that are there`, () => {
      const broken = links(read(page)).filter((link) => {
        const [path = '', anchor] = link.split('#');
        const to = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
        if (!existsSync(join(root, to))) return true;
        return anchor !== undefined && !headings(read(to)).map(anchorOf).includes(anchor);
      });
      assert.deepEqual(broken, []);
    });
  }

  test('every page of docs is named in the README, or in a page that is', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const link of links(read(page))) {
        const to = normalize(join(dirname(page), link.split('#')[0] ?? ''));
        if (to.endsWith('.md') && existsSync(join(root, to))) reached.add(to);
      }
    }
    assert.deepEqual(
      filesBelow('docs', '.md').filter((page) => !reached.has(page)),
      [],
    );
  });
});
