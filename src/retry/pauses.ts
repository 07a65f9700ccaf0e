// Pauses between attempts that grow, with some chance in them so that nobody is stormed.

const firstWait = 500;

export class Pauses {
  readonly #longest: number;
  readonly #random: () => number;
  #inRow = 0;

  /** `longest` in milliseconds. */
  constructor(longest: number, random: () => number) {
    this.#longest = longest;
    this.#random = random;
  }

  /** The next one, in milliseconds. */
  next(): number {
    const full = Math.min(this.#longest, firstWait * 2 ** this.#inRow++);
    return Math.round(full * (0.5 + this.#random() / 2));
  }

  /** The next one is the first again. */
  reset(): void {
    this.#inRow = 0;
  }
}
