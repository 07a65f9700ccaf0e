// Where and how much to log: weir's own two directives, and behind them SRS's three.

import type { Config } from './load.js';
import type { LogTarget } from './values.js';

export type LogLevel = NonNullable<Config['log_level']>;

export interface LogSettings {
  readonly target: LogTarget;
  readonly level: LogLevel;
}

/** SRS's everyday level is `trace`, its chatty ones are `info` and `verbose`. */
const levelOfSrs = { verbose: 'trace', info: 'debug', trace: 'info', warn: 'warn', error: 'error' } as const;

const srsLogFile = './objs/srs.log';
const daemonLogFile = './objs/weir.log';

export function logSettings(config: Config): LogSettings {
  const { srs_log_level: srsLevel } = config;
  const level = config.log_level ?? (srsLevel === undefined ? 'info' : levelOfSrs[srsLevel]);
  return { target: config.log ?? srsTarget(config) ?? defaultTarget(config), level };
}

function srsTarget({ srs_log_tank: tank, srs_log_file: file }: Config): LogTarget | undefined {
  if (tank === 'console') return { kind: 'console' };
  if (tank === undefined && file === undefined) return undefined;
  return { kind: 'file', path: file ?? srsLogFile };
}

/** In the background there is no console. */
const defaultTarget = ({ daemon }: Config): LogTarget =>
  daemon ? { kind: 'file', path: daemonLogFile } : { kind: 'console' };
