// `/streams.json`: what is live, for pages. Written anew every few seconds, and put only when it says something else.

import type { Config, VhostConfig } from '../config/load.js';
import type { EngineStats, StoredObject, StreamStats } from '../native.js';

export const streamListPath = '/streams.json';

export interface ListedStream {
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
  readonly videoCodec: string;
  readonly audioCodec: string;
  readonly width: number;
  readonly height: number;
  readonly kbps: number;
  readonly viewers: number;
  /** Seconds. */
  readonly uptime: number;
  readonly protocols: readonly string[];
}

export function listStreams(config: Config, stats: Pick<EngineStats, 'streams'>): readonly ListedStream[] {
  return stats.streams
    .filter(({ publisher }) => publisher !== 0)
    .map((stream) => {
      const { vhost, app, videoCodec, audioCodec, width, height } = stream;
      const kbps = Math.round(stream.inRate3 / 1000);
      const viewers = stream.players + stream.hlsViewers;
      const uptime = Math.floor(stream.uptime / 1000);
      const found = config.vhost.find(({ name }) => name === vhost);
      const protocols = found ? protocolsOf(found, stream) : [];
      return {
        ...{ vhost, app, stream: stream.stream, videoCodec, audioCodec, width, height },
        ...{ kbps, viewers, uptime, protocols },
      };
    });
}

/** What MPEG-TS can carry; a track without a codec is not there. */
const tsCodecs = ['', 'H264', 'HEVC', 'AAC', 'MP3', 'Opus'];

function protocolsOf({ hls }: VhostConfig, { videoCodec, audioCodec }: StreamStats): string[] {
  const isTs = tsCodecs.includes(videoCodec) && tsCodecs.includes(audioCodec);
  return ['flv', 'ws-flv', ...(isTs ? ['ts'] : []), ...(hls.enabled ? ['hls'] : [])];
}

export function streamListObject(streams: readonly ListedStream[]): StoredObject {
  const body = Buffer.from(JSON.stringify({ streams }));
  return { body, contentType: 'application/json; charset=utf-8', cacheControl: 'no-store', etag: '' };
}
