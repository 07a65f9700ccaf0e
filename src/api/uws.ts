// The HTTP and WebSocket server: the only file that knows uWebSockets.js. A request is answered once, by a promise; a body
// is bounded; a WebSocket that does not take what it is sent is closed by µWS itself.
//
// The package is an alias of an unofficial build (docs/decisions.md); the official release can be installed over it.

import { addressOf } from '../config/address.js';
import { createRequire } from 'node:module';
import type * as Uws from 'uWebSockets.js';
import type { HttpRequest as UwsRequest, HttpResponse, TemplatedApp, WebSocket } from 'uWebSockets.js';
import type { Endpoint } from '../config/values.js';
import { LiveError } from '../errors.js';
import { sendFile, type FileBody, type Gone } from './file_answer.js';
import type { Calls } from './calls.js';
import { statusText } from './status_text.js';

export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** As it came: not decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly ip: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | FileBody;
}

export interface TextSocket {
  /** False: it takes nothing more and will be closed. */
  readonly send: (text: string) => boolean;
  readonly close: (code: number, why: string) => void;
}

export interface HttpHandlers {
  readonly calls: Calls;
  readonly answer: (request: HttpRequest) => Promise<HttpReply>;
  /** Path of the only WebSocket. */
  readonly socketPath: string;
  /** undefined: the upgrade is welcome. */
  readonly refuseUpgrade: (request: HttpRequest) => HttpReply | undefined;
  readonly opened: (socket: TextSocket, request: HttpRequest) => void;
  readonly closed: (socket: TextSocket) => void;
}

/** No call of ours has a body that matters; what a client sends anyway must end. */
const largestBody = 64 * 1024;
/** What a subscriber may have unread. */
const largestBacklog = 1024 * 1024;
const idleSeconds = 60;
/** LIBUS_LISTEN_EXCLUSIVE_PORT: without it a second server would share the port in silence. */
const exclusivePort = 1;

interface SocketData {
  readonly request: HttpRequest;
  socket?: TextSocket;
}

/** The typings of this release lack what it has: a host with options, and close. */
type App = TemplatedApp & {
  listen(host: string, port: number, options: number, done: (token: Uws.us_listen_socket | undefined) => void): void;
  close(): void;
};

const load = (): typeof Uws => createRequire(import.meta.url)('uWebSockets.js') as typeof Uws;

/**
 * Loaded only where the API is on. Where the package has no build for this Node it hands out a slow replacement in
 * JavaScript that lacks close and says only later whether it listens: better to say what to do.
 */
function createApp(): App {
  const app = load().App() as Partial<App>;
  if (typeof app.close !== 'function') throw new LiveError('api_unavailable', { node: process.versions.node });
  return app as App;
}

export interface HttpServer {
  /** It, and every connection. */
  readonly close: () => void;
  /** It listens no more; connections stay. */
  readonly leave: () => void;
}

export function serveHttp({ host, port }: Endpoint, handlers: HttpHandlers): HttpServer {
  const app = createApp();
  app.any('/*', (response, request) => void serveOne(response, readRequest(response, request), handlers));
  app.ws<SocketData>(handlers.socketPath, {
    maxPayloadLength: 1024,
    maxBackpressure: largestBacklog,
    closeOnBackpressureLimit: 1,
    idleTimeout: idleSeconds,
    sendPingsAutomatically: true,
    upgrade: (response, request, context) => {
      const facts = readRequest(response, request);
      const refusal = handlers.refuseUpgrade(facts);
      if (refusal) {
        write(response, facts, refusal);
        return;
      }
      const header = (name: string): string => facts.headers.get(`sec-websocket-${name}`) ?? '';
      response.upgrade<SocketData>(
        { request: facts },
        header('key'),
        header('protocol'),
        header('extensions'),
        context,
      );
    },
    open: (socket) => {
      const data = socket.getUserData();
      data.socket = textSocket(socket);
      handlers.opened(data.socket, data.request);
    },
    close: (socket) => {
      const { socket: known } = socket.getUserData();
      if (known) handlers.closed(known);
    },
  });
  const token = listen(app, { host, port });
  if (!token) {
    app.close();
    throw new LiveError('listen_failed', {
      address: addressOf({ host, port }),
      why: 'it is in use, not allowed, or no address of this machine',
    });
  }
  return { close: () => app.close(), leave: () => leave(token) };
}

