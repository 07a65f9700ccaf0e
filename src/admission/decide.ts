// Connect, publish, play -> yes with a grant, or no with a reason that the client is told. Pure: the same question of the
// same configuration gets the same answer.

import type { Config, VhostConfig } from '../config/load.js';
import type { ErrorCode } from '../errors.js';
import type { PlayGrant, PublishGrant, StreamKey } from '../native.js';
import { playGrant, publishGrant, type HlsRules } from './grant.js';
import { resolveUrl, type Asked, type StreamUrl } from './url.js';
import { findVhost } from './vhost.js';

export interface Refusal {
  readonly granted: false;
  readonly reason: ErrorCode;
  /** The code of the onStatus or _error that the client gets. */
  readonly code: string;
}

export interface Granted<Grant> {
  readonly granted: true;
  readonly grant: Grant;
  /** The vhost that serves it. */
  readonly vhost: VhostConfig;
  readonly url: StreamUrl;
}

export type Decision<Grant> = Granted<Grant> | Refusal;

export function decideConnect(config: Config, asked: Asked): Decision<{ readonly vhost: string }> {
  const url = resolveUrl(asked);
  if (!url) return refuse('name_invalid', 'NetConnection.Connect.InvalidApp');
  const vhost = findVhost(config, url.vhost);
  if (!vhost) return refuse('vhost_not_found', 'NetConnection.Connect.Rejected');
  return { granted: true, grant: { vhost: vhost.name }, vhost, url };
}

export function decidePublish(config: Config, asked: Asked, hls: HlsRules): Decision<PublishGrant> {
  const found = findStream(config, asked);
  // Encoders know these two codes and stop; others they take for a network error and try again for ever.
  if (found === 'name_invalid') return refuse(found, 'NetStream.Publish.BadName');
  if (found === 'vhost_not_found') return refuse(found, 'NetStream.Publish.Denied');
  return { ...found, granted: true, grant: publishGrant(config, found.vhost, found.key, hls) };
}

export function decidePlay(config: Config, asked: Asked): Decision<PlayGrant> {
  const found = findStream(config, asked);
  if (typeof found === 'string') return refuse(found, 'NetStream.Play.Failed');
  return { ...found, granted: true, grant: playGrant(config, found.vhost, found.key) };
}

/** A viewer of a stream's HLS lists: which stream that is, its view says. */
export function decideView(config: Config, key: StreamKey, query: string): Decision<StreamKey> {
  const vhost = config.vhost.find(({ name, enabled }) => name === key.vhost && enabled);
  if (!vhost) return refuse('vhost_not_found', 'NetStream.Play.Failed');
  const url = resolveUrl({ tcUrl: `http://${key.vhost}/${key.app}?${query}`, app: key.app, name: key.stream });
  return url ? { granted: true, grant: key, vhost, url } : refuse('name_invalid', 'NetStream.Play.Failed');
}

/** Whether a path was that of an HLS fragment: `/live/s-17.ts` is no stream `s-17` that one could wait for. */
export type IsExpired = (vhost: string, path: string) => boolean;

/** A viewer over HTTP asked for `/app/stream.flv` or `.ts`: the stream is named by the path, the vhost by the host or by `?vhost=`. */
export function decideHttpPlay(config: Config, asked: AskedOverHttp, isExpired: IsExpired): Decision<PlayGrant> {
  const path = /^\/(.+)\/([^/]+)\.(?:flv|ts)$/.exec(asked.path);
  const [, app = '', name = ''] = path ?? [];
  if (!path) return refuse('name_invalid', 'NetStream.Play.Failed');
  const decision = decidePlay(config, { tcUrl: `http://${asked.host}/${app}?${asked.query}`, app, name });
  if (!decision.granted) return decision;
  if (isExpired(decision.vhost.name, asked.path)) return refuse('stream_not_found', 'NetStream.Play.StreamNotFound');
  return { ...decision, grant: { ...decision.grant, tracks: tracksOf(decision.url.params) } };
}

/** `?onlyAudio=1` and `?onlyVideo=1`; who asks for both gets both. */
function tracksOf(params: ReadonlyMap<string, string>): PlayGrant['tracks'] {
  const [isAudio, isVideo] = [params.get('onlyAudio') === '1', params.get('onlyVideo') === '1'];
  if (isAudio === isVideo) return 'all';
  return isAudio ? 'audio' : 'video';
}

export interface AskedOverHttp {
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: string;
  readonly host: string;
}

interface Found {
  readonly vhost: VhostConfig;
  readonly key: StreamKey;
  readonly url: StreamUrl;
}

function findStream(config: Config, asked: Asked): Found | 'name_invalid' | 'vhost_not_found' {
  const url = resolveUrl(asked);
  if (!url) return 'name_invalid';
  const vhost = findVhost(config, url.vhost);
  if (!vhost) return 'vhost_not_found';
  return { vhost, url, key: { vhost: vhost.name, app: url.app, stream: url.stream } };
}

function refuse(reason: ErrorCode, code: string): Refusal {
  return { granted: false, reason, code };
}
