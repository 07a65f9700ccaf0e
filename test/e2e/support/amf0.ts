// AMF0 for tests, written apart from the server's own so that it proves it.

export type Amf = number | boolean | string | null | undefined | Amf[] | EcmaArray | { [key: string]: Amf };

/** An ECMA array: an object with another marker and a count that nobody trusts. */
export class EcmaArray {
  readonly members: Record<string, Amf>;
  constructor(members: Record<string, Amf>) {
    this.members = members;
  }
}

const marker = { number: 0, boolean: 1, string: 2, object: 3, null: 5, undefined: 6, ecma: 8, end: 9, array: 10 };

function shortString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function members(object: Record<string, Amf>): Buffer[] {
  const pairs = Object.entries(object).flatMap(([key, value]) => [shortString(key), encode(value)]);
  return [...pairs, Buffer.from([0, 0, marker.end])];
}

export function encode(value: Amf): Buffer {
  if (value === null) return Buffer.from([marker.null]);
  if (value === undefined) return Buffer.from([marker.undefined]);
  if (typeof value === 'boolean') return Buffer.from([marker.boolean, value ? 1 : 0]);
  if (typeof value === 'string') return Buffer.concat([Buffer.from([marker.string]), shortString(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (Array.isArray(value)) {
    const head = Buffer.from([marker.array, 0, 0, 0, 0]);
    head.writeUInt32BE(value.length, 1);
    return Buffer.concat([head, ...value.map(encode)]);
  }
  if (value instanceof EcmaArray) {
    const head = Buffer.from([marker.ecma, 0, 0, 0, 0]);
    head.writeUInt32BE(Object.keys(value.members).length, 1);
    return Buffer.concat([head, ...members(value.members)]);
  }
  return Buffer.concat([Buffer.from([marker.object]), ...members(value)]);
}

export function encodeAll(...values: Amf[]): Buffer {
  return Buffer.concat(values.map(encode));
}

class Reader {
  readonly bytes: Buffer;
  position = 0;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  string(): string {
    const length = this.bytes.readUInt16BE(this.position);
    this.position += 2 + length;
    if (this.position > this.bytes.length) throw new Error('AMF0 string runs past the end');
    return this.bytes.toString('utf8', this.position - length, this.position);
  }

  members(): Record<string, Amf> {
    const object: Record<string, Amf> = {};
    for (;;) {
      const key = this.string();
      if (key === '' && this.bytes[this.position] === marker.end) {
        this.position += 1;
        return object;
      }
      object[key] = this.value();
    }
  }

  value(): Amf {
    const kind = this.bytes.readUInt8(this.position);
    this.position += 1;
    switch (kind) {
      case marker.number:
        this.position += 8;
        return this.bytes.readDoubleBE(this.position - 8);
      case marker.boolean:
        this.position += 1;
        return this.bytes[this.position - 1] !== 0;
      case marker.string:
        return this.string();
      case marker.object:
        return this.members();
      case marker.null:
        return null;
      case marker.undefined:
        return undefined;
      case marker.ecma:
        this.position += 4;
        return new EcmaArray(this.members());
      case marker.array: {
        const count = this.bytes.readUInt32BE(this.position);
        this.position += 4;
        return Array.from({ length: count }, () => this.value());
      }
      default:
        throw new Error(`AMF0 marker ${String(kind)} at ${String(this.position - 1)}`);
    }
  }
}

export function decodeAll(bytes: Buffer): Amf[] {
  const reader = new Reader(bytes);
  const values: Amf[] = [];
  while (reader.position < bytes.length) values.push(reader.value());
  return values;
}

/** The members of an object or ECMA array; an empty object for anything else. */
export function membersOf(value: Amf): Record<string, Amf> {
  if (value instanceof EcmaArray) return value.members;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
