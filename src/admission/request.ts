// An event that asks for something -> what the configuration grants, who is asking for the checks that follow, and how to
// accept it.

import type { Config, VhostConfig } from '../config/load.js';
import type { Engine, NativeEvent, PlayProtocol, StreamKey } from '../native.js';
import { viewerId, type AccessRequest } from './access.js';
import {
  decideConnect,
  decideHttpPlay,
  decidePlay,
  decidePublish,
  decideView,
  type Decision,
  type Granted,
  type IsExpired,
  type Refusal,
} from './decide.js';
import type { HlsRules } from './grant.js';
import { rawQuery, type StreamUrl } from './url.js';

export type RequestEvent = Extract<NativeEvent, { type: 'connect' | 'publish' | 'play' }>;

/** The commands that answer requests. */
export type Answers = Pick<
  Engine,
  'acceptConnect' | 'rejectConnect' | 'acceptPublish' | 'rejectPublish' | 'acceptPlay' | 'rejectPlay' | 'acceptView'
>;

export interface AskedFor {
  readonly granted: true;
  readonly vhost: VhostConfig;
  readonly request: AccessRequest;
  /** Under another name, if there is one. False: the client is gone. */
  readonly accept: (engine: Answers, stream: string | undefined) => boolean;
}

/** What other features know of it. */
export interface Surroundings {
  readonly hls: HlsRules;
  readonly isExpired: IsExpired;
  /** Whether a stream would go in a circle, when another server hands it to us, or takes it from us, and says `path`. */
  readonly isLoop?: (action: 'publish' | 'play', key: StreamKey, path: string) => boolean;
}

export function decideRequest(config: Config, event: RequestEvent, around: Surroundings): AskedFor | Refusal {
  const { conn, tcUrl } = event;
  if (event.type === 'connect') {
    const decision = decideConnect(config, { tcUrl, app: event.app });
    return withRequest(event, 'rtmp', decision, (engine) => engine.acceptConnect(conn));
  }
  if (event.type === 'publish') {
    const decision = decidePublish(config, { tcUrl, app: event.app, name: event.name }, around.hls);
    if (decision.granted && event.relayPath !== '' && around.isLoop?.('publish', decision.grant, event.relayPath)) {
      return { granted: false, reason: 'forward_loop', code: 'NetStream.Publish.Loop' };
    }
    return withRequest(event, 'rtmp', decision, (engine, stream, grant) =>
      engine.acceptPublish(conn, renamed(grant, stream)),
    );
  }
  if (event.protocol === 'hls') {
    const { vhost, app, stream, query } = event;
    // Its lists are of one stream: another name can't lead to others.
    const decision = decideView(config, { vhost, app, stream }, query);
    return withRequest({ ...event, app }, 'hls', decision, (engine) => engine.acceptView(conn));
  }
  const { app, name, query, host } = event;
  const decision =
    event.protocol === 'rtmp'
      ? decidePlay(config, { tcUrl, app, name })
      : decideHttpPlay(config, { path: name, query, host }, around.isExpired);
  if (decision.granted && event.relayPath !== '' && around.isLoop?.('play', decision.grant, event.relayPath)) {
    return { granted: false, reason: 'forward_loop', code: 'NetStream.Play.Loop' };
  }
  return withRequest(event, event.protocol, decision, (engine, stream, grant) =>
    engine.acceptPlay(conn, renamed(grant, stream)),
  );
}

const renamed = <G extends { readonly stream: string }>(grant: G, stream: string | undefined): G =>
  stream === undefined ? grant : { ...grant, stream };

function withRequest<G>(
  event: RequestEvent,
  protocol: PlayProtocol | 'hls',
  decision: Decision<G>,
  accept: (engine: Answers, stream: string | undefined, grant: G) => boolean,
): AskedFor | Refusal {
  if (!decision.granted) return decision;
  const request = requestOf(event, protocol, decision);
  return {
    granted: true,
    vhost: decision.vhost,
    request,
    accept: (engine, stream) => accept(engine, stream, decision.grant),
  };
}

function requestOf(
  event: RequestEvent,
  protocol: PlayProtocol | 'hls',
  { url, vhost }: Pick<Granted<unknown>, 'vhost'> & { readonly url: StreamUrl },
): AccessRequest {
  const { type: action, conn, ip, tcUrl, pageUrl, swfUrl, flashVer } = event;
  const isViewer = event.type === 'play' && event.protocol === 'hls';
  const { app, stream, params } = url;
  const client = isViewer ? viewerId(event) : String(conn);
  const param = queryOf(event);
  return {
    action,
    protocol,
    conn,
    client,
    ip,
    vhost: vhost.name,
    app,
    stream,
    param,
    params,
    tcUrl,
    pageUrl,
    swfUrl,
    flashVer,
  };
}

function queryOf(event: RequestEvent): string {
  if (event.type === 'connect') return rawQuery(event);
  if (event.type === 'play' && event.protocol !== 'rtmp') return event.query === '' ? '' : `?${event.query}`;
  return rawQuery(event);
}
