// A back end is asked to which servers a stream is to be forwarded, with SRS 4's on_forward and its answer.

import type { Caller } from './caller.js';

export interface ForwardQuestion {
  readonly conn: number;
  readonly ip: string;
  readonly vhost: string;
  readonly app: string;
  readonly tcUrl: string;
  readonly stream: string;
}

const timeout = 5000;

/** `{"code": 0, "data": {"urls": [...]}}`. Rejects with what is wrong. */
export async function askForward(
  { caller, serverId, id }: { readonly caller: Caller; readonly serverId: string; readonly id: string },
  url: string,
  { conn, ip, vhost, app, tcUrl, stream }: ForwardQuestion,
): Promise<readonly string[]> {
  const question = { action: 'on_forward', server_id: serverId, client_id: conn, ip, vhost, app, tcUrl, stream };
  const body = { contentType: 'application/json', text: JSON.stringify({ ...question, param: '' }) };
  const result = await caller.call({ url, body, timeout, id });
  if (!result.ok) throw new Error(result.why);
  if (result.status !== 200) throw new Error(`status ${result.status}`);
  const urls = urlsOf(result.text);
  if (!urls) throw new Error('the answer is not {"code": 0, "data": {"urls": [...]}}');
  return urls;
}

function urlsOf(text: string): readonly string[] | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { code, data } = (answer ?? {}) as {
    readonly code?: unknown;
    readonly data?: { readonly urls?: unknown } | null;
  };
  const urls = data?.urls ?? [];
  if (code !== 0 || !Array.isArray(urls)) return undefined;
  return urls.every((item) => typeof item === 'string') ? urls : undefined;
}
