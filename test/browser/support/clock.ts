// A stream with a clock in its picture, for machines: 40 squares, black or white, say when the frame was made. What is read
// of it in a page, against the page's own clock, is the whole way: encoder, server, network, player, screen.
import { spawn } from 'node:child_process';
import type { Page } from 'playwright-core';

export const frameRate = 25;

const width = 640;
const height = 360;
/** Large against the blocks of the encoder, so that no compression can blur it. */
const side = 32;
const columns = 8;
const bits = 40;

/** The lowest 32 bits of the milliseconds, and the sum of their bytes: a torn picture must not pass for a time. */
function code(time: number): bigint {
  const low = BigInt(time) & 0xffffffffn;
  let sum = 0n;
  for (let shift = 0n; shift < 32n; shift += 8n) sum += (low >> shift) & 0xffn;
  return (low << 8n) | (sum & 0xffn);
}

/** Luma of one frame: the squares at the top left, and below them something that moves, as pictures do. */
function drawFrame(frame: Buffer, time: number): void {
  frame.fill(128);
  const word = code(time);
  for (let bit = 0; bit < bits; bit += 1) {
    const [left, top] = [(bit % columns) * side, Math.floor(bit / columns) * side];
    const value = (word >> BigInt(bits - 1 - bit)) & 1n ? 235 : 16;
    for (let row = top; row < top + side; row += 1) frame.fill(value, row * width + left, row * width + left + side);
  }
  const shift = Math.floor(time / 20);
  for (let row = 200; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) frame[row * width + column] = (column + row + shift) & 0xff;
  }
}

export interface ClockOptions {
  /** Seconds between key frames. */
  readonly gop?: number;
}

/** Publishes until the test ends; `after` is called with what ends it. */
export function publishClock(url: string, { gop = 1 }: ClockOptions = {}, after: (end: () => void) => void): void {
  const picture = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${String(width)}x${String(height)}`];
  const from = [...picture, '-framerate', String(frameRate), '-i', 'pipe:0'];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100'];
  const keys = ['-g', String(gop * frameRate), '-keyint_min', String(gop * frameRate), '-sc_threshold', '0'];
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', ...keys];
  const args = ['-v', 'error', '-probesize', '32', ...from, ...sound, ...video, '-c:a', 'aac', '-f', 'flv', url];
  const encoder = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'inherit'] });
  const frame = Buffer.alloc(width * height);
  const begun = performance.now();
  let made = 0;
  // Frames are due by the clock: a timer that comes late makes up for it.
  const timer = setInterval(() => {
    for (; made < ((performance.now() - begun) * frameRate) / 1000; made += 1) {
      drawFrame(frame, Date.now());
      encoder.stdin.write(Buffer.from(frame));
    }
  }, 5);
  encoder.stdin.on('error', () => clearInterval(timer));
  after(() => {
    clearInterval(timer);
    encoder.kill('SIGKILL');
  });
}

/** Reads the clock in the page's video `count` times, a new picture each time; milliseconds from its making to its showing. */
export function readLatencies(page: Page, count: number): Promise<number[]> {
  return page.evaluate(
    ([count, side, columns, bits]) =>
      new Promise<number[]>((resolve, reject) => {
        const video = document.querySelector('video');
        const canvas = document.createElement('canvas');
        const drawing = canvas.getContext('2d', { willReadFrequently: true });
        if (!video || !drawing) {
          reject(new Error('no picture'));
          return;
        }
        [canvas.width, canvas.height] = [columns * side, (bits / columns) * side];
        const latencies: number[] = [];
        let last = -1;
        let unreadable = 0;
        /** undefined: no clock can be read. */
        const read = (): number | undefined => {
          drawing.drawImage(video, 0, 0);
          const { data } = drawing.getImageData(0, 0, canvas.width, canvas.height);
          const bytes = [0, 0, 0, 0, 0];
          for (let bit = 0; bit < bits; bit += 1) {
            const column = (bit % columns) * side + side / 2;
            const row = Math.floor(bit / columns) * side + side / 2;
            if ((data[(row * canvas.width + column) * 4] ?? 0) > 128) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
          }
          const [a = 0, b = 0, c = 0, d = 0, sum = 0] = bytes;
          return ((a + b + c + d) & 0xff) === sum ? ((a << 24) | (b << 16) | (c << 8) | d) >>> 0 : undefined;
        };
        const look = (): void => {
          const now = Date.now();
          const time = read();
          if (time === undefined) unreadable += 1;
          else if (time !== last) {
            last = time;
            latencies.push((now - time) >>> 0);
          }
          if (unreadable > count) reject(new Error('the clock in the picture can’t be read'));
          else if (latencies.length >= count) resolve(latencies);
          else video.requestVideoFrameCallback(look);
        };
        video.requestVideoFrameCallback(look);
      }),
    [count, side, columns, bits] as const,
  );
}
