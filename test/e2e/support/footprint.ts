// What a process holds of the machine, and whether that grows.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

const blockSize = 512; // of st_blocks, whatever the file system

export interface Footprint {
  readonly fds: number;
  /** Bytes of its own in memory. Not the pages of programs and libraries: the kernel brings and drops these as it likes. */
  readonly memory: number;
  /** Bytes of the stream logs, which are files in memory that no mapping shows. */
  readonly logs: number;
}

export function footprintOf(pid: number): Footprint {
  const folder = `/proc/${pid}/fd`;
  const fds = readdirSync(folder);
  let blocks = 0;
  for (const fd of fds) {
    try {
      if (readlinkSync(`${folder}/${fd}`).startsWith('/memfd:')) blocks += statSync(`${folder}/${fd}`).blocks;
    } catch {
      // Closed since the folder was listed.
    }
  }
  const memory = Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  return { fds: fds.length, memory, logs: blocks * blockSize };
}

export interface Line {
  readonly slope: number;
  /** Of the slope: a slope within two of them is none. */
  readonly error: number;
  /** Standard deviation of the values about the line. */
  readonly spread: number;
}

/** The line of least squares through the points. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[]): Line {
  const count = points.length;
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / count;
  const [middle, level] = [mean(([x]) => x), mean(([, y]) => y)];
  const width = points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - middle) * (y - level), 0) / width;
  const residues = points.reduce((sum, [x, y]) => sum + (y - level - slope * (x - middle)) ** 2, 0);
  const spread = Math.sqrt(residues / (count - 2));
  return { slope, error: spread / Math.sqrt(width), spread };
}
