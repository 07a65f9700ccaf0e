// `weir ctl`: the HTTP API from a terminal or a script.

import { parseArgs } from 'node:util';
import { reasonOf } from '../../errors.js';
import { call, callAll, Refused, serverOf, Unreachable, type Reply, type Server } from './client.js';
import { followEvents, top, type Output } from './follow.js';
import { clientsView, drainView, reloadView, statusView, streamsView } from './views.js';

export const ctlUsage = `  weir ctl COMMAND      ask a running server by its HTTP API
      status            version, load and traffic
      streams           who publishes what, and how many play it
      clients           who is connected
      kick ID...        close clients
      reload            apply the changed configuration
      drain             take nobody new, end when all have gone
      config            the effective configuration
      top               the busiest streams, over and over (--seconds N, --count N)
      events            what happens, as it happens
      --server URL      http://127.0.0.1:1985, or WEIR_SERVER; http://USER:PASSWORD@HOST:PORT
      --token TOKEN     or WEIR_TOKEN
      --vhost, --app, --stream, --ip, --protocol, --role  only these (streams, clients)
      --json            as the API answers
`;

/** 1: the server said no. 3: nobody answers. */
const status = { ok: 0, refused: 1, usage: 2, unreachable: 3 } as const;
export type CtlStatus = (typeof status)[keyof typeof status];

const filters = ['vhost', 'app', 'stream', 'ip', 'protocol', 'role'] as const;
const text = { type: 'string' } as const;

class UsageError extends Error {}

function read(argv: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: {
      ...{ server: text, token: text, json: { type: 'boolean', default: false }, seconds: text, count: text },
      ...{ vhost: text, app: text, stream: text, ip: text, protocol: text, role: text },
    },
    allowPositionals: true,
  });
  return { values, positionals };
}

type Options = ReturnType<typeof read>['values'];

interface Asked {
  readonly server: Server;
  readonly options: Options;
  readonly args: readonly string[];
  readonly output: Output;
}

const commands: Readonly<Record<string, (asked: Asked) => Promise<void>>> = {
  status: async ({ server, output }) => {
    const [summaries, streams] = [
      await call(server, '/api/v1/summaries'),
      await call(server, '/api/v1/streams?count=1'),
    ];
    tell(output, summaries, () => statusView(summaries, streams));
  },
  streams: async ({ server, options, output }) => {
    const reply = await callAll(server, '/api/v1/streams', 'streams', filterOf(options));
    tell(output, reply, () => streamsView(reply, output.bold));
  },
  clients: async ({ server, options, output }) => {
    const reply = await callAll(server, '/api/v1/clients', 'clients', filterOf(options));
    tell(output, reply, () => clientsView(reply, output.bold));
  },
  kick: async ({ server, args, output }) => {
    if (args.length === 0) throw new UsageError('kick needs the ID of a client');
    for (const id of args) {
      if (!/^\d+$/.test(id)) throw new UsageError(`${id} is no ID`);
      const reply = await call(server, `/api/v1/clients/${id}`, 'DELETE');
      tell(output, reply, () => `client ${id} is closed\n`);
    }
  },
  reload: async ({ server, output }) => {
    const reply = await call(server, '/api/v1/reload', 'POST');
    tell(output, reply, () => reloadView(reply));
  },
  drain: async ({ server, output }) => {
    const reply = await call(server, '/api/v1/drain', 'POST');
    tell(output, reply, () => drainView(reply));
  },
  config: async ({ server, output }) => {
    const reply = await call(server, '/api/v1/configs');
    tell(output, reply, () => `${JSON.stringify(reply['data'], null, 2)}\n`);
  },
  top: ({ server, options, output }) => {
    const seconds = positive(options.seconds, 'seconds') ?? 2;
    return top(server, output, { seconds, rounds: positive(options.count, 'count') ?? Infinity });
  },
  events: ({ server, output }) => followEvents(server, output),
};

export async function ctl(argv: readonly string[]): Promise<CtlStatus> {
  // `killall -HUP weir` means the server.
  process.title = 'weir-ctl';
  // `weir ctl clients | head` is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(status.ok);
    throw error;
  });
  try {
    await run(argv);
    return status.ok;
  } catch (error) {
    const usage = error instanceof UsageError;
    process.stderr.write(`weir: ${reasonOf(error)}\n${usage ? `\n${ctlUsage}` : ''}`);
    if (usage) return status.usage;
    if (error instanceof Unreachable) return status.unreachable;
    if (error instanceof Refused) return status.refused;
    throw error;
  }
}

function run(argv: readonly string[]): Promise<void> {
  const { options, args, name } = readArguments(argv);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(name === '' ? 'a command is missing' : `there is no command ${name}`);
  if (name !== 'kick' && args.length > 0) throw new UsageError(`${name} takes no ${args.join(' ')}`);
  return command({ server: readServer(options), options, args, output: outputFor(options.json) });
}

function readArguments(argv: readonly string[]) {
  try {
    const { values: options, positionals } = read(argv);
    const [name = '', ...args] = positionals;
    return { options, args, name };
  } catch (error) {
    throw new UsageError(reasonOf(error));
  }
}

function readServer(options: Options): Server {
  try {
    const url = options.server ?? process.env['WEIR_SERVER'] ?? 'http://127.0.0.1:1985';
    return serverOf(url, options.token ?? process.env['WEIR_TOKEN']);
  } catch (error) {
    throw new UsageError(reasonOf(error));
  }
}

function outputFor(json: boolean): Output {
  const isScreen = process.stdout.isTTY;
  const colors = isScreen && (process.env['NO_COLOR'] ?? '') === '';
  return {
    write: (written) => void process.stdout.write(written),
    bold: (head) => (colors ? `\u001b[1m${head}\u001b[0m` : head),
    ...{ isScreen, json },
  };
}

function tell({ json, write }: Output, reply: Reply, view: () => string): void {
  write(json ? `${JSON.stringify(reply)}\n` : view());
}

function filterOf(options: Options): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of filters) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  return query;
}

function positive(word: string | undefined, name: string): number | undefined {
  if (word === undefined) return undefined;
  const value = Number(word);
  if (!(value > 0 && value < 1e6)) throw new UsageError(`--${name} needs a number above 0`);
  return value;
}
