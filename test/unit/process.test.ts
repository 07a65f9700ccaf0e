// What a process has to itself: its log, its pid file, its memory.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { LiveError } from '../../src/errors.js';
import { openLog } from '../../src/log.js';
import { memoryLimitBytes } from '../../src/process/memory.js';
import { lockPidFile } from '../../src/process/pid_file.js';

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-unit-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const hasCode = (code: string) => (error: unknown) => error instanceof LiveError && error.code === code;

describe('the log', () => {
  test('writes JSON lines to a file, in a folder that it makes', async (context) => {
    const path = join(folderOf(context), 'new', 'weir.log');
    const { log, close } = await openLog({ target: { kind: 'file', path }, level: 'info' });
    log.info({ type: 'playing', conn: 5 }, 'plays v/live/s');
    log.debug({ type: 'stopped', conn: 5 }, 'too quiet for this level');
    close();
    const [line, ...others] = linesOf(path);
    assert.equal(others.length, 0);
    assert.deepEqual([line?.['level'], line?.['type'], line?.['conn']], ['info', 'playing', 5]);
    assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test('goes on in a new file after the old one was moved away and the log was opened again', async (context) => {
    const path = join(folderOf(context), 'weir.log');
    const { log, reopen, close } = await openLog({ target: { kind: 'file', path }, level: 'info' });
    log.info('one');
    renameSync(path, `${path}.1`);
    log.info('two');
    reopen();
    log.info('three');
    close();
    const messages = (file: string): unknown[] => linesOf(file).map((line) => line['msg']);
    assert.deepEqual(messages(`${path}.1`), ['one', 'two']);
    assert.deepEqual(messages(path), ['three']);
  });

  test('that cannot be opened is a clear error', async (context) => {
    const path = folderOf(context);
    await assert.rejects(openLog({ target: { kind: 'file', path }, level: 'info' }), hasCode('log_file_failed'));
  });
});

describe('the pid file', () => {
  test('holds the process id until it is released', async (context) => {
    const file = join(folderOf(context), 'objs', 'weir.pid');
    const release = await lockPidFile(file);
    assert.equal(readFileSync(file, 'utf8'), `${process.pid}\n`);
    release();
    assert.ok(!existsSync(file));
  });

  test('admits one server at a time, and names the one that is there', async (context) => {
    const file = join(folderOf(context), 'weir.pid');
    const release = await lockPidFile(file);
    await assert.rejects(lockPidFile(file), (error: unknown) => {
      assert.ok(hasCode('already_running')(error));
      assert.ok((error as Error).message.includes(`process ${process.pid}`));
      return true;
    });
    assert.equal(readFileSync(file, 'utf8'), `${process.pid}\n`, 'the file of the first is untouched');
    release();
    (await lockPidFile(file))();
  });

  test('is the same under another spelling of its path', async (context) => {
    const folder = folderOf(context);
    mkdirSync(join(folder, 'a'));
    symlinkSync(join(folder, 'a'), join(folder, 'b'));
    const release = await lockPidFile(join(folder, 'a', 'weir.pid'));
    await assert.rejects(lockPidFile(join(folder, 'b', '.', 'weir.pid')), hasCode('already_running'));
    release();
  });

  test('that a crash left behind is no obstacle', async (context) => {
    const file = join(folderOf(context), 'weir.pid');
    writeFileSync(file, `${process.ppid}\n`);
    (await lockPidFile(file))();
  });

  test('that cannot be written is a clear error, and locks nothing', async (context) => {
    const folder = folderOf(context);
    mkdirSync(join(folder, 'weir.pid'));
    await assert.rejects(lockPidFile(join(folder, 'weir.pid')), hasCode('pid_file_failed'));
    await assert.rejects(lockPidFile(join(folder, 'weir.pid')), hasCode('pid_file_failed'));
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(lockPidFile(join(folder, 'file', 'weir.pid')), hasCode('pid_file_failed'));
  });
});

describe('memory_limit', () => {
  test('takes bytes as they are and percentages of what there is', () => {
    assert.equal(memoryLimitBytes({ kind: 'bytes', bytes: 5000 }, 10), 5000);
    assert.equal(memoryLimitBytes({ kind: 'percent', percent: 40 }, 1001), 400);
    const half = memoryLimitBytes({ kind: 'percent', percent: 50 });
    assert.ok(half > 1024 ** 2 && Number.isSafeInteger(half));
  });
});
