// HLS by the browser itself, where there are no Media Source Extensions (older iPhones).

import type { Engine, EngineFigures, EngineParts } from './engine.js';

export class NativeEngine implements Engine {
  readonly url: string;
  readonly #parts: EngineParts;
  #onError = (): void => this.#explain();
  #onEnded = (): void => this.#parts.events.onFault({ kind: 'ended' });
  #onLoaded = (): void => this.#parts.events.onData();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.url = parts.urls.hls;
  }

  start(): void {
    const { video, urls } = this.#parts;
    video.addEventListener('error', this.#onError);
    video.addEventListener('ended', this.#onEnded);
    video.addEventListener('loadeddata', this.#onLoaded);
    video.src = urls.hls;
    video.load();
  }

  stop(): void {
    const { video } = this.#parts;
    video.removeEventListener('error', this.#onError);
    video.removeEventListener('ended', this.#onEnded);
    video.removeEventListener('loadeddata', this.#onLoaded);
    video.removeAttribute('src');
    video.load();
  }

  /** The browser keeps its own distance, and knows no other. */
  setDelay(): void {
    return undefined;
  }

  goLive(): void {
    const { seekable } = this.#parts.video;
    if (seekable.length > 0) this.#parts.video.currentTime = seekable.end(seekable.length - 1);
  }

  figures(): EngineFigures {
    const { seekable, currentTime } = this.#parts.video;
    if (seekable.length === 0) return {};
    return { latency: Math.max(0, seekable.end(seekable.length - 1) - currentTime) };
  }

  #explain(): void {
    const { video, events } = this.#parts;
    const { error } = video;
    if (error?.code === MediaError.MEDIA_ERR_DECODE) events.onFault({ kind: 'decode', detail: error.message });
    // Chromium gives up, too, where a playlist has too little yet.
    else events.onUnexplained('decode');
  }
}
