// A disk of some size, which a test may fill.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { atEnd } from './endings.js';

export interface SmallDisk {
  readonly folder: string;
  /** Until not a byte more fits. */
  readonly fill: () => void;
  /** What `fill` took is free again. */
  readonly free: () => void;
}

/** undefined: it can't be mounted here, and the test is skipped. `size` as mount has it: 300k. */
export function smallDisk(context: TestContext, size: string): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-'));
  atEnd(context, () => {
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'weir-test', folder]);
  if (mounted.status !== 0) {
    context.skip('mount is not permitted here');
    return undefined;
  }
  const ballast = join(folder, '.ballast');
  const fill = () => {
    const file = openSync(ballast, 'a');
    const page = Buffer.alloc(4096);
    try {
      for (;;) writeSync(file, page);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  };
  return { folder, fill, free: () => rmSync(ballast) };
}
