// Reads /proc: text in, numbers out. A file that is not there (a container without it) reads as empty.

import { readFileSync, readdirSync } from 'node:fs';

export function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return '';
  }
}

const words = (line: string): string[] => line.trim().split(/\s+/);
const at = (fields: readonly string[], index: number): number => Number(fields[index] ?? 0);

export interface CpuTimes {
  readonly user: number;
  readonly nice: number;
  readonly sys: number;
  readonly idle: number;
  readonly iowait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
  readonly guest: number;
}

/** The first line of /proc/stat, in ticks. */
export function parseCpu(stat: string): CpuTimes {
  const f = words(/^cpu +.*$/m.exec(stat)?.[0] ?? '');
  return {
    ...{ user: at(f, 1), nice: at(f, 2), sys: at(f, 3), idle: at(f, 4), iowait: at(f, 5) },
    ...{ irq: at(f, 6), softirq: at(f, 7), steal: at(f, 8), guest: at(f, 9) },
  };
}

/** `guest` is part of `user`. */
export const totalOf = ({ user, nice, sys, idle, iowait, irq, softirq, steal }: CpuTimes): number =>
  user + nice + sys + idle + iowait + irq + softirq + steal;

/** What of the time between two readings was not idle, 0..1. */
export function busyShare(before: CpuTimes, now: CpuTimes): number {
  const total = totalOf(now) - totalOf(before);
  const idle = now.idle + now.iowait - before.idle - before.iowait;
  return total <= 0 ? 0 : Math.min(1, Math.max(0, (total - idle) / total));
}

export interface Memory {
  readonly total: number;
  readonly free: number;
  readonly available: number;
  readonly active: number;
  readonly buffers: number;
  readonly cached: number;
  readonly swapTotal: number;
  readonly swapFree: number;
}

/** /proc/meminfo, in KB. */
export function parseMemory(meminfo: string): Memory {
  const value = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0);
  return {
    ...{ total: value('MemTotal'), free: value('MemFree'), available: value('MemAvailable'), active: value('Active') },
    ...{ buffers: value('Buffers'), cached: value('Cached') },
    ...{ swapTotal: value('SwapTotal'), swapFree: value('SwapFree') },
  };
}

export interface DiskTotals {
  readonly readKb: number;
  readonly writtenKb: number;
  /** Milliseconds. */
  readonly busy: number;
  readonly disks: number;
}

/** /proc/diskstats, summed over the named devices. */
export function parseDisks(diskstats: string, names: readonly string[]): DiskTotals {
  const rows = diskstats
    .split('\n')
    .map(words)
    .filter((fields) => names.includes(fields[2] ?? ''));
  const sum = (index: number): number => rows.reduce((total, fields) => total + at(fields, index), 0);
  return { readKb: sum(5) / 2, writtenKb: sum(9) / 2, busy: sum(12), disks: rows.length };
}

/** /proc/net/dev without the loopback device. */
export function parseNetwork(dev: string): { readonly received: number; readonly sent: number } {
  const rows = [...dev.matchAll(/^\s*([^\s:]+):(.*)$/gm)].filter(([, name]) => name !== 'lo');
  const sum = (index: number): number => rows.reduce((total, [, , row = '']) => total + at(words(row), index), 0);
  return { received: sum(0), sent: sum(8) };
}

export interface SocketCounts {
  readonly tcp: number;
  readonly established: number;
  readonly timeWait: number;
  readonly udp: number;
}

export function parseSockets(sockstat: string, snmp: string): SocketCounts {
  const value = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
  const [names = '', values = ''] = snmp.split('\n').filter((line) => line.startsWith('Tcp:'));
  const column = words(names).indexOf('CurrEstab');
  return {
    tcp: value(sockstat, /^TCP: inuse (\d+)/m),
    established: column < 0 ? 0 : at(words(values), column),
    timeWait: value(sockstat, /^TCP:.* tw (\d+)/m),
    udp: value(sockstat, /^UDP: inuse (\d+)/m),
  };
}

/** The fields of /proc/self/stat behind its name, in the kernel's order. */
export const selfStatNames = [
  ...['ppid', 'pgrp', 'session', 'tty_nr', 'tpgid', 'flags', 'minflt', 'cminflt', 'majflt', 'cmajflt', 'utime'],
  ...['stime', 'cutime', 'cstime', 'priority', 'nice', 'num_threads', 'itrealvalue', 'starttime', 'vsize', 'rss'],
  ...['rsslim', 'startcode', 'endcode', 'startstack', 'kstkesp', 'kstkeip', 'signal', 'blocked', 'sigignore'],
  ...['sigcatch', 'wchan', 'nswap', 'cnswap', 'exit_signal', 'processor', 'rt_priority', 'policy'],
  ...['delayacct_blkio_ticks', 'guest_time', 'cguest_time'],
] as const;

export interface SelfStat {
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  readonly fields: Readonly<Record<(typeof selfStatNames)[number], number>>;
}

export function parseSelfStat(stat: string): SelfStat {
  // The name may hold spaces and brackets.
  const [, pid = '0', comm = '', state = '', rest = ''] = /^(\d+) \((.*)\) (\S) (.*)$/s.exec(stat) ?? [];
  const values = words(rest);
  const fields = Object.fromEntries(selfStatNames.map((name, index) => [name, at(values, index)]));
  return { pid: Number(pid), comm, state, fields: fields as SelfStat['fields'] };
}

export const parseNumbers = (line: string): number[] => words(line).map(Number);

/** Descriptors of this process. The one that reads them is not counted. */
export function countOpenFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return 0;
  }
}
