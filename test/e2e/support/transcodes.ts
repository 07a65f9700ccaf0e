// Engines of transcodes for tests: how they are written, published to and looked at.
import { existsSync, readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { startWithApi, type WithApi } from './api.js';
import { temporaryFolder, type WeirOptions } from './servers.js';

export const ffmpeg = '/usr/bin/ffmpeg';
const backHome = 'rtmp://127.0.0.1:[port]/[app]?vhost=[vhost]/[stream]_[engine]';

export interface EngineText {
  readonly vcodec?: string;
  readonly acodec?: string;
  readonly output?: string;
  /** More directives. */
  readonly more?: string;
}

/** An engine; without more it copies what comes, which costs next to nothing. */
export function engine(name: string, text: EngineText = {}): string {
  const { vcodec = 'copy', acodec = 'copy', output = backHome, more = '' } = text;
  return `engine ${name} { enabled on; vcodec ${vcodec}; acodec ${acodec}; output ${output}; ${more} }\n`;
}

export const transcode = (engines: string, label = ''): string =>
  `transcode ${label} { enabled on; ffmpeg ${ffmpeg};\n${engines} }\n`;

export interface EngineSeen {
  readonly name: string;
  readonly engine: string;
  readonly state: string;
  readonly pid: number;
  readonly restarts: number;
  readonly error: string;
  readonly lines: readonly string[];
  readonly frames: number;
  readonly fps: number;
  readonly speed: number;
  readonly kbps: number;
  readonly out_time_ms: number;
}

export interface Transcodes {
  readonly transcodes: readonly EngineSeen[];
}

export interface WithTranscodes extends WithApi {
  /** The engine when it is as wanted. */
  engineIs(name: string, wanted: (engine: EngineSeen) => boolean): Promise<EngineSeen>;
  readonly logs: string;
}

/** A folder of logs of its own; the default one of the configuration is that of who runs the test. */
export async function startTranscoding(context: TestContext, options: WeirOptions): Promise<WithTranscodes> {
  const logs = temporaryFolder(context);
  const weir = await startWithApi(context, { ...options, global: `ff_log_dir ${logs};\n${options.global ?? ''}` });
  const engineIs = async (name: string, wanted: (engine: EngineSeen) => boolean) => {
    const found = ({ transcodes }: Transcodes) =>
      transcodes.find((candidate) => candidate.engine === name && wanted(candidate));
    return found(await weir.until<Transcodes>('/api/v1/transcodes', (reply) => found(reply) !== undefined))!;
  };
  return { ...weir, engineIs, logs };
}

/** Whether a process of the group is there, the group itself being gone or not. */
export function isGroupThere(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** The arguments with spaces between; empty: there is no such process. */
export function commandOf(pid: number): string {
  const file = `/proc/${String(pid)}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ') : '';
}

/** Resolves when it is so; a minute is too long. */
export async function untilSo(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const until = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
