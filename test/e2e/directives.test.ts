// Every directive of the schema table is changed by a reload under 300 players: what it does is seen to change, and none of
// the players loses a byte. A directive without a probe fails, unless the table says that it needs a restart, that it does
// nothing, or that its feature is not built.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { test, type TestContext } from 'node:test';
import { rootSchema } from '../../src/config/schema/root.js';
import type { Children, Leaf } from '../../src/config/table.js';
import { accessProbes, hookProbes } from './support/directives/access.js';
import { Changing, merge } from './support/directives/changing.js';
import { dvrProbes, makeOldRecording } from './support/directives/dvr.js';
import { hlsProbes } from './support/directives/hls.js';
import { ingestProbes } from './support/directives/ingest.js';
import type { Eye, Probe, Probes, Tree } from './support/directives/place.js';
import { mountProbes } from './support/directives/mount.js';
import { diskProbe, networkProbe, serverProbes } from './support/directives/server.js';
import { transcodeProbes } from './support/directives/transcode.js';
import { vhostProbes } from './support/directives/vhost.js';
import { audience } from './support/watchers.js';

interface Row {
  readonly path: readonly string[];
  readonly name: string;
  readonly leaf: Leaf<unknown>;
}

/** The rows of features that are built. */
function rows(schema: Children, path: readonly string[] = []): Row[] {
  return Object.entries(schema).flatMap(([name, entry]) => {
    if (entry.needs !== undefined) return [];
    const own = [...path, name];
    if (entry.kind === 'leaf') return [{ path: own, name: own.join(' '), leaf: entry }];
    return 'children' in entry ? rows(entry.children, own) : [];
  });
}

const isLive = ({ leaf }: Row): boolean => leaf.reload === 'live';
const all = rows(rootSchema);
const probes: Probes = {
  ...{ ...serverProbes, ...vhostProbes, ...accessProbes, ...hookProbes, ...hlsProbes, ...dvrProbes },
  ...transcodeProbes,
  ...mountProbes,
  ...ingestProbes,
};
/** So many look at the same time; most of them wait for something most of the time. */
const atOnce = 16;
const patience = Number(process.env['WEIR_PATIENCE'] ?? 60) * 1000;
/** Not every machine shows a change of these. */
const ofMachines = ['stats disk', 'stats network'];
/** Only these, while one is written. */
const wantedNames = new RegExp(process.env['WEIR_PROBES'] ?? '');
const pause = 50;

/** The directive alone, in its block, which is on. */
function alone([name = '', ...below]: readonly string[], value: string | undefined): Tree {
  if (below.length === 0) return value === undefined ? {} : { [name]: value };
  const hasSwitch =
    ['security', 'token', 'http_hooks', 'hls', 'dvr', 'http', 'heartbeat'].includes(name) && below[0] !== 'enabled';
  return { [name]: { ...(hasSwitch && { enabled: 'on' }), ...alone(below, value) } };
}

async function sees(eye: Eye, wanted: unknown, when: string): Promise<void> {
  for (const until = Date.now() + patience; ;) {
    let seen: unknown;
    try {
      seen = await eye();
    } catch (error) {
      seen = error;
    }
    if (isDeepStrictEqual(seen, wanted)) return;
    if (Date.now() > until) assert.deepEqual(seen, wanted, when);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function change(context: TestContext, server: Changing, row: Row, probe: Probe): Promise<void> {
  const isOfVhost = row.path[0] === 'vhost';
  const path = isOfVhost ? row.path.slice(1) : row.path;
  const vhost = isOfVhost ? path.join('.') : undefined;
  const bySignal = row.path[0] === 'http_api';
  const set = (value: string | undefined) => server.set(vhost, merge(alone(path, value), probe.beside ?? {}), bySignal);

  await set(probe.from);
  const eye = await probe.look(server.place(context, vhost));
  await sees(eye, probe.before, 'before');
  const { applied, restart } = await set(probe.to ?? row.leaf.probe);
  assert.deepEqual(applied, [isOfVhost ? `vhost ${path.join('.')} ${path.join(' ')}` : row.name]);
  assert.deepEqual(restart, []);
  await sees(eye, probe.after, 'after');
  if (!isOfVhost) await server.set(undefined, {}, bySignal);
}

test('every directive has a probe', () => {
  const inert = all.filter(({ leaf }) => leaf.inert).map(({ name }) => name);
  const wanted = all.filter((row) => isLive(row) && !row.leaf.inert).map(({ name }) => name);
  assert.deepEqual(
    wanted.filter((name) => !(name in probes) && !ofMachines.includes(name)),
    [],
  );
  assert.deepEqual(
    Object.keys(probes).filter((name) => !wanted.includes(name) || inert.includes(name)),
    [],
  );
});

test('every directive is changed under 300 players, who lose nothing', { concurrency: atOnce }, async (context) => {
  const cleaned = {
    republish_wait: '0',
    hls: { enabled: 'on', hls_path: '$folder', hls_fragment: '0.2', hls_window: '1' },
  };
  const server = await Changing.open(context, { __defaultVhost__: { queue_length: '60' }, cleaned }, makeOldRecording);
  const players = await audience(context, server.ports, 100, 100);
  const [disk, network] = [diskProbe(server.folder), networkProbe()];
  const known: Probes = {
    ...probes,
    ...(disk && { 'stats disk': disk }),
    ...(network && { 'stats network': network }),
  };
  const inTable = all.filter(({ name }) => name in known && wantedNames.test(name));
  const run = (row: Row) =>
    context.test(row.name, (own) => change(own, server, row, known[row.name] ?? assert.fail(row.name)));

  // The slow ones stand last in the table.
  const ofVhosts = inTable.filter(({ path }) => path[0] === 'vhost').reverse();
  await Promise.all(ofVhosts.map(run));
  for (const row of inTable.filter(({ path }) => path[0] !== 'vhost')) await run(row);

  for (const { path, name, leaf } of all.filter((row) => !isLive(row))) {
    const { applied, restart } = await server.set(undefined, alone(path, leaf.probe));
    assert.deepEqual([applied, restart.map((one) => one.path)], [[], [name]]);
    assert.ok((restart[0]?.why.length ?? 0) > 10, name);
    await server.set(undefined, {});
  }
  const { applied, errors } = await server.refused('lisen 1;\nmax_connections many;\nvhost x { gop_cache maybe; }');
  assert.deepEqual([applied, errors.length], [[], 3], errors.join('\n'));
  await players.nothingLost();
});
