// A small RTMP client for tests of the protocol itself. It keeps every message that it got, and waits for one with a time
// limit: nothing here sleeps.
import assert from 'node:assert/strict';
import { connect as connectSocket, type Socket } from 'node:net';
import { decodeAll, encodeAll, membersOf, type Amf } from './amf0.js';
import { ChunkReader, writeMessage, type Message, type ReceivedMessage, type WriteOptions } from './chunks.js';
import { blockSize, checkReply, makeC1, type HandshakeKind } from './handshake.js';

const patience = 10_000;

export const type = {
  setChunkSize: 1,
  ack: 3,
  userControl: 4,
  windowAck: 5,
  peerBandwidth: 6,
  audio: 8,
  video: 9,
  data: 18,
  command: 20,
};

export interface Command {
  readonly name: string;
  readonly transaction: Amf;
  readonly args: readonly Amf[];
  readonly message: ReceivedMessage;
}

interface Waiter {
  readonly matches: (message: ReceivedMessage) => boolean;
  readonly resolve: (message: ReceivedMessage) => void;
  readonly reject: (error: Error) => void;
}

export function commandOf(message: ReceivedMessage): Command | undefined {
  if (message.type !== type.command) return undefined;
  const [name, transaction, ...args] = decodeAll(message.payload);
  return typeof name === 'string' ? { name, transaction, args, message } : undefined;
}

/** The code of an onStatus, or of the information in a _result or _error. */
export function codeOf(message: ReceivedMessage): string {
  const code = membersOf(commandOf(message)?.args[1]).code;
  return typeof code === 'string' ? code : '';
}

export class RtmpClient {
  readonly received: ReceivedMessage[] = [];
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
  bytesReceived = 0;
  chunkSize = 128;
  private readonly socket: Socket;
  private readonly reader: ChunkReader;
  private unread: ReceivedMessage[] = [];
  private waiters: Waiter[] = [];
  private handshake: { readonly wanted: number; readonly done: (bytes: Buffer) => void } | undefined;
  private early = Buffer.alloc(0);
  private ended = false;
  private nextTransaction = 1;

  constructor(socket: Socket) {
    this.socket = socket;
    this.reader = new ChunkReader((message) => this.take(message));
    socket.on('data', (bytes) => this.input(bytes));
    this.closed = new Promise((resolve) => {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.ended = true;
        for (const waiter of this.waiters.splice(0)) waiter.reject(new Error('the server closed the connection'));
        resolve();
      });
    });
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Stops and goes on reading from the socket: what a stalled player does. */
  pauseReading(): void {
    this.socket.pause();
  }

  resumeReading(): void {
    this.socket.resume();
  }

  end(): void {
    this.socket.destroy();
  }

  async shakeHands(kind: HandshakeKind = 'simple', c0 = 3): Promise<void> {
    const c1 = makeC1(kind);
    this.write(Buffer.concat([Buffer.from([c0]), c1]));
    const reply = await this.bytes(1 + 2 * blockSize);
    assert.equal(reply[0], 3, 'S0');
    const s1 = reply.subarray(1, 1 + blockSize);
    checkReply(kind, c1, s1, reply.subarray(1 + blockSize));
    this.write(Buffer.from(s1));
  }

  send(message: Partial<Message> & { readonly type: number; readonly payload: Buffer }, options?: WriteOptions): void {
    const whole = { csid: 3, streamId: 0, timestamp: 0, ...message };
    this.write(writeMessage(whole, this.chunkSize, options));
  }

  setChunkSize(size: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(size);
    this.send({ csid: 2, type: type.setChunkSize, payload });
    this.chunkSize = size;
  }

  command(name: string, args: readonly Amf[], streamId = 0, transaction = this.nextTransaction++): number {
    this.send({ type: type.command, streamId, payload: encodeAll(name, transaction, ...args) });
    return transaction;
  }

  /** The first message that matches and wasn't waited for before; later ones stay for the next call. */
  next(what: string, matches: (message: ReceivedMessage) => boolean): Promise<ReceivedMessage> {
    const index = this.unread.findIndex(matches);
    const found = this.unread[index];
    if (found) {
      this.unread = this.unread.slice(index + 1);
      return Promise.resolve(found);
    }
    this.unread = [];
    if (this.ended) return Promise.reject(new Error(`no ${what}: the server closed the connection`));
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new Error(`no ${what}: ${error.message}; got ${this.summary()}`));
      const timer = setTimeout(() => fail(new Error('time is up')), patience);
      const settle =
        <T>(action: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          action(value);
        };
      this.waiters.push({ matches, resolve: settle(resolve), reject: settle(fail) });
    });
  }

  nextStatus(code: string): Promise<ReceivedMessage> {
    return this.next(code, (message) => codeOf(message) === code);
  }

  async nextReply(transaction: number): Promise<Command> {
    const isReply = (message: ReceivedMessage) => {
      const command = commandOf(message);
      return command?.transaction === transaction && (command.name === '_result' || command.name === '_error');
    };
    const command = commandOf(await this.next(`reply to ${String(transaction)}`, isReply));
    assert.ok(command);
    return command;
  }

  nextMedia(kind: 'audio' | 'video' | 'data'): Promise<ReceivedMessage> {
    return this.next(kind, (message) => message.type === type[kind]);
  }

  private bytes(wanted: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`only ${String(this.early.length)} bytes of handshake came`)),
        patience,
      );
      const fail = () => {
        clearTimeout(timer);
        reject(new Error('closed during the handshake'));
      };
      this.socket.once('close', fail);
      this.handshake = {
        wanted,
        done: (bytes) => {
          clearTimeout(timer);
          this.socket.off('close', fail);
          resolve(bytes);
        },
      };
    });
  }

  private input(bytes: Buffer): void {
    this.bytesReceived += bytes.length;
    if (!this.handshake) {
      this.reader.push(bytes);
      return;
    }
    this.early = Buffer.concat([this.early, bytes]);
    const { wanted, done } = this.handshake;
    if (this.early.length < wanted) return;
    // Some clients (HaishinKit) need silence between S2 and their connect.
    assert.equal(this.early.length, wanted, 'nothing follows S2 until connect has come');
    this.handshake = undefined;
    done(this.early);
  }

  private take(message: ReceivedMessage): void {
    this.received.push(message);
    const index = this.waiters.findIndex(({ matches }) => matches(message));
    if (index < 0) {
      this.unread.push(message);
      return;
    }
    this.unread = [];
    this.waiters.splice(index, 1)[0]?.resolve(message);
  }

  private summary(): string {
    const last = this.received.slice(-8);
    return last.map((message) => commandOf(message)?.name ?? `type ${String(message.type)}`).join(', ') || 'nothing';
  }
}

