// The schema table against itself and against the files that are made from it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import { rootSchema } from '../../src/config/schema/root.js';
import type { Children, Leaf } from '../../src/config/table.js';
import { leafLine } from '../../scripts/generate/full_conf.js';
import { generatedFiles, top } from '../../scripts/generate.js';

interface Row {
  readonly path: readonly string[];
  readonly leaf: Leaf<unknown>;
}

function rows(schema: Children, path: readonly string[] = []): Row[] {
  return Object.entries(schema).flatMap(([name, entry]) => {
    if (entry.kind === 'leaf') return [{ path: [...path, name], leaf: entry }];
    return 'children' in entry ? rows(entry.children, [...path, name]) : [];
  });
}

const all = rows(rootSchema);
const fullConf = readFileSync(`${top}conf/full.conf`, 'utf8');

/** The text between the braces of the block at `path` in full.conf. */
function blockText(path: readonly string[]): string {
  return path.reduce((text, name) => {
    const start = new RegExp(`^( *)${name}( [^ ]+)? \\{$`, 'm').exec(text);
    assert.ok(start, `full.conf has no block ${path.join(' ')}`);
    const from = start.index + start[0].length;
    return text.slice(from, text.indexOf(`\n${start[1] ?? ''}}`, from));
  }, fullConf);
}

describe('the schema table', () => {
  test('every probe is a legal value and differs from the default', () => {
    for (const { path, leaf } of all) {
      const name = path.join(' ');
      assert.notEqual(leaf.probe, leaf.default, name);
      for (const word of leaf.arity === 'one' ? [leaf.probe] : leaf.probe.split(' ')) {
        assert.notEqual(leaf.type.read(word), undefined, `${name} ${word}`);
      }
    }
  });

  test('every row is told in whole sentences', () => {
    for (const { path, leaf } of all) assert.match(leaf.doc, /^\p{Lu}?.{10,}\.$/u, path.join(' '));
  });

  test('what is named like a secret is marked as one', () => {
    const secrets = all.filter(({ path }) => /^(auth|token|secret|key|password)$/.test(path.at(-1) ?? ''));
    assert.ok(secrets.length > 2);
    for (const { path, leaf } of secrets) assert.equal(leaf.secret, true, path.join(' '));
  });

  test('what does nothing says so', () => {
    const isSaid = ({ leaf }: Row): boolean => /^Accepted, without effect\b/.test(leaf.doc);
    assert.deepEqual(
      all.filter(isSaid),
      all.filter(({ leaf }) => leaf.inert),
    );
  });

  test('no name or alias stands twice in a block', () => {
    const check = (schema: Children): void => {
      const names = Object.entries(schema).flatMap(([name, entry]) => [name, ...(entry.aliases ?? [])]);
      assert.equal(new Set(names).size, names.length);
      for (const entry of Object.values(schema)) if ('children' in entry) check(entry.children);
    };
    check(rootSchema);
  });
});

describe('generated files', () => {
  test('are fresh', () => {
    for (const [path, content] of generatedFiles()) {
      assert.equal(readFileSync(top + path, 'utf8'), content, `${path}: run npm run generate`);
    }
  });

  test('conf/full.conf loads without an error or a warning, and means the defaults', () => {
    const { config, warnings } = loadConfig(`${top}conf/full.conf`);
    assert.deepEqual(warnings, []);
    const defaults = parseConfig('', '').config;
    const vhost = config.vhost[0] ?? assert.fail();
    // full.conf shows one transcode and one ingest, switched off.
    assert.deepEqual([vhost.transcode[0]?.enabled, vhost.ingest[0]?.enabled], [false, false]);
    assert.deepEqual({ ...vhost, transcode: [], ingest: [] }, defaults.vhost[0]);
    assert.deepEqual({ ...config, file: '', vhost: [] }, { ...defaults, vhost: [] });
  });

  test('every directive of docs/config.md stands in conf/full.conf with its default', () => {
    const sections = readFileSync(`${top}docs/config.md`, 'utf8').split(/^## /m).slice(2);
    let seen = 0;
    for (const section of sections) {
      const title = /^`(.*)`$/m.exec(section)?.[1];
      const text = title === undefined ? fullConf : blockText(title.split(' '));
      for (const [, name, initially] of section.matchAll(/^\| `(\w+)`[^|]*\|(?:\\\||[^|])*\| (?:`([^|]*)`)? *\|/gm)) {
        const line = initially === undefined ? `(# )?${name} ?.*` : `${name} ${escaped(initially)};`;
        assert.match(text, new RegExp(`^ *${line}$`, 'm'), `${title ?? 'top'}: ${name}`);
        seen++;
      }
    }
    assert.ok(seen >= all.length, `${seen} rows of docs/config.md were compared, the table has ${all.length}`);
  });

  test('a directive without a default stands there as a comment with an example', () => {
    for (const { path, leaf } of all.filter((row) => row.leaf.default === undefined)) {
      assert.ok(blockText(path.slice(0, -1)).includes(leafLine(path.at(-1) ?? '', leaf)), path.join(' '));
    }
  });
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
