// Calls that only tell something: delivered in order per lane (URL and stream), made again while their server does not
// answer, bounded in total. Nobody waits for them.

export interface Delivery {
  /** What must come in order. */
  readonly lane: string;
  /** Made again until this, which a reload may change; any clock in milliseconds. */
  readonly until: () => number;
  /** delivered: the server took it; failed: it did not, for now; broken: it answered that it can't. Never rejects. */
  readonly attempt: () => Promise<'delivered' | 'failed' | 'broken'>;
  /** It was given up. */
  readonly lost: () => void;
}

export interface QueueOptions {
  readonly now: () => number;
  /** How many lanes are served at the same time. */
  readonly parallel?: number;
  /** First wait after a failure; doubled up to `longestWait`. */
  readonly firstWait?: number;
  readonly longestWait?: number;
}

/** A server that answers with an error to one event must not keep the others of its lane for long. */
const mostBroken = 5;

interface Lane {
  readonly deliveries: Delivery[];
  /** Of its first one. */
  broken: number;
  wait: number;
  timer: NodeJS.Timeout | undefined;
}

export interface QueueStats {
  readonly waiting: number;
  readonly delivered: number;
  readonly lost: number;
  readonly overflow: number;
}

export class Queue {
  readonly #now: () => number;
  readonly #parallel: number;
  readonly #firstWait: number;
  readonly #longestWait: number;
  readonly #lanes = new Map<string, Lane>();
  readonly #ready: string[] = [];
  readonly #counts = { waiting: 0, delivered: 0, lost: 0, overflow: 0 };
  #active = 0;
  #closed = false;
  #emptied: () => void = () => undefined;

  constructor({ now, parallel = 16, firstWait = 100, longestWait = 5000 }: QueueOptions) {
    this.#now = now;
    this.#parallel = parallel;
    this.#firstWait = firstWait;
    this.#longestWait = longestWait;
  }

  stats(): QueueStats {
    return { ...this.#counts };
  }

  /** False: `most` wait already; it is dropped, and counted. */
  push(delivery: Delivery, most: number): boolean {
    if (this.#closed || this.#counts.waiting >= most) {
      this.#counts.overflow++;
      return false;
    }
    this.#counts.waiting++;
    const lane = this.#lanes.get(delivery.lane);
    if (lane) lane.deliveries.push(delivery);
    else {
      this.#lanes.set(delivery.lane, { deliveries: [delivery], broken: 0, wait: 0, timer: undefined });
      this.#ready.push(delivery.lane);
      this.#pump();
    }
    return true;
  }

  /** Lets go of what waits, after giving it a last chance of so many milliseconds. */
  async close(grace: number): Promise<void> {
    if (this.#counts.waiting > 0) await this.#lastChance(grace);
    this.#closed = true;
    for (const lane of this.#lanes.values()) {
      clearTimeout(lane.timer);
      for (const delivery of lane.deliveries) delivery.lost();
    }
    this.#counts.lost += this.#counts.waiting;
    this.#counts.waiting = 0;
    this.#lanes.clear();
  }

  #pump(): void {
    while (this.#active < this.#parallel && this.#ready.length > 0 && !this.#closed) {
      const name = this.#ready.shift() ?? '';
      this.#active++;
      void this.#serve(name, this.#lanes.get(name)).finally(() => {
        this.#active--;
        if (this.#counts.waiting === 0) this.#emptied();
        this.#pump();
      });
    }
  }

  async #serve(name: string, lane: Lane | undefined): Promise<void> {
    const first = lane?.deliveries[0];
    if (!lane || !first) return;
    const result = this.#now() >= first.until() ? 'late' : await first.attempt();
    if (this.#closed) return;
    if (result === 'broken') lane.broken++;
    if (result === 'delivered' || result === 'late' || lane.broken >= mostBroken) {
      this.#takeFirst(name, lane, result === 'delivered');
      return;
    }
    lane.wait = Math.min(this.#longestWait, lane.wait === 0 ? this.#firstWait : lane.wait * 2);
    lane.timer = setTimeout(() => {
      this.#ready.push(name);
      this.#pump();
    }, lane.wait);
  }

  #takeFirst(name: string, lane: Lane, isDelivered: boolean): void {
    const [first] = lane.deliveries.splice(0, 1);
    this.#counts.waiting--;
    this.#counts[isDelivered ? 'delivered' : 'lost']++;
    if (!isDelivered) first?.lost();
    lane.broken = 0;
    lane.wait = 0;
    if (lane.deliveries.length > 0) this.#ready.push(name);
    else this.#lanes.delete(name);
  }

  #lastChance(grace: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, grace);
      this.#emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
