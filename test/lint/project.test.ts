// What the repository as a whole promises: nothing private in it, generated files fresh, every table documented.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errors } from '../../src/errors.js';
import { filesBelow, read, root } from './tree.js';

const binary = /\.(flv|png|jpg|webp|ico|mp4|ts\.bin|bin)$/;
const kinds = ['feat', 'fix', 'opt', 'perf', 'refactor', 'test', 'chore', 'docs'];

/** Tracked files; outside of a git checkout, every file that is not built. */
function allFiles(): string[] {
  const listed = spawnSync('git', ['ls-files', '--cached'], { cwd: root, encoding: 'utf8' });
  const files = listed.status === 0 ? listed.stdout.split('\n') : filesBelow('.');
  return files.filter((path) => path !== '' && !binary.test(path) && existsSync(join(root, path)));
}

describe('privacy', () => {
  test('no file names a folder of the machine that it was written on', () => {
    const own = new RegExp(`(^|[\\s"'\`(=:])/(${['work', 'root', 'home/\\w+'].join('|')})/`, 'm');
    assert.deepEqual(
      allFiles().filter((path) => own.test(read(path))),
      [],
    );
  });

  test('no file holds a private key or a token', () => {
    const secret = new RegExp(
      ['-----BEGIN [A-Z ]*PRIVATE KEY', 'gh[pousr]_\\w{30}', 'npm_\\w{30}', 'AKIA[A-Z0-9]{16}'].join('|'),
    );
    assert.deepEqual(
      allFiles().filter((path) => secret.test(read(path))),
      [],
    );
  });

  test('the lockfile names no host that packages come from', () => {
    const lock = read('package-lock.json');
    assert.doesNotMatch(lock, /"resolved"/);
  });
});

describe('tables', () => {
  test('every error of the catalogue is documented', () => {
    const page = read('docs/errors.md');
    assert.deepEqual(
      Object.keys(errors).filter((code) => !page.includes(`\`${code}\``)),
      [],
    );
  });

  test('generated files are fresh', () => {
    const check = spawnSync(process.execPath, ['dist/scripts/generate.js', '--check'], { cwd: root, encoding: 'utf8' });
    assert.equal(check.status, 0, check.stdout + check.stderr);
  });

  test('each file of test/fuzz has its target in binding.gyp, and each target its file', () => {
    const targets = [...read('binding.gyp').matchAll(/'test\/fuzz\/(\w+)\.cc'/g)].map(([, name]) => name);
    const files = filesBelow('test/fuzz', '.cc').map((path) => path.replace(/.*\/|\.cc$/g, ''));
    assert.deepEqual(files, [...targets].sort());
  });
});

describe('CHANGELOG', () => {
  test('every entry begins with its kind', () => {
    const entries = read('CHANGELOG.md').match(/^- .*$/gm) ?? [];
    assert.ok(entries.length > 0);
    assert.deepEqual(
      entries.filter((entry) => !new RegExp(`^- \\[(${kinds.join('|')})\\] \\S`).test(entry)),
      [],
    );
  });

  test('the newest version is that of package.json', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    assert.equal(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1], version);
  });
});
