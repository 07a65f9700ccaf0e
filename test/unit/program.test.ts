// The program as its user meets it: arguments, exit status, signals, pid file, background. Each in a child process.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../../src/process/node_flags.js';
import { start, type Ended, type Running } from '../e2e/support/process.js';
import { freePort, temporaryFolder } from '../e2e/support/servers.js';

const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));

function weir(context: TestContext, args: readonly string[], cwd?: string): Running {
  return start(context, process.execPath, [program, ...args], { seconds: 30, ...(cwd !== undefined && { cwd }) });
}

test('its first line starts Node as all else here starts it', () => {
  const [first] = readFileSync(program, 'utf8').split('\n');
  assert.equal(first, ['#!/usr/bin/env -S node', ...nodeFlags].join(' '));
});

const run = (context: TestContext, ...args: string[]): Promise<Ended> => weir(context, args).ended;

interface Place {
  readonly folder: string;
  readonly file: string;
  readonly port: number;
}

/** A folder with a configuration that has a free port; paths in it are relative to the folder. */
async function place(context: TestContext, more = ''): Promise<Place> {
  const folder = temporaryFolder(context);
  const file = join(folder, 'weir.conf');
  const port = await freePort();
  writeFileSync(file, `listen 127.0.0.1:${port};\npid weir.pid;\n${more}\n`);
  return { folder, file, port };
}

async function running(context: TestContext, { folder, file }: Place): Promise<Running> {
  const server = weir(context, ['-c', file], folder);
  await server.line(/"type":"listening"/);
  return server;
}

