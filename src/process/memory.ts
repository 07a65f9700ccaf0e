// How much memory memory_limit allows: a percentage counts from what this process can really have.

import { totalmem } from 'node:os';

type MemoryLimit =
  { readonly kind: 'bytes'; readonly bytes: number } | { readonly kind: 'percent'; readonly percent: number };

export function memoryLimitBytes(limit: MemoryLimit, available = availableMemory()): number {
  return limit.kind === 'bytes' ? limit.bytes : Math.floor((available * limit.percent) / 100);
}

/** The smaller of RAM and the limit of the cgroup: crossing the latter is an OOM kill, not an error. */
function availableMemory(): number {
  // 0: no limit; an unlimited cgroup reports more than any machine has.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}
