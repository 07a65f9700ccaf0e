import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { median, summarize } from '../../bench/lib/measurement.js';
import { drawPlot, ticks } from '../../bench/lib/plot.js';
import { cpuTime, logBlocks, privateMemory, pss } from '../../bench/lib/proc.js';
import { atMost, noFaults } from '../../bench/lib/scenario.js';
import { scenarios } from '../../bench/scenarios/all.js';

describe('medians', () => {
  test('the median of an even number of runs lies between the middle two', () => {
    assert.equal(median([9, 1, 4, 2]), 3);
    assert.equal(median([5, 1, 9]), 5);
    assert.ok(Number.isNaN(median([])));
  });

  test('a ratio is taken within each run before the median is', () => {
    const measurement = (subject: string, run: number, cost: number) => ({
      subject,
      point: 'p',
      run,
      metrics: { cost },
    });
    const summary = summarize([
      ...[1, 10, 100].map((cost, run) => measurement('floor', run, cost)),
      ...[2, 30, 120].map((cost, run) => measurement('weir', run, cost)),
    ]);
    assert.equal(summary.ratio('p', ['weir', 'cost'], ['floor', 'cost']), 2);
    assert.equal(summary.value('weir', 'p', 'cost'), 30);
    assert.ok(Number.isNaN(summary.ratio('p', ['weir', 'cost'], ['nobody', 'cost'])));
  });
});

describe('promises', () => {
  test('what was not measured neither holds nor fails', () => {
    assert.equal(atMost('p', NaN, 1).holds, undefined);
    assert.equal(atMost('p', 1.01, 1).holds, false);
    assert.equal(atMost('p', 1, 1).holds, true);
    assert.equal(noFaults(summarize([])).holds, undefined);
  });

  test('one gap in one of many runs is a fault', () => {
    const runs = [0, 0, 1].map((gaps, run) => ({ subject: 'weir', point: 'p', run, metrics: { gaps, lost: 0 } }));
    assert.equal(noFaults(summarize(runs)).holds, false);
    assert.equal(noFaults(summarize(runs.slice(0, 2))).holds, true);
  });
});

describe('plots', () => {
  test('an axis has round numbers up to at least the largest value', () => {
    assert.deepEqual(ticks(90.2), [0, 20, 40, 60, 80, 100]);
    assert.deepEqual(ticks(1800), [0, 500, 1000, 1500, 2000]);
    assert.deepEqual(ticks(1), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  test('every series is drawn with its name, and no two names cover each other', () => {
    const svg = drawPlot({
      file: 'x',
      title: 'A & B',
      subtitle: '',
      x: { label: 'players' },
      y: { label: 'CPU (%)' },
      series: (['own', 'floor', 'peer'] as const).map((role, i) => ({ name: role, role, points: [[1, 5 + i / 100]] })),
    });
    const heights = [...svg.matchAll(/class="name" x="[\d.]+" y="([\d.]+)"/g)].map((match) => Number(match[1]));
    heights.sort((a, b) => a - b);
    assert.equal(heights.length, 3);
    heights.slice(1).forEach((y, i) => assert.ok(y - (heights[i] ?? 0) > 15.9));
    assert.match(svg, /A &amp; B/);
  });
});

describe('what the kernel says', () => {
  test('of this process: its memory and its CPU time', () => {
    assert.ok(pss(process.pid) >= privateMemory(process.pid));
    assert.ok(pss(process.pid) > 2 ** 20);
    const before = cpuTime(process.pid);
    // Counted in ticks of 10 ms: enough processor time for some, however long that takes on a busy machine.
    for (const { user } = process.cpuUsage(); process.cpuUsage().user - user < 60_000;);
    const after = cpuTime(process.pid);
    assert.ok(after.user + after.system > before.user + before.system);
    assert.equal(logBlocks(process.pid), 0);
  });

  test('of another process whose name has a parenthesis in it', async () => {
    const child = spawn('/bin/sh', ['-c', 'echo; exec sleep 60'], {
      argv0: 'a) 1 2',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    assert.ok(cpuTime(child.pid!).system >= 0);
    child.kill();
    await once(child, 'close');
  });
});

test('every scenario has a name of its own', () => {
  const names = scenarios.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});
