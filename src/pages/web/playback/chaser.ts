// Applies the advice of model/chase to a video element, some times a second, and steps over holes in what is buffered.

import { chaseStep, noChase, type Chase, type Delay } from '../model/chase.js';

export interface ChaserParts {
  readonly video: HTMLVideoElement;
  /** Seconds from the newest picture to the one shown; undefined: not known yet. */
  readonly behind: () => number | undefined;
  /** What to chase now; null: nothing. */
  readonly delay: () => Delay | null;
  /** Plays from so many seconds before the newest picture. */
  readonly jump: (behind: number) => void;
}

export interface Chaser {
  /** Forgets what was learnt, and jumps. */
  goLive(): void;
  stop(): void;
}

const interval = 200;
/** Playback that stood so long in front of a hole steps over it. */
const patience = 600;

export function startChaser({ video, behind, delay, jump }: ChaserParts): Chaser {
  let chase: Chase = noChase;
  let last = performance.now();
  let stalled = false;
  let shown = { time: -1, at: last };

  const onWaiting = (): void => {
    // A seek waits too; playback ran dry only where nothing more is buffered.
    if (!video.seeking && video.currentTime > 0 && (behind() ?? 1) < 0.15) stalled = true;
  };
  const tick = (): void => {
    const now = performance.now();
    const elapsed = (now - last) / 1000;
    last = now;
    const late = behind();
    if (video.paused || late === undefined) return;
    if (video.currentTime !== shown.time) shown = { time: video.currentTime, at: now };
    else if (now - shown.at > patience) stepOver(video);
    const wanted = delay();
    if (!wanted) {
      setRate(video, 1);
      return;
    }
    const advice = chaseStep(chase, { behind: late, elapsed, stalled }, wanted);
    stalled = false;
    ({ chase } = advice);
    setRate(video, advice.rate);
    if (advice.jumpTo !== undefined) jump(advice.jumpTo);
  };

  video.addEventListener('waiting', onWaiting);
  const timer = setInterval(tick, interval);
  return {
    goLive: () => {
      chase = noChase;
      jump(delay()?.target ?? 0.5);
    },
    stop: () => {
      clearInterval(timer);
      video.removeEventListener('waiting', onWaiting);
      setRate(video, 1);
    },
  };
}

function setRate(video: HTMLVideoElement, rate: number): void {
  if (video.playbackRate !== rate) video.playbackRate = rate;
}

/** A publisher that comes back leaves a hole in the timeline, and a browser waits in front of it for ever. */
function stepOver(video: HTMLVideoElement): void {
  for (let index = 0; index < video.buffered.length; index += 1) {
    const start = video.buffered.start(index);
    if (start > video.currentTime + 0.01) {
      video.currentTime = start + 0.01;
      return;
    }
  }
}
