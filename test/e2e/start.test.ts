// `npm start`: what a person who has just cloned the repository sees; and the package as a library.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { start as startServer } from 'weir';
import { start, succeed } from './support/process.js';
import { player } from './support/rtmp_client.js';
import { freePort, repository, temporaryFolder } from './support/servers.js';

test('npm start has a sample on the air, says how to play it, also in a browser, and ends on Ctrl-C', async (context) => {
  const folder = temporaryFolder(context);
  const file = join(folder, 'weir.conf');
  const port = String(await freePort());
  const http = await freePort();
  const pages = `http_server { enabled on; listen 127.0.0.1:${String(http)}; }`;
  writeFileSync(
    file,
    `${pages}\nlisten 127.0.0.1:${port};\npid ${folder}/weir.pid;\nlog console;\nvhost __defaultVhost__ { }\n`,
  );
  const started = start(context, process.execPath, [join('scripts', 'start.mjs'), file], {
    cwd: repository,
    seconds: 60,
  });
  await started.line(/ffplay rtmp:/);
  const url = `rtmp://127.0.0.1:${port}/live/sample`;
  assert.ok(started.output().includes(url));
  assert.ok(started.output().includes(`http://127.0.0.1:${String(http)}/`), started.output());
  assert.match(await (await fetch(`http://127.0.0.1:${String(http)}/`)).text(), /<title>weir/);
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', url];
  const { stdout, stderr } = await succeed(context, 'ffprobe', args);
  assert.deepEqual(stdout.trim().split('\n').sort(), ['aac', 'h264']);
  assert.equal(stderr, '');
  assert.equal((await started.stop('SIGINT')).status, 0, started.output());
});

test('npm start says when its port is taken', async (context) => {
  const folder = temporaryFolder(context);
  const file = join(folder, 'weir.conf');
  const { createServer } = await import('node:net');
  const other = createServer().listen(0, '127.0.0.1');
  context.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  assert.ok(address && typeof address === 'object');
  writeFileSync(file, `listen 127.0.0.1:${String(address.port)};\nvhost __defaultVhost__ { }\n`);
  const args = [join('scripts', 'start.mjs'), file];
  const { status, stderr } = await start(context, process.execPath, args, { cwd: repository }).ended;
  assert.equal(status, 1);
  assert.match(stderr, /in use/);
});

test('a program can embed the server, and stops it without a trace', async () => {
  const port = await freePort();
  const text = `listen 127.0.0.1:${String(port)}; log_level error; vhost __defaultVhost__ { }`;
  const server = await startServer({ text });
  assert.deepEqual(
    server.listening.map((endpoint) => endpoint.port),
    [port],
  );
  const { client } = await player(port, 's');
  assert.equal(server.stats().players, 1);
  await server.stop();
  await client.closed;
});