/** Waits for what another process does; fails when it does not. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the command line', { concurrency: 2 }, () => {
  test('-v prints the version', async (context) => {
    const { status, stdout } = await run(context, '-v');
    assert.equal(status, 0);
    assert.match(stdout, /^weir \d+\.\d+\.\d+\n$/);
  });

  for (const args of [['-h'], ['--help'], []]) {
    test(`[${args.join(' ')}] prints help`, async (context) => {
      const { status, stdout } = await run(context, ...args);
      assert.equal(status, 0);
      assert.match(stdout, /weir -c FILE/);
    });
  }

  for (const args of [['--frobnicate'], ['stray.conf'], ['-t'], ['-c']]) {
    test(`[${args.join(' ')}] is a wrong use`, async (context) => {
      const { status, stderr } = await run(context, ...args);
      assert.equal(status, 2);
      assert.match(stderr, /^weir: /);
    });
  }

  test('-t accepts a valid file and starts nothing', async (context) => {
    const { folder, file } = await place(context);
    const { status, stdout } = await run(context, '-t', '-c', file);
    assert.equal(status, 0);
    assert.match(stdout, /is valid/);
    assert.ok(!existsSync(join(folder, 'weir.pid')));
  });

  test('-t names every mistake with its place', async (context) => {
    const { file } = await place(context, 'max_conections 5;\nvhost v { gop_cache yes; }');
    const { status, stderr } = await run(context, '-t', '-c', file);
    assert.equal(status, 1);
    assert.deepEqual(
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(file.length).split(':').slice(0, 3).join(':')),
      [':3:1', ':4:21'],
    );
  });

  for (const args of [['-t'], []]) {
    test(`a broken file does not start [${args.join(' ')}]`, async (context) => {
      const { file } = await place(context, 'vhost {');
      assert.equal((await run(context, ...args, '-c', file)).status, 1);
    });
  }
});

describe('a server', { concurrency: 2 }, () => {
  test('that cannot listen says where and why, and leaves no pid file', async (context) => {
    const here = await place(context);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(here.port, '127.0.0.1', resolve));
    context.after(() => taken.close());
    const { status, stderr } = await weir(context, ['-c', here.file], here.folder).ended;
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${here.port}: .*in use`));
    assert.ok(!existsSync(join(here.folder, 'weir.pid')));
  });

  test('whose connections exceed the limit of open files says so', async (context) => {
    const { file } = await place(context, 'max_connections 10000000;');
    const { status, stderr } = await run(context, '-c', file);
    assert.equal(status, 1);
    assert.match(stderr, /max_connections 10000000 needs \d+ open files and only \d+ are allowed/);
  });

  test('is called weir, so that killall finds it', async (context) => {
    const here = await place(context);
    const server = await running(context, here);
    assert.equal(readFileSync(`/proc/${server.child.pid}/comm`, 'utf8'), 'weir\n');
    assert.equal((await server.stop('SIGTERM')).status, 0);
  });

  test('admits no second one with its pid file, and is not disturbed', async (context) => {
    const here = await place(context);
    const server = await running(context, here);
    const second = await weir(context, ['-c', here.file], here.folder).ended;
    assert.equal(second.status, 1);
    assert.match(second.stderr, new RegExp(`another server runs .*\\(process ${server.child.pid}\\)`));
    assert.equal(readFileSync(join(here.folder, 'weir.pid'), 'utf8'), `${server.child.pid}\n`);
    assert.equal((await server.stop('SIGINT')).status, 0);
    assert.ok(!existsSync(join(here.folder, 'weir.pid')));
  });

  test('checks its file on SIGHUP and runs on, whether that is valid or broken', async (context) => {
    const here = await place(context);
    const server = await running(context, here);
    server.child.kill('SIGHUP');
    await server.line(/is read again/);
    writeFileSync(here.file, 'listen 0;\nnonsense;');
    server.child.kill('SIGHUP');
    await server.line(/weir\.conf:1:8/);
    await server.line(/weir\.conf:2:1/);
    await server.line(/the running configuration stays/);
    assert.equal((await server.stop('SIGTERM')).status, 0);
  });

  for (const signal of ['SIGHUP', 'SIGUSR1'] as const) {
    test(`opens its log file again on ${signal}`, async (context) => {
      const here = await place(context, 'log weir.log;');
      const log = join(here.folder, 'weir.log');
      const server = weir(context, ['-c', here.file], here.folder);
      const hasListening = (): boolean => existsSync(log) && readFileSync(log, 'utf8').includes('"type":"listening"');
      await until('the server listens', hasListening);
      renameSync(log, `${log}.1`);
      server.child.kill(signal);
      await until('a new log file', () => existsSync(log));
      const { status, stdout, stderr } = await server.stop('SIGTERM');
      assert.equal(status, 0);
      assert.match(readFileSync(log, 'utf8'), /"type":"stopped"/);
      assert.equal(stdout + stderr, '');
    });
  }
});

describe('in the background', () => {
  test('a server runs on when its starter has ended, and stops by its pid file', async (context) => {
    const here = await place(context, 'daemon on;');
    const starter = await weir(context, ['-c', here.file], here.folder).ended;
    assert.equal(starter.status, 0, starter.stderr);
    const pid = Number(readFileSync(join(here.folder, 'weir.pid'), 'utf8'));
    assert.match(starter.stdout, new RegExp(`process ${pid}\n`));
    const log = (): string => readFileSync(join(here.folder, 'objs', 'weir.log'), 'utf8');
    assert.match(log(), /"type":"listening"/, 'the starter waits until it listens');
    process.kill(pid, 'SIGTERM');
    await until('the server ends', () => !existsSync(`/proc/${pid}`));
    assert.match(log(), /"type":"stopped"/);
    assert.ok(!existsSync(join(here.folder, 'weir.pid')));
  });

  test('a server that cannot start tells its starter why', async (context) => {
    const here = await place(context, 'daemon on;');
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(here.port, '127.0.0.1', resolve));
    context.after(() => taken.close());
    const { status, stderr } = await weir(context, ['-c', here.file], here.folder).ended;
    assert.equal(status, 1);
    assert.match(stderr, /did not start: cannot listen on/);
  });
});
