// A table of panels -> conf/grafana.json, a dashboard for Grafana. A test asks a Prometheus every query of it.

interface Panel {
  readonly title: string;
  /** Of Grafana: bps, Bps, bytes, s, percentunit, short, ... */
  readonly unit: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

const rate = (metric: string): string => `rate(${metric}[$__rate_interval])`;

export const panels: readonly Panel[] = [
  {
    ...{ title: 'Bit rate', unit: 'bps' },
    queries: [
      { expr: '8 * sum(weir_receive_bytes_per_second)', legend: 'in' },
      { expr: '8 * sum(weir_send_bytes_per_second)', legend: 'out' },
    ],
  },
  {
    ...{ title: 'Players', unit: 'short' },
    queries: [{ expr: 'sum by (protocol) (weir_players)', legend: '{{protocol}}' }],
  },
  {
    ...{ title: 'Streams and publishers', unit: 'short' },
    queries: [
      { expr: 'sum(weir_streams)', legend: 'streams' },
      { expr: 'sum(weir_publishers)', legend: 'publishers' },
    ],
  },
  {
    ...{ title: 'Media by vhost', unit: 'Bps' },
    queries: [
      { expr: `sum by (vhost) (${rate('weir_vhost_received_bytes_total')})`, legend: '{{vhost}} in' },
      { expr: `sum by (vhost) (${rate('weir_vhost_sent_bytes_total')})`, legend: '{{vhost}} out' },
    ],
  },
  {
    ...{ title: 'Largest apps', unit: 'short' },
    queries: [{ expr: 'topk(10, sum by (vhost, app) (weir_app_players))', legend: '{{vhost}}/{{app}}' }],
  },
  {
    ...{ title: 'Connections', unit: 'short' },
    queries: [
      { expr: 'sum(weir_connections)', legend: 'open' },
      { expr: `sum(${rate('weir_connections_accepted_total')})`, legend: 'new in a second' },
    ],
  },
  {
    ...{ title: 'Refusals and broken connections', unit: 'cps' },
    queries: [
      {
        expr: `sum by (reason) (${rate('weir_connections_ended_total{kind="error"}')})`,
        legend: '{{reason}}',
      },
      { expr: `sum by (reason) (${rate('weir_http_refusals_total')})`, legend: 'HTTP {{reason}}' },
    ],
  },
  {
    ...{ title: 'Skipped players and dropped messages', unit: 'cps' },
    queries: [
      { expr: `sum(${rate('weir_skips_total')})`, legend: 'skips' },
      { expr: `sum(${rate('weir_drops_total')})`, legend: 'drops' },
    ],
  },
  {
    ...{ title: 'How late rounds begin', unit: 's' },
    queries: [
      {
        expr: `histogram_quantile(0.99, sum by (le) (${rate('weir_reactor_start_delay_seconds_bucket')}))`,
        legend: 'p99',
      },
      { expr: 'max(weir_reactor_start_delay_max_seconds)', legend: 'longest' },
    ],
  },
  {
    ...{ title: 'Flush rounds', unit: 's' },
    queries: [
      {
        expr: `sum(${rate('weir_reactor_round_seconds_total')}) / sum(${rate('weir_reactor_rounds_total')})`,
        legend: 'mean time',
      },
      {
        expr: `sum(${rate('weir_reactor_round_interval_seconds_total')}) / sum(${rate('weir_reactor_rounds_total')})`,
        legend: 'mean interval',
      },
      { expr: 'max(weir_reactor_round_max_seconds)', legend: 'longest' },
    ],
  },
  {
    ...{ title: 'Event loop delay', unit: 's' },
    queries: [{ expr: 'max by (point) (weir_event_loop_delay_seconds)', legend: '{{point}}' }],
  },
  {
    ...{ title: 'Memory', unit: 'bytes' },
    queries: [
      { expr: 'sum(process_resident_memory_bytes)', legend: 'resident' },
      { expr: 'sum(weir_log_bytes)', legend: 'stream logs' },
      { expr: 'sum(weir_log_limit_bytes)', legend: 'their limit' },
      { expr: 'sum(weir_object_bytes)', legend: 'objects' },
    ],
  },
  {
    ...{ title: 'Processor', unit: 'percentunit' },
    queries: [
      { expr: `sum(${rate('process_cpu_seconds_total')})`, legend: 'weir, of one core' },
      { expr: 'avg(weir_system_cpu_ratio)', legend: 'the machine' },
    ],
  },
  {
    ...{ title: 'Answers over HTTP', unit: 'reqps' },
    queries: [{ expr: `sum by (status) (${rate('weir_http_responses_total')})`, legend: '{{status}}' }],
  },
];

const [columns, width, height] = [2, 12, 8];
const source = { type: 'prometheus', uid: '${datasource}' };

export function dashboard(): string {
  const board = {
    title: 'weir',
    uid: 'weir',
    tags: ['weir', 'streaming'],
    ...{ schemaVersion: 39, version: 1, editable: true, refresh: '10s', time: { from: 'now-1h', to: 'now' } },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }] },
    panels: panels.map(({ title, unit, queries }, index) => ({
      ...{ id: index + 1, type: 'timeseries', title, datasource: source },
      gridPos: { x: (index % columns) * width, y: Math.floor(index / columns) * height, w: width, h: height },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
      targets: queries.map(({ expr, legend }, number) => ({
        ...{ refId: String.fromCharCode(65 + number), datasource: source, expr, legendFormat: legend },
      })),
    })),
  };
  return `${JSON.stringify(board, null, 2)}\n`;
}
