// Recordings of all streams: what is published is recorded as its vhost says, and what the API asks for; files get their names,
// and what ends is told. startDvr returns what stops it.

import { isDeepStrictEqual } from 'node:util';
import type { Config, VhostConfig } from '../config/load.js';
import { errorText, LiveError, reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import type { Engine, NativeEvent, RecordingEvent, RecordingFormat, RecordingId, StreamKey } from '../native.js';
import { streamId, streamName } from '../native/stream_name.js';
import type { Recorded, Repaired } from './catalogue.js';
import { Library } from './library.js';
import { cannotAppend, dvrSettings, isRecorded, type DvrSettings } from './settings.js';

export interface DvrOptions {
  readonly engine: Pick<Engine, 'startRecording' | 'recordTo' | 'stopRecording' | 'recordings' | 'repairRecording'>;
  /** The configuration of now. */
  readonly config: () => Config;
  readonly log: Log;
  /** Told of each file that is finished. */
  readonly finished: (file: StreamKey & { readonly file: string }) => void;
}

/** One that goes on. */
interface Running {
  readonly id: RecordingId;
  readonly key: StreamKey;
  readonly settings: DvrSettings;
  /** By the configuration, which also ends it. */
  readonly isOwn: boolean;
  file?: Recorded;
  hasGap?: true;
}

interface Published {
  readonly key: StreamKey;
  running?: Running | undefined;
  retry?: NodeJS.Timeout;
  failures: number;
}

export interface RecordingFacts extends StreamKey {
  /** Of the file. */
  readonly id: number;
  readonly path: string;
  readonly format: RecordingFormat;
  /** Milliseconds since 1970. */
  readonly began: number;
  /** undefined: it goes on. */
  readonly ended: number | undefined;
  readonly duration: number;
  readonly bytes: number;
  readonly waiting: number;
  readonly gaps: number;
}

export interface DvrStats {
  readonly running: number;
  /** Since the start. */
  readonly files: number;
  readonly bytes: number;
  readonly gaps: number;
  readonly failures: number;
}

/** After a failure the disk gets some rest, longer each time. */
const firstRetry = 5_000;
const longestRetry = 60_000;
/** A disk that hangs must not keep the process. */
const longestStop = 3_000;

/** Throws a LiveError for what no recording can be. */
export function checkDvr(config: Config): void {
  for (const vhost of config.vhost) {
    if (vhost.dvr.enabled && cannotAppend(dvrSettings(vhost))) {
      throw new LiveError('dvr_append_format', { vhost: vhost.name });
    }
  }
}

export class Dvr {
  readonly #options: DvrOptions;
  readonly #published = new Map<string, Published>();
  readonly #running = new Map<RecordingId, Running>();
  readonly #totals = { files: 0, bytes: 0, gaps: 0, failures: 0 };
  readonly library: Library;

  constructor(options: DvrOptions) {
    this.#options = options;
    this.library = new Library({
      ...options,
      repaired: (result) => this.#repaired(result),
      failed: (directory, error) => this.#failed('dvr_list_failed', { directory, why: reasonOf(error) }),
    });
  }

  readonly handle = (event: NativeEvent): void => {
    try {
      if (event.type === 'published') this.#publish(event);
      else if (event.type === 'unpublished') this.#unpublish(event);
      else if (isOfRecording(event)) this.#take(event);
    } catch (error) {
      this.#options.log.error({ type: 'failure', event: event.type, error: reasonOf(error) }, 'DVR failed');
    }
  };

  /** What is published gets the recording of now; where it changes, the file is closed and another one begins. */
  readonly follow = (): void => {
    this.library.follow();
    for (const published of this.#published.values()) {
      const { running } = published;
      const wanted = this.#wanted(published.key);
      if (running && (!running.isOwn || isDeepStrictEqual(running.settings, wanted))) continue;
      if (running) this.#end(published);
      if (wanted) this.#begin(published, wanted, { isOwn: true, fromPublish: false });
    }
  };

  readonly stats = (): DvrStats => ({ running: this.#running.size, ...this.#totals });

  /** The newest first. */
  readonly list = (): readonly RecordingFacts[] => {
    const running = new Map(this.#options.engine.recordings().map((facts) => [facts.file, facts]));
    return this.library.list().map((entry) => {
      const { id, vhost, app, stream, path, format, began, done } = entry;
      const now = done ? undefined : running.get(path);
      const { bytes = 0, duration = 0 } = done ?? now ?? {};
      const { waiting = 0, gaps = 0 } = now ?? {};
      return { id, vhost, app, stream, path, format, began, ended: done?.at, bytes, duration, waiting, gaps };
    });
  };

  readonly remove = async (id: number): Promise<void> => {
    const entry = this.library.find(id);
    if (entry) await this.library.remove(entry);
  };

  /** Records a stream that is published, whatever its vhost says. */
  readonly start = (key: StreamKey): 'started' | 'missing' | 'running' | 'failed' => {
    const published = this.#published.get(streamId(key));
    const vhost = this.#vhostOf(key.vhost);
    if (!published || !vhost) return 'missing';
    if (published.running) return 'running';
    const settings = dvrSettings(vhost);
    if (cannotAppend(settings)) return 'failed';
    return this.#begin(published, settings, { isOwn: false, fromPublish: false }) ? 'started' : 'missing';
  };

  /** Ends the recording of a stream until it is published again. */
  readonly end = (key: StreamKey): boolean => {
    const published = this.#published.get(streamId(key));
    if (!published?.running) return false;
    this.#end(published);
    return true;
  };

  /** When the engine has stopped. */
  readonly stop = async (): Promise<void> => {
    for (const { retry } of this.#published.values()) clearTimeout(retry);
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (giveUp = setTimeout(resolve, longestStop)));
    await Promise.race([late, this.library.stop()]);
    clearTimeout(giveUp);
  };

  #vhostOf(name: string): VhostConfig | undefined {
    return this.#options.config().vhost.find((vhost) => vhost.name === name && vhost.enabled);
  }

  #wanted(key: StreamKey): DvrSettings | undefined {
    const vhost = this.#vhostOf(key.vhost);
    return vhost && isRecorded(vhost, key) ? dvrSettings(vhost) : undefined;
  }

  #publish({ vhost, app, stream }: StreamKey): void {
    const published: Published = { key: { vhost, app, stream }, failures: 0 };
    this.#published.set(streamId(published.key), published);
    const wanted = this.#wanted(published.key);
    if (wanted) this.#begin(published, wanted, { isOwn: true, fromPublish: true });
  }

  #unpublish(key: StreamKey): void {
    const published = this.#published.get(streamId(key));
    if (!published) return;
    this.#end(published);
    this.#published.delete(streamId(key));
  }

  #begin(
    published: Published,
    settings: DvrSettings,
    { isOwn, fromPublish }: { readonly isOwn: boolean; readonly fromPublish: boolean },
  ): boolean {
    clearTimeout(published.retry);
    const { key } = published;
    const id = this.#options.engine.startRecording(key, { ...settings.rules, fromPublish }, settings.root);
    if (id === 0) return false;
    published.running = { id, key, settings, isOwn };
    this.#running.set(id, published.running);
    return true;
  }

  #end(published: Published): void {
    clearTimeout(published.retry);
    if (published.running) this.#options.engine.stopRecording(published.running.id, false);
    published.running = undefined;
  }

  #take(event: RecordingEvent): void {
    const running = this.#running.get(event.recording);
    if (!running) return;
    if (event.type === 'recordNext') void this.#name(running);
    else if (event.type === 'recordFile') void this.#finish(running, event);
    else if (event.type === 'recordGap') this.#gap(running, event.bytes);
    else this.#over(running, event);
  }

  async #name(running: Running): Promise<void> {
    const { settings, key, id } = running;
    try {
      running.file = await this.library.of(settings.root).begin(key, settings, Date.now());
      if (!this.#options.engine.recordTo(id, running.file.path)) this.#forget(running);
    } catch (error) {
      // It ends as one does that can't write.
      this.#options.engine.stopRecording(id, true);
      this.#running.delete(id);
      this.#broken(running, settings.root, reasonOf(error));
    }
  }

  async #finish(running: Running, event: Extract<RecordingEvent, { type: 'recordFile' }>): Promise<void> {
    const { file: entry, key, settings } = running;
    if (!entry) return;
    delete running.file;
    if (event.error !== '') {
      this.#failed('dvr_write_failed', {
        ...this.#about(running),
        file: entry.path,
        why: event.error,
        then: 'it is left',
      });
      return;
    }
    this.#totals.files += 1;
    this.#totals.bytes += event.bytes;
    const published = this.#published.get(streamId(key));
    if (published) published.failures = 0;
    const done = await this.library.of(settings.root).end(entry, event);
    const { bytes, duration } = event;
    this.#options.log.info(
      { type: 'recorded', ...key, file: done.path, bytes, duration },
      `${streamName(key)} is recorded in ${done.path}`,
    );
    this.#options.finished({ ...key, file: done.path });
    this.library.tidy();
  }

  #gap(running: Running, bytes: number): void {
    this.#totals.gaps += 1;
    if (running.hasGap) return;
    running.hasGap = true;
    this.#tell('warn', 'dvr_gap', { ...this.#about(running), directory: running.settings.root, bytes });
  }

  #over(running: Running, { error, file }: Extract<RecordingEvent, { type: 'recordEnd' }>): void {
    this.#running.delete(running.id);
    this.#forget(running);
    const published = this.#published.get(streamId(running.key));
    if (published?.running === running && error === '') published.running = undefined;
    if (error !== '') this.#broken(running, file, error);
  }

  #forget(running: Running): void {
    if (running.file) this.library.of(running.settings.root).forget(running.file);
    delete running.file;
  }

  /** Tries again after a while, as long as the stream is published and is to be recorded. */
  #broken(running: Running, file: string, why: string): void {
    const published = this.#published.get(streamId(running.key));
    const isCurrent = published?.running === running;
    const delay = Math.min(longestRetry, firstRetry * 2 ** (published?.failures ?? 0));
    const then = isCurrent && running.isOwn ? `next try in ${delay / 1000} s` : 'it has ended';
    this.#failed('dvr_write_failed', { ...this.#about(running), file, why, then });
    if (!isCurrent) return;
    published.running = undefined;
    published.failures += 1;
    if (!running.isOwn) return;
    published.retry = setTimeout(() => {
      const wanted = this.#wanted(published.key);
      if (!published.running && wanted) this.#begin(published, wanted, { isOwn: true, fromPublish: false });
    }, delay).unref();
  }

  #about = ({ key }: Running): Record<string, string> => ({ ...key, name: streamName(key) });

  #repaired({ entry, error, cut }: Repaired): void {
    const { path: file, vhost, app, stream, done } = entry;
    if (error !== '') {
      this.#failed('dvr_repair_failed', { file: `${file}.tmp`, why: error });
      return;
    }
    const about = { vhost, app, stream, file, bytes: done?.bytes ?? 0, cut };
    this.#options.log.warn({ type: 'repaired', ...about }, `${file} was left unfinished and is repaired`);
    this.#options.finished({ vhost, app, stream, file });
  }

  #failed(reason: DvrError, slots: Readonly<Record<string, string | number>>): void {
    this.#totals.failures += 1;
    this.#tell('error', reason, slots);
  }

  #tell(level: 'warn' | 'error', reason: DvrError, slots: Readonly<Record<string, string | number>>): void {
    this.#options.log[level]({ type: 'dvr', reason, ...slots }, errorText(reason, slots));
  }
}

type DvrError = 'dvr_write_failed' | 'dvr_gap' | 'dvr_list_failed' | 'dvr_repair_failed';

function isOfRecording(event: NativeEvent): event is RecordingEvent {
  return 'recording' in event;
}

/** No name has a line end in it. */
