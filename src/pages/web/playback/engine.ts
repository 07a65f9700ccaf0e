// What plays a stream by one protocol. An engine fills the video element that it is given, from start() to stop(), and
// tells what goes wrong; when to start another is its session's to decide.

import type { Delay } from '../model/chase.js';
import type { Fault, FaultKind } from '../model/faults.js';
import type { StreamUrls } from '../model/address.js';

export interface EngineFigures {
  readonly videoCodec?: string | undefined;
  readonly audioCodec?: string | undefined;
  /** What comes in, kbit/s. */
  readonly kbps?: number | undefined;
  /** Seconds from the newest picture that could be shown to the one that is. */
  readonly latency?: number | undefined;
  /** What it really is, where a protocol's name does not say it all. */
  readonly via?: string | undefined;
}

export interface EngineEvents {
  /** Media came in: the stream is on air. */
  readonly onData: () => void;
  /** Nothing more will come; the engine is to be stopped. */
  readonly onFault: (fault: Fault) => void;
  /** What went wrong is not known: somebody should ask the server. `otherwise`: what it is when that has nothing to say. */
  readonly onUnexplained: (otherwise: FaultKind) => void;
}

export interface Engine {
  /** What to ask the server for. */
  readonly url: string;
  start(): void;
  /** Lets go of the video element and of the network. */
  stop(): void;
  setDelay(delay: Delay | null): void;
  /** Jumps to the newest picture that is safe to play from. */
  goLive(): void;
  figures(): EngineFigures;
}

export interface EngineParts {
  readonly video: HTMLVideoElement;
  readonly urls: StreamUrls;
  readonly delay: Delay | null;
  readonly events: EngineEvents;
}
