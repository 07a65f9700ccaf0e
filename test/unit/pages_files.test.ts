// The built pages as they are delivered: complete, cacheable, and without anything from elsewhere.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadPages } from '../../src/pages/files.js';

const files = loadPages();
const paths = new Set(files.map(({ path }) => path));
const textOf = (path: string): string => Buffer.from(files.find((file) => file.path === path)?.body ?? []).toString();
const pages = ['/', '/player.html', '/wall.html', '/players/', '/players/srs_player.html'];

describe('the built pages', () => {
  test('are all there, and an index has the name of its folder too', () => {
    assert.deepEqual(
      [...pages, '/index.html', '/licences.txt'].filter((path) => !paths.has(path)),
      [],
    );
    assert.equal(textOf('/'), textOf('/index.html'));
  });

  test('refer to files that are there, and to no other host', () => {
    for (const page of pages) {
      const references = [...textOf(page).matchAll(/(?:href|src)="([^"]*)"/g)].map(([, reference = '']) => reference);
      assert.ok(references.length > 0, page);
      for (const reference of references.filter((one) => !one.startsWith('#'))) {
        const { host, pathname } = new URL(reference, `http://weir${page}`);
        assert.equal(host, 'weir', `${page} refers to ${reference}`);
        assert.ok(paths.has(pathname), `${page} refers to ${reference}`);
      }
    }
    const styles = files.filter(({ path }) => path.endsWith('.css')).map(({ path }) => textOf(path));
    assert.ok(styles.length > 0);
    for (const style of styles) assert.doesNotMatch(style, /@import|url\((?!["']?data:)/);
  });

  test('may be kept for ever where their name has a hash, and nowhere else', () => {
    for (const { path, cacheControl } of files) {
      const isHashed = /^\/assets\/.*-[0-9A-Za-z]{8}\.\w+$/.test(path);
      assert.equal(cacheControl.includes('immutable'), isHashed, path);
      assert.equal(path.startsWith('/assets/'), isHashed, path);
    }
  });

  test('have types that browsers run', () => {
    const types = new Map(files.map(({ path, contentType }) => [/\.\w+$/.exec(path)?.[0] ?? '/', contentType]));
    assert.equal(types.get('.js'), 'text/javascript; charset=utf-8');
    assert.equal(types.get('/'), 'text/html; charset=utf-8');
    assert.equal(types.get('.svg'), 'image/svg+xml');
  });

  test('allow no script and no style but their own', () => {
    for (const page of ['/', '/player.html', '/wall.html']) {
      assert.match(textOf(page), /script-src 'self'; style-src 'self'/);
      assert.doesNotMatch(textOf(page), /<script(?![^>]* src=)|<style| style=| on\w+="/);
    }
  });

  test('come with the licences of what is in them', () => {
    const text = textOf('/licences.txt');
    for (const name of ['bootstrap', 'bootstrap-icons', 'hls.js', 'mpegts.js']) assert.ok(text.includes(`${name}\n`));
  });
});
