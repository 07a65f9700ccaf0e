// Lexer and parser: the grammar of SRS, its traps included.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse, type Directive } from '../../src/config/parser.js';

interface Shape {
  readonly [name: string]: readonly string[] | { readonly args: readonly string[]; readonly block: readonly Shape[] };
}

function shape(directives: readonly Directive[]): Shape[] {
  return directives.map(({ name, args, block }) => {
    const texts = args.map((word) => word.text);
    return { [name]: block ? { args: texts, block: shape(block) } : texts };
  });
}

function read(text: string): { tree: Shape[]; problems: string[] } {
  const problems: string[] = [];
  const tree = parse(text, ({ line, column }, message) => problems.push(`${line}:${column} ${message}`));
  return { tree: shape(tree), problems };
}

describe('the grammar', () => {
  const legal: readonly [what: string, text: string, tree: Shape[]][] = [
    ['an empty file is legal', '', []],
    ['a directive ends with a semicolon', 'listen 1935 1936;', [{ listen: ['1935', '1936'] }]],
    ['line ends separate as blanks do', 'listen\r\n\t1935\n;', [{ listen: ['1935'] }]],
    ['a block may have arguments', 'vhost a { b c; }', [{ vhost: { args: ['a'], block: [{ b: ['c'] }] } }]],
    ['a block may follow a word without a blank', 'hls{a b;}', [{ hls: { args: [], block: [{ a: ['b'] }] } }]],
    ['# starts a comment at the start of a token', 'a b; # c;\n#d\ne f;', [{ a: ['b'] }, { e: ['f'] }]],
    ['# inside a bare word belongs to it', 'color f#fff;', [{ color: ['f#fff'] }]],
    ['# inside quotes belongs to the text', "vf 'fontcolor=#ccc';", [{ vf: ['fontcolor=#ccc'] }]],
    ['} inside a bare word belongs to it', 'abitrate 45};', [{ abitrate: ['45}'] }]],
    ['a quote inside a bare word belongs to it', `a b"c'd;`, [{ a: [`b"c'd`] }]],
    ['quotes keep everything together', `a "b ; { } ' \n c";`, [{ a: ["b ; { } ' \n c"] }]],
    ['there are no escapes', String.raw`a "b\";`, [{ a: [String.raw`b\ `.trim()] }]],
    ['an empty quoted string is no argument', 'device_id "" x;', [{ device_id: ['x'] }]],
    ['a byte order mark at the start is skipped', '\uFEFFa b;', [{ a: ['b'] }]],
    ['blocks nest', 'a { b { c d; } }', [{ a: { args: [], block: [{ b: { args: [], block: [{ c: ['d'] }] } }] } }]],
  ];
  for (const [what, text, tree] of legal) {
    test(what, () => assert.deepEqual(read(text), { tree, problems: [] }));
  }

  const broken: readonly [what: string, text: string, problem: string][] = [
    ['a semicolon needs a name', '\n  ;', '2:3 unexpected ";"'],
    ['a block needs a name', '{ }', '1:1 unexpected "{"'],
    ['a closing brace needs an open block', 'a b;\n}', '2:1 unexpected "}": no block is open'],
    ['a closing brace may not cut a directive', 'a { b c }', '1:9 a block ends inside the directive "b"'],
    ['the file may not end in a directive', 'a b', '1:4 the file ends inside the directive "a"'],
    ['the file may not end in a block', 'a {\n b c;\n', '1:3 this block is never closed'],
    ['a quote must be closed', 'a "b;\n', '1:3 this quote is never closed'],
    ['nothing may stick to a closing quote', `a "b"c;`, '1:6 unexpected "c" behind a closing quote'],
    ['not even a closing brace', `a { b "c"} }`, '1:10 unexpected "}" behind a closing quote'],
  ];
  for (const [what, text, problem] of broken) {
    test(what, () => assert.equal(read(text).problems[0], problem));
  }

  test('reading goes on behind an error', () => {
    const { tree, problems } = read('; a b; } c { d e } f g;');
    assert.equal(problems.length, 3);
    assert.deepEqual(tree, [{ a: ['b'] }, { c: { args: [], block: [{ d: ['e'] }] } }, { f: ['g'] }]);
  });
});
