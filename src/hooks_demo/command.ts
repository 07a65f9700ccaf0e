// `weir hooks-demo`: a back end to try hooks with, as SRS's api-server is. It allows everything, or refuses what it is told to.

import { parseArgs } from 'node:util';
import { reasonOf } from '../errors.js';
import type { startDemo } from './server.js';

export const hooksDemoUsage = `  weir hooks-demo [--port 8085] [--host 127.0.0.1] [--refuse EVENT]... [--rename FROM=TO]... [--delay MS]
                    a back end to try HTTP hooks with; EVENT is on_connect, on_publish or on_play
`;

const status = { ok: 0, failed: 1, usage: 2 } as const;
type Status = (typeof status)[keyof typeof status];
const events = ['on_connect', 'on_publish', 'on_play'];

/** Resolves when it was told to stop. */
export async function hooksDemo(argv: readonly string[]): Promise<Status> {
  let options: Parameters<typeof startDemo>[0];
  try {
    options = read(argv);
  } catch (error) {
    process.stderr.write(`weir hooks-demo: ${reasonOf(error)}\n\n${hooksDemoUsage}`);
    return status.usage;
  }
  try {
    const server = await import('./server.js');
    const demo = await server.startDemo(options);
    process.stdout.write(`hooks-demo listens on http://${options.host}:${demo.port}/api/v1\n`);
    await new Promise((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    await demo.stop();
    return status.ok;
  } catch (error) {
    process.stderr.write(`weir hooks-demo: ${reasonOf(error)}\n`);
    return status.failed;
  }
}

function read(argv: readonly string[]): Parameters<typeof startDemo>[0] {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '8085' },
      host: { type: 'string', default: '127.0.0.1' },
      refuse: { type: 'string', multiple: true, default: [] },
      rename: { type: 'string', multiple: true, default: [] },
      delay: { type: 'string', default: '0' },
    },
  });
  // SRS's api-server takes its port so.
  const port = Number(positionals[0] ?? values.port);
  const delay = Number(values.delay);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error('--port is a number from 0 to 65535');
  if (!Number.isInteger(delay) || delay < 0) throw new Error('--delay is a number of milliseconds');
  const unknown = values.refuse.find((event) => !events.includes(event));
  if (unknown !== undefined) throw new Error(`--refuse is one of ${events.join(', ')}`);
  const renames = values.rename.map((pair): [string, string] => {
    const [from = '', to = ''] = pair.split('=');
    if (from === '' || to === '') throw new Error('--rename is FROM=TO');
    return [from, to];
  });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  return { host: values.host, port, refuse: values.refuse, renames: new Map(renames), delay, say };
}
