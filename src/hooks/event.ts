// What hooks are told: SRS's events, and the client that each is about.

export const decidingEvents = ['on_connect', 'on_publish', 'on_play'] as const;
export const tellingEvents = ['on_close', 'on_unpublish', 'on_stop', 'on_dvr', 'on_hls'] as const;

export type DecidingEvent = (typeof decidingEvents)[number];
export type TellingEvent = (typeof tellingEvents)[number];
export type HookEvent = DecidingEvent | TellingEvent;

/** Whom an event is about. What a client sent is as it sent it; the vhost is the one that serves it. */
export interface HookClient {
  readonly conn: number;
  readonly ip: string;
  readonly vhost: string;
  readonly app: string;
  /** As it was asked for; empty while the client is only connected. */
  readonly stream: string;
  /** With its `?`, or empty. */
  readonly param: string;
  readonly tcUrl: string;
  readonly pageUrl: string;
  readonly swfUrl: string;
  readonly flashVer: string;
}

/** What an event says beside its client. */
export interface HookDetails {
  /** Variables that an earlier answer about the same client had set. */
  readonly vars?: Readonly<Record<string, string>>;
  /** The public name, where an answer had changed the one that was asked for. */
  readonly renamed?: string;
  /** Fields of their own: on_close, on_hls, on_dvr. */
  readonly more?: Readonly<Record<string, string | number>>;
}

export const nobody: Omit<HookClient, 'vhost' | 'app' | 'stream'> = {
  conn: 0,
  ip: '',
  param: '',
  tcUrl: '',
  pageUrl: '',
  swfUrl: '',
  flashVer: '',
};
