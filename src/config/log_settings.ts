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

export function logSettings(config: Config): LogSettings {
  const { srs_log_level: srsLevel } = config;
  const level = config.log_level ?? (srsLevel === undefined ? 'info' : levelOfSrs[srsLevel]);
  return { target: config.log ?? srsTarget(config), level };
}

function srsTarget({ srs_log_tank: tank, srs_log_file: file }: Config): LogTarget {
  const wantsFile = tank === 'file' || (tank === undefined && file !== undefined);
  return wantsFile ? { kind: 'file', path: file ?? srsLogFile } : { kind: 'console' };
}
