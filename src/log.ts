// The log: pino in this process, one line for one event. JSON lines to a file or a pipe, readable text on a terminal.
// Every line of a connection has its id as `conn`; `type` says what happened, in the words of src/native.ts.

import { isatty } from 'node:tty';
import { isDeepStrictEqual } from 'node:util';
import { pino, stdTimeFunctions, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { LiveError, reasonOf } from './errors.js';

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error'>;

export interface LogOptions {
  readonly target: { readonly kind: 'console' } | { readonly kind: 'file'; readonly path: string };
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

export interface OpenLog {
  readonly log: Log;
  /** Opens the file again under its name, after it was moved away. */
  readonly reopen: () => void;
  /** Another target or level from now on. Where the new file cannot be opened, it throws and nothing changes. */
  readonly configure: (options: LogOptions) => Promise<void>;
  readonly close: () => void;
}

const standardOutput = 1;

interface Sink {
  readonly write: (line: string) => void;
  readonly reopen: () => void;
  readonly close: () => void;
}

export async function openLog({ target, level }: LogOptions): Promise<OpenLog> {
  const options: LoggerOptions = {
    level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  let current = { target, sink: await openSink(target) };
  const log = pino(options, { write: (line) => current.sink.write(line) });
  return {
    log,
    reopen: () => current.sink.reopen(),
    configure: async (next) => {
      if (!isDeepStrictEqual(next.target, current.target)) {
        const before = current;
        current = { target: next.target, sink: await openSink(next.target) };
        before.sink.close();
      }
      log.level = next.level;
    },
    close: () => current.sink.close(),
  };
}

async function openSink(target: LogOptions['target']): Promise<Sink> {
  if (target.kind === 'console' && isatty(standardOutput)) {
    const pretty = await terminal();
    return { write: (line) => pretty.write(line), reopen: () => undefined, close: () => undefined };
  }
  const destination = openDestination(target.kind === 'file' ? target.path : standardOutput);
  return {
    write: (line) => void destination.write(line),
    reopen: () => {
      if (target.kind === 'file') destination.reopen();
    },
    close: () => destination.flushSync(),
  };
}

/** Lines are written at once, in order: nothing is lost when the process ends. */
function openDestination(file: string | number): ReturnType<typeof pino.destination> {
  try {
    const destination = pino.destination({ dest: file, sync: true, mkdir: true });
    // A full disk or a reader that went away (`weir | head`) must not end the server.
    destination.on('error', () => undefined);
    return destination;
  } catch (error) {
    throw new LiveError('log_file_failed', { file, why: reasonOf(error) });
  }
}

/** Loaded only where somebody reads it. */
async function terminal(): Promise<DestinationStream> {
  const { PinoPretty } = await import('pino-pretty');
  return PinoPretty({
    sync: true,
    colorize: true,
    singleLine: true,
    ignore: 'pid,type',
    translateTime: 'SYS:HH:MM:ss.l',
    destination: standardOutput,
  });
}
