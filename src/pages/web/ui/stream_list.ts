// The list of what is live. A row stays the same element while its stream lives, so that focus and ticks survive an update.

import play from 'bootstrap-icons/icons/play-fill.svg';
import { pageQuery, type Place } from '../model/address.js';
import { bitrate, codecName, duration, resolution } from '../model/figures.js';
import { wallQuery, mostOnWall, nameOnWall } from '../model/wall.js';
import type { LiveStream } from '../model/streams.js';
import { element, icon, make, need, setText } from './dom.js';

export interface StreamList {
  show(streams: ReadonlyMap<LiveStream, Place>): void;
}

interface Row {
  readonly item: HTMLLIElement;
  readonly tick: HTMLInputElement;
  readonly link: HTMLAnchorElement;
  place: Place;
}

export function wireStreamList(): StreamList {
  const list = element('streams');
  const rows = new Map<string, Row>();
  list.addEventListener('change', () => showSelection([...rows.values()]));
  return {
    show: (streams) => {
      element('head').hidden = streams.size === 0;
      const seen = new Set<string>();
      for (const [live, place] of streams) {
        const key = JSON.stringify([live.vhost, live.app, live.stream]);
        seen.add(key);
        const row = rows.get(key) ?? makeRow(live, place);
        rows.set(key, row);
        row.place = place;
        fillRow(row, live);
        list.append(row.item);
      }
      for (const [key, row] of rows) {
        if (seen.has(key)) continue;
        row.item.remove();
        rows.delete(key);
      }
      showSelection([...rows.values()]);
    },
  };
}

const cells = ['picture', 'codecs', 'bitrate', 'viewers', 'uptime'] as const;
const labels: Readonly<Record<(typeof cells)[number], string>> = {
  picture: 'Picture',
  codecs: 'Codecs',
  bitrate: 'Bitrate',
  viewers: 'Viewers',
  uptime: 'On air',
};

function makeRow(live: LiveStream, place: Place): Row {
  const attributes = { type: 'checkbox', 'aria-label': `Select ${live.app}/${live.stream}` };
  const tick = make('input', { class: 'form-check-input', attributes });
  const link = make(
    'a',
    { class: 'stream-link' },
    make('span', { class: 'name', text: live.stream }),
    make('span', { class: 'where', text: [live.app, place.vhost].filter((part) => part !== '').join(' · ') }),
  );
  const figures = cells.map((cell) =>
    make(
      'span',
      { class: 'cell', attributes: { 'data-cell': cell } },
      make('span', { class: 'label', text: labels[cell] }),
      make('span', { class: 'num' }),
    ),
  );
  const watch = make('span', { class: 'watch-mark', attributes: { 'aria-hidden': 'true' } }, icon(play));
  const together = make('span', { class: 'cells' }, ...figures);
  return { item: make('li', { class: 'stream' }, tick, link, together, watch), tick, link, place };
}

function fillRow({ item, link, place }: Row, live: LiveStream): void {
  link.href = `player.html${pageQuery(place, location, { autostart: 'true' })}`;
  const codecs = [live.videoCodec, live.audioCodec].filter((codec) => codec !== '').map(codecName);
  const texts: Readonly<Record<(typeof cells)[number], string>> = {
    picture: resolution(live.width, live.height),
    codecs: codecs.join(', ') || '–',
    bitrate: bitrate(live.kbps),
    viewers: String(live.viewers),
    uptime: duration(live.uptime),
  };
  for (const cell of cells) setText(need(`[data-cell="${cell}"] .num`, HTMLElement, item), texts[cell]);
}

function showSelection(rows: readonly Row[]): void {
  const ticked = rows.filter(({ tick }) => tick.checked);
  for (const { tick } of rows) tick.disabled = !tick.checked && ticked.length >= mostOnWall;
  element('selection').hidden = ticked.length === 0;
  setText(element('selection-text'), `${ticked.length} of at most ${mostOnWall} selected`);
  const names = ticked.map(({ place }) => nameOnWall(place));
  need('#selection-link', HTMLAnchorElement).search = wallQuery(new URLSearchParams(location.search), names);
}
