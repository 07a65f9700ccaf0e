// HLS of all streams: events of the engine in, playlists and fragments in the object store and on the disk out.
// startHls returns what stops it.

import type { Config, VhostConfig } from '../config/load.js';
import { reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import type { ConnectionId, HlsEvent, NativeEvent, StreamKey } from '../native.js';
import type { StreamStats } from '../native/stats.js';
import { streamId, streamName } from '../native/stream_name.js';
import type { HlsEngine } from './engine.js';
import { ExpiredNames } from './expired_names.js';
import { OldFiles } from './old_files.js';
import { StreamOpener, type FinishedFragment, type OpenStream } from './open_stream.js';
import { Variants, type VariantsOptions } from './variants.js';
import { canGoOn, hlsSettings, isUnreachable, type HlsSettings } from './settings.js';

export interface HlsOptions extends Omit<VariantsOptions, 'engine' | 'stats'> {
  readonly engine: HlsEngine;
  readonly stats: () => { readonly streams: readonly StreamStats[] };
  /** The configuration of now. */
  readonly config: () => Config;
  readonly log: Log;
  /** Whether viewers of a vhost are asked for (`play` events with protocol hls). */
  readonly asksViewers: (vhost: VhostConfig) => boolean;
  /** Told of each fragment that can be fetched. */
  readonly finished: (fragment: FinishedFragment) => void;
}

export interface HlsStats {
  readonly streams: number;
  /** Since the start. */
  readonly fragments: number;
  readonly bytes: number;
  readonly failures: number;
}

export interface Hls {
  /** Takes what concerns it of all events. */
  readonly handle: (event: NativeEvent) => void;
  /** Whether a path is that of a fragment that was removed: a request for it must not wait for a stream of that name. */
  readonly isExpired: (vhost: string, path: string) => boolean;
  readonly stats: () => HlsStats;
  /** The configuration has changed: it holds at once. Where a playlist can't keep what it promised, another one begins. */
  readonly follow: () => void;
  /** Writes what waits for the disk. */
  readonly stop: () => Promise<void>;
}

const sweepInterval = 1000;
/** A disk that hangs must not keep the process. */
const longestStop = 3000;

export function startHls(options: HlsOptions): Hls {
  const feature = new Feature(options);
  feature.begin();
  return feature;
}

class Feature implements Hls {
  readonly #options: HlsOptions;
  readonly #streams = new Map<string, OpenStream>();
  readonly #published = new Map<string, { readonly key: StreamKey; readonly publisher: ConnectionId }>();
  readonly #stale = new Set<OpenStream>();
  readonly #expired = new ExpiredNames();
  readonly #oldFiles = new OldFiles();
  readonly #opener: StreamOpener;
  readonly #variants: Variants;
  readonly #totals = { fragments: 0, bytes: 0, failures: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HlsOptions) {
    this.#options = options;
    this.#variants = new Variants({ ...options, stats: () => options.stats().streams });
    this.#opener = new StreamOpener({
      ...options,
      oldFiles: this.#oldFiles,
      expired: this.#expired,
      failure: () => (this.#totals.failures += 1),
      stale: (stream) => this.#markStale(stream),
    });
  }

  begin(): void {
    const { config, log } = this.#options;
    for (const vhost of config().vhost) {
      const settings = hlsSettings(config(), vhost);
      if (settings) this.#oldFiles.scan(settings);
      else if (isUnreachable(config(), vhost)) {
        log.warn({ type: 'hls', vhost: vhost.name }, `HLS of ${vhost.name} is off: ${whyUnreachable}`);
      }
    }
    this.#timer = setInterval(() => this.#sweep(), sweepInterval).unref();
  }

  readonly handle = (event: NativeEvent): void => this.#guarded(event.type, () => this.#take(event));

  readonly isExpired = (vhost: string, path: string): boolean => this.#expired.has(vhost, path);

  readonly follow = (): void => {
    for (const { key, publisher } of this.#published.values()) {
      const before = this.#streams.get(streamId(key));
      const stream = this.#adapt(key);
      if (stream && stream !== before) this.#begin(stream, publisher);
    }
    for (const [id, stream] of this.#streams) {
      const settings = this.#settingsOf(stream.key.vhost);
      if (!settings || !canGoOn(stream.rules.settings, settings)) this.#close(id, stream);
      else stream.rules.settings = settings;
    }
  };

  readonly stats = (): HlsStats => ({ streams: this.#streams.size, ...this.#totals });

  readonly stop = async (): Promise<void> => {
    clearInterval(this.#timer);
    let giveUp: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (giveUp = setTimeout(resolve, longestStop)));
    const drained = [...this.#streams.values()].map(({ hls }) => hls.drained());
    await Promise.race([late, Promise.all(drained)]);
    clearTimeout(giveUp);
  };

  #take(event: NativeEvent): void {
    if (event.type === 'published') this.#publish(event);
    else if (event.type === 'unpublished') {
      this.#published.delete(streamId(event));
      this.#variants.unpublished(streamId(event), event);
      this.#streams.get(streamId(event))?.hls.unpublished(Date.now());
    } else if (isCut(event)) this.#cut(event);
  }

  #publish({ vhost, app, stream, conn, relayPath }: Extract<NativeEvent, { type: 'published' }>): void {
    const key = { vhost, app, stream };
    this.#published.set(streamId(key), { key, publisher: conn });
    const before = this.#streams.get(streamId(key));
    const open = this.#adapt(key);
    this.#variants.published(streamId(key), key, relayPath, this.#streams);
    if (open && open === before) goOn(open, conn);
    else if (open) this.#begin(open, conn);
  }

  /** What the log says is so already: who asks for a list from here on, its own or that of all variants, waits for it. */
  #begin(stream: OpenStream, publisher: ConnectionId): void {
    goOn(stream, publisher);
    const { key, names, rules } = stream;
    if (rules.settings.served === 'no') return;
    this.#options.log.info({ type: 'hls', ...key, path: names.playlistKey }, `HLS of ${streamName(key)} begins`);
  }

  /** What is published gets the HLS of now: none, the one it has, or another one that goes on in its numbers. */
  #adapt(key: StreamKey): OpenStream | undefined {
    const id = streamId(key);
    const settings = this.#settingsOf(key.vhost);
    const before = this.#streams.get(id);
    if (before && settings && canGoOn(before.rules.settings, settings)) {
      before.rules.settings = settings;
      return before;
    }
    if (before) this.#close(id, before);
    const stream = settings && this.#opener.open(key, settings, before?.hls.end);
    if (stream) this.#streams.set(id, stream);
    return stream;
  }

  #cut(event: HlsEvent): void {
    const hls = this.#streams.get(streamId(event))?.hls;
    const now = Date.now();
    if (event.type === 'hlsInit') hls?.takeInit(event, now);
    else if (event.type === 'streamEnded') hls?.ended(now);
    else if (!hls) this.#options.engine.releaseRange(event.range);
    else if (event.type === 'part') hls.takePart(event, now);
    else {
      this.#totals.fragments += 1;
      this.#totals.bytes += event.bytes;
      hls.takeFragment(event, now);
    }
  }

  #settingsOf(name: string): HlsSettings | undefined {
    const config = this.#options.config();
    const vhost = config.vhost.find((candidate) => candidate.name === name && candidate.enabled);
    return vhost && hlsSettings(config, vhost, this.#options.asksViewers(vhost));
  }

  #close(id: string, stream: OpenStream): void {
    this.#streams.delete(id);
    this.#stale.delete(stream);
    this.#opener.close(stream);
  }

  /** When all events of this turn have been taken: one list, however many of them there were. */
  #markStale(stream: OpenStream): void {
    if (this.#stale.size === 0) queueMicrotask(() => this.#flush());
    this.#stale.add(stream);
  }

  #flush(): void {
    const changed = [...this.#stale];
    this.#stale.clear();
    for (const { hls } of changed) this.#guarded('flush', () => hls.flush());
  }

  #sweep(): void {
    const now = Date.now();
    for (const [id, stream] of this.#streams) {
      this.#guarded('sweep', () => {
        if (!stream.hls.sweep(now)) this.#close(id, stream);
      });
    }
    this.#guarded('sweep', () => this.#variants.sweep(now, this.#streams));
    void this.#oldFiles.sweep(now);
  }

  /** A fault of ours costs one list, never the process. */
  #guarded(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.log.error({ type: 'failure', event: what, error: reasonOf(error) }, 'HLS failed');
    }
  }
}

function goOn({ hls, failures }: OpenStream, publisher: ConnectionId): void {
  failures.publishedBy(publisher);
  hls.published(Date.now());
}

const whyUnreachable = 'hls_storage is memory, and http_server, which would serve it, is off';

function isCut(event: NativeEvent): event is HlsEvent {
  return event.type === 'fragment' || event.type === 'part' || event.type === 'hlsInit' || event.type === 'streamEnded';
}

/** No name has a line end in it. */
