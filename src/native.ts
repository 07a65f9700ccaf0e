// The boundary: the only file that loads the addon. It declares and documents every command and every event.
//
// C++ moves bytes and decides nothing: it raises events, TypeScript answers with commands. No media byte crosses.
// - A ConnectionId is a number (slot and generation). One that is gone already is answered with `false`, never a crash.
// - Events come as an array, at most one callback per turn of the main loop.
// - A request event (connect, publish, play) holds its connection until it is accepted or rejected; one that nobody
//   decides within `decisionTimeout` is refused with decision_timeout.
// - An exception in a handler is the caller's to catch: the addon never sees it.

import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ErrorCode } from './errors.js';
import type { RelayCommands, RelayEvent } from './native/relay.js';
import type { HlsCommands, HlsEvent, HlsGrant } from './native/hls.js';
import type { ObjectCommands, ViewEvent } from './native/objects.js';
import type { RecordingCommands, RecordingEvent } from './native/recording.js';
import type { ConnectionQuery, ConnectionStats, EngineStats } from './native/stats.js';

export type { HlsEvent, HlsGrant, RangeId } from './native/hls.js';
export type { StoredObject, ViewEvent, ViewId } from './native/objects.js';
export type {
  RecordingEvent,
  RecordingFormat,
  RecordingId,
  RecordingRules,
  RepairReport,
  RunningRecording,
} from './native/recording.js';
export type {
  ConnectionQuery,
  ConnectionStats,
  EngineStats,
  ReactorStats,
  StreamStats,
  VhostStats,
} from './native/stats.js';

/** A connection's number, unique while the process lives; it stands on each of the connection's log lines. */
export type ConnectionId = number;

/** What a reload may change of the engine as a whole. All times are in milliseconds, all sizes in bytes. */
export interface EngineTuning {
  /** Connections in total; one more is closed at once and counted (too_many_connections). Those that are there stay. */
  readonly maxConnections: number;
  /** Over all stream logs. At the limit: laggards skip, GOPs are given up, publishers are refused. */
  readonly memoryLimit: number;
  /** Pages of other origins may read what is served over HTTP. */
  readonly crossDomain: boolean;
  /** Chunk size that is announced at connect, before the vhost is known. 128..65536. */
  readonly chunkSize: number;
}

export interface EngineOptions extends EngineTuning {
  /** Reactor threads, 1..64. */
  readonly threads: number;
  /** Sent to clients as fmsVer neighbour and in metadata: `weir/0.1.0`. */
  readonly server: string;
  readonly handshakeTimeout: number;
  /** From the handshake until a publish or play was asked, and between two roles of one connection. */
  readonly identifyTimeout: number;
  readonly decisionTimeout: number;
  /** Over HTTP: how long a connection is kept for a further request. */
  readonly keepAliveTimeout: number;
  /** Over HTTP: a peer that takes next to nothing of an object's bytes for so long is closed. */
  readonly objectTimeout: number;
}

/** What a client said at connect; strings are as they came, at most 4096 bytes each. */
export interface ConnectFacts {
  readonly tcUrl: string;
  readonly app: string;
  readonly pageUrl: string;
  readonly swfUrl: string;
  readonly flashVer: string;
}

/** Which stream: valid UTF-8, each part 1..255 bytes, no control characters, no `..`. */
export interface StreamKey {
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
}

/** What every accepted role carries; the data path never asks again. */
export interface StreamGrant extends StreamKey {
  /** Chunk size of the stream's log. */
  readonly chunkSize: number;
  readonly gopCache: boolean;
  /** A player further behind than this jumps to the newest key frame. */
  readonly queueLength: number;
  /** Fixed flush interval; -1: adaptive, up to 350 ms. */
  readonly mwLatency: number;
  /** Flush at every frame. */
  readonly minLatency: boolean;
  readonly tcpNodelay: boolean;
  /** A peer that takes no byte for so long is closed. */
  readonly sendTimeout: number;
  readonly timeJitter: 'full' | 'zero' | 'off';
  /** Players get the stream's own absolute times instead of a clock that starts near 0. */
  readonly atc: boolean;
  /** atc is on, too, while the publisher's metadata has `bravo_atc` "true". */
  readonly atcAuto: boolean;
  /** Bytes that the stream's log may hold. */
  readonly logMemory: number;
}

