// Snapshots of the statistics, as the boundary gives them: bytes, bits per second, milliseconds, unless a name says otherwise.

import type { ConnectionId, PlayProtocol, Role, StreamKey } from '../native.js';

export interface StreamStats extends StreamKey {
  /** 0: nobody. */
  readonly publisher: ConnectionId;
  readonly publisherIp: string;
  readonly players: number;
  readonly playersByProtocol: Readonly<Record<PlayProtocol, number>>;
  /** Viewers of its HLS lists: they fetch pieces and are players of no log. */
  readonly hlsViewers: number;
  /** Copies of it that go to other servers now. They are no players. */
  readonly forwards: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly videoFrames: number;
  readonly audioFrames: number;
  /** Bits per second over the last 3 and 30 seconds. */
  readonly inRate3: number;
  readonly inRate30: number;
  readonly outRate3: number;
  readonly outRate30: number;
  readonly skips: number;
  readonly drops: number;
  readonly videoCodec: string;
  readonly audioCodec: string;
  /** Of both as RFC 6381 names them, video first; empty: not known of one that is there. */
  readonly codecs: string;
  /** Of the decoder configuration; where there is none, of the metadata. */
  readonly width: number;
  readonly height: number;
  /** Memory of the log's segments that are alive. */
  readonly logBytes: number;
  /** Age of the publish in milliseconds; 0: nobody publishes. */
  readonly uptime: number;
}

/** Microseconds. */
export const startDelayBounds = [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000] as const;

export interface ReactorStats {
  readonly connections: number;
  readonly players: number;
  /** Flush rounds so far, their total and longest duration (since the last call) and the sum of the intervals between their starts, in microseconds. */
  readonly rounds: number;
  readonly roundTime: number;
  readonly roundMax: number;
  readonly roundIntervals: number;
  /** How late rounds began, microseconds: sum and the longest since the last call. */
  readonly startDelay: number;
  readonly startDelayMax: number;
  /** How many rounds began late, by `startDelayBounds`; the last one has those that are later still. */
  readonly startDelays: readonly number[];
}

export interface EngineStats {
  readonly uptime: number;
  readonly connections: number;
  readonly publishers: number;
  readonly players: number;
  readonly accepted: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly inRate3: number;
  readonly inRate30: number;
  readonly outRate3: number;
  readonly outRate30: number;
  readonly skips: number;
  readonly drops: number;
  /** Memory of all log segments. */
  readonly logBytes: number;
  readonly memoryLimit: number;
  /** Bytes that the C++ heap of the process has handed out (mallinfo2). */
  readonly heapBytes: number;
  /** Connections that ended, by reason; every key of the native reasons is there. */
  readonly ended: Readonly<Record<string, number>>;
  /** HTTP requests that were refused, by reason; their connections may have lived on. */
  readonly refused: Readonly<Record<string, number>>;
  /** Answers over HTTP, by status. */
  readonly responses: Readonly<Record<string, number>>;
  /** Objects that are served over HTTP, and what those kept as bytes take. */
  readonly objects: number;
  readonly objectBytes: number;
  /** Events that were counted instead of delivered (see turnedAway). */
  readonly eventsMissed: number;
  readonly reactors: readonly ReactorStats[];
  readonly streams: readonly StreamStats[];
  /** Sums of all streams that are and were, by vhost. */
  readonly vhosts: readonly VhostStats[];
}

export interface VhostStats {
  readonly vhost: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly skips: number;
  readonly drops: number;
}

export interface ConnectionStats extends StreamKey {
  readonly conn: ConnectionId;
  readonly ip: string;
  readonly protocol: PlayProtocol;
  readonly role: Role;
  readonly uptime: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly inRate3: number;
  readonly inRate30: number;
  readonly outRate3: number;
  readonly outRate30: number;
  /** Frames taken in from a publisher, or passed to a player. */
  readonly frames: number;
  /** Bytes and milliseconds that a player is behind the newest frame. */
  readonly lagBytes: number;
  readonly lag: number;
  readonly skips: number;
  readonly tcp: {
    readonly rtt: number;
    readonly retransmits: number;
    readonly unacked: number;
    readonly nodelay: boolean;
    readonly deliveryRate: number;
  };
}

/** What is left out admits all. */
export interface ConnectionQuery {
  readonly start: number;
  readonly limit: number;
  /** Connections that we opened to other servers, instead of clients. */
  readonly relays?: boolean;
  readonly conn?: ConnectionId;
  readonly vhost?: string;
  readonly app?: string;
  readonly stream?: string;
  readonly ip?: string;
  readonly role?: string;
  readonly protocol?: string;
}
