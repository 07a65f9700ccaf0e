// The last minute of a figure, for its curve; and a rate out of a counter. Pure.

export class Series {
  readonly #values: number[] = [];
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
  }

  push(value: number): void {
    this.#values.push(value);
    if (this.#values.length > this.#length) this.#values.shift();
  }

  clear(): void {
    this.#values.length = 0;
  }

  get values(): readonly number[] {
    return this.#values;
  }

  get capacity(): number {
    return this.#length;
  }
}

/** How fast a counter grows, per second, over the last `window` milliseconds. */
export class Rate {
  readonly #window: number;
  #samples: { readonly at: number; readonly count: number }[] = [];

  constructor(window: number) {
    this.#window = window;
  }

  /** A counter that went back belongs to something new. */
  add(at: number, count: number): void {
    const last = this.#samples.at(-1);
    if (last && count < last.count) this.#samples = [];
    this.#samples.push({ at, count });
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? at) <= at - this.#window) this.#samples.shift();
  }

  /** undefined until there is something to compare. */
  get perSecond(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (!first || !last || last.at <= first.at) return undefined;
    return ((last.count - first.count) * 1000) / (last.at - first.at);
  }

  clear(): void {
    this.#samples = [];
  }
}

/** Points of a curve in a box of 100 x 24, newest at the right; empty while there is too little to draw. */
export function curve({ values, capacity }: Series): string {
  if (values.length < 2) return '';
  const top = Math.max(...values, Number.EPSILON) * 1.15;
  const start = capacity - values.length;
  return values
    .map((value, index) => {
      const x = (100 * (start + index)) / (capacity - 1);
      return `${x.toFixed(1)},${(24 - (24 * value) / top).toFixed(1)}`;
    })
    .join(' ');
}