export interface PublishGrant extends StreamGrant {
  /** Replace a publisher that is there instead of being refused with BadName. */
  readonly takeover: boolean;
  readonly firstPacketTimeout: number;
  readonly normalTimeout: number;
  /** How long players are kept for a publisher that left. */
  readonly republishWait: number;
  /** After republishWait: players stay and wait, or are told (UnpublishNotify) and closed. */
  readonly republishEnd: 'keep' | 'close';
  /** The stream is cut for HLS; null: it is not. */
  readonly hls: HlsGrant | null;
}

export interface PlayGrant extends StreamGrant {
  /** Nobody publishes: wait for a publisher, or refuse with NetStream.Play.StreamNotFound. */
  readonly whenMissing: 'wait' | 'refuse';
  /** Which tracks the player gets. */
  readonly tracks: 'all' | 'audio' | 'video';
}

export type PlayProtocol = 'rtmp' | 'flv' | 'ws-flv' | 'ts';

export type Role = 'none' | 'publisher' | 'player';

export type NativeEvent =
  /** A client asks to connect. Decide with acceptConnect or rejectConnect. */
  | ({
      readonly type: 'connect';
      readonly conn: ConnectionId;
      readonly ip: string;
      readonly port: number;
    } & ConnectFacts)
  /** Decide with acceptPublish or rejectPublish. `name` has its query still on it. */
  | ({
      readonly type: 'publish';
      readonly conn: ConnectionId;
      readonly name: string;
      readonly ip: string;
      /** What a server that forwards said: identities of what the stream has passed through; else empty. */
      readonly relayPath: string;
    } & ConnectFacts)
  /**
   * Decide with acceptPlay or rejectPlay. Over HTTP `name` is the path, decoded and without its query, which is in `query`;
   * `host` is that of the request without its port, `flashVer` the user agent, and there is no tcUrl nor app.
   */
  | ({
      readonly type: 'play';
      readonly conn: ConnectionId;
      readonly protocol: PlayProtocol;
      readonly name: string;
      readonly query: string;
      readonly host: string;
      readonly ip: string;
      /** What a server that pulls said: identities of what the stream would go into; else empty. */
      readonly relayPath: string;
    } & ConnectFacts)
  | ViewEvent
  /** The accepted publisher has the stream (a busy stream is refused natively: then only `closed` or `refused` follows). */
  | ({
      readonly type: 'published';
      readonly conn: ConnectionId;
      readonly ip: string;
      readonly tcUrl: string;
      /** As in `publish`. */
      readonly relayPath: string;
    } & StreamKey)
  /** The publisher has let go of the stream; its connection may live on. */
  | ({ readonly type: 'unpublished'; readonly conn: ConnectionId; readonly reason: ErrorCode } & StreamKey)
  | ({ readonly type: 'playing'; readonly conn: ConnectionId; readonly protocol: PlayProtocol } & StreamKey)
  | ({
      readonly type: 'stopped';
      readonly conn: ConnectionId;
      readonly protocol: PlayProtocol;
      readonly reason: ErrorCode;
    } & StreamKey)
  /** A request that was accepted here was refused natively (stream_busy, stream_not_found, memory_limit). */
  | { readonly type: 'refused'; readonly conn: ConnectionId; readonly reason: ErrorCode }
  /** The last event of every connection that raised `connect`; its id is free from now on. */
  | {
      readonly type: 'closed';
      readonly conn: ConnectionId;
      readonly ip: string;
      readonly reason: ErrorCode;
      readonly bytesIn: number;
      readonly bytesOut: number;
      readonly duration: number;
    }
  /**
   * A connection ended before `connect` (bad handshake, garbage, too many). Not every one is reported while a flood
   * lasts: `missed` are the ones since the last such event that were counted only.
   */
  | {
      readonly type: 'turnedAway';
      readonly conn: ConnectionId;
      readonly ip: string;
      readonly reason: ErrorCode;
      readonly missed: number;
    }
  /** Something about a stream that an operator should read once: a laggard skipped, memory at its limit, bad data dropped. */
  | ({
      readonly type: 'notice';
      readonly conn: ConnectionId;
      readonly what: NoticeCode;
      readonly count: number;
    } & StreamKey)
  | HlsEvent
  | RelayEvent
  | RecordingEvent
  /** The engine has stopped: every thread is joined. Nothing comes after it. */
  | { readonly type: 'stopped-engine' };

