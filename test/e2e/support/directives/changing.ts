// A running server whose file is changed, directive by directive: many probes may do so at the same time, each in a vhost of
// its own; reloads come one after the other, and each has one change.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { backend, type Answer, type Backend } from '../backend.js';
import { start, type Running } from '../process.js';
import { freePort, mainFile, temporaryFolder } from '../servers.js';
import { get, type Place, type Tree } from './place.js';

const print = (tree: Tree): string =>
  Object.entries(tree)
    .map(([name, value]) => (typeof value === 'string' ? `${name} ${value};\n` : `${name} {\n${print(value)}}\n`))
    .join('');

const isTree = (value: string | Tree | undefined): value is Tree => typeof value === 'object';

export function merge(a: Tree, b: Tree): Tree {
  const merged: Record<string, string | Tree> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const old = merged[name];
    merged[name] = isTree(value) && isTree(old) ? merge(old, value) : value;
  }
  return merged;
}

const base: Tree = {
  listen: '127.0.0.1:$port',
  http_api: { enabled: 'on', listen: '127.0.0.1:$api' },
  http_server: { enabled: 'on', listen: '127.0.0.1:$http' },
  ff_log_dir: '/dev/null',
};
const defaultVhost = '__defaultVhost__';

export interface Report {
  readonly applied: readonly string[];
  readonly restart: readonly { readonly path: string; readonly why: string }[];
  readonly errors: readonly string[];
}

/** A back end that says yes, but late or with a broken answer where the path asks for that. */
const answer: Answer = ({ path }, response) => {
  if (path.endsWith('/late')) setTimeout(() => response.end('0'), 1000);
  else if (path.endsWith('/broken')) response.writeHead(500).end('0');
  else response.end('0');
};

export interface Ports {
  readonly port: number;
  readonly http: number;
  readonly api: number;
  readonly spare: number;
  /** Nobody is there. */
  readonly away: number;
}

export class Changing {
  readonly ports: Ports;
  readonly weir: Running;
  readonly backend: Backend;
  readonly folder: string;
  readonly #file: string;
  readonly #vhosts: Map<string, Tree>;
  #top: Tree = {};
  #last: Promise<unknown> = Promise.resolve();

  private constructor(context: TestContext, ports: Ports, server: Backend, vhosts: Readonly<Record<string, Tree>>) {
    this.ports = ports;
    this.backend = server;
    this.folder = temporaryFolder(context);
    this.#file = join(this.folder, 'weir.conf');
    this.#vhosts = new Map(Object.entries(vhosts));
    this.#write();
    this.weir = start(context, process.execPath, [mainFile, '-c', this.#file], { seconds: 300 });
  }

  /** `prepare`: told of the folder before the server starts. */
  static async open(
    context: TestContext,
    vhosts: Readonly<Record<string, Tree>>,
    prepare: (folder: string) => void,
  ): Promise<Changing> {
    const [port, http, api, spare, away] = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()));
    const ports = { port: port!, http: http!, api: api!, spare: spare!, away: away! };
    const changing = new Changing(context, ports, await backend(context, answer), vhosts);
    prepare(changing.folder);
    await changing.weir.line(/"service":"http"/);
    return changing;
  }

  place(context: TestContext, vhost = defaultVhost): Place {
    const { weir, folder, backend: server, ports } = this;
    const { port, http, spare, api } = ports;
    return { context, vhost, port, http, spare, api: `http://127.0.0.1:${String(api)}`, folder, weir, backend: server };
  }

  /** Replaces a vhost, or what stands at the top of the file beside the listeners, and reloads. */
  set(vhost: string | undefined, tree: Tree, bySignal = false): Promise<Report> {
    const turn = this.#last.then(() => {
      if (vhost === undefined) this.#top = tree;
      else this.#vhosts.set(vhost, tree);
      this.#write();
      return bySignal ? this.#signal() : this.#post();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** A reload of this text, which is not kept. */
  async refused(text: string): Promise<Report> {
    const whole = readFileSync(this.#file, 'utf8');
    writeFileSync(this.#file, `${text}\n${whole}`);
    const { status } = await get(`${this.place({} as TestContext).api}/api/v1/reload`, { method: 'POST' });
    assert.equal(status, 409);
    writeFileSync(this.#file, whole);
    const { text: report } = await get(`http://127.0.0.1:${String(this.ports.api)}/api/v1/reload`);
    return (JSON.parse(report) as { data: Report }).data;
  }

  #write(): void {
    const vhosts = [...this.#vhosts].map(([name, tree]) => this.#fill(`vhost ${name} {\n${print(tree)}}\n`, name));
    writeFileSync(this.#file, `${this.#fill(print(merge(base, this.#top)), defaultVhost)}${vhosts.join('')}`);
  }

  #fill(text: string, vhost: string): string {
    const { folder, backend: server, ports } = this;
    const words = {
      ...ports,
      ...{ folder: join(folder, vhost), vhost, backend: `${server.url}/${vhost}` },
      away: `http://127.0.0.1:${String(ports.away)}`,
    };
    return Object.entries(words).reduce((filled, [name, word]) => filled.replaceAll(`$${name}`, String(word)), text);
  }

  async #post(): Promise<Report> {
    const url = `http://127.0.0.1:${String(this.ports.api)}/api/v1/reload`;
    const { status, text } = await get(url, { method: 'POST' });
    assert.equal(status, 200, `${text}\n${readFileSync(this.#file, 'utf8')}`);
    return (JSON.parse(text) as { data: Report }).data;
  }

  async #signal(): Promise<Report> {
    const seen = this.weir.output().length;
    this.weir.child.kill('SIGHUP');
    const line = await this.weir.lineFrom(seen, /"type":"reload".*(is read again|is not applied)/);
    return { applied: [], restart: [], errors: [line], ...(JSON.parse(line) as Partial<Report>) };
  }
}
