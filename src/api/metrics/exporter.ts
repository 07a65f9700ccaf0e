// The rows of the metrics tables as a registry of prom-client. Everything is read when a scrape comes; nothing is counted here.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BoundMetrics, HistogramRow, MetricRow, Sample, ValueRow } from '../../metric.js';

export interface Exporter {
  readonly text: () => Promise<string>;
}

/** `before` is called once at the beginning of each scrape. */
export function createExporter(sources: readonly BoundMetrics[], before: () => void): Exporter {
  const registry = new Registry();
  for (const row of sources.flatMap(({ rows }) => rows)) register(registry, row);
  return {
    text: () => {
      before();
      return registry.metrics();
    },
  };
}

function register(registry: Registry, row: MetricRow<void>): void {
  if (row.type === 'histogram') registerHistogram(registry, row);
  else if (row.type === 'counter') registerCounter(registry, row);
  else registerGauge(registry, row);
}

const samplesOf = (row: ValueRow<void>): readonly Sample[] => {
  const value = row.read();
  return typeof value === 'number' ? [{ value }] : value;
};

function registerCounter(registry: Registry, row: ValueRow<void>): void {
  const { name, help, labels = [] } = row;
  const counter = new Counter<string>({
    ...{ name, help, labelNames: labels, registers: [registry] },
    collect: () => {
      counter.reset();
      for (const sample of samplesOf(row)) counter.inc(sample.labels ?? {}, sample.value);
    },
  });
}

function registerGauge(registry: Registry, row: ValueRow<void>): void {
  const { name, help, labels = [] } = row;
  const gauge = new Gauge<string>({
    ...{ name, help, labelNames: labels, registers: [registry] },
    collect: () => {
      gauge.reset();
      for (const sample of samplesOf(row)) gauge.set(sample.labels ?? {}, sample.value);
    },
  });
}

/** prom-client's histogram observes values one by one; ours are counted already, so that its output is made here. */
function registerHistogram(registry: Registry, row: HistogramRow<void>): void {
  const { name, help, labels = [], bounds } = row;
  const histogram = new Histogram<string>({
    name,
    help,
    labelNames: labels,
    buckets: [...bounds],
    registers: [registry],
  });
  const read = () => {
    const values = row.read().flatMap(({ labels: own = {}, counts, sum }) => {
      let total = 0;
      const buckets = counts.map((count, index) => {
        total += count;
        return { labels: { ...own, le: String(bounds[index] ?? '+Inf') }, value: total, metricName: `${name}_bucket` };
      });
      return [
        ...buckets,
        { labels: own, value: sum, metricName: `${name}_sum` },
        { labels: own, value: total, metricName: `${name}_count` },
      ];
    });
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
  };
  // The first is what the text is made from, the second what the documentation names.
  Object.assign(histogram, { getForPromString: read, get: read });
}
