// What a scenario is: it measures, and says how its medians read as a table, as plots, and against what weir promises.
import type { BenchOptions } from './bench.js';
import type { Measurement, Summary } from './measurement.js';
import type { Plot } from './plot.js';

export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One promise: what was found, and what was to be shown. */
export interface Verdict {
  readonly promise: string;
  readonly found: string;
  /** Undefined: not measured in this run. */
  readonly holds: boolean | undefined;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is done and how to read it, in a few sentences. */
  readonly about: string;
  /** It measures at numbers of players or viewers, and `--points` may choose them. */
  readonly takesPoints?: true;
  /** Measures one run; the runs of all scenarios' subjects are interleaved: each run measures everything once. */
  measure(run: number, options: BenchOptions): AsyncIterable<Measurement>;
  table(summary: Summary): Table;
  plots?(summary: Summary): readonly Plot[];
  verdicts?(summary: Summary): readonly Verdict[];
}

export const digits = (value: number, places = 1) => (Number.isFinite(value) ? value.toFixed(places) : '-');

export function atMost(promise: string, found: number, limit: number, places = 2): Verdict {
  return { promise, found: digits(found, places), holds: Number.isFinite(found) ? found <= limit : undefined };
}

/** No player of weir's lost a frame or its connection, at any point of any run. */
export function noFaults(summary: Summary, subject = 'weir'): Verdict {
  const found = summary.points.flatMap((point) =>
    ['gaps', 'broken', 'lost', 'failed'].flatMap((metric) => summary.values(subject, point, metric)),
  );
  const sum = found.reduce((total, value) => total + value, 0);
  const of = subject === 'weir' ? '' : `${subject}: `;
  return { promise: `${of}no gap, no loss`, found: String(sum), holds: found.length > 0 ? sum === 0 : undefined };
}
