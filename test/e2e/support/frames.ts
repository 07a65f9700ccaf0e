// Synthetic media for tests of the protocol: frames that carry their own number, so that a player can tell what it missed.
import { EcmaArray, encodeAll, type Amf } from './amf0.js';
import { type as messageType, type RtmpClient } from './rtmp_client.js';
import type { Message, ReceivedMessage, WriteOptions } from './chunks.js';

/** AVCDecoderConfigurationRecord of a 192x108 baseline stream, behind FLV's five bytes. */
export const videoHeader = Buffer.from(
  '17000000000142c00bffe100176742c00bda0c3fef011000000300100000030328f142aa01000468ce0fc8',
  'hex',
);
/** AudioSpecificConfig of AAC-LC, 44.1 kHz, stereo. */
export const audioHeader = Buffer.from('af001210', 'hex');

const numberAt = { video: 9, audio: 2 };

function video(first: number, number: number, size: number): Buffer {
  const payload = Buffer.alloc(Math.max(size, 13), number & 0xff);
  payload.set([first, 1, 0, 0, 0]);
  payload.writeUInt32BE(payload.length - 9, 5);
  payload.writeUInt32BE(number, numberAt.video);
  return payload;
}

export const keyFrame = (number: number, size = 200) => video(0x17, number, size);
export const interFrame = (number: number, size = 100) => video(0x27, number, size);

export function audioFrame(number: number): Buffer {
  const payload = Buffer.from([0xaf, 1, 0, 0, 0, 0, 0x55]);
  payload.writeUInt32BE(number, numberAt.audio);
  return payload;
}

export const isKey = (payload: Buffer) => payload.readUInt8(0) === 0x17 && payload[1] === 1;
export const isVideoHeader = (payload: Buffer) => payload.readUInt8(0) === 0x17 && payload[1] === 0;
export const isAudioHeader = (payload: Buffer) => payload.readUInt8(0) === 0xaf && payload[1] === 0;

/** The number that a synthetic frame carries; undefined for headers and empty messages. */
export function numberOf({ type, payload }: ReceivedMessage): number | undefined {
  const at = type === messageType.video ? numberAt.video : numberAt.audio;
  return payload.length >= at + 4 && payload[1] === 1 ? payload.readUInt32BE(at) : undefined;
}

/** Sends as a publisher does: video and audio on chunk streams of their own. */
export class Sender {
  readonly client: RtmpClient;
  readonly id: number;
  constructor({ client, id }: { client: RtmpClient; id: number }) {
    this.client = client;
    this.id = id;
  }

  metadata(members: Record<string, Amf> = { width: 192, height: 108, videocodecid: 7 }, wrapper = true): void {
    const values = ['onMetaData', new EcmaArray(members)];
    this.send({
      type: messageType.data,
      csid: 4,
      payload: encodeAll(...(wrapper ? ['@setDataFrame'] : []), ...values),
    });
  }

  headers(timestamp = 0): void {
    this.video(videoHeader, timestamp);
    this.audio(audioHeader, timestamp);
  }

  video(payload: Buffer, timestamp: number, options?: WriteOptions): void {
    this.send({ type: messageType.video, csid: 6, timestamp, payload }, options);
  }

  audio(payload: Buffer, timestamp: number, options?: WriteOptions): void {
    this.send({ type: messageType.audio, csid: 4, timestamp, payload }, options);
  }

  /** Frames `from` up to `to` (not included), 40 ms apart, a key frame every `gop`. */
  pictures(from: number, to: number, { gop = 10, size = 100, origin = 0 } = {}): void {
    for (let number = from; number < to; number += 1) {
      const payload = number % gop === 0 ? keyFrame(number, size) : interFrame(number, size);
      this.video(payload, origin + number * 40);
    }
  }

  private send(
    message: Pick<Message, 'type' | 'csid' | 'payload'> & { timestamp?: number },
    options?: WriteOptions,
  ): void {
    this.client.send({ ...message, streamId: this.id }, options);
  }
}

export interface Film {
  readonly from?: number;
  readonly pictures?: number;
  readonly size?: number;
  readonly gop?: number;
}

/** Pictures whose NAL units a container takes, 40 ms apart. */
export function film(sender: Sender, { from = 0, pictures = 150, size = 100, gop = 5 }: Film = {}): void {
  for (let number = from; number < from + pictures; number++) {
    const isFirst = number % gop === 0;
    const payload = Buffer.alloc(9 + size, 0x55);
    payload.set([isFirst ? 0x17 : 0x27, 1, 0, 0, 0]);
    payload.writeUInt32BE(size, 5);
    payload[9] = isFirst ? 0x65 : 0x41;
    sender.video(payload, number * 40);
  }
}

/** The video frame with this number. */
export function nextPicture(client: RtmpClient, number: number): Promise<ReceivedMessage> {
  return client.next(
    `picture ${String(number)}`,
    (message) => message.type === messageType.video && numberOf(message) === number,
  );
}

export const videoOf = (client: Pick<RtmpClient, 'received'>) =>
  client.received.filter(({ type }) => type === messageType.video);
/** Those that came before another message. */
export const videoBefore = ({ received }: Pick<RtmpClient, 'received'>, message: ReceivedMessage) =>
  videoOf({ received: received.slice(0, received.indexOf(message)) });
export const audioOf = (client: RtmpClient) => client.received.filter(({ type }) => type === messageType.audio);
export const picturesOf = (client: RtmpClient) =>
  videoOf(client)
    .map(numberOf)
    .filter((number) => number !== undefined);
