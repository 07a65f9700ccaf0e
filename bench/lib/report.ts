// Results on disk: bench/results/NAME.json with everything, NAME.md to read, and the plots.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Origin } from './machine.js';
import { summarize, type Measurement } from './measurement.js';
import { results } from './paths.js';
import { drawPlot } from './plot.js';
import type { Scenario, Table, Verdict } from './scenario.js';

export interface ResultFile {
  readonly scenario: string;
  readonly title: string;
  readonly origin: Origin;
  readonly runs: number;
  readonly quick: boolean;
  readonly measurements: readonly Measurement[];
}

function markdownTable({ headings, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

function verdictTable(verdicts: readonly Verdict[]): string {
  return markdownTable({
    headings: ['promise', 'found', 'holds'],
    rows: verdicts.map(({ promise, found, holds }) => [
      promise,
      found,
      holds === undefined ? '-' : holds ? 'yes' : '**no**',
    ]),
  });
}

function markdown(scenario: Scenario, file: ResultFile): string {
  const { origin, runs, measurements } = file;
  const summary = summarize(measurements);
  const plots = scenario.plots?.(summary) ?? [];
  // The promises are weir's: nothing is said when another server is measured alone.
  const isOurs = summary.subjects.some((subject) => subject.startsWith('weir'));
  const verdicts = isOurs ? (scenario.verdicts?.(summary) ?? []) : [];
  const parts = [
    `# ${scenario.title}`,
    scenario.about,
    ...plots.map(({ file: name, title }) => `![${title}](${name}.svg)`),
    markdownTable(scenario.table(summary)),
    ...(verdicts.length > 0 ? [verdictTable(verdicts)] : []),
    `Median of ${runs} interleaved run${runs === 1 ? '' : 's'}${file.quick ? ' (quick: short, only to see that it works)' : ''}. ` +
      `Commit ${origin.commit}, ${origin.date}; ${origin.cpu}, ${origin.cores} cores, ${origin.memory}; ` +
      `${origin.system}, Linux ${origin.kernel}, Node ${origin.node}. Generator and server share the machine.`,
    'The columns are explained in [docs/bench.md](../../docs/bench.md).',
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Writes the files and returns what a person wants to see of them. */
export function writeResults(scenario: Scenario, file: ResultFile, folder = results): string {
  mkdirSync(folder, { recursive: true });
  const text = markdown(scenario, file);
  writeFileSync(join(folder, `${scenario.name}.json`), `${JSON.stringify(file, undefined, 1)}\n`);
  writeFileSync(join(folder, `${scenario.name}.md`), text);
  for (const plot of scenario.plots?.(summarize(file.measurements)) ?? []) {
    writeFileSync(join(folder, `${plot.file}.svg`), drawPlot(plot));
  }
  return text;
}
