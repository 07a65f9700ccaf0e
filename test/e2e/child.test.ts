// Supervised processes: their figures, their output, restarts and their budget, and that none outlives its parent.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test, type TestContext } from 'node:test';
import { Child, type ChildFacts, type ChildNews, type ChildOptions } from '../../src/child/child.js';
import { OutputFile, outputFileName } from '../../src/child/output_file.js';
import { progressReader, type Progress } from '../../src/child/progress.js';
import { start } from './support/process.js';
import { temporaryFolder } from './support/servers.js';

const sh = '/bin/sh';
const patience = 30_000;

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + patience; !isSo();) {
    assert.ok(Date.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

type Told = ChildNews & { readonly facts: ChildFacts };

function child(context: TestContext, options: Partial<ChildOptions> & Pick<ChildOptions, 'program' | 'args'>) {
  const news: Told[] = [];
  const one = new Child({
    ...{ nice: 0, maxRestarts: 3, random: () => 0 },
    told: (facts, what) => news.push({ ...what, facts }),
    ...options,
  });
  context.after(() => one.stop());
  const had = async (type: ChildNews['type'], count = 1): Promise<Told> => {
    const those = () => news.filter((event) => event.type === type);
    await until(`${type} did not come`, () => those().length >= count);
    return those()[count - 1]!;
  };
  return { one, news, had };
}

const isThere = (pid: number) => {
  // One that is dead and waits for its parent is no process any more.
  const stat = existsSync(`/proc/${String(pid)}/stat`) ? readFileSync(`/proc/${String(pid)}/stat`, 'utf8') : ') Z';
  return !/\) Z/.test(stat);
};

describe('a child', { concurrency: 4 }, () => {
  test('of ffmpeg tells its figures, and ends in order', async (context) => {
    const folder = temporaryFolder(context);
    const file = join(folder, 'logs', 'ffmpeg.log');
    const source = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=25'];
    const { one } = child(context, {
      program: '/usr/bin/ffmpeg',
      args: ['-nostats', '-progress', 'pipe:3', ...source, '-f', 'null', '-'],
      logFile: file,
    });
    await until('no figures', () => one.facts().progress.frames > 0 && one.facts().progress.outTime > 0);
    const { pid } = one.facts();
    await one.stop();
    assert.ok(!isThere(pid));
    const { state, restarts, lines } = one.facts();
    assert.deepEqual([state, restarts], ['stopped', 0]);
    assert.match(lines.join('\n'), /video:/, 'SIGINT let it finish');
    assert.match(readFileSync(file, 'utf8'), /starts: \/usr\/bin\/ffmpeg .*\n.*\n/);
  });

  test('that is killed is there again; its arguments are seen by no shell', async (context) => {
    const odd = '; rm -rf x $(x) `x` "';
    const { one, had } = child(context, { program: sh, args: ['-c', 'echo "$1"; exec sleep 100', 'sh', odd] });
    const { facts } = await had('started');
    await until('no output', () => one.facts().lines.length > 0);
    assert.deepEqual(one.facts().lines, [odd]);
    process.kill(-facts.pid, 'SIGKILL');
    const ended = await had('ended');
    assert.equal(ended.type === 'ended' && ended.wait, 250);
    const again = await had('started', 2);
    assert.notEqual(again.facts.pid, facts.pid);
    assert.equal(again.facts.restarts, 1);
  });

  test('that always fails is given up when its budget is spent, with what it said', async (context) => {
    const args = ['-c', 'echo no such filter >&2; exit 3'];
    const { had, news } = child(context, { program: sh, args, maxRestarts: 2 });
    const { facts } = await had('failed');
    assert.deepEqual([facts.error, facts.restarts, facts.state], ['it ended with status 3', 2, 'failed']);
    assert.equal(facts.lines.at(-1), 'no such filter');
    assert.deepEqual(
      news.flatMap((event) => (event.type === 'ended' ? [event.wait] : [])),
      [250, 500],
    );
    const missing = child(context, { program: '/nowhere/ffmpeg', args: [], maxRestarts: 0 });
    assert.equal((await missing.had('failed')).facts.error, 'there is no such program');
  });

  test('that hears no SIGINT is killed, and so is what it has started and left', async (context) => {
    const script = `trap '' INT; setsid sh -c 'trap "" INT; echo $$; exec sleep 100' & wait`;
    const { one } = child(context, { program: sh, args: ['-c', script] });
    await until('no output', () => one.facts().lines.length > 0);
    const left = Number(one.facts().lines[0]);
    assert.ok(isThere(left));
    await one.stop();
    await until('its child is there still', () => !isThere(left));
  });

  test('does not outlive its parent, though that is killed', async (context) => {
    const script = `sh -c 'trap "" INT; echo $$; exec sleep 100' & echo $$; trap '' INT; wait`;
    const folder = temporaryFolder(context);
    const args = ['-c', `(${script}) > ${folder}/pids`];
    const holder = join(dirname(fileURLToPath(import.meta.url)), 'support', 'orphans.js');
    const parent = start(context, process.execPath, [holder, sh, ...args]);
    const [, launcher] = (await parent.line(/^started/)).split(' ').map(Number);
    const pids = () => (existsSync(`${folder}/pids`) ? readFileSync(`${folder}/pids`, 'utf8') : '').match(/\d+/g) ?? [];
    await until('it does not run', () => pids().length === 2);
    const all = [launcher ?? 0, ...pids().map(Number)];
    assert.ok(all.every(isThere));
    await parent.stop('SIGKILL');
    await until(`one of ${all.join(', ')} is there still`, () => !all.some(isThere));
  });
});

test('progress is read a block at a time', () => {
  const told: Progress[] = [];
  const read = progressReader((progress) => told.push(progress));
  const text = 'frame=25\nfps=24.5\nbitrate= 301.5kbits/s\nout_time_us=N/A\nspeed=1.02x\ntotal_size=4096\nother=1\n';
  for (const line of `${text}progress=continue\nout_time_us=2000000\nprogress=end`.split('\n')) read(line);
  const [first, last] = told;
  assert.deepEqual(
    [first?.frames, first?.fps, first?.bitrate, first?.outTime, first?.speed, first?.bytes],
    [25, 24.5, 301_500, 0, 1.02, 4096],
  );
  assert.deepEqual([last?.outTime, last?.frames], [2000, 25]);
});

test('output is bounded, whatever a process prints', async (context) => {
  const file = join(temporaryFolder(context), 'x.log');
  const output = new OutputFile(file, 1000);
  for (let i = 0; i < 40; i++) {
    output.write(`line ${String(i)} ${'x'.repeat(50)}`);
    await output.flush();
  }
  const [now, old] = [file, `${file}.1`].map((name) => readFileSync(name, 'utf8'));
  assert.ok(now && old && now.length < 1200 && old.length < 1200);
  assert.match(now, /line 39 /);
  assert.equal(outputFileName('ffmpeg', 'a/../b', '; rm -rf $(x)'), 'ffmpeg-a_.._b-__rm_-rf___x_.log');
  assert.ok(Buffer.byteLength(outputFileName('é'.repeat(255), '日本'.repeat(100))) < 255);
});