/** `skipped`: players jumped ahead (count in the last second); `gopDropped`: the GOP did not fit log_memory; `dataDropped`: undecodable data messages; `codecUnsupported`: a wire format can't carry a codec of the stream. */
export type NoticeCode = 'skipped' | 'gopDropped' | 'dataDropped' | 'codecUnsupported';

/** The native engine. Every command that names a connection returns false if that is gone or has nothing pending. */
export interface Engine extends HlsCommands, RelayCommands, ObjectCommands, RecordingCommands {
  /** `service`: what the connections speak. Listens on a numeric address ('' or '*': every address, both families). Throws an Error with `code` (EADDRINUSE...) . Port 0: the kernel chooses. */
  listen(host: string, port: number, service: 'rtmp' | 'http'): { readonly host: string; readonly port: number };
  /** Closes what `listen` opened, by the address that it returned. Connections that came by it stay. False: nobody listens there. */
  unlisten(host: string, port: number, service: 'rtmp' | 'http'): boolean;
  configure(tuning: EngineTuning): void;
  /**
   * New rules for a stream that is there, its publisher and its players: at once, without a byte lost. `takeover`, `gopCache`
   * and what else only a join asks for hold for those who come. False: there is no such stream.
   */
  regrant(grant: PublishGrant): boolean;
  /** Tells and closes everybody who publishes or plays in the vhost (vhost_closed). */
  closeVhost(vhost: string): void;
  /** Asks those clients to reconnect that announced that they can, and keeps no HTTP connection for a further request. `unlisten` keeps others out. */
  drain(): void;
  acceptConnect(conn: ConnectionId): boolean;
  /** `code` is an onStatus code such as NetConnection.Connect.Rejected; the client is told, then closed. `reason` is what is counted and logged. */
  rejectConnect(conn: ConnectionId, reason: ErrorCode, code: string, description: string): boolean;
  acceptPublish(conn: ConnectionId, grant: PublishGrant): boolean;
  rejectPublish(conn: ConnectionId, reason: ErrorCode, code: string, description: string): boolean;
  acceptPlay(conn: ConnectionId, grant: PlayGrant): boolean;
  rejectPlay(conn: ConnectionId, reason: ErrorCode, code: string, description: string): boolean;
  /** Tells the client and closes it, whatever it does. `reason` is what is counted and logged: `kicked` if absent. */
  kick(conn: ConnectionId, reason?: ErrorCode): boolean;
  /** A snapshot; costs nothing per frame. */
  stats(): EngineStats;
  /** A page of those connections with a role that the query admits, in the order of their slots, and how many these are. */
  connections(query: ConnectionQuery): Promise<{ readonly total: number; readonly items: readonly ConnectionStats[] }>;
  /** Closes the listeners, tells everybody, gives sockets `grace` milliseconds to drain, joins the threads; then `stopped-engine`. */
  stop(grace: number): void;
}

interface Addon {
  /** Starts the threads. Throws an Error when a thread, epoll set or wake-up can't be made. */
  createEngine(options: EngineOptions, onEvents: (events: readonly NativeEvent[]) => void): Engine;
  /** Raises the soft limit of open files to the hard one; returns it. */
  raiseFileLimit(): number;
  /** The names of the native reasons in the order of their numbers; a test compares them with src/errors.ts. */
  reasonNames(): readonly string[];
}

function loadAddon(): Addon {
  const require = createRequire(import.meta.url);
  // From dist/src/ of a build and from src/ of a checkout the addon lies in the same build folder.
  for (const up of ['../../', '../']) {
    const file = fileURLToPath(new URL(`${up}build/Release/weir.node`, import.meta.url));
    if (existsSync(file)) return require(file) as Addon;
  }
  throw new Error('the native addon is not built: run `npm run build`');
}

let addon: Addon | undefined;

/** The addon, loaded at its first use so that `weir -t` and the docs generator work without it. */
export function native(): Addon {
  addon ??= loadAddon();
  return addon;
}
