// HLS of one stream, from its first publish until it is over and forgotten: what the cutter tells goes into the window, and from
// there into the object store and to the disk. Owned by feature.ts; everything happens on the main thread.

import type { RangeId } from '../native.js';
import { Assembly, type Entry, type FragmentEvent, type Init, type InitEvent, type PartEvent } from './assembly.js';
import { marksOf, type Leftover } from './leftovers.js';
import { listingOf } from './listing.js';
import { excessOf } from './memory.js';
import { InitSegments } from './init_segments.js';
import type { StreamNames } from './names.js';
import { deltaText, firstWithParts, playlistText, type Playlist } from './playlist.js';
import type { HlsSettings } from './settings.js';
import { ratesOf, type Rates } from './rates.js';
import type { StreamFiles } from './stream_files.js';
import type { StreamObjects } from './stream_objects.js';
import { firstListHold, longestHold, longestSilence, partsKept } from './times.js';
import { Window } from './window.js';

export interface StreamEnd {
  readonly sequence: number;
  readonly discontinuities: number;
  readonly init: Init | undefined;
  readonly drained: Promise<void>;
}

export interface HlsStreamOptions {
  /** Those of now. */
  readonly settings: () => HlsSettings;
  readonly names: StreamNames;
  readonly firstSequence: number;
  readonly discontinuities: number;
  readonly token: () => string;
  /** undefined: nothing of it is served. */
  readonly objects: StreamObjects | undefined;
  /** Makes what writes its files; undefined: there are none. */
  readonly files: ((list: () => string | undefined) => StreamFiles) | undefined;
  readonly memory: () => { readonly used: number; readonly limit: number };
  readonly releaseRange: (range: RangeId) => void;
  readonly notice: (what: 'hls_disk_slow' | 'hls_memory_short', slots: Readonly<Record<string, string>>) => void;
  /** A fragment can be fetched: of those that are written to the disk, from there. */
  readonly finished: (entry: Entry) => void;
  /** Whether the list changed; it is put when the turn is over. */
  readonly stale: () => void;
}

export class HlsStream {
  readonly #options: HlsStreamOptions;
  readonly #assembly: Assembly;
  readonly #window: Window<Entry>;
  readonly #files: StreamFiles | undefined;
  readonly #inits: InitSegments;
  /** Parts that left the list. */
  #oldParts: { readonly keys: readonly string[]; readonly until: number }[] = [];
  /** Files of an earlier run. */
  #oldFiles: { readonly files: readonly string[]; readonly until: number } | undefined;
  /** The files' list names nothing before this one. */
  #filesFrom: number;
  #filesAreOff = false;
  #isPublished = false;
  #isEnded = false;
  #hasFiles = false;
  /** When something is to be done about a stream without a publisher. */
  #silentSince = 0;
  #goneAt = Infinity;
  #held = 0;

  constructor(options: HlsStreamOptions) {
    const { names, firstSequence, token, discontinuities, files } = options;
    this.#options = options;
    this.#assembly = new Assembly({ names, firstSequence, token });
    const { target } = options.settings();
    this.#window = new Window({ length: () => options.settings().window, target }, discontinuities);
    this.#filesFrom = firstSequence;
    this.#files = files?.(() => this.#filesText());
    this.#inits = new InitSegments(options.objects, this.#files);
    if (discontinuities > 0) this.#assembly.break();
  }

  /** Where the next one, with other settings, goes on. */
  get end(): StreamEnd {
    const { discontinuitySequence, listed } = this.#window;
    const breaks = listed.filter(({ discontinuity }) => discontinuity).length;
    return {
      sequence: this.#assembly.sequence,
      discontinuities: discontinuitySequence + breaks,
      init: this.#assembly.init,
      drained: this.drained(),
    };
  }

