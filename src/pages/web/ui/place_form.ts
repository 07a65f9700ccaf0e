// Where the stream is, as a form, and the addresses that follow from it while one types.

import { parseTyped, streamUrls, type Place } from '../model/address.js';
import { showAddresses } from './copy.js';
import { element, input, need } from './dom.js';

export function wirePlace(start: Place, watch: (place: Place) => void): void {
  let place = start;
  const fields = {
    app: input('p-app'),
    stream: input('p-stream'),
    server: input('p-server'),
    vhost: input('p-vhost'),
    httpPort: input('p-http'),
    rtmpPort: input('p-rtmp'),
  };
  const extra = input('p-extra');
  const fill = (): void => {
    for (const [name, field] of Object.entries(fields)) field.value = place[name as keyof typeof fields];
    extra.value = new URLSearchParams(place.extra.map(([name, value]) => [name, value])).toString();
    show();
  };
  const show = (): void => {
    const urls = streamUrls(place);
    showAddresses(element('urls'), [
      { name: 'RTMP', url: urls.rtmp },
      { name: 'HTTP-FLV', url: urls.flv },
      { name: 'WS-FLV', url: urls.wsFlv },
      { name: 'HTTP-TS', url: urls.ts },
      { name: 'HLS', url: urls.hls },
    ]);
  };
  const form = need('#place', HTMLFormElement);
  const typed = input('typed');
  const error = element('typed-error');
  typed.addEventListener('input', () => {
    const parsed = typed.value.trim() === '' ? place : parseTyped(typed.value, place);
    error.hidden = parsed !== undefined;
    typed.setAttribute('aria-invalid', String(parsed === undefined));
    if (!parsed) return;
    place = parsed;
    fill();
  });
  form.addEventListener('input', (event) => {
    if (event.target === typed) return;
    const value = (name: keyof typeof fields): string => fields[name].value.trim();
    place = {
      ...place,
      app: value('app'),
      stream: value('stream'),
      server: value('server'),
      vhost: value('vhost'),
      httpPort: value('httpPort'),
      rtmpPort: value('rtmpPort') || '1935',
      extra: [...new URLSearchParams(extra.value.trim())],
    };
    show();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const missing = [fields.app, fields.stream, fields.server].find(({ value }) => value.trim() === '');
    if (missing) missing.focus();
    else watch(place);
  });
  fill();
}
