// What a feature tells Prometheus: rows of a table, read at each scrape. From the rows come /metrics and docs/metrics.md.
// A feature declares its rows over what it keeps anyway; server.ts binds them to the running one and hands them to the API.

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A distribution: `counts` has one more entry than `bounds`, for what is beyond the last. */
export interface Distribution {
  readonly labels?: Readonly<Record<string, string>>;
  readonly counts: readonly number[];
  readonly sum: number;
}

interface RowBase {
  /** In Prometheus' conventions: weir_..., base units, counters end in _total. */
  readonly name: string;
  readonly help: string;
  /** Their values must be few: never a client, an address or a path. */
  readonly labels?: readonly string[];
}

export interface ValueRow<Source> extends RowBase {
  readonly type: 'counter' | 'gauge';
  readonly read: (source: Source) => number | readonly Sample[];
}

export interface HistogramRow<Source> extends RowBase {
  readonly type: 'histogram';
  /** Upper bounds of the buckets, in the unit of the name. */
  readonly bounds: readonly number[];
  readonly read: (source: Source) => readonly Distribution[];
}

export type MetricRow<Source> = ValueRow<Source> | HistogramRow<Source>;

/** Rows with what they read from: what the API takes. */
export interface BoundMetrics {
  readonly rows: readonly MetricRow<void>[];
}

/** `source` is asked once a row, at a scrape. */
export function bindMetrics<Source>(rows: readonly MetricRow<Source>[], source: () => Source): BoundMetrics {
  return {
    rows: rows.map((row) =>
      row.type === 'histogram'
        ? { ...row, read: () => row.read(source()) }
        : { ...row, read: () => row.read(source()) },
    ),
  };
}
