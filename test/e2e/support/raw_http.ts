// HTTP by hand: bytes out, bytes in, and how it ended. For what no client would send.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface Raw {
  readonly socket: Socket;
  /** Everything until the server ends the connection. */
  readonly received: Promise<Buffer>;
}

export async function open(context: TestContext, port: number): Promise<Raw> {
  const socket = connect(port, '127.0.0.1');
  context.after(() => socket.destroy());
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  // A reset ends it as well; what came before it counts.
  socket.on('error', () => undefined);
  const received = once(socket, 'close').then(() => Buffer.concat(parts));
  await once(socket, 'connect');
  return { socket, received };
}

/** The status of the first answer to these bytes; 0: the connection ended without one. */
export async function statusOf(context: TestContext, port: number, bytes: string): Promise<number> {
  const { socket, received } = await open(context, port);
  socket.write(bytes, 'latin1');
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec((await received).toString('latin1'))?.[1] ?? 0);
}

export const upgradeOf = (path: string, fields: Readonly<Record<string, string>> = {}): string => {
  const all = {
    ...{ Host: 'h', Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' },
    ...{ 'Sec-WebSocket-Key': Buffer.alloc(16, 7).toString('base64'), ...fields },
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
};

/** A client's frame, masked unless that is the point. */
export function frameOf(opcode: number, payload: Buffer, masked = true): Buffer {
  const mask = Buffer.from([1, 2, 3, 4]);
  const body = masked ? payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0)) : payload;
  const head = Buffer.from([0x80 | opcode, (masked ? 0x80 : 0) | payload.length]);
  return Buffer.concat([head, ...(masked ? [mask] : []), body]);
}
