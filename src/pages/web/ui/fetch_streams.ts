// Asks the server what is live, again and again while the page is looked at.

import { parseStreams, type LiveStream } from '../model/streams.js';

export type Listing =
  | { readonly kind: 'streams'; readonly streams: readonly LiveStream[] }
  /** The server does not tell. */
  | { readonly kind: 'secret' }
  | { readonly kind: 'unreachable' };

const interval = 3000;
const patience = 5000;

export async function fetchStreams(origin: string): Promise<Listing> {
  try {
    const response = await fetch(`${origin}/streams.json`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
    });
    if (response.status >= 500) return { kind: 'unreachable' };
    if (!response.ok) return { kind: 'secret' };
    return { kind: 'streams', streams: parseStreams(await response.json()) };
  } catch {
    return { kind: 'unreachable' };
  }
}

export function watchStreams(origin: string, onListing: (listing: Listing) => void): void {
  const look = async (): Promise<void> => {
    if (!document.hidden) onListing(await fetchStreams(origin));
    setTimeout(() => void look(), interval);
  };
  void look();
}
