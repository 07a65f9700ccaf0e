// A file as an answer: read piece by piece as the client takes it, whole or a range of it. A client that leaves ends it.

import { open, type FileHandle } from 'node:fs/promises';

/** What is sent; `from` and `to` are of the file, `to` excluded. */
export interface FileBody {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** What of µWS's response it needs. */
interface Sink {
  tryEnd(piece: Uint8Array, total: number): [isTaken: boolean, isDone: boolean];
  getWriteOffset(): number;
  onWritable(handler: (offset: number) => boolean): unknown;
  cork(action: () => void): unknown;
  close(): unknown;
}

export interface Gone {
  /** The client left. */
  readonly is: boolean;
  readonly told: Promise<void>;
}

const piece = 256 * 1024;

/** `Range: bytes=a-b` of a file of `size` bytes: what is to be sent; undefined: nothing of it is there. More than one range is sent whole. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { from: number; to: number; isPart: boolean } | undefined {
  const whole = { from: 0, to: size, isPart: false };
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return whole;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  return from < to ? { from, to, isPart: true } : undefined;
}

/** The head is written already. Where the file is shorter by now the connection is closed, so that the client knows. */
export async function sendFile(sink: Sink, { file, from, to }: FileBody, gone: Gone): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const buffer = Buffer.alloc(piece);
    for (let at = from; at < to && !gone.is;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(piece, to - at), at);
      if (bytesRead === 0) throw new Error('the file is shorter than it was');
      await give(sink, buffer.subarray(0, bytesRead), to - from, gone);
      at += bytesRead;
    }
  } catch {
    if (!gone.is) sink.close();
  } finally {
    await handle?.close();
  }
}

/** Resolves when the piece is taken, or the client has left. */
async function give(sink: Sink, bytes: Uint8Array, total: number, gone: Gone): Promise<void> {
  if (gone.is) return;
  const begin = sink.getWriteOffset();
  const isTaken = (offset: number): boolean => {
    let answer = { isTaken: false };
    sink.cork(() => (answer = { isTaken: sink.tryEnd(bytes.subarray(offset - begin), total)[0] }));
    return answer.isTaken;
  };
  if (isTaken(begin)) return;
  const taken = new Promise<void>((resolve) => {
    sink.onWritable((offset) => {
      const is = isTaken(offset);
      if (is) resolve();
      return is;
    });
  });
  await Promise.race([taken, gone.told]);
}
