// What happens on the server, as it tells by its WebSocket: the newest first, and of the old ones only so many.

import { eventText } from '../model/console.js';
import { retryDelay } from '../model/backoff.js';
import { element, make, setText } from './dom.js';

const most = 200;

/** Connects, and again when it was cut, as long as the page lives. */
export function wireEvents(onEvent: () => void): void {
  const [list, state] = [element('events'), element('events-state')];
  let failures = 0;
  const connect = (): void => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/events`);
    socket.addEventListener('open', () => {
      failures = 0;
      setText(state, 'Connected.');
    });
    socket.addEventListener('message', ({ data }) => {
      const event = eventText(String(data));
      if (!event) return;
      const clock = make('time', { class: 'num', text: new Date(event.at).toLocaleTimeString() });
      const type = make('strong', { text: event.type });
      const facts = [event.stream, event.facts].filter((part) => part !== '').join(' ');
      list.prepend(make('li', {}, clock, type, make('span', { text: facts })));
      while (list.children.length > most) list.lastElementChild?.remove();
      onEvent();
    });
    socket.addEventListener('close', () => {
      setText(state, 'Not connected; it connects again by itself.');
      setTimeout(connect, retryDelay(failures, Math.random()));
      failures += 1;
    });
  };
  connect();
}