  /** Bits per second of what is listed; undefined: nothing is. */
  get rates(): Rates | undefined {
    return ratesOf(this.#window.listed, this.#window.targetDuration * 1000);
  }

  published(now: number): void {
    this.#isPublished = true;
    this.#goneAt = Infinity;
    if (this.#filesAreOff) {
      this.#filesAreOff = false;
      this.#filesFrom = this.#assembly.sequence;
    }
    if (this.#isEnded) this.#beginAgain(now);
    this.#options.objects?.promiseList(firstListHold);
  }

  unpublished(now: number): void {
    this.#isPublished = false;
    this.#silentSince = now;
  }

  /** Nobody is expected back. */
  ended(now: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const longest = Math.max(0, ...this.#window.listed.map(({ duration }) => duration));
    this.#goneAt = now + this.#window.length + longest;
    this.#listChanged();
  }

  takeInit(event: Pick<InitEvent, 'version' | 'bytes'>, now: number): void {
    this.#inits.add(this.#assembly.takeInit(event, now));
  }

  takePart(event: PartEvent, now: number): void {
    const part = this.#assembly.takePart(event, now);
    if (part) this.#options.objects?.putPart(part.key, event.range);
    this.#options.releaseRange(event.range);
    this.#options.stale();
  }

  takeFragment(event: FragmentEvent, now: number): void {
    const entry = this.#assembly.takeFragment(event, now);
    const settings = this.#settings;
    const { objects } = this.#options;
    this.#window.append(entry, now);
    if (settings.served === 'memory') objects?.putFragment(entry, { range: event.range });
    if (entry.held === 'memory') this.#held += entry.bytes;
    if (!this.#files && entry.held === 'memory') this.#options.finished(entry);
    if (!this.#write(entry, event.range)) this.#options.releaseRange(event.range);
    this.#forgetParts(now);
    this.#fitMemory(event.logBytes, entry, now);
    this.#options.stale();
  }

  /** Puts the list that is served. Once a turn, however much has happened in it. */
  flush(): void {
    const settings = this.#settings;
    const { objects } = this.#options;
    const list = objects && this.#servedList();
    if (!objects || !list) return;
    const text = playlistText(list);
    const { grant } = settings;
    if (grant.part === 0) {
      objects.putList(text);
      return;
    }
    const hold = longestHold * list.targetDuration * 1000;
    const delta = deltaText(list);
    const partLimit = Math.max(3, Math.ceil(3000 / grant.part));
    const { sequence: msn, lastPart: part, previousParts } = this.#assembly;
    const live = { msn, part, previousParts, ended: this.#isEnded, hold, partLimit };
    objects.hint(this.#isEnded ? undefined : this.#assembly.hint.key, hold);
    objects.putList(text, delta === undefined ? live : { ...live, delta: Buffer.from(delta) });
  }

  /** What has had its time goes. False: nothing is left of the stream. */
  sweep(now: number): boolean {
    for (const entry of this.#window.expire(now)) this.#discard(entry);
    for (const { keys } of this.#oldParts.filter(({ until }) => until <= now)) this.#removeObjects(keys);
    this.#oldParts = this.#oldParts.filter(({ until }) => until > now);
    const used = [...this.#window.kept, ...this.#window.listed].map(({ init }) => init);
    this.#inits.keepOnly(new Set([...used, this.#assembly.init]), this.#settings.cleanup);
    this.#removeOldFiles(now);
    if (this.#isPublished) return true;
    const silence = now - this.#silentSince;
    const { dispose } = this.#settings;
    const isToDispose = this.#hasFiles && dispose > 0;
    if (isToDispose && silence >= dispose) this.#dispose(now);
    if (now < this.#goneAt && silence < longestSilence) return true;
    this.#releaseAll();
    const isAtWork = this.#files?.isBusy === true || this.#window.kept.length > 0 || this.#oldFiles !== undefined;
    return isAtWork || (isToDispose && silence < dispose);
  }

  /** Files that wait are written no more until the next publish. */
  stopFiles(): void {
    this.#filesAreOff = true;
    this.#files?.giveUp();
  }

  /** Its playlist was there before this process: its files go when nobody can be fetching them any more. */
  adopt(leftover: Leftover, now: number): void {
    const longest = Math.max(leftover.length, this.#settings.window);
    this.#oldFiles = { files: [...leftover.listed, ...leftover.kept], until: now + 2 * longest };
    this.#hasFiles = true;
  }

  /** Resolves when nothing waits for the disk. */
  drained(): Promise<void> {
    return this.#files?.drained() ?? Promise.resolve();
  }

  /** Nothing of it is served any more; its files stay. */
  close(): void {
    this.#releaseAll();
    this.#inits.close();
    this.#options.objects?.close();
  }

  #releaseAll(): void {
    for (const entry of [...this.#window.kept, ...this.#window.listed]) this.#release(entry);
    for (const { keys } of this.#oldParts) this.#removeObjects(keys);
    this.#oldParts = [];
    this.#removeObjects(this.#assembly.begunParts.map(({ key }) => key));
    this.#options.objects?.removeList();
  }

  /** True: the files let go of the range when they are done with it. */
  #write(entry: Entry, range: RangeId): boolean {
    const settings = this.#settings;
    const { objects, notice } = this.#options;
    if (this.#files && !this.#filesAreOff) {
      this.#inits.write(entry.init);
      const isTaken = this.#files.write(entry.place.file, { range }, (isWritten) => {
        this.#hasFiles = true;
        // The disk took longer than the fragment's time: nobody asks for it any more, and nobody else would remove it.
        if (entry.written === 'lost') {
          if (isWritten && this.#settings.cleanup) this.#files?.remove([entry.place.file]);
          return;
        }
        entry.written = isWritten ? 'yes' : 'lost';
        if (isWritten) this.#options.finished(entry);
        if (settings.served !== 'files') return;
        if (isWritten) objects?.putFragment(entry, { root: this.#root });
        else entry.held = 'lost';
        this.#options.stale();
      });
      if (isTaken) return true;
      notice('hls_disk_slow', { directory: this.#root });
    }
    entry.written = 'lost';
    if (settings.served !== 'memory') entry.held = 'lost';
    return false;
  }

  get #settings(): HlsSettings {
    return this.#options.settings();
  }

  get #root(): string {
    return this.#settings.directory ?? '';
  }

  #listChanged(): void {
    this.#options.stale();
    if (!this.#filesAreOff) this.#files?.writeList();
  }

  #servedList(): Playlist | undefined {
    const settings = this.#settings;
    if (settings.served === 'files') {
      const list = this.#filesList();
      return list && { ...list, query: this.#options.names.query };
    }
    const listing = listingOf(this.#window, ({ held }) => (held === 'waiting' || held === 'lost' ? held : 'there'));
    if (!listing) return undefined;
    const { part } = settings.grant;
    const next = this.#isEnded ? undefined : this.#assembly.pending;
    const { query } = this.#options.names;
    return { ...this.#facts(listing), query, ...(part > 0 ? { lowLatency: { partTarget: part, next } } : {}) };
  }

  #filesList(): Playlist | undefined {
    if (this.#filesAreOff) return undefined;
    const listing = listingOf(this.#window, ({ sequence, written }) =>
      sequence < this.#filesFrom ? 'lost' : written === 'yes' ? 'there' : written,
    );
    return listing && this.#facts(listing);
  }

  #facts(listing: Omit<Playlist, 'isEnded'>): Playlist {
    const isIndependent = listing.isIndependent && this.#settings.grant.waitKeyframe;
    return { ...listing, isIndependent, isEnded: this.#isEnded };
  }

  #filesText(): string | undefined {
    const list = this.#filesList();
    if (!list) return undefined;
    const settings = this.#settings;
    const { names } = this.#options;
    const listed = new Set(list.fragments.map(({ sequence }) => sequence));
    const kept = [...this.#window.kept, ...this.#window.listed].filter(
      ({ sequence, written }) => written === 'yes' && !listed.has(sequence),
    );
    const ours = [...kept.map(({ place }) => place.file), ...this.#inits.files, ...(this.#oldFiles?.files ?? [])];
    return playlistText({ ...list, comments: marksOf(names.playlistFile, settings.cleanup ? ours : []) });
  }

  #forgetParts(now: number): void {
    const list = this.#servedList();
    if (!list?.lowLatency) return;
    const until = now + partsKept * list.targetDuration * 1000;
    const first = list.fragments[firstWithParts(list)]?.sequence ?? 0;
    for (const entry of this.#window.listed) {
      if (entry.sequence >= first || entry.parts.length === 0) continue;
      this.#oldParts.push({ keys: entry.parts.map(({ key }) => key), until });
      entry.parts = [];
    }
  }

  /** Gives up the oldest until the rest fits. What lies on the disk, too, is served from there. */
  #fitMemory(logBytes: number, newest: Entry, now: number): void {
    const settings = this.#settings;
    const { memory, notice } = this.#options;
    if (settings.served !== 'memory') return;
    const facts = { held: this.#held, logBytes, newest: newest.bytes, engine: memory() };
    const beyond = excessOf(facts, settings);
    if (!beyond) return;
    notice('hls_memory_short', { limit: beyond.limit });
    let excess = beyond.bytes;
    while (excess > 0) {
      const moved = this.#moveToFile();
      const gone = moved ?? this.#window.giveUp(now, beyond.least);
      if (!gone) return;
      if (!moved) this.#discard(gone);
      excess -= gone.bytes;
    }
  }

  #moveToFile(): Entry | undefined {
    const { kept, listed } = this.#window;
    const entry = [...kept, ...listed.slice(0, -1)].find(({ held, written }) => held === 'memory' && written === 'yes');
    if (!entry) return undefined;
    this.#held -= entry.bytes;
    this.#options.objects?.putFragment(entry, { root: this.#root });
    if (entry.held === 'lost') this.#removeObjects([entry.place.key]);
    return entry;
  }

  #discard(entry: Entry): void {
    this.#release(entry);
    if (entry.written === 'yes' && this.#settings.cleanup) this.#files?.remove([entry.place.file]);
    entry.written = 'lost';
  }

  #release(entry: Entry): void {
    if (entry.held === 'memory') this.#held -= entry.bytes;
    if (entry.held === 'memory' || entry.held === 'file') this.#removeObjects([entry.place.key]);
    this.#removeObjects(entry.parts.map(({ key }) => key));
    entry.held = 'lost';
  }

  #removeObjects(keys: readonly string[]): void {
    for (const key of keys) this.#options.objects?.remove(key);
  }

  #removeOldFiles(now: number): void {
    if (!this.#oldFiles || this.#oldFiles.until > now) return;
    const own = new Set([...this.#window.kept, ...this.#window.listed].map(({ place }) => place.file));
    const files = this.#oldFiles.files.filter((file) => !own.has(file));
    if (this.#settings.cleanup) this.#files?.remove(files);
    this.#oldFiles = undefined;
  }

  /** A publish after the end is another presentation; numbers, names and dates go on. */
  #beginAgain(now: number): void {
    this.#isEnded = false;
    this.#window.restart(now);
    this.#assembly.break();
    this.#options.objects?.removeList();
  }

  /** All of its files go, and with them what is served from there. */
  #dispose(now: number): void {
    this.#hasFiles = false;
    const entries = [...this.#window.kept, ...this.#window.listed].filter(({ written }) => written === 'yes');
    const files = [...entries.map(({ place }) => place.file), ...this.#inits.files];
    const settings = this.#settings;
    const { names, objects } = this.#options;
    this.#files?.remove([names.playlistFile, ...files, ...(this.#oldFiles?.files ?? [])]);
    this.#oldFiles = undefined;
    this.#inits.filesAreGone();
    for (const entry of entries) {
      entry.written = 'lost';
      if (entry.held === 'file') this.#release(entry);
    }
    this.#filesFrom = this.#assembly.sequence;
    if (settings.served !== 'files') return;
    objects?.removeList();
    this.#window.restart(now);
    this.#assembly.break();
  }
}
