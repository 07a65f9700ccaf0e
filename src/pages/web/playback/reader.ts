// The live figures of a video element, beside those that only its engine knows.

import { Rate } from '../model/meter.js';
import type { EngineFigures } from './engine.js';

export interface Figures extends EngineFigures {
  readonly width: number;
  readonly height: number;
  /** Frames per second as decoded. */
  readonly fps: number | undefined;
  /** Seconds that are there to be played. */
  readonly buffer: number | undefined;
  readonly rate: number;
  readonly dropped: number;
  readonly frames: number;
}

export class FigureReader {
  readonly #video: HTMLVideoElement;
  readonly #frames = new Rate(3000);

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  restart(): void {
    this.#frames.clear();
  }

  read(engine: EngineFigures): Figures {
    const video = this.#video;
    const { totalVideoFrames: frames, droppedVideoFrames: dropped } = video.getVideoPlaybackQuality();
    this.#frames.add(performance.now(), frames);
    return {
      ...engine,
      width: video.videoWidth,
      height: video.videoHeight,
      fps: this.#frames.perSecond,
      buffer: ahead(video),
      rate: video.playbackRate,
      dropped,
      frames,
    };
  }
}

function ahead({ buffered, currentTime }: HTMLVideoElement): number | undefined {
  for (let index = 0; index < buffered.length; index += 1) {
    if (buffered.start(index) <= currentTime + 0.1 && currentTime <= buffered.end(index)) {
      return buffered.end(index) - currentTime;
    }
  }
  return undefined;
}
