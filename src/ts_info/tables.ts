// PAT and PMT (H.222.0 2.4.4): sections that say which PIDs a program has.

export interface Pmt {
  readonly version: number;
  readonly pcrPid: number;
  readonly streams: readonly StreamEntry[];
}

export interface StreamEntry {
  readonly pid: number;
  readonly type: number;
  readonly codec: string;
}

const codecs: Readonly<Record<number, string>> = {
  0x03: 'MP3',
  0x04: 'MP3',
  0x0f: 'AAC',
  0x11: 'AAC (LATM)',
  0x1b: 'H.264',
  0x24: 'H.265',
  0x81: 'AC-3',
  0x87: 'E-AC-3',
};

/** A section that begins in this payload, checked and cut to its body; or what is wrong with it. */
function readSection(payload: Buffer, table: number): { version: number; body: Buffer } | string {
  const section = payload.subarray(1 + payload.readUInt8(0));
  if (section.length < 12 || section[0] !== table) return `no section of table ${table}`;
  const size = 3 + (section.readUInt16BE(1) & 0x0fff);
  if (size < 12 || size > section.length) return 'a section that does not end in its packet';
  if (crc32(section.subarray(0, size)) !== 0) return 'the checksum is wrong';
  return { version: (section.readUInt8(5) >> 1) & 0x1f, body: section.subarray(8, size - 4) };
}

/** The PID of the first program's PMT. */
export function readPat(payload: Buffer): number | string {
  const section = readSection(payload, 0);
  if (typeof section === 'string') return section;
  for (let at = 0; at + 4 <= section.body.length; at += 4) {
    if (section.body.readUInt16BE(at) !== 0) return section.body.readUInt16BE(at + 2) & 0x1fff;
  }
  return 'no program';
}

export function readPmt(payload: Buffer): Pmt | string {
  const section = readSection(payload, 2);
  if (typeof section === 'string') return section;
  const { body, version } = section;
  if (body.length < 4) return 'a section that is too short';
  const streams: StreamEntry[] = [];
  let at = 4 + (body.readUInt16BE(2) & 0x0fff);
  while (at + 5 <= body.length) {
    const type = body.readUInt8(at);
    const end = at + 5 + (body.readUInt16BE(at + 3) & 0x0fff);
    if (end > body.length) return 'descriptors that do not end in their section';
    const codec = codecs[type] ?? registered(body.subarray(at + 5, end)) ?? `type ${type}`;
    streams.push({ pid: body.readUInt16BE(at + 1) & 0x1fff, type, codec });
    at = end;
  }
  return { version, pcrPid: body.readUInt16BE(0) & 0x1fff, streams };
}

/** What a registration descriptor names. */
function registered(descriptors: Buffer): string | undefined {
  for (let at = 0; at + 2 <= descriptors.length; at += 2 + descriptors.readUInt8(at + 1)) {
    if (descriptors[at] === 0x05) return descriptors.toString('latin1', at + 2, at + 6);
  }
  return undefined;
}

/** 0 over a section with its own checksum. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}
