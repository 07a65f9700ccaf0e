// The boundary's part for connections that we open to other servers: a push copies a stream there, a pull fetches one from there.

import type { ErrorCode } from '../errors.js';
import type { ConnectionId, StreamGrant, StreamKey } from '../native.js';

export interface RelayPeer {
  /** A numeric address. */
  readonly host: string;
  readonly port: number;
  readonly tcUrl: string;
  readonly app: string;
  /** With its query. */
  readonly stream: string;
  /** Told to the other server, so that it knows a stream that goes in a circle. */
  readonly relayPath: string;
  /** Milliseconds for the connection, and for each of the handshake and the dialogue that follows. */
  readonly connectTimeout: number;
  readonly answerTimeout: number;
}

/** As what a pull asks to publish here, as an encoder would. */
export interface PullPlace {
  readonly tcUrl: string;
  readonly app: string;
  readonly name: string;
  /** Milliseconds for the first frame. */
  readonly mediaTimeout: number;
}

export interface RelayCommands {
  /** Publishes the stream of the grant there, from its newest key frame on. `pushEnded` comes in any case; `kick` with `finished` sends first what there is. */
  push(grant: StreamGrant, target: RelayPeer): ConnectionId;
  /** Plays a stream there. With its first frame comes a `publish` event, and from then on it is a publisher like any other; but its last event is `pullEnded`, which comes in any case. */
  pull(source: RelayPeer, here: PullPlace): ConnectionId;
}

interface RelayEnd {
  readonly conn: ConnectionId;
  readonly reason: ErrorCode;
  /** What the other server or the kernel said, or empty. */
  readonly message: string;
  readonly ip: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly duration: number;
}

export type RelayEvent =
  /** The target has accepted; media flows. */
  | ({ readonly type: 'pushing'; readonly conn: ConnectionId } & StreamKey)
  /** The last event of a push; its id is free from now on. */
  | ({ readonly type: 'pushEnded' } & RelayEnd & StreamKey)
  /** The last event of a pull; its id is free from now on. */
  | ({ readonly type: 'pullEnded' } & RelayEnd);
