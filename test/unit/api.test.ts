// Parts of the API by themselves: what /proc says, masks, peaks, events, pages of clients.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openClientList } from '../../src/api/client_list.js';
import { openEventHub } from '../../src/api/events.js';
import { maskSecrets } from '../../src/api/masked.js';
import { openSnapshots } from '../../src/api/snapshots.js';
import {
  busyShare,
  parseCpu,
  parseDisks,
  parseNetwork,
  parseSelfStat,
  parseSockets,
} from '../../src/api/system/proc.js';
import { parseConfig } from '../../src/config/load.js';
import { rootSchema } from '../../src/config/schema/root.js';
import type { ConnectionQuery, ConnectionStats, EngineStats, NativeEvent } from '../../src/native.js';

describe('/proc', () => {
  test('processor times become the share that is not idle', () => {
    const before = parseCpu('cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 1 1 1\n');
    const now = parseCpu('cpu  150 0 150 750 150 0 0 0 0 0\n');
    assert.equal(busyShare(before, now), 0.5);
    assert.equal(busyShare(now, now), 0);
    assert.equal(busyShare(parseCpu(''), parseCpu('')), 0);
  });

  test('the name of a process may hold anything', () => {
    const stat = parseSelfStat('77 (a) b (c) S 1 2 3 0 -1 4194304 10 0 0 0 14 2 0 0 20 0 12 0 4699 1144107008 15738');
    assert.deepEqual([stat.pid, stat.comm, stat.state], [77, 'a) b (c', 'S']);
    assert.deepEqual([stat.fields.ppid, stat.fields.utime, stat.fields.rss, stat.fields.policy], [1, 14, 15738, 0]);
  });

  test('named disks are summed, other devices but loopback too', () => {
    const disks = '   8 0 sda 10 0 200 5 20 0 400 5 0 30 35\n   8 1 sda1 10 0 200 5 20 0 400 5 0 30 35\n';
    assert.deepEqual(parseDisks(disks, ['sda']), { readKb: 100, writtenKb: 200, busy: 30, disks: 1 });
    assert.equal(parseDisks(disks, []).disks, 0);
    const head = 'Inter-|   Receive | Transmit\n face |bytes packets|bytes\n';
    const dev = `${head}    lo: 5 1 0 0 0 0 0 0 5 1\n  eth0: 7 1 0 0 0 0 0 0 9 1\n  eth1:1 1 0 0 0 0 0 0 2 1\n`;
    assert.deepEqual(parseNetwork(dev), { received: 8, sent: 11 });
  });

  test('sockets are counted by state', () => {
    const stat = 'sockets: used 90\nTCP: inuse 5 orphan 0 tw 7 alloc 9 mem 1\nUDP: inuse 2 mem 3\n';
    const snmp = 'Ip: Forwarding\nIp: 1\nTcp: RtoAlgorithm MaxConn CurrEstab InSegs\nTcp: 1 -1 3 90\n';
    assert.deepEqual(parseSockets(stat, snmp), { tcp: 5, established: 3, timeWait: 7, udp: 2 });
    assert.deepEqual(parseSockets('', ''), { tcp: 0, established: 0, timeWait: 0, udp: 0 });
  });
});

describe('the configuration for others', () => {
  test('has no secret in it', () => {
    const text = `
      http_api { auth admin:first-secret; token second-secret-1234; }
      vhost __defaultVhost__ {
        bandcheck { key third-secret; }
        http_hooks { on_publish http://user:fourth-secret@127.0.0.1/x?token=fifth-secret&a=b; }
      }`;
    const { config } = parseConfig(text, 'config');
    const shown = JSON.stringify(maskSecrets(config, rootSchema));
    assert.doesNotMatch(shown, /-secret/);
    assert.match(shown, /127\.0\.0\.1\/x\?token=\*\*\*&a=b/);
    assert.match(shown, /"auth":\["\*\*\*"\]/);
    assert.match(shown, /"chunk_size":60000/);
  });
});

describe('snapshots', () => {
  const statsWith = (roundMax: number): EngineStats =>
    ({ reactors: [{ roundMax, startDelayMax: roundMax * 2 }] }) as unknown as EngineStats;

  test('every reader gets the peaks of its own interval', () => {
    const taken = [5, 9, 1].map(statsWith);
    const snapshots = openSnapshots(() => taken.shift() ?? statsWith(0));
    const [first, second] = [snapshots.watchPeaks(), snapshots.watchPeaks()];
    snapshots.fresh();
    assert.deepEqual(first(), { round: 5, startDelay: 10 });
    snapshots.fresh();
    snapshots.fresh();
    assert.deepEqual(first(), { round: 9, startDelay: 18 });
    assert.deepEqual(second(), { round: 9, startDelay: 18 });
    assert.deepEqual(second(), { round: 0, startDelay: 0 });
  });

  test('a burst shares one', () => {
    let [now, calls] = [0, 0];
    const snapshots = openSnapshots(
      () => statsWith((calls += 1)),
      () => now,
    );
    snapshots.recent();
    snapshots.recent();
    assert.equal(calls, 1);
    now = 1000;
    snapshots.recent();
    assert.equal(calls, 2);
  });
});

describe('events', () => {
  const playing = { type: 'playing', conn: 1, protocol: 'rtmp', vhost: 'v', app: 'a', stream: 's' } as NativeEvent;

  test('a flood is cut, and what was left out is told', () => {
    let now = 5000;
    const hub = openEventHub(() => now);
    const got: Record<string, unknown>[] = [];
    hub.add({ send: (text) => got.push(JSON.parse(text) as Record<string, unknown>) > 0, close: () => undefined });
    for (let index = 0; index < 80; index++) hub.handle(playing);
    assert.equal(got.length, 50);
    now += 1000;
    hub.handle(playing);
    assert.deepEqual(got[50], { type: 'suppressed', at: 6000, of: 'playing', count: 30 });
    assert.equal(got[51]?.['type'], 'playing');
    hub.stop();
  });

  test('who takes nothing more gets nothing more', () => {
    const hub = openEventHub();
    let asked = 0;
    hub.add({ send: () => (asked += 1) < 0, close: () => undefined });
    hub.handle(playing);
    hub.handle(playing);
    assert.deepEqual([asked, hub.subscribers()], [1, 0]);
    hub.stop();
  });
});

describe('pages of clients', () => {
  test('ask for no more than they show, and equal questions are asked once', async () => {
    const asked: ConnectionQuery[] = [];
    const list = openClientList((query) => {
      asked.push(query);
      const items = query.conn === 9 ? [] : [{ conn: query.conn ?? 4 } as ConnectionStats];
      return Promise.resolve({ total: 2, items });
    });
    for (let i = 0; i < 2; i++) {
      const page = await list.page(1, 1, { app: 'even' });
      assert.deepEqual([page.total, page.items.map(({ conn }) => conn)], [2, [4]]);
    }
    assert.equal((await list.find(3))?.conn, 3);
    assert.deepEqual([await list.find(9), await list.find(0)], [undefined, undefined]);
    const page = { start: 0, limit: 1 };
    assert.deepEqual(asked, [
      { start: 1, limit: 1, app: 'even' },
      { ...page, conn: 3 },
      { ...page, conn: 9 },
    ]);
  });
});
