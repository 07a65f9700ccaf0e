// HTTP-FLV and WS-FLV by mpegts.js.

import Mpegts from 'mpegts.js';
import type { Delay } from '../model/chase.js';
import { faultOfStatus, type Fault } from '../model/faults.js';
import { startChaser, type Chaser } from './chaser.js';
import type { Engine, EngineEvents, EngineFigures, EngineParts } from './engine.js';

// What goes wrong is shown to the viewer; the library's own lines would repeat it.
Mpegts.LoggingControl.applyConfig({ enableAll: false });

const settings: Mpegts.Config = {
  // Collecting before decoding is what makes live late.
  enableStashBuffer: false,
  lazyLoad: false,
  autoCleanupSourceBuffer: true,
  autoCleanupMaxBackwardDuration: 30,
  autoCleanupMinBackwardDuration: 15,
  statisticsInfoReportInterval: 500,
};
/** A report counts so much against what was known before. */
const smoothing = 0.3;

interface Failure {
  readonly code?: number;
  readonly msg?: string;
}

export class FlvEngine implements Engine {
  readonly url: string;
  readonly #parts: EngineParts;
  readonly #player: Mpegts.Player;
  readonly #overWebSocket: boolean;
  #delay: Delay | null;
  #chaser: Chaser | undefined;
  #figures: EngineFigures = {};
  #begun = false;

  constructor(parts: EngineParts, overWebSocket: boolean) {
    this.#parts = parts;
    // A WebSocket can't be asked; the same stream over HTTP can.
    this.url = parts.urls.flv;
    this.#delay = parts.delay;
    this.#overWebSocket = overWebSocket;
    const url = overWebSocket ? parts.urls.wsFlv : parts.urls.flv;
    this.#player = Mpegts.createPlayer({ type: 'flv', isLive: true, url }, settings);
  }

  start(): void {
    const { video } = this.#parts;
    // mpegts.js goes on with what it was doing when it told: it must not be stopped before that.
    const events: EngineEvents = {
      ...this.#parts.events,
      onFault: (fault) => queueMicrotask(() => this.#parts.events.onFault(fault)),
      onUnexplained: (otherwise) => queueMicrotask(() => this.#parts.events.onUnexplained(otherwise)),
    };
    const player = this.#player;
    player.on(Mpegts.Events.ERROR, (type: string, detail: string, info: Failure) =>
      this.#onError(events, { type, detail, info }),
    );
    player.on(Mpegts.Events.LOADING_COMPLETE, () => this.#onComplete(events));
    player.on(Mpegts.Events.MEDIA_INFO, (info: Mpegts.MSEPlayerMediaInfo) => {
      const { videoCodec, audioCodec } = info;
      this.#figures = { ...this.#figures, videoCodec, audioCodec };
    });
    player.on(Mpegts.Events.STATISTICS_INFO, ({ speed }: Mpegts.MSEPlayerReportStatisticsInfo) => {
      if (speed > 0) this.#heard();
      const now = speed * 8.192;
      const { kbps = now } = this.#figures;
      this.#figures = { ...this.#figures, kbps: kbps + smoothing * (now - kbps) };
    });
    player.attachMediaElement(video);
    player.load();
    this.#chaser = startChaser({
      video,
      behind: () => this.#behind(),
      delay: () => this.#delay,
      jump: (behind) => this.#jump(behind),
    });
  }

  stop(): void {
    this.#chaser?.stop();
    this.#player.destroy();
  }

  setDelay(delay: Delay | null): void {
    this.#delay = delay;
    // At once, back as well as forth: what was played a moment ago is still there.
    this.#chaser?.goLive();
  }

  goLive(): void {
    this.#chaser?.goLive();
  }

  figures(): EngineFigures {
    return { ...this.#figures, latency: this.#behind() };
  }

  #heard(): void {
    this.#begun = true;
    this.#parts.events.onData();
  }

  /** The end of what is buffered, seen from the picture on show. */
  #behind(): number | undefined {
    const { buffered, currentTime } = this.#parts.video;
    return buffered.length === 0 ? undefined : Math.max(0, buffered.end(buffered.length - 1) - currentTime);
  }

  #jump(behind: number): void {
    const { video } = this.#parts;
    const { buffered } = video;
    if (buffered.length === 0) return;
    const last = buffered.length - 1;
    video.currentTime = Math.max(buffered.start(last), buffered.end(last) - behind);
  }

  #onComplete(events: EngineEvents): void {
    // A server that takes the upgrade and closes at once has refused without a word.
    if (this.#begun || !this.#overWebSocket) events.onFault({ kind: 'ended' });
    else events.onUnexplained('blocked');
  }

  #onError(events: EngineEvents, { type, detail, info }: { type: string; detail: string; info: Failure }): void {
    if (type === Mpegts.ErrorTypes.NETWORK_ERROR) {
      const status = detail === Mpegts.ErrorDetails.NETWORK_STATUS_CODE_INVALID ? info.code : undefined;
      const fault = status === undefined ? undefined : faultOfStatus(status);
      if (fault) events.onFault(fault);
      else events.onUnexplained(this.#begun || !this.#overWebSocket ? 'network' : 'blocked');
      return;
    }
    events.onFault(mediaFault(detail, info));
  }
}

/** What DOMException calls a codec that it does not know. */
const notSupported = 9;

function mediaFault(detail: string, info: Failure): Fault {
  const words = typeof info === 'string' ? info : (info.msg ?? detail);
  const isCodec =
    detail === Mpegts.ErrorDetails.MEDIA_CODEC_UNSUPPORTED ||
    detail === Mpegts.ErrorDetails.MEDIA_FORMAT_UNSUPPORTED ||
    (detail === Mpegts.ErrorDetails.MEDIA_MSE_ERROR && info.code === notSupported);
  return { kind: isCodec ? 'codec' : 'decode', detail: words };
}
