// What scenarios produce: figures of one subject (weir, the floor, a peer) at one point (a number of players, a setting) in
// one run; and the medians over the runs, which are what is shown.

export type Metrics = Readonly<Record<string, number>>;

export interface Measurement {
  readonly subject: string;
  readonly point: string;
  readonly run: number;
  readonly metrics: Metrics;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

export interface Summary {
  readonly subjects: readonly string[];
  readonly points: readonly string[];
  /** The median over the runs; NaN if it was not measured. */
  value(subject: string, point: string, metric: string): number;
  /** Every run's value. */
  values(subject: string, point: string, metric: string): readonly number[];
  /** The median of the ratios within each run: subject's metric over the other one's. */
  ratio(point: string, of: readonly [string, string], to: readonly [string, string]): number;
}

export function summarize(measurements: readonly Measurement[]): Summary {
  const find = (subject: string, point: string) =>
    measurements.filter((m) => m.subject === subject && m.point === point);
  const values = (subject: string, point: string, metric: string) =>
    find(subject, point).flatMap(({ metrics }) => metrics[metric] ?? []);
  return {
    subjects: [...new Set(measurements.map(({ subject }) => subject))],
    points: [...new Set(measurements.map(({ point }) => point))],
    values,
    value: (subject, point, metric) => median(values(subject, point, metric)),
    ratio: (point, [subject, metric], [otherSubject, otherMetric]) => {
      const others = find(otherSubject, point);
      const ratios = find(subject, point).flatMap(({ run, metrics }) => {
        const other = others.find((m) => m.run === run)?.metrics[otherMetric];
        const own = metrics[metric];
        return own === undefined || other === undefined ? [] : own / other;
      });
      return median(ratios);
    },
  };
}
