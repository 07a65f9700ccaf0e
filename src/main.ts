#!/usr/bin/env -S node --max-semi-space-size=1
// The program: arguments, signals, exit codes. What it runs is in server.ts.

import { parseArgs } from 'node:util';
import { ctl, ctlUsage, type CtlStatus } from './api/ctl/command.js';
import { tokenCommand, tokenUsage } from './access/command.js';
import { ConfigError, formatDiagnostic } from './config/diagnostic.js';
import { loadConfig, type LoadedConfig } from './config/load.js';
import { logSettings } from './config/log_settings.js';
import { LiveError, reasonOf } from './errors.js';
import { hlsCheck, hlsCheckUsage } from './hls_check/command.js';
import type { PieceChecker } from './hls_check/follow.js';
import { hooksDemo, hooksDemoUsage } from './hooks_demo/command.js';
import { openLog } from './log.js';
import { isInBackground, reportToForeground, startInBackground } from './process/daemon.js';
import { lockPidFile } from './process/pid_file.js';
import { handleSignals } from './process/signals.js';
import { startServer } from './server.js';
import { TsChecker } from './ts_info/check.js';
import { tsInfo, tsInfoUsage } from './ts_info/command.js';
import { version } from './version.js';

const help = `weir ${version}: a live streaming server

  weir -c FILE      run with this configuration
  weir -t -c FILE   check the configuration, say everything that is wrong, and exit
  weir -v           print the version
  weir -h           print this
${tsInfoUsage}${hlsCheckUsage}${ctlUsage}${tokenUsage}${hooksDemoUsage}
Signals: TERM or INT stop, QUIT waits for clients to go and stops then, HUP opens the log again and applies the configuration anew, USR1 opens the log again.
Exit status: 0 ended as asked, 1 the configuration is wrong, the server cannot start or said no, 2 wrong arguments,
3 no server answers ctl.
`;

const status = { ok: 0, failed: 1, usage: 2 } as const;
type Status = (typeof status)[keyof typeof status];

/** Without `pid` in the configuration, a server in the background needs one to be found. */
const daemonPidFile = './objs/weir.pid';
/** When everything was stopped and the process still does not end, something was forgotten. */
const lingerLimit = 5000;

const say = (text: string): void => void process.stdout.write(text);
const complain = (text: string): void => void process.stderr.write(`weir: ${text}\n`);

async function main(argv: readonly string[]): Promise<Status | CtlStatus> {
  if (argv[0] === 'ts-info') return tsInfo(argv.slice(1));
  if (argv[0] === 'hls-check') return hlsCheck(argv.slice(1), tsPieces);
  if (argv[0] === 'ctl') return ctl(argv.slice(1));
  if (argv[0] === 'token') return tokenCommand(argv.slice(1));
  if (argv[0] === 'hooks-demo') return hooksDemo(argv.slice(1));
  const options = readArguments(argv);
  if (options instanceof Error) {
    complain(`${options.message}\n\n${help}`);
    return status.usage;
  }
  if (options.version) say(`weir ${version}\n`);
  else if (options.help || (options.config === undefined && !options.test)) say(help);
  else if (options.config === undefined) {
    complain('-t needs a configuration: weir -t -c FILE');
    return status.usage;
  } else return runFile(options.config, options.test);
  return status.ok;
}

/** What hls-check finds in fragments is what ts-info finds. */
function tsPieces(): PieceChecker {
  const checker = new TsChecker();
  return {
    push: (bytes) => checker.push(Buffer.from(bytes)),
    faults: () => checker.report().faults.map(({ text }) => text),
  };
}

interface Options {
  readonly config: string | undefined;
  readonly test: boolean;
  readonly version: boolean;
  readonly help: boolean;
}

function readArguments(argv: readonly string[]): Options | Error {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        config: { type: 'string', short: 'c' },
        test: { type: 'boolean', short: 't', default: false },
        version: { type: 'boolean', short: 'v', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { config: values.config, test: values.test, version: values.version, help: values.help };
  } catch (error) {
    return error instanceof Error ? error : new Error(reasonOf(error));
  }
}

async function runFile(file: string, testOnly: boolean): Promise<Status> {
  const loaded = tryLoad(file);
  if (!loaded) return status.failed;
  if (testOnly) {
    for (const warning of loaded.warnings) process.stderr.write(`warning: ${formatDiagnostic(warning)}\n`);
    say(`${file}: the configuration is valid\n`);
    return status.ok;
  }
  try {
    if (loaded.config.daemon && !isInBackground()) {
      say(`weir runs in the background as process ${await startInBackground()}\n`);
      return status.ok;
    }
    await run(loaded);
    return status.ok;
  } catch (error) {
    await reportToForeground({ failed: reasonOf(error) });
    // What the catalogue does not know is a fault of ours, and wants its stack.
    complain(
      error instanceof Error && !(error instanceof LiveError) ? (error.stack ?? error.message) : reasonOf(error),
    );
    return status.failed;
  }
}

function tryLoad(file: string): LoadedConfig | undefined {
  try {
    return loadConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

/** From start to stop. Everything that was begun is ended in reverse. */
async function run({ config, warnings }: LoadedConfig): Promise<void> {
  const pidFile = config.pid ?? (config.daemon ? daemonPidFile : undefined);
  const unlock = once(pidFile === undefined ? undefined : await lockPidFile(pidFile));
  const opened = await openLog(logSettings(config));
  const { log } = opened;
  try {
    let reload = (): void => undefined;
    let drain = (): boolean => false;
    const stopAsked = new Promise<string>((stop) => {
      handleSignals({ stop, drain: () => drain(), reload: () => reload(), reopenLog: opened.reopen });
    });
    for (const warning of warnings) log.warn({ type: 'config' }, formatDiagnostic(warning));
    log.info({ type: 'starting', version, config: config.file }, `weir ${version} starts with ${config.file}`);
    const server = startServer(config, log, {
      followLog: (_, after) => opened.configure(logSettings(after)),
      // The next one may have it.
      drains: unlock,
    });
    drain = server.drain;
    reload = () => {
      opened.reopen();
      server
        .reload()
        .catch((error: unknown) => log.error({ type: 'failure', error: reasonOf(error) }, 'reload failed'));
    };
    await reportToForeground({ ready: true });
    const why = await Promise.race([stopAsked, server.drained.then(() => 'drained' as const)]);
    log.info({ type: 'stopping', signal: why }, why === 'drained' ? 'stopping, drained' : `stopping on ${why}`);
    await server.stop();
  } finally {
    unlock();
    opened.close();
  }
}

function once(action: () => void = () => undefined): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

// `killall -1 weir` finds the process by this name.
process.title = 'weir';
process.exitCode = await main(process.argv.slice(2));
setTimeout(() => process.exit(status.failed), lingerLimit).unref();
