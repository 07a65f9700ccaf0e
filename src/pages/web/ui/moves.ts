// Sections of the console that are there when there is something in them: transcodes, forwards, ingests, recordings.

import { bytes } from '../model/console.js';
import { fileName, isTroubled, nameOf, speedText, stateText } from '../model/console_moves.js';
import type { ApiForward, ApiIngest, ApiRecording, ApiTranscode } from '../model/console_moves.js';
import { bitrate, duration } from '../model/figures.js';
import { callApi } from './api.js';
import { element, make, setText } from './dom.js';
import { pageSize, wirePager } from './pager.js';
import { wireRows, type RowsOptions } from './rows.js';

interface Section<T> extends RowsOptions<T> {
  readonly title: string;
  /** One page of them, and how many there are. */
  readonly fetch: (start: number) => Promise<{ readonly total: number; readonly items: readonly T[] }>;
}

const since = ({ since_ms: at }: { readonly since_ms: number }): string => duration((Date.now() - at) / 1000);

/** What a program printed last. */
function printed({ lines }: { readonly lines: readonly string[] }): {
  readonly root: Element;
  show(item: { readonly lines: readonly string[] }): void;
} {
  const text = make('pre', { text: lines.join('\n') });
  const root = make('details', { class: 'printed' }, make('summary', { text: 'Log' }), text);
  return {
    root,
    show: (item) => {
      root.hidden = item.lines.length === 0;
      setText(text, item.lines.join('\n'));
    },
  };
}

function download({ id, file }: ApiRecording): { readonly root: Element; show(item: ApiRecording): void } {
  const attributes = { href: `/api/v1/recordings/${id}/file`, 'aria-label': `Download ${fileName(file)}` };
  const root = make('a', { class: 'btn btn-outline-secondary btn-sm', text: 'Download', attributes });
  return { root, show: ({ active }) => (root.hidden = active) };
}

/** Of lists that come whole. */
const pageOf = <T>(all: readonly T[], start: number): { readonly total: number; readonly items: readonly T[] } => ({
  total: all.length,
  items: all.slice(start, start + pageSize),
});

const transcodes: Section<ApiTranscode> = {
  title: 'Transcodes',
  fetch: async (start) =>
    pageOf((await callApi<{ transcodes: ApiTranscode[] }>('/api/v1/transcodes')).transcodes, start),
  key: (item) => `${nameOf(item)} ${item.scope} ${item.engine} ${item.output}`,
  columns: [
    { title: 'Stream', text: nameOf },
    { title: 'Engine', text: ({ engine }) => engine || '–' },
    { title: 'Output', text: ({ output }) => output },
    { title: 'State', text: stateText, isFault: isTroubled },
    { title: 'Since', isNumber: true, text: since },
    { title: 'Frames/s', isNumber: true, text: ({ fps }) => fps.toFixed(1) },
    { title: 'Speed', isNumber: true, text: ({ speed }) => speedText(speed) },
    { title: 'Bitrate', isNumber: true, text: ({ kbps }) => bitrate(kbps) },
    { title: 'Restarts', isNumber: true, text: ({ restarts }) => String(restarts) },
  ],
  extra: printed,
};

const forwards: Section<ApiForward> = {
  title: 'Forwards',
  fetch: async (start) => pageOf((await callApi<{ forwards: ApiForward[] }>('/api/v1/forwards')).forwards, start),
  key: (item) => `${nameOf(item)} ${item.target}`,
  columns: [
    { title: 'Stream', text: nameOf },
    { title: 'Target', text: ({ target }) => target },
    { title: 'State', text: stateText, isFault: isTroubled },
    { title: 'Since', isNumber: true, text: since },
    { title: 'Bitrate', isNumber: true, text: ({ kbps }) => bitrate(kbps.send_30s) },
    { title: 'Behind', isNumber: true, text: ({ lag_ms: lag }) => `${lag} ms` },
    { title: 'Skips', isNumber: true, text: ({ skips }) => String(skips) },
    { title: 'Attempts', isNumber: true, text: ({ attempts }) => String(attempts) },
  ],
};

const ingests: Section<ApiIngest> = {
  title: 'Ingests',
  fetch: async (start) => pageOf((await callApi<{ ingests: ApiIngest[] }>('/api/v1/ingests')).ingests, start),
  key: (item) => `${item.vhost_name} ${item.id} ${item.engine}`,
  columns: [
    { title: 'Ingest', text: ({ id, engine }) => [id, engine].filter((part) => part !== '').join(' ') || '–' },
    { title: 'From', text: ({ input }) => input },
    { title: 'Stream', text: nameOf },
    { title: 'State', text: stateText, isFault: isTroubled },
    { title: 'Since', isNumber: true, text: since },
    { title: 'Attempts', isNumber: true, text: ({ attempts }) => String(attempts) },
  ],
  extra: printed,
};

const recordings: Section<ApiRecording> = {
  title: 'Recordings',
  fetch: async (start) => {
    const path = `/api/v1/recordings?start=${start}&count=${pageSize}`;
    const { total, recordings: items } = await callApi<{ total: number; recordings: ApiRecording[] }>(path);
    return { total, items };
  },
  key: ({ id }) => id,
  columns: [
    { title: 'Stream', text: nameOf },
    { title: 'File', text: ({ file }) => fileName(file) },
    { title: 'State', text: ({ active }) => (active ? 'recording' : 'finished') },
    { title: 'Length', isNumber: true, text: ({ duration: length }) => (length > 0 ? duration(length) : '–') },
    { title: 'Size', isNumber: true, text: ({ bytes: size }) => bytes(size) },
    { title: 'Gaps', isNumber: true, text: ({ gaps }) => String(gaps), isFault: ({ gaps }) => gaps > 0 },
  ],
  extra: download,
};

function wireSection<T>({ title, fetch, ...options }: Section<T>, refresh: () => void): () => Promise<void> {
  const id = title.toLowerCase();
  const table = make('table', { class: 'rows', attributes: { id } });
  const pages = make('div', { class: 'pager' });
  const heading = make('h2', { text: title, attributes: { id: `${id}-title` } });
  const attributes = { 'aria-labelledby': `${id}-title` };
  const section = make('section', { class: 'panel', attributes }, heading, table, pages);
  section.hidden = true;
  element('moves').append(section);
  const show = wireRows(table, options);
  const pager = wirePager(pages, id, refresh);
  return async () => {
    const { total, items } = await fetch(pager.start);
    show(items);
    pager.show(total);
    section.hidden = total === 0;
  };
}

/** Returns what brings them up to date. */
export function wireMoves(refresh: () => void): () => Promise<void> {
  const shows = [
    wireSection(transcodes, refresh),
    wireSection(forwards, refresh),
    wireSection(ingests, refresh),
    wireSection(recordings, refresh),
  ];
  return async () => {
    await Promise.all(shows.map((show) => show()));
  };
}
