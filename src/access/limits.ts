// Limits of a vhost: how many clients, players of a stream, clients of an address; what its publishers may send and what
// goes out in total; and what a hook granted to one client.
//
// A client is counted when it is admitted, so that no burst of requests slips through, and no longer when it was refused
// after all, stopped or closed. Every such end is an event that is never lost, and each count belongs to one record, so no
// count drifts. There is a record only for clients of vhosts that have a limit, or to whom a hook gave one.

import type { VhostConfig } from '../config/load.js';
import type { ErrorCode } from '../errors.js';
import type { ConnectionId, StreamStats } from '../native.js';
import { Tally } from './tally.js';

export interface LimitQuestion {
  readonly action: 'connect' | 'publish' | 'play';
  readonly protocol: string;
  readonly conn: ConnectionId;
  readonly client: string;
  readonly ip: string;
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
}

export interface GrantedLimits {
  readonly players?: number;
  readonly bitrate?: number;
  readonly seconds?: number;
}

type LimitVerdict = { readonly allow: true } | { readonly allow: false; readonly reason: ErrorCode };

interface Client {
  readonly conn: ConnectionId;
  readonly vhost: string;
  readonly address: string;
  /** The stream that it is counted as a player of. */
  playing: string;
  /** The stream that it publishes, when a hook limits that. */
  publishing: string;
  /** kbps. */
  bitrate: number;
  until: number;
}

/** Who is to be closed now. */
export interface Excess {
  readonly conn: ConnectionId;
  readonly reason: ErrorCode;
}

const streamKey = (of: { readonly vhost: string; readonly app: string; readonly stream: string }): string =>
  `${of.vhost}/${of.app}/${of.stream}`;

export class Limits {
  readonly #now: () => number;
  readonly #clients = new Map<string, Client>();
  readonly #vhosts = new Tally();
  readonly #addresses = new Tally();
  readonly #players = new Tally();
  /** Players that a hook allows a stream, while that is published. */
  readonly #playerLimits = new Map<string, number>();
  /** Bits per second that go out of a vhost, and those of players who came since that was measured. */
  readonly #output = new Map<string, number>();
  readonly #streamRates = new Map<string, number>();

  /** `now`: any clock in milliseconds that never goes back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many clients it keeps a record of. */
  get size(): number {
    return this.#clients.size;
  }

  /** Counts the client in, or says which limit it is over. */
  check(question: LimitQuestion, vhost: VhostConfig): LimitVerdict {
    if (!isLimited(vhost) && this.#playerLimits.size === 0) return { allow: true };
    const known = this.#clients.get(question.client);
    const reason = this.#problem(question, vhost, known);
    if (reason !== undefined) return { allow: false, reason };
    const client = known ?? this.#add(question);
    if (question.action === 'play') this.#play(client, question);
    return { allow: true };
  }

  /** The client is admitted; this is what it was granted, and the name under which it is now known. */
  grant(question: LimitQuestion, limits: GrantedLimits): void {
    const client = this.#clients.get(question.client) ?? this.#add(question);
    if (limits.seconds !== undefined) client.until = this.#now() + limits.seconds * 1000;
    if (question.action !== 'publish') return;
    client.publishing = streamKey(question);
    if (limits.bitrate !== undefined) client.bitrate = limits.bitrate;
    if (limits.players !== undefined) this.#playerLimits.set(client.publishing, limits.players);
  }

  /** A client that was counted plays or publishes under another name. */
  rename(question: LimitQuestion, stream: string): void {
    const client = this.#clients.get(question.client);
    if (client && question.action === 'play') this.#play(client, { ...question, stream });
  }

  /** Its role is over, or was refused after all; its connection may live on. Who has no connection of his own is gone. */
  stopped(client: string, isGone = false): void {
    const found = this.#clients.get(client);
    if (!found) return;
    if (found.playing !== '') this.#players.remove(found.playing);
    if (found.publishing !== '') this.#playerLimits.delete(found.publishing);
    Object.assign(found, { playing: '', publishing: '', bitrate: 0, until: Infinity });
    if (!isGone) return;
    this.#clients.delete(client);
    this.#vhosts.remove(found.vhost);
    this.#addresses.remove(found.address);
  }

  closed(client: string): void {
    this.stopped(client, true);
  }

  /** Once a second: who sends too much, or whose time is over. */
  sweep(streams: readonly StreamStats[], vhosts: readonly VhostConfig[]): Excess[] {
    const excess: Excess[] = [];
    this.#output.clear();
    this.#streamRates.clear();
    const granted = new Map<string, number>();
    const now = this.#now();
    for (const client of this.#clients.values()) {
      if (client.until <= now) excess.push({ conn: client.conn, reason: 'time_limit' });
      if (client.bitrate > 0) granted.set(client.publishing, client.bitrate);
    }
    for (const stream of streams) {
      const key = streamKey(stream);
      const vhost = vhosts.find(({ name }) => name === stream.vhost);
      this.#output.set(stream.vhost, (this.#output.get(stream.vhost) ?? 0) + stream.outRate3);
      this.#streamRates.set(key, stream.inRate3);
      const most = granted.get(key) ?? vhost?.max_bitrate;
      const isOver = most !== undefined && stream.inRate3 > most * 1000;
      if (isOver && stream.publisher !== 0) excess.push({ conn: stream.publisher, reason: 'bitrate_limit' });
    }
    return excess;
  }

  #problem(question: LimitQuestion, vhost: VhostConfig, known: Client | undefined): ErrorCode | undefined {
    const over = (count: number, most: number | undefined): boolean => most !== undefined && count >= most;
    if (!known) {
      if (over(this.#vhosts.count(question.vhost), vhost.max_connections)) return 'vhost_full';
      if (over(this.#addresses.count(addressOf(question)), vhost.max_per_ip)) return 'address_full';
    }
    if (question.action !== 'play') return undefined;
    const key = streamKey(question);
    if (known?.playing === key) return undefined;
    const granted = this.#playerLimits.get(key) ?? Infinity;
    if (over(this.#players.count(key), Math.min(granted, vhost.max_players ?? Infinity))) return 'stream_full';
    if (vhost.max_output_bitrate === undefined) return undefined;
    const after = (this.#output.get(question.vhost) ?? 0) + (this.#streamRates.get(key) ?? 0);
    return after > vhost.max_output_bitrate * 1000 ? 'output_limit' : undefined;
  }

  #add(question: LimitQuestion): Client {
    const { conn, vhost } = question;
    const address = addressOf(question);
    const client = { conn, vhost, address, playing: '', publishing: '', bitrate: 0, until: Infinity };
    this.#clients.set(question.client, client);
    this.#vhosts.add(vhost);
    this.#addresses.add(address);
    return client;
  }

  #play(client: Client, question: LimitQuestion): void {
    const key = streamKey(question);
    if (client.playing === key) return;
    if (client.playing !== '') this.#players.remove(client.playing);
    client.playing = key;
    this.#players.add(key);
    // What it will take is in no figure yet.
    const rate = this.#streamRates.get(key) ?? 0;
    this.#output.set(question.vhost, (this.#output.get(question.vhost) ?? 0) + rate);
  }
}

const addressOf = ({ vhost, ip }: LimitQuestion): string => `${vhost} ${ip}`;

export function isLimited(vhost: VhostConfig): boolean {
  const { max_connections, max_players, max_per_ip, max_bitrate, max_output_bitrate } = vhost;
  return [max_connections, max_players, max_per_ip, max_bitrate, max_output_bitrate].some((most) => most !== undefined);
}
