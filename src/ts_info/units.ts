// What is inside a PES, by codec: NAL units of a picture, or audio frames. Each is described in a few words, and checked.

export interface Unit {
  readonly text: string;
  readonly faults: readonly string[];
  /** Decoding can begin here. */
  readonly isKey: boolean;
  /** Audio frames; 1 for a picture. */
  readonly frames: number;
}

export function readUnit(codec: string, data: Buffer, isRandomAccess: boolean): Unit {
  switch (codec) {
    case 'H.264':
      return readPicture(data, avc, isRandomAccess);
    case 'H.265':
      return readPicture(data, hevc, isRandomAccess);
    case 'AAC':
      return readFrames(data, adtsFrame);
    case 'MP3':
      return readFrames(data, mpegFrame);
    case 'Opus':
      return readFrames(data, opusPacket);
    default:
      return { text: `${data.length} bytes`, faults: [], isKey: false, frames: 1 };
  }
}

interface NalFamily {
  readonly typeOf: (nal: Buffer) => number;
  readonly names: Readonly<Record<number, string>>;
  readonly isSlice: (type: number) => boolean;
  readonly isRandomAccess: (type: number) => boolean;
  readonly delimiter: number;
  /** Needed before a picture where decoding begins. */
  readonly sets: readonly number[];
}

const avc: NalFamily = {
  typeOf: (nal) => nal.readUInt8(0) & 0x1f,
  names: { 1: 'slice', 5: 'IDR', 6: 'SEI', 7: 'SPS', 8: 'PPS', 9: 'AUD', 10: 'end', 12: 'filler' },
  isSlice: (type) => type >= 1 && type <= 5,
  isRandomAccess: (type) => type === 5,
  delimiter: 9,
  sets: [7, 8],
};

const hevc: NalFamily = {
  typeOf: (nal) => (nal.readUInt8(0) >> 1) & 0x3f,
  names: { 19: 'IDR', 20: 'IDR', 21: 'CRA', 32: 'VPS', 33: 'SPS', 34: 'PPS', 35: 'AUD', 39: 'SEI', 40: 'SEI' },
  isSlice: (type) => type < 32,
  isRandomAccess: (type) => type >= 16 && type <= 23,
  delimiter: 35,
  sets: [32, 33, 34],
};

/** Cuts at start codes. Zeros before one belong to it. */
function splitNals(data: Buffer): Buffer[] {
  const startCode = Buffer.of(0, 0, 1);
  const nals: Buffer[] = [];
  let start = data.indexOf(startCode);
  while (start >= 0) {
    const next = data.indexOf(startCode, start + 3);
    let end = next < 0 ? data.length : next;
    while (next >= 0 && end > start + 3 && data[end - 1] === 0) end -= 1;
    nals.push(data.subarray(start + 3, end));
    start = next;
  }
  return nals;
}

function readPicture(data: Buffer, family: NalFamily, isRandomAccess: boolean): Unit {
  const faults: string[] = [];
  const nals = splitNals(data);
  if (data.indexOf(Buffer.of(0, 0, 0, 1)) !== 0)
    faults.push('the picture does not begin with a start code of four bytes');
  if (nals.some((nal) => nal.length === 0)) faults.push('an empty NAL unit');
  const types = nals.filter((nal) => nal.length > 0).map(family.typeOf);
  if (types[0] !== family.delimiter) faults.push('the picture does not begin with a delimiter');
  if (types.filter((type) => type === family.delimiter).length > 1) faults.push('several delimiters in a picture');
  const first = types.findIndex(family.isSlice);
  if (first < 0) faults.push('no slice');
  const isKey = types.some(family.isRandomAccess);
  if (isKey && !isRandomAccess) faults.push('a key picture without random_access_indicator');
  const missing = isKey ? family.sets.filter((type) => !types.slice(0, first).includes(type)) : [];
  for (const type of missing) faults.push(`a key picture without ${family.names[type] ?? String(type)}`);
  return { text: types.map((type) => family.names[type] ?? `NAL ${type}`).join(' '), faults, isKey, frames: 1 };
}

/** Size of the frame that begins at the front, and what it says of itself; or what is wrong. */
type FrameReader = (data: Buffer) => { readonly size: number; readonly text: string } | string;

function readFrames(data: Buffer, readFrame: FrameReader): Unit {
  const faults: string[] = [];
  let frames = 0;
  let text = '';
  for (let rest = data; rest.length > 0; frames += 1) {
    const frame = readFrame(rest);
    if (typeof frame === 'string' || frame.size > rest.length) {
      faults.push(typeof frame === 'string' ? frame : 'the last audio frame goes beyond its PES');
      break;
    }
    text = frame.text;
    rest = rest.subarray(frame.size);
  }
  return { text: `${frames} x ${text}`, faults, isKey: true, frames };
}

const aacRates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

const adtsFrame: FrameReader = (data) => {
  if (data.length < 7 || (data.readUInt16BE(0) & 0xfff6) !== 0xfff0) return 'no ADTS header';
  const size = (data.readUIntBE(3, 3) >> 5) & 0x1fff;
  if (size < 7) return 'an ADTS frame that is shorter than its header';
  const rate = aacRates[(data.readUInt8(2) >> 2) & 0x0f] ?? 0;
  const channels = (data.readUInt16BE(2) >> 6) & 7;
  return { size, text: `AAC ${(data.readUInt8(2) >> 6) + 1}, ${rate} Hz, ${channels} channels` };
};

const mpegRates = [44100, 48000, 32000];
const bitRates = {
  mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

/** Layer 3. */
const mpegFrame: FrameReader = (data) => {
  if (data.length < 4 || (data.readUInt16BE(0) & 0xffe6) !== 0xffe2) return 'no header of an MP3 frame';
  const version = (data.readUInt8(1) >> 3) & 3;
  const base = mpegRates[(data.readUInt8(2) >> 2) & 3];
  const kilobits = (version === 3 ? bitRates.mpeg1 : bitRates.mpeg2)[data.readUInt8(2) >> 4];
  if (version === 1 || base === undefined || !kilobits) return 'an MP3 frame of reserved or free format';
  const rate = version === 3 ? base : version === 2 ? base / 2 : base / 4;
  const samplesByEight = version === 3 ? 144 : 72;
  const padding = (data.readUInt8(2) >> 1) & 1;
  return { size: Math.floor((samplesByEight * kilobits * 1000) / rate) + padding, text: `MP3, ${rate} Hz` };
};

/** The control header of "Opus in MPEG-2 TS", without trims. */
const opusPacket: FrameReader = (data) => {
  if (data.length < 3 || (data.readUInt16BE(0) & 0xffe0) !== 0x7fe0) return 'no control header of an Opus packet';
  if ((data.readUInt8(1) & 0x1c) !== 0) return 'an Opus packet with trims or extensions, which are not read';
  let at = 2;
  while (data[at] === 255) at += 1;
  if (at >= data.length) return 'an Opus control header without an end';
  return { size: at + 1 + (at - 2) * 255 + data.readUInt8(at), text: 'Opus' };
};
