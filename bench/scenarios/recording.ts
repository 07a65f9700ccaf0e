// 200 streams recorded at once: what 300 players of another stream notice of it, beside an equal load of another process.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measurePlay, withSubject } from '../lib/bench.js';
import { startChild } from '../lib/children.js';
import { publish } from '../lib/generator.js';
import { root } from '../lib/paths.js';
import { atMost, digits, noFaults, type Scenario } from '../lib/scenario.js';
import type { Metrics } from '../lib/measurement.js';

const recordings = 200;
const players = 300;
const idle = 'weir';
const recording = 'weir, recording';
const burning = 'weir, and a burner';
const burnerFile = join(root, 'dist', 'bench', 'lib', 'burner.js');
const p99 = 'latency_p99_ms';

interface Load {
  /** Where the streams are recorded. */
  readonly path?: string;
  /** Percent of a core that another process burns. */
  readonly burn?: number;
}

/** The streams that are recorded are published in every measurement. */
function measure({ path, burn }: Load, seconds: number): Promise<Metrics> {
  const dvr = path === undefined ? {} : { dvr: { path, app: 'recorded' } };
  return withSubject('weir', dvr, async (subject, url) => {
    const crowd = publish(`${subject.url.replace(/live$/, 'recorded')}/stream{i}`, { publishers: recordings });
    const burner = burn === undefined ? undefined : startChild(process.execPath, [burnerFile, String(burn)]);
    try {
      await crowd.event('publishing');
      return await measurePlay(subject, url, { players, seconds });
    } finally {
      await burner?.stop();
      await crowd.stop();
    }
  });
}

async function measureRecording(seconds: number): Promise<Metrics> {
  const path = mkdtempSync(join(tmpdir(), 'weir-bench-dvr-'));
  try {
    const metrics = await measure({ path }, seconds);
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.flv'));
    const bytes = files.reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    return { ...metrics, files: files.length, recorded_mb: bytes / 2 ** 20 };
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

export const recordingScenario: Scenario = {
  name: 'recording',
  title: '200 streams recorded at once, beside 300 players',
  about:
    '200 publishers of 500 kbit/s and 300 players of another stream, default settings; without recordings, with all 200 ' +
    'recorded as FLV, and without them beside a process that burns what recording took of a core, in bursts of the same rhythm.',

  async *measure(run, { quick }) {
    const seconds = quick ? 8 : 20;
    const point = String(recordings);
    const without = await measure({}, seconds);
    yield { subject: idle, point, run, metrics: without };
    const recorded = await measureRecording(seconds);
    yield { subject: recording, point, run, metrics: recorded };
    const burn = Math.min(100, Math.max(0, (recorded['cpu_percent'] ?? 0) - (without['cpu_percent'] ?? 0)));
    const metrics = { ...(await measure({ burn }, seconds)), burn_percent: burn };
    yield { subject: burning, point, run, metrics };
  },

  table: (summary) => ({
    headings: ['', 'p50 ms', 'p99 ms', 'max ms', 'CPU %', 'burner %', 'files', 'MB', 'gaps', 'lost'],
    rows: summary.points.flatMap((point) =>
      summary.subjects.map((subject) => {
        const value = (metric: string, places = 1) => digits(summary.value(subject, point, metric), places);
        const latency = [value('latency_p50_ms'), value(p99), value('latency_max_ms')];
        const load = [value('cpu_percent'), value('burn_percent'), value('files', 0), value('recorded_mb')];
        return [subject, ...latency, ...load, value('gaps', 0), value('lost', 0)];
      }),
    ),
  }),

  verdicts: (summary) => [
    atMost(
      'p99 while 200 streams are recorded, over that beside an equal burner',
      summary.ratio(String(recordings), [recording, p99], [burning, p99]),
      1.25,
    ),
    noFaults(summary, recording),
  ],
};
