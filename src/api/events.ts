// What happens, for those who listen at /api/v1/events: one JSON text for each. Nothing is made while nobody listens. What
// a flood of clients can cause is limited; what was left out is told as `suppressed`. A subscriber that does not keep up is
// closed by the server underneath, so that nothing is kept for it here.

import type { NativeEvent } from '../native.js';
import type { TextSocket } from './uws.js';

export const mostSubscribers = 64;
/** Of each kind in a second. */
const perSecond = 50;

type Told = Extract<
  NativeEvent,
  { type: 'published' | 'unpublished' | 'playing' | 'stopped' | 'refused' | 'closed' | 'turnedAway' | 'notice' }
>;

export const eventTypes = [
  ...['published', 'unpublished', 'playing', 'stopped', 'refused', 'closed', 'turnedAway', 'notice'],
  ...['suppressed', 'reloaded', 'draining'],
] as const;

const told = new Set<string>(eventTypes);

export interface EventHub {
  readonly handle: (event: NativeEvent) => void;
  /** Something that this side has to tell. */
  readonly tell: (type: string, facts: Readonly<Record<string, unknown>>) => void;
  readonly isFull: () => boolean;
  readonly add: (socket: TextSocket) => void;
  readonly remove: (socket: TextSocket) => void;
  readonly subscribers: () => number;
  readonly stop: () => void;
}

export function openEventHub(now: () => number = Date.now): EventHub {
  const sockets = new Set<TextSocket>();
  let second = 0;
  let counts = new Map<string, number>();
  const send = (record: Readonly<Record<string, unknown>>): void => {
    const text = JSON.stringify(record);
    for (const socket of [...sockets]) if (!socket.send(text)) sockets.delete(socket);
  };
  const flush = (): void => {
    const suppressed = [...counts].filter(([, count]) => count > perSecond);
    counts = new Map();
    for (const [of, count] of suppressed) send({ type: 'suppressed', at: now(), of, count: count - perSecond });
  };
  const timer = setInterval(flush, 1000);
  timer.unref();
  const admit = (type: string): boolean => {
    const current = Math.floor(now() / 1000);
    if (current !== second) flush();
    second = current;
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return count <= perSecond;
  };
  return {
    handle: (event) => {
      if (sockets.size === 0 || !told.has(event.type) || !admit(event.type)) return;
      send({ at: now(), ...(event as Told) });
    },
    tell: (type, facts) => {
      if (sockets.size > 0) send({ type, at: now(), ...facts });
    },
    isFull: () => sockets.size >= mostSubscribers,
    add: (socket) => {
      sockets.add(socket);
    },
    remove: (socket) => void sockets.delete(socket),
    subscribers: () => sockets.size,
    stop: () => {
      clearInterval(timer);
      for (const socket of sockets) socket.close(1001, 'the server stops');
      sockets.clear();
    },
  };
}
