// node-media-server from npm (a development dependency): the other media server that runs on Node, as FLV peer.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.js';
import { launch, type Ports, type Subject } from './subject.js';

const program = join(root, 'node_modules', 'node-media-server', 'bin', 'app.js');

/** No recording, no hooks, no admin pages: nothing but streams. */
function configuration({ rtmp, http }: Ports): string {
  return JSON.stringify({
    bind: '127.0.0.1',
    store: { path: './data', maxHistory: 100 },
    auth: { play: false, publish: false, secret: 'unused' },
    rtmp: { port: rtmp },
    http: { port: http },
    webadmin: { enable: false },
    record: { auto: false, path: './record' },
  });
}

export function startNodeMediaServer(): Promise<Subject> {
  if (!existsSync(program)) throw new Error('node-media-server is not installed (npm ci --ignore-scripts)');
  return launch({
    name: 'node-media-server',
    command: process.execPath,
    args: (file) => [program, '-c', file],
    configuration,
  });
}
