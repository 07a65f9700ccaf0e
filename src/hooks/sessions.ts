// Whom hooks have heard of, and what they must still be told: an allowed publish is followed by one on_unpublish, an allowed
// play by one on_stop, and an allowed connect by one on_close behind these.
//
// There is a record only for clients of vhosts with hooks; each ends with an event that is never lost.

import { streamId } from '../native/stream_name.js';
import type { DecidingEvent, HookClient, HookDetails, TellingEvent } from './event.js';

export interface Session {
  /** As it connected. */
  readonly client: HookClient;
  /** Over HTTP nobody connects, and there is no on_close. */
  hasConnected: boolean;
  vars: Readonly<Record<string, string>>;
  role: Role | undefined;
  /** Questions that wait for their answer. */
  asking: number;
  /** It closed while a question was on its way. */
  closed: HookDetails | undefined;
}

export interface Role {
  readonly ends: 'on_unpublish' | 'on_stop';
  readonly client: HookClient;
  readonly renamed: string | undefined;
}

export type Tell = (event: TellingEvent, client: HookClient, details: HookDetails) => void;

/** So many keys that were renamed are remembered when their publishers have gone. */
const mostHidden = 4096;

export class Sessions {
  readonly #tell: Tell;
  readonly #sessions = new Map<string, Session>();
  /** By the name under which a stream is known outside. */
  readonly #publishers = new Map<string, Session>();
  /** Names that publishers asked for and that are not to be known. */
  readonly #hidden = new Set<string>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(key: string): Session | undefined {
    return this.#sessions.get(key);
  }

  open(key: string, client: HookClient): Session {
    const session: Session = { client, hasConnected: false, vars: {}, role: undefined, asking: 0, closed: undefined };
    this.#sessions.set(key, session);
    return session;
  }

  /** The publisher of a stream, with the client that asked for it. */
  publisher(stream: string): { readonly client: HookClient; readonly details: HookDetails } | undefined {
    const session = this.#publishers.get(stream);
    return session?.role && { client: session.role.client, details: detailsOf(session) };
  }

  allowed(key: string, session: Session, event: DecidingEvent, role: Omit<Role, 'ends'>): void {
    if (event === 'on_connect') session.hasConnected = true;
    else {
      this.endRole(session);
      session.role = { ...role, ends: event === 'on_publish' ? 'on_unpublish' : 'on_stop' };
      if (event === 'on_publish') {
        this.#publishers.set(publicName(session.role), session);
        this.#hide(session.role);
      }
    }
    this.#settle(key, session);
  }

  /** Whether a stream of that name was published under another one: then nobody learns that the name is known. */
  isHidden(stream: string): boolean {
    return this.#hidden.has(stream);
  }

  #hide({ client, renamed }: Role): void {
    const asked = streamId(client);
    this.#hidden.delete(asked);
    if (renamed === undefined || renamed === client.stream) return;
    this.#hidden.add(asked);
    const [oldest] = this.#hidden;
    if (this.#hidden.size > mostHidden && oldest !== undefined) this.#hidden.delete(oldest);
  }

  denied(key: string, session: Session): void {
    // Who was never let in is told of no more.
    if (!session.hasConnected && !session.role) this.#sessions.delete(key);
    else this.#settle(key, session);
  }

  endRole(session: Session): void {
    const { role } = session;
    if (!role) return;
    this.#tell(role.ends, role.client, detailsOf(session));
    session.role = undefined;
    if (this.#publishers.get(publicName(role)) === session) this.#publishers.delete(publicName(role));
  }

  stopped(key: string): void {
    const session = this.#sessions.get(key);
    if (session) this.endRole(session);
  }

  /** `details`: what on_close says. */
  closed(key: string, details: HookDetails = {}): void {
    const session = this.#sessions.get(key);
    if (!session) return;
    session.closed = details;
    this.#settle(key, session);
  }

  /** A client that closed has its last word when no answer is due any more. */
  #settle(key: string, session: Session): void {
    if (!session.closed || session.asking > 0) return;
    const last = session.role?.client;
    this.endRole(session);
    // With the stream that it had: on_close stays behind what was told of that.
    const client = { ...session.client, stream: last?.stream ?? session.client.stream };
    if (session.hasConnected) this.#tell('on_close', client, { ...detailsOf(session), ...session.closed });
    this.#sessions.delete(key);
  }
}

function publicName({ client, renamed }: Role): string {
  return streamId({ ...client, stream: renamed ?? client.stream });
}

function detailsOf({ vars, role }: Session): HookDetails {
  return { vars, ...(role?.renamed !== undefined && { renamed: role.renamed }) };
}
