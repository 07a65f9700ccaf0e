// How a live picture stays near live: a little faster while it is late, a jump when it is very late, and a larger distance
// for those whose network stutters. Pure: the player asks it some times a second what to do.

/** All in seconds, but the rate. */
export interface Delay {
  /** How far behind the newest picture received playback stays. */
  readonly target: number;
  /** Further behind than this it jumps. */
  readonly jump: number;
  /** The fastest it plays to catch up; 1 never hurries. */
  readonly rate: number;
}

export type DelayName = 'shortest' | 'short' | 'steady' | 'off';

/** null: playback is left alone. */
export const delays: Readonly<Record<DelayName, Delay | null>> = {
  shortest: { target: 0.25, jump: 1, rate: 1.2 },
  short: { target: 0.5, jump: 2, rate: 1.15 },
  steady: { target: 2, jump: 6, rate: 1.08 },
  off: null,
};

export const defaultDelay: DelayName = 'short';

export const isDelayName = (text: string): text is DelayName => text in delays;

/** What a person may ask for; beyond it playback would stand still or sound like a chipmunk. */
export const delayBounds = { target: [0.1, 30], jump: [0.5, 60], rate: [1, 2] } as const;

export function boundedDelay({ target, jump, rate }: Delay): Delay {
  const [lowTarget, highTarget] = delayBounds.target;
  const bounded = clamp(target, lowTarget, highTarget);
  return {
    target: bounded,
    // A jump lands on the target: it must lie clearly beyond, or it would happen again and again.
    jump: Math.max(clamp(jump, ...delayBounds.jump), bounded + 0.5),
    rate: clamp(rate, ...delayBounds.rate),
  };
}

export interface Chase {
  /** Smoothed, seconds; negative before the first look. */
  readonly behind: number;
  /** Added to the target because playback ran dry, seconds. */
  readonly extra: number;
}

export const noChase: Chase = { behind: -1, extra: 0 };

export interface Look {
  /** Newest picture received minus picture shown. */
  readonly behind: number;
  /** Since the last look. */
  readonly elapsed: number;
  /** Playback ran dry since the last look. */
  readonly stalled: boolean;
}

export interface Advice {
  readonly chase: Chase;
  readonly rate: number;
  /** How far behind to jump to; undefined: stay. */
  readonly jumpTo?: number;
}

/** The buffer goes up and down with each piece that arrives: this is how long it takes to believe a change. */
const memory = 0.7;
const extraPerStall = 0.3;
const mostExtra = 3;
/** What one stall added is forgotten in about so long. */
const forgetting = 60;
/** So near to the target playback is left at its own speed. */
const slack = 0.06;
/** Late by a second: faster by so much. */
const gain = 0.25;
/** Slower than this is heard. */
const slowest = 0.95;

export function chaseStep(chase: Chase, look: Look, delay: Delay): Advice {
  const { elapsed } = look;
  const weight = chase.behind < 0 ? 1 : 1 - Math.exp(-elapsed / memory);
  const behind = Math.max(0, chase.behind) + weight * (look.behind - Math.max(0, chase.behind));
  const kept = chase.extra * Math.exp(-elapsed / forgetting);
  const extra = Math.min(mostExtra, kept + (look.stalled ? extraPerStall : 0));
  const target = delay.target + extra;
  if (look.behind > delay.jump + extra) return { chase: { behind: target, extra }, rate: 1, jumpTo: target };
  return { chase: { behind, extra }, rate: rateFor(behind - target, delay.rate) };
}

function rateFor(late: number, fastest: number): number {
  if (fastest <= 1 || Math.abs(late) <= slack) return 1;
  const beyond = late - Math.sign(late) * slack;
  // Two digits: a browser that resamples audio should not do so anew for nothing.
  return Math.round(clamp(1 + gain * beyond, slowest, fastest) * 100) / 100;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Number.isFinite(value) ? value : low));
}
