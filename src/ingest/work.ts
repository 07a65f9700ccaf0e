// What one ingest does, whatever its kind, and what it may use.

import type { ErrorCode } from '../errors.js';
import type { Log } from '../log.js';
import type { ConnectionId, Engine, NativeEvent, StreamKey } from '../native.js';
import type { Plan } from './plan.js';

/** `running`: its stream is published. `failed`: it is not tried again before its configuration changes. */
export type IngestState = 'connecting' | 'running' | 'waiting' | 'failed';

export interface WorkFacts {
  readonly state: IngestState;
  /** Of the connection that fetches it, or 0. */
  readonly conn: ConnectionId;
  readonly attempts: number;
  readonly failures: number;
  /** Unix milliseconds: since when it is in this state. */
  readonly since: number;
  /** Why the last attempt ended; empty: none did. */
  readonly error: string;
  /** Of the process group that fetches it, or 0. */
  readonly pid: number;
  /** What that printed last. */
  readonly lines: readonly string[];
}

export interface Work {
  readonly plan: Plan;
  readonly facts: () => WorkFacts;
  /** Every event of the engine. */
  readonly handle: (event: NativeEvent) => void;
  readonly stop: () => void | Promise<void>;
}

export interface Surroundings {
  readonly engine: Pick<Engine, 'pull' | 'kick'>;
  readonly log: Log;
  /** All addresses of a host. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly random: () => number;
  /** What the source of a pull is told, so that circles are known. */
  readonly pathInto: (key: StreamKey) => string;
  readonly failed: (reason: ErrorCode | 'unresolved') => void;
  /** Where the output of programs is kept. */
  readonly logFolder: () => string;
}
