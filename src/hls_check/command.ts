// `weir hls-check URL|FILE...`: what is wrong with HLS playlists, and with the fragments that they name.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { reasonOf } from '../errors.js';
import { HlsChecker } from './checker.js';
import { follow, type PieceChecker } from './follow.js';

export const hlsCheckUsage = `  weir hls-check URL    follow an HLS playlist, check it and its fragments against RFC 8216
      --seconds N   for so long, 20 by default; to its end if that comes earlier
  weir hls-check FILE...  the same for files: one playlist as it was, one time after the other
`;

const status = { ok: 0, failed: 1, usage: 2 } as const;
type Status = (typeof status)[keyof typeof status];

const mostFaults = 50;

export async function hlsCheck(argv: readonly string[], pieceChecker: () => PieceChecker): Promise<Status> {
  const asked = readArguments(argv);
  if (asked instanceof Error) {
    process.stderr.write(`weir: ${asked.message}\n\n${hlsCheckUsage}`);
    return status.usage;
  }
  const faults: string[] = [];
  const fault = (text: string): void => {
    if (faults.push(text) <= mostFaults) process.stdout.write(`${text}\n`);
  };
  try {
    const [url = ''] = asked.names;
    const what = isUrl(url) ? await checkUrl(url, asked.seconds, fault, pieceChecker) : checkFiles(asked.names, fault);
    const hidden = faults.length > mostFaults ? ` (${faults.length - mostFaults} of them not shown)` : '';
    process.stdout.write(`${what}; ${faults.length === 0 ? 'no fault' : `${faults.length} faults${hidden}`}\n`);
  } catch (error) {
    process.stderr.write(`weir: ${reasonOf(error)}${causeOf(error)}\n`);
    return status.failed;
  }
  return faults.length === 0 ? status.ok : status.failed;
}

interface Asked {
  readonly names: readonly string[];
  readonly seconds: number;
}

function readArguments(argv: readonly string[]): Asked | Error {
  try {
    const options = { seconds: { type: 'string', default: '20' } } as const;
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const seconds = Number(values.seconds);
    if (!(seconds > 0)) return new Error(`"${values.seconds}" is no number of seconds`);
    if (positionals.length === 0) return new Error('a URL or a file is missing');
    if (positionals.length > 1 && positionals.some(isUrl)) return new Error('only one URL can be followed at a time');
    return { names: positionals, seconds };
  } catch (error) {
    return new Error(reasonOf(error));
  }
}

const isUrl = (name: string): boolean => /^https?:\/\//.test(name);

async function checkUrl(
  url: string,
  seconds: number,
  fault: (text: string) => void,
  pieceChecker: () => PieceChecker,
): Promise<string> {
  const { lists, segments, parts, length, raises, last } = await follow({
    ...{ url, fault, pieceChecker },
    signal: AbortSignal.timeout(seconds * 1000),
  });
  if (!last) return 'no playlist';
  const raised = raises > 0 ? `, raised ${raises} times` : '';
  const ended = last.ended ? ', ended' : '';
  const amount = `${lists} playlists, ${segments} segments of ${length.toFixed(3)} s, ${parts} parts`;
  return `${amount}, target duration ${last.targetDuration} s${raised}${ended}`;
}

function checkFiles(files: readonly string[], fault: (text: string) => void): string {
  const checker = new HlsChecker();
  for (const file of files) {
    for (const text of checker.take(readFileSync(file, 'utf8')).faults) fault(`${file}: ${text}`);
  }
  return `${files.length} playlists`;
}

/** What fetch hides. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? `: ${reasonOf(error.cause)}` : '';
}
