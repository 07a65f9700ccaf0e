// Makes what a stream needs when it is published first: its names, its objects, its files, and what happens when one of these fails.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Log } from '../log.js';
import type { StreamKey } from '../native.js';
import { streamId } from '../native/stream_name.js';
import type { Entry } from './assembly.js';
import type { HlsEngine } from './engine.js';
import type { ExpiredNames } from './expired_names.js';
import { Failures } from './failures.js';
import { readLeftover } from './leftovers.js';
import { namesOf, type StreamNames } from './names.js';
import type { OldFiles } from './old_files.js';
import type { HlsSettings } from './settings.js';
import { HlsStream, type StreamEnd } from './stream.js';
import { createLimiter, StreamFiles } from './stream_files.js';
import { StreamObjects } from './stream_objects.js';

export interface OpenStream {
  readonly hls: HlsStream;
  readonly failures: Failures;
  /** Names that no other stream may have meanwhile. */
  readonly claims: readonly string[];
  readonly id: string;
  readonly key: StreamKey;
  readonly names: StreamNames;
  /** undefined: nothing of it is served. */
  readonly objects: StreamObjects | undefined;
  /** Those of now: may be replaced by others under which it can go on. */
  readonly rules: { settings: HlsSettings };
}

/** A fragment that can be fetched now, as hooks tell of it. */
export interface FinishedFragment extends StreamKey {
  readonly sequence: number;
  /** Seconds. */
  readonly duration: number;
  /** Paths of files; empty where fragments are kept in memory only. */
  readonly file: string;
  readonly m3u8: string;
  /** Below hls_path, or where they are mounted. */
  readonly url: string;
  readonly m3u8Url: string;
}

export interface OpenerOptions {
  readonly engine: HlsEngine;
  readonly log: Log;
  readonly oldFiles: OldFiles;
  readonly expired: ExpiredNames;
  readonly failure: () => void;
  readonly finished: (fragment: FinishedFragment) => void;
  /** A stream's list is to be put. */
  readonly stale: (stream: OpenStream) => void;
}

/** Node's pool has four threads, and a disk that hangs must not take all of them. */
const writesAtOnce = 2;
/** Bytes of randomness in the name of a guarded fragment. */
const tokenBytes = 16;
/** Sequence numbers start from the clock, at most one a second, so that they fit into 31 bits. */
const shortestCount = 1000;
/** A viewer fetches the list at least this often, in target durations. */
const idleInTargets = 2;

export class StreamOpener {
  readonly #options: OpenerOptions;
  readonly #limit = createLimiter(writesAtOnce);
  readonly #claims = new Map<string, string>();

  constructor(options: OpenerOptions) {
    this.#options = options;
  }

