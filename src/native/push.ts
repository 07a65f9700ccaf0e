// The boundary's part for forwards: a stream is copied to another server by a connection that we open.

import type { ErrorCode } from '../errors.js';
import type { ConnectionId, StreamGrant, StreamKey } from '../native.js';

export interface PushTarget {
  /** A numeric address. */
  readonly host: string;
  readonly port: number;
  readonly tcUrl: string;
  readonly app: string;
  /** With its query. */
  readonly stream: string;
  /** Told to the target, so that it knows a stream that it has forwarded itself. */
  readonly relayPath: string;
  /** Milliseconds for the connection, and for each of the handshake and the dialogue that follows. */
  readonly connectTimeout: number;
  readonly answerTimeout: number;
}

export interface PushCommands {
  /** Publishes the stream of the grant there, from its newest key frame on. `pushEnded` comes in any case; `kick` with `finished` sends first what there is. */
  push(grant: StreamGrant, target: PushTarget): ConnectionId;
}

export type PushEvent =
  /** The target has accepted; media flows. */
  | ({ readonly type: 'pushing'; readonly conn: ConnectionId } & StreamKey)
  /** The last event of a push; its id is free from now on. `message` is what the target or the kernel said, or empty. */
  | ({
      readonly type: 'pushEnded';
      readonly conn: ConnectionId;
      readonly reason: ErrorCode;
      readonly message: string;
      readonly ip: string;
      readonly bytesIn: number;
      readonly bytesOut: number;
      readonly duration: number;
    } & StreamKey);
