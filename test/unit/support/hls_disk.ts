// The feature HLS over real files, a fake engine and a clock that the test turns.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { temporaryFolder } from '../../e2e/support/servers.js';
import { firstSequence, startFeature, type Running } from './hls_running.js';

export interface OnDisk extends Running {
  readonly folder: string;
  /** Paths of all files, in order. */
  files: () => string[];
  read: (path?: string) => string;
  /** Resolves when it is true; the disk is real, the clock is not. */
  until: (isTrue: () => boolean, what: string) => Promise<void>;
  /** Publishes one fragment and waits until it is listed. */
  write: (count?: number) => Promise<void>;
}

const patience = 20_000;

/** `folder`: of an earlier run. */
export function startOnDisk(context: TestContext, directives = '', folder?: string, now?: number): OnDisk {
  const started: Running[] = [];
  // Hooks run in the order of their making: nothing may write any more when the folder goes.
  context.after(() => Promise.all(started.map(({ hls }) => hls.stop())));
  return onDisk(context, started, { directives, folder: folder ?? temporaryFolder(context), now });
}

interface Place {
  readonly directives: string;
  readonly folder: string;
  readonly now: number | undefined;
}

function onDisk(context: TestContext, started: Running[], { directives, folder, now }: Place): OnDisk {
  const running = startFeature(context, `hls_path ${folder}; ${directives}`, { now });
  started.push(running);
  const { cuts, turn } = running;
  const read = (path = 'live/s.m3u8') => readFileSync(join(folder, path), 'utf8');
  const files = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
      .toSorted();
  const until = async (isTrue: () => boolean, what: string) => {
    const end = performance.now() + patience;
    while (!tried(isTrue)) {
      assert.ok(performance.now() < end, `waited for ${what}: ${files().join(' ')}\n${tried(read) ?? ''}`);
      await turnOfLoop();
    }
  };
  const write = async (count = 1) => {
    for (let n = 0; n < count; n += 1) {
      const before = tried(() => listed(read()).at(-1));
      await turn(cuts.fragment());
      await until(() => listed(read()).at(-1) !== before, 'a fragment');
    }
  };
  return Object.assign(running, { folder, files, read, until, write });
}

/** A disk that takes nothing of these until the function that is returned is called. */
export function holdWrites(engine: Running['engine'], isHeld: (content: string) => boolean = () => true): () => void {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const writeRange = engine.writeRange.bind(engine);
  engine.writeRange = async (range, path) => {
    if (isHeld(String(engine.ranges.get(range)))) await gate;
    return writeRange(range, path);
  };
  return () => go();
}

/** What is not there yet is not true yet. */
export function tried<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

export const nameOf = (n: number) => `s-${firstSequence + n}.ts`;
export const pathOf = (n: number) => `live/${nameOf(n)}`;
export const listed = (text: string) => text.match(/^s-\d+\.ts$/gm) ?? [];
