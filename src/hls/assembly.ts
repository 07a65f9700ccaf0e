// Events of the cutter -> what is listed: sequence numbers, names, dates, init segments. Pure but for what is passed in.

import type { HlsEvent } from '../native.js';
import type { Fragment, Part } from './fragment.js';
import type { Place, StreamNames } from './names.js';
import type { Pending } from './playlist.js';
import { ProgramClock } from './program_clock.js';

export type FragmentEvent = Extract<HlsEvent, { type: 'fragment' }>;
export type PartEvent = Extract<HlsEvent, { type: 'part' }>;
export type InitEvent = Extract<HlsEvent, { type: 'hlsInit' }>;

export interface PartEntry extends Part {
  readonly key: string;
}

export interface Entry extends Fragment {
  parts: readonly PartEntry[];
  readonly place: Place;
  readonly bytes: number;
  readonly init: Init | undefined;
  /** What HTTP serves it from. */
  held: 'waiting' | 'memory' | 'file' | 'lost';
  /** Below hls_path. */
  written: 'waiting' | 'yes' | 'lost';
}

export interface Init {
  readonly version: number;
  readonly place: Place;
  readonly content: Uint8Array;
}

export interface AssemblyOptions {
  readonly names: StreamNames;
  readonly firstSequence: number;
  /** What makes a name unguessable; empty where nobody is kept out. */
  readonly token: () => string;
}

interface Begun {
  readonly sequence: number;
  readonly token: string;
  readonly date: number;
  readonly discontinuity: boolean;
  readonly init: Init | undefined;
  readonly parts: PartEntry[];
}

export class Assembly {
  readonly #options: AssemblyOptions;
  readonly #clock = new ProgramClock();
  #init: Init | undefined;
  #next: { readonly sequence: number; readonly token: string };
  /** The fragment of which parts have come. */
  #begun: Begun | undefined;
  #isBroken = false;
  #previousParts = 0;

  constructor(options: AssemblyOptions) {
    this.#options = options;
    this.#next = { sequence: options.firstSequence, token: options.token() };
  }

  /** Of the fragment in the making. */
  get sequence(): number {
    return this.#next.sequence;
  }

  /** Its last part that came; -1: none. */
  get lastPart(): number {
    return (this.#begun?.parts.length ?? 0) - 1;
  }

  /** How many parts the fragment before it has. */
  get previousParts(): number {
    return this.#previousParts;
  }

  get begunParts(): readonly PartEntry[] {
    return this.#begun?.parts ?? [];
  }

  /** Where the next part will be. */
  get hint(): Omit<Place, 'file'> {
    return this.#options.names.part(this.#next, this.lastPart + 1);
  }

  get pending(): Pending {
    const { date = 0, discontinuity = false, parts = [], init } = this.#begun ?? {};
    return { date, discontinuity, parts: [...parts], map: init?.place.uri ?? '', hint: this.hint.uri };
  }

  /** Of what comes from now on; undefined: none. */
  get init(): Init | undefined {
    return this.#init;
  }

  /** Between what was and what comes there is more than the cutter knows. */
  break(): void {
    this.#isBroken = true;
  }

  takeInit({ version, bytes }: Pick<InitEvent, 'version' | 'bytes'>, now: number): Init {
    const place = this.#options.names.init({ ...this.#next, duration: 0, date: Math.round(now) }, version);
    this.#init = { version, place, content: bytes };
    return this.#init;
  }

  /** undefined: those before it are missing (HLS began in the middle of the fragment), so it is listed whole only. */
  takePart(event: PartEvent, now: number): PartEntry | undefined {
    if (event.index !== this.lastPart + 1) return undefined;
    const begun = (this.#begun ??= this.#begin(event, now));
    const { duration, independent } = event;
    const part = { ...this.hint, duration, independent };
    begun.parts.push(part);
    return part;
  }

  takeFragment(event: FragmentEvent, now: number): Entry {
    const { date, discontinuity, init, parts } = this.#begun ?? this.#begin(event, now);
    const { duration, independent, bytes } = event;
    const { names, token } = this.#options;
    const place = names.fragment({ ...this.#next, duration, date });
    const { sequence } = this.#next;
    this.#begun = undefined;
    this.#previousParts = parts.length;
    this.#next = { sequence: sequence + 1, token: token() };
    const { uri } = place;
    const listed = { sequence, uri, duration, date, discontinuity, independent, map: init?.place.uri ?? '' };
    return { ...listed, parts, place, bytes, init, held: 'waiting', written: 'waiting' };
  }

  #begin(event: PartEvent | FragmentEvent, now: number): Begun {
    const discontinuity = event.discontinuity || this.#isBroken;
    this.#isBroken = false;
    const date = this.#clock.dateOf(event, discontinuity, now);
    const init = event.initVersion === 0 ? undefined : this.#init;
    return { ...this.#next, date, discontinuity, init, parts: [] };
  }
}
