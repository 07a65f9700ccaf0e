// How many bits a second of a playlist takes, as BANDWIDTH and AVERAGE-BANDWIDTH mean it (RFC 8216, 4.3.4.2). Pure.

export interface Rates {
  /** Bits per second. */
  readonly peak: number;
  readonly average: number;
}

interface Piece {
  /** Milliseconds. */
  readonly duration: number;
  readonly bytes: number;
}

/** Shorter ones, in parts of the target duration, do not count alone: a lone key frame is no rate. */
const shortest = 0.5;

/** `target`: milliseconds. undefined: there is nothing to measure. */
export function ratesOf(pieces: readonly Piece[], target: number): Rates | undefined {
  const [bytes, duration] = pieces.reduce(([sum, time], piece) => [sum + piece.bytes, time + piece.duration], [0, 0]);
  if (duration <= 0) return undefined;
  const average = rateOf({ bytes, duration });
  const whole = pieces.filter((piece) => piece.duration >= shortest * target);
  return { average, peak: Math.max(average, ...whole.map(rateOf)) };
}

const rateOf = ({ bytes, duration }: Piece): number => Math.ceil((bytes * 8000) / duration);
