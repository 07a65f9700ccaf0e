// The state that playback of a stream is in, and how it is told to a viewer. Pure.

import { faultText, type Fault } from './faults.js';
import type { Protocol } from './protocols.js';

export type State =
  | { readonly kind: 'idle' | 'paused' }
  /** `waiting`: the server is there and nobody sends; `stalled`: the picture stands. */
  | { readonly kind: 'connecting' | 'waiting' | 'playing' | 'stalled'; readonly protocol: Protocol }
  /** `retryAt`: when it begins again by itself, as performance.now() counts. */
  | { readonly kind: 'fault'; readonly fault: Fault; readonly retryAt?: number };

export interface Words {
  /** One or two words, for a badge. */
  readonly short: string;
  /** Over the picture; empty: nothing hides it. */
  readonly title: string;
  readonly advice: string;
  readonly detail: string;
  /** Something is under way that needs no viewer. */
  readonly isBusy: boolean;
  /** A play button is what helps. */
  readonly wantsPlay: boolean;
  /** Trying again by hand makes sense. */
  readonly canRetry: boolean;
}

const quiet = { title: '', advice: '', detail: '', isBusy: false, wantsPlay: false, canRetry: false };

export function describeState(state: State): Words {
  switch (state.kind) {
    case 'idle':
      return { ...quiet, short: 'Stopped', wantsPlay: true };
    case 'paused':
      return { ...quiet, short: 'Paused', wantsPlay: true };
    case 'connecting':
      return { ...quiet, short: 'Connecting', title: 'Connecting…', isBusy: true };
    case 'waiting':
      return { ...quiet, ...faultText('off-air'), short: 'Not on air' };
    case 'playing':
      return { ...quiet, short: 'On air' };
    case 'stalled':
      return { ...quiet, short: 'Waiting', title: 'Waiting for the picture…', isBusy: true };
    case 'fault': {
      const { kind, detail = '' } = state.fault;
      const text = faultText(kind);
      const wantsPlay = kind === 'autoplay';
      return { ...quiet, ...text, detail, short: text.title, wantsPlay, canRetry: !wantsPlay };
    }
  }
}

/** `Next attempt in 3 s`, or nothing. */
export function countdown(state: State, now: number): string {
  if (state.kind !== 'fault' || state.retryAt === undefined) return '';
  return `Next attempt in ${Math.max(1, Math.ceil((state.retryAt - now) / 1000))} s`;
}