/** The callback comes before the call returns. */
function listen(app: App, { host, port }: Endpoint): Uws.us_listen_socket | undefined {
  const told: (Uws.us_listen_socket | undefined)[] = [];
  app.listen(host, port, exclusivePort, (token) => told.push(token));
  return told[0] || undefined;
}

function leave(token: Uws.us_listen_socket): void {
  load().us_listen_socket_close(token);
}

function textSocket(socket: WebSocket<SocketData>): TextSocket {
  return {
    // 0 is kept for later, 1 sent, 2 dropped.
    send: (text) => socket.send(text) !== 2,
    close: (code, why) => socket.end(code, why),
  };
}

const tooMany = { status: 503, headers: { 'Retry-After': '1' }, body: 'too many calls at once\n' } as const;

async function serveOne(response: HttpResponse, request: HttpRequest, handlers: HttpHandlers): Promise<void> {
  if (!handlers.calls.begin()) {
    write(response, request, tooMany, true);
    return;
  }
  try {
    await serve(response, request, handlers);
  } finally {
    handlers.calls.end();
  }
}

async function serve(response: HttpResponse, request: HttpRequest, handlers: HttpHandlers): Promise<void> {
  const gone = watchAborted(response);
  if (request.method !== 'GET' && request.method !== 'HEAD' && !(await readBody(response, gone))) {
    if (!gone.is) response.cork(() => write(response, request, { status: 413, headers: {}, body: '' }, true));
    return;
  }
  const reply = await handlers.answer(request);
  if (gone.is) return;
  response.cork(() => write(response, request, reply));
  if (isFile(reply.body) && request.method !== 'HEAD') await sendFile(response, reply.body, gone);
}

function watchAborted(response: HttpResponse): Gone {
  let tell = (): void => undefined;
  const gone = { is: false, told: new Promise<void>((resolve) => (tell = resolve)) };
  response.onAborted(() => {
    gone.is = true;
    tell();
  });
  return gone;
}

const isFile = (body: HttpReply['body']): body is FileBody => typeof body === 'object' && 'file' in body;

/** Takes a body and forgets it; false when it is too long or the client left. */
function readBody(response: HttpResponse, gone: { readonly is: boolean }): Promise<boolean> {
  return new Promise((resolve) => {
    let size = 0;
    response.onAborted(() => {
      Object.assign(gone, { is: true });
      resolve(false);
    });
    response.onData((part, isLast) => {
      size += part.byteLength;
      if (size > largestBody) resolve(false);
      else if (isLast) resolve(true);
    });
  });
}

function write(response: HttpResponse, { method }: HttpRequest, reply: HttpReply, close = false): void {
  response.writeStatus(`${reply.status} ${statusText(reply.status)}`);
  for (const [name, value] of Object.entries(reply.headers)) response.writeHeader(name, value);
  const { body } = reply;
  if (method === 'HEAD') response.endWithoutBody(isFile(body) ? body.to - body.from : Buffer.byteLength(body), close);
  else if (!isFile(body)) response.end(body, close);
}

function readRequest(response: HttpResponse, request: UwsRequest): HttpRequest {
  const headers = new Map<string, string>();
  request.forEach((name, value) => headers.set(name, value));
  return {
    method: request.getMethod().toUpperCase(),
    path: request.getUrl(),
    query: new URLSearchParams(request.getQuery()),
    headers,
    ip: Buffer.from(response.getRemoteAddressAsText()).toString(),
  };
}
