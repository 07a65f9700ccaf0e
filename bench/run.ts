// npm run bench -- SCENARIO [--runs 5] [--quick] [--subject weir] [--peer nginx-rtmp]: measures, and writes bench/results/.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isSubjectName, tell, type BenchOptions, type SubjectName } from './lib/bench.js';
import { describeOrigin } from './lib/machine.js';
import type { Measurement } from './lib/measurement.js';
import { writeResults } from './lib/report.js';
import type { Scenario } from './lib/scenario.js';
import { scenarios } from './scenarios/all.js';

const takers = scenarios
  .filter(({ takesPoints }) => takesPoints)
  .map(({ name }) => name)
  .join(', ');

function usage(): string {
  const list = scenarios.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n');
  return `npm run bench -- SCENARIO [--runs 5] [--quick] [--peer nginx-rtmp] [--points 1800] [--out FOLDER]

${list}
  all        one after the other

--quick makes one short run, to see that it works; its results go to a temporary folder unless --out is given.
--points measures ${takers} at these numbers of players only, for a closer look.
--peer measures another server in the same run; --subject nginx-rtmp measures it instead of weir.
`;
}

function subjectsOf(names: readonly string[]): SubjectName[] {
  return names.map((name) => {
    if (!isSubjectName(name)) throw new Error(`there is no server ${name} to measure`);
    return name;
  });
}

async function runScenario(scenario: Scenario, options: BenchOptions, out: string | undefined): Promise<void> {
  const origin = describeOrigin();
  const measurements: Measurement[] = [];
  process.stderr.write(`${scenario.title}\n`);
  for (let run = 0; run < options.runs; run += 1) {
    for await (const measurement of scenario.measure(run, options)) {
      measurements.push(tell(measurement, options.runs));
    }
  }
  const { name, title } = scenario;
  const file = { scenario: name, title, origin, runs: options.runs, quick: options.quick, measurements };
  const folder = out ?? (options.quick ? mkdtempSync(join(tmpdir(), 'weir-bench-results-')) : undefined);
  process.stdout.write(writeResults(scenario, file, folder));
  if (folder !== undefined) process.stdout.write(`\nin ${folder}\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      subject: { type: 'string', default: 'weir' },
      peer: { type: 'string', multiple: true, default: [] },
      points: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const wanted = scenarios.filter(({ name }) => positionals.includes(name) || positionals.includes('all'));
  if (values.help || wanted.length === 0) {
    process.stdout.write(usage());
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const { quick } = values;
  const runs = Number(values.runs ?? (quick ? 1 : 5));
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs wants a number from 1 up');
  const points = values.points.map(Number);
  if (!points.every((players) => Number.isInteger(players) && players > 0))
    throw new Error('--points wants numbers of players');
  const without = points.length > 0 ? wanted.filter(({ takesPoints }) => !takesPoints) : [];
  if (without.length > 0)
    throw new Error(`--points is for ${takers}, not for ${without.map(({ name }) => name).join(', ')}`);
  const options = { runs, quick, points, subjects: subjectsOf([values.subject, ...values.peer]) };
  for (const scenario of wanted) await runScenario(scenario, options, values.out);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
