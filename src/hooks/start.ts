// HTTP hooks: a web server is asked before a client connects, publishes or plays, and told of what has ended. What decides
// waits natively, one client for itself; what only tells is queued, in order for each stream, and made again until it was
// taken or is too old.

import { randomBytes } from 'node:crypto';
import type { VhostConfig } from '../config/load.js';
import type { Log } from '../log.js';
import type { NativeEvent, PlayProtocol, StreamKey } from '../native.js';
import { streamId } from '../native/stream_name.js';
import { askHooks, type Asking, type HookSettings, type HookVerdict } from './ask.js';
import { createCaller } from './caller.js';
import { nobody, type DecidingEvent, type HookClient, type HookDetails } from './event.js';
import { askForward, type ForwardQuestion } from './forward.js';
import { Queue, type QueueStats } from './queue.js';
import { Sessions } from './sessions.js';
import { emptyStats, type HookStats } from './stats.js';
import { Teller } from './tell.js';

export interface HookQuestion extends HookClient {
  readonly action: 'connect' | 'publish' | 'play';
  readonly protocol: PlayProtocol | 'hls';
  readonly client: string;
}

type CheckVerdict =
  | Omit<Extract<HookVerdict, { allow: true }>, 'vars'>
  | Extract<HookVerdict, { allow: false }>
  | { readonly allow: false; readonly reason: 'stream_not_found' };

/** A finished fragment of HLS, for on_hls. */
export interface FinishedFragment extends StreamKey {
  /** Seconds. */
  readonly duration: number;
  readonly file: string;
  readonly url: string;
  readonly m3u8: string;
  readonly m3u8Url: string;
  readonly sequence: number;
}

/** A finished recording, for on_dvr. */
export interface FinishedRecording extends StreamKey {
  readonly file: string;
}

export interface Hooks {
  readonly check: (question: HookQuestion, vhost: VhostConfig) => CheckVerdict | Promise<CheckVerdict>;
  /** Every event of the engine. */
  readonly handle: (event: NativeEvent) => void;
  readonly fragment: (fragment: FinishedFragment) => void;
  readonly recording: (recording: FinishedRecording) => void;
  /** Asks a back end for the targets of a forward; rejects without a usable answer. */
  readonly forward: (url: string, question: ForwardQuestion) => Promise<readonly string[]>;
  readonly stats: () => { readonly events: HookStats; readonly queue: QueueStats };
  /** What waits gets `grace` milliseconds. */
  readonly stop: (grace: number) => Promise<void>;
}

export interface HooksOptions {
  /** How this server calls itself. */
  readonly serverId: string;
  readonly userAgent: string;
  readonly log: Log;
  /** The vhost of now. */
  readonly vhost: (name: string) => VhostConfig | undefined;
  /** The `client` of the questions about a viewer over HLS. */
  readonly viewerOf: (event: ViewerLeft) => string;
}

type ViewerLeft = Extract<NativeEvent, { type: 'viewerLeft' }>;

const events = { connect: 'on_connect', publish: 'on_publish', play: 'on_play' } as const;

export function startHooks({ serverId, userAgent, log, vhost: vhostOf, viewerOf }: HooksOptions): Hooks {
  const now = (): number => performance.now();
  const caller = createCaller(userAgent);
  const queue = new Queue({ now });
  const stats = emptyStats();
  let calls = 0;
  const run = randomBytes(6).toString('hex');
  const nextId = (): string => `${run}-${++calls}`;
  const asking: Asking = { caller, serverId, log, stats, now, nextId };
  const teller = new Teller(asking, queue, vhostOf);
  const sessions = new Sessions((event, client, details) => {
    teller.tell(event, client, details);
  });
  const ofStream = (event: 'on_hls' | 'on_dvr', key: StreamKey, more: HookDetails['more'] = {}): void => {
    const { vhost, app, stream } = key;
    const known = sessions.publisher(streamId(key));
    const { client, details } = known ?? { client: { ...nobody, vhost, app, stream }, details: {} };
    teller.tell(event, client, { ...details, more });
  };
  const cwd = process.cwd();
  return {
    check: (question, vhost) => {
      if (!vhost.http_hooks.enabled) return { allow: true };
      if (question.action === 'play' && sessions.isHidden(streamId(question))) {
        return { allow: false, reason: 'stream_not_found' };
      }
      // A viewer over HLS is asked about once, and told of when he has left.
      if (question.protocol === 'hls' && sessions.get(question.client)?.role) return { allow: true };
      return ask(asking, sessions, question, vhost.http_hooks);
    },
    handle: (event) => {
      handle(sessions, event, viewerOf);
    },
    fragment: (fragment) => {
      const { duration, file, url, m3u8, m3u8Url, sequence } = fragment;
      ofStream('on_hls', fragment, { duration, cwd, file, url, m3u8, m3u8_url: m3u8Url, seq_no: sequence });
    },
    recording: (recording) => {
      ofStream('on_dvr', recording, { cwd, file: recording.file });
    },
    forward: (url, question) => askForward({ caller, serverId, id: nextId() }, url, question),
    stats: () => ({ events: stats, queue: queue.stats() }),
    stop: async (grace) => {
      await queue.close(grace);
      await caller.close();
    },
  };
}

async function ask(
  asking: Asking,
  sessions: Sessions,
  question: HookQuestion,
  settings: HookSettings,
): Promise<CheckVerdict> {
  const event: DecidingEvent = events[question.action];
  const client = clientOf(question);
  const key = question.client;
  const session = sessions.get(key) ?? sessions.open(key, client);
  session.asking++;
  const verdict = await askHooks(asking, settings, event, client, session.vars);
  session.asking--;
  if (!verdict.allow) {
    sessions.denied(key, session);
    return verdict;
  }
  const { vars, ...granted } = verdict;
  session.vars = vars;
  sessions.allowed(key, session, event, { client, renamed: verdict.stream });
  return granted;
}

function handle(sessions: Sessions, event: NativeEvent, viewerOf: HooksOptions['viewerOf']): void {
  if (event.type === 'unpublished' || event.type === 'stopped' || event.type === 'refused') {
    sessions.stopped(String(event.conn));
  } else if (event.type === 'closed' || event.type === 'pullEnded') {
    sessions.closed(String(event.conn), { more: { send_bytes: event.bytesOut, recv_bytes: event.bytesIn } });
  } else if (event.type === 'viewerLeft') sessions.closed(viewerOf(event));
}

function clientOf(question: HookQuestion): HookClient {
  const { conn, ip, vhost, app, stream, param, tcUrl, pageUrl, swfUrl, flashVer } = question;
  return { conn, ip, vhost, app, stream, param, tcUrl, pageUrl, swfUrl, flashVer };
}
