// Media that the installed ffmpeg can't put into FLV, or that tries the muxers: made by it as MP4, written as Enhanced RTMP.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { writeEnhancedFlv } from './flv_writer.js';
import { repository } from './servers.js';

const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=192x108:rate=25:duration=6'];
const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=6'];
const quiet = ['-x265-params', 'log-level=none:keyint=25:bframes=2'];
const hevc = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1', ...quiet];
const h264 = ['-c:v', 'libx264', '-preset', 'medium', '-bf', '3', '-pix_fmt', 'yuv420p', '-g', '25'];
const sliced = [...h264, '-x264-params', 'slices=4:aud=1'];
const av1 = ['-c:v', 'libaom-av1', '-cpu-used', '8', '-g', '25', '-b:v', '200k'];
const slow = ['-r', '4'];
const opus = ['-c:a', 'libopus', '-b:a', '64k'];
const surround = ['-ac', '6', '-c:a', 'aac', '-b:a', '256k'];
const lowRate = ['-ar', '22050', '-c:a', 'libmp3lame', '-b:a', '32k'];

/** Made as MP4 first. */
export const enhancedRecipes: Readonly<Record<string, readonly string[]>> = {
  'hevc-opus': [...picture, ...tone, ...hevc, ...opus],
  'b-frames-surround': [...picture, ...tone, ...h264, ...surround],
  'slices-mp3-22k': [...picture, ...tone, ...sliced, ...lowRate],
  'four-a-second': [...picture, ...tone, ...h264, ...slow, '-c:a', 'aac'],
  'opus-only': [...tone, ...opus],
  'av1-opus': [...picture, ...tone, ...av1, ...opus],
};

/** An MP4 by ffmpeg, and an FLV of the same frames that the installed ffmpeg could not write; made when first asked for. */
export function enhanced(name: string): Source {
  const folder = join(repository, 'dist', 'fixtures');
  const [mp4, flv] = [join(folder, `enhanced-${name}.mp4`), join(folder, `enhanced-${name}.flv`)];
  if (!existsSync(flv)) {
    mkdirSync(folder, { recursive: true });
    const making = join(folder, `${name}.${String(process.pid)}`);
    const args = ['-v', 'error', '-y', ...(enhancedRecipes[name] ?? []), `${making}.mp4`];
    const { status, stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    writeEnhancedFlv(`${making}.mp4`, `${making}.flv`);
    renameSync(`${making}.mp4`, mp4);
    renameSync(`${making}.flv`, flv);
  }
  return { flv, original: mp4 };
}

export interface Source {
  readonly flv: string;
  /** The same frames where ffmpeg can read them: it knows Enhanced RTMP in part. */
  readonly original: string;
}
