// HLS and Low-Latency HLS by hls.js. The build takes its light edition, without subtitles and DRM.

import Hls, { type ErrorData, type HlsConfig, type LevelDetails } from 'hls.js';
import type { Delay } from '../model/chase.js';
import { faultOfStatus, type Fault } from '../model/faults.js';
import { Rate } from '../model/meter.js';
import { startChaser, type Chaser } from './chaser.js';
import type { Engine, EngineFigures, EngineParts } from './engine.js';

/**
 * Without a hint of the playlist playback stays so many fragments behind its end, counted from when that was noticed. One
 * of them passes until the next appears; what is left is for loading it, and for a look at the playlist that came too early.
 */
const fragmentsBehind = 1.8;
/** FLV's usual distance, half a second, is the least here: who asks for more than that gets so much more than the least. */
const usualTarget = 0.5;
const noRetry = { maxNumRetry: 0, retryDelayMs: 0, maxRetryDelayMs: 0 };

// The session tries again, and says so; a retry in silence looks like a page that hangs.
const settings: Partial<HlsConfig> = {
  backBufferLength: 30,
  maxBufferLength: 20,
  liveSyncOnStallIncrease: 0,
  manifestLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: 10_000,
      maxLoadTimeMs: 20_000,
      timeoutRetry: noRetry,
      errorRetry: noRetry,
    },
  },
};

export class HlsEngine implements Engine {
  readonly url: string;
  readonly #parts: EngineParts;
  readonly #hls: Hls;
  readonly #received = new Rate(6000);
  #bytes = 0;
  #codecs: EngineFigures = {};
  #delay: Delay | null;
  #floor = 1;
  #fragment = 1;
  #chaser: Chaser | undefined;
  #hasRecovered = false;
  #onEnded = (): void => this.#parts.events.onFault({ kind: 'ended' });

  constructor(parts: EngineParts, lowLatencyMode: boolean) {
    this.#parts = parts;
    this.url = parts.urls.hls;
    this.#delay = parts.delay;
    this.#hls = new Hls({ ...settings, lowLatencyMode });
    // Set here and not above: there it would go before what a low-latency playlist asks for.
    this.#hls.config.liveSyncDurationCount = fragmentsBehind;
  }

  start(): void {
    const hls = this.#hls;
    const { video, urls, events } = this.#parts;
    hls.on(Hls.Events.ERROR, (_event, data) => this.#onError(data));
    hls.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => this.#onList(details));
    hls.on(Hls.Events.BUFFER_CODECS, (_event, { video, audio }) => {
      this.#codecs = { videoCodec: video?.codec, audioCodec: audio?.codec };
    });
    hls.on(Hls.Events.FRAG_LOADED, (_event, { payload }) => {
      this.#bytes += payload.byteLength;
      this.#received.add(performance.now(), this.#bytes);
      events.onData();
    });
    video.addEventListener('ended', this.#onEnded);
    hls.loadSource(urls.hls);
    hls.attachMedia(video);
    this.#chaser = startChaser({
      video,
      behind: () => (hls.latestLevelDetails?.live && video.readyState > 0 ? hls.latency : undefined),
      delay: () => this.#feasible(),
      jump: () => this.#jump(),
    });
  }

  stop(): void {
    this.#chaser?.stop();
    this.#parts.video.removeEventListener('ended', this.#onEnded);
    this.#hls.destroy();
  }

  setDelay(delay: Delay | null): void {
    this.#delay = delay;
    this.#aim();
    this.#chaser?.goLive();
  }

  goLive(): void {
    this.#chaser?.goLive();
  }

  figures(): EngineFigures {
    const hls = this.#hls;
    const rate = this.#received.perSecond;
    const details = hls.latestLevelDetails;
    const inParts = hls.lowLatencyMode && details?.partList;
    return {
      ...this.#codecs,
      kbps: rate === undefined ? undefined : (rate * 8) / 1000,
      latency: details ? hls.latency : undefined,
      via: inParts ? `LL-HLS, parts of ${details.partTarget.toFixed(2)} s` : 'HLS',
    };
  }

  #onList(details: LevelDetails): void {
    const { fragments, partHoldBack, holdBack, targetduration } = details;
    const whole = fragments.reduce((sum, { duration }) => sum + duration, 0);
    this.#fragment = fragments.length > 0 ? whole / fragments.length : targetduration;
    const inParts = this.#hls.lowLatencyMode && details.partList !== null;
    this.#floor = (inParts ? partHoldBack : holdBack) || fragmentsBehind * this.#fragment;
    this.#aim();
  }

  /** A playlist sets a bound to how near to live one can be. */
  #feasible(): Delay | null {
    if (!this.#delay) return null;
    const target = this.#floor + Math.max(0, this.#delay.target - usualTarget);
    const room = Math.max(this.#delay.jump - this.#delay.target, this.#fragment);
    return { target, jump: target + room, rate: this.#delay.rate };
  }

  #aim(): void {
    const target = this.#feasible()?.target ?? Math.max(this.#floor, fragmentsBehind * this.#fragment);
    if (this.#hls.targetLatency !== target) this.#hls.targetLatency = target;
  }

  #jump(): void {
    const position = this.#hls.liveSyncPosition;
    if (position !== null) this.#parts.video.currentTime = position;
  }

  #onError(data: ErrorData): void {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !isCodec(data) && !this.#hasRecovered) {
      this.#hasRecovered = true;
      this.#hls.recoverMediaError();
      return;
    }
    this.#parts.events.onFault(faultOf(data));
  }
}

const isCodec = ({ details }: ErrorData): boolean =>
  details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR ||
  details === Hls.ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR ||
  details === Hls.ErrorDetails.BUFFER_ADD_CODEC_ERROR;

function faultOf(data: ErrorData): Fault {
  const detail = data.details;
  if (isCodec(data)) return { kind: 'codec', detail };
  if (data.type !== Hls.ErrorTypes.NETWORK_ERROR) return { kind: 'decode', detail };
  return faultOfStatus(data.response?.code ?? 0) ?? { kind: 'network', detail };
}
