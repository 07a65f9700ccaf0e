// The demo's list of who is in the chat: an entry lives as long as its page renews it.

export interface Chat {
  readonly id: number;
  readonly username: string;
  readonly url: string;
  readonly join_date_str: string;
  /** Unix seconds. */
  heartbeat: number;
}

const lifetime = 15;
const mostChats = 1000;
const longestText = 1024;

export class Chats {
  readonly #chats = new Map<number, Chat>();
  #next = process.pid;

  /** Unix seconds. */
  list(now: number): readonly Chat[] {
    for (const { id, heartbeat } of this.#chats.values()) {
      if (now - heartbeat > lifetime) this.#chats.delete(id);
    }
    return [...this.#chats.values()];
  }

  add(said: Readonly<Record<string, unknown>>, now: number): number {
    const [oldest] = this.#chats.keys();
    if (this.#chats.size >= mostChats && oldest !== undefined) this.#chats.delete(oldest);
    const id = this.#next++;
    const text = (name: string): string => (typeof said[name] === 'string' ? said[name].slice(0, longestText) : '');
    const join_date_str = localTime(now);
    this.#chats.set(id, { id, username: text('username'), url: text('url'), join_date_str, heartbeat: now });
    return id;
  }

  /** False: there is no such entry. */
  renew(id: number, now: number): boolean {
    const chat = this.#chats.get(id);
    if (chat) chat.heartbeat = now;
    return chat !== undefined;
  }

  remove(id: number): boolean {
    return this.#chats.delete(id);
  }
}

/** `YYYY-MM-DD HH:MM:SS`, where this machine is. */
function localTime(unixSeconds: number): string {
  const time = new Date(unixSeconds * 1000);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
