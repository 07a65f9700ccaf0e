// The list of a guarded stream under the names by which viewers of its source have it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StreamNames } from '../../src/hls/names.js';
import { StreamObjects } from '../../src/hls/stream_objects.js';
import { FakeEngine, stream } from './support/hls_engine.js';

function objectsOf(engine: FakeEngine, name: string, failed: string[]): StreamObjects {
  const names = {
    playlistKey: `/live/${name}.m3u8`,
    sharedKey: (token: string) => `/live/${name}-${token}.m3u8`,
  } as StreamNames;
  return new StreamObjects({
    ...{ engine, key: { ...stream, stream: name }, names, container: 'ts' },
    view: { ask: true, grant: 1000, idle: 1000 },
    failed: (key) => failed.push(key),
    expired: () => undefined,
  });
}

describe('a list that is shared', () => {
  test('is a piece of the source, put with each new list and removed with it', () => {
    const engine = new FakeEngine();
    const failed: string[] = [];
    const [source, made] = [objectsOf(engine, 's', failed), objectsOf(engine, 's_ld', failed)];
    made.putList('first');
    const token = made.shareWith(source);
    assert.match(token, /^[0-9a-f]{32}$/);
    assert.equal(made.shareWith(source), token, 'one name for all of its life');
    assert.deepEqual([...engine.follows], [[made.view, source.view]]);
    const key = `/live/s_ld-${token}.m3u8`;
    const shared = () => engine.objects.get(key);
    assert.deepEqual([shared()?.view, shared()?.role], [source.view, 'piece']);
    made.putList('second');
    assert.equal(Buffer.from(shared()?.body as Uint8Array).toString(), 'second');
    assert.deepEqual([engine.objects.get('/live/s_ld.m3u8')?.view], [made.view]);
    made.removeList();
    assert.deepEqual([...engine.objects.keys()], []);
    assert.deepEqual(failed, []);
  });

  test('is no more when the source is gone, and that is no failure', () => {
    const engine = new FakeEngine();
    const failed: string[] = [];
    const [source, made] = [objectsOf(engine, 's', failed), objectsOf(engine, 's_ld', failed)];
    const token = made.shareWith(source);
    made.putList('first');
    assert.ok(engine.objects.has(`/live/s_ld-${token}.m3u8`));
    source.close();
    made.putList('second');
    assert.deepEqual([...engine.objects.keys()], ['/live/s_ld.m3u8']);
    assert.deepEqual(failed, []);
    // One that comes after it has another name.
    assert.notEqual(made.shareWith(objectsOf(engine, 's', failed)), token);
  });

  test('is its own under another name, and follows nobody', () => {
    const engine = new FakeEngine();
    const own = objectsOf(engine, 's', []);
    own.putList('text');
    const token = own.shareWith(own);
    assert.equal(engine.objects.get(`/live/s-${token}.m3u8`)?.role, 'piece');
    assert.equal(engine.follows.size, 0);
  });
});
