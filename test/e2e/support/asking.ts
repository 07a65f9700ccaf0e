// One client that asks for one role over RTMP, and what it was told.
import type { TestContext } from 'node:test';
import { membersOf } from './amf0.js';
import { codeOf, commandOf, createStream, openSession, type RtmpClient } from './rtmp_client.js';

export interface Told {
  readonly client: RtmpClient;
  /** The arguments of the answer. */
  readonly args: readonly unknown[];
}

export interface RoleOptions {
  readonly action: 'publish' | 'play';
  readonly app?: string;
  readonly name: string;
  readonly pageUrl?: string;
}

/** As askRole; the client ends with the test. */
export async function roleOverRtmp(context: TestContext, port: number, options: RoleOptions): Promise<Told> {
  const told = await askRole(port, options);
  context.after(() => told.client.end());
  return told;
}

/** Connects and asks; the answer is the first of: connect's refusal, the role's start or refusal. */
export async function askRole(port: number, options: RoleOptions): Promise<Told> {
  const { action, app = 'live', name, pageUrl = '' } = options;
  const tcUrl = `rtmp://127.0.0.1:${String(port)}/${app}`;
  const { client, reply } = await openSession(port, { app, tcUrl, extra: { pageUrl } });
  if (reply.name !== '_result') return { client, args: reply.args };
  const id = await createStream(client);
  client.command(action, action === 'publish' ? [null, name, 'live'] : [null, name, -2000], id);
  const decisive = /^NetStream\.(Publish|Play)\.(Start|BadName|Denied|Failed|StreamNotFound)$/;
  const status = await client.next(`answer to ${action}`, (message) => decisive.test(codeOf(message)));
  return { client, args: commandOf(status)?.args ?? [] };
}

/** Code and description of what a client was told. */
export function errorOf({ args }: Told): [code: unknown, description: unknown] {
  for (const argument of args) {
    const members = membersOf(argument as Parameters<typeof membersOf>[0]);
    if ('code' in members) return [members['code'], members['description']];
  }
  return [undefined, undefined];
}
