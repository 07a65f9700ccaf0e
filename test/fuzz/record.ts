// Records a client's session as seeds for the fuzz targets: a proxy between one client and a running server.
//   node dist/test/fuzz/record.js --listen 19400 --to 1935 --name ffmpeg-publish
// Writes test/fuzz/seeds/TARGET/NAME when the client has gone. The bytes in front of a recording are what test/fuzz/*.cc say of their
// input's beginning: in one piece, and every request accepted.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ChunkReader, type Message } from '../e2e/support/chunks.js';

const handshakeSize = 1 + 2 * 1536;
const sessionLimit = 24 * 1024;
const payloadLimit = 1024;
const payloadsPerKind = 4;
/** Types of messages, and their index in the table of test/fuzz/frame.cc. */
const frameIndex: Readonly<Record<number, number>> = { 8: 0, 9: 1, 15: 2, 18: 3 };
const command = 20;
const data = 18;

/** Keeps the beginning of what a side says. */
function keep(side: Socket, limit: number): () => Buffer {
  const parts: Buffer[] = [];
  let size = 0;
  side.on('data', (bytes) => {
    const part = Buffer.from(bytes as Buffer).subarray(0, limit - size);
    parts.push(part);
    size += part.length;
  });
  return () => Buffer.concat(parts);
}

/** The messages in a recording, as far as the strict reader of the end-to-end tests follows it. */
function messagesOf(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  try {
    new ChunkReader((message) => messages.push(message)).push(bytes);
  } catch {
    // Clients may do what that reader forbids; what it read before is enough.
  }
  return messages;
}

function writeSeed(target: string, name: string, pieces: readonly Buffer[]): void {
  const file = join('test/fuzz/seeds', target, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Buffer.concat(pieces));
}

function writePayloads(name: string, messages: readonly Message[]): void {
  const counts = new Map<number, number>();
  for (const { type, payload } of messages) {
    const count = counts.get(type) ?? 0;
    if (count >= payloadsPerKind) continue;
    counts.set(type, count + 1);
    const short = payload.subarray(0, payloadLimit);
    const index = frameIndex[type];
    const label = `${name}-${String(type)}-${String(count)}`;
    if (index !== undefined) writeSeed('frame', label, [Buffer.of(index), short]);
    if (type === command || type === data) writeSeed('amf0', label, [short]);
  }
}

function writeSeeds(name: string, fromClient: Buffer, fromServer: Buffer): void {
  const inOnePiece = Buffer.of(0);
  const acceptAll = Buffer.of(0);
  writeSeed('session', name, [inOnePiece, acceptAll, fromClient]);
  writeSeed('session', `${name}-server`, [inOnePiece, acceptAll, fromServer.subarray(handshakeSize)]);
  writeSeed('handshake', name, [inOnePiece, fromClient.subarray(0, handshakeSize)]);
  writeSeed('chunk_reader', name, [inOnePiece, fromClient.subarray(handshakeSize)]);
  writePayloads(name, messagesOf(fromClient.subarray(handshakeSize)));
  writePayloads(`${name}-server`, messagesOf(fromServer.subarray(handshakeSize)));
}

function record(listen: number, to: number, name: string): void {
  const server = createServer((client) => {
    server.close();
    const upstream = connect(to, '127.0.0.1');
    const said = keep(client, sessionLimit);
    const answered = keep(upstream, sessionLimit / 2);
    client.pipe(upstream);
    upstream.pipe(client);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('error', end).on('end', end);
    upstream.on('error', end);
    client.on('close', () => {
      writeSeeds(name, said(), answered());
    });
  });
  server.listen(listen, '127.0.0.1');
}

const { values } = parseArgs({
  options: { listen: { type: 'string' }, to: { type: 'string' }, name: { type: 'string' } },
});
if (values.listen === undefined || values.to === undefined || values.name === undefined)
  throw new Error('usage: record --listen PORT --to PORT --name NAME');
record(Number(values.listen), Number(values.to), values.name);
