// The console: what an operator sees of a server and does to it, by nothing but its API.

import { bytes, milliseconds, percent, reloadText } from './model/console.js';
import type { ApiClient, ApiStream, ApiSummary, ReloadReport, Sample } from './model/console.js';
import { nameOf } from './model/console_moves.js';
import { bitrate, codecName, duration, resolution } from './model/figures.js';
import { ApiError, callApi } from './ui/api.js';
import { makeChart, makeSpark } from './ui/chart.js';
import { button, element, make, setText } from './ui/dom.js';
import { wireEvents } from './ui/event_list.js';
import { wireFrame } from './ui/frame.js';
import { wireMoves } from './ui/moves.js';
import { pageSize, wirePager } from './ui/pager.js';
import { wireRows, type Column } from './ui/rows.js';

const interval = 1000;
const mostSamples = 720;
const mostSparkPoints = 60;

const streamColumns: readonly Column<ApiStream>[] = [
  { title: 'Stream', text: nameOf },
  {
    title: 'Video',
    text: ({ video }) => (video ? `${codecName(video.codec)} ${resolution(video.width, video.height)}` : '–'),
  },
  { title: 'Audio', text: ({ audio }) => codecName(audio?.codec) },
  { title: 'Clients', isNumber: true, text: ({ clients }) => String(clients) },
  { title: 'In', isNumber: true, text: ({ kbps }) => bitrate(kbps.recv_30s) },
  { title: 'Out', isNumber: true, text: ({ kbps }) => bitrate(kbps.send_30s) },
  { title: 'Skips', isNumber: true, text: ({ skips }) => String(skips) },
  { title: 'On air', isNumber: true, text: ({ uptime_ms: up }) => (up > 0 ? duration(up / 1000) : '–') },
];

const clientColumns: readonly Column<ApiClient>[] = [
  { title: 'Client', text: ({ id }) => String(id) },
  { title: 'Type', text: ({ type }) => type },
  { title: 'Address', text: ({ ip }) => ip },
  { title: 'Stream', text: nameOf },
  { title: 'Bitrate', isNumber: true, text: ({ kbps }) => bitrate(kbps.recv_30s + kbps.send_30s) },
  { title: 'Behind', isNumber: true, text: ({ lag_ms: lag }) => `${lag} ms` },
  { title: 'Skips', isNumber: true, text: ({ skips }) => String(skips) },
  { title: 'Since', isNumber: true, text: ({ alive }) => duration(alive) },
];

/** Says what came of something that the operator did; an error stays until the next. */
function tell(text: string, isError: boolean): void {
  const told = element('told');
  told.hidden = text === '';
  told.dataset['state'] = isError ? 'fault' : 'done';
  setText(told, text);
}

async function act(action: () => Promise<string>): Promise<void> {
  try {
    tell(await action(), false);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    tell(error.message, true);
  }
}

function sparkColumn(): (stream: ApiStream) => { root: Element; show(stream: ApiStream): void } {
  return () => {
    const spark = makeSpark();
    let values: number[] = [];
    return {
      root: spark.root,
      show: ({ kbps }) => {
        values = [...values, kbps.recv_30s + kbps.send_30s].slice(-mostSparkPoints);
        spark.show(values);
      },
    };
  };
}

function kickButton(client: ApiClient, refresh: () => void): { root: Element; show(): void } {
  const name = `client ${client.id} (${client.type}, ${client.ip})`;
  const root = make('button', {
    class: 'btn btn-outline-danger btn-sm',
    text: 'Kick',
    attributes: { type: 'button', 'aria-label': `Kick ${name}` },
  });
  root.addEventListener('click', () => {
    if (!confirm(`End ${name}?`)) return;
    void act(async () => {
      await callApi(`/api/v1/clients/${client.id}`, 'DELETE');
      refresh();
      return `Ended: ${name}.`;
    });
  });
  return { root, show: () => undefined };
}

