// A media playlist as it was read.

export interface ListedPart {
  readonly uri: string;
  /** Seconds, here and everywhere in this folder. */
  readonly duration: number;
  readonly independent: boolean;
  readonly gap: boolean;
}

/** What stands before a segment, or before the first part of one that is not complete yet. */
export interface Beginning {
  readonly discontinuity: boolean;
  /** Milliseconds since 1970. */
  readonly date: number | undefined;
  /** URI of the EXT-X-MAP that is in effect. */
  readonly map: string | undefined;
  readonly parts: readonly ListedPart[];
}

export interface Segment extends Beginning {
  readonly sequence: number;
  /** Discontinuities before it, those of removed segments included. */
  readonly discontinuitySequence: number;
  readonly uri: string;
  readonly duration: number;
  readonly title: string;
  readonly gap: boolean;
}

export interface ServerControl {
  readonly canBlockReload: boolean;
  readonly canSkipUntil: number | undefined;
  readonly holdBack: number | undefined;
  readonly partHoldBack: number | undefined;
}

export interface MediaList {
  readonly version: number;
  readonly targetDuration: number;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly independent: boolean;
  readonly ended: boolean;
  readonly control: ServerControl | undefined;
  readonly partTarget: number | undefined;
  /** Of a delta update: so many segments stand in the list before. */
  readonly skipped: number;
  readonly segments: readonly Segment[];
  /** The segment in the making. */
  readonly pending: Beginning;
  /** URI of the part that comes next. */
  readonly hint: string | undefined;
}
