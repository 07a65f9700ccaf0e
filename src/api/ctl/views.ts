// Replies of the API as a person reads them.

import type { Reply } from './client.js';
import { bytes, duration, percent, printable, table, type Column } from './table.js';

/** Whatever a server of another version may leave out reads as 0 or nothing. */
type Item = Readonly<Record<string, unknown>>;

const at = (item: Item, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Item | null | undefined)?.[name], item);
const numberAt = (item: Item, ...path: readonly string[]): number => Number(at(item, ...path) ?? 0);
const textAt = (item: Item, ...path: readonly string[]): string => {
  const value = at(item, ...path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};
const right = 'right' as const;

const streamColumns: readonly Column<Item>[] = [
  { title: 'VHOST', value: (item) => textAt(item, 'vhost_name') },
  { title: 'STREAM', value: (item) => `${textAt(item, 'app')}/${textAt(item, 'name')}` },
  { title: 'CLIENTS', align: right, value: (item) => numberAt(item, 'clients') },
  { title: 'IN KBPS', align: right, value: (item) => numberAt(item, 'kbps', 'recv_30s') },
  { title: 'OUT KBPS', align: right, value: (item) => numberAt(item, 'kbps', 'send_30s') },
  { title: 'VIDEO', value: videoOf },
  { title: 'AUDIO', value: (item) => textAt(item, 'audio', 'codec') || '-' },
  { title: 'SKIPS', align: right, value: (item) => numberAt(item, 'skips') },
  {
    title: 'UP',
    align: right,
    value: (item) => (at(item, 'publish', 'active') ? duration(numberAt(item, 'uptime_ms')) : '-'),
  },
];

function videoOf(item: Item): string {
  const codec = textAt(item, 'video', 'codec');
  const [width, height] = [numberAt(item, 'video', 'width'), numberAt(item, 'video', 'height')];
  return codec === '' ? '-' : `${codec} ${width}x${height}`;
}

const clientColumns: readonly Column<Item>[] = [
  { title: 'ID', align: right, value: (item) => textAt(item, 'id') },
  { title: 'TYPE', value: (item) => textAt(item, 'type') },
  { title: 'IP', value: (item) => textAt(item, 'ip') },
  { title: 'STREAM', value: (item) => `${textAt(item, 'vhost_name')}/${textAt(item, 'app')}/${textAt(item, 'name')}` },
  {
    title: 'KBPS',
    align: right,
    value: (item) => numberAt(item, 'kbps', 'recv_30s') + numberAt(item, 'kbps', 'send_30s'),
  },
  { title: 'LAG MS', align: right, value: (item) => numberAt(item, 'lag_ms') },
  { title: 'SKIPS', align: right, value: (item) => numberAt(item, 'skips') },
  { title: 'UP', align: right, value: (item) => duration(numberAt(item, 'alive') * 1000) },
];

export type Bold = (text: string) => string;
const items = (reply: Reply, name: string): readonly Item[] =>
  Array.isArray(reply[name]) ? (reply[name] as Item[]) : [];

export const streamsView = (reply: Reply, bold: Bold): string => table(streamColumns, items(reply, 'streams'), bold);
export const clientsView = (reply: Reply, bold: Bold): string => table(clientColumns, items(reply, 'clients'), bold);

export function statusView(summaries: Reply, streams: Reply): string {
  const data = summaries['data'] as Item;
  const lines = [
    ['version', `${textAt(data, 'self', 'version')}, process ${textAt(data, 'self', 'pid')}`],
    ['up', duration(numberAt(data, 'self', 'srs_uptime') * 1000)],
    ['streams', numberAt(streams, 'total')],
    ['connections', numberAt(data, 'system', 'conn_srs')],
    ['in, out', `${numberAt(data, 'system', 'srs_recv_kbps')}, ${numberAt(data, 'system', 'srs_send_kbps')} kbit/s`],
    [
      'processor',
      `${percent(numberAt(data, 'self', 'cpu_percent'))} of a core; machine ${percent(numberAt(data, 'system', 'cpu_percent'))}`,
    ],
    [
      'memory',
      `${bytes(numberAt(data, 'self', 'mem_kbyte') * 1024)}; machine ${percent(numberAt(data, 'system', 'mem_ram_percent'))}`,
    ],
  ] as const;
  return lines.map(([name, value]) => `${name.padEnd(12)} ${value}\n`).join('');
}

export function reloadView({ data }: Reply): string {
  const { applied, restart } = data as {
    readonly applied: readonly string[];
    readonly restart: readonly { readonly path: string; readonly why: string }[];
  };
  if (applied.length + restart.length === 0) return 'nothing has changed\n';
  return [
    ...applied.map((path) => `applied  ${path}\n`),
    ...restart.map(({ path, why }) => `restart  ${path}: ${why}\n`),
  ].join('');
}

export function drainView({ data }: Reply): string {
  const { clients, left_ms: left } = data as { readonly clients: number; readonly left_ms: number };
  return `nobody new is taken; ${clients} still there, for ${Math.ceil(left / 1000)} s at most\n`;
}

const named = new Set(['type', 'at', 'vhost', 'app', 'stream']);

export function eventView(event: Item): string {
  const clock = new Date(numberAt(event, 'at')).toISOString().slice(11, 23);
  const stream = textAt(event, 'stream');
  const name = stream === '' ? '' : ` ${textAt(event, 'vhost')}/${textAt(event, 'app')}/${stream}`;
  const facts = Object.entries(event).filter(([key]) => !named.has(key));
  const rest = facts.map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join('');
  return `${printable(`${clock} ${textAt(event, 'type')}${name}${rest}`)}\n`;
}