function wireTotals(): (summary: ApiSummary, streams: number) => void {
  const names = ['Streams', 'Connections', 'In', 'Out', 'CPU of a core', 'CPU of the machine', 'Memory'] as const;
  const values = names.map((name) => {
    const value = make('dd', { class: 'num', attributes: { 'data-total': name } });
    element('totals').append(make('div', {}, make('dt', { text: name }), value));
    return value;
  });
  return ({ self, system }, streams) => {
    const texts = [
      ...[String(streams), String(system.conn_srs), bitrate(system.srs_recv_kbps), bitrate(system.srs_send_kbps)],
      ...[percent(self.cpu_percent), percent(system.cpu_percent), bytes(self.mem_kbyte * 1024)],
    ];
    values.forEach((value, index) => setText(value, texts[index] ?? ''));
    setText(element('server'), `weir ${self.version} · process ${self.pid} · up ${duration(self.srs_uptime)}`);
  };
}

function wirePlots(): () => Promise<void> {
  const plots = [
    { title: 'Traffic', format: bitrate, lines: { in: (s: Sample) => s.in_kbps, out: (s: Sample) => s.out_kbps } },
    { title: 'CPU', format: percent, lines: { core: (s: Sample) => s.cpu, machine: (s: Sample) => s.system_cpu } },
    { title: 'Memory', format: bytes, lines: { process: (s: Sample) => s.rss, streams: (s: Sample) => s.log_bytes } },
    {
      ...{ title: 'Flush round', format: milliseconds },
      lines: { mean: (s: Sample) => s.round_ms, longest: (s: Sample) => s.round_max_ms },
    },
  ].map(({ title, format, lines }) => {
    const chart = makeChart(title, Object.keys(lines), format);
    element('plots').append(chart.root);
    return { chart, lines: Object.entries(lines) };
  });
  let samples: readonly Sample[] = [];
  return async () => {
    const since = samples.at(-1)?.at ?? 0;
    const { samples: more } = await callApi<{ samples: Sample[] }>(`/api/v1/history?since=${since}`);
    if (more.length === 0) return;
    samples = [...samples, ...more].slice(-mostSamples);
    for (const { chart, lines } of plots) chart.show(lines.map(([name, of]) => ({ name, values: samples.map(of) })));
  };
}

function wireLists(refresh: () => void): () => Promise<number> {
  const showStreams = wireRows(element('streams'), {
    columns: streamColumns,
    key: ({ id }) => id,
    extra: sparkColumn(),
  });
  const showClients = wireRows(element('clients'), {
    columns: clientColumns,
    key: ({ id }) => id,
    extra: (client) => kickButton(client, refresh),
  });
  const streamPager = wirePager(element('streams-pager'), 'streams', refresh);
  const clientPager = wirePager(element('clients-pager'), 'clients', refresh);
  return async () => {
    const part = (start: number): string => `start=${start}&count=${pageSize}`;
    const [{ streams, total }, { clients, total: all }] = await Promise.all([
      callApi<{ total: number; streams: ApiStream[] }>(`/api/v1/streams?${part(streamPager.start)}`),
      callApi<{ total: number; clients: ApiClient[] }>(`/api/v1/clients?${part(clientPager.start)}`),
    ]);
    showStreams(streams);
    showClients(clients);
    element('no-streams').hidden = total > 0;
    element('no-clients').hidden = all > 0;
    streamPager.show(total);
    clientPager.show(all);
    return total;
  };
}

function main(): void {
  wireFrame();
  const showTotals = wireTotals();
  const showPlots = wirePlots();
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking || document.hidden) return;
    isLooking = true;
    try {
      const [{ data }, streams] = await Promise.all([
        callApi<{ data: ApiSummary }>('/api/v1/summaries'),
        showLists(),
        showPlots(),
        showMoves(),
      ]);
      showTotals(data, streams);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setText(element('server'), error.message);
    } finally {
      isLooking = false;
    }
  };
  const showLists = wireLists(() => void look());
  const showMoves = wireMoves(() => void look());
  button('reload').addEventListener('click', () => {
    void act(async () => reloadText((await callApi<{ data: ReloadReport }>('/api/v1/reload', 'POST')).data));
  });
  wireEvents(() => void look());
  setInterval(() => void look(), interval);
  void look();
}

main();
