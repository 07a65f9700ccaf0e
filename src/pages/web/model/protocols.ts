// The ways a stream can come to a browser, and which of them to try in which order. Pure.

export const protocols = ['ws-flv', 'flv', 'll-hls', 'hls', 'native'] as const;
export type Protocol = (typeof protocols)[number];
/** What a viewer may choose. */
export type Choice = Protocol | 'auto';

export const protocolNames: Readonly<Record<Protocol, string>> = {
  'ws-flv': 'WS-FLV',
  flv: 'HTTP-FLV',
  'll-hls': 'LL-HLS',
  hls: 'HLS',
  native: 'HLS (browser’s own)',
};

/** What the browser has. */
export interface Abilities {
  /** Media Source Extensions, or Apple's managed ones. */
  readonly mediaSource: boolean;
  /** A response can be read while it comes in. */
  readonly streamingFetch: boolean;
  readonly webSocket: boolean;
  readonly nativeHls: boolean;
}

export const isChoice = (text: string): text is Choice =>
  text === 'auto' || (protocols as readonly string[]).includes(text);

export function canPlay(protocol: Protocol, abilities: Abilities): boolean {
  switch (protocol) {
    case 'ws-flv':
      return abilities.mediaSource && abilities.webSocket;
    case 'flv':
      return abilities.mediaSource && abilities.streamingFetch;
    case 'll-hls':
    case 'hls':
      return abilities.mediaSource;
    case 'native':
      return abilities.nativeHls;
  }
}

/**
 * The order of attempts. WS-FLV comes first: it has the least delay, and unlike HTTP-FLV it does not count towards the six
 * connections that a browser opens to one host. `ll-hls` plays a plain playlist too, so `hls` need not follow it.
 */
export function attempts(choice: Choice, abilities: Abilities): Protocol[] {
  if (choice !== 'auto') return canPlay(choice, abilities) ? [choice] : [];
  return protocols.filter((protocol) => protocol !== 'hls' && canPlay(protocol, abilities));
}
