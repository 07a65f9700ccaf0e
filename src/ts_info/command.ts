// `weir ts-info FILE...`: prints what is in transport streams, and what is wrong with them.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { reasonOf } from '../errors.js';
import { TsChecker, type Report, type StreamReport, type UnitLine } from './check.js';

export const tsInfoUsage = `  weir ts-info FILE...  print and check MPEG-TS files; several are fragments of one stream, in their order
      --units       one line for each picture and audio PES
`;

const status = { ok: 0, failed: 1, usage: 2 } as const;
type Status = (typeof status)[keyof typeof status];

export function tsInfo(argv: readonly string[]): Status {
  let files: readonly string[];
  let showUnits: boolean;
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { units: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    files = positionals;
    showUnits = values.units;
    if (files.length === 0) throw new Error('a file is missing');
  } catch (error) {
    process.stderr.write(`weir: ${reasonOf(error)}\n\n${tsInfoUsage}`);
    return status.usage;
  }
  const checker = new TsChecker(showUnits ? printUnit : undefined);
  try {
    for (const file of files) checker.push(readFileSync(file));
  } catch (error) {
    process.stderr.write(`weir: ${reasonOf(error)}\n`);
    return status.failed;
  }
  const report = checker.report();
  process.stdout.write(describe(report));
  return report.faultCount === 0 ? status.ok : status.failed;
}

const millis = (ticks: number): string => (ticks / 90).toFixed(1);

function printUnit({ pes, stream, text, isKey }: UnitLine): void {
  const key = isKey && pes.isRandomAccess ? ' key' : '';
  const times = `pts ${millis(pes.pts)} dts ${millis(pes.dts)}`;
  process.stdout.write(`${pes.offset} PID ${stream.pid} ${times} ${pes.data.length} bytes${key}: ${text}\n`);
}

/** The report as text. */
export function describe(report: Report): string {
  const { packets, pmts, version, clock, streams, faults, faultCount } = report;
  const tables = version === undefined ? 'no PMT' : `${pmts} PMTs, the last of version ${version}`;
  const lines = [
    `${packets} packets, ${tables}`,
    `${clock.count} PCRs, at most ${clock.longestGap.toFixed(1)} ms apart, ${clock.jumps} marked jumps`,
    ...streams.map(describeStream),
    ...faults.map(({ offset, text }) => `at ${offset}: ${text}`),
  ];
  if (faultCount > faults.length) lines.push(`and ${faultCount - faults.length} more`);
  lines.push(faultCount === 0 ? 'no fault' : `${faultCount} faults`);
  return `${lines.join('\n')}\n`;
}

function describeStream(stream: StreamReport): string {
  const { pid, codec, units, frames, keys, bytes, first = 0, last = 0, longestStep, text } = stream;
  const seconds = (last - first) / 1000;
  const rate = seconds > 0 ? `, ${((bytes * 8) / 1000 / seconds).toFixed(0)} kbit/s` : '';
  const amount = codec.startsWith('H.') ? `${units} pictures, ${keys} of them key` : `${frames} frames in ${units} PES`;
  const times = `from ${first.toFixed(1)} to ${last.toFixed(1)} ms, steps up to ${longestStep.toFixed(1)} ms`;
  return `PID ${pid} ${codec}: ${amount}${rate}, ${times}; ${text}`;
}
