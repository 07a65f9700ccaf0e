// Native commands of HLS in memory: ranges that are counted, a store that can be looked into, a disk that can be broken.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { HlsEngine } from '../../../src/hls/engine.js';
import type { HlsEvent, StreamKey } from '../../../src/native.js';
import type { StoredObject, ViewOptions } from '../../../src/native/objects.js';

export const stream: StreamKey = { vhost: '__defaultVhost__', app: 'live', stream: 's' };

export class FakeEngine implements HlsEngine {
  readonly objects = new Map<string, StoredObject>();
  readonly promised = new Set<string>();
  readonly ranges = new Map<number, Buffer>();
  readonly views = new Map<number, ViewOptions>();
  /** Views whose pieces viewers of another one may have. */
  readonly follows = new Map<number, number>();
  readonly kicked: number[] = [];
  /** Every playlist that was put, in order. */
  readonly lists: { readonly key: string; readonly text: string; readonly live: StoredObject['live'] }[] = [];
  used = 0;
  /** What writeRange does instead. */
  breaksWith: (() => Promise<never>) | undefined;
  #last = 0;

  hold(bytes: string): number {
    this.ranges.set(++this.#last, Buffer.from(bytes));
    return this.#last;
  }

  putObject(key: string, object: StoredObject): void {
    if (object.view !== undefined) assert.ok(this.views.has(object.view), `${key} has a view that is closed`);
    if ('range' in object.body) assert.ok(this.ranges.has(object.body.range), `${key} has a range that is released`);
    this.objects.set(key, object);
    this.promised.delete(key);
    if (!key.endsWith('.m3u8')) return;
    const text = Buffer.from(object.body as Uint8Array).toString();
    this.lists.push({ key, text, live: object.live });
  }

  removeObject(key: string): boolean {
    return this.promised.delete(key) || this.objects.delete(key);
  }

  promiseObject(key: string): void {
    if (!this.objects.has(key)) this.promised.add(key);
  }

  openView(_: StreamKey, options: ViewOptions): number {
    this.views.set(++this.#last, options);
    return this.#last;
  }

  followView(view: number, source: number): boolean {
    this.follows.set(view, source);
    return this.views.has(view);
  }

  closeView(view: number): boolean {
    return this.views.delete(view);
  }

  releaseRange(range: number): boolean {
    return this.ranges.delete(range);
  }

  async writeRange(range: number, path: string): Promise<number> {
    const bytes = this.ranges.get(range) ?? assert.fail('a range is written that is released');
    if (this.breaksWith) await this.breaksWith();
    await writeFile(path, bytes);
    return bytes.length;
  }

  logMemory(): { used: number; limit: number } {
    return { used: this.used, limit: 1000 };
  }

  kick(conn: number): boolean {
    this.kicked.push(conn);
    return true;
  }

  list(path = '/live/s.m3u8'): string {
    return this.lists.filter(({ key }) => key.endsWith(path)).at(-1)?.text ?? assert.fail(`there is no ${path}`);
  }

  /** Paths of fragments and parts that are there, without the vhost. */
  get pieces(): string[] {
    const keys = [...this.objects.keys()].filter((key) => !key.endsWith('.m3u8'));
    return keys.map((key) => key.slice(key.indexOf('/'))).toSorted();
  }
}

/** Fragments and parts one after the other, as the cutter tells them. */
export class Cuts {
  readonly #engine: FakeEngine;
  readonly #key: StreamKey;
  publish = 1;
  #time = 100;
  #parts = 0;

  constructor(engine: FakeEngine, key: StreamKey = stream) {
    this.#engine = engine;
    this.#key = key;
  }

  fragment(more: Partial<Extract<HlsEvent, { type: 'fragment' }>> = {}): HlsEvent {
    this.#parts = 0;
    const facts = this.#facts(more.duration ?? 2000, this.#time);
    const event = { type: 'fragment', ...facts, hasVideo: true, hasAudio: true, last: false, logBytes: 0 } as const;
    this.#time += more.duration ?? 2000;
    return { ...event, ...more };
  }

  part(more: Partial<Extract<HlsEvent, { type: 'part' }>> = {}): HlsEvent {
    const start = this.#time + this.#parts * 500;
    const facts = this.#facts(500, start);
    return { type: 'part', index: this.#parts++, ...facts, independent: this.#parts === 1, ...more };
  }

  init(version: number): HlsEvent {
    return { type: 'hlsInit', ...this.#key, version, bytes: Buffer.from(`init ${version}`), codecs: 'avc1' };
  }

  #facts(duration: number, start: number) {
    const range = this.#engine.hold(`from ${start}`);
    const flags = { independent: true, discontinuity: false, initVersion: 0 };
    return { ...this.#key, range, publish: this.publish, start, duration, bytes: 100, ...flags };
  }
}
