// What a playlist lists: fragments, and of the newest ones the parts that they were made of.

export interface Part {
  /** Relative to the playlist, percent-encoded. */
  readonly uri: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly independent: boolean;
}

export interface Fragment {
  readonly sequence: number;
  readonly uri: string;
  readonly duration: number;
  /** Milliseconds since 1970: when its first frame was taken, as far as we can know. */
  readonly date: number;
  readonly discontinuity: boolean;
  readonly independent: boolean;
  /** URI of the init segment that it needs; empty: none. */
  readonly map: string;
  readonly parts: readonly Part[];
}
