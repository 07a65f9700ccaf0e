// What can go wrong, in the words of a viewer. Pure.

export type FaultKind =
  'off-air' | 'ended' | 'network' | 'refused' | 'busy' | 'codec' | 'decode' | 'blocked' | 'autoplay' | 'unsupported';

export interface Fault {
  readonly kind: FaultKind;
  /** For who wants to know more: a status, a codec, the player's own words. */
  readonly detail?: string;
}

export interface FaultText {
  readonly title: string;
  readonly advice: string;
}

const texts: Readonly<Record<FaultKind, FaultText>> = {
  'off-air': {
    title: 'Not on air',
    advice: 'Nobody is sending this stream right now. It starts by itself as soon as somebody does.',
  },
  ended: {
    title: 'The stream has ended',
    advice: 'Whoever sent it has stopped. If it comes back, it plays on by itself.',
  },
  network: {
    title: 'Connection lost',
    advice: 'The server can’t be reached. Check your network; it connects again by itself.',
  },
  refused: {
    title: 'Not allowed',
    advice:
      'The server does not let you watch this stream. The link may have expired, or it was meant for somebody else.',
  },
  busy: {
    title: 'The server is busy',
    advice: 'It takes no more viewers right now. Another attempt follows by itself.',
  },
  codec: {
    title: 'Format not supported',
    advice:
      'Your browser can’t play the format of this stream. Another browser may, or another protocol in the menu below.',
  },
  decode: {
    title: 'Broken picture',
    advice: 'Something in the stream could not be decoded. It begins again by itself.',
  },
  blocked: {
    title: 'Way blocked',
    advice:
      'The server is there, but something in between does not let this protocol through. Choose another in the menu below.',
  },
  autoplay: {
    title: 'Press play to watch',
    advice: 'Your browser starts a picture only after a tap or a key.',
  },
  unsupported: {
    title: 'This browser can’t play it',
    advice: 'It has none of the means that live video needs. Try a current Chrome, Edge, Firefox or Safari.',
  },
};

export const faultText = (kind: FaultKind): FaultText => texts[kind];

/** What another attempt can mend. Of the others the viewer decides. */
export function isPassing(kind: FaultKind): boolean {
  return ['off-air', 'ended', 'network', 'busy', 'decode'].includes(kind);
}

/** What another protocol can mend. */
export function isProtocols(kind: FaultKind): boolean {
  return ['codec', 'blocked', 'unsupported'].includes(kind);
}

/** undefined: the status is no refusal. */
export function faultOfStatus(status: number): Fault | undefined {
  const detail = `status ${status}`;
  if (status === 401 || status === 403) return { kind: 'refused', detail };
  if (status === 404 || status === 410) return { kind: 'off-air', detail };
  if (status === 429 || status >= 500) return { kind: 'busy', detail };
  return status >= 400 ? { kind: 'network', detail } : undefined;
}
