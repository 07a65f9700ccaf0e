// node dist/bench/compare.js A.json B.json: two results of the same scenario side by side; what changed by more than the runs
// differ among themselves is marked.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { summarize, type Summary } from './lib/measurement.js';
import type { ResultFile } from './lib/report.js';

/** Metrics for which less is better; of the others only a few are worth a line. */
const compared = [
  'cpu_s_per_gbit',
  'cpu_percent',
  'memory_mb',
  'latency_p50_ms',
  'latency_p99_ms',
  'join_p50_ms',
  'join_p99_ms',
  'outside_2_percent',
  'gaps',
  'lost',
];

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

interface Line {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly isClear: boolean;
}

function lines(before: Summary, after: Summary): Line[] {
  return before.points.flatMap((point) =>
    before.subjects.flatMap((subject) =>
      compared.flatMap((metric) => {
        const [old, now] = [before, after].map((summary) => summary.values(subject, point, metric));
        if (!old?.length || !now?.length) return [];
        const [from, to] = [before.value(subject, point, metric), after.value(subject, point, metric)];
        const noise = Math.max(spread(old), spread(now));
        return { name: `${point} ${subject} ${metric}`, before: from, after: to, isClear: Math.abs(to - from) > noise };
      }),
    ),
  );
}

function change({ before, after }: Line): string {
  if (before === after) return '=';
  if (before === 0) return 'new';
  const percent = (100 * (after - before)) / before;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

function read(path: string): ResultFile {
  return JSON.parse(readFileSync(path, 'utf8')) as ResultFile;
}

function describe({ origin, runs }: ResultFile): string {
  return `${origin.commit}, ${origin.date}, ${origin.cpu} (${origin.cores} cores), Linux ${origin.kernel}, ${runs} runs`;
}

function main(): void {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [pathA, pathB] = positionals;
  if (pathA === undefined || pathB === undefined) throw new Error('usage: compare A.json B.json');
  const [a, b] = [read(pathA), read(pathB)];
  if (a.scenario !== b.scenario) throw new Error(`${a.scenario} cannot be compared with ${b.scenario}`);
  const rows = lines(summarize(a.measurements), summarize(b.measurements));
  const width = Math.max(...rows.map(({ name }) => name.length), 0);
  const shown = rows.map((row) => {
    const [before, after] = [row.before, row.after].map((value) => value.toPrecision(4).padStart(10));
    return `${row.name.padEnd(width)} ${before} ${after}  ${change(row)}${row.isClear ? '  *' : ''}`;
  });
  const note = '* more than the runs of either differ among themselves';
  process.stdout.write([`A  ${describe(a)}`, `B  ${describe(b)}`, '', ...shown, '', note, ''].join('\n'));
}

try {
  main();
} catch (error) {
  process.stderr.write(`compare: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
