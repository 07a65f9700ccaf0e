// The home page: what is live, and how to send.

import { pageQuery, parseTyped, readPlace, streamUrls, type Place } from './model/address.js';
import type { LiveStream } from './model/streams.js';
import { vhostToName } from './model/streams.js';
import { showAddresses } from './ui/copy.js';
import { element, input, need, setText } from './ui/dom.js';
import { watchStreams, type Listing } from './ui/fetch_streams.js';
import { wireFrame } from './ui/frame.js';
import { wireStreamList } from './ui/stream_list.js';

function originOf(place: Place): string {
  return new URL(streamUrls(place).flv).origin;
}

function showPublish(place: Place): void {
  const { rtmp } = streamUrls({ ...place, stream: 'mine', extra: [] });
  showAddresses(element('publish'), [
    { name: 'Server', url: rtmp.replace(/\/mine.*$/, '') },
    { name: 'Stream key', url: rtmp.replace(/^.*\/(?=mine)/, '') },
  ]);
  setText(element('ffmpeg'), `ffmpeg -re -i FILE -c:v libx264 -c:a aac -f flv ${rtmp}`);
}

function wireOpen(place: Place): void {
  const [typed, error] = [input('typed'), element('typed-error')];
  need('#open', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const wanted = parseTyped(typed.value, place);
    error.hidden = wanted !== undefined;
    typed.setAttribute('aria-invalid', String(wanted === undefined));
    if (wanted) location.assign(`player.html${pageQuery(wanted, location, { autostart: 'true' })}`);
    else typed.focus();
  });
}

/** Where each stream of a listing is, for the links to it. */
function placesOf(base: Place, streams: readonly LiveStream[]): Map<LiveStream, Place> {
  return new Map(
    streams.map((live) => {
      const { app, stream } = live;
      return [live, { ...base, app, stream, vhost: vhostToName(live, streams, base.server) }];
    }),
  );
}

function summaryOf(streams: readonly LiveStream[]): string {
  const viewers = streams.reduce((sum, stream) => sum + stream.viewers, 0);
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  return streams.length === 0 ? '' : `${count(streams.length, 'stream')}, ${count(viewers, 'viewer')}`;
}

function showEmpty(listing: Listing): void {
  const texts = {
    streams: ['Nobody is on air', 'Send a stream with the address below: it appears here within seconds.'],
    secret: ['This server does not list its streams', 'You can watch each one whose name you know.'],
    unreachable: ['The server can’t be reached', 'It is asked again every few seconds.'],
  } as const;
  const [title, advice] = texts[listing.kind];
  setText(element('empty-title'), title);
  setText(element('empty-advice'), advice);
}

function main(): void {
  wireFrame();
  const place = readPlace(new URLSearchParams(location.search), location);
  showPublish(place);
  wireOpen(place);
  const list = wireStreamList();
  watchStreams(originOf(place), (listing) => {
    const streams = listing.kind === 'streams' ? listing.streams : [];
    setText(element('summary'), summaryOf(streams));
    showEmpty(listing);
    element('empty').hidden = streams.length > 0;
    list.show(placesOf(place, streams));
  });
}

main();
