// Which encoders an ffmpeg has: asked of the program itself, once for each program as it is.

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/** `missing`: there is no such program. `unknown`: it says nothing that ffmpeg would say. */
export type Encoders = 'missing' | 'unknown' | ReadonlySet<string>;

const patience = 5000;
const known = new Map<string, { readonly changed: number; readonly encoders: Encoders }>();

export function encodersOf(program: string): Encoders {
  let changed: number;
  try {
    changed = statSync(program).mtimeMs;
  } catch {
    return 'missing';
  }
  const before = known.get(program);
  if (before?.changed === changed) return before.encoders;
  const encoders = ask(program);
  known.set(program, { changed, encoders });
  return encoders;
}

function ask(program: string): Encoders {
  const { stdout } = spawnSync(program, ['-hide_banner', '-encoders'], {
    ...{ encoding: 'utf8', timeout: patience, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'ignore'] },
  });
  const names = readEncoders(stdout);
  return names.size > 0 ? names : 'unknown';
}

/** ` V....D libx264   libx264 H.264 / AVC (codec h264)`: both names are good. */
export function readEncoders(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, name = '', rest = ''] of text.matchAll(/^ [VAS][A-Z.]{5} ([^\s=]+)(.*)$/gm)) {
    names.add(name);
    const codec = /\(codec (\S+)\)\s*$/.exec(rest)?.[1];
    if (codec !== undefined) names.add(codec);
  }
  return names;
}
