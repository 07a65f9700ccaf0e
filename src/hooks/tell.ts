// An event that only tells -> calls in the queue, one for each of its URLs.

import type { VhostConfig } from '../config/load.js';
import { streamId } from '../native/stream_name.js';
import { bodyOf, hideQuery, read, type Asking, type HookSettings } from './ask.js';
import type { CallResult } from './caller.js';
import type { HookClient, HookDetails, TellingEvent } from './event.js';
import type { Queue } from './queue.js';
import { countCall } from './stats.js';

/** Answers that a moment later may be others. */
const passing: readonly number[] = [408, 425, 429];
/** One line for all that are dropped in this time. */
const overflowSilence = 10_000;

export class Teller {
  readonly #asking: Asking;
  readonly #queue: Queue;
  readonly #vhost: (name: string) => VhostConfig | undefined;
  #silentUntil = 0;

  constructor(asking: Asking, queue: Queue, vhost: (name: string) => VhostConfig | undefined) {
    this.#asking = asking;
    this.#queue = queue;
    this.#vhost = vhost;
  }

  tell(event: TellingEvent, client: HookClient, details: HookDetails): void {
    const settings = this.#vhost(client.vhost)?.http_hooks;
    if (!settings?.enabled) return;
    const { caller, serverId, log, nextId, now } = this.#asking;
    const since = now();
    const body = bodyOf(serverId, settings.style, event, client, details);
    for (const url of settings[event]) {
      const id = nextId();
      const isQueued = this.#queue.push(
        {
          lane: `${url} ${streamId(client)}`,
          until: () => since + (this.#vhost(client.vhost)?.http_hooks ?? settings).keep_trying,
          attempt: async () =>
            this.#outcome(event, settings, url, await caller.call({ url, body, timeout: settings.timeout, id })),
          lost: () => {
            log.warn({ type: 'hook', event, conn: client.conn, url: hideQuery(url) }, `${event} could not be told`);
          },
        },
        settings.queue,
      );
      if (!isQueued) this.#overflow(event);
    }
  }

  #outcome(
    event: TellingEvent,
    settings: HookSettings,
    url: string,
    result: CallResult,
  ): 'delivered' | 'failed' | 'broken' {
    const { stats, log } = this.#asking;
    countCall(stats[event], result.milliseconds);
    const meaning = result.ok ? read(settings.style)(result) : undefined;
    if (meaning?.kind === 'allow') return 'delivered';
    stats[event].failed++;
    log.debug({ type: 'hook', event, url: hideQuery(url), result }, `${event} was not taken`);
    if (!result.ok) return 'failed';
    return result.status >= 500 || passing.includes(result.status) ? 'broken' : 'delivered';
  }

  #overflow(event: TellingEvent): void {
    const now = this.#asking.now();
    if (now < this.#silentUntil) return;
    this.#silentUntil = now + overflowSilence;
    this.#asking.log.error({ type: 'hook', event }, 'too many calls of hooks wait; more are dropped and counted');
  }
}
