// Budgets that keep a file one idea: 400 lines, a header 150, a function 60 lines and 5 parameters.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import ts from 'typescript';
import { codeOnly, filesBelow, read } from './tree.js';

const largestFile = 400;
const largestHeader = 150;
const largestFunction = 60;
const mostParameters = 5;

/** Named exceptions, each with its reason. A path for a whole file, `path#function` for a function. */
const allowed: Readonly<Record<string, string>> = {
  'native/base/reason.h': 'generated, two lines for each code',
};

const excused = (name: string) => name in allowed;
const nativeFolders = ['native', 'bench', 'test/native', 'test/fuzz', 'test/tools'];
const scriptFolders = ['src', 'test', 'scripts', 'bench'];
const lineCount = (text: string) => text.split('\n').length - 1;

describe('files', () => {
  test('no source file is longer than 400 lines', () => {
    const sources = [
      ...nativeFolders.flatMap((folder) => filesBelow(folder, '.cc')),
      ...scriptFolders.flatMap((folder) => filesBelow(folder, '.ts', '.mjs', '.js')),
    ];
    const long = sources.filter((path) => lineCount(read(path)) > largestFile && !excused(path));
    assert.deepEqual(long, []);
  });

  test('no header is longer than 150 lines', () => {
    const headers = nativeFolders.flatMap((folder) => filesBelow(folder, '.h'));
    const long = headers.filter((path) => lineCount(read(path)) > largestHeader && !excused(path));
    assert.deepEqual(long, []);
  });

  test('a header opens with what it is', () => {
    const headers = filesBelow('native', '.h').filter((path) => !read(path).startsWith('//'));
    assert.deepEqual(headers, []);
  });

  test('every exception names something that exists', () => {
    const gone = Object.keys(allowed).filter((name) => !filesBelow('.').includes(name.split('#')[0] ?? ''));
    assert.deepEqual(gone, []);
  });
});

interface Measured {
  readonly name: string;
  readonly lines: number;
  readonly parameters: number;
}

function tooLarge(functions: readonly Measured[]): Measured[] {
  return functions.filter(
    ({ name, lines, parameters }) => (lines > largestFunction || parameters > mostParameters) && !excused(name),
  );
}

/** The name in front of the parameter list of what is about to be a C++ function's body; undefined for other blocks. */
function functionHead(head: string): { readonly name: string; readonly parameters: number } | undefined {
  const text = head.trim();
  if (/^(namespace|class|struct|union|enum|extern|using)\b/.test(text) || /=\s*$/.test(text)) return undefined;
  const match = /([~\w:]+|operator\s*\S+)\s*\(/.exec(text);
  if (!match?.[1]) return undefined;
  return { name: match[1], parameters: countParameters(text.slice(match.index + match[0].length)) };
}

/** Commas at the top level of a list that has just been opened. */
function countParameters(list: string): number {
  let depth = 1;
  let commas = 0;
  let any = false;
  for (const character of list) {
    if ('(<[{'.includes(character)) depth += 1;
    if (')>]}'.includes(character)) depth -= 1;
    if (depth === 0) break;
    if (character === ',' && depth === 1) commas += 1;
    any ||= character.trim() !== '';
  }
  return any ? commas + 1 : 0;
}

function nativeFunctions(path: string): Measured[] {
  const code = codeOnly(read(path)).replace(/^\s*#.*$/gm, '');
  const functions: Measured[] = [];
  let inside: { name: string; parameters: number; line: number; depth: number } | undefined;
  let depth = 0;
  let line = 1;
  let head = '';
  for (const character of code) {
    if (character === '\n') line += 1;
    if (character === '{') {
      const opened = inside ? undefined : functionHead(head);
      if (opened) inside = { ...opened, line, depth };
      depth += 1;
    }
    if (character === '}') {
      depth -= 1;
      if (inside?.depth === depth) {
        functions.push({
          name: `${path}#${inside.name}`,
          lines: line - inside.line + 1,
          parameters: inside.parameters,
        });
        inside = undefined;
      }
    }
    head = '{};'.includes(character) ? '' : head + character;
  }
  return functions;
}

function scriptFunctions(path: string): Measured[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const functions: Measured[] = [];
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && !isGroupOfTests(node)) {
      const name = `${path}#${node.name?.getText(source) ?? `line ${String(lineAt(node.getStart(source)) + 1)}`}`;
      const lines = lineAt(node.getEnd()) - lineAt(node.getStart(source)) + 1;
      functions.push({ name, lines, parameters: node.parameters.length });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return functions;
}

/** `describe('...', () => { tests })` is a chapter, not a function. */
function isGroupOfTests(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isCallExpression(parent) && ts.isIdentifier(parent.expression) && parent.expression.text === 'describe';
}

describe('functions', () => {
  test('no C++ function is longer than 60 lines or takes more than 5 parameters', () => {
    const files = nativeFolders.flatMap((folder) => filesBelow(folder, '.cc', '.h'));
    assert.deepEqual(tooLarge(files.flatMap(nativeFunctions)), []);
  });

  test('no TypeScript function is longer than 60 lines or takes more than 5 parameters', () => {
    const files = scriptFolders.flatMap((folder) => filesBelow(folder, '.ts', '.mjs'));
    assert.deepEqual(tooLarge(files.flatMap(scriptFunctions)), []);
  });

  test('the measure of C++ functions finds what it should', () => {
    const found = nativeFunctions('native/base/bytes.h');
    assert.ok(found.length > 5 && found.every(({ lines }) => lines > 0), JSON.stringify(found));
  });
});
