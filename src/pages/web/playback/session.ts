// One stream in one video element, from start() to stop(): picks the protocol, watches, says what state it is in, and
// begins again after what passes. Lives as long as its element; everything runs on the page's one thread.

import { streamUrls, type Place } from '../model/address.js';
import { retryDelay } from '../model/backoff.js';
import type { Delay } from '../model/chase.js';
import { isPassing, isProtocols, type Fault, type FaultKind } from '../model/faults.js';
import type { State } from '../model/state.js';
import { attempts, type Abilities, type Choice, type Protocol } from '../model/protocols.js';
import type { Engine } from './engine.js';
import { makeEngine } from './engines.js';
import { probe } from './probe.js';
import { FigureReader, type Figures } from './reader.js';
import { Watch } from './watch.js';

export interface SessionOptions {
  readonly video: HTMLVideoElement;
  readonly place: Place;
  readonly choice: Choice;
  readonly delay: Delay | null;
  readonly abilities: Abilities;
  onState(state: State): void;
  /** The browser would play without sound only, so it is off now. */
  onMuted(): void;
  /** The picture is about to go: the last moment to keep it. */
  onEnd?(): void;
}

/** A connection is kept so long for a viewer who pauses. */
const pauseHold = 15_000;

export class Session {
  readonly #options: SessionOptions;
  readonly #watch: Watch;
  readonly #reader: FigureReader;
  #choice: Choice;
  #delay: Delay | null;
  #state: State = { kind: 'idle' };
  #engine: Engine | undefined;
  /** Counts beginnings: what an earlier one still has to say no longer matters. */
  #round = 0;
  #candidates: Protocol[] = [];
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hold: ReturnType<typeof setTimeout> | undefined;
  readonly #onOnline = (): void => {
    if (this.#state.kind === 'fault' && this.#state.retryAt !== undefined) this.start();
  };
  readonly #onVideoPause = (): void => {
    if (this.#engine && this.#state.kind === 'playing' && !this.#options.video.ended) this.#paused();
  };

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#choice = options.choice;
    this.#delay = options.delay;
    this.#reader = new FigureReader(options.video);
    this.#watch = new Watch(options.video, {
      onPlaying: () => this.#go('playing'),
      onWaiting: () => this.#go('waiting'),
      onStalled: () => this.#go('stalled'),
      onSteady: () => (this.#failures = 0),
      onSilence: (long) => void this.#investigate(long),
      onStuck: () => void this.#onFault({ kind: 'decode', detail: 'the picture does not move' }, this.#round),
    });
    window.addEventListener('online', this.#onOnline);
    options.video.addEventListener('pause', this.#onVideoPause);
  }

  get state(): State {
    return this.#state;
  }

  /** Begins, or begins again, at the live edge. */
  start(): void {
    this.#candidates = attempts(this.#choice, this.#options.abilities);
    void this.#begin();
  }

  /** For good. */
  stop(): void {
    this.#end();
    window.removeEventListener('online', this.#onOnline);
    this.#options.video.removeEventListener('pause', this.#onVideoPause);
    this.#set({ kind: 'idle' });
  }

  pause(): void {
    this.#options.video.pause();
    this.#paused();
  }

  resume(): void {
    clearTimeout(this.#hold);
    const { video } = this.#options;
    if (!this.#engine || this.#state.kind !== 'paused') {
      this.start();
      return;
    }
    this.#watch.restart();
    this.#go('connecting');
    this.#engine.goLive();
    void this.#play(video, this.#round);
  }

  goLive(): void {
    if (this.#state.kind === 'paused') this.resume();
    else this.#engine?.goLive();
  }

  choose(choice: Choice): void {
    this.#choice = choice;
    this.#failures = 0;
    if (this.#state.kind !== 'idle') this.start();
  }

  setDelay(delay: Delay | null): void {
    this.#delay = delay;
    this.#engine?.setDelay(delay);
  }

  figures(): Figures {
    return this.#reader.read(this.#engine?.figures() ?? {});
  }

  async #begin(): Promise<void> {
    this.#end();
    this.#round += 1;
    const round = this.#round;
    const [protocol] = this.#candidates;
    if (protocol === undefined) {
      this.#set({ kind: 'fault', fault: { kind: 'unsupported' } });
      return;
    }
    const { video, place } = this.#options;
    this.#set({ kind: 'connecting', protocol });
    const current = (action: () => void) => (): void => {
      if (round === this.#round) action();
    };
    const events = {
      onData: current(() => this.#watch.heard()),
      onFault: (fault: Fault) => void this.#onFault(fault, round),
      onUnexplained: (otherwise: FaultKind) => void this.#explain(otherwise, round),
    };
    try {
      const engine = await makeEngine(protocol, { video, urls: streamUrls(place), delay: this.#delay, events });
      if (round !== this.#round) return;
      this.#engine = engine;
      engine.start();
    } catch (error) {
      // The library did not load, or the browser took it back at the last moment.
      return this.#onFault({ kind: 'network', detail: String(error) }, round);
    }
    this.#watch.restart();
    await this.#play(video, round);
  }

  /** Stops what runs, and lets nothing of it come back. */
  #end(): void {
    this.#round += 1;
    clearTimeout(this.#retry);
    clearTimeout(this.#hold);
    this.#watch.pause();
    if (this.#engine) this.#options.onEnd?.();
    this.#engine?.stop();
    this.#engine = undefined;
    this.#reader.restart();
  }

  async #play(video: HTMLVideoElement, round: number): Promise<void> {
    try {
      await video.play();
    } catch (error) {
      // Anything else is an engine that was stopped meanwhile, or tells its own fault.
      if (round !== this.#round || !(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      if (video.muted) {
        this.#end();
        this.#set({ kind: 'fault', fault: { kind: 'autoplay' } });
        return;
      }
      video.muted = true;
      this.#options.onMuted();
      await this.#play(video, round);
    }
  }

  async #onFault(told: Fault, round: number): Promise<void> {
    if (round !== this.#round) return;
    const [protocol] = this.#candidates;
    const url = this.#engine?.url;
    this.#end();
    this.#set({ kind: 'fault', fault: told });
    const ended = this.#round;
    // A connection that breaks ends like a stream that ends: only the server knows.
    const found = told.kind === 'ended' && url !== undefined ? await probe(url) : undefined;
    if (ended !== this.#round) return;
    const fault = found?.kind === 'network' || found?.kind === 'refused' ? found : told;
    if (isProtocols(fault.kind) && this.#choice === 'auto' && this.#next(fault, protocol)) return void this.#begin();
    if (!isPassing(fault.kind)) {
      this.#set({ kind: 'fault', fault });
      return;
    }
    const wait = retryDelay(this.#failures, Math.random());
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.#begin(), wait);
    this.#set({ kind: 'fault', fault, retryAt: performance.now() + wait });
  }

  /** Drops the protocols that would fail in the same way; whether one is left. */
  #next(fault: Fault, failed: Protocol | undefined): boolean {
    const isFlv = (protocol: Protocol | undefined): boolean => protocol === 'ws-flv' || protocol === 'flv';
    const isHopeless = (protocol: Protocol): boolean =>
      protocol === failed || (fault.kind === 'codec' && isFlv(failed) && isFlv(protocol));
    const left = this.#candidates.filter((protocol) => !isHopeless(protocol));
    // The last one stays, so that a retry by hand has something to try.
    if (left.length > 0) this.#candidates = left;
    return left.length > 0;
  }

  async #explain(otherwise: FaultKind, round: number): Promise<void> {
    const fault = await this.#ask(round);
    await this.#onFault(fault ?? { kind: otherwise }, round);
  }

  /** Nothing came for a while: a publisher that pauses, or a network that is gone without a word. */
  async #investigate(long: boolean): Promise<void> {
    const round = this.#round;
    const fault = await this.#ask(round);
    if (round !== this.#round) return;
    if (fault) await this.#onFault(fault, round);
    else if (long) void this.#begin();
  }

  async #ask(round: number): Promise<Fault | undefined> {
    return round === this.#round && this.#engine ? probe(this.#engine.url) : undefined;
  }

  #paused(): void {
    if (!this.#engine) return;
    this.#watch.pause();
    clearTimeout(this.#hold);
    this.#hold = setTimeout(() => this.#end(), pauseHold);
    this.#set({ kind: 'paused' });
  }

  #go(kind: 'connecting' | 'waiting' | 'playing' | 'stalled'): void {
    const [protocol] = this.#candidates;
    if (protocol !== undefined && this.#engine) this.#set({ kind, protocol });
  }

  #set(state: State): void {
    this.#state = state;
    this.#options.onState(state);
  }
}
