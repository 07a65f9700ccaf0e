// Reload: SIGHUP applies what changed in the file under running streams; nobody outside of the change loses a byte; a
// broken file changes nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { nextPicture, picturesOf, Sender } from './support/frames.js';
import { connectRtmp, openConnection, player, publisher, type } from './support/rtmp_client.js';
import { freePort, startWeir, type Weir, type WeirOptions } from './support/servers.js';

interface Reloadable extends Weir {
  /** Edits the file, sends SIGHUP and waits for the line that says what came of it. */
  edit(change: (text: string) => string, outcome?: RegExp): Promise<string>;
}

async function startReloadable(context: TestContext, options: WeirOptions = {}): Promise<Reloadable> {
  const weir = await startWeir(context, options);
  const file = join(weir.folder, 'weir.conf');
  let reloads = 0;
  return {
    ...weir,
    edit: async (change, outcome = /"type":"reload".*is read again/) => {
      // Each reload leaves a line of its own: what was there before must not be taken for it.
      const seen = weir.process.output().length;
      const text = change(readFileSync(file, 'utf8'));
      reloads += 1;
      writeFileSync(file, `${text}\n# ${String(reloads)}\n`);
      weir.process.child.kill('SIGHUP');
      return weir.process.lineFrom(seen, outcome);
    },
  };
}