export async function openConnection(port: number): Promise<RtmpClient> {
  const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return new RtmpClient(socket);
}

export interface ConnectOptions {
  readonly app?: string;
  readonly tcUrl?: string;
  readonly handshake?: HandshakeKind;
  readonly extra?: Record<string, Amf>;
}

/** Handshake and connect; the caller looks at the reply. */
export async function openSession(
  port: number,
  options: ConnectOptions = {},
): Promise<{ client: RtmpClient; reply: Command }> {
  const { app = 'live', handshake = 'simple', extra = {} } = options;
  const client = await openConnection(port);
  await client.shakeHands(handshake);
  const tcUrl = options.tcUrl ?? `rtmp://127.0.0.1:${String(port)}/${app}`;
  const transaction = client.command('connect', [{ app, flashVer: 'test', tcUrl, ...extra }]);
  return { client, reply: await client.nextReply(transaction) };
}

/** A connection that was accepted. */
export async function connectRtmp(port: number, options: ConnectOptions = {}): Promise<RtmpClient> {
  const { client, reply } = await openSession(port, options);
  assert.equal(reply.name, '_result', JSON.stringify(reply.args));
  return client;
}

export async function createStream(client: RtmpClient): Promise<number> {
  const reply = await client.nextReply(client.command('createStream', [null]));
  assert.equal(reply.name, '_result');
  const [, id] = reply.args;
  assert.ok(typeof id === 'number' && id >= 1);
  return id;
}

/** A publisher whose Publish.Start has come. */
export async function publisher(port: number, stream: string, options?: ConnectOptions) {
  const client = await connectRtmp(port, options);
  const id = await createStream(client);
  client.command('publish', [null, stream, 'live'], id);
  await client.nextStatus('NetStream.Publish.Start');
  return { client, id };
}

/** A player whose Play.Start has come. */
export async function player(port: number, stream: string, options?: ConnectOptions) {
  const client = await connectRtmp(port, options);
  const id = await createStream(client);
  client.command('play', [null, stream, -2000], id);
  await client.nextStatus('NetStream.Play.Start');
  return { client, id };
}
