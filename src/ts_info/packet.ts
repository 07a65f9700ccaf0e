// One transport packet of 188 bytes (H.222.0 2.4.3), taken apart.

export const packetSize = 188;
const sync = 0x47;

export interface Packet {
  readonly pid: number;
  readonly continuity: number;
  /** A PES or section begins in it. */
  readonly isStart: boolean;
  readonly isRandomAccess: boolean;
  /** The clock does not go on from its last value. */
  readonly isDiscontinuity: boolean;
  /** In ticks of 90 kHz, 33 bits. */
  readonly pcr: number | undefined;
  readonly payload: Buffer;
}

interface Field {
  readonly size: number;
  readonly flags: number;
  readonly pcr: number | undefined;
}

/** The packet, or what is wrong with it. */
export function readPacket(bytes: Buffer): Packet | string {
  if (bytes.length < packetSize) return `only ${bytes.length} bytes are left of a packet`;
  if (bytes[0] !== sync) return 'no sync byte';
  const head = bytes.readUInt16BE(1);
  if ((head & 0x8000) !== 0) return 'marked as damaged in transport';
  const control = bytes.readUInt8(3);
  if ((control & 0xc0) !== 0) return 'scrambled';
  const hasPayload = (control & 0x10) !== 0;
  const field = (control & 0x20) !== 0 ? readField(bytes) : { size: 0, flags: 0, pcr: undefined };
  if (typeof field === 'string') return field;
  if (!hasPayload && field.size === 0) return 'neither adaptation field nor payload';
  if (hasPayload && 4 + field.size >= packetSize) return 'the adaptation field leaves no room for the payload';
  return {
    pid: head & 0x1fff,
    continuity: control & 0x0f,
    isStart: (head & 0x4000) !== 0,
    isRandomAccess: (field.flags & 0x40) !== 0,
    isDiscontinuity: (field.flags & 0x80) !== 0,
    pcr: field.pcr,
    payload: hasPayload ? bytes.subarray(4 + field.size, packetSize) : bytes.subarray(0, 0),
  };
}

function readField(bytes: Buffer): Field | string {
  const length = bytes.readUInt8(4);
  if (length > packetSize - 5) return 'the adaptation field is longer than its packet';
  if (length === 0) return { size: 1, flags: 0, pcr: undefined };
  const flags = bytes.readUInt8(5);
  if ((flags & 0x10) === 0) return { size: 1 + length, flags, pcr: undefined };
  if (length < 7) return 'the adaptation field has no room for its PCR';
  return { size: 1 + length, flags, pcr: bytes.readUInt32BE(6) * 2 + (bytes.readUInt8(10) >> 7) };
}
