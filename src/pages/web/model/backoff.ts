// How long to wait before the next attempt: twice as long each time, up to a bound, and never quite the same, so that
// the viewers of a server that was restarted do not all come back in one instant. Pure.

const first = 1000;
const longest = 15_000;
/** Up to so much of the wait is left to chance. */
const spread = 0.3;

/** `attempt` counts from 0; `chance` is 0..1. */
export function retryDelay(attempt: number, chance: number): number {
  const whole = Math.min(longest, first * 2 ** Math.min(attempt, 10));
  return Math.round(whole * (1 - spread * chance));
}