/** A port that somebody else has. */
async function listener(context: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const vhostLine = (line: string) => (text: string) => text.replace('vhost __defaultVhost__ {', `$&\n${line}`);

describe('a reload', { concurrency: true }, () => {
  test('changes the rules of a running stream, and its player loses nothing', async (context) => {
    const weir = await startReloadable(context, { vhost: 'chunk_size 128;' });
    const watching = await player(weir.port, 's');
    const sender = new Sender(await publisher(weir.port, 's'));
    sender.headers();
    sender.pictures(0, 10);
    await nextPicture(watching.client, 9);
    await weir.edit((text) => text.replace('chunk_size 128;', 'chunk_size 4096; gop_cache off; queue_length 5;'));
    sender.pictures(10, 20);
    await nextPicture(watching.client, 19);
    assert.deepEqual(picturesOf(watching.client), [...Array(20).keys()]);
    const sizes = watching.client.received.filter((message) => message.type === type.setChunkSize);
    assert.equal(sizes.at(-1)?.payload.readUInt32BE(), 4096);
    // gop_cache off: who comes now begins with what is new.
    const late = await player(weir.port, 's');
    sender.pictures(20, 30);
    await nextPicture(late.client, 29);
    assert.ok(picturesOf(late.client).every((number) => number >= 20));
  });

  test('opens and closes listeners; who came by a closed one stays', async (context) => {
    const weir = await startReloadable(context);
    const watching = await player(weir.port, 's');
    const port = await freePort();
    await weir.edit((text) =>
      text.replace(`listen 127.0.0.1:${String(weir.port)};`, `listen 127.0.0.1:${String(port)};`),
    );
    const sender = new Sender(await publisher(port, 's'));
    await assert.rejects(openConnection(weir.port), /ECONNREFUSED/);
    sender.headers();
    sender.pictures(0, 10);
    await nextPicture(watching.client, 9);
    assert.deepEqual(picturesOf(watching.client), [...Array(10).keys()]);
  });

  test('that cannot open a listener changes nothing', async (context) => {
    const taken = await listener(context);
    const weir = await startReloadable(context, { global: 'max_connections 100;' });
    await weir.edit(
      (text) =>
        `listen 127.0.0.1:${String(taken)} 127.0.0.1:${String(weir.port)};\n${text
          .replace(/listen .*;/, '')
          .replace('max_connections 100;', 'max_connections 1;')}`,
      /is not applied/,
    );
    const clients = [await connectRtmp(weir.port), await connectRtmp(weir.port)];
    assert.equal(clients.length, 2);
  });

  test('of a broken file names every error and changes nothing', async (context) => {
    const weir = await startReloadable(context);
    const seen = weir.process.output().length;
    await weir.edit((text) => `lisen 1936;\nmax_connections many;\n${text}`, /is not applied/);
    const said = weir.process.output().slice(seen);
    assert.match(said, /weir\.conf:1:1: unknown directive .*did you mean \\"listen\\"/);
    assert.match(said, /weir\.conf:2:17: /);
    await player(weir.port, 's');
  });

  test('limits connections from now on', async (context) => {
    const weir = await startReloadable(context);
    const watching = await player(weir.port, 's');
    await weir.edit((text) => `max_connections 1;\n${text}`);
    const turnedAway = await openConnection(weir.port);
    await turnedAway.closed;
    await weir.edit((text) => text.replace('max_connections 1;', 'max_connections 10;'));
    const sender = new Sender(await publisher(weir.port, 's'));
    sender.headers();
    sender.pictures(0, 10);
    await nextPicture(watching.client, 9);
  });

  test('closes the clients of a vhost that is gone, and those of no other', async (context) => {
    const weir = await startReloadable(context, { vhosts: 'vhost gone.example {\n}' });
    const tcUrl = 'rtmp://gone.example/live';
    const leaving = await player(weir.port, 's', { tcUrl });
    const source = await publisher(weir.port, 's', { tcUrl });
    const staying = await player(weir.port, 's');
    await weir.edit((text) => text.replace(/vhost gone.example \{\n\}/, ''));
    await leaving.client.nextStatus('NetStream.Play.Failed');
    await source.client.nextStatus('NetStream.Publish.Denied');
    await Promise.all([leaving.client.closed, source.client.closed]);
    const sender = new Sender(await publisher(weir.port, 's'));
    sender.headers();
    sender.pictures(0, 10);
    await nextPicture(staying.client, 9);
    assert.deepEqual(picturesOf(staying.client), [...Array(10).keys()]);
  });

  test('shortens the patience with a quiet publisher', async (context) => {
    const weir = await startReloadable(context, { vhost: 'publish_normal_timeout 60000;' });
    const source = await publisher(weir.port, 's');
    const sender = new Sender(source);
    sender.headers();
    sender.pictures(0, 10);
    await weir.edit((text) => text.replace('publish_normal_timeout 60000;', 'publish_normal_timeout 100;'));
    await weir.logged({ type: 'closed', reason: 'publish_idle_timeout' });
    await source.client.closed;
  });

  test('says what only a restart can change', async (context) => {
    const weir = await startReloadable(context);
    await weir.edit((text) => `threads 2;\n${text}`, /"threads\\" needs a restart/);
  });

  test('moves the log and changes its level', async (context) => {
    const weir = await startReloadable(context);
    const file = join(weir.folder, 'other.log');
    writeFileSync(file, '');
    const text = readFileSync(join(weir.folder, 'weir.conf'), 'utf8');
    writeFileSync(join(weir.folder, 'weir.conf'), text.replace('log console;', `log ${file};\nlog_level debug;`));
    weir.process.child.kill('SIGHUP');
    // It opens its file first, so that the connection's line of level debug goes there.
    while (!/is read again/.test(readFileSync(file, 'utf8'))) await connectRtmp(weir.port);
    await connectRtmp(weir.port);
    assert.match(readFileSync(file, 'utf8'), /"level":"debug".*"type":"connect"/);
  });

  test('twice in a row applies the last', async (context) => {
    const weir = await startReloadable(context);
    const watching = await player(weir.port, 's');
    const sender = new Sender(await publisher(weir.port, 's'));
    sender.headers();
    for (let round = 0; round < 5; round += 1) {
      await weir.edit(vhostLine(`# ${String(round)}`));
      await weir.edit((text) => text.replace(/queue_length \d+;|$/, `vhost v${String(round)}.example {\n}\n`));
      sender.pictures(round * 10, round * 10 + 10);
    }
    await nextPicture(watching.client, 49);
    assert.deepEqual(picturesOf(watching.client), [...Array(50).keys()]);
  });
});

describe('watch_config', () => {
  test('reloads what is written in place, renamed over, or swapped behind a link', async (context) => {
    const weir = await startWeir(context, { global: 'watch_config on;' });
    const file = join(weir.folder, 'weir.conf');
    const text = readFileSync(file, 'utf8');
    const { process } = weir;
    /** Does it, and waits until the vhost of that name is there. */
    const until = async (vhost: string, action: (text: string) => void): Promise<void> => {
      const seen = process.output().length;
      action(`${text}\nvhost ${vhost} {\n}\n`);
      await process.lineFrom(seen, new RegExp(`"type":"reload","applied":\\[.*"vhost ${vhost}"`));
    };
    const place = (folder: string, content: string): void => {
      mkdirSync(join(weir.folder, folder));
      writeFileSync(join(weir.folder, folder, 'weir.conf'), content);
    };
    const link = (target: string, name: string): void => {
      symlinkSync(target, join(weir.folder, 'link'));
      renameSync(join(weir.folder, 'link'), join(weir.folder, name));
    };

    const watching = await player(weir.port, 's');
    await until('written', (next) => writeFileSync(file, next));
    await until('renamed', (next) => {
      writeFileSync(`${file}~`, next);
      renameSync(`${file}~`, file);
    });
    await until('linked', (next) => {
      place('1', next);
      link('1', '..data');
      link('..data/weir.conf', 'weir.conf');
    });
    await until('swapped', (next) => {
      place('2', next);
      link('2', '..data');
    });
    const seen = process.output().length;
    writeFileSync(join(weir.folder, '2', 'weir.conf'), `${text}\nlisen 1;\n`);
    await process.lineFrom(seen, /is not applied/);
    await until('mended', (next) => writeFileSync(join(weir.folder, '2', 'weir.conf'), next));

    const sender = new Sender(await publisher(weir.port, 's'));
    sender.headers();
    sender.pictures(0, 10);
    await nextPicture(watching.client, 9);
  });
});
