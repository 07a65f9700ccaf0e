// Which streams are variants of which, and the multivariant playlist of each that has some: `mine/index.m3u8` beside
// `mine.m3u8`. It is put when all of them have their lists, so that a player who comes early is not left with one of them.

import { createHash } from 'node:crypto';
import type { StreamKey } from '../native.js';
import type { ObjectCommands } from '../native/objects.js';
import type { StreamStats } from '../native/stats.js';
import { streamId } from '../native/stream_name.js';
import { multivariantText, type Variant } from './multivariant.js';
import type { OpenStream } from './open_stream.js';

export interface VariantsOptions {
  readonly engine: Pick<ObjectCommands, 'putObject' | 'removeObject' | 'promiseObject'>;
  readonly stats: () => readonly StreamStats[];
  /** By what a stream is known in the paths of others. */
  readonly identityOf: (key: StreamKey) => string;
  /** The identities of the streams that one with this path was made of by transcodes. */
  readonly sourcesOf: (relayPath: string) => readonly string[];
}

/** A stream that others were made of. */
interface Source {
  readonly id: string;
  /** Those that were made of it and are published, with their highest rates. */
  readonly products: Map<string, number>;
  /** Its own. */
  peak: number;
  since: number;
  /** Where its playlist was put; empty: it was not yet. */
  putAt: string;
  text: string;
}

/** One of them may never come: after so long the others are listed without it. */
const longestWait = 15_000;
/** hls.js gives up after 10 s without an answer. */
const hold = 8000;

export class Variants {
  readonly #options: VariantsOptions;
  /** By identity: those that are published. */
  readonly #ids = new Map<string, string>();
  readonly #sources = new Map<string, Source>();

  constructor(options: VariantsOptions) {
    this.#options = options;
  }

  published(id: string, key: StreamKey, relayPath: string, streams: ReadonlyMap<string, OpenStream>): void {
    this.#ids.set(this.#options.identityOf(key), id);
    for (const identity of this.#options.sourcesOf(relayPath)) {
      const of = this.#ids.get(identity);
      if (of !== undefined && of !== id) this.#add(of, id, streams.get(of));
    }
  }

  unpublished(id: string, key: StreamKey): void {
    this.#ids.delete(this.#options.identityOf(key));
    for (const source of this.#sources.values()) source.products.delete(id);
  }

  sweep(now: number, streams: ReadonlyMap<string, OpenStream>): void {
    if (this.#sources.size === 0) return;
    const facts = new Map(this.#options.stats().map((stats) => [streamId(stats), stats]));
    // A stream may be called `mine/index`.
    const taken = new Set([...streams.values()].map(({ names }) => names.playlistKey));
    for (const source of this.#sources.values()) {
      const open = streams.get(source.id);
      if (open?.objects) this.#put(source, open, { streams, facts, taken, now });
      else this.#remove(source);
    }
  }

  #add(of: string, id: string, open: OpenStream | undefined): void {
    const source = this.#sources.get(of) ?? {
      ...{ id: of, products: new Map<string, number>(), peak: 0, since: Date.now(), putAt: '', text: '' },
    };
    this.#sources.set(of, source);
    source.products.set(id, 0);
    if (open?.objects && source.putAt === '') {
      this.#options.engine.promiseObject(open.names.multivariantKey, { hold, view: open.objects.view });
    }
  }

  #remove(source: Source): void {
    if (source.products.size === 0) this.#sources.delete(source.id);
    if (source.putAt !== '') this.#options.engine.removeObject(source.putAt);
    Object.assign(source, { putAt: '', text: '' });
  }

  /** When the stream is over, its list stays as it was: so do the lists that it names. */
  #put(source: Source, open: OpenStream, { streams, facts, taken, now }: Now): void {
    if (source.products.size === 0) return;
    const at = open.names.multivariantKey;
    const variant = (id: string, peak: number): Variant | undefined =>
      variantOf(streams.get(id), facts.get(id), { at, peak, source: open });
    const own = variant(source.id, source.peak);
    const made = [...source.products].map(([id, peak]) => variant(id, peak));
    const isWaiting = source.text === '' && made.includes(undefined) && now - source.since < longestWait;
    if (!own || isWaiting || taken.has(at)) return;
    source.peak = own.peak;
    [...source.products.keys()].forEach((id, index) => source.products.set(id, made[index]?.peak ?? 0));
    const listed = made.filter((one) => one !== undefined).toSorted((a, b) => b.peak - a.peak);
    const text = multivariantText([own, ...listed]);
    if (text === source.text && source.putAt === at) return;
    if (source.putAt !== '' && source.putAt !== at) this.#options.engine.removeObject(source.putAt);
    Object.assign(source, { text, putAt: at });
    this.#options.engine.putObject(at, {
      body: Buffer.from(text),
      contentType: 'application/vnd.apple.mpegurl',
      cacheControl: 'no-cache',
      etag: `"${createHash('sha1').update(text).digest('base64url')}"`,
      ...(open.objects && { view: open.objects.view }),
    });
  }
}

interface Now {
  readonly streams: ReadonlyMap<string, OpenStream>;
  readonly facts: ReadonlyMap<string, StreamStats>;
  /** Keys of the streams' own lists. */
  readonly taken: ReadonlySet<string>;
  readonly now: number;
}

/** undefined: it has no list yet. */
function variantOf(
  stream: OpenStream | undefined,
  stats: StreamStats | undefined,
  { at, peak, source }: { readonly at: string; readonly peak: number; readonly source: OpenStream },
): Variant | undefined {
  const rates = stream?.hls.rates;
  if (!stream || !rates || !stats) return undefined;
  const { codecs, videoCodec } = stats;
  const size = videoCodec === '' ? { width: 0, height: 0 } : { width: stats.width, height: stats.height };
  const uri = stream.names.uriFor(at, tokenFor(stream, source));
  return { uri, average: rates.average, peak: Math.max(peak, rates.peak), codecs, ...size };
}

/**
 * Who was let in to the source is let in to what was made of it, though its URI has no query of his. Another vhost has rules of
 * its own.
 */
function tokenFor({ objects, key }: OpenStream, source: OpenStream): string {
  if (!objects?.isGuarded || !source.objects?.isGuarded || key.vhost !== source.key.vhost) return '';
  return objects.shareWith(source.objects);
}
