// What ffmpeg says with `-progress`: lines of NAME=VALUE, a block about once a second, the last of each `progress=...`.

export interface Progress {
  readonly frames: number;
  readonly fps: number;
  /** Bits per second, over all that it has written. */
  readonly bitrate: number;
  /** Of what is written, in milliseconds. */
  readonly outTime: number;
  /** 1: as fast as the stream. */
  readonly speed: number;
  readonly bytes: number;
  readonly duplicated: number;
  readonly dropped: number;
}

export const noProgress: Progress = {
  ...{ frames: 0, fps: 0, bitrate: 0, outTime: 0, speed: 0, bytes: 0, duplicated: 0, dropped: 0 },
};

const names: Readonly<Record<string, { readonly field: keyof Progress; readonly factor: number }>> = {
  frame: { field: 'frames', factor: 1 },
  fps: { field: 'fps', factor: 1 },
  bitrate: { field: 'bitrate', factor: 1000 },
  out_time_us: { field: 'outTime', factor: 1 / 1000 },
  speed: { field: 'speed', factor: 1 },
  total_size: { field: 'bytes', factor: 1 },
  dup_frames: { field: 'duplicated', factor: 1 },
  drop_frames: { field: 'dropped', factor: 1 },
};

/** Returns what takes the lines; `told` is called with each whole block. */
export function progressReader(told: (progress: Progress) => void): (line: string) => void {
  let block: { -readonly [K in keyof Progress]: number } = { ...noProgress };
  return (line) => {
    const [, name = '', text = ''] = /^(\w+)=\s*(.*)$/.exec(line) ?? [];
    if (name === 'progress') {
      told(block);
      block = { ...block };
      return;
    }
    const known = names[name];
    // "N/A" while there is nothing to say, "301.5kbits/s", "1.02x".
    const value = Number.parseFloat(text);
    if (known && Number.isFinite(value)) block[known.field] = value * known.factor;
  };
}
