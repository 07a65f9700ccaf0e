// The clock of a program and the times of its streams: they go on, and what is to be decoded arrives before its time.

import type { Pes } from './pes.js';

export interface ClockReport {
  readonly count: number;
  /** Milliseconds. */
  readonly longestGap: number;
  readonly jumps: number;
}

export interface Timing {
  /** The newest PCR. */
  now(): number | undefined;
  takePcr(pcr: number, isDiscontinuity: boolean): void;
  /** The unwrapped DTS, and its distance from the stream's last one. */
  takePes(pid: number, pes: Pes, arrived: number | undefined): { readonly dts: number; readonly step: number };
  report(): ClockReport;
}

const wrap = 2 ** 33;
const perMilli = 90;
/** H.222.0 2.7.2. */
const largestPcrGap = 100 * perMilli;

/** The value of 33 bits that is nearest to where the clock stood. */
function unwrap(value: number, near: number): number {
  return value + Math.round((near - value) / wrap) * wrap;
}

export function createTiming(fault: (text: string, at?: number) => void): Timing {
  const lastDts = new Map<number, number>();
  let pcr: number | undefined;
  let startedSincePcr = 0;
  let count = 0;
  let jumps = 0;
  let longestGap = 0;

  function takePcr(value: number, isDiscontinuity: boolean): void {
    count += 1;
    if (isDiscontinuity || pcr === undefined) {
      jumps += pcr === undefined ? 0 : 1;
      if (isDiscontinuity) lastDts.clear();
      pcr = pcr === undefined ? value : unwrap(value, pcr);
    } else {
      const next = unwrap(value, pcr);
      const gap = next - pcr;
      longestGap = Math.max(longestGap, gap);
      if (gap <= 0) fault(`PCR goes back by ${toMillis(-gap)} ms`);
      // Where nothing was sent, nobody waited for the clock.
      if (gap > largestPcrGap && startedSincePcr > 1) fault(`${toMillis(gap)} ms from one PCR to the next`);
      pcr = next;
    }
    startedSincePcr = 0;
  }

  function takePes(
    pid: number,
    pes: Pes,
    arrived: number | undefined,
  ): { readonly dts: number; readonly step: number } {
    startedSincePcr += 1;
    const last = lastDts.get(pid);
    const near = last ?? arrived ?? pes.dts;
    const dts = unwrap(pes.dts, near);
    const delay = unwrap(pes.pts, dts) - dts;
    lastDts.set(pid, dts);
    if (delay < 0) fault(`PID ${pid}: PTS is ${toMillis(-delay)} ms before DTS`, pes.offset);
    if (arrived !== undefined && dts <= arrived)
      fault(`PID ${pid}: ${toMillis(arrived - dts)} ms too late for its DTS`, pes.offset);
    if (last !== undefined && dts <= last) fault(`PID ${pid}: DTS goes back by ${toMillis(last - dts)} ms`, pes.offset);
    return { dts, step: last === undefined ? 0 : dts - last };
  }

  return { now: () => pcr, takePcr, takePes, report: () => ({ count, longestGap: longestGap / perMilli, jumps }) };
}

const toMillis = (ticks: number): string => (ticks / perMilli).toFixed(1);
