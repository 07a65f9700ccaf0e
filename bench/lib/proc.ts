// What the kernel says of a process and of the machine, read from /proc.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

const ticksPerSecond = 100; // USER_HZ, fixed by the kernel's ABI
const blockSize = 512; // of st_blocks, whatever the file system
const pageSize = 4096;

export interface CpuTime {
  readonly user: number;
  readonly system: number;
}

/** CPU seconds of all threads of a process so far. */
export function cpuTime(pid: number): CpuTime {
  // The command's name, in parentheses, may contain anything.
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { user: Number(fields[11]) / ticksPerSecond, system: Number(fields[12]) / ticksPerSecond };
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? NaN) * 1024;
}

/**
 * Memory of a process as if it were the only one that runs its program: its proportional set size, but the program file's
 * pages in full. The bench is a Node process itself, and with a plain PSS it would bear half of node's text for weir.
 */
export function pss(pid: number): number {
  const program = readlinkSync(`/proc/${pid}/exe`);
  let total = 0;
  for (const mapping of readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const isProgram = mapping.slice(0, mapping.indexOf('\n')).endsWith(program);
    total += kilobytes(mapping, isProgram ? 'Rss' : 'Pss');
  }
  return total;
}

/** Memory that nobody shares. */
export function privateMemory(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return kilobytes(text, 'Private_Clean') + kilobytes(text, 'Private_Dirty');
}

/** Memory of the stream logs: blocks of the process's memory files, which no mapping shows, hence neither RSS nor PSS. */
export function logBlocks(pid: number): number {
  let blocks = 0;
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    const path = `/proc/${pid}/fd/${fd}`;
    try {
      if (readlinkSync(path).startsWith('/memfd:')) blocks += statSync(path).blocks;
    } catch {
      // Closed since the folder was listed.
    }
  }
  return blocks * blockSize;
}

/** Socket memory of the whole machine as TCP accounts it; pages of a log that wait in many sockets count for each. */
export function socketMemory(): number {
  const pages = /^TCP:.* mem (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'utf8'))?.[1];
  return Number(pages ?? NaN) * pageSize;
}

export function availableMemory(): number {
  return kilobytes(readFileSync('/proc/meminfo', 'utf8'), 'MemAvailable');
}

export function threadCount(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).length;
}
