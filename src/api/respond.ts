// A request -> the route that answers it -> a reply. Every failure has the same body.

import { reasonOf } from '../errors.js';
import type { Log } from '../log.js';
import { authorize } from './auth.js';
import type { Console } from './console.js';
import { ApiFailure, failureBody } from './failure.js';
import type { ApiContext, Call, Parameter, Route } from './route.js';
import type { HttpReply, HttpRequest } from './uws.js';

const json = 'application/json;charset=utf-8';
/** Of Prometheus' text format. */
const metricsText = 'text/plain; version=0.0.4; charset=utf-8';
const plain = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const;

const crossDomain = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, POST, HEAD, PUT, DELETE',
  'Access-Control-Allow-Headers': 'Authorization,Cache-Control,X-Proxy-Authorization,X-Requested-With,Content-Type',
} as const;

export type Responder = (request: HttpRequest) => Promise<HttpReply>;

export interface ResponderOptions {
  readonly context: ApiContext;
  readonly console: Console;
  readonly log: Log;
}

export function createResponder(routes: readonly Route[], { context, console, log }: ResponderOptions): Responder {
  const find = createFinder(routes);
  return async (request) => {
    const headers = { ...plain, ...(context.config().http_api.crossdomain && crossDomain) };
    try {
      if (request.method === 'OPTIONS') return { status: 200, headers, body: '' };
      const file = isRead(request) ? console.find(request.path) : undefined;
      if (file) {
        authorize(context.config().http_api, request, false);
        return file;
      }
      const { route, path } = find(request);
      authorize(context.config().http_api, request, route.access === 'write');
      const answer = await route.answer(context, readCall(route, path, request));
      if (route.reply.type === 'text') {
        return { status: 200, headers: { ...headers, 'Content-Type': metricsText }, body: String(answer) };
      }
      if (route.reply.type === 'file') {
        const file = answer as HttpReply;
        return { ...file, headers: { ...headers, ...file.headers } };
      }
      return { status: 200, headers: { ...headers, 'Content-Type': json }, body: JSON.stringify(answer) };
    } catch (error) {
      const failure = error instanceof ApiFailure ? error : failed(error, request, log);
      return failureReply(failure, request, headers);
    }
  };
}

const isRead = ({ method }: HttpRequest): boolean => method === 'GET' || method === 'HEAD';

export function failureReply(
  failure: ApiFailure,
  request: HttpRequest,
  headers: Readonly<Record<string, string>>,
): HttpReply {
  return {
    status: failure.status,
    headers: { ...headers, ...failure.headers, 'Content-Type': json },
    body: JSON.stringify(failureBody(failure, request.path)),
  };
}

function failed(error: unknown, { method, path }: HttpRequest, log: Log): ApiFailure {
  const stack = error instanceof Error ? error.stack : undefined;
  log.error({ type: 'failure', service: 'api', method, path, error: reasonOf(error), stack }, 'an API call failed');
  return new ApiFailure(500, 'it failed; the log says why');
}

interface Found {
  readonly route: Route;
  readonly path: ReadonlyMap<string, string>;
}

function createFinder(routes: readonly Route[]): (request: HttpRequest) => Found {
  const table = routes.map((route) => {
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    return {
      route,
      names,
      pattern: new RegExp(`^${route.path.replace(/\./g, '\\.').replace(/\{\w+\}/g, '([^/]+)')}/?$`),
    };
  });
  return ({ method, path }) => {
    // SRS's tools write `//` and a slash at the end.
    const clean = path.replace(/\/{2,}/g, '/');
    const here = table.flatMap(({ route, names, pattern }) => {
      const match = pattern.exec(clean);
      return match ? [{ route, path: new Map(names.map((name, index) => [name, match[index + 1] ?? ''])) }] : [];
    });
    const wanted = method === 'HEAD' ? 'GET' : method;
    const found = here.find(({ route }) => route.method === wanted);
    if (found) return found;
    if (here.length === 0) throw new ApiFailure(404, 'there is no such path', { what: 'notFound' });
    const allowed = [
      'OPTIONS',
      ...here.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])),
    ];
    const headers = { Allow: allowed.join(', ') };
    throw new ApiFailure(405, `the path takes ${headers.Allow}`, { what: 'notFound', headers });
  };
}

/** Reads and checks what the route names. */
function readCall(route: Route, path: ReadonlyMap<string, string>, http: HttpRequest): Call {
  const values = new Map<string, string | number>();
  for (const parameter of route.parameters) {
    const raw = parameter.in === 'path' ? path.get(parameter.name) : http.query.get(parameter.name);
    if (raw !== null && raw !== undefined && raw !== '') values.set(parameter.name, readParameter(parameter, raw));
  }
  return {
    http,
    text: (name) => values.get(name)?.toString(),
    number: (name) => {
      const value = values.get(name);
      return typeof value === 'number' ? value : undefined;
    },
  };
}

function readParameter({ name, schema, in: where }: Parameter, raw: string): string | number {
  const {
    type,
    minimum,
    maximum,
    enum: words,
  } = schema as {
    readonly type?: string;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly enum?: readonly string[];
  };
  if (type !== 'integer') {
    if (words && !words.includes(raw)) throw new ApiFailure(400, `${name} is ${words.join(' or ')}`);
    return raw;
  }
  const value = /^\d{1,16}$/.test(raw) ? Number(raw) : NaN;
  if (value >= (minimum ?? 0) && value <= (maximum ?? Number.MAX_SAFE_INTEGER)) return value;
  if (where === 'path') throw new ApiFailure(404, `there is no ${name} ${raw}`, { what: 'notFound' });
  throw new ApiFailure(400, `${name} is a whole number from ${minimum ?? 0} to ${maximum ?? Number.MAX_SAFE_INTEGER}`);
}
