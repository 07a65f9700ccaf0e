// What a row of the route table is. From the rows come routing, the OpenAPI document, docs/api.md and the test of every reply.

import type { ChildFacts } from '../child/child.js';
import type { Config } from '../config/load.js';
import type { ConnectionId, Engine, RecordingFormat, StreamKey } from '../native.js';
import type { ClientList } from './client_list.js';
import type { EventHub } from './events.js';
import type { History } from './history.js';
import type { JsonSchema, Schema } from './schema.js';
import type { Snapshots } from './snapshots.js';
import type { Sampler } from './system/sampler.js';
import type { HttpReply, HttpRequest } from './uws.js';

/** What a reload did. One that failed (`ok` is false) keeps the running configuration. */
export interface ReloadReport {
  readonly ok: boolean;
  /** Directives whose change holds now. */
  readonly applied: readonly string[];
  readonly restart: readonly { readonly path: string; readonly why: string }[];
  readonly errors: readonly string[];
}

export interface RecordingFacts extends StreamKey {
  readonly id: number;
  readonly path: string;
  readonly format: RecordingFormat;
  /** Milliseconds since 1970. */
  readonly began: number;
  /** undefined: it goes on. */
  readonly ended: number | undefined;
  /** Milliseconds. */
  readonly duration: number;
  readonly bytes: number;
  readonly waiting: number;
  readonly gaps: number;
}

export interface RecordingControl {
  /** The newest first. */
  readonly list: () => readonly RecordingFacts[];
  readonly start: (key: StreamKey) => 'started' | 'missing' | 'running' | 'failed';
  /** False: it is not being recorded. */
  readonly end: (key: StreamKey) => boolean;
  readonly remove: (id: number) => Promise<void>;
}

/** A copy of a stream that goes to another server. */
export interface ForwardFacts {
  readonly vhost: string;
  readonly app: string;
  readonly stream: string;
  readonly target: string;
  readonly state: 'connecting' | 'forwarding' | 'waiting' | 'refused';
  /** Of the connection that is there, or 0. */
  readonly conn: ConnectionId;
  /** Sent by connections that have ended. */
  readonly bytes: number;
  readonly attempts: number;
  readonly failures: number;
  readonly since: number;
  readonly error: string;
}

/** What is fetched and published here. */
export interface IngestFacts {
  readonly vhost: string;
  readonly id: string;
  readonly engine: string;
  readonly app: string;
  readonly stream: string;
  readonly input: string;
  readonly state: 'connecting' | 'running' | 'waiting' | 'failed';
  readonly attempts: number;
  readonly failures: number;
  readonly since: number;
  readonly error: string;
  readonly pid: number;
  readonly lines: readonly string[];
}

/** An engine of a transcode, at work on a stream. */
export interface EngineFacts extends StreamKey, ChildFacts {
  readonly scope: string;
  readonly engine: string;
  readonly output: string;
}

export interface DrainControl {
  readonly begin: () => boolean;
  /** In milliseconds. */
  readonly state: () => {
    readonly draining: boolean;
    readonly clients: number;
    readonly wait: number;
    readonly left: number | null;
  };
}

/** What a handler may use. */
export interface ApiContext {
  readonly config: () => Config;
  readonly snapshots: Snapshots;
  readonly clients: ClientList;
  readonly system: Sampler;
  readonly history: History;
  readonly events: EventHub;
  readonly kick: Engine['kick'];
  readonly recordings: RecordingControl;
  readonly forwards: () => { readonly copies: readonly ForwardFacts[] };
  readonly ingests: () => { readonly ingests: readonly IngestFacts[] };
  readonly transcodes: () => { readonly engines: readonly EngineFacts[] };
  readonly reload: () => Promise<ReloadReport>;
  readonly drain: DrainControl;
  /** What the last reload by this API did. */
  readonly lastReload: { report: (ReloadReport & { readonly at: number }) | null };
  readonly metrics: () => Promise<string>;
  /** Of every reply: the server's name, and one that is new at each start. */
  readonly server: string;
  readonly service: string;
  readonly startedAt: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly doc: string;
  readonly schema: JsonSchema;
}

export interface Call {
  readonly http: HttpRequest;
  /** Of the path, and of the query those that the route names; checked against their schemas. */
  readonly text: (name: string) => string | undefined;
  readonly number: (name: string) => number | undefined;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{id}` stands for one level. */
  readonly path: string;
  readonly summary: string;
  readonly since: 'SRS 1.0' | 'SRS 2.0' | 'weir';
  readonly parameters: readonly Parameter[];
  /** `write`: it changes something. */
  readonly access: 'read' | 'write';
  readonly reply:
    { readonly type: 'json'; readonly schema: JsonSchema } | { readonly type: 'text' } | { readonly type: 'file' };
  /** Beside 400, 401, 403 and 500, which every route may answer. */
  readonly failures: readonly number[];
  readonly answer: (context: ApiContext, call: Call) => unknown;
}

interface Told {
  readonly summary: string;
  readonly since: Route['since'];
  readonly parameters?: readonly Parameter[];
  readonly failures?: readonly number[];
}

/** A route that answers with JSON; the schema is the type of what its handler returns. */
export function route<T>(
  [method, path]: readonly [Route['method'], string],
  told: Told,
  reply: Schema<T>,
  answer: (context: ApiContext, call: Call) => T | Promise<T>,
): Route {
  return {
    ...{ method, path, parameters: [], failures: [], ...told },
    access: method === 'GET' ? 'read' : 'write',
    reply: { type: 'json', schema: reply.json },
    answer,
  };
}

export function textRoute(path: string, told: Told, answer: (context: ApiContext) => Promise<string>): Route {
  return {
    ...{ method: 'GET', path, parameters: [], failures: [], ...told },
    ...{ access: 'read', reply: { type: 'text' } },
    answer,
  };
}

/** A route that answers with a file, or a range of one. */
export function fileRoute(
  path: string,
  told: Told,
  answer: (context: ApiContext, call: Call) => Promise<HttpReply>,
): Route {
  return {
    ...{ method: 'GET', path, parameters: [], failures: [], ...told },
    ...{ access: 'read', reply: { type: 'file' }, answer },
  };
}
