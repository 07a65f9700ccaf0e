// The process ends cleanly from every state: exit 0, everybody told, pid file gone.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { nextPicture, Sender } from './support/frames.js';
import { codeOf, connectRtmp, openConnection, player, publisher, type RtmpClient } from './support/rtmp_client.js';
import { startWeir, type Weir } from './support/servers.js';

/** Brings a server into a state; returns the clients that must see their connection closed. */
type State = (weir: Weir) => Promise<RtmpClient[]>;

async function publishAndPlay({ port }: Weir): Promise<RtmpClient[]> {
  const playing = await player(port, 's');
  const source = await publisher(port, 's');
  const sender = new Sender(source);
  sender.headers();
  sender.pictures(0, 5);
  await nextPicture(playing.client, 4);
  return [playing.client, source.client];
}

async function stalled(weir: Weir): Promise<RtmpClient[]> {
  const [playing, source] = await publishAndPlay(weir);
  assert.ok(playing && source);
  playing.pauseReading();
  const sender = new Sender({ client: source, id: 1 });
  sender.pictures(5, 200, { size: 20_000 });
  return [source];
}

const states: Readonly<Record<string, State>> = {
  idle: () => Promise.resolve([]),
  'in the middle of a handshake': async ({ port }) => {
    const client = await openConnection(port);
    client.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(700)]));
    return [client];
  },
  connected: async ({ port }) => [await connectRtmp(port)],
  'waiting for a publisher': async ({ port }) => [(await player(port, 's')).client],
  'publishing and playing': publishAndPlay,
  'with a player that does not read': stalled,
};

async function endsCleanly(context: TestContext, state: State, signal: NodeJS.Signals): Promise<void> {
  const weir = await startWeir(context);
  assert.ok(existsSync(join(weir.folder, 'weir.pid')));
  const clients = await state(weir);
  const { status, signal: killedBy } = await weir.process.stop(signal);
  assert.equal(killedBy, null);
  assert.equal(status, 0, weir.process.output());
  await Promise.all(clients.map(({ closed }) => closed));
  assert.ok(!existsSync(join(weir.folder, 'weir.pid')), 'the pid file is gone');
}

describe('the process ends cleanly', { concurrency: 3 }, () => {
  for (const [name, state] of Object.entries(states)) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      test(`${name}, by ${signal}`, (context) => endsCleanly(context, state, signal));
    }
  }

  test('and tells publisher and player why', async (context) => {
    const weir = await startWeir(context);
    const clients = await publishAndPlay(weir);
    await weir.process.stop();
    for (const client of clients) {
      await client.closed;
      assert.ok(client.received.map(codeOf).some((code) => /Unpublish|Shutdown|Stop/.test(code)));
    }
  });

  test('SIGHUP with a broken file leaves the server running', async (context) => {
    const weir = await startWeir(context);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(weir.folder, 'weir.conf'), 'listen nonsense {');
    weir.process.child.kill('SIGHUP');
    await weir.process.line(/weir\.conf:1:/);
    await connectRtmp(weir.port);
  });
});
