// Where what belongs to a stream lies: below hls_path, and in the object store. Pure.
//
// The playlist on disk and that in memory name fragments by the same relative URIs, so a fragment's key in the store is what
// its URI means from the playlist's mount.

import { posix } from 'node:path';
import { defaultVhostName } from '../config/default_vhost.js';
import type { StreamKey } from '../native.js';
import type { HlsSettings } from './settings.js';
import { expandForStream, expandTemplate, type NameFacts } from '../config/expand_template.js';
import { fittingPath } from '../config/fitting_path.js';
import { beforeEnding, encodePath, relativeUri } from './template.js';

export interface Place {
  /** In the playlist. */
  readonly uri: string;
  /** In the object store. */
  readonly key: string;
  /** Below hls_path. */
  readonly file: string;
}

/** What tells the files of one fragment from those of others. */
export interface FragmentFacts extends Omit<NameFacts, keyof StreamKey> {
  /** Of a guarded stream: nobody can guess it. Else empty. */
  readonly token: string;
}

export interface StreamNames {
  readonly playlistFile: string;
  readonly playlistKey: string;
  /** In the object store: of the playlist that names this one and its variants. */
  readonly multivariantKey: string;
  /** What the multivariant playlist of a stream calls this one; of a guarded stream by the name that has this token. */
  uriFor(multivariantKey: string, token?: string): string;
  /** In the object store: of the playlist under that name. */
  sharedKey(token: string): string;
  /** What a URI in the playlist needs behind it, so that it means the same vhost whatever host it was asked of. */
  readonly query: string;
  fragment(facts: FragmentFacts): Place;
  init(facts: FragmentFacts, version: number): Place;
  /** In memory only, beside the playlist. */
  part(facts: Pick<FragmentFacts, 'sequence' | 'token'>, index: number): Omit<Place, 'file'>;
}

const ofAnyHost = '';
const vhostInFront = /^\/?\[vhost\]\//;

export function namesOf(key: StreamKey, settings: HlsSettings): StreamNames {
  const host = vhostInFront.test(settings.mount) ? key.vhost : ofAnyHost;
  const mount = expandForStream(settings.mount.replace(vhostInFront, ''), key);
  const query = host === ofAnyHost || host === defaultVhostName ? '' : `?vhost=${encodeURIComponent(host)}`;
  const playlistFile = fittingPath(expandForStream(settings.playlistFile, key));
  const keyOf = (path: string): string => host + posix.join('/', posix.dirname(mount), path);
  const place = (file: string): Place => ({
    file,
    uri: relativeUri(playlistFile, file),
    key: keyOf(posix.relative(posix.dirname(`/${playlistFile}`), `/${file}`)),
  });
  const nameOf = (facts: FragmentFacts): string =>
    beforeEnding(expandTemplate(settings.fragmentFile, { ...key, ...facts }), dashed(facts.token));
  const ending = posix.extname(settings.fragmentFile);
  return {
    playlistFile,
    playlistKey: `${host}/${mount}`,
    multivariantKey: `${host}/${mount.replace(/\.m3u8$/, '')}/index.m3u8`,
    uriFor: (from, token = '') =>
      relativeUri(from.slice(from.indexOf('/') + 1), beforeEnding(mount, dashed(token))) + query,
    sharedKey: (token) => `${host}/${beforeEnding(mount, dashed(token))}`,
    query,
    fragment: (facts) => place(fittingPath(nameOf(facts))),
    init: (facts, version) => place(fittingPath(beforeEnding(nameOf(facts), `-init${version}`, '.mp4'))),
    part: ({ sequence, token }, index) => {
      const name = `${posix.basename(mount, '.m3u8')}-${sequence}${dashed(token)}.part${index}${ending}`;
      return { uri: encodePath(name), key: keyOf(name) };
    },
  };
}

const dashed = (token: string): string => (token === '' ? '' : `-${token}`);
