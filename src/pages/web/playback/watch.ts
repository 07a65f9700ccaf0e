// Looks at a video element twice a second: does the picture move, does anything come in?

export interface WatchEvents {
  /** The picture moves (again). */
  onPlaying(): void;
  /** It never moved, and nothing comes. */
  onWaiting(): void;
  /** It moved and stands. */
  onStalled(): void;
  /** It has moved for a while: what failed before is history. */
  onSteady(): void;
  /** Nothing came in for a while; `long`: for so long that a new connection is worth its price. */
  onSilence(long: boolean): void;
  /** Media comes in and the picture does not move: nothing will mend that but a new beginning. */
  onStuck(): void;
}

const interval = 500;
const waitingAfter = 3000;
const stalledAfter = 1500;
const steadyAfter = 10_000;
const silenceAfter = 8000;
const longSilence = 40_000;
const stuckAfter = 12_000;
/** What came in so long ago is no sign that more comes. */
const freshFor = 3000;

type Phase = 'new' | 'waiting' | 'playing' | 'stalled';

export class Watch {
  readonly #video: HTMLVideoElement;
  readonly #events: WatchEvents;
  #timer: ReturnType<typeof setInterval> | undefined;
  #phase: Phase = 'new';
  #time = 0;
  #begun = 0;
  #since = 0;
  #moved = 0;
  #heard = 0;
  #asked = 0;
  #hasHeard = false;

  constructor(video: HTMLVideoElement, events: WatchEvents) {
    this.#video = video;
    this.#events = events;
  }

  restart(): void {
    this.pause();
    const now = performance.now();
    this.#phase = 'new';
    this.#time = this.#video.currentTime;
    this.#begun = this.#since = this.#moved = this.#heard = this.#asked = now;
    this.#hasHeard = false;
    this.#timer = setInterval(() => this.#look(performance.now()), interval);
  }

  pause(): void {
    clearInterval(this.#timer);
  }

  /** Media came in. */
  heard(): void {
    this.#heard = performance.now();
    this.#hasHeard = true;
  }

  #look(now: number): void {
    const { currentTime, readyState } = this.#video;
    const isMoving = currentTime !== this.#time && readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    this.#time = currentTime;
    if (isMoving) {
      this.#moved = now;
      if (this.#phase !== 'playing') {
        this.#since = now;
        this.#enter('playing');
      } else if (now - this.#since > steadyAfter) this.#events.onSteady();
    } else if (this.#phase === 'playing' && now - this.#moved > stalledAfter) this.#enter('stalled');
    else if (this.#phase === 'new' && !this.#hasHeard && now - this.#since > waitingAfter) this.#enter('waiting');
    this.#listen(now);
  }

  #listen(now: number): void {
    if (this.#hasHeard && now - this.#heard < freshFor && now - Math.max(this.#begun, this.#moved) > stuckAfter) {
      this.pause();
      this.#events.onStuck();
      return;
    }
    const silence = now - Math.max(this.#heard, this.#moved);
    if (silence < silenceAfter || now - this.#asked < silenceAfter) return;
    this.#asked = now;
    // Who waits for a publisher is attached already: a new connection would be no better.
    this.#events.onSilence(this.#phase === 'stalled' && silence > longSilence);
  }

  #enter(phase: 'waiting' | 'playing' | 'stalled'): void {
    this.#phase = phase;
    if (phase === 'playing') this.#events.onPlaying();
    else if (phase === 'waiting') this.#events.onWaiting();
    else this.#events.onStalled();
  }
}
