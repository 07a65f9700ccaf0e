// Makes share/sample.flv, the stream that `npm start` publishes to itself: ffmpeg's moving test picture with a clock, and a
// tone. 10.24 s is 256 pictures, 480 AAC frames and 4096 waves of 400 Hz, so that it loops without a seam.
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './setup.mjs';

const largest = 400_000;
const seconds = 10.24;
const sample = join(dirname(dirname(fileURLToPath(import.meta.url))), 'share', 'sample.flv');

const picture = ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=25:duration=${seconds}`];
const tone = ['-f', 'lavfi', '-i', `sine=frequency=400:sample_rate=48000:duration=${seconds}`];
// Baseline has no B-frames: a picture's decoding time is its display time, as low-delay encoders send it.
const video = ['-c:v', 'libx264', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p', '-preset', 'veryslow'];
const rate = [
  '-b:v',
  '210k',
  '-maxrate',
  '260k',
  '-bufsize',
  '260k',
  '-g',
  '32',
  '-keyint_min',
  '32',
  '-sc_threshold',
  '0',
];
const audio = ['-c:a', 'aac', '-b:a', '48k', '-ac', '1', '-frames:a', '480'];
// The same ffmpeg writes the same bytes again: one thread, no version strings.
const reproducible = ['-threads', '1', '-flags', '+bitexact', '-fflags', '+bitexact'];

run('ffmpeg', [
  ...['-v', 'error', '-y'],
  ...[...picture, ...tone, ...video, ...rate, ...audio, ...reproducible],
  ...['-f', 'flv', '-flvflags', 'no_duration_filesize', sample],
]);
const { size } = statSync(sample);
if (size > largest) throw new Error(`${sample} has ${size} bytes, more than ${largest}`);
console.log(`share/sample.flv: ${size} bytes`);
