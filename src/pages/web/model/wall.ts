// What is on the wall, as its page's query says it: `streams=live/a,live/b,live/c?vhost=v`. Pure.

import { parseTyped, streamUrls, type Place } from './address.js';

/** More decoders at once than this and many machines drop frames. */
export const mostOnWall = 10;

/** `app/stream`, with what else is needed to find it. */
export function nameOnWall({ app, stream, vhost }: Place): string {
  return vhost === '' ? `${app}/${stream}` : `${app}/${stream}?vhost=${encodeURIComponent(vhost)}`;
}

export function parseWall(query: URLSearchParams, base: Place): Place[] {
  const names = query.getAll('streams').flatMap((list) => list.split(','));
  // The query of a player page shows what that page played.
  if (names.length === 0 && query.has('stream')) return [base];
  const places = names.map((name) => parseName(name, base)).filter((place) => place !== undefined);
  const seen = new Set<string>();
  return places
    .filter((place) => {
      const { flv } = streamUrls(place);
      return seen.has(flv) ? false : seen.add(flv);
    })
    .slice(0, mostOnWall);
}

function parseName(name: string, base: Place): Place | undefined {
  const [path = '', query = ''] = name.split('?', 2);
  const place = parseTyped(path, base);
  const vhost = new URLSearchParams(query).get('vhost');
  return place && vhost !== null ? { ...place, vhost } : place;
}

/** The page's query with these streams on its wall; what else it says stays. */
export function wallQuery(query: URLSearchParams, names: readonly string[]): string {
  const rest = new URLSearchParams(query);
  for (const name of ['streams', 'stream', 'app', 'autostart']) rest.delete(name);
  if (names.length > 0) rest.set('streams', names.join(','));
  const text = rest.toString().replaceAll('%2F', '/').replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}
