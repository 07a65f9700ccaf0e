// RTMP chunks for tests (specification 5.3), written apart from the server's own so that it proves it. The reader is strict
// where clients are: it throws on what would break one of them.

export interface Message {
  readonly csid: number;
  readonly type: number;
  readonly streamId: number;
  /** Absolute, as a client reckons it: deltas added up on the chunk stream. */
  readonly timestamp: number;
  readonly payload: Buffer;
}

export interface ReceivedMessage extends Message {
  /** Header form of the first chunk, 0..3. */
  readonly format: number;
  readonly extended: boolean;
  readonly chunks: number;
}

const extendedMark = 0xffffff;
const headerSizes = [11, 7, 3, 0];

interface ChunkStream {
  timestamp: number;
  delta: number;
  length: number;
  type: number;
  streamId: number;
  extended: boolean;
  format: number;
  parts: Buffer[];
  received: number;
}

function basicHeader(format: number, csid: number): Buffer {
  if (csid < 64) return Buffer.from([(format << 6) | csid]);
  if (csid < 320) return Buffer.from([format << 6, csid - 64]);
  return Buffer.from([(format << 6) | 1, (csid - 64) & 0xff, (csid - 64) >> 8]);
}

/** How a message is written: the header form, and whether type-3 chunks repeat an extended timestamp as the letter says. */
export interface WriteOptions {
  readonly format?: 0 | 1 | 2 | 3;
  /** For formats 1 and 2: what stands in the header instead of an absolute time. */
  readonly delta?: number;
  readonly repeatExtended?: boolean;
}

export function writeMessage(message: Message, chunkSize: number, options: WriteOptions = {}): Buffer {
  const { format = 0, delta = 0, repeatExtended = true } = options;
  const time = format === 0 ? message.timestamp : delta;
  const field = Math.min(time, extendedMark);
  const extension = Buffer.alloc(format !== 3 && field === extendedMark ? 4 : 0);
  if (extension.length > 0) extension.writeUInt32BE(time >>> 0);
  const header = Buffer.alloc(headerSizes[format] ?? 0);
  if (format < 3) header.writeUIntBE(field, 0, 3);
  if (format < 2) header.writeUIntBE(message.payload.length, 3, 3);
  if (format < 2) header.writeUInt8(message.type, 6);
  if (format < 1) header.writeUInt32LE(message.streamId, 7);
  const pieces = [basicHeader(format, message.csid), header, extension, message.payload.subarray(0, chunkSize)];
  for (let at = chunkSize; at < message.payload.length; at += chunkSize) {
    pieces.push(basicHeader(3, message.csid));
    if (repeatExtended) pieces.push(extension);
    pieces.push(message.payload.subarray(at, at + chunkSize));
  }
  return Buffer.concat(pieces);
}

export class ChunkReader {
  private bytes = Buffer.alloc(0);
  private chunkSize = 128;
  private readonly streams = new Map<number, ChunkStream>();
  private readonly deliver: (message: ReceivedMessage) => void;

  constructor(deliver: (message: ReceivedMessage) => void) {
    this.deliver = deliver;
  }

  push(bytes: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, bytes]);
    let used = this.chunk();
    while (used > 0) {
      this.bytes = this.bytes.subarray(used);
      used = this.chunk();
    }
  }

  /** Takes one whole chunk from the front of `bytes`; 0 when it isn't all there. */
  private chunk(): number {
    const basic = this.basicHeader();
    if (!basic) return 0;
    const { format, csid } = basic;
    const headerSize = headerSizes[format] ?? 0;
    if (this.bytes.length < basic.size + headerSize) return 0;
    const known = this.streams.get(csid);
    if (!known && format !== 0)
      throw new Error(`chunk stream ${String(csid)} begins with a type-${String(format)} chunk`);
    const stream = known ?? newStream();
    const header = this.bytes.subarray(basic.size, basic.size + headerSize);
    const field = format < 3 ? header.readUIntBE(0, 3) : 0;
    const extended = format < 3 ? field === extendedMark : stream.extended;
    const payloadAt = basic.size + headerSize + (extended ? 4 : 0);
    if (this.bytes.length < payloadAt) return 0;
    const time = extended ? this.bytes.readUInt32BE(payloadAt - 4) : field;
    const begins = stream.received === 0;
    const length = format < 2 ? header.readUIntBE(3, 3) : stream.length;
    const size = Math.min(this.chunkSize, length - stream.received);
    if (this.bytes.length < payloadAt + size) return 0;
    if (!begins && format !== 3) throw new Error(`a message on chunk stream ${String(csid)} is cut by a new header`);
    if (begins) beginMessage(stream, { format, time, extended, header });
    this.streams.set(csid, stream);
    stream.parts.push(Buffer.from(this.bytes.subarray(payloadAt, payloadAt + size)));
    stream.received += size;
    if (stream.received === stream.length) this.finish(csid, stream);
    return payloadAt + size;
  }

  private basicHeader(): { format: number; csid: number; size: number } | undefined {
    const [first, second = 0, third = 0] = this.bytes;
    if (first === undefined) return undefined;
    const size = (first & 63) === 0 ? 2 : (first & 63) === 1 ? 3 : 1;
    if (this.bytes.length < size) return undefined;
    const csid = size === 1 ? first & 63 : 64 + second + third * 256 * (size - 2);
    return { format: first >> 6, csid, size };
  }

  private finish(csid: number, stream: ChunkStream): void {
    const payload = Buffer.concat(stream.parts);
    const { type, streamId, timestamp, format, extended } = stream;
    if (type === 1) this.chunkSize = payload.readUInt32BE(0);
    const chunks = stream.parts.length;
    stream.parts = [];
    stream.received = 0;
    this.deliver({ csid, type, streamId, timestamp, payload, format, extended, chunks });
  }
}

function newStream(): ChunkStream {
  const zero = { timestamp: 0, delta: 0, length: 0, type: 0, streamId: 0, format: 0, received: 0 };
  return { ...zero, extended: false, parts: [] };
}

interface Header {
  readonly format: number;
  readonly time: number;
  readonly extended: boolean;
  readonly header: Buffer;
}

function beginMessage(stream: ChunkStream, { format, time, extended, header }: Header): void {
  if (format === 0) stream.streamId = header.readUInt32LE(7);
  if (format < 2) {
    stream.length = header.readUIntBE(3, 3);
    stream.type = header.readUInt8(6);
  }
  if (format < 3) stream.delta = time;
  stream.timestamp = format === 0 ? time : (stream.timestamp + stream.delta) >>> 0;
  stream.extended = extended;
  stream.format = format;
}
