// Times of the stream -> dates (EXT-X-PROGRAM-DATE-TIME). Pure: the wall clock is passed in.
//
// Within a publish dates run with the stream's own time, so that they agree with EXTINF; hiccups of the network don't move them.
// A new publish, and a broken time line, begin at the wall clock. No date is before the end of what came earlier.

export interface Piece {
  readonly publish: number;
  readonly start: number;
  readonly duration: number;
}

export class ProgramClock {
  #anchor: { readonly publish: number; readonly start: number; readonly date: number } | undefined;
  #end = 0;

  /** The date at which a piece begins that has just ended. `isBroken`: its time has nothing to do with that before. */
  dateOf({ publish, start, duration }: Piece, isBroken: boolean, now: number): number {
    if (!this.#anchor || isBroken || this.#anchor.publish !== publish) {
      this.#anchor = { publish, start, date: Math.max(Math.round(now - duration), this.#end) };
    }
    const date = this.#anchor.date + start - this.#anchor.start;
    this.#end = Math.max(this.#end, date + duration);
    return date;
  }
}
