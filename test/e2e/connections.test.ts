// Lists of connections over several reactors: filtered and cut natively, in one order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEngine } from './support/engine.js';
import { player, publisher } from './support/rtmp_client.js';

test('a page has those whom the query admits, in the order of all', async (context) => {
  const host = startEngine(context);
  const { engine, port } = host;
  const clients = await Promise.all([
    publisher(port, 'a'),
    ...['a', 'a', 'a', 'a', 'b', 'b'].map((stream) => player(port, stream)),
  ]);
  context.after(() => clients.forEach(({ client }) => client.end()));
  const all = await engine.connections({ start: 0, limit: 100 });
  const ids = all.items.map(({ conn }) => conn);
  assert.deepEqual([all.total, ids.length], [7, 7]);
  assert.deepEqual(
    ids,
    ids.toSorted((x, y) => x - y),
  );

  const pages = await Promise.all([0, 3, 6, 9].map((start) => engine.connections({ start, limit: 3 })));
  assert.deepEqual(
    pages.flatMap(({ items }) => items.map(({ conn }) => conn)),
    ids,
  );
  assert.deepEqual(
    pages.map(({ total }) => total),
    [7, 7, 7, 7],
  );
  const count = async (query: object) => (await engine.connections({ start: 0, limit: 2, ...query })).total;
  assert.equal(await count({ stream: 'a' }), 5);
  assert.equal(await count({ stream: 'a', role: 'player' }), 4);
  assert.equal(await count({ role: 'publisher', protocol: 'rtmp' }), 1);
  assert.deepEqual([await count({ protocol: 'flv' }), await count({ vhost: 'v' })], [0, 7]);
  assert.deepEqual([await count({ ip: '127.0.0.1' }), await count({ ip: '127.0.0.2' })], [7, 0]);
  const [first = 0] = ids;
  const one = await engine.connections({ start: 0, limit: 1, conn: first });
  assert.deepEqual([one.total, one.items[0]?.conn], [1, first]);
});
