// What goes wrong with one stream's HLS: told once a publish with what and where, counted always, and answered as hls_on_error says.

import { errorText, reasonOf, type ErrorCode } from '../errors.js';
import type { Log } from '../log.js';
import type { ConnectionId, StreamKey } from '../native.js';
import type { HlsSettings } from './settings.js';

export interface FailuresOptions {
  readonly key: StreamKey;
  readonly onError: () => HlsSettings['onError'];
  readonly log: Log;
  readonly kick: (publisher: ConnectionId) => void;
  readonly count: () => void;
}

type HlsError = Extract<ErrorCode, `hls_${string}`>;

export class Failures {
  readonly #options: FailuresOptions;
  readonly #told = new Set<HlsError>();
  #publisher: ConnectionId | undefined;

  constructor(options: FailuresOptions) {
    this.#options = options;
  }

  publishedBy(publisher: ConnectionId): void {
    this.#publisher = publisher;
    this.#told.clear();
  }

  /** `stop` ends writing until the next publish. */
  cannotWrite(file: string, error: unknown, stop: () => void): void {
    const { kick } = this.#options;
    const onError = this.#options.onError();
    this.notice('hls_write_failed', { file, why: reasonOf(error), then: consequences[onError] });
    if (onError === 'ignore') stop();
    if (onError === 'disconnect' && this.#publisher !== undefined) kick(this.#publisher);
  }

  cannotServe(path: string, error: unknown): void {
    this.notice('hls_serve_failed', { path, why: reasonOf(error) });
  }

  notice(reason: HlsError, slots: Readonly<Record<string, string | number>> = {}): void {
    const { key, log, count } = this.#options;
    count();
    if (this.#told.has(reason)) return;
    this.#told.add(reason);
    const name = `${key.vhost}/${key.app}/${key.stream}`;
    log.error({ type: 'hls', ...key, reason, ...slots }, `${name}: ${errorText(reason, slots)}`);
  }
}

const consequences = {
  ignore: 'no more files of it until the next publish',
  disconnect: 'the publisher is closed',
  continue: 'trying on',
} as const;
