// An event -> what is posted: SRS's JSON, whose keys and order many back ends rely on, or the form of nginx-rtmp.

import { createHash } from 'node:crypto';
import type { HookClient, HookDetails, HookEvent } from './event.js';

export interface Body {
  readonly contentType: string;
  readonly text: string;
}

const defaultVhost = '__defaultVhost__';

/**
 * SRS 1.0's keys in its order, with those that later versions added: server_id first, then param behind stream, stream_url
 * and stream_id last. `vars` and `renamed` are weir's own.
 */
export function srsBody(serverId: string, action: HookEvent, client: HookClient, details: HookDetails = {}): Body {
  const { conn, ip, vhost, app, stream, param, tcUrl, pageUrl } = client;
  const isOfStream = action !== 'on_connect' && action !== 'on_close';
  const body = {
    server_id: serverId,
    action,
    client_id: conn,
    ip,
    vhost,
    app,
    ...(action !== 'on_close' && { tcUrl }),
    ...(isOfStream && { stream, param }),
    ...((action === 'on_connect' || action === 'on_play') && { pageUrl }),
    ...details.more,
    ...(isOfStream && { stream_url: streamUrl(client), stream_id: streamId(serverId, client) }),
    ...(details.renamed !== undefined && { renamed: details.renamed }),
    ...(details.vars && Object.keys(details.vars).length > 0 && { vars: details.vars }),
  };
  return { contentType: 'application/json', text: JSON.stringify(body) };
}

/** As SRS spells it: the default vhost is left out. */
function streamUrl({ vhost, app, stream }: HookClient): string {
  return `${vhost === defaultVhost ? '' : vhost}/${app}/${stream}`;
}

/** Of SRS's kind, and the same for one stream as long as this process lives. */
function streamId(serverId: string, client: HookClient): string {
  const hash = createHash('sha256').update(`${serverId} ${client.vhost} ${client.app} ${client.stream}`).digest('hex');
  return `vid-${hash.slice(0, 7)}`;
}

/** nginx-rtmp's names of the events. on_hls and on_dvr have none there that says the same; they are called by ours. */
const nginxCalls: Readonly<Record<HookEvent, string>> = {
  on_connect: 'connect',
  on_close: 'disconnect',
  on_publish: 'publish',
  on_unpublish: 'publish_done',
  on_play: 'play',
  on_stop: 'play_done',
  on_dvr: 'record_done',
  on_hls: 'hls',
};

/** The client's own parameters follow as fields of their own, as there; they never take the place of one of ours. */
export function nginxBody(action: HookEvent, client: HookClient, details: HookDetails = {}): Body {
  const { conn, ip, app, stream, param, tcUrl, pageUrl, swfUrl, flashVer } = client;
  const form = new URLSearchParams({
    app,
    flashver: flashVer,
    swfurl: swfUrl,
    tcurl: tcUrl,
    pageurl: pageUrl,
    addr: ip,
    clientid: String(conn),
    call: nginxCalls[action],
  });
  if (stream !== '') form.set('name', stream);
  if (action === 'on_publish') form.set('type', 'live');
  const own: Record<string, string | number> = {
    ...details.more,
    ...(details.renamed !== undefined && { renamed: details.renamed }),
    ...details.vars,
  };
  for (const [name, value] of Object.entries(own)) form.append(name, String(value));
  for (const [name, value] of new URLSearchParams(param)) {
    if (!form.has(name)) form.append(name, value);
  }
  return { contentType: 'application/x-www-form-urlencoded', text: form.toString() };
}