  /** undefined: its names are those of another stream. `before`: the same one with other settings, closed already. */
  open(key: StreamKey, settings: HlsSettings, before?: StreamEnd): OpenStream | undefined {
    const { engine, log, oldFiles, failure, finished, stale } = this.#options;
    const names = namesOf(key, settings);
    const { directory, grant, served, guarded } = settings;
    const rules = { settings };
    const failures = new Failures({
      ...{ key, log, count: failure },
      onError: () => rules.settings.onError,
      kick: (conn) => engine.kick(conn),
    });
    const claims = claimsOf(names, settings);
    if (!this.#claim(claims, key, failures)) return undefined;
    const leftover = directory === undefined ? undefined : oldFiles.take(directory, names.playlistFile);
    // From the clock: so it goes on after a restart, and no name is used twice.
    const ofNow = Math.floor(Date.now() / Math.max(shortestCount, grant.fragment));
    const objects = served === 'no' ? undefined : this.#objects(key, settings, names, failures);
    const hls: HlsStream = new HlsStream({
      settings: () => rules.settings,
      names,
      firstSequence: Math.max(ofNow, (leftover?.lastSequence ?? -1) + 1, before?.sequence ?? 0),
      discontinuities: before?.discontinuities ?? leftover?.discontinuities ?? 0,
      token: () => (guarded ? randomBytes(tokenBytes).toString('hex') : ''),
      objects,
      files:
        directory === undefined
          ? undefined
          : (list) => this.#files({ directory, names, failures, list, after: before?.drained }, () => hls),
      memory: () => engine.logMemory(),
      releaseRange: (range) => engine.releaseRange(range),
      notice: (what, slots) => failures.notice(what, slots),
      finished: (entry) => finished(finishedOf(entry, key, names, directory)),
      stale: () => stale(stream),
    });
    const { vhost, app, stream: name } = key;
    const facts = { id: streamId(key), key: { vhost, app, stream: name }, names, objects };
    const stream: OpenStream = { hls, failures, claims, rules, ...facts };
    if (leftover) hls.adopt(leftover, Date.now());
    if (before?.init) hls.takeInit({ ...before.init, bytes: before.init.content }, Date.now());
    return stream;
  }

  close({ hls, claims, id }: OpenStream): void {
    hls.close();
    for (const name of claims) if (this.#claims.get(name) === id) this.#claims.delete(name);
  }

  #claim(claims: readonly string[], key: StreamKey, failures: Failures): boolean {
    const id = streamId(key);
    for (const name of claims) {
      const other = this.#claims.get(name);
      if (other === undefined || other === id) continue;
      failures.notice('hls_name_taken', { name, other: other.replaceAll('\n', '/') });
      return false;
    }
    for (const name of claims) this.#claims.set(name, id);
    return true;
  }

  #objects(key: StreamKey, settings: HlsSettings, names: StreamNames, failures: Failures): StreamObjects {
    const { engine, expired } = this.#options;
    const { verdict, grant, target, guarded } = settings;
    const idle = Math.max(verdict, idleInTargets * target * 1000);
    return new StreamObjects({
      engine,
      key,
      names,
      container: grant.container,
      view: { ask: guarded, grant: verdict, idle },
      failed: (path, error) => failures.cannotServe(path, error),
      expired: (name) => expired.add(name),
    });
  }

  #files({ directory, names, failures, list, after }: FilesOf, hls: () => HlsStream): StreamFiles {
    const { engine, oldFiles } = this.#options;
    const playlist = names.playlistFile;
    const adopt = async (): Promise<void> => {
      await after;
      await oldFiles.scanned(directory);
      // Of an earlier run, or of its own before it was forgotten.
      const leftover = oldFiles.take(directory, playlist) ?? (await readLeftover(directory, playlist));
      if (leftover) hls().adopt(leftover, Date.now());
    };
    return new StreamFiles({
      engine,
      root: directory,
      playlist,
      list,
      failed: (file, error) => failures.cannotWrite(file, error, () => hls().stopFiles()),
      limit: this.#limit,
      ready: adopt(),
    });
  }
}

interface FilesOf {
  readonly directory: string;
  readonly names: StreamNames;
  readonly failures: Failures;
  readonly list: () => string | undefined;
  readonly after: Promise<void> | undefined;
}

function finishedOf(
  { place, duration, sequence }: Entry,
  { vhost, app, stream }: StreamKey,
  { playlistFile, playlistKey }: StreamNames,
  directory: string | undefined,
): FinishedFragment {
  const facts = { vhost, app, stream, sequence, duration: duration / 1000 };
  if (directory === undefined) {
    const [url, m3u8Url] = [place.key, playlistKey].map((key) => key.slice(key.indexOf('/') + 1));
    return { ...facts, file: '', m3u8: '', url: url ?? '', m3u8Url: m3u8Url ?? '' };
  }
  const [file, m3u8] = [place.file, playlistFile].map((name) => join(directory, name));
  return { ...facts, file: file ?? '', m3u8: m3u8 ?? '', url: place.file, m3u8Url: playlistFile };
}

/** Two streams whose names meet would overwrite each other: `a/b` with stream `c`, and `a` with stream `b/c`. */
function claimsOf(names: StreamNames, { directory, served }: HlsSettings): string[] {
  const fragment = names.fragment({ sequence: 0, duration: 0, date: 0, token: '' });
  const paths = served === 'no' ? [] : [names.playlistKey, fragment.key];
  return directory === undefined
    ? paths
    : [...paths, ...[names.playlistFile, fragment.file].map((file) => join(directory, file))];
}
