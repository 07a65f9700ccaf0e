// The client's side of the RTMP handshake for tests: simple, and with a digest in either place. What the server answers is
// checked as the strictest clients do (ffmpeg playing: digest and signature; StreamPack: S2 is C1).
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';

export type HandshakeKind = 'simple' | 'key-first' | 'digest-first';

export const blockSize = 1536;
const digestSize = 32;
const sharedKey = Buffer.from('f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae', 'hex');
const playerName = Buffer.from('Genuine Adobe Flash Player 001');
const serverName = Buffer.from('Genuine Adobe Flash Media Server 001');

const hmac = (key: Buffer, ...parts: Buffer[]) => createHmac('sha256', key).update(Buffer.concat(parts)).digest();

/** Where the digest lies: four bytes, added up, point into the block that they lead. */
function digestPlace(block: Buffer, kind: 'key-first' | 'digest-first'): number {
  const base = kind === 'key-first' ? 772 : 8;
  const sum = [0, 1, 2, 3].reduce((total, index) => total + block.readUInt8(base + index), 0);
  return (sum % 728) + base + 4;
}

function digestOf(block: Buffer, place: number, key: Buffer): Buffer {
  return hmac(key, block.subarray(0, place), block.subarray(place + digestSize));
}

export function makeC1(kind: HandshakeKind): Buffer {
  const block = randomBytes(blockSize);
  block.writeUInt32BE(0, 0);
  block.writeUInt32BE(kind === 'simple' ? 0 : 0x80000702, 4);
  if (kind === 'simple') return block;
  const place = digestPlace(block, kind);
  digestOf(block, place, playerName).copy(block, place);
  return block;
}

/** Checks S1 and S2 against the C1 that was sent. */
export function checkReply(kind: HandshakeKind, c1: Buffer, s1: Buffer, s2: Buffer): void {
  if (kind === 'simple') {
    assert.equal(s1.readUInt32BE(4), 0, 'S1 of a simple handshake names no version');
    assert.deepEqual(s2, c1, 'S2 is the copy of C1');
    return;
  }
  const place = digestPlace(s1, kind);
  assert.deepEqual(s1.subarray(place, place + digestSize), digestOf(s1, place, serverName), 'the digest of S1');
  const c1Place = digestPlace(c1, kind);
  const key = hmac(Buffer.concat([serverName, sharedKey]), c1.subarray(c1Place, c1Place + digestSize));
  assert.deepEqual(
    s2.subarray(blockSize - digestSize),
    hmac(key, s2.subarray(0, blockSize - digestSize)),
    'the signature of S2',
  );
}
