// A PES packet (H.222.0 2.4.3.6): times and the bytes of an elementary stream.

export interface Pes {
  /** Where its first packet lies in the file. */
  readonly offset: number;
  readonly streamId: number;
  readonly isRandomAccess: boolean;
  /** Ticks of 90 kHz, 33 bits. */
  readonly pts: number;
  readonly dts: number;
  readonly data: Buffer;
}

/** Joins the payloads of one PES; or says what is wrong with it. */
export function readPes(offset: number, isRandomAccess: boolean, payloads: readonly Buffer[]): Pes | string {
  const bytes = Buffer.concat(payloads);
  if (bytes.length < 9 || bytes.readUIntBE(0, 3) !== 1) return 'no PES start code';
  const streamId = bytes.readUInt8(3);
  const length = bytes.readUInt16BE(4);
  const isVideo = streamId >= 0xe0 && streamId <= 0xef;
  if (length === 0 && !isVideo) return 'a length of 0, which only video may have';
  if (length !== 0 && length + 6 !== bytes.length)
    return `a length of ${length} where ${bytes.length - 6} bytes follow`;
  const flags = bytes.readUInt8(7) >> 6;
  const start = 9 + bytes.readUInt8(8);
  if (flags < 2) return 'no PTS';
  if (start < (flags === 3 ? 19 : 14) || start > bytes.length) return 'a header length that can not be';
  const pts = readTime(bytes, 9);
  const dts = flags === 3 ? readTime(bytes, 14) : pts;
  if (pts === undefined || dts === undefined) return 'a marker bit of PTS or DTS is missing';
  return { offset, streamId, isRandomAccess, pts, dts, data: bytes.subarray(start) };
}

function readTime(bytes: Buffer, at: number): number | undefined {
  const parts = [bytes.readUInt8(at), bytes.readUInt16BE(at + 1), bytes.readUInt16BE(at + 3)] as const;
  if (parts.some((part) => (part & 1) === 0)) return undefined;
  return ((parts[0] >> 1) & 7) * 2 ** 30 + (parts[1] >> 1) * 2 ** 15 + (parts[2] >> 1);
}
