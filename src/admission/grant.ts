// The configuration of a vhost -> what the engine needs to know about a stream there. It never asks again.

import type { Config, VhostConfig } from '../config/load.js';
import type { HlsGrant, PlayGrant, PublishGrant, StreamGrant, StreamKey } from '../native.js';

const adaptive = -1;

/** How streams of a vhost are cut for HLS; null: not at all. */
export type HlsRules = (config: Config, vhost: VhostConfig) => HlsGrant | null;

function streamGrant(config: Config, vhost: VhostConfig, key: StreamKey): StreamGrant {
  return {
    ...key,
    chunkSize: vhost.chunk_size ?? config.chunk_size,
    gopCache: vhost.gop_cache,
    queueLength: vhost.queue_length,
    mwLatency: vhost.mw_latency ?? adaptive,
    minLatency: vhost.min_latency || vhost.mw_latency === 0,
    tcpNodelay: vhost.tcp_nodelay,
    sendTimeout: vhost.send_timeout,
    timeJitter: vhost.time_jitter,
    atc: vhost.atc,
    atcAuto: vhost.atc_auto,
    logMemory: config.log_memory,
  };
}

export function publishGrant(config: Config, vhost: VhostConfig, key: StreamKey, hls: HlsRules): PublishGrant {
  return {
    ...streamGrant(config, vhost, key),
    takeover: vhost.publish_takeover,
    firstPacketTimeout: vhost.publish_1stpkt_timeout,
    normalTimeout: vhost.publish_normal_timeout,
    republishWait: vhost.republish_wait,
    republishEnd: vhost.republish_end,
    hls: hls(config, vhost),
  };
}

export function playGrant(config: Config, vhost: VhostConfig, key: StreamKey): PlayGrant {
  return { ...streamGrant(config, vhost, key), whenMissing: vhost.play_wait ? 'wait' : 'refuse', tracks: 'all' };
}
