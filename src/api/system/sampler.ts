// What the machine and this process do, sampled every three seconds (SRS: 3, 6 and 9): whoever asks gets the last sample,
// so that a request costs no system call.

import { availableParallelism, cpus } from 'node:os';
import * as proc from './proc.js';

export interface SystemSample {
  /** Unix milliseconds. */
  readonly at: number;
  readonly cpu: proc.CpuTimes;
  /** 0..1 of all cores. */
  readonly cpuShare: number;
  /** Of one core: 1.5 is a core and a half. */
  readonly selfCpu: number;
  readonly selfStat: proc.SelfStat;
  /** Bytes. */
  readonly rss: number;
  readonly memory: proc.Memory;
  readonly disk: { readonly readKBps: number; readonly writeKBps: number; readonly busy: number };
  readonly network: { readonly received: number; readonly sent: number };
  readonly sockets: proc.SocketCounts;
  readonly load: readonly number[];
  readonly uptime: number;
  readonly idle: number;
  readonly openFiles: number;
  readonly cpus: number;
  readonly cpusOnline: number;
}

export interface Sampler {
  readonly last: () => SystemSample;
  readonly stop: () => void;
}

const interval = 3000;

interface Before {
  readonly at: number;
  readonly cpu: proc.CpuTimes;
  /** Microseconds. */
  readonly self: number;
  readonly disk: proc.DiskTotals;
}

/** `disks`: devices as /proc/diskstats names them. */
export function startSampler(disks: () => readonly string[]): Sampler {
  let before = readBefore(disks());
  let last = sample(before, before);
  const timer = setInterval(() => {
    const now = readBefore(disks());
    last = sample(before, now);
    before = now;
  }, interval);
  timer.unref();
  return { last: () => last, stop: () => clearInterval(timer) };
}

function readBefore(disks: readonly string[]): Before {
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now(),
    cpu: proc.parseCpu(proc.readProc('stat')),
    self: user + system,
    disk: proc.parseDisks(proc.readProc('diskstats'), disks),
  };
}

function sample(before: Before, now: Before): SystemSample {
  const passed = Math.max(1, now.at - before.at);
  const rate = (name: 'readKb' | 'writtenKb'): number => ((now.disk[name] - before.disk[name]) * 1000) / passed;
  const [uptime = 0, idle = 0] = proc.parseNumbers(proc.readProc('uptime'));
  const since = before === now ? { cpu: proc.parseCpu(''), self: 0, at: 0 } : before;
  return {
    at: Date.now(),
    cpu: now.cpu,
    cpuShare: proc.busyShare(since.cpu, now.cpu),
    // The first sample is the mean since the start of the process.
    selfCpu: (now.self - since.self) / 1000 / Math.max(1, now.at - since.at),
    selfStat: proc.parseSelfStat(proc.readProc('self/stat')),
    rss: process.memoryUsage.rss(),
    memory: proc.parseMemory(proc.readProc('meminfo')),
    disk: {
      readKBps: Math.round(rate('readKb')),
      writeKBps: Math.round(rate('writtenKb')),
      busy: now.disk.disks === 0 ? 0 : Math.min(1, (now.disk.busy - before.disk.busy) / passed / now.disk.disks),
    },
    network: proc.parseNetwork(proc.readProc('net/dev')),
    sockets: proc.parseSockets(proc.readProc('net/sockstat'), proc.readProc('net/snmp')),
    load: proc.parseNumbers(proc.readProc('loadavg')).slice(0, 3),
    ...{ uptime, idle },
    openFiles: proc.countOpenFiles(),
    cpus: cpus().length,
    cpusOnline: availableParallelism(),
  };
}
